// Values and names come from lines that are UTF-8 without control characters, as TOML's comments must be too.
#include "server/import_sheet.h"

#include <algorithm>
#include <cstddef>

namespace uvftpd {
namespace {

using Fate = VsftpdOption::Fate;
using Loss = VsftpdOption::Loss;

constexpr std::size_t kCommentColumn = 35;
constexpr std::size_t kFateColumn = 43;

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text + "  ";
}

bool is_lost(const VsftpdConfig& vsftpd, const VsftpdOption& option) {
  switch (option.loss) {
    case Loss::nothing:
      return false;
    case Loss::when_yes:
      return vsftpd.yes(option.name);
    case Loss::when_no:
      return !vsftpd.yes(option.name);
    case Loss::when_set:
      return !vsftpd.text(option.name).empty();
  }
  return false;
}

std::string written(const VsftpdSetting& setting) {
  return std::string(setting.option->name) + '=' + setting.value;
}

}  // namespace

std::string toml_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string toml_list(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(toml_string(text));
  return '[' + joined(quoted, ", ") + ']';
}

std::string_view toml_boolean(bool value) { return value ? "true" : "false"; }

void ImportSheet::section(std::string_view header) { toml_ += '\n' + std::string(header) + '\n'; }

void ImportSheet::key(std::string_view name, std::string_view value, Names sources) {
  line(std::string(name) + " = " + std::string(value), sources);
}

void ImportSheet::proposed(std::string_view text, Names sources) { line('#' + std::string(text), sources); }

void ImportSheet::line(std::string text, Names sources) {
  const std::string comment = origin(sources);
  toml_ += comment.empty() ? text : padded(std::move(text), kCommentColumn) + "# " + comment;
  toml_ += '\n';
}

void ImportSheet::remark(std::string_view text) { toml_ += "# " + std::string(text) + '\n'; }

// "listen=NO (line 14), listen_port=21 (default)"; what is unset is not named.
std::string ImportSheet::origin(Names sources) {
  std::string text;
  for (const std::string_view name : sources) {
    used_.insert(name);
    const unsigned line = vsftpd_.line_of(name);
    if (line == 0 && vsftpd_.text(name).empty()) continue;
    if (!text.empty()) text += ", ";
    text += std::string(name) + '=' + std::string(vsftpd_.text(name)) +
            (line == 0 ? " (default)" : " (line " + std::to_string(line) + ')');
  }
  return text;
}

void ImportSheet::warn(std::string_view option, std::string_view message) {
  const unsigned line = vsftpd_.line_of(option);
  const std::string place = line == 0 ? file_ : file_ + ':' + std::to_string(line);
  warnings_.push_back(place + ": warning: " + std::string(option) + ": " + std::string(message));
}

void ImportSheet::refuse(std::string_view option, std::string message) {
  mistakes_.push_back({file_, std::max(1U, vsftpd_.line_of(option)), 1, std::move(message)});
}

std::string ImportSheet::fate_of(const VsftpdSetting& setting) const {
  const VsftpdOption& option = *setting.option;
  std::string words(option.words);
  const unsigned last = vsftpd_.line_of(option.name);
  if (last != setting.line) return "line " + std::to_string(last) + " has the last word";
  if (option.fate == Fate::key && !used_.contains(option.name)) return "of no effect here: " + words;
  if (is_lost(vsftpd_, option)) return "LOST: " + words;
  if (option.fate == Fate::key) return words;
  if (option.fate == Fate::always) return "always so: " + words;
  return (option.fate == Fate::none ? "no counterpart: " : "not needed: ") + words;
}

void ImportSheet::finish() {
  for (const VsftpdOption& option : vsftpd_options())
    if (is_lost(vsftpd_, option)) warn(option.name, option.words);
  if (vsftpd_.settings().empty()) return;
  toml_ += "\n# What became of each line:\n";
  for (const VsftpdSetting& setting : vsftpd_.settings())
    toml_ += padded(padded("# " + std::to_string(setting.line) + ':', 7) + written(setting), kFateColumn) +
             fate_of(setting) + '\n';
}

}  // namespace uvftpd
