#include "server/tls_source.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "protocol/secret.h"
#include "server/log.h"
#include "server/socket.h"
#include "server/whole_file.h"

namespace uvftpd {
namespace {

std::vector<std::string> names_of(const std::vector<SocketAddress>& addresses) {
  std::vector<std::string> names = {"localhost"};
  for (const SocketAddress& address : addresses) names.push_back(to_string(address.host));
  return names;
}

}  // namespace

std::string TlsSource::read(const char* key, const std::string& path, std::string& text) {
  if (path.empty()) return {};
  auto whole = whole_file(path);
  if (!whole) return std::string(key) + ": " + std::strerror(errno);
  text = std::move(*whole);
  return {};
}

// As strict as `check` is.
TlsSource::Made TlsSource::make_of(KeyPair pair, const TlsContext::Demands& demands) {
  Made made;
  auto [faults, facts] = examine(pair, demands.client_ca);
  if (!faults.empty())
    made.trouble = "what was read " + faults.front().what;
  else if (facts->validity.not_after < std::chrono::system_clock::now())
    made.trouble = "the certificate expired at " + to_string(facts->validity.not_after);
  else
    made.context = TlsContext(pair, demands, made.trouble);
  if (facts) made.certificate = std::move(*facts);
  wipe(pair.key.data(), pair.key.size());
  return made;
}

TlsSource::Made TlsSource::make(const Config::Tls& tls, TlsContext::Demands demands) {
  KeyPair pair;
  std::string trouble = read("tls.certificate", tls.certificate, pair.certificate);
  if (trouble.empty()) trouble = read("tls.key", tls.key, pair.key);
  if (trouble.empty()) trouble = read("tls.client_ca", tls.client_ca, demands.client_ca);
  return trouble.empty() ? make_of(std::move(pair), demands) : Made{.trouble = std::move(trouble)};
}

std::string TlsSource::open() {
  if (config_.tls.mode == TlsPolicy::off) return {};
  const TlsContext::Demands demands{.minimum_version = config_.tls.minimum_version,
                                    .session_reuse = config_.tls.session_reuse,
                                    .kernel_tls = kernel_tls()};
  Made made;
  if (config_.tls.source == Config::Tls::Source::self_signed) {
    auto pair = make_self_signed(names_of(config_.server.listen));
    if (!pair) return "OpenSSL makes no certificate";
    made = make_of(std::move(*pair), demands);
  } else {
    made = make(config_.tls, demands);
  }
  if (!made.trouble.empty()) return made.trouble;
  take(std::move(made));
  return {};
}

void TlsSource::take(Made made) {
  current_ = std::move(made.context);
  certificate_ = std::move(made.certificate);
  log_event(Level::info, "certificate",
            {{"subject", certificate_.subject},
             {"fingerprint", certificate_.fingerprint},
             {"until", to_string(certificate_.validity.not_after)}});
  log_event(Level::info, "kernel-tls",
            {{"state", current_.kernel_tls() == KernelTls::used ? "used" : "not offered"}});
  look_at_the_end();
}

// A certificate that is forgotten is noticed by everybody's client at once: somebody is told before.
void TlsSource::look_at_the_end() {
  const auto not_after = certificate_.validity.not_after;
  if (not_after - std::chrono::system_clock::now() < kTimeToRenew)
    log_event(Level::warning, "certificate-expires",
              {{"key", "tls.certificate"}, {"until", to_string(not_after)}});
  daily_timer_.start(std::chrono::hours(24));
}

}  // namespace uvftpd
