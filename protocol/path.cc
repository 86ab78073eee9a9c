#include "protocol/path.h"

#include <algorithm>
#include <vector>

namespace uvftpd {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Appends the components of `text` to `parts`; false if one of them is too long.
bool walk(std::string_view text, std::vector<std::string_view>& parts) {
  while (!text.empty()) {
    const auto slash = text.find('/');
    const auto part = text.substr(0, slash);
    text.remove_prefix(slash == std::string_view::npos ? text.size() : slash + 1);
    if (part.size() > kMaxComponent) return false;
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  return true;
}

}  // namespace

std::optional<std::string> resolve_path(std::string_view directory, std::string_view argument) {
  if (argument.find('\0') != std::string_view::npos || argument.find('\n') != std::string_view::npos)
    return std::nullopt;
  std::vector<std::string_view> parts;
  if (!argument.starts_with('/') && !walk(directory, parts)) return std::nullopt;
  if (!walk(argument, parts)) return std::nullopt;

  std::string path;
  for (const auto part : parts) path.append("/").append(part);
  if (path.size() > kMaxPath) return std::nullopt;
  return path.empty() ? "/" : path;
}

bool is_within(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

bool is_acceptable_new_name(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return std::none_of(name.begin(), name.end(), is_control);
}

std::string quoted(std::string_view path) {
  std::string text = "\"";
  for (const char c : path) {
    text.append(c == '"' ? 2 : 1, c == '\n' ? '?' : c);
    if (c == '\r') text += '\0';
  }
  return text += '"';
}

}  // namespace uvftpd
