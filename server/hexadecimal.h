// Bytes as lowercase hexadecimal digits.
#pragma once

#include <span>
#include <string>

namespace uvftpd {

inline std::string hexadecimal(std::span<const unsigned char> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

}  // namespace uvftpd
