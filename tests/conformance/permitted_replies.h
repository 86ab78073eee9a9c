// Which replies RFC 959 permits to which command: the table of its section 5.4, as data.
// It knows no server; what is added to the table says which standard adds it.
#pragma once

#include <set>
#include <span>
#include <string>

#include "reply.h"

namespace conformance {

struct Row {
  const char* verb;
  const char* line;            // the command with an argument that fits
  std::set<int> alone;         // final replies without a preliminary one
  std::set<int> after = {};    // final replies after 125 or 150; empty: there is none
  const char* data = nullptr;  // what it sends over the data connection
};

std::span<const Row> all_rows();
const Row& row_of(const std::string& verb);

// The final replies that may come to any command, for a reason that the table leaves to its text.
enum class State { before_user, after_user, logged_in, after_rnfr, after_rest, in_transfer, after_epsv_all };

bool is_permitted(const Row& row, State state, bool had_preliminary, int code);

}  // namespace conformance
