// Moving bytes between one data connection and one file or listing: what a DTP does once it is connected.
//
// A Transfer knows no loop. Whoever runs it calls turn() when its socket is ready, and use_disk() on the pool
// when turn() asks for it; it may be carried from one loop to another between turns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "protocol/action.h"
#include "server/data_stream.h"
#include "server/descriptor.h"
#include "server/jail.h"
#include "server/pace.h"

namespace uvftpd {

// A pipe that bytes are spliced through; it is empty between turns.
class SplicePipe {
 public:
  SplicePipe();
  void empty();  // after a failure
  std::size_t capacity() const { return capacity_; }
  int reading_end() const { return reading_.get(); }
  int writing_end() const { return writing_.get(); }

 private:
  Descriptor reading_, writing_;
  std::size_t capacity_ = 0;
};

// What a loop lends to the transfers that run on it.
struct Workspace {
  // On the control loop nothing may wait for a disk.
  enum class Place : std::uint8_t { control_loop, data_loop };
  Place place;
  std::span<char> buffer;
  SplicePipe* pipe;  // none on the control loop
};

// The bytes that one turn may move: short enough not to delay the others on its loop.
inline constexpr std::size_t kTurnBytes = 256 * 1024;

class Transfer {
 public:
  enum class Turn : std::uint8_t {
    moved,        // the budget is used up, more can be done at once
    wait_socket,  // until it is ready for what awaits() says
    needs_disk,   // call use_disk() on the pool, then go on
    complete,
    connection_lost,
    not_secured,
    not_resumed,
    cut,         // the upload ended without TLS's word for it
    file_error,  // error() tells
  };

  explicit Transfer(SharedFile file) : file_(std::move(file)) {}
  virtual ~Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  virtual void attach(DataStream stream) { stream_ = std::move(stream); }
  const DataStream& stream() const { return stream_; }
  int error() const { return error_; }
  const SharedFile& file() const { return file_; }
  void keep_to(Pacing pacing) { pacing_ = pacing; }
  Pacing& pacing() { return pacing_; }

  using Direction = DataStream::Direction;
  virtual Direction direction() const = 0;
  Turn turn(const Workspace& workspace);
  Direction awaits() const { return stream_.awaits(direction()); }
  bool take_progress() { return stream_.take_progress(); }  // that file()->transferred does not show
  virtual void use_disk() {}

  // How it ends. close_connection() comes first; settle() follows, on the pool where settling() says so.
  enum class Settling : std::uint8_t { at_once, on_disk };
  virtual Settling settling() const { return Settling::at_once; }
  virtual int settle(TransferResult::Outcome) { return 0; }  // 0 or errno
  void close_connection(TransferResult::Outcome outcome);

 protected:
  virtual Turn move(const Workspace& workspace) = 0;
  Turn fail_file(int error);
  Turn fail(int error);  // of a call on both the socket and the file
  void count(std::uint64_t bytes) { file_->transferred.fetch_add(bytes, std::memory_order_relaxed); }

  std::size_t piece() const { return pacing_.piece(kTurnBytes); }  // what one turn may move

  SharedFile file_;
  DataStream stream_;
  Pacing pacing_;
  int error_ = 0;
};

// What a request's file turned out to be, ready to be attached to a data connection.
struct OpenedTransfer {
  std::unique_ptr<Transfer> transfer;  // none: refused
  TransferOpening opening = {};
  int error = 0;
};

// Lookup::complete may wait for a disk and is for the pool. Lookup::remembered does not, and refuses much
// that is possible.
OpenedTransfer open_transfer(const SharedFile& root, const TransferRequest& request, Lookup lookup);

}  // namespace uvftpd
