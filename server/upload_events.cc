#include "server/upload_events.h"

#include <cerrno>
#include <utility>

#include "server/file_requests.h"
#include "server/log.h"

namespace uvftpd {

UploadEvents::~UploadEvents() {
  for (const Reading& reading : readings_) announce(reading.upload, {ECANCELED});
}

void UploadEvents::complete(FinishedUpload upload) {
  const bool is_known = upload.size && settings_.digest == UploadDigest::none;
  if (is_known || readings_.size() >= kMostReading) return announce(upload, {is_known ? 0 : EBUSY});
  readings_.emplace_back(std::move(upload));
  begin(std::prev(readings_.end()));
}

void UploadEvents::begin(std::list<Reading>::iterator reading) {
  const FinishedUpload& upload = reading->upload;
  const auto on_done = [this, reading](const FileResult& result) {
    announce(reading->upload, result);
    readings_.erase(reading);
  };
  if (settings_.digest == UploadDigest::sha256) {
    FileRequest request{.kind = FileRequest::Kind::digest,
                        .path = upload.path,
                        .digest = {.algorithm = DigestAlgorithm::sha256}};
    reading->digest.emplace(slots_, upload.root, std::move(request), on_done);
  } else {
    reading->size.emplace(
        loop_,
        [root = upload.root, path = upload.path] {
          return run_file_request(root, {.kind = FileRequest::Kind::size, .path = path});
        },
        on_done);
  }
}

void UploadEvents::announce(const FinishedUpload& upload, const FileResult& found) {
  const bool was_read = found.error == 0 && (!found.text.empty() || !upload.size);
  const auto size = was_read ? found.size : upload.size;
  const LogFields fields = {{"session", upload.session},
                            {"client", to_string(upload.client)},
                            {"user", upload.user},
                            {"verb", upload.verb},
                            {"path", upload.path},
                            {"file", upload.file},
                            {"size", size ? LogValue(*size) : LogValue("")},
                            {"sha256", found.text},
                            {"errno", name_of_error(found.error)},
                            {"seconds", upload.lasted}};
  log_work("uploaded", fields);
  if (!socket_.is_open()) return;
  std::string line = json_object(fields);
  line.insert(1, "\"event\":\"uploaded\",");
  socket_.send(line + '\n');
}

}  // namespace uvftpd
