// Where TLS is off nothing is read: a certificate may be named before it is there.
#include "server/config_checks_tls.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "server/tls_certificate.h"
#include "server/whole_file.h"

namespace uvftpd {
namespace {

class TlsChecks {
 public:
  TlsChecks(const Config& config, const Places& places, std::vector<Mistake>& mistakes)
      : config_(config), tls_(config.tls), places_(places), mistakes_(mistakes) {}

  void while_off() {
    if (!tls_.implicit_listen.empty()) tell("tls.implicit_listen", "must be empty where tls.mode is \"off\"");
    if (config_.anonymous.tls.value_or(TlsPolicy::off) != TlsPolicy::off)
      tell("anonymous.tls", "must be \"\" or \"off\" where tls.mode is \"off\"");
  }

  void addresses() {
    for (const SocketAddress& address : tls_.implicit_listen)
      if (address.port != 0 && std::ranges::count(config_.server.listen, address) > 0)
        tell("tls.implicit_listen", "must not have an address of server.listen: " + to_string(address));
  }

  void files() {
    const File certificate{"tls.certificate", tls_.certificate,
                           required(tls_.certificate, "tls.certificate")};
    const File key{"tls.key", tls_.key, required(tls_.key, "tls.key")};
    File client_ca{"tls.client_ca", tls_.client_ca, {}};
    if (!tls_.client_ca.empty()) client_ca.text = text_of(tls_.client_ca, "tls.client_ca");

    const ExaminedKeyPair examined =
        examine({certificate.text.value_or(""), key.text.value_or("")}, client_ca.text.value_or(""));
    for (const TlsFault& fault : examined.faults) {
      const File* const files[] = {&certificate, &key, &client_ca};  // in the order of TlsText
      const File& file = *files[static_cast<std::size_t>(fault.where)];
      if (file.text) tell_of(file, fault.what);
    }
    if (examined.facts) validity(certificate, examined.facts->validity);
  }

 private:
  struct File {
    std::string_view key;
    const std::string& path;
    std::optional<std::string> text;  // none: the reason is told already
  };

  // `key` is in a file, or else tls.mode is, which makes it matter.
  Place place_of(std::string_view key) const {
    for (const std::string_view name : {key, std::string_view("tls.mode")})
      if (const auto found = places_.keys.find(name); found != places_.keys.end()) return found->second;
    return {};
  }

  void tell(std::string_view key, std::string_view what) {
    mistakes_.push_back(mistake_at(place_of(key), std::string(key) + ' ' + std::string(what)));
  }

  void tell_of(const File& file, std::string_view what) {
    mistakes_.push_back(mistake_at(
        place_of(file.key), std::string(file.key) + ": " + shown(file.path) + ' ' + std::string(what)));
  }

  // A value that was refused is empty too, and has its mistake on the same line.
  bool is_told(std::string_view key) const {
    const Place place = place_of(key);
    return std::ranges::any_of(mistakes_, [&](const Mistake& mistake) {
      return mistake.file == place.file && mistake.line == place.line &&
             mistake.message.starts_with(std::string(key) + ' ');
    });
  }

  std::optional<std::string> required(const std::string& path, std::string_view key) {
    if (!path.empty()) return text_of(path, key);
    if (!is_told(key)) tell(key, "is missing, and tls.mode is not \"off\"");
    return std::nullopt;
  }

  std::optional<std::string> text_of(const std::string& path, std::string_view key) {
    auto text = whole_file(path);
    const int fault = errno;
    if (!text)
      tell(key, "must be a file that can be read, and " + shown(path) +
                    " is not: " + std::generic_category().message(fault));
    if (!text || !text->empty()) return text;
    tell(key, "must be a PEM file, and " + shown(path) + " is empty");
    return std::nullopt;
  }

  void validity(const File& certificate, const Validity& validity) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (now > validity.not_after) tell_of(certificate, "expired on " + to_string(validity.not_after));
    if (now < validity.not_before)
      tell_of(certificate, "is not valid before " + to_string(validity.not_before));
  }

  const Config& config_;
  const Config::Tls& tls_;
  const Places& places_;
  std::vector<Mistake>& mistakes_;
};

}  // namespace

void check_tls(const Config& config, const Places& places, std::vector<Mistake>& mistakes) {
  TlsChecks checks(config, places, mistakes);
  if (config.tls.mode == TlsPolicy::off) return checks.while_off();
  checks.addresses();
  checks.files();
}

}  // namespace uvftpd
