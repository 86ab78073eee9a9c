#include "protocol/digest_algorithm.h"

#include <array>

#include "protocol/command.h"

namespace uvftpd {
namespace {

// In the order of DigestAlgorithm.
constexpr std::array<std::string_view, 5> kNames = {"SHA-256", "SHA-512", "SHA-1", "MD5", "CRC32"};

}  // namespace

std::string_view to_string(DigestAlgorithm algorithm) { return kNames[static_cast<std::size_t>(algorithm)]; }

std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view name) {
  const std::string upper = upper_case(name);
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == upper) return static_cast<DigestAlgorithm>(i);
  return std::nullopt;
}

std::string all_digests_starred(DigestAlgorithm in_use) {
  std::string text;
  for (const std::string_view name : kNames) text.append(name).append(name == to_string(in_use) ? "*;" : ";");
  return text;
}

}  // namespace uvftpd
