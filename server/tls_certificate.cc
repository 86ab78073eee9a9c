// What is in PEM texts, and whether OpenSSL would serve with it; see the header.
#include "server/tls_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <span>
#include <string_view>
#include <utility>

#include "protocol/address.h"
#include "protocol/timestamp.h"
#include "server/tls_pointers.h"

namespace uvftpd {
namespace {

// In place of OpenSSL's own, which would ask on the terminal.
int note_that_it_asks(char* /*password*/, int /*capacity*/, int /*writing*/, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

struct Certificates {
  std::vector<CertificatePointer> list;
  bool ends_well = true;  // false: one could not be read, and what follows it was not looked at
};

Certificates certificates_in(const std::string& pem) {
  Certificates found;
  bool was_asked = false;
  const BioPointer bio = bio_of(pem);
  ::ERR_clear_error();
  while (bio) {
    CertificatePointer one(::PEM_read_bio_X509(bio.get(), nullptr, note_that_it_asks, &was_asked));
    if (!one) break;
    found.list.push_back(std::move(one));
  }
  found.ends_well = ERR_GET_REASON(::ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ::ERR_clear_error();
  return found;
}

struct ReadKey {
  KeyPointer key;
  bool is_encrypted = false;
};

ReadKey key_in(const std::string& pem) {
  ReadKey read;
  const BioPointer bio = bio_of(pem);
  if (bio)
    read.key.reset(::PEM_read_bio_PrivateKey(bio.get(), nullptr, note_that_it_asks, &read.is_encrypted));
  ::ERR_clear_error();
  return read;
}

// OpenSSL's words for its last refusal.
std::string refusal() {
  const char* const reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  std::string text = reason != nullptr ? reason : "without a reason";
  ::ERR_clear_error();
  return text;
}

std::string fingerprint_of(const X509& certificate) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (::X509_digest(&certificate, ::EVP_sha256(), digest.data(), &size) != 1) return {};
  std::string text;
  for (const unsigned char byte : std::span(digest).first(size)) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

std::string subject_of(const X509& certificate) {
  const BioPointer bio(::BIO_new(::BIO_s_mem()));
  constexpr unsigned long kUtf8 =
      ASN1_STRFLGS_ESC_MSB;  // left out: letters of every language stay as they are
  if (bio)
    ::X509_NAME_print_ex(bio.get(), ::X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253 & ~kUtf8);
  return bio ? text_of(*bio) : std::string();
}

std::string alternative_name(const GENERAL_NAME& name) {
  int kind = 0;
  const void* const value = ::GENERAL_NAME_get0_value(&name, &kind);
  if (kind != GEN_DNS && kind != GEN_IPADD) return {};
  const auto* const string = static_cast<const ASN1_STRING*>(value);
  const std::span bytes(::ASN1_STRING_get0_data(string),
                        static_cast<std::size_t>(::ASN1_STRING_length(string)));
  if (kind == GEN_DNS) return {bytes.begin(), bytes.end()};
  Address address;
  if (bytes.size() != 4 && bytes.size() != address.bytes.size()) return {};
  address.family = bytes.size() == 4 ? Address::Family::ipv4 : Address::Family::ipv6;
  std::ranges::copy(bytes, address.bytes.begin());
  return to_string(address);
}

std::vector<std::string> alternative_names(const X509& certificate) {
  const AlternativeNamesPointer names(
      static_cast<GENERAL_NAMES*>(::X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> list;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::string name = alternative_name(*sk_GENERAL_NAME_value(names.get(), i));
    if (!name.empty()) list.push_back(std::move(name));
  }
  return list;
}

std::chrono::sys_seconds moment_of(const ASN1_TIME* time) {
  std::tm fields{};
  if (::ASN1_TIME_to_tm(time, &fields) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&fields)));
}

CertificateFacts facts_of(const X509& certificate) {
  return {subject_of(certificate),
          alternative_names(certificate),
          {moment_of(::X509_get0_notBefore(&certificate)), moment_of(::X509_get0_notAfter(&certificate))},
          fingerprint_of(certificate)};
}

// Each but the first must have issued one that stands before it; which of them is left to the file, since an
// authority may have several certificates of one key.
bool is_in_order(const std::vector<CertificatePointer>& chain) {
  for (auto issuer = chain.begin() + 1; issuer < chain.end(); ++issuer) {
    const auto issued = [&](const CertificatePointer& earlier) {
      return ::X509_check_issued(issuer->get(), earlier.get()) == X509_V_OK;
    };
    if (std::none_of(chain.begin(), issuer, issued)) return false;
  }
  return true;
}

class Examination {
 public:
  explicit Examination(ExaminedKeyPair& result) : result_(result) {}

  void pair(const KeyPair& pair) {
    const Certificates chain = certificates_in(pair.certificate);
    if (!chain.list.empty()) result_.facts = facts_of(*chain.list.front());
    const ReadKey read = key_in(pair.key);
    certificates(chain);
    if (read.is_encrypted)
      tell(TlsText::key, "is encrypted, and the daemon has nobody to ask for the password");
    else if (!read.key)
      tell(TlsText::key, "holds no private key in PEM form");
    else if (!chain.list.empty())
      together(chain.list, *read.key);
  }

  void client_ca(const std::string& pem) {
    if (!pem.empty()) certificates(certificates_in(pem), TlsText::client_ca);
  }

 private:
  void tell(TlsText where, std::string what) { result_.faults.push_back({where, std::move(what)}); }

  void certificates(const Certificates& found, TlsText where = TlsText::certificate) {
    if (!found.ends_well)
      tell(where,
           "is damaged: its certificate number " + std::to_string(found.list.size() + 1) + " cannot be read");
    else if (found.list.empty())
      tell(where, "holds no certificate in PEM form");
  }

  void together(const std::vector<CertificatePointer>& chain, EVP_PKEY& key) {
    const auto belongs = [&](const CertificatePointer& certificate) {
      const bool does = ::X509_check_private_key(certificate.get(), &key) == 1;
      ::ERR_clear_error();
      return does;
    };
    const auto owner = std::find_if(chain.begin(), chain.end(), belongs);
    if (owner == chain.end())
      tell(TlsText::key, "does not belong to the certificate");
    else if (owner != chain.begin())
      tell(TlsText::certificate, "is in the wrong order: the server's own certificate must be the first");
    else if (!is_in_order(chain))
      tell(TlsText::certificate,
           "is in the wrong order: behind each certificate must stand the one that it was signed with");
    else
      trial(chain, key);
  }

  // OpenSSL's security level is its own affair (openssl.cnf), so it is asked.
  void trial(const std::vector<CertificatePointer>& chain, EVP_PKEY& key) {
    ::ERR_clear_error();
    const ContextPointer context(::SSL_CTX_new(::TLS_server_method()));
    bool taken = context && ::SSL_CTX_use_certificate(context.get(), chain.front().get()) == 1;
    for (auto one = chain.begin() + 1; taken && one < chain.end(); ++one)
      taken = SSL_CTX_add1_chain_cert(context.get(), one->get()) == 1;
    if (!taken)
      tell(TlsText::certificate, "is not taken by OpenSSL: " + refusal());
    else if (::SSL_CTX_use_PrivateKey(context.get(), &key) != 1)
      tell(TlsText::key, "is not taken by OpenSSL: " + refusal());
  }

  ExaminedKeyPair& result_;
};

}  // namespace

std::string to_string(std::chrono::sys_seconds moment) {
  const std::string digits = format_time_value(moment.time_since_epoch().count());  // YYYYMMDDHHMMSS
  const auto field = [&](std::size_t begin, std::size_t size) { return digits.substr(begin, size); };
  return field(0, 4) + '-' + field(4, 2) + '-' + field(6, 2) + ' ' + field(8, 2) + ':' + field(10, 2) + ':' +
         field(12, 2) + " UTC";
}

std::string fingerprint(const std::string& certificate_pem) {
  const Certificates found = certificates_in(certificate_pem);
  return found.list.empty() ? std::string() : fingerprint_of(*found.list.front());
}

ExaminedKeyPair examine(const KeyPair& pair, const std::string& client_ca) {
  ExaminedKeyPair result;
  Examination examination(result);
  examination.pair(pair);
  examination.client_ca(client_ca);
  return result;
}

}  // namespace uvftpd
