#include "server/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <span>

#include "server/hexadecimal.h"

namespace uvftpd {
namespace {

const EVP_MD* openssl_digest(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha256:
      return ::EVP_sha256();
    case DigestAlgorithm::sha512:
      return ::EVP_sha512();
    case DigestAlgorithm::sha1:
      return ::EVP_sha1();
    case DigestAlgorithm::md5:
      return ::EVP_md5();
    case DigestAlgorithm::crc32:
      break;
  }
  return nullptr;
}

}  // namespace

void load_digests() { ::OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr); }

void Digest::Free::operator()(evp_md_ctx_st* context) const { ::EVP_MD_CTX_free(context); }

Digest::Digest(DigestAlgorithm algorithm) : algorithm_(algorithm) {
  const EVP_MD* digest = openssl_digest(algorithm);
  if (!digest) return;
  context_.reset(::EVP_MD_CTX_new());
  if (context_ && ::EVP_DigestInit_ex(context_.get(), digest, nullptr) != 1) context_.reset();
}

void Digest::update(std::string_view bytes) {
  if (context_)
    ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  else
    checksum_ = ::crc32_z(checksum_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

std::string Digest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 4;
  if (context_)
    ::EVP_DigestFinal_ex(context_.get(), bytes.data(), &length);
  else
    for (unsigned i = 0; i < length; ++i) bytes[i] = static_cast<unsigned char>(checksum_ >> (24 - 8 * i));
  return hexadecimal(std::span(bytes).first(length));
}

}  // namespace uvftpd
