// What a server says of itself in FEAT (RFC 2389), for the tests of optional features.
// It takes the server's word; whether that is true is for the tests to find out.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "client.h"
#include "line.h"

namespace conformance {

inline Reply feat(Client& client) {
  const Reply answer = client.optional("FEAT");
  if (answer.code != 211) throw Mishap("FEAT: " + answer.text());
  return answer;
}

class Features {
 public:
  explicit Features(Client& client) {
    const Reply answer = feat(client);
    for (std::size_t i = 1; i + 1 < answer.lines.size(); ++i) {
      lines_.push_back(answer.lines[i].substr(std::min<std::size_t>(1, answer.lines[i].size())));
    }
  }

  const std::vector<std::string>& lines() const { return lines_; }

  // The line that begins with `words`, in any case; empty: there is none.
  std::string line(const std::string& words) const {
    for (const std::string& line : lines_) {
      const bool is_whole =
          line.size() == words.size() || (line.size() > words.size() && line[words.size()] == ' ');
      if (is_whole && std::equal(words.begin(), words.end(), line.begin(), [](char a, char b) {
            return std::toupper(static_cast<unsigned char>(a)) == std::toupper(static_cast<unsigned char>(b));
          })) {
        return line;
      }
    }
    return {};
  }
  bool has(const std::string& words) const { return !line(words).empty(); }

 private:
  std::vector<std::string> lines_;
};

}  // namespace conformance
