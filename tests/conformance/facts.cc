// Takes entries apart letter by letter, so that a blank too much is noticed.
#include "facts.h"

#include <algorithm>
#include <cctype>

#include "socket.h"

namespace conformance {

std::string Entry::fact(const std::string& key) const {
  const auto found = facts.find(key);
  return found == facts.end() ? std::string() : found->second;
}

Entry parse_entry(const std::string& line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string::npos) throw Mishap("no blank in the entry \"" + line + '"');
  Entry entry;
  entry.name = line.substr(blank + 1);
  for (std::size_t at = 0; at < blank;) {
    const std::size_t end = line.find(';', at);
    const std::size_t sign = line.find('=', at);
    if (end == std::string::npos || end >= blank || sign == std::string::npos || sign >= end || sign == at) {
      throw Mishap("no name=value; in the entry \"" + line + '"');
    }
    std::string key = line.substr(at, sign - at);
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    entry.facts[key] = line.substr(sign + 1, end - sign - 1);
    at = end + 1;
  }
  return entry;
}

std::vector<Entry> parse_listing(const std::string& data) {
  std::vector<Entry> entries;
  for (std::size_t at = 0; at < data.size();) {
    const std::size_t end = data.find("\r\n", at);
    if (end == std::string::npos) throw Mishap("the listing does not end in CRLF");
    entries.push_back(parse_entry(data.substr(at, end - at)));
    at = end + 2;
  }
  return entries;
}

const Entry& entry_of(const std::vector<Entry>& entries, const std::string& name) {
  for (const Entry& entry : entries) {
    if (entry.name == name) return entry;
  }
  throw Mishap("no entry for " + name);
}

}  // namespace conformance
