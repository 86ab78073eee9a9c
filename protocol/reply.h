// Replies: a code named by its meaning, and the text.
//
// Pure. Handlers give text without client bytes in it, except paths by quoted() and name_as_sent(); encode()
// makes the wire form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace uvftpd {

// One name a meaning, also where meanings share a number (RFC 959, section 4.2; RFC 2428; RFC 3659).
enum class Code : std::uint16_t {
  opening_data = 150,
  ok = 200,
  superfluous = 202,
  features = 211,
  server_status = 211,
  file_status = 213,
  help = 214,
  system_type = 215,
  service_ready = 220,
  goodbye = 221,
  nothing_to_abort = 225,
  transfer_complete = 226,
  abort_done = 226,
  passive = 227,
  extended_passive = 229,
  logged_in = 230,
  secure_now = 234,  // RFC 2228, section 5.1
  action_done = 250,
  path_name = 257,
  need_password = 331,
  restart_at = 350,
  need_new_name = 350,
  idle_for_too_long = 421,
  too_many_sessions = 421,
  too_many_failures = 421,
  service_closing = 421,
  no_data_connection = 425,
  transfer_aborted = 426,
  data_connection_lost = 426,
  file_busy = 450,
  local_error = 451,
  no_space = 452,
  unknown_command = 500,
  line_too_long = 500,
  bad_argument = 501,
  not_a_directory = 501,  // RFC 3659, section 7.2.1
  not_offered = 502,      // known from an RFC, but not here
  bad_sequence = 503,
  bad_parameter = 504,
  data_in_the_clear = 521,     // RFC 4217, section 10.2
  unsupported_protocol = 522,  // RFC 2428, section 2
  data_not_secured = 522,      // RFC 4217, section 10.2
  not_logged_in = 530,
  not_protected = 533,           // RFC 4217, section 5
  refused_by_policy = 534,       // RFC 2228, section 5.1
  protection_not_offered = 536,  // RFC 2228, section 3: of PROT
  file_unavailable = 550,
  permission_denied = 550,
  type_not_possible = 551,  // draft-bryan-ftp-range, section 5
  quota_exceeded = 552,
  name_not_allowed = 553,
  bad_restart = 554,  // RFC 3659, section 5.3
};

struct Reply {
  Code code = {};
  std::string text;  // '\n' parts the lines of a multi-line reply
  bool operator==(const Reply&) const = default;
};

// Final: not a preliminary 1yz, which promises another.
inline bool is_final(Code code) { return static_cast<int>(code) >= 200; }

// The wire form with CRLF. Lines between the first and the last of a multi-line reply go out as they are,
// after one blank if they begin with a digit (RFC 959, section 4.2); a byte 255 is doubled (RFC 854).
std::string encode(const Reply& reply);

}  // namespace uvftpd
