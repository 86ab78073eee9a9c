#include "protocol/permission.h"

#include <array>
#include <utility>

#include "protocol/path.h"

namespace uvftpd {
namespace {

constexpr std::array<std::pair<Permission, std::string_view>, 11> kNames = {{
    {Permission::list, "list"},
    {Permission::download, "download"},
    {Permission::upload, "upload"},
    {Permission::append, "append"},
    {Permission::overwrite, "overwrite"},
    {Permission::rename, "rename"},
    {Permission::remove, "delete"},
    {Permission::mkdir, "mkdir"},
    {Permission::rmdir, "rmdir"},
    {Permission::chmod, "chmod"},
    {Permission::mtime, "mtime"},
}};

}  // namespace

std::string_view to_string(Permission permission) {
  for (const auto& [value, name] : kNames)
    if (value == permission) return name;
  return "none";
}

std::optional<Permission> parse_permission(std::string_view name) {
  for (const auto& [value, known] : kNames)
    if (known == name) return value;
  return std::nullopt;
}

const Permissions& Rights::at(std::string_view path) const {
  return !upload_directory.empty() && is_within(path, upload_directory) ? within : elsewhere;
}

}  // namespace uvftpd
