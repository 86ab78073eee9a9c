#include "protocol/verb_table.h"

#include <algorithm>
#include <array>

#include "protocol/session.h"

namespace uvftpd {

// A struct so that Session can name it a friend: the handlers are nobody else's to call.
struct VerbTable {
  using A = Verb::Argument;
  using L = Verb::Login;
  using P = Permission;
  using S = Session;
  static constexpr auto kAnyTime = Verb::Login::not_needed;
  static constexpr auto kNotAllowed = Code::name_not_allowed;
  static constexpr auto kDenied = Code::permission_denied;
  static constexpr auto kWaits = Verb::InTransfer::waits;
  static constexpr auto kWithTls = Verb::Offered::with_tls;

  // One row a line, columns under each other.
  // clang-format off
  static constexpr std::array kVerbs = {
      //    name    handler    argument      syntax                       login      permission  feature
      Verb{"ABOR", &S::abor, A::none,     "",                             kAnyTime,  P::none, {}, {}, Verb::InTransfer::interrupts},
      Verb{"ACCT", &S::acct, A::required, "<account>"},
      Verb{"ALLO", &S::allo, A::required, "<bytes> [R <bytes>]"},
      Verb{"APPE", &S::appe, A::new_path, "<file>",                       L::needed, P::append, {}, kNotAllowed},
      Verb{"AUTH", &S::auth, A::required, "TLS",                          kAnyTime,  P::none, "AUTH TLS", kDenied, kWaits, kWithTls},
      Verb{"AVBL", &S::avbl, A::optional_path, "[<directory>]",           L::needed, P::upload, "AVBL"},
      Verb{"CCC",  &S::ccc,  A::none,     "",                             kAnyTime,  P::none, {}, kDenied, kWaits, kWithTls},
      Verb{"CDUP", &S::cdup, A::none,     ""},
      Verb{"CLNT", &S::clnt, A::required, "<client's name>",              kAnyTime,  P::none, "CLNT"},
      Verb{"CSID", &S::csid, A::optional, "[<client's name and facts>]",  kAnyTime,  P::none, "CSID"},
      Verb{"CWD",  &S::cwd,  A::path,     "<directory>"},
      Verb{"DELE", &S::dele, A::path,     "<file>",                       L::needed, P::remove},
      Verb{"EPRT", &S::eprt, A::required, "|<1 or 2>|<address>|<port>|",  L::needed, P::none, "EPRT"},
      Verb{"EPSV", &S::epsv, A::optional, "[1, 2 or ALL]",                L::needed, P::none, "EPSV"},
      Verb{"FEAT", &S::feat, A::none,     "",                             kAnyTime},
      Verb{"HASH", &S::hash, A::path,     "<file>",                       L::needed, P::download, "HASH"},
      Verb{"HELP", &S::help, A::optional, "[<verb>]",                     kAnyTime},
      Verb{"LANG", &S::lang, A::optional, "[EN]",                         kAnyTime,  P::none, "LANG EN*"},
      Verb{"LIST", &S::list, A::listing,  "[<path>]",                     L::needed, P::list},
      Verb{"MDTM", &S::mdtm, A::required, "[<YYYYMMDDhhmmss>] <file>",    L::needed, P::list, "MDTM"},
      Verb{"MFMT", &S::mfmt, A::word_and_path, "<YYYYMMDDhhmmss> <path>", L::needed, P::mtime, "MFMT"},
      Verb{"MKD",  &S::mkd,  A::new_path, "<directory>",                  L::needed, P::mkdir},
      Verb{"MLSD", &S::mlsd, A::optional_path, "[<directory>]",           L::needed, P::list},
      Verb{"MLST", &S::mlst, A::optional_path, "[<path>]",                L::needed, P::list, "MLST"},
      Verb{"MODE", &S::mode, A::required, "S"},
      Verb{"NLST", &S::nlst, A::listing,  "[<path>]",                     L::needed, P::list},
      Verb{"NOOP", &S::noop, A::optional, "",                             kAnyTime},
      Verb{"OPTS", &S::opts, A::required, "<verb> [<options>]",           kAnyTime},
      Verb{"PASS", &S::pass, A::optional, "<password>",                   kAnyTime},
      Verb{"PASV", &S::pasv, A::none,     ""},
      Verb{"PBSZ", &S::pbsz, A::required, "0",                            kAnyTime,  P::none, "PBSZ", kDenied, kWaits, kWithTls},
      Verb{"PORT", &S::port, A::required, "<h1>,<h2>,<h3>,<h4>,<p1>,<p2>"},
      Verb{"PROT", &S::prot, A::required, "C or P",                       kAnyTime,  P::none, "PROT", kDenied, kWaits, kWithTls},
      Verb{"PWD",  &S::pwd,  A::none,     ""},
      Verb{"QUIT", &S::quit, A::none,     "",                             kAnyTime},
      Verb{"RANG", &S::rang, A::required, "<first byte> <last byte>",     L::needed, P::none, "RANG STREAM"},
      Verb{"REIN", &S::rein, A::none,     "",                             kAnyTime},
      Verb{"REST", &S::rest, A::required, "<offset>",                     L::needed, P::none, "REST STREAM"},
      Verb{"RETR", &S::retr, A::path,     "<file>",                       L::needed, P::download},
      Verb{"RMD",  &S::rmd,  A::path,     "<directory>",                  L::needed, P::rmdir},
      Verb{"RNFR", &S::rnfr, A::path,     "<old path>",                   L::needed, P::rename},
      Verb{"RNTO", &S::rnto, A::new_path, "<new path>",                   L::needed, P::rename, {}, kNotAllowed},
      Verb{"SITE", &S::site, A::required, "<command> [<argument>]"},
      Verb{"SIZE", &S::size, A::path,     "<file>",                       L::needed, P::list, "SIZE"},
      Verb{"STAT", &S::stat, A::optional, "[<path>]",                     L::needed, P::list, {}, Code::file_busy, Verb::InTransfer::heard},
      Verb{"STOR", &S::stor, A::new_path, "<file>",                       L::needed, P::upload, {}, kNotAllowed},
      Verb{"STOU", &S::stou, A::optional, "[<beginning of the name>]",    L::needed, P::upload, {}, kNotAllowed},
      Verb{"STRU", &S::stru, A::required, "F"},
      Verb{"SYST", &S::syst, A::none,     "",                             kAnyTime},
      Verb{"TYPE", &S::type, A::required, "A, I or L 8"},
      Verb{"USER", &S::user, A::required, "<name>",                       kAnyTime},
      Verb{"XCUP", &S::cdup, A::none,     ""},
      Verb{"XCWD", &S::cwd,  A::path,     "<directory>"},
      Verb{"XMKD", &S::mkd,  A::new_path, "<directory>",                  L::needed, P::mkdir},
      Verb{"XPWD", &S::pwd,  A::none,     ""},
      Verb{"XRMD", &S::rmd,  A::path,     "<directory>",                  L::needed, P::rmdir},
  };
  static constexpr std::array kSiteVerbs = {
      Verb{"SITE CHMOD", &S::site_chmod, A::word_and_path, "<mode> <path>", L::needed, P::chmod},
      Verb{"SITE HELP",  &S::site_help,  A::none,     ""},
      Verb{"SITE IDLE",  &S::site_idle,  A::optional, "[<seconds>]"},
      Verb{"SITE UTIME", &S::site_utime, A::required, "<YYYYMMDDhhmm[ss]> <path>", L::needed, P::mtime},
  };
  // clang-format on
};

namespace {

constexpr bool stands_before(const Verb& a, const Verb& b) { return a.name < b.name; }
static_assert(std::is_sorted(VerbTable::kVerbs.begin(), VerbTable::kVerbs.end(), stands_before));
static_assert(std::is_sorted(VerbTable::kSiteVerbs.begin(), VerbTable::kSiteVerbs.end(), stands_before));

const Verb* find(std::span<const Verb> verbs, std::string_view name) {
  const auto found = std::ranges::lower_bound(verbs, name, {}, &Verb::name);
  return found != verbs.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

const Verb* find_verb(std::string_view name) { return find(VerbTable::kVerbs, name); }
std::span<const Verb> all_verbs() { return VerbTable::kVerbs; }

const Verb* find_site_verb(std::string_view name) { return find(VerbTable::kSiteVerbs, name); }
std::span<const Verb> all_site_verbs() { return VerbTable::kSiteVerbs; }

bool is_known_elsewhere(std::string_view name) {
  // RFC 959, 2228, 7151, 1639 and 765, the drafts of FTPEXT, and what clients try on other servers.
  static constexpr std::string_view kNames[] = {
      "ADAT", "COMB", "CONF", "CPSV", "DSIZ", "ENC",   "ESTA",    "ESTP",   "HOST", "LPRT",
      "LPSV", "MAIL", "MD5",  "MFCT", "MFF",  "MIC",   "MLFL",    "MMD5",   "MRCP", "MRSQ",
      "MSAM", "MSND", "MSOM", "P@SW", "SMNT", "SPSV",  "SSCN",    "THMB",   "XCRC", "XMD5",
      "XRCP", "XRSQ", "XSEM", "XSEN", "XSHA", "XSHA1", "XSHA256", "XSHA512"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

}  // namespace uvftpd
