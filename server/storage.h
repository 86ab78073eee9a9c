// The door to the file system: every call that takes a client's path is made here.
//
// Paths are normalised virtual paths (protocol/path). The kernel resolves each of them beneath the root's
// descriptor (openat2, RESOLVE_IN_ROOT); no path is looked up twice for one decision, none by string. What
// changes something goes through the parent's descriptor and one plain component. Everything here may block
// and is called on the pool, never on a loop, but for Lookup::remembered.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "protocol/action.h"
#include "server/descriptor.h"
#include "server/jail.h"
#include "server/medium.h"

namespace uvftpd {

// The directory that an account is confined to. Shared with jobs that may outlive the session.
using SharedRoot = SharedFile;

struct RootResult {
  SharedRoot root;
  int error = 0;
};
RootResult open_root(const std::string& directory);

struct OpenResult {
  SharedFile file;
  std::uint64_t size = 0;
  int error = 0;  // EINVAL: neither a file nor a directory
  enum class Kind : std::uint8_t { regular, directory } kind = Kind::regular;
  Medium medium = Medium::elsewhere;
};

// What bytes come to in TYPE A is counted up to here: more would keep a worker busy for what is rarely
// wanted.
inline constexpr std::uint64_t kMaxAsciiSize = 64 << 20;

// For RETR and the listings. Never waits for a FIFO's other end, never touches a device.
OpenResult open_for_reading(const OpenFile& root, const std::string& path, Lookup lookup);

// A file that is being received: at first under a hidden temporary name beside its final one, so that a cut
// upload never harms the file that was there; or in place, where REST or APPE goes on with a file.
class Upload {
 public:
  struct Place {
    Descriptor parent;
    std::string temporary;  // empty: in place
    std::string name;
    Existing existing;
    Medium medium = Medium::elsewhere;
    std::uint64_t replaced = 0;                                     // bytes of the file that had the name
    enum class Tail : std::uint8_t { cut, kept } tail = Tail::cut;  // of a file that was gone on with
  };
  Upload(SharedFile file, Place place, std::uint64_t offset);
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  // Not committed: a new file that was cut short is kept under its name, for resuming; anything else is
  // undone.
  ~Upload();

  const SharedFile& file() const { return file_; }
  std::uint64_t offset() const { return offset_; }  // where the first byte goes
  bool may_wait() const;                            // to be committed or given up, while nothing is written
  // Everything up to `end` is written: brings the file to its final place. 0 or errno.
  int commit(std::uint64_t end);

 private:
  void give_up();

  SharedFile file_;
  Place place_;
  std::uint64_t offset_;
  enum class State : std::uint8_t { open, settled } state_ = State::open;
};

struct UploadResult {
  std::unique_ptr<Upload> upload;
  int error = 0;
  std::string unique_path = {};  // store_unique
};
UploadResult open_for_writing(const OpenFile& root, const TransferRequest& request, Lookup lookup);

// Brings what will be read next into the page cache.
void read_ahead(int fd, std::uint64_t offset, std::size_t count);
// True when reading these bytes would not wait for the disk, as far as the kernel can say. Of Medium::memory
// it says nothing, and need not be asked.
bool is_cached(int fd, std::uint64_t offset, std::size_t count);

// All of `bytes` at `offset`: 0 or errno.
int write_all(int fd, std::string_view bytes, std::uint64_t offset);
// Up to `count` bytes appended to `out`: how many, or -errno.
std::ptrdiff_t read_some(int fd, std::uint64_t offset, std::size_t count, std::string& out);

}  // namespace uvftpd
