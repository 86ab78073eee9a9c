// The part of an import that says who may do what: [anonymous], [[user]] and [tls].
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/import_sheet.h"
#include "server/import_vsftpd.h"
#include "server/vsftpd_config.h"

namespace uvftpd {

void import_anonymous(const VsftpdConfig& vsftpd, const HomeOf& home_of, ImportSheet& sheet);
void import_users(const VsftpdConfig& vsftpd, ImportSheet& sheet);
// `addresses` are those that the server listens on.
void import_tls(const VsftpdConfig& vsftpd, const std::vector<std::string>& addresses, ImportSheet& sheet);

// An absolute path, or told at the line of `option`.
std::string import_path(const VsftpdConfig& vsftpd, std::string_view option, ImportSheet& sheet);
// Whether every connection does; otherwise a client asks for it.
bool begins_with_tls(const VsftpdConfig& vsftpd);

}  // namespace uvftpd
