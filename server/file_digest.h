// HASH: the digest of a file's bytes, computed piece by piece on the pool, so that other work comes in
// between, its progress can be told, and it ends at once when its owner drops it.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "protocol/action.h"
#include "server/storage.h"
#include "server/uv.h"

namespace uvftpd {

class FileDigest {
 public:
  // `request.kind` is digest. FileResult::size is how many bytes were digested.
  using OnDone = std::function<void(const FileResult& result)>;  // the FileDigest may be destroyed in it
  FileDigest(uv::Loop& loop, SharedRoot root, FileRequest request, OnDone on_done);
  FileDigest(const FileDigest&) = delete;
  FileDigest& operator=(const FileDigest&) = delete;

  std::uint64_t digested() const { return digested_; }  // bytes so far

 private:
  struct Work;
  void run(std::unique_ptr<Work> work);
  void advanced(std::unique_ptr<Work> work);

  uv::Loop& loop_;
  OnDone on_done_;
  std::uint64_t digested_ = 0;
  std::optional<uv::Job<std::unique_ptr<Work>>> job_;
};

}  // namespace uvftpd
