// What stands in a configuration file, as plain values with their places, and the reading of one value.
//
// Knows no option and no TOML library: config_toml makes the values, config_table's rows read them. A reader
// writes nothing and tells a mistake where the value is not what the option takes.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/config.h"

namespace uvftpd {

struct Place {
  std::string file;
  unsigned line = 1;  // from 1, as editors count
  unsigned column = 1;
};

struct Mistake {
  std::string file;
  unsigned line = 1;
  unsigned column = 1;
  std::string message;
};

Mistake mistake_at(const Place& place, std::string message);
// "file:line:column: message", the form that editors jump to.
std::string to_string(const Mistake& mistake);

struct Value {
  struct Entry;
  using List = std::vector<Value>;
  using Table = std::vector<Entry>;

  // monostate: a date or a time, which no option takes
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Table> data;
  Place place;
};

struct Value::Entry {
  std::string key;
  Place place;  // of the key
  Value value;
};

// The value of one option. Valid while the value and the list of mistakes are.
class ValueReader {
 public:
  // `name` as in a message: "timeouts.idle".
  ValueReader(const Value& value, std::string_view name, std::vector<Mistake>& mistakes)
      : value_(value), name_(name), mistakes_(mistakes) {}

  void read(bool& out);
  template <std::unsigned_integral Number>
  void read_whole(Number& out, Number least, Number most) {
    if (const auto number = whole(least, most)) out = static_cast<Number>(*number);
  }
  void read_time(Milliseconds& out, Milliseconds least, Milliseconds most);
  void read_size(std::uint64_t& out);
  template <typename Enum>
  void read_word(Enum& out, std::initializer_list<std::pair<std::string_view, Enum>> words) {
    std::vector<std::string> names;
    for (const auto& word : words) names.emplace_back(word.first);
    if (const auto index = word_of(names)) out = (words.begin() + *index)->second;
  }
  // Left empty where it is refused, so that nobody looks for another on the disk.
  void read_absolute_path(std::string& out);

  // None, with the mistake told, where the value is of another kind or not in the list. Text with control
  // characters is refused too: no option has a use for them.
  std::optional<std::string_view> text();
  const Value::List* list();
  std::optional<std::size_t> word_of(const std::vector<std::string>& words);

  bool is_list() const { return std::holds_alternative<Value::List>(value_.data); }
  ValueReader element(const Value& one) const { return {one, name_, mistakes_}; }

  // The bare string, if it is one; tells nothing.
  const std::string* string() const { return std::get_if<std::string>(&value_.data); }

  // Tells that the option `must` ("be true or false"); refuse shows the value too, so never use it on a
  // password.
  void tell(std::string_view must);
  void refuse(std::string_view must);

 private:
  std::optional<std::uint64_t> whole(std::uint64_t least, std::uint64_t most);

  const Value& value_;
  std::string_view name_;
  std::vector<Mistake>& mistakes_;
};

// Text from a file as a message may show it: in double quotes, control characters replaced, not too long.
std::string shown(std::string_view text);

// "a", "a or b", "a, b or c".
std::string joined(const std::vector<std::string>& parts, std::string_view last_joint);

}  // namespace uvftpd
