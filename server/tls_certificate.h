// Certificates and their keys as PEM texts: made for a trial, looked at, and examined before they are used.
//
// Opens no file, knows no configuration and never asks anybody for a password. What it finds is told in words
// that follow the name of the file: "holds no certificate in PEM form".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace uvftpd {

struct KeyPair {            // PEM texts
  std::string certificate;  // the server's own first, then those that lead to its authority
  std::string key;
};

struct Validity {  // RFC 5280's notBefore and notAfter
  std::chrono::sys_seconds not_before;
  std::chrono::sys_seconds not_after;
};

// "2026-12-23 20:00:05 UTC".
std::string to_string(std::chrono::sys_seconds moment);

inline constexpr std::chrono::days kTimeToRenew{14};  // before the end

// From an hour ago, for clients whose clock is behind, until in 30 days.
Validity validity_of_a_trial();

// For `names` of hosts and addresses (others are left out), trusted by clients that are told to trust exactly
// it. None where OpenSSL fails.
std::optional<KeyPair> make_self_signed(const std::vector<std::string>& names,
                                        const Validity& validity = validity_of_a_trial());

// SHA-256 of the first certificate, "AA:BB:…" as `openssl x509 -fingerprint` prints it; empty where there is
// none.
std::string fingerprint(const std::string& certificate_pem);

struct CertificateFacts {
  std::string subject;             // "CN=ftp.example.org,O=Example"
  std::vector<std::string> names;  // subjectAltName: names of hosts, and addresses
  Validity validity;
  std::string fingerprint;
};

enum class TlsText : std::uint8_t { certificate, key, client_ca };

struct TlsFault {
  TlsText where;
  std::string what;  // "is encrypted, …"
};

struct ExaminedKeyPair {
  std::vector<TlsFault> faults;           // none: OpenSSL takes it
  std::optional<CertificateFacts> facts;  // of the server's own certificate, where it could be read
};

// Says nothing of the validity but what it is: whoever asks knows the time. `client_ca` is empty where
// clients are asked for no certificate.
ExaminedKeyPair examine(const KeyPair& pair, const std::string& client_ca);

}  // namespace uvftpd
