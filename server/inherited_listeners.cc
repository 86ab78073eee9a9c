// Whatever is not as the names say is refused: a server that listens somewhere else than its administrator
// believes is worse than none.
#include "server/inherited_listeners.h"

#include <unistd.h>

#include <cstdint>
#include <string_view>

#include "server/config_value.h"
#include "server/environment.h"
#include "server/socket.h"

namespace uvftpd {
namespace {

constexpr int kFirst = 3;         // SD_LISTEN_FDS_START
constexpr unsigned kMost = 1024;  // more than anybody has addresses for
constexpr std::string_view kExplicit = "ftp", kImplicit = "ftps";

std::vector<std::string> split(std::string_view names) {
  std::vector<std::string> parts;
  for (std::size_t colon = 0; colon != std::string_view::npos; names.remove_prefix(colon + 1)) {
    colon = names.find(':');
    parts.emplace_back(names.substr(0, colon));
    if (colon == std::string_view::npos) break;
  }
  return parts;
}

std::string fault_of(const std::string& name, int fd, const Config::Tls& tls) {
  if (name != kExplicit && name != kImplicit)
    return "its name must be ftp or ftps, which FileDescriptorName= in the socket unit gives it";
  if (name == kImplicit && tls.mode == TlsPolicy::off)
    return "it is for TLS from the first byte on, and tls.mode is \"off\"";
  return std::string(fault_of_listener(fd));
}

InheritedListeners take(unsigned count, const std::vector<std::string>& names, const Config::Tls& tls) {
  InheritedListeners inherited;
  for (unsigned i = 0; i < count; ++i) {
    const int fd = kFirst + static_cast<int>(i);
    const std::string fault = fault_of(names[i], fd, tls);
    if (!fault.empty())
      return {.trouble = "socket " + std::to_string(i + 1) + ", " + shown(names[i]) + ": " + fault};
    adopt_listener(fd);
    inherited.sockets.push_back({Descriptor(fd),
                                 names[i] == kImplicit ? TlsStart::implicitly : TlsStart::explicitly,
                                 local_address(fd)});
  }
  return inherited;
}

}  // namespace

InheritedListeners inherit_listeners(const Config::Tls& tls) {
  const auto of_process = take_number_from_environment<unsigned>("LISTEN_PID");
  const auto count_text = take_from_environment("LISTEN_FDS");
  const auto names_text = take_from_environment("LISTEN_FDNAMES");
  if (of_process != static_cast<unsigned>(::getpid()) || !count_text)
    return {};  // they are for somebody else
  const auto count = parse_whole<unsigned>(*count_text);
  if (!count || *count > kMost)
    return {.trouble = "LISTEN_FDS is no number of sockets: " + shown(*count_text)};
  if (*count == 0) return {};
  const std::vector<std::string> names = split(names_text.value_or(""));
  if (names.size() != *count)
    return {.trouble = "LISTEN_FDNAMES does not name each of the " + std::to_string(*count) + " sockets"};
  return take(*count, names, tls);
}

}  // namespace uvftpd
