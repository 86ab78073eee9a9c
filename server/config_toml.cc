// The one file that includes toml++, which is slow to compile and throws: neither leaves here.
#include "server/config_toml.h"

#include <toml++/toml.h>

#include <cerrno>
#include <system_error>

#include "server/whole_file.h"

namespace uvftpd {
namespace {

Place place_of(const toml::source_region& region, const std::string& file) {
  return {file, region.begin.line, region.begin.column};
}

Value converted(const toml::node& node, const std::string& file);

Value::Table converted_table(const toml::table& table, const std::string& file) {
  Value::Table entries;
  for (const auto& [key, node] : table)
    entries.push_back({std::string(key.str()), place_of(key.source(), file), converted(node, file)});
  return entries;
}

Value::List converted_list(const toml::array& array, const std::string& file) {
  Value::List list;
  for (const toml::node& node : array) list.push_back(converted(node, file));
  return list;
}

Value converted(const toml::node& node, const std::string& file) {
  Value value;
  value.place = place_of(node.source(), file);
  if (const auto* boolean = node.as_boolean()) value.data = boolean->get();
  if (const auto* number = node.as_integer()) value.data = number->get();
  if (const auto* fraction = node.as_floating_point()) value.data = fraction->get();
  if (const auto* string = node.as_string()) value.data = string->get();
  if (const auto* array = node.as_array()) value.data = converted_list(*array, file);
  if (const auto* table = node.as_table()) value.data = converted_table(*table, file);
  return value;
}

}  // namespace

std::optional<Value::Table> read_toml_file(const std::string& file, std::vector<Mistake>& mistakes) {
  const auto bytes = whole_file(file);
  if (!bytes) {
    const std::string reason = std::generic_category().message(errno);
    mistakes.push_back({file, 1, 1, "cannot be read: " + reason});
    return std::nullopt;
  }
  try {
    return converted_table(toml::parse(*bytes, file), file);
  } catch (const toml::parse_error& error) {
    mistakes.push_back(mistake_at(place_of(error.source(), file), std::string(error.description())));
    return std::nullopt;
  }
}

}  // namespace uvftpd
