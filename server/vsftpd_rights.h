// What the accounts of a vsftpd were permitted, and which of uvftpd's words gives no more than that.
//
// Pure: it looks at options and at nothing else.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/permission.h"
#include "server/config.h"
#include "server/vsftpd_config.h"

namespace uvftpd {

// Whether the guests of guest_enable have anonymous's rights.
bool guests_are_as_anonymous(const VsftpdConfig& vsftpd);

Permissions vsftpd_user_permissions(const VsftpdConfig& vsftpd);
Permissions vsftpd_anonymous_permissions(const VsftpdConfig& vsftpd);

// The most of the words that permits nothing beyond vsftpd's; none where even "none", which is reading, does.
// ("full" permits SITE CHMOD and times too: who may delete a file may make it anew.)
std::optional<AnonymousWrite> vsftpd_anonymous_write(const VsftpdConfig& vsftpd);

// The options that say how many bytes a second a session of a user may move, and any session; empty where
// anonymous and users differ.
std::string_view vsftpd_rate_of_users(const VsftpdConfig& vsftpd);
std::string_view vsftpd_common_rate(const VsftpdConfig& vsftpd);

}  // namespace uvftpd
