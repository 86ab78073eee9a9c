// What is said of a file: lines of LIST, facts of MLSD and MLST, and the replies that carry names. Whatever a
// file is called, its line is one line and its reply is one reply.
//
// Input: name/owner/group/target of a link, and the numbers behind them, the last first.
#include <string>
#include <utility>
#include <vector>

#include "protocol/facts.h"
#include "protocol/file_type.h"
#include "protocol/listing.h"
#include "protocol/path.h"
#include "protocol/reply.h"
#include "protocol/timestamp.h"
#include "tests/fuzz/fuzz.h"

namespace uvftpd {
namespace {

// What most texts fit in: that they grow costs more than what is looked at.
constexpr std::size_t kLong = 256;

struct Found {
  std::int64_t now = 0, another_time = 0;
  FileFacts facts;
  std::uint64_t links = 0;
  std::uint8_t wanted = 0;
  std::string_view name, target;
  std::string owner, group;
  std::string size_column, name_column;  // of its line
};

FileAccess access_of(unsigned bits) {
  return {(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, (bits & 8U) != 0};
}

std::string shown(std::string text) {
  for (char& c : text)
    if (is_control_character(c)) c = '?';
  return text;
}

Found found_in(Input input) {
  Found found;
  found.wanted = input.number<std::uint8_t>();
  found.facts.mode = input.number<std::uint16_t>();
  found.facts.access = access_of(input.number<std::uint8_t>());
  const auto rights = input.number<std::uint16_t>();
  for (unsigned bit = 0; bit < 11; ++bit)
    if ((rights >> bit) & 1U) found.facts.permissions.add(static_cast<Permission>(1U << bit));
  found.facts.modified = input.number<std::int64_t>();
  found.another_time = input.number<std::int64_t>();
  found.now = input.number<std::uint32_t>();
  found.facts.nanoseconds = input.number<std::uint32_t>() % 1'000'000'000;
  found.facts.size = input.number<std::uint64_t>();
  found.links = input.number<std::uint32_t>();
  found.facts.uid = input.number<std::uint32_t>();
  found.facts.gid = input.number<std::uint32_t>();
  found.facts.device = input.number<std::uint64_t>();
  found.facts.inode = input.number<std::uint64_t>();
  found.name = input.text_until('/');
  // Owners are named by the system, which has no control characters in a name.
  found.owner = shown(std::string(input.text_until('/')));
  found.group = shown(std::string(input.text_until('/')));
  found.target = input.rest();
  found.size_column.append(" ").append(std::to_string(found.facts.size));
  found.name_column.append(" ").append(found.name);
  if (!found.target.empty()) found.name_column.append(" -> ").append(found.target);
  found.name_column = shown(std::move(found.name_column));
  return found;
}

// ---- LIST ----

void check_line(const Found& found, std::string_view line) {
  demand(line.ends_with("\r\n"), "a line of LIST ends in CRLF");
  line.remove_suffix(2);
  for (const char c : line) demand(!is_control_character(c), "a line of LIST has no control character");
  demand(line.ends_with(found.name_column), "a line of LIST ends in the name");
  line.remove_suffix(found.name_column.size());
  demand(line.size() >= 10 + 5 + 1 + 8 + 1 + 8 + 1 + 12 + 1 + 12, "a line of LIST has all columns");
  demand(std::string_view("-dlpcbs").find(line[0]) != std::string_view::npos,
         "a line of LIST tells the type");
  const auto date = line.substr(line.size() - 12);
  demand(date[3] == ' ' && date[6] == ' ', "a date has its columns");
  line.remove_suffix(13);
  demand(line.ends_with(found.size_column), "a line of LIST tells the size");
}

std::string listed(ListFormatter& formatter, const Found& found, std::int64_t modified) {
  std::string line;
  line.reserve(kLong);
  formatter.append({.name = found.name,
                    .owner = found.owner,
                    .group = found.group,
                    .link_target = found.target,
                    .mode = found.facts.mode,
                    .links = found.links,
                    .size = found.facts.size,
                    .modified = modified},
                   line);
  check_line(found, line);
  return line;
}

std::string check_list(const Found& found) {
  ListFormatter fresh(found.now), used(found.now);
  listed(used, found, found.another_time);
  std::string line = listed(used, found, found.facts.modified);
  demand(line == listed(fresh, found, found.facts.modified), "a line does not depend on the one before it");
  return line;
}

// ---- MLSD ----

struct Wanted {
  FactSet facts;
  std::string names;
};

void check_facts(std::string_view facts, const Wanted& wanted) {
  for (const char c : facts)
    demand(!is_control_character(c) && c != ' ', "facts have no blank and no control");
  std::string names;
  names.reserve(kLong);
  while (!facts.empty()) {
    const auto end = facts.find(';'), sign = facts.find('=');
    demand(sign != std::string_view::npos && sign < end && end != std::string_view::npos,
           "a fact is name=value;");
    names.append(facts.substr(0, sign)).append(";");
    facts.remove_prefix(end + 1);
  }
  const std::string& all = wanted.names;
  demand(names == all || (all.find("size;") != std::string::npos && names.size() + 5 == all.size()),
         "what was wanted is told, but for a directory's size");
}

std::string facts_told(const Found& found, const Wanted& wanted) {
  FactFormatter fresh(wanted.facts), used(wanted.facts);
  std::string first, again, before;
  for (std::string* text : {&first, &again, &before}) text->reserve(kLong);
  fresh.append(found.facts, first);
  FileFacts other = found.facts;
  other.modified = found.another_time;
  used.append(other, before);
  used.append(found.facts, again);
  demand(first == again, "facts do not depend on those before them");
  check_facts(first, wanted);
  return first;
}

Wanted wanted_facts(unsigned bits) {
  std::string list;
  const std::string all = to_string(FactSet::all());
  for (std::string_view rest = all; !rest.empty(); bits >>= 1U) {
    const auto end = rest.find(';') + 1;
    if (bits & 1U) list += rest.substr(0, end);
    rest.remove_prefix(end);
  }
  const FactSet facts = FactSet::parse(list);
  return {facts, to_string(facts)};
}

// Each of the 256 sets is made once.
const Wanted& fact_set(std::uint8_t bits) {
  static const auto kAll = [] {
    std::vector<Wanted> all;
    for (unsigned one = 0; one < 256; ++one) all.push_back(wanted_facts(one));
    return all;
  }();
  return kAll[bits];
}

// ---- replies ----

// As the session words them. No path has a LF (protocol/path).
void check_replies(const Found& found, const std::string& facts, const std::string& line) {
  const auto path = resolve_path("/", found.name);
  if (!path) return;
  demand_one_reply(encode({Code::path_name, quoted(*path) + " is the current directory."}));
  demand_one_reply(encode({Code::action_done, "Facts:\n " + facts + " " + name_as_sent(*path) + "\nEnd"}));
  demand_one_reply(encode({Code::file_status, "Modify=20261123055117; " + name_as_sent(*path)}));
  // No line has a CR but at its end.
  demand_one_reply(encode({Code::file_status, "Status:\n" + line.substr(0, line.size() - 2) + "\nEnd"}));
}

// Lines of any text, each without an end.
void check_encoded(std::string_view text) {
  std::string lines;
  lines.reserve(text.size());
  for (const char c : text)
    if (c != '\r' && c != '\0') lines += c == '|' ? '\n' : c;
  demand_one_reply(encode({Code::help, lines}));
}

}  // namespace
}  // namespace uvftpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace uvftpd;
  const Found found = found_in(Input(data, size));
  check_replies(found, facts_told(found, fact_set(found.wanted)), check_list(found));
  check_encoded(found.name);
  return 0;
}
