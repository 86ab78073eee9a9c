// cmds_allowed and cmds_denied take a permission away where one of its verbs is not to be used.
#include "server/vsftpd_rights.h"

#include <initializer_list>
#include <string>
#include <string_view>

#include "protocol/command.h"

namespace uvftpd {
namespace {

struct NeededVerb {
  Permission permission;
  std::string_view verb;
};

constexpr NeededVerb kNeededVerbs[] = {
    {Permission::list, "LIST"},   {Permission::list, "NLST"},   {Permission::download, "RETR"},
    {Permission::upload, "STOR"}, {Permission::append, "APPE"}, {Permission::overwrite, "STOR"},
    {Permission::rename, "RNFR"}, {Permission::rename, "RNTO"}, {Permission::remove, "DELE"},
    {Permission::mkdir, "MKD"},   {Permission::rmdir, "RMD"},   {Permission::chmod, "SITE"},
    {Permission::mtime, "MDTM"},
};

// In a list such as "PASV,RETR,QUIT".
bool contains(std::string_view list, std::string_view verb) {
  return (',' + upper_case(list) + ',').find(',' + std::string(verb) + ',') != std::string::npos;
}

bool is_verb_for_use(const VsftpdConfig& vsftpd, std::string_view verb) {
  const std::string_view allowed = vsftpd.text("cmds_allowed");
  return (allowed.empty() || contains(allowed, verb)) && !contains(vsftpd.text("cmds_denied"), verb);
}

Permissions less_the_verbs(const VsftpdConfig& vsftpd, const Permissions& permissions) {
  Permissions left;
  for (const NeededVerb& one : kNeededVerbs) {
    bool usable = permissions.has(one.permission);
    for (const NeededVerb& needed : kNeededVerbs)
      if (needed.permission == one.permission) usable = usable && is_verb_for_use(vsftpd, needed.verb);
    if (usable) left.add(one.permission);
  }
  return left;
}

void add_all(Permissions& permissions, std::initializer_list<Permission> more) {
  for (const Permission one : more) permissions.add(one);
}

bool contains(const Permissions& whole, const Permissions& part) {
  for (const NeededVerb& one : kNeededVerbs)
    if (part.has(one.permission) && !whole.has(one.permission)) return false;
  return true;
}

// Whether anonymous clients could fetch what one of them uploaded.
bool uploads_can_be_fetched(const VsftpdConfig& vsftpd) {
  constexpr unsigned kByOthers = 04;
  constexpr unsigned kByOwner = 0400;
  const unsigned mode = vsftpd.yes("chown_uploads")
                            ? vsftpd.number("chown_upload_mode")
                            : vsftpd.number("file_open_mode") & ~vsftpd.number("anon_umask");
  const bool by_owner = !vsftpd.yes("anon_world_readable_only") && !vsftpd.yes("chown_uploads");
  return (mode & (by_owner ? kByOwner | kByOthers : kByOthers)) != 0;
}

}  // namespace

bool guests_are_as_anonymous(const VsftpdConfig& vsftpd) {
  return vsftpd.yes("guest_enable") && !vsftpd.yes("virtual_use_local_privs");
}

Permissions vsftpd_anonymous_permissions(const VsftpdConfig& vsftpd) {
  Permissions permissions;
  if (vsftpd.yes("dirlist_enable")) permissions.add(Permission::list);
  if (vsftpd.yes("download_enable")) permissions.add(Permission::download);
  if (vsftpd.yes("write_enable")) {
    if (vsftpd.yes("anon_upload_enable")) permissions.add(Permission::upload);
    if (vsftpd.yes("anon_mkdir_write_enable")) permissions.add(Permission::mkdir);
    if (vsftpd.yes("anon_other_write_enable"))
      add_all(permissions, {Permission::append, Permission::overwrite, Permission::rename, Permission::remove,
                            Permission::rmdir});
  }
  return less_the_verbs(vsftpd, permissions);
}

Permissions vsftpd_user_permissions(const VsftpdConfig& vsftpd) {
  if (guests_are_as_anonymous(vsftpd)) return vsftpd_anonymous_permissions(vsftpd);
  Permissions permissions;
  if (vsftpd.yes("dirlist_enable")) permissions.add(Permission::list);
  if (vsftpd.yes("download_enable")) permissions.add(Permission::download);
  if (vsftpd.yes("write_enable")) {
    add_all(permissions, {Permission::upload, Permission::append, Permission::overwrite, Permission::rename,
                          Permission::remove, Permission::mkdir, Permission::rmdir});
    if (vsftpd.yes("chmod_enable")) permissions.add(Permission::chmod);
    if (vsftpd.yes("mdtm_write")) permissions.add(Permission::mtime);
  }
  return less_the_verbs(vsftpd, permissions);
}

std::optional<AnonymousWrite> vsftpd_anonymous_write(const VsftpdConfig& vsftpd) {
  Permissions permitted = vsftpd_anonymous_permissions(vsftpd);
  if (permitted.has(Permission::remove)) add_all(permitted, {Permission::chmod, Permission::mtime});
  const bool fetched = uploads_can_be_fetched(vsftpd);
  using enum AnonymousWrite;
  for (const AnonymousWrite word : {full, upload, dropbox, none}) {
    Config::Anonymous anonymous;
    anonymous.write = word;
    const Permissions given = anonymous_rights(anonymous).elsewhere;
    const bool shows_uploads = given.has(Permission::upload) && given.has(Permission::download);
    if (contains(permitted, given) && (fetched || !shows_uploads)) return word;
  }
  return std::nullopt;
}

std::string_view vsftpd_rate_of_users(const VsftpdConfig& vsftpd) {
  return guests_are_as_anonymous(vsftpd) ? "anon_max_rate" : "local_max_rate";
}

std::string_view vsftpd_common_rate(const VsftpdConfig& vsftpd) {
  const std::string_view of_users = vsftpd_rate_of_users(vsftpd);
  if (!vsftpd.yes("local_enable")) return "anon_max_rate";
  if (!vsftpd.yes("anonymous_enable")) return of_users;
  return vsftpd.number("anon_max_rate") == vsftpd.number(of_users) ? of_users : "";
}

}  // namespace uvftpd
