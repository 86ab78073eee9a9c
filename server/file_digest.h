// What takes a whole file's bytes, HASH and SIZE in TYPE A: computed piece by piece on the pool, so that
// other work comes in between, its progress can be told, and it ends at once when its owner drops it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "protocol/action.h"
#include "server/job.h"
#include "server/storage.h"
#include "server/uv.h"

namespace uvftpd {

class FileDigest;

// How many digests may have a piece on the pool at once, whatever the number of sessions that want one: the
// rest of the pool is for everybody's files. They take turns.
class DigestSlots {
 public:
  explicit DigestSlots(uv::Loop& loop) : loop_(loop) {}
  uv::Loop& loop() { return loop_; }

  void ask(FileDigest& digest);    // run_piece() follows, perhaps at once
  void leave(FileDigest& digest);  // it waits no more, or its piece is over

 private:
  void fill();

  uv::Loop& loop_;
  std::deque<FileDigest*> waiting_;
  std::deque<FileDigest*> running_;
};

class FileDigest {
 public:
  // `request.kind` is digest, and FileResult::size is how many bytes were digested; or it is ascii_size.
  using OnDone = std::function<void(const FileResult& result)>;  // the FileDigest may be destroyed in it
  FileDigest(DigestSlots& slots, SharedRoot root, FileRequest request, OnDone on_done);
  FileDigest(const FileDigest&) = delete;
  FileDigest& operator=(const FileDigest&) = delete;
  ~FileDigest();

  std::uint64_t digested() const { return digested_; }  // bytes so far
  void run_piece();                                     // for DigestSlots

 private:
  struct Work;
  void piece_over(std::unique_ptr<Work> work);

  DigestSlots& slots_;
  OnDone on_done_;
  std::uint64_t digested_ = 0;
  std::unique_ptr<Work> work_;  // none while a job has it
  std::optional<Job<std::unique_ptr<Work>>> job_;
};

}  // namespace uvftpd
