// Virtual paths: what comes out is normalised, is what a slow normaliser makes of the same names, and can be
// said in a reply and be sent back.
//
// Input: a directory, LF, an argument. A byte 1 stands for 250 letters and a byte 2 for 3840 bytes of
// directories, so that a short input reaches the limits; beyond twice the longest path they are themselves.
#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "protocol/listing.h"
#include "protocol/path.h"
#include "tests/fuzz/fuzz.h"

namespace uvftpd {
namespace {

// As much as shows that a limit is passed and come back from.
constexpr std::size_t kEnough = 2 * kMaxPath;

std::string directories() {
  std::string out;
  for (int i = 0; i < 15; ++i) out.append("/").append(255, 'd');
  return out;
}

std::string expanded(std::string_view text) {
  static const std::string kLetters(250, 'x'), kDirectories = directories();
  std::string out;
  for (auto at = text.find_first_of("\x01\x02"); at != std::string_view::npos && out.size() < kEnough;
       at = text.find_first_of("\x01\x02")) {
    out.append(text.substr(0, at)).append(text[at] == '\x01' ? kLetters : kDirectories);
    text.remove_prefix(at + 1);
  }
  return out.append(text);
}

bool has_long_component(std::string_view text) {
  while (text.size() > kMaxComponent) {
    const auto slash = text.find('/');
    if (std::min(slash, text.size()) > kMaxComponent) return true;
    text.remove_prefix(slash + 1);
  }
  return false;
}

// From the end to the beginning: what lies before a ".." is left out.
std::string normalised_slowly(std::string_view text) {
  std::vector<std::string_view> names;  // the last one first
  const auto size = text.size();
  std::size_t to_skip = 0;
  while (!text.empty()) {
    const auto* slash = static_cast<const char*>(::memrchr(text.data(), '/', text.size()));
    const auto name = text.substr(slash == nullptr ? 0 : static_cast<std::size_t>(slash - text.data()) + 1);
    text.remove_suffix(slash == nullptr ? text.size() : name.size() + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..")
      ++to_skip;
    else if (to_skip > 0)
      --to_skip;
    else
      names.push_back(name);
  }
  std::string path;
  path.reserve(size);
  for (; !names.empty(); names.pop_back()) path.append("/").append(names.back());
  return path.empty() ? "/" : path;
}

std::optional<std::string> check_resolved(const std::string& directory, const std::string& argument) {
  const auto path = resolve_path(directory, argument);
  const bool has_forbidden =
      argument.find('\0') != std::string::npos || argument.find('\n') != std::string::npos;
  const bool is_absolute = argument.starts_with('/');
  const std::string expected = normalised_slowly(is_absolute ? argument : directory + "/" + argument);
  const bool is_possible = !has_forbidden && !has_long_component(argument) && expected.size() <= kMaxPath;
  demand(path.has_value() == is_possible, "what cannot be a path is none, and all else is one");
  if (!path) return path;
  demand(is_normalised(*path), "a path is normalised");
  demand(*path == expected, "a path is what a slow normaliser makes of it");
  demand(resolve_path("/elsewhere", *path) == path, "a path stays itself");
  if (argument.find("..") == std::string::npos && !is_absolute)
    demand(is_within(*path, directory), "a path that does not climb stays within its directory");
  demand(is_within(*path, "/") && is_within(*path, *path), "a path is within itself and the root");
  return path;
}

// Undoes what quoted() did, as RFC 959, appendix II tells a client.
std::string unquoted(std::string_view text) {
  std::string path;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    path += text[i];
    if (text[i] == '"' || text[i] == '\r') {
      demand(text[i + 1] == (text[i] == '"' ? '"' : '\0'), "quotes are doubled and CR is CR NUL");
      ++i;
    }
  }
  return path;
}

void check_said(const std::string& path) {
  const std::string text = quoted(path);
  demand(text.size() >= 2 && text.front() == '"' && text.back() == '"', "a quoted path has its quotes");
  demand(unquoted(text) == path, "a quoted path can be read back");
  if (!is_acceptable_new_name(path)) return;
  for (const char c : path.substr(path.rfind('/') + 1))
    demand(!is_control_character(c), "a new name has no control character");
}

}  // namespace
}  // namespace uvftpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace uvftpd;
  Input input(data, size);
  const std::string beginning = expanded(input.text_until('\n')), argument = expanded(input.rest());
  const auto directory = check_resolved("/", beginning);
  const auto path = check_resolved(directory.value_or("/"), argument);
  if (path && path->size() <= 2 * kMaxComponent) check_said(*path);  // no limit is told of there
  return 0;
}
