// How the options that are more than a number, a word or a time are read: functions for config_table's rows.
//
// Those of passive.rule and of user read into the last rule or user, which the [[block]] has just appended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/protection.h"
#include "server/config.h"
#include "server/config_value.h"

namespace uvftpd {

void read_listen(ValueReader& reader, Config& config);
void read_implicit_listen(ValueReader& reader, Config& config);
void read_banner(ValueReader& reader, Config& config);
void read_server_user(ValueReader& reader, Config& config);
void read_ports(ValueReader& reader, Config& config);
void read_told_address(ValueReader& reader, std::string& out);
void read_clients(ValueReader& reader, Config& config);
void read_upload_directory(ValueReader& reader, Config& config);
void read_user_name(ValueReader& reader, Config& config);
void read_password(ValueReader& reader, Config& config);
void read_permissions(ValueReader& reader, Config& config);
void read_tls_policy(ValueReader& reader, TlsPolicy& out);
void read_tls_policy(ValueReader& reader, std::optional<TlsPolicy>& out);  // "": none
void read_log_level(ValueReader& reader, Config& config);
void read_log_target(ValueReader& reader, Config& config);
void read_optional_path(ValueReader& reader, std::string& out);
void read_socket_path(ValueReader& reader, std::string& out);  // likewise; of a Unix socket

}  // namespace uvftpd
