// Owners of what OpenSSL allocates: each frees what it holds with the function that OpenSSL has for it.
//
// For the few files that speak to OpenSSL; tests/walls knows them. Nothing else here.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace uvftpd {

template <auto Function>
struct FreeBy {
  template <typename Type>
  void operator()(Type* object) const {
    Function(object);
  }
};

using BioPointer = std::unique_ptr<BIO, FreeBy<&::BIO_free_all>>;
using CertificatePointer = std::unique_ptr<X509, FreeBy<&::X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, FreeBy<&::EVP_PKEY_free>>;
using ContextPointer = std::unique_ptr<SSL_CTX, FreeBy<&::SSL_CTX_free>>;
using NumberPointer = std::unique_ptr<BIGNUM, FreeBy<&::BN_free>>;
using AlternativeNamesPointer = std::unique_ptr<GENERAL_NAMES, FreeBy<&::GENERAL_NAMES_free>>;

// Reads `text`, which must outlive it.
inline BioPointer bio_of(const std::string& text) {
  return BioPointer(::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

inline std::string text_of(BIO& memory) {
  char* begin = nullptr;
  const long size = BIO_get_mem_data(&memory, &begin);
  return size > 0 ? std::string(begin, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace uvftpd
