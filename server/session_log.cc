#include "server/session_log.h"

#include <cerrno>

#include "protocol/verb_table.h"

namespace uvftpd {
namespace {

constexpr std::string_view kRefused = "refused";

LogValue number(std::optional<Code> code) {
  return code ? LogValue(static_cast<unsigned>(*code)) : LogValue("");
}

// What the client could not have helped.
Level level_of(int error) {
  switch (error) {
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case EDQUOT:
    case EROFS:
      return Level::warning;
    default:
      return Level::info;
  }
}

bool is_change(FileRequest::Kind kind) {
  using enum FileRequest::Kind;
  return kind == make_directory || kind == remove_directory || kind == remove_file || kind == rename ||
         kind == set_modification_time || kind == set_mode;
}

struct Refusal {
  std::string_view verb;
  const std::string& path;
  int error;
  std::string_view key;
};

void log_refused(const Speaker& speaker, const Refusal& refusal, std::optional<Code> reply) {
  log_event(level_of(refusal.error), kRefused,
            {{"session", speaker.session},
             {"client", to_string(speaker.client)},
             {"user", speaker.user},
             {"verb", refusal.verb},
             {"path", refusal.path},
             {"reply", number(reply)},
             {"key", refusal.key},
             {"errno", name_of_error(refusal.error)}});
}

// What decided about a transfer that had begun.
std::string_view key_of(TransferResult::Outcome outcome) {
  using enum TransferResult::Outcome;
  switch (outcome) {
    case stalled:
      return "timeouts.stalled";
    case not_resumed:
      return "tls.session_reuse";
    case cut:
      return "tls.unclean_end";
    default:
      return "";
  }
}

void log_note(std::string_view event, LogFields fields) { log_event(Level::info, event, fields); }
void log_trouble(std::string_view event, LogFields fields) { log_event(Level::warning, event, fields); }

}  // namespace

std::optional<Code> code_in(const Actions& answer) {
  for (const Action& action : answer)
    if (const auto* said = std::get_if<SendReply>(&action)) return said->reply.code;
  return std::nullopt;
}

// The verb only where it is one: who types a password as a command types it as a word that is none.
void log_command(const Speaker& speaker, std::string_view verb, std::optional<Code> reply) {
  log_event(Level::trace, "command",
            {{"session", speaker.session},
             {"client", to_string(speaker.client)},
             {"user", speaker.user},
             {"verb", find_verb(verb) ? verb : "?"},
             {"reply", number(reply)}});
}

void log_login(const Speaker& speaker, std::string_view email, std::optional<Code> reply) {
  log_event(Level::info, "login",
            {{"session", speaker.session},
             {"client", to_string(speaker.client)},
             {"user", speaker.user},
             {"email", email},
             {"reply", number(reply)}});
}

void log_refused_login(const Speaker& speaker, std::string_view key) {
  log_event(Level::warning, "login-refused",
            {{"session", speaker.session},
             {"client", to_string(speaker.client)},
             {"user", speaker.user},
             {"key", key}});
}

void log_turned_away(const Speaker& speaker, std::string_view key) {
  log_event(Level::warning, "turned-away",
            {{"session", speaker.session},
             {"client", to_string(speaker.client)},
             {"user", speaker.user},
             {"key", key},
             {"rule", key.empty() ? "login-queue" : ""}});
}

void log_refusal(const Speaker& speaker, const ReportRefusal& refusal, Code reply) {
  log_event(Level::info, kRefused,
            {{"session", speaker.session},
             {"client", to_string(speaker.client)},
             {"user", speaker.user},
             {"verb", refusal.verb},
             {"path", refusal.path},
             {"reply", number(reply)},
             {"key", refusal.key},
             {"rule", refusal.rule}});
}

void log_file_request(const Speaker& speaker, const FileRequest& request, const FileResult& result,
                      std::optional<Code> reply, std::string_view rights_key) {
  const bool is_by_permission = request.existing == Existing::keep && result.error == EEXIST;
  if (result.error != 0)
    log_refused(speaker,
                {to_string(request.kind), request.path, result.error, is_by_permission ? rights_key : ""},
                reply);
  else if (is_change(request.kind))
    log_work("changed", {{"session", speaker.session},
                         {"client", to_string(speaker.client)},
                         {"user", speaker.user},
                         {"verb", to_string(request.kind)},
                         {"path", request.path},
                         {"to", request.new_path},
                         {"reply", number(reply)}});
}

void log_unanswered(const Speaker& speaker, const FileRequest& request) {
  if (!is_change(request.kind)) return;
  log_event(Level::info, "unanswered",
            {{"session", speaker.session},
             {"client", to_string(speaker.client)},
             {"user", speaker.user},
             {"verb", to_string(request.kind)},
             {"path", request.path},
             {"to", request.new_path}});
}

void log_transfer(const Speaker& speaker, const TransferRequest& request, const TransferResult& result,
                  std::optional<Code> reply, Milliseconds lasted, std::string_view rights_key) {
  using enum TransferResult::Outcome;
  const bool is_by_permission = (request.existing == Existing::keep && result.error == EEXIST) ||
                                (request.missing == Missing::refuse && result.error == ENOENT);
  if (result.outcome == refused)
    return log_refused(
        speaker, {to_string(request.kind), request.path, result.error, is_by_permission ? rights_key : ""},
        reply);
  const auto tell = result.outcome == complete  ? log_work
                    : result.outcome == aborted ? log_note
                                                : log_trouble;
  tell("transfer", {{"session", speaker.session},
                    {"client", to_string(speaker.client)},
                    {"user", speaker.user},
                    {"verb", to_string(request.kind)},
                    {"path", request.path},
                    {"outcome", to_string(result.outcome)},
                    {"reply", number(reply)},
                    {"key", key_of(result.outcome)},
                    {"errno", name_of_error(result.error)},
                    {"bytes", result.bytes},
                    {"tls", to_string(result.tls_session)},
                    {"seconds", lasted}});
}

void log_timeout(const Speaker& speaker, std::string_view key) {
  log_event(Level::info, "timed-out",
            {{"session", speaker.session},
             {"client", to_string(speaker.client)},
             {"user", speaker.user},
             {"key", key}});
}

void log_disconnect(const Speaker& speaker, Visit visit, std::optional<Code> farewell, Milliseconds lasted) {
  log_event(visit == Visit::login ? Level::info : Level::debug, "disconnect",
            {{"session", speaker.session},
             {"client", to_string(speaker.client)},
             {"user", speaker.user},
             {"reply", number(farewell)},
             {"seconds", lasted}});
}

}  // namespace uvftpd
