// The bytes of LIST, NLST and MLSD, made piece by piece from the directory's descriptor: nothing is collected
// or sorted, an entry that vanishes meanwhile is left out.
#pragma once

#include <memory>

#include "server/send_batches.h"

namespace uvftpd {

struct OpenedListing {
  SharedFile directory;  // or the one file that is listed
  std::unique_ptr<BatchSource> source;
  int error = 0;
};

// `request.kind` is list, name_list or fact_list. But for the last, of a file its own line is made, and a
// path that does not exist may end in a pattern. Blocks.
OpenedListing open_listing(const SharedFile& root, const TransferRequest& request);

// The whole of a listing that fits into a reply; EFBIG where it does not. Blocks.
FileResult list_for_status(const SharedFile& root, const std::string& path);

}  // namespace uvftpd
