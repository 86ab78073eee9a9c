// Walks the values of each file along the table of options. Every value is read, also one that a later file
// overrides, so that every mistake is told.
#include "server/config_reader.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "server/config_checks.h"
#include "server/config_table.h"
#include "server/config_toml.h"

namespace uvftpd {
namespace {

class Reading {
 public:
  Reading(Config& config, std::vector<Mistake>& mistakes) : config_(config), mistakes_(mistakes) {}

  void file(const std::string& name) {
    names_in_file_.clear();
    const auto table = read_toml_file(name, mistakes_);
    if (table) entries({}, *table, places_.keys);
  }

  void finish() {
    if (config_.server.listen.empty())
      config_.server.listen = {{Address{}, 21}, {Address{.family = Address::Family::ipv6}, 21}};
    check_config(config_, places_, mistakes_);
  }

 private:
  // What stands in `section` (empty: at the top of the file): keys, and sections within it.
  void entries(std::string_view section, const Value::Table& table, KeyPlaces& places) {
    for (const Value::Entry& entry : table) {
      const std::string name = section.empty() ? entry.key : std::string(section) + '.' + entry.key;
      if (const Section* const known = find_section(name)) {
        read_section(*known, entry);
      } else if (const Option* const option = find_option(section, entry.key)) {
        places[name] = entry.place;
        ValueReader reader(entry.value, name, mistakes_);
        option->read(reader, config_);
      } else if (std::holds_alternative<Value::Table>(entry.value.data)) {
        tell(entry.place, "unknown section " + shown(name) + proposal_for_section(name));
      } else {
        tell(entry.place, "unknown key " + shown(name) + proposal_for_key(section, entry.key));
      }
    }
  }

  void read_section(const Section& section, const Value::Entry& entry) {
    const std::string name(section.name);
    if (section.shape == Section::Shape::array_of_tables) {
      const auto* const list = std::get_if<Value::List>(&entry.value.data);
      if (list == nullptr)
        return tell(entry.place, name + " must be written as [[" + name + "]], a block each");
      for (const Value& element : *list) read_block(section, element);
    } else if (const auto* const table = std::get_if<Value::Table>(&entry.value.data)) {
      entries(section.name, *table, places_.keys);
    } else {
      tell(entry.place, name + " must be a section: [" + name + "]");
    }
  }

  void read_block(const Section& section, const Value& block) {
    const auto* const table = std::get_if<Value::Table>(&block.data);
    const std::string name(section.name);
    if (table == nullptr)
      return tell(block.place, name + " must be written as [[" + name + "]], a block each");
    section.append(config_);
    UserPlaces places{block.place, {}};
    entries(section.name, *table, places.keys);
    if (section.name == "user")
      settle_user(std::move(places));
    else if (!places.keys.contains("passive.rule.clients"))
      tell(block.place, "passive.rule.clients is missing");
  }

  // The last of the users was just read: a new one, or one to take the place of an earlier file's.
  void settle_user(UserPlaces places) {
    const std::string name = config_.users.back().name;
    if (!name.empty() && !names_in_file_.insert(name).second)
      tell(places.keys.find("user.name")->second, "there is another user " + shown(name) + " in this file");
    const auto earlier = std::ranges::find(config_.users, name, &User::name);
    if (name.empty() || earlier == config_.users.end() - 1) {
      places_.users.push_back(std::move(places));
      return;
    }
    places_.users[static_cast<std::size_t>(earlier - config_.users.begin())] = std::move(places);
    *earlier = std::move(config_.users.back());
    config_.users.pop_back();
  }

  void tell(const Place& place, std::string message) {
    mistakes_.push_back(mistake_at(place, std::move(message)));
  }

  Config& config_;
  std::vector<Mistake>& mistakes_;
  Places places_;
  std::set<std::string> names_in_file_;
};

}  // namespace

ReadConfig read_config(std::span<const std::string> files) {
  ReadConfig result;
  Reading reading(result.config, result.mistakes);
  for (const std::string& file : files) reading.file(file);
  reading.finish();

  const auto position = [&](const Mistake& mistake) {
    return std::tuple(std::ranges::find(files, mistake.file) - files.begin(), mistake.line, mistake.column);
  };
  std::ranges::stable_sort(result.mistakes, {}, position);
  return result;
}

}  // namespace uvftpd
