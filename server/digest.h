// Digests of bytes, by OpenSSL and zlib. No other file knows these libraries' calls for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/digest_algorithm.h"

struct evp_md_ctx_st;

namespace uvftpd {

// What the library reads from files it reads now; the rest of its beginning is left to whoever wants a
// digest.
void load_digests();

class Digest {
 public:
  explicit Digest(DigestAlgorithm algorithm);
  bool is_offered() const { return context_ || algorithm_ == DigestAlgorithm::crc32; }  // FIPS forbids MD5
  void update(std::string_view bytes);
  std::string finish();  // in lowercase hexadecimal

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  DigestAlgorithm algorithm_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;  // none for crc32
  unsigned long checksum_ = 0;
};

}  // namespace uvftpd
