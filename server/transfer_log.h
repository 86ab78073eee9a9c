// The transfer log in the form of xferlog(5), which log analysers of four decades read.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/action.h"
#include "protocol/address.h"
#include "server/log_file.h"

namespace uvftpd {

struct TransferRecord {
  std::int64_t ended = 0;  // seconds since 1970
  std::int64_t seconds = 0;
  Address client;
  std::uint64_t bytes = 0;
  std::string path;  // in the file system's terms as far as the client sees them
  Type type = Type::image;
  enum class Direction : std::uint8_t { incoming, outgoing } direction = Direction::outgoing;
  enum class Access : std::uint8_t { anonymous, real } access = Access::anonymous;
  std::string user;  // of an anonymous client: what it gave as the password
  enum class Status : std::uint8_t { complete, incomplete } status = Status::complete;
};

std::string format_transfer_record(const TransferRecord& record);

class TransferLog {
 public:
  int open(const std::string& path);       // empty: none is kept. 0 or errno
  int reopen() { return file_.reopen(); }  // as LogFile
  int directory() const { return file_.directory(); }
  bool is_open() const { return file_.is_open(); }
  void append(const TransferRecord& record);

 private:
  LogFile file_;
};

}  // namespace uvftpd
