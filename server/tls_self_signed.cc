// The making of a certificate that is its own authority, for a trial; see tls_certificate.h.
//
// A certificate of a server and no authority (CA:FALSE): who trusts it trusts nothing that it might have
// signed.
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "protocol/address.h"
#include "server/config_text.h"
#include "server/tls_certificate.h"
#include "server/tls_pointers.h"

namespace uvftpd {
namespace {

constexpr std::size_t kMostOfCommonName = 64;  // RFC 5280, upper bounds
constexpr std::size_t kSerialBytes = 16;

bool set_serial_number(X509& certificate) {
  std::array<unsigned char, kSerialBytes> bytes{};
  if (::RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive, and of one length
  const NumberPointer number(::BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number && ::BN_to_ASN1_INTEGER(number.get(), ::X509_get_serialNumber(&certificate)) != nullptr;
}

bool set_validity(X509& certificate, const Validity& validity) {
  const auto set = [](ASN1_TIME* time, std::chrono::sys_seconds moment) {
    return ::ASN1_TIME_set(time, moment.time_since_epoch().count()) != nullptr;
  };
  return set(::X509_getm_notBefore(&certificate), validity.not_before) &&
         set(::X509_getm_notAfter(&certificate), validity.not_after);
}

// Clients go by the alternative names; this one is for people.
bool set_common_name(X509& certificate, const std::vector<std::string>& names) {
  const auto fits = [](const std::string& name) { return !name.empty() && name.size() <= kMostOfCommonName; };
  const auto first = std::ranges::find_if(names, fits);
  const std::string_view name = first != names.end() ? *first : std::string_view("uvftpd");
  X509_NAME* const subject = ::X509_get_subject_name(&certificate);
  return ::X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(name.data()),
                                      static_cast<int>(name.size()), -1, 0) == 1 &&
         ::X509_set_issuer_name(&certificate, subject) == 1;
}

// A GENERAL_NAME of `kind` with these bytes is appended to `names`.
bool append_name(GENERAL_NAMES& names, int kind, const void* bytes, std::size_t size) {
  GENERAL_NAME* const name = ::GENERAL_NAME_new();
  ASN1_STRING* const value =
      kind == GEN_DNS ? ::ASN1_IA5STRING_new() : static_cast<ASN1_STRING*>(::ASN1_OCTET_STRING_new());
  if (name != nullptr && value != nullptr && ::ASN1_STRING_set(value, bytes, static_cast<int>(size)) == 1) {
    ::GENERAL_NAME_set0_value(name, kind, value);
    if (sk_GENERAL_NAME_push(&names, name) > 0) return true;
    ::GENERAL_NAME_free(name);
    return false;
  }
  ::GENERAL_NAME_free(name);
  ::ASN1_STRING_free(value);
  return false;
}

bool append_name(GENERAL_NAMES& names, const std::string& name) {
  if (const auto address = parse_address(name)) {
    const std::size_t size = address->family == Address::Family::ipv4 ? 4 : address->bytes.size();
    return append_name(names, GEN_IPADD, address->bytes.data(), size);
  }
  return !looks_like_host_name(name) || append_name(names, GEN_DNS, name.data(), name.size());
}

bool set_alternative_names(X509& certificate, const std::vector<std::string>& names) {
  const AlternativeNamesPointer list(sk_GENERAL_NAME_new_null());
  if (!list) return false;
  for (const std::string& name : names)
    if (!append_name(*list, name)) return false;
  return sk_GENERAL_NAME_num(list.get()) == 0 ||
         ::X509_add1_ext_i2d(&certificate, NID_subject_alt_name, list.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool set_extension(X509& certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = ::X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  const bool added = extension != nullptr && ::X509_add_ext(&certificate, extension, -1) == 1;
  ::X509_EXTENSION_free(extension);
  return added;
}

bool fill(X509& certificate, EVP_PKEY& key, const std::vector<std::string>& names, const Validity& validity) {
  return ::X509_set_version(&certificate, X509_VERSION_3) == 1 && set_serial_number(certificate) &&
         set_validity(certificate, validity) && set_common_name(certificate, names) &&
         ::X509_set_pubkey(&certificate, &key) == 1 &&
         set_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         set_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         set_extension(certificate, NID_subject_key_identifier, "hash") &&
         set_alternative_names(certificate, names) && ::X509_sign(&certificate, &key, ::EVP_sha256()) > 0;
}

}  // namespace

Validity validity_of_a_trial() {
  using namespace std::chrono;
  const auto now = floor<seconds>(system_clock::now());
  return {now - hours(1), now + days(30)};
}

std::optional<KeyPair> make_self_signed(const std::vector<std::string>& names, const Validity& validity) {
  const KeyPointer key(EVP_EC_gen("P-256"));
  const CertificatePointer certificate(::X509_new());
  if (!key || !certificate || !fill(*certificate, *key, names, validity)) return std::nullopt;
  const BioPointer certificate_text(::BIO_new(::BIO_s_mem()));
  const BioPointer key_text(::BIO_new(::BIO_s_mem()));
  if (!certificate_text || !key_text ||
      ::PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      ::PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return std::nullopt;
  return KeyPair{text_of(*certificate_text), text_of(*key_text)};
}

}  // namespace uvftpd
