// Tells of each upload that is complete and in its final place: a line of the log, and one for whoever
// listens at uploads.socket, so that nobody needs hooks.
//
// What has to be read for it, a digest or the size of a file that was gone on with, is read on the pool after
// the client has its 226: nobody waits for it.
#pragma once

#include <list>
#include <optional>
#include <string>

#include "protocol/address.h"
#include "server/config.h"
#include "server/event_socket.h"
#include "server/file_digest.h"
#include "server/job.h"
#include "server/uv.h"

namespace uvftpd {

struct FinishedUpload {
  std::uint64_t session;
  Address client;
  std::string user;
  std::string_view verb;
  SharedRoot root;
  std::string path;                   // as the client sees it
  std::string file;                   // and the server
  std::optional<std::uint64_t> size;  // none: only a part was sent
  Milliseconds lasted;
};

class UploadEvents {
 public:
  UploadEvents(uv::Loop& loop, const Config::Uploads& settings, EventSocket& socket, DigestSlots& slots)
      : loop_(loop), settings_(settings), socket_(socket), slots_(slots) {}
  UploadEvents(const UploadEvents&) = delete;
  UploadEvents& operator=(const UploadEvents&) = delete;
  ~UploadEvents();  // the rest is told as far as it is known

  void complete(FinishedUpload upload);

 private:
  // Beyond, uploads are told without what has to be read.
  static constexpr std::size_t kMostReading = 4096;
  struct Reading {
    explicit Reading(FinishedUpload finished) : upload(std::move(finished)) {}
    FinishedUpload upload;
    std::optional<FileDigest> digest;
    std::optional<Job<FileResult>> size;  // instead of it
  };
  void begin(std::list<Reading>::iterator reading);
  void announce(const FinishedUpload& upload, const FileResult& found);

  uv::Loop& loop_;
  const Config::Uploads& settings_;
  EventSocket& socket_;
  DigestSlots& slots_;
  std::list<Reading> readings_;
};

}  // namespace uvftpd
