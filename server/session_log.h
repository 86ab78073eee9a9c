// What a session writes into the log: which fields each of its events has, and how much it matters.
//
// A refusal tells what decided it: `key` of the configuration, `errno` of the file system, or a `rule` that
// is the server's own. What went well is told as work, what the machine did not manage as a warning.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/action.h"
#include "server/log.h"

namespace uvftpd {

// Who a line is about.
struct Speaker {
  std::uint64_t session;
  const Address& client;
  std::string_view user;
};

// Of the completion reply among a session's answers; none where there is nobody to answer.
std::optional<Code> code_in(const Actions& answer);

void log_command(const Speaker& speaker, std::string_view verb, std::optional<Code> reply);
void log_login(const Speaker& speaker, std::string_view email, std::optional<Code> reply);
void log_refused_login(const Speaker& speaker, std::string_view key);
// Too often, or too many at once: then there is no key.
void log_turned_away(const Speaker& speaker, std::string_view key);
void log_refusal(const Speaker& speaker, const ReportRefusal& refusal, Code reply);

// `rights_key` is the one that decided, should the result be for want of a permission.
void log_file_request(const Speaker& speaker, const FileRequest& request, const FileResult& result,
                      std::optional<Code> reply, std::string_view rights_key);
// The client left while it was carried out.
void log_unanswered(const Speaker& speaker, const FileRequest& request);

void log_transfer(const Speaker& speaker, const TransferRequest& request, const TransferResult& result,
                  std::optional<Code> reply, Milliseconds lasted, std::string_view rights_key);

void log_timeout(const Speaker& speaker, std::string_view key);

enum class Visit : std::uint8_t { login, probe };  // without a login it may have been somebody's health check
void log_disconnect(const Speaker& speaker, Visit visit, std::optional<Code> farewell, Milliseconds lasted);

}  // namespace uvftpd
