#include "server/transfer_log.h"

#include <ctime>

namespace uvftpd {
namespace {

// Fields are parted by blanks: a blank in a name is an underscore, as every other server writes it.
std::string one_word(std::string_view text) {
  std::string word(text);
  for (char& c : word)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) c = '_';
  return word.empty() ? "?" : word;
}

std::string local_time(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm fields{};
  ::localtime_r(&time, &fields);
  char text[32];
  const auto length = std::strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &fields);
  return {text, length};
}

}  // namespace

std::string format_transfer_record(const TransferRecord& record) {
  std::string line = local_time(record.ended);
  line += " " + std::to_string(record.seconds);
  line += " " + to_string(record.client);
  line += " " + std::to_string(record.bytes);
  line += " " + one_word(record.path);
  line += record.type == Type::ascii ? " a" : " b";
  line += " _";  // no special action: nothing is compressed
  line += record.direction == TransferRecord::Direction::incoming ? " i" : " o";
  line += record.access == TransferRecord::Access::anonymous ? " a" : " r";
  line += " " + one_word(record.user);
  line += " ftp 0 *";  // service, authentication method, authenticated user
  line += record.status == TransferRecord::Status::complete ? " c" : " i";
  return line;
}

int TransferLog::open(const std::string& path) { return path.empty() ? 0 : file_.open(path); }

void TransferLog::append(const TransferRecord& record) {
  if (is_open()) file_.append(format_transfer_record(record) + '\n');
}

}  // namespace uvftpd
