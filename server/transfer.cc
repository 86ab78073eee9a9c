#include "server/transfer.h"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "server/listing_source.h"
#include "server/receive_file.h"
#include "server/send_batches.h"
#include "server/send_file.h"
#include "server/socket.h"
#include "server/storage.h"

namespace uvftpd {

SplicePipe::SplicePipe() {
  constexpr int kWanted = 1 << 20;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;  // transfers do without
  reading_ = Descriptor(ends[0]);
  writing_ = Descriptor(ends[1]);
  ::fcntl(writing_.get(), F_SETPIPE_SZ, kWanted);  // an unprivileged user may have used up what it is given
  capacity_ = static_cast<std::size_t>(::fcntl(writing_.get(), F_GETPIPE_SZ));
}

void SplicePipe::empty() {
  std::array<char, 64 * 1024> nowhere;
  while (::read(reading_.get(), nowhere.data(), nowhere.size()) > 0) {
  }
}

// What TLS has to say before and behind the bytes is a part of the first and the last turn.
Transfer::Turn Transfer::turn(const Workspace& workspace) {
  switch (stream_.prepare()) {
    case DataStream::State::ready:
      break;
    case DataStream::State::waits:
      return Turn::wait_socket;
    case DataStream::State::not_secured:
      return Turn::not_secured;
    case DataStream::State::not_resumed:
      return Turn::not_resumed;
  }
  const Turn moved = move(workspace);
  if (moved != Turn::complete) return moved;
  if (stream_.is_cut()) return Turn::cut;
  const auto finished = stream_.finish();
  if (finished == -EAGAIN) return Turn::wait_socket;
  // A client whose upload is there need not wait for our last word.
  return finished == 0 || direction() == Direction::receiving ? Turn::complete : Turn::connection_lost;
}

void Transfer::close_connection(TransferResult::Outcome outcome) {
  using enum TransferResult::Outcome;
  if (!stream_.is_open()) return;
  const bool is_read_to_its_end =
      outcome == complete && direction() == Direction::receiving && stream_.is_clear();
  if (outcome == file_error || outcome == stalled)
    reset_on_close(stream_.fd());
  else if (!is_read_to_its_end)
    discard_input(stream_.fd());
  stream_.close();
}

Transfer::Turn Transfer::fail_file(int error) {
  error_ = error;
  return Turn::file_error;
}

Transfer::Turn Transfer::fail(int error) {
  return is_connection_error(error) ? Turn::connection_lost : fail_file(error);
}

namespace {

OpenedTransfer open_retrieval(const OpenFile& root, const TransferRequest& request, Lookup lookup) {
  if (request.type == Type::ascii && lookup == Lookup::remembered) return {nullptr, {}, EAGAIN};  // it reads
  OpenResult opened = open_for_reading(root, request.path, lookup);
  if (opened.error == 0 && opened.kind == OpenResult::Kind::directory) opened.error = EISDIR;
  if (opened.error != 0) return {nullptr, {}, opened.error};
  if (request.type == Type::ascii) {
    auto source = std::make_unique<AsciiSource>(opened.file->fd(), request.offset);
    return {std::make_unique<SendBatches>(opened.file, std::move(source)), {}, 0};
  }
  // A range beyond the end of the file has no bytes (draft-bryan-ftp-range, section 4.3), a restart fails.
  if (request.offset > opened.size && !request.last_byte) return {nullptr, {}, ESPIPE};
  const std::uint64_t offset = std::min(request.offset, opened.size);
  std::uint64_t count = opened.size - offset;
  if (request.last_byte) count = std::min(count, *request.last_byte - request.offset + 1);
  return {std::make_unique<SendFile>(std::move(opened), offset, count), {count, {}}, 0};
}

OpenedTransfer open_reception(const OpenFile& root, const TransferRequest& request, Lookup lookup) {
  UploadResult opened = open_for_writing(root, request, lookup);
  if (opened.error != 0) return {nullptr, {}, opened.error};
  TransferOpening opening{{}, std::move(opened.unique_path)};
  return {std::make_unique<ReceiveFile>(std::move(opened.upload), request), std::move(opening), 0};
}

}  // namespace

OpenedTransfer open_transfer(const SharedFile& root, const TransferRequest& request, Lookup lookup) {
  using enum TransferRequest::Kind;
  switch (request.kind) {
    case retrieve:
      return open_retrieval(*root, request, lookup);
    case store:
    case store_unique:
    case append:
      return open_reception(*root, request, lookup);
    case list:
    case name_list:
    case fact_list:
      break;
  }
  if (lookup == Lookup::remembered) return {nullptr, {}, EAGAIN};
  OpenedListing listing = open_listing(root, request);
  if (listing.error != 0) return {nullptr, {}, listing.error};
  return {std::make_unique<SendBatches>(std::move(listing.directory), std::move(listing.source)), {}, 0};
}

}  // namespace uvftpd
