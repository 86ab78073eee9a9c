#include "server/file_digest.h"

#include <algorithm>

#include "server/digest.h"

namespace uvftpd {
namespace {

// A piece keeps a worker busy for some ten milliseconds.
constexpr std::uint64_t kPiece = 4 << 20;
constexpr std::size_t kChunk = 256 * 1024;

}  // namespace

// What wanders from job to job; it owns all that a job touches.
struct FileDigest::Work {
  Work(SharedRoot root_it, FileRequest request_it)
      : root(std::move(root_it)), request(std::move(request_it)), digest(request.digest.algorithm) {}

  SharedRoot root;
  FileRequest request;
  Digest digest;
  SharedFile file = nullptr;
  std::uint64_t offset = 0, end = 0;
  int error = 0;

  void open();
  void advance();
  bool is_over() const { return error != 0 || offset >= end; }
};

void FileDigest::Work::open() {
  OpenResult opened = open_for_reading(*root, request.path);
  const DigestQuery& query = request.digest;
  error = opened.error;
  if (error == 0 && opened.kind == OpenResult::Kind::directory) error = EISDIR;
  if (error == 0 && query.first > 0 && query.first >= opened.size) error = ESPIPE;
  if (error == 0 && !digest.is_offered()) error = ENOTSUP;
  if (error != 0) return;
  file = std::move(opened.file);
  offset = query.first;
  end = query.last && *query.last < opened.size ? *query.last + 1 : opened.size;
}

void FileDigest::Work::advance() {
  if (!file) open();
  std::string chunk;
  for (const std::uint64_t stop = std::min(offset + kPiece, end); error == 0 && offset < stop;) {
    chunk.clear();
    const auto count = read_some(file->fd(), offset, std::min<std::uint64_t>(kChunk, stop - offset), chunk);
    if (count <= 0) error = count < 0 ? static_cast<int>(-count) : EIO;  // it has become shorter
    digest.update(chunk);
    offset += chunk.size();
  }
}

FileDigest::FileDigest(uv::Loop& loop, SharedRoot root, FileRequest request, OnDone on_done)
    : loop_(loop), on_done_(std::move(on_done)) {
  run(std::make_unique<Work>(std::move(root), std::move(request)));
}

void FileDigest::run(std::unique_ptr<Work> work) {
  job_.emplace(
      loop_,
      [work = std::move(work)]() mutable {
        work->advance();
        return std::move(work);
      },
      [this](std::unique_ptr<Work> advanced_work) { advanced(std::move(advanced_work)); });
}

void FileDigest::advanced(std::unique_ptr<Work> work) {
  digested_ = work->file ? work->offset - work->request.digest.first : 0;
  if (!work->is_over()) return run(std::move(work));
  FileResult result{work->error};
  result.size = digested_;
  if (work->error == 0) result.text = work->digest.finish();
  on_done_(result);
}

}  // namespace uvftpd
