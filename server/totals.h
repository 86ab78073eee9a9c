// What has been done since the start, counted by all generations together: in memory that they share.
#pragma once

#include <atomic>
#include <cstdint>

#include "protocol/action.h"

namespace uvftpd {

struct Totals {
  std::atomic<std::uint64_t> sessions = 0;  // the number of the last one, too
  std::atomic<std::uint64_t> logins = 0, logins_refused = 0;
  std::atomic<std::uint64_t> downloads = 0, bytes_downloaded = 0;  // complete ones; bytes of all
  std::atomic<std::uint64_t> uploads = 0, bytes_uploaded = 0;
  std::atomic<std::uint64_t> transfers_failed = 0;
};

void count_transfer(Totals& totals, TransferRequest::Kind kind, const TransferResult& result);

// To be made before the first fork.
class SharedTotals {
 public:
  SharedTotals();
  SharedTotals(const SharedTotals&) = delete;
  SharedTotals& operator=(const SharedTotals&) = delete;
  ~SharedTotals();
  Totals& operator*() const { return *totals_; }

 private:
  Totals* totals_;
};

}  // namespace uvftpd
