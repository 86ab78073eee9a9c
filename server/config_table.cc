// The rows, and what is looked up in them.
#include "server/config_table.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "server/config_text.h"
#include "server/option_readers.h"

namespace uvftpd {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Milliseconds kShortest{1};
constexpr Milliseconds kLongest = hours(24 * 7);

void append_rule(Config& config) { config.passive.rules.emplace_back(); }
void append_user(Config& config) { config.users.push_back({{}, {}, {}, Permissions::reading()}); }

void read_fence(ValueReader& in, Fence& out) {
  in.read_word(out, {{"require", Fence::require}, {"prefer", Fence::prefer}, {"off", Fence::off}});
}

constexpr Section kSections[] = {
    {"server", Section::Shape::table, "The control connection."},
    {"active", Section::Shape::table, "PORT and EPRT: the server connects to the client."},
    {"passive", Section::Shape::table, "PASV and EPSV: the client connects to the server."},
    {"passive.rule", Section::Shape::array_of_tables,
     "What PASV tells some clients; the first rule that matches wins over passive.address.", append_rule},
    {"timeouts", Section::Shape::table,
     "Times: seconds, or text such as \"500ms\", \"30s\", \"15m\" or \"2h\"."},
    {"limits", Section::Shape::table, "What one client, and all of them, may take."},
    {"anonymous", Section::Shape::table, "The login of the names \"anonymous\" and \"ftp\", in any case."},
    {"user", Section::Shape::array_of_tables, "A user; a block each.", append_user},
    {"tls", Section::Shape::table,
     "FTPS (RFC 4217): TLS for the control connection and for data connections."},
    {"sandbox", Section::Shape::table, "The fences that the daemon puts up around itself at start."},
    {"uploads", Section::Shape::table,
     "What is told of uploads that are complete, besides a line of the log."},
    {"log", Section::Shape::table, "What is told, and where."},
};

using R = ValueReader;  // for the rows to stay rows
using C = Config;

constexpr Option kOptions[] = {
    {"server", "listen", R"(["0.0.0.0:21", "[::]:21"])", "Where clients connect; port 0 is any free one.",
     read_listen},
    {"server", "banner", R"("FTP server ready")", "What the greeting says.", read_banner},
    {"server", "user", R"("")", "Whom to become; needed where the daemon is started as root.",
     read_server_user},
    {"server", "control_socket", R"("")",
     "Where `uvftpd status`, `kick` and `reload` reach it: a path. Without one it is \"control\" in the "
     "RuntimeDirectory= of the service, or nowhere.",
     [](R& in, C& out) { read_socket_path(in, out.server.control_socket); }},

    {"active", "enabled", "true", "Whether clients may ask for it.",
     [](R& in, C& out) { in.read(out.active.enabled); }},
    {"active", "source_port", "20", "The server's port of data connections; 0 is any.",
     [](R& in, C& out) { in.read_whole<std::uint16_t>(out.active.source_port, 0, 65535); }},
    {"active", "without_source_port", R"("fallback")",
     "Where that port cannot be had: \"fallback\" takes any other, \"refuse\" fails the transfer.",
     [](R& in, C& out) {
       in.read_word(out.active.without_source_port,
                    {{"fallback", WithoutSourcePort::fallback}, {"refuse", WithoutSourcePort::refuse}});
     }},

    {"passive", "enabled", "true", "Whether clients may ask for it.",
     [](R& in, C& out) { in.read(out.passive.enabled); }},
    {"passive", "ports", R"("49152-65535")", "Chosen at random within it; a firewall must let these in.",
     read_ports},
    {"passive", "address", R"("")",
     "What PASV tells: an IPv4 address or a name; empty is the address that the client reached.",
     [](R& in, C& out) { read_told_address(in, out.passive.address); }},
    {"passive", "lookup_interval", "300",
     "A time: how often names in addresses, here and below, are resolved again.",
     [](R& in, C& out) { in.read_time(out.passive.lookup_interval, kShortest, kLongest); }},
    {"passive.rule", "clients", R"(["10.0.0.0/8"])", "The networks of the clients that it is for.",
     read_clients},
    {"passive.rule", "address", R"("")", "As passive.address.",
     [](R& in, C& out) { read_told_address(in, out.passive.rules.back().address); }},

    {"timeouts", "idle", "900",
     "From the last command or byte of data; stopped while a transfer makes progress.",
     [](R& in, C& out) { in.read_time(out.timeouts.idle, kShortest, kLongest); }},
    {"timeouts", "login", "60", "From connecting to a successful login.",
     [](R& in, C& out) { in.read_time(out.timeouts.login, kShortest, kLongest); }},
    {"timeouts", "data_open", "30", "From asking for a data connection to having it.",
     [](R& in, C& out) { in.read_time(out.timeouts.data_open, kShortest, kLongest); }},
    {"timeouts", "stalled", "60", "A transfer without a byte of progress.",
     [](R& in, C& out) { in.read_time(out.timeouts.stalled, kShortest, kLongest); }},

    {"limits", "sessions", "10000", "Control connections at one time.",
     [](R& in, C& out) { in.read_whole(out.limits.sessions, 1U, 1'000'000U); }},
    {"limits", "per_address", "50", "Of these from one address (IPv6: a /64); 0 is no limit.",
     [](R& in, C& out) { in.read_whole(out.limits.per_address, 0U, 1'000'000U); }},
    {"limits", "login_failures", "3", "Refused logins before the control connection is closed.",
     [](R& in, C& out) { in.read_whole(out.limits.login_failures, 1U, 100U); }},
    {"limits", "login_failures_per_address", "10",
     "The same for an address (IPv6: a /64), however it connects; one is forgiven every 10 s; 0 is no limit.",
     [](R& in, C& out) { in.read_whole(out.limits.login_failures_per_address, 0U, 1'000'000U); }},
    {"limits", "login_delay", "1",
     "A time: how long a refusal waits; as much again for each earlier failure of the address, 10 s at most.",
     [](R& in, C& out) { in.read_time(out.limits.login_delay, Milliseconds(0), seconds(60)); }},
    {"limits", "rate", "0", "Bytes a second that one session may move, or \"10MiB\"; 0 is no limit.",
     [](R& in, C& out) { in.read_size(out.limits.rate); }},

    {"anonymous", "enabled", "false", "Whether these names may log in.",
     [](R& in, C& out) { in.read(out.anonymous.enabled); }},
    {"anonymous", "root", R"("/srv/ftp")", "The directory that they see as \"/\".",
     [](R& in, C& out) { in.read_absolute_path(out.anonymous.root); }},
    {"anonymous", "write", R"("none")",
     "\"none\", \"dropbox\" (new files, unreadable back), \"upload\" (new files and directories) or "
     "\"full\".",
     [](R& in, C& out) {
       in.read_word(out.anonymous.write, {{"none", AnonymousWrite::none},
                                          {"dropbox", AnonymousWrite::dropbox},
                                          {"upload", AnonymousWrite::upload},
                                          {"full", AnonymousWrite::full}});
     }},
    {"anonymous", "upload_directory", R"("")",
     "Where `write` holds, as the client sees it (\"/incoming\"); empty is everywhere below root.",
     read_upload_directory},
    {"anonymous", "require_email", "false", "Whether the password must look like an e-mail address.",
     [](R& in, C& out) { in.read(out.anonymous.require_email); }},
    {"anonymous", "rate", "0", "Bytes a second that all of them together may move; 0 is no limit.",
     [](R& in, C& out) { in.read_size(out.anonymous.rate); }},
    {"anonymous", "tls", R"("")",
     "What is demanded of them, in the words of tls.mode; empty is the same as it.",
     [](R& in, C& out) { read_tls_policy(in, out.anonymous.tls); }},

    {"user", "name", R"("alice")", "The name to log in with.", read_user_name},
    {"user", "password", R"("!")",
     "A hash as `uvftpd hash-password` prints it, never clear text; \"!\" is locked.", read_password},
    {"user", "root", R"("/srv/ftp/alice")", "The directory that this user sees as \"/\".",
     [](R& in, C& out) { in.read_absolute_path(out.users.back().root); }},
    {"user", "permissions", R"(["list", "download"])",
     "\"read\" (list, download), \"write\" (all), or a list of list, download, upload, append, overwrite, "
     "rename, "
     "delete, mkdir, rmdir, chmod and mtime; \"read\" where nothing is said.",
     read_permissions},
    {"user", "rate", "0", "Bytes a second that all sessions of this user together may move; 0 is no limit.",
     [](R& in, C& out) { in.read_size(out.users.back().rate); }},

    {"tls", "certificate", R"("")",
     "A PEM file: the server's certificate, and behind it those that lead to its authority.",
     [](R& in, C& out) { read_optional_path(in, out.tls.certificate); }},
    {"tls", "key", R"("")", "A PEM file: the certificate's private key, without a password.",
     [](R& in, C& out) { read_optional_path(in, out.tls.key); }},
    {"tls", "mode", R"("off")",
     "\"off\", \"allow\" (as the client likes), \"require-login\" (no login in the clear) or "
     "\"require-data\" (no data connection either).",
     [](R& in, C& out) { read_tls_policy(in, out.tls.mode); }},
    {"tls", "implicit_listen", "[]",
     "Where TLS begins with the connection, without a command, such as \"0.0.0.0:990\".",
     read_implicit_listen},
    {"tls", "minimum_version", R"("1.2")", "The oldest version of TLS that is spoken: \"1.2\" or \"1.3\".",
     [](R& in, C& out) {
       in.read_word(out.tls.minimum_version, {{"1.2", TlsVersion::tls_1_2}, {"1.3", TlsVersion::tls_1_3}});
     }},
    {"tls", "client_ca", R"("")",
     "A PEM file of authorities, one of which must have signed the client's certificate; empty asks for "
     "none.",
     [](R& in, C& out) { read_optional_path(in, out.tls.client_ca); }},
    {"tls", "session_reuse", R"("prefer")",
     "Whether a data connection resumes the control connection's TLS session: \"off\", \"prefer\", or "
     "\"require\" to refuse one that does not.",
     [](R& in, C& out) {
       in.read_word(out.tls.session_reuse, {{"off", SessionReuse::off},
                                            {"prefer", SessionReuse::prefer},
                                            {"require", SessionReuse::require}});
     }},
    {"tls", "unclean_end", R"("accept")",
     "An upload whose TLS ends without close_notify, so that it may be cut short: \"accept\" or \"refuse\" "
     "it.",
     [](R& in, C& out) {
       in.read_word(out.tls.unclean_end, {{"accept", UncleanEnd::accept}, {"refuse", UncleanEnd::refuse}});
     }},

    {"sandbox", "landlock", R"("prefer")",
     "Landlock, which keeps it within the roots: \"require\" it, \"prefer\" it where the kernel has it, or "
     "\"off\".",
     [](R& in, C& out) { read_fence(in, out.sandbox.landlock); }},

    {"sandbox", "seccomp", R"("prefer")",
     "seccomp, which permits it the system calls that it needs and no other: as above.",
     [](R& in, C& out) { read_fence(in, out.sandbox.seccomp); }},

    {"uploads", "socket", R"("")",
     "A Unix datagram socket of somebody who wants a line of JSON for each: its path; empty is none.",
     [](R& in, C& out) { read_socket_path(in, out.uploads.socket); }},
    {"uploads", "digest", R"("none")",
     "\"sha256\" computes the file's digest for that line, in the background; or \"none\".",
     [](R& in, C& out) {
       in.read_word(out.uploads.digest, {{"none", UploadDigest::none}, {"sha256", UploadDigest::sha256}});
     }},

    {"log", "level", R"("info")", "The least that is told: trace, debug, info, warn, error, critical or off.",
     read_log_level},
    {"log", "format", R"("text")", "\"text\" or \"json\".",
     [](R& in, C& out) {
       in.read_word(out.log.format, {{"text", LogFormat::text}, {"json", LogFormat::json}});
     }},
    {"log", "target", R"("stderr")", "\"stderr\" or \"file:/absolute/path\".", read_log_target},
    {"log", "xferlog", R"("")", "A log of the transfers in the xferlog(5) form: its path; empty is none.",
     [](R& in, C& out) { read_optional_path(in, out.log.xferlog); }},
};

}  // namespace

