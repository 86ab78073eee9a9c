// The digests that HASH offers, by the names of IANA's registry (draft-bryan-ftpext-hash). Pure: they are
// computed elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace uvftpd {

enum class DigestAlgorithm : std::uint8_t { sha256, sha512, sha1, md5, crc32 };

std::string_view to_string(DigestAlgorithm algorithm);
std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view name);  // in any case

// For FEAT: "SHA-256*;SHA-512;", a star behind the one in use.
std::string all_digests_starred(DigestAlgorithm in_use);

}  // namespace uvftpd
