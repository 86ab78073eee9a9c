// An entry of MLST or MLSD, taken apart (RFC 3659, section 7.2).
// Strict: what is not of that grammar is a Mishap.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace conformance {

struct Entry {
  std::map<std::string, std::string> facts;  // names in lower case
  std::string name;

  std::string fact(const std::string& name) const;  // empty: it is not there
};

Entry parse_entry(const std::string& line);
std::vector<Entry> parse_listing(const std::string& data);  // of MLSD: each line ends in CRLF
const Entry& entry_of(const std::vector<Entry>& entries, const std::string& name);

}  // namespace conformance
