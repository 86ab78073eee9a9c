// The configuration as the daemon uses it: every option's field, with its default.
//
// Plain values. config_table has the row of each option (name, reader, explanation), config_reader fills
// this from TOML files and tells every mistake; `serve` fills it from the command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/address.h"
#include "protocol/permission.h"
#include "protocol/protection.h"

namespace uvftpd {

using Milliseconds = std::chrono::milliseconds;

struct PortRange {
  std::uint16_t first = 49152;
  std::uint16_t last = 65535;  // inclusive
  bool operator==(const PortRange&) const = default;
};

struct Network {  // CIDR: "10.0.0.0/8", "2001:db8::/32", or a single address
  Address address;
  unsigned prefix_length = 0;
  bool contains(const Address& candidate) const;
  bool operator==(const Network&) const = default;
};

struct PassiveRule {
  std::vector<Network> clients;
  std::string address;  // a name or an IPv4 address; empty: the address the client reached
};

enum class WithoutSourcePort : std::uint8_t { fallback, refuse };
enum class AnonymousWrite : std::uint8_t { none, dropbox, upload, full };
enum class AsRoot : std::uint8_t { refuse, owner_of_root };  // where no user is named
enum class Fence : std::uint8_t { require, prefer, off };
enum class TlsVersion : std::uint8_t { tls_1_2, tls_1_3 };
enum class SessionReuse : std::uint8_t { off, prefer, require };
enum class UncleanEnd : std::uint8_t { accept, refuse };  // of an upload: without close_notify
enum class UploadDigest : std::uint8_t { none, sha256 };
enum class LogFormat : std::uint8_t { text, json };

struct User {
  std::string name;
  std::string password_hash;  // a crypt(3) string, or locked ("!", "*")
  std::string root;
  Permissions permissions;
  std::uint64_t rate = 0;  // bytes a second, of all its sessions together; 0: no limit
};

struct Config {
  struct Server {
    std::vector<SocketAddress> listen;  // filled with the defaults when no file says otherwise
    std::string banner = "FTP server ready";
    std::string user;            // whom to become when started as root
    std::string control_socket;  // path; empty: in the directory of the service, if there is one
    AsRoot as_root = AsRoot::refuse;
  } server;

  struct Active {
    bool enabled = true;
    std::uint16_t source_port = 20;  // 0: any
    WithoutSourcePort without_source_port = WithoutSourcePort::fallback;
  } active;

  struct Passive {
    bool enabled = true;
    PortRange ports;
    std::string address;
    Milliseconds lookup_interval = std::chrono::minutes(5);
    std::vector<PassiveRule> rules;
  } passive;

  struct Timeouts {
    Milliseconds idle = std::chrono::seconds(900);
    Milliseconds login = std::chrono::seconds(60);
    Milliseconds data_open = std::chrono::seconds(30);
    Milliseconds stalled = std::chrono::seconds(60);
  } timeouts;

  struct Limits {
    unsigned sessions = 10000;
    unsigned per_address = 50;  // 0: no limit
    unsigned login_failures = 3;
    unsigned login_failures_per_address = 10;  // 0: no limit
    Milliseconds login_delay = std::chrono::seconds(1);
    std::uint64_t rate = 0;  // bytes a second, of one session; 0: no limit
  } limits;

  struct Anonymous {
    bool enabled = false;
    std::string root = "/srv/ftp";
    AnonymousWrite write = AnonymousWrite::none;
    std::string upload_directory;  // normalised virtual path; empty: everywhere below root
    bool require_email = false;
    std::uint64_t rate = 0;        // as User's
    std::optional<TlsPolicy> tls;  // none: as tls.mode
  } anonymous;

  std::vector<User> users;

  struct Tls {
    enum class Source : std::uint8_t { files, self_signed };  // self_signed: made at start, for `serve`
    Source source = Source::files;
    std::string certificate;  // paths of PEM files: the certificate and what leads to its authority
    std::string key;
    TlsPolicy mode = TlsPolicy::off;
    std::vector<SocketAddress> implicit_listen;  // where TLS begins with the connection
    TlsVersion minimum_version = TlsVersion::tls_1_2;
    std::string client_ca;  // path; not empty: clients must show a certificate of these authorities
    SessionReuse session_reuse = SessionReuse::prefer;
    UncleanEnd unclean_end = UncleanEnd::accept;
  } tls;

  struct Sandbox {
    Fence landlock = Fence::prefer;
    Fence seccomp = Fence::prefer;
  } sandbox;

  struct Uploads {       // what is told of those that are complete
    std::string socket;  // path; empty: only the log is told
    UploadDigest digest = UploadDigest::none;
  } uploads;

  struct Log {
    std::string level = "info";
    LogFormat format = LogFormat::text;
    std::string target = "stderr";  // or "file:/path"
    std::string xferlog;            // path; empty: none
  } log;
};

// The rights that the configuration gives: Rights::key names the option that decides.
Rights anonymous_rights(const Config::Anonymous& anonymous);
Rights user_rights(const User& user);

}  // namespace uvftpd
