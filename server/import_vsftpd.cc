// A function a section; every key that has a counterpart is written, also where it is uvftpd's default.
#include "server/import_vsftpd.h"

#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include "server/config_text.h"
#include "server/import_sheet.h"
#include "server/import_vsftpd_access.h"
#include "server/vsftpd_config.h"
#include "server/vsftpd_rights.h"
#include "server/whole_file.h"

namespace uvftpd {
namespace {

constexpr std::uint32_t kMostPort = 65535;
constexpr std::uint32_t kMostSessions = 1'000'000;  // the most that the keys take
constexpr std::uint32_t kMostFailures = 100;
constexpr std::uint32_t kMostDelay = 60;
constexpr std::uint32_t kMostSeconds = 7 * 24 * 3600;

std::optional<std::uint32_t> port(const VsftpdConfig& vsftpd, std::string_view option, ImportSheet& sheet) {
  const std::uint32_t number = vsftpd.number(option);
  if (number <= kMostPort) return number;
  sheet.refuse(option, std::string(option) + " must be a port, at most 65535");
  return std::nullopt;
}

// 0 is no limit in vsftpd; the longest that a key takes comes next to it.
std::string seconds(std::uint32_t number) {
  return number == 0 || number > kMostSeconds ? "\"7d\"" : std::to_string(number);
}

// Where vsftpd listens: the addresses as the keys have them.
class Listening {
 public:
  Listening(const VsftpdConfig& vsftpd, ImportSheet& sheet)
      : vsftpd_(vsftpd), sheet_(sheet), port_(port(vsftpd, "listen_port", sheet).value_or(0)) {
    // `listen` is on where nothing is said, but that is not meant where listen_ipv6 is.
    const bool ipv6 = vsftpd.yes("listen_ipv6");
    const bool ipv4 = vsftpd.yes("listen") && (!ipv6 || vsftpd.line_of("listen") != 0);
    if (ipv4) add("listen_address", "0.0.0.0", Address::Family::ipv4);
    if (ipv6) add_ipv6();
    if (ipv6 || ipv4) return;
    add_ipv6();
    sheet.warn("listen", "inetd or a socket unit started it: see whether the address and the port are right");
  }

  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  // An IPv6 socket of vsftpd takes IPv4 clients too.
  void add_ipv6() {
    const std::string_view address = vsftpd_.text("listen_address6");
    if (address.empty() || address == "::") add(Address{});
    add("listen_address6", "::", Address::Family::ipv6);
  }

  void add(std::string_view option, std::string_view otherwise, Address::Family family) {
    const std::string_view said = vsftpd_.text(option);
    const auto address = parse_address(said.empty() ? otherwise : said);
    if (address && address->family == family) return add(*address);
    sheet_.refuse(option, std::string(option) + " must be an address of this machine, not " + shown(said));
  }

  void add(const Address& address) {
    std::string text = to_string(SocketAddress{address, static_cast<std::uint16_t>(port_)});
    if (std::ranges::count(addresses_, text) == 0) addresses_.push_back(std::move(text));
  }

