#include "server/file_digest.h"

#include <algorithm>

#include "protocol/ascii.h"
#include "server/digest.h"

namespace uvftpd {
namespace {

constexpr std::size_t kSlots = 2;  // of the pool's four workers

// A piece keeps a worker busy for a few milliseconds.
constexpr std::uint64_t kPiece = 1 << 20;
constexpr std::size_t kChunk = 256 * 1024;

}  // namespace

// ---- taking turns ----

void DigestSlots::ask(FileDigest& digest) {
  waiting_.push_back(&digest);
  fill();
}

void DigestSlots::leave(FileDigest& digest) {
  std::erase(waiting_, &digest);
  std::erase(running_, &digest);
  fill();
}

void DigestSlots::fill() {
  while (running_.size() < kSlots && !waiting_.empty()) {
    running_.push_back(waiting_.front());
    waiting_.pop_front();
    running_.back()->run_piece();
  }
}

// ---- one digest ----

// What wanders from job to job; it owns all that a job touches.
struct FileDigest::Work {
  Work(SharedRoot root_it, FileRequest request_it)
      : root(std::move(root_it)), request(std::move(request_it)) {}

  SharedRoot root;
  FileRequest request;
  std::optional<Digest> digest = {};
  AsciiEncoder ascii = {};
  std::uint64_t ascii_size = 0;
  SharedFile file = nullptr;
  std::uint64_t offset = 0, end = 0;
  int error = 0;

  void open();
  void advance();
  void take(std::string_view bytes);
  bool is_over() const { return error != 0 || offset >= end; }
  bool is_digest() const { return request.kind == FileRequest::Kind::digest; }
};

void FileDigest::Work::open() {
  OpenResult opened = open_for_reading(*root, request.path, Lookup::complete);
  const DigestQuery& query = request.digest;
  if (is_digest()) digest.emplace(query.algorithm);
  error = opened.error;
  if (error == 0 && opened.kind == OpenResult::Kind::directory) error = EISDIR;
  if (error == 0 && query.first > 0 && query.first >= opened.size) error = ESPIPE;
  if (error == 0 && digest && !digest->is_offered()) error = ENOTSUP;
  if (error == 0 && !digest && opened.size > kMaxAsciiSize) error = EOVERFLOW;
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
    take(chunk);
    offset += chunk.size();
  }
}

void FileDigest::Work::take(std::string_view bytes) {
  if (digest)
    digest->update(bytes);
  else
    ascii_size += ascii.count(bytes);
}

FileDigest::FileDigest(DigestSlots& slots, SharedRoot root, FileRequest request, OnDone on_done)
    : slots_(slots),
      on_done_(std::move(on_done)),
      work_(std::make_unique<Work>(std::move(root), std::move(request))) {
  slots_.ask(*this);
}

FileDigest::~FileDigest() { slots_.leave(*this); }

void FileDigest::run_piece() {
  job_.emplace(
      slots_.loop(),
      [work = std::move(work_)]() mutable {
        work->advance();
        return std::move(work);
      },
      [this](std::unique_ptr<Work> work) { piece_over(std::move(work)); });
}

void FileDigest::piece_over(std::unique_ptr<Work> work) {
  slots_.leave(*this);
  digested_ = work->file ? work->offset - work->request.digest.first : 0;
  work_ = std::move(work);
  if (!work_->is_over()) return slots_.ask(*this);
  FileResult result{work_->error};
  result.size = work_->is_digest() ? digested_ : work_->ascii_size;
  if (work_->error == 0 && work_->is_digest()) result.text = work_->digest->finish();
  on_done_(result);
}

}  // namespace uvftpd