std::span<const Section> sections() { return kSections; }
std::span<const Option> options() { return kOptions; }

const Section* find_section(std::string_view name) {
  const auto found = std::ranges::find(kSections, name, &Section::name);
  return found == std::end(kSections) ? nullptr : &*found;
}

const Option* find_option(std::string_view section, std::string_view key) {
  const auto is_it = [&](const Option& option) { return option.section == section && option.key == key; };
  const auto found = std::ranges::find_if(kOptions, is_it);
  return found == std::end(kOptions) ? nullptr : &*found;
}

std::string proposal_for_key(std::string_view section, std::string_view key) {
  std::vector<std::string> here;
  std::vector<std::string> anywhere;
  for (const Option& option : kOptions) {
    if (option.section == section) here.emplace_back(option.key);
    anywhere.emplace_back(option.key);
  }
  if (const auto near = nearest(key, here))
    return "; did you mean " + std::string(section) + '.' + *near + '?';
  if (const auto near = nearest(key, anywhere)) {
    const auto owner = std::ranges::find(kOptions, std::string_view(*near), &Option::key);
    return "; did you mean " + std::string(owner->section) + '.' + *near + '?';
  }
  if (here.empty()) return "; every key stands in a section";
  return "; [" + std::string(section) + "] has " + joined(here, " and ");
}

std::string proposal_for_section(std::string_view name) {
  std::vector<std::string> names;
  for (const Section& section : kSections) names.emplace_back(section.name);
  const auto near = nearest(name, names);
  return near ? "; did you mean [" + *near + "]?" : "; the sections are " + joined(names, " and ");
}

}  // namespace uvftpd
