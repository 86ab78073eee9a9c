#include "server/totals.h"

#include <sys/mman.h>

#include <new>

namespace uvftpd {

void count_transfer(Totals& totals, TransferRequest::Kind kind, const TransferResult& result) {
  using Kind = TransferRequest::Kind;
  const bool is_complete = result.outcome == TransferResult::Outcome::complete;
  const bool is_listing = kind == Kind::list || kind == Kind::name_list || kind == Kind::fact_list;
  const bool is_download = kind == Kind::retrieve;
  if (!is_complete) ++totals.transfers_failed;
  if (is_complete && !is_listing) ++(is_download ? totals.downloads : totals.uploads);
  (is_download || is_listing ? totals.bytes_downloaded : totals.bytes_uploaded) += result.bytes;
}

SharedTotals::SharedTotals() {
  void* const memory =
      // cppcheck-suppress invalidFunctionArg
      ::mmap(nullptr, sizeof(Totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  totals_ = new (memory) Totals;
}

SharedTotals::~SharedTotals() { ::munmap(totals_, sizeof(Totals)); }

}  // namespace uvftpd
