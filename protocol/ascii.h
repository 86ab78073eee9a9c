// TYPE A: the lines of a stored file end in LF, those of the data connection in CRLF (RFC 959,
// section 3.1.1.1).
//
// Pure converters that keep their state, so that CR and LF may lie in different chunks. A CRLF that is
// already in a stored file passes unchanged; a CR alone passes both ways.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace uvftpd {

// Stored form to network form.
class AsciiEncoder {
 public:
  void convert(std::string_view chunk, std::string& out);
  // How many bytes convert() would append; moves the state as it does.
  std::uint64_t count(std::string_view chunk);

 private:
  bool after_cr_ = false;
};

// Network form to stored form.
class AsciiDecoder {
 public:
  void convert(std::string_view chunk, std::string& out);
  // At the end of the stream: a CR that was held back.
  void finish(std::string& out);

 private:
  bool after_cr_ = false;
};

}  // namespace uvftpd
