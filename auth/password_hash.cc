// The one file that calls crypt(3). See the header for what it promises.
#include "auth/password_hash.h"

#include <crypt.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

namespace uvftpd {
namespace {

struct FreeByMalloc {
  // crypt(3) allocates it so. NOLINTNEXTLINE(cppcoreguidelines-no-malloc)
  void operator()(char* text) const { std::free(text); }
};

// crypt_r's 32 KiB of state and the password as a C string, both wiped at the end.
class Crypt {
 public:
  Crypt() : data_(std::make_unique<crypt_data>()) {}
  Crypt(const Crypt&) = delete;
  Crypt& operator=(const Crypt&) = delete;
  ~Crypt() {
    explicit_bzero(data_.get(), sizeof(crypt_data));
    explicit_bzero(password_.data(), password_.size());
  }

  // Empty where crypt(3) fails: it says so by a text that begins with '*', or by none. The view is into
  // *this.
  std::string_view run(std::string_view hashable_password, const std::string& setting) {
    const auto end = std::copy(hashable_password.begin(), hashable_password.end(), password_.begin());
    *end = '\0';
    const char* const output = crypt_r(password_.data(), setting.c_str(), data_.get());
    return output == nullptr || *output == '*' ? std::string_view() : std::string_view(output);
  }

 private:
  std::unique_ptr<crypt_data> data_;
  std::array<char, kMaxPassword + 1> password_ = {};
};

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;  // the length tells the kind of hash, nothing of the password
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

// How a kind begins, and how long its last field is, behind the last '$'.
constexpr std::array<std::pair<std::string_view, std::size_t>, 10> kKinds = {{
    {"$y$", 43},
    {"$gy$", 43},
    {"$7$", 43},
    {"$2", 53},  // bcrypt: 22 of salt, 31 of hash
    {"$6$", 86},
    {"$5$", 43},
    {"$1$", 22},
    {"$sha1$", 28},
    {"$md5", 22},
    {"$3$", 32},
}};
constexpr std::size_t kExtendedDesLength = 20;  // "_", four of rounds, four of salt, eleven of hash
constexpr std::size_t kDesLength = 13;          // two of salt, eleven of hash

bool is_of_alphabet(std::string_view text) {
  constexpr std::string_view kAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

// crypt_checksalt looks at the beginning only, and takes "hunter2" for a DES salt with something behind.
bool has_whole_hash(std::string_view text) {
  if (text.starts_with('_')) return text.size() == kExtendedDesLength && is_of_alphabet(text.substr(1));
  if (!text.starts_with('$')) return text.size() == kDesLength && is_of_alphabet(text);
  const std::string_view last_field = text.substr(text.rfind('$') + 1);
  return std::any_of(kKinds.begin(), kKinds.end(), [&](const auto& kind) {
    return text.starts_with(kind.first) && last_field.size() == kind.second && is_of_alphabet(last_field);
  });
}

}  // namespace

bool is_hashable(std::string_view password) {
  return password.size() <= kMaxPassword && password.find('\0') == std::string_view::npos;
}

std::string new_setting(HashCost cost) {
  constexpr unsigned long kSessionRounds = 1000;  // the least that sha512crypt takes
  // No prefix: the system's preferred method; no random bytes: libcrypt asks the kernel for them.
  const std::unique_ptr<char, FreeByMalloc> setting(cost == HashCost::session
                                                        ? crypt_gensalt_ra("$6$", kSessionRounds, nullptr, 0)
                                                        : crypt_gensalt_ra(nullptr, 0, nullptr, 0));
  return setting == nullptr ? std::string() : std::string(setting.get());
}

std::optional<std::string> hash_password(std::string_view password, HashCost cost) {
  if (!is_hashable(password)) return std::nullopt;
  Crypt crypt;
  const std::string_view hash = crypt.run(password, new_setting(cost));
  if (hash.empty()) return std::nullopt;
  return std::string(hash);
}

bool verify_password(std::string_view password, const std::string& hash) {
  const bool hashable = is_hashable(password);
  Crypt crypt;
  const std::string_view result = crypt.run(hashable ? password : std::string_view(), hash);
  return hashable && !result.empty() && equal_in_constant_time(result, hash);
}

bool is_usable_hash(std::string_view text) {
  if (text.find('\0') != std::string_view::npos || !has_whole_hash(text)) return false;
  const int verdict = crypt_checksalt(std::string(text).c_str());
  return verdict != CRYPT_SALT_INVALID && verdict != CRYPT_SALT_METHOD_DISABLED;
}

bool is_locked(std::string_view hash) { return hash.starts_with('!') || hash.starts_with('*'); }

std::string_view cost_setting(std::string_view hash) {
  if (hash.starts_with("$7$")) return hash.substr(0, 14);  // N, r and p fill eleven places
  if (hash.starts_with('_')) return hash.substr(0, 5);
  if (!hash.starts_with('$')) return {};
  const std::size_t kind_end = hash.find('$', 1) + 1;
  const std::string_view kind = hash.substr(0, kind_end);
  const std::size_t field_end = hash.find('$', kind_end);
  const bool salt_comes_first =
      kind == "$1$" || kind == "$3$" || kind == "$5$" || kind == "$6$" || kind.starts_with("$md5");
  const bool has_rounds = hash.substr(kind_end).starts_with("rounds=");
  return salt_comes_first && !has_rounds ? kind : hash.substr(0, field_end + 1);
}

}  // namespace uvftpd
