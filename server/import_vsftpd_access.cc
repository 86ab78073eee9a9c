// Where uvftpd has no word for as little as vsftpd permitted, it permits less.
#include "server/import_vsftpd_access.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "server/vsftpd_rights.h"

namespace uvftpd {
namespace {

constexpr std::string_view to_word(AnonymousWrite write) {
  switch (write) {
    case AnonymousWrite::none:
      return "none";
    case AnonymousWrite::dropbox:
      return "dropbox";
    case AnonymousWrite::upload:
      return "upload";
    case AnonymousWrite::full:
      return "full";
  }
  return {};
}

// The mode of new files is the service's, whoever uploads.
void warn_of_umask(const VsftpdConfig& vsftpd, std::string_view option, ImportSheet& sheet) {
  if (!vsftpd.yes("write_enable")) return;
  sheet.warn(option, "new files get 0666 less UMask= of the unit, which is 0027; here it was " +
                         std::string(vsftpd.text(option)));
}

// None where nobody may log in so.
std::optional<AnonymousWrite> anonymous_write(const VsftpdConfig& vsftpd) {
  if (!vsftpd.yes("anonymous_enable") || vsftpd.yes("secure_email_list_enable")) return std::nullopt;
  return vsftpd_anonymous_write(vsftpd);
}

void import_anonymous_root(const VsftpdConfig& vsftpd, const HomeOf& home_of, ImportSheet& sheet) {
  if (!vsftpd.text("anon_root").empty())
    return sheet.key("root", toml_string(import_path(vsftpd, "anon_root", sheet)), {"anon_root"});
  const std::string home = home_of(std::string(vsftpd.text("ftp_username")));
  if (home.starts_with('/')) return sheet.key("root", toml_string(home), {"ftp_username"});
  sheet.key("root", toml_string("/srv/ftp"), {"ftp_username"});
  sheet.warn("ftp_username", "there is no such user here, whose home would be anonymous.root");
}

void warn_of_anonymous(const VsftpdConfig& vsftpd, AnonymousWrite write, ImportSheet& sheet) {
  if (vsftpd.yes("anon_world_readable_only"))
    sheet.warn(
        "anon_world_readable_only",
        "anonymous clients may fetch every file that the service's user may read, not only what all may");
  if (write == AnonymousWrite::dropbox)
    sheet.warn("anon_upload_enable",
               "anonymous.upload_directory should name the directory of uploads: until then nothing can be "
               "downloaded");
  if (write == AnonymousWrite::full)
    sheet.warn("anon_other_write_enable",
               "anonymous.write = \"full\" permits SITE CHMOD and setting times as well; "
               "anonymous.upload_directory can say where");
  if (write != AnonymousWrite::none) warn_of_umask(vsftpd, "anon_umask", sheet);
}

void import_anonymous_write(const VsftpdConfig& vsftpd, AnonymousWrite write, ImportSheet& sheet) {
  sheet.use({"dirlist_enable", "download_enable", "cmds_allowed", "cmds_denied"});
  const std::string word = toml_string(to_word(write));
  if (!vsftpd.yes("write_enable")) return sheet.key("write", word, {"write_enable"});
  sheet.key("write", word,
            {"write_enable", "anon_upload_enable", "anon_mkdir_write_enable", "anon_other_write_enable"});
  if (write == AnonymousWrite::none) return;
  sheet.use({"anon_world_readable_only", "anon_umask", "file_open_mode", "chown_upload_mode"});
}

void import_anonymous_tls(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  if (!vsftpd.yes("ssl_enable")) return;
  std::string_view word = vsftpd.yes("allow_anon_ssl") ? "allow" : "off";
  if (vsftpd.yes("force_anon_logins_ssl")) word = "require-login";
  if (vsftpd.yes("force_anon_data_ssl")) word = "require-data";
  sheet.key("tls", toml_string(word), {"allow_anon_ssl", "force_anon_logins_ssl", "force_anon_data_ssl"});
}

void import_certificate(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  const bool is_rsa = !vsftpd.text("rsa_cert_file").empty();
  const std::string_view certificate = is_rsa ? "rsa_cert_file" : "dsa_cert_file";
  const std::string_view own_key = is_rsa ? "rsa_private_key_file" : "dsa_private_key_file";
  const std::string_view key = vsftpd.text(own_key).empty() ? certificate : own_key;
  if (vsftpd.text(certificate).empty())
    return sheet.refuse("ssl_enable", "ssl_enable=YES needs rsa_cert_file or dsa_cert_file");
  sheet.key("certificate", toml_string(import_path(vsftpd, certificate, sheet)), {certificate});
  sheet.key("key", toml_string(import_path(vsftpd, key, sheet)), {key});
  sheet.warn(key, "the service's user must be able to read the key, which was root's to read in vsftpd");
}

void import_client_certificates(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  const bool required = vsftpd.yes("require_cert");
  const bool validated = vsftpd.yes("validate_cert");
  if (required && !validated)
    return sheet.warn("require_cert",
                      "no certificate is demanded: without validate_cert=YES any at all would do");
  if (!validated) return;
  if (vsftpd.text("ca_certs_file").empty())
    return sheet.refuse("validate_cert", "validate_cert=YES needs ca_certs_file");
  sheet.key("client_ca", toml_string(import_path(vsftpd, "ca_certs_file", sheet)),
            {"ca_certs_file", "validate_cert", "require_cert"});
}

std::string_view tls_mode(const VsftpdConfig& vsftpd) {
  if (vsftpd.yes("force_local_data_ssl")) return "require-data";
  return vsftpd.yes("force_local_logins_ssl") ? "require-login" : "allow";
}

std::string permission_words(const Permissions& permissions) {
  if (permissions == Permissions::all()) return toml_string("write");
  if (permissions == Permissions::reading()) return toml_string("read");
  std::vector<std::string> names;
  for (unsigned bit = 1; bit <= static_cast<unsigned>(Permission::mtime); bit <<= 1) {
    const auto permission = static_cast<Permission>(bit);
    if (permissions.has(permission)) names.emplace_back(to_string(permission));
  }
  return toml_list(names);
}

// local_root may have the user's name in it, where it has user_sub_token.
std::string root_of_example(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  const std::string user = "alice";
  if (vsftpd.text("local_root").empty()) return "/home/" + user;
  std::string root = import_path(vsftpd, "local_root", sheet);
  const std::string_view token = vsftpd.text("user_sub_token");
  if (token.empty()) return root;
  for (std::size_t at = root.find(token); at != std::string::npos; at = root.find(token, at + user.size()))
    root.replace(at, token.size(), user);
  return root;
}

}  // namespace

std::string import_path(const VsftpdConfig& vsftpd, std::string_view option, ImportSheet& sheet) {
  std::string path(vsftpd.text(option));
  if (!path.starts_with('/'))
    sheet.refuse(option, std::string(option) + " must be an absolute path, not " + shown(path));
  return path;
}

void import_anonymous(const VsftpdConfig& vsftpd, const HomeOf& home_of, ImportSheet& sheet) {
  sheet.section("[anonymous]");
  const auto write = anonymous_write(vsftpd);
  if (!write) {
    sheet.key("enabled", "false", {"anonymous_enable"});
    if (!vsftpd.yes("anonymous_enable")) return;
    sheet.use(
        {"secure_email_list_enable", "dirlist_enable", "download_enable", "cmds_allowed", "cmds_denied"});
    sheet.warn("anonymous_enable", "anonymous is kept out: uvftpd cannot permit as little as was permitted");
    return;
  }
  sheet.key("enabled", "true", {"anonymous_enable"});
  import_anonymous_root(vsftpd, home_of, sheet);
  import_anonymous_write(vsftpd, *write, sheet);
  import_anonymous_tls(vsftpd, sheet);
  if (vsftpd_common_rate(vsftpd).empty() && vsftpd.number("anon_max_rate") != 0)
    sheet.key("rate", std::to_string(vsftpd.number("anon_max_rate")), {"anon_max_rate"});
  warn_of_anonymous(vsftpd, *write, sheet);
}

void import_users(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  if (!vsftpd.yes("local_enable")) return;
  sheet.warn("local_enable", "no system user can log in: write a [[user]] for each who may");
  sheet.section("# A block for each user who may log in, with a password from `uvftpd hash-password`.");
  sheet.proposed("[[user]]", {"local_enable"});
  sheet.proposed("name = \"alice\"", {});
  sheet.proposed("password = \"!\"", {});
  sheet.proposed("root = " + toml_string(root_of_example(vsftpd, sheet)), {"local_root", "user_sub_token"});
  sheet.proposed("permissions = " + permission_words(vsftpd_user_permissions(vsftpd)), {"write_enable"});
  sheet.use(
      {"chmod_enable", "mdtm_write", "download_enable", "dirlist_enable", "cmds_allowed", "cmds_denied"});
  if (vsftpd.yes("guest_enable")) sheet.use({"virtual_use_local_privs"});
  if (guests_are_as_anonymous(vsftpd))
    sheet.use({"anon_upload_enable", "anon_mkdir_write_enable", "anon_other_write_enable"});
  const std::string_view rate = vsftpd_rate_of_users(vsftpd);
  if (vsftpd_common_rate(vsftpd).empty() && vsftpd.number(rate) != 0)
    sheet.proposed("rate = " + std::to_string(vsftpd.number(rate)), {rate});
  warn_of_umask(vsftpd, guests_are_as_anonymous(vsftpd) ? "anon_umask" : "local_umask", sheet);
}

bool begins_with_tls(const VsftpdConfig& vsftpd) {
  return vsftpd.yes("ssl_enable") && vsftpd.yes("implicit_ssl");
}

void import_tls(const VsftpdConfig& vsftpd, const std::vector<std::string>& addresses, ImportSheet& sheet) {
  sheet.section("[tls]");
  if (!vsftpd.yes("ssl_enable")) return sheet.key("mode", toml_string("off"), {"ssl_enable"});
  sheet.key("mode", toml_string(tls_mode(vsftpd)),
            {"ssl_enable", "force_local_logins_ssl", "force_local_data_ssl"});
  import_certificate(vsftpd, sheet);
  if (begins_with_tls(vsftpd))
    sheet.key("implicit_listen", toml_list(addresses), {"implicit_ssl", "listen_port"});
  const bool only_newest = !vsftpd.yes("ssl_tlsv1_2") && vsftpd.yes("ssl_tlsv1_3");
  sheet.key("minimum_version", toml_string(only_newest ? "1.3" : "1.2"), {"ssl_tlsv1_2", "ssl_tlsv1_3"});
  import_client_certificates(vsftpd, sheet);
  sheet.key("session_reuse", toml_string(vsftpd.yes("require_ssl_reuse") ? "require" : "prefer"),
            {"require_ssl_reuse"});
  sheet.key("unclean_end", toml_string(vsftpd.yes("strict_ssl_read_eof") ? "refuse" : "accept"),
            {"strict_ssl_read_eof"});
}

}  // namespace uvftpd
