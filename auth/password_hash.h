// Password hashes of every crypt(3) kind: made, recognised and verified.
//
// Blocking and dear on purpose (yescrypt: some 17 ms and 16 MiB a check): for worker threads, never for a
// loop. Thread-safe. Leaves no copy of a password behind, and never takes part of one for the whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace uvftpd {

inline constexpr std::size_t kMaxPassword = 511;  // bytes; crypt(3) fails at once on longer ones

enum class HashCost : std::uint8_t {
  lasting,  // for a hash that is kept in a file: the system's preferred method
  session,  // for a hash that dies with the process: under 2 ms
};

// What crypt(3) can take whole: at most kMaxPassword bytes, no NUL among them.
bool is_hashable(std::string_view password);

// A setting with a fresh salt. It serves as the hash that no password matches, at the price of any other.
std::string new_setting(HashCost cost);

// None where the password is not hashable or crypt(3) fails (no memory).
std::optional<std::string> hash_password(std::string_view password, HashCost cost);

// Takes as long for a password that is not hashable as for one that is wrong.
bool verify_password(std::string_view password, const std::string& hash);

// A whole hash of a kind that this system's crypt(3) knows; not clear text, not a locked entry.
bool is_usable_hash(std::string_view text);

// "!" or "*" first, as in shadow(5): legal in a file, matched by no password.
bool is_locked(std::string_view hash);

// The part of a usable hash that sets its price: hashes with the same take the same time.
std::string_view cost_setting(std::string_view hash);

}  // namespace uvftpd
