// Carries out what a Session asks of the file system apart from transfers: the case of each FileRequest.
#pragma once

#include "protocol/action.h"
#include "server/descriptor.h"

namespace uvftpd {

// Beneath `root`. Blocks; called on the pool.
FileResult run_file_request(const SharedFile& root, const FileRequest& request);

}  // namespace uvftpd
