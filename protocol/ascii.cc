#include "protocol/ascii.h"

namespace uvftpd {

void AsciiEncoder::convert(std::string_view chunk, std::string& out) {
  while (!chunk.empty()) {
    const auto newline = chunk.find('\n');
    const auto text = chunk.substr(0, newline);
    out.append(text);
    if (!text.empty()) after_cr_ = text.back() == '\r';
    if (newline == std::string_view::npos) return;
    out.append(after_cr_ ? "\n" : "\r\n");
    after_cr_ = false;
    chunk.remove_prefix(newline + 1);
  }
}

std::uint64_t AsciiEncoder::count(std::string_view chunk) {
  std::uint64_t size = chunk.size();
  bool after_cr = after_cr_;
  for (const char c : chunk) {  // no search for each line: lines may be empty
    size += static_cast<unsigned>(c == '\n') & static_cast<unsigned>(!after_cr);
    after_cr = c == '\r';
  }
  after_cr_ = after_cr;
  return size;
}

void AsciiDecoder::convert(std::string_view chunk, std::string& out) {
  while (!chunk.empty()) {
    if (after_cr_ && chunk.front() != '\n') out += '\r';
    after_cr_ = false;
    const auto carriage_return = chunk.find('\r');
    out.append(chunk.substr(0, carriage_return));
    if (carriage_return == std::string_view::npos) return;
    after_cr_ = true;
    chunk.remove_prefix(carriage_return + 1);
  }
}

void AsciiDecoder::finish(std::string& out) {
  if (after_cr_) out += '\r';
  after_cr_ = false;
}

}  // namespace uvftpd