  const VsftpdConfig& vsftpd_;
  ImportSheet& sheet_;
  std::uint32_t port_;
  std::vector<std::string> addresses_;
};

void import_server(const VsftpdConfig& vsftpd, const std::vector<std::string>& addresses,
                   ImportSheet& sheet) {
  sheet.section("[server]");
  if (begins_with_tls(vsftpd)) {
    sheet.remark("Clients come to tls.implicit_listen; this stands here because one address must.");
    sheet.key("listen", toml_list({"127.0.0.1:0"}), {"implicit_ssl"});
  } else {
    sheet.key("listen", toml_list(addresses),
              {"listen", "listen_ipv6", "listen_address", "listen_address6", "listen_port"});
  }
  constexpr std::size_t kMostBanner = 500;
  const std::string_view banner = vsftpd.text("ftpd_banner");
  if (banner.size() > kMostBanner)
    return sheet.refuse("ftpd_banner", "ftpd_banner must have at most 500 bytes");
  if (!banner.empty()) sheet.key("banner", toml_string(banner), {"ftpd_banner"});
}

void import_active(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  sheet.section("[active]");
  sheet.key("enabled", toml_boolean(vsftpd.yes("port_enable")), {"port_enable"});
  if (!vsftpd.yes("port_enable")) return;
  const bool from_port_20 = vsftpd.yes("connect_from_port_20");
  const auto source = from_port_20 ? port(vsftpd, "ftp_data_port", sheet) : 0;
  if (!from_port_20) return sheet.key("source_port", "0", {"connect_from_port_20"});
  sheet.key("source_port", std::to_string(source.value_or(0)), {"connect_from_port_20", "ftp_data_port"});
}

// As vsftpd takes them: what makes no sense is as if it were not said.
std::string passive_ports(const VsftpdConfig& vsftpd) {
  std::uint32_t first = 1024;
  std::uint32_t last = kMostPort;
  if (const auto least = vsftpd.number("pasv_min_port"); least > first && least <= last) first = least;
  if (const auto most = vsftpd.number("pasv_max_port"); most >= first && most < last) last = most;
  return std::to_string(first) + '-' + std::to_string(last);
}

void import_passive(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  sheet.section("[passive]");
  const bool enabled = vsftpd.yes("pasv_enable");
  sheet.key("enabled", toml_boolean(enabled), {"pasv_enable"});
  if (!enabled && !vsftpd.yes("port_enable"))
    sheet.refuse("pasv_enable",
                 "pasv_enable and port_enable must not both be NO: no data connection could come about");
  if (!enabled) return;
  sheet.key("ports", toml_string(passive_ports(vsftpd)), {"pasv_min_port", "pasv_max_port"});
  const std::string_view told = vsftpd.text("pasv_address");
  if (told.empty()) return;
  const auto address = parse_address(told);
  if (address ? address->family == Address::Family::ipv4
              : vsftpd.yes("pasv_addr_resolve") && looks_like_host_name(told))
    return sheet.key("address", toml_string(told), {"pasv_address", "pasv_addr_resolve"});
  sheet.refuse("pasv_address", "pasv_address must be an IPv4 address, or with pasv_addr_resolve=YES a name");
}

void import_timeouts(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  sheet.section("[timeouts]");
  const std::uint32_t accept = vsftpd.number("accept_timeout");
  const std::uint32_t connect = vsftpd.number("connect_timeout");
  const bool unbounded = accept == 0 || connect == 0;
  sheet.key("idle", seconds(vsftpd.number("idle_session_timeout")), {"idle_session_timeout"});
  sheet.key("data_open", seconds(unbounded ? 0 : std::max(accept, connect)),
            {"accept_timeout", "connect_timeout"});
  sheet.key("stalled", seconds(vsftpd.number("data_connection_timeout")), {"data_connection_timeout"});
}

void import_limits(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  sheet.section("[limits]");
  const auto at_most = [&](std::string_view option, std::uint32_t most) {
    return std::to_string(std::min(vsftpd.number(option), most));
  };
  const bool unbounded = vsftpd.number("max_clients") == 0;
  sheet.key("sessions", unbounded ? std::to_string(kMostSessions) : at_most("max_clients", kMostSessions),
            {"max_clients"});
  sheet.key("per_address", at_most("max_per_ip", kMostSessions), {"max_per_ip"});
  const bool none_forgiven = vsftpd.number("max_login_fails") == 0;
  sheet.key("login_failures", none_forgiven ? "1" : at_most("max_login_fails", kMostFailures),
            {"max_login_fails"});
  sheet.key("login_delay", at_most("delay_failed_login", kMostDelay), {"delay_failed_login"});
  const std::string_view rate = vsftpd_common_rate(vsftpd);
  if (!rate.empty() && vsftpd.number(rate) != 0)
    sheet.key("rate", std::to_string(vsftpd.number(rate)), {rate});
}

void import_log(const VsftpdConfig& vsftpd, ImportSheet& sheet) {
  sheet.use({"xferlog_enable"});
  const bool wanted =
      vsftpd.yes("xferlog_enable") && (vsftpd.yes("xferlog_std_format") || vsftpd.yes("dual_log_enable"));
  if (!wanted || vsftpd.text("xferlog_file").empty()) return;
  sheet.section("[log]");
  sheet.key("xferlog", toml_string(import_path(vsftpd, "xferlog_file", sheet)),
            {"xferlog_file", "xferlog_enable", "xferlog_std_format", "dual_log_enable"});
  sheet.warn("xferlog_file", "the service must be able to write it; its own directory is /var/log/uvftpd");
}

}  // namespace

std::string home_of_system_user(const std::string& name) {
  // cppcheck-suppress getpwnamCalled  // there is one thread yet
  const passwd* const found = ::getpwnam(name.c_str());
  return found ? found->pw_dir : "";
}

ImportedVsftpd import_vsftpd(std::string_view text, const std::string& file, const HomeOf& home_of) {
  ReadVsftpdConfig read = read_vsftpd_config(text, file);
  const VsftpdConfig& vsftpd = read.config;
  ImportSheet sheet(vsftpd, file);
  sheet.remark(
      "Made from a vsftpd.conf by `uvftpd import-vsftpd`. Behind each key stand the options that it comes");
  sheet.remark(
      "from, with their lines there, or (default) for vsftpd's own. Try it with `uvftpd check -c FILE`.");
  const Listening listening(vsftpd, sheet);
  import_server(vsftpd, listening.addresses(), sheet);
  import_active(vsftpd, sheet);
  import_passive(vsftpd, sheet);
  import_timeouts(vsftpd, sheet);
  import_limits(vsftpd, sheet);
  import_anonymous(vsftpd, home_of, sheet);
  import_users(vsftpd, sheet);
  import_tls(vsftpd, listening.addresses(), sheet);
  import_log(vsftpd, sheet);
  sheet.finish();

  std::vector<Mistake> mistakes = std::move(read.mistakes);
  mistakes.insert(mistakes.end(), sheet.mistakes().begin(), sheet.mistakes().end());
  std::ranges::stable_sort(mistakes, {}, &Mistake::line);
  return {sheet.toml(), sheet.warnings(), std::move(mistakes)};
}

ImportedVsftpd import_vsftpd_file(const std::string& file) {
  if (const auto text = whole_file(file)) return import_vsftpd(*text, file, home_of_system_user);
  return {{}, {}, {{file, 1, 1, "cannot be read: " + std::generic_category().message(errno)}}};
}

}  // namespace uvftpd
