// Patterns for names, against a matcher that parts the pattern first and then fills a whole table.
//
// Input: a pattern, LF, a name. With a byte 255 at its end both are repeated up to 64 bytes: what takes more
// than the product of the lengths runs into the time limit.
#include <string>
#include <vector>

#include "protocol/pattern.h"
#include "tests/fuzz/fuzz.h"

namespace uvftpd {
namespace {

constexpr std::size_t kLongest = 255, kRepeated = 64;

struct Token {
  enum class Kind : std::uint8_t { star, any, literal, set };
  Kind kind = {};
  bool is_negated = false;
  std::string_view text;  // the character, or what stands in the brackets

  bool matches(char c) const {
    if (kind != Kind::set) return kind == Kind::any || text[0] == c;
    bool is_in = false;
    for (auto rest = text; !rest.empty();) {
      const bool is_range = rest.size() >= 3 && rest[1] == '-';
      is_in = is_in || (is_range ? rest[0] <= c && c <= rest[2] : rest[0] == c);
      rest.remove_prefix(is_range ? 3 : 1);
    }
    return is_in != is_negated;
  }
};

// A `[` without its `]`, or with nothing in between, is a character like another.
Token take_token(std::string_view& pattern) {
  const char first = pattern[0];
  const auto close = first == '[' && pattern.size() > 2 ? pattern.find(']', 2) : std::string_view::npos;
  Token token{Token::Kind::literal, false, pattern.substr(0, 1)};
  if (close != std::string_view::npos) {
    token = {Token::Kind::set, false, pattern.substr(1, close - 1)};
    token.is_negated = token.text.size() > 1 && (token.text[0] == '!' || token.text[0] == '^');
    if (token.is_negated) token.text.remove_prefix(1);
    pattern.remove_prefix(close);
  } else if (first == '*' || first == '?') {
    token.kind = first == '*' ? Token::Kind::star : Token::Kind::any;
  }
  pattern.remove_prefix(1);
  return token;
}

// A row for each token: which beginnings of the name match the tokens so far.
bool matches_slowly(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  bool row[kLongest + 1] = {true};
  while (!pattern.empty()) {
    const Token token = take_token(pattern);
    if (token.kind == Token::Kind::star) {
      for (std::size_t i = 1; i <= name.size(); ++i) row[i] = row[i] || row[i - 1];
    } else {
      for (std::size_t i = name.size(); i > 0; --i) row[i] = row[i - 1] && token.matches(name[i - 1]);
      row[0] = false;
    }
  }
  return row[name.size()];
}

std::string repeated(std::string_view text) {
  std::string out(text);
  while (!text.empty() && out.size() < kRepeated) out.append(text, 0, kRepeated - out.size());
  return out;
}

void check(std::string_view pattern, std::string_view name) {
  demand(matches_pattern(pattern, name) == matches_slowly(pattern, name), "both matchers say the same");
  if (!has_wildcard(pattern))
    demand(matches_pattern(pattern, name) == (pattern == name), "without wildcards a pattern is a name");
}

}  // namespace
}  // namespace uvftpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace uvftpd;
  Input input(data, std::min<std::size_t>(size, kLongest));
  const bool is_long = input.rest().ends_with('\xff');
  const auto pattern = input.text_until('\n'), name = input.rest();
  if (is_long)
    check(repeated(pattern), repeated(name));
  else
    check(pattern, name);
  return 0;
}
