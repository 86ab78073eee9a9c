#include "server/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>

#include "server/log_throttle.h"

namespace uvftpd {
namespace {

constexpr std::size_t kMaxValue = 256;  // bytes of a client's that one field may hold
constexpr std::string_view kFilePrefix = "file:";
constexpr std::string_view kClient = "client", kTransfer = "transfer";

LogFormat format = LogFormat::text;

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

void append_escaped_byte(std::string& out, unsigned char byte, std::string_view prefix) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out.append(prefix).append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0xf]);
}

// `\x1b` in text, `\u001b` in JSON (where a byte that is no ASCII stands for itself as if it were Latin-1:
// valid JSON, whatever the client sent).
std::string escaped(std::string_view value) {
  const std::string_view prefix = format == LogFormat::json ? "\\u00" : "\\x";
  std::string out;
  for (const char c : value.substr(0, kMaxValue)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f)
      append_escaped_byte(out, byte, prefix);
    else if (c == '"' || c == '\\')
      out.append("\\").append(1, c);
    else
      out += c;
  }
  return value.size() > kMaxValue ? out + "..." : out;
}

void append_text_field(const LogField& field, std::string& line) {
  const std::string value = escaped(field.value);
  const bool is_plain = !value.empty() && value.find_first_of(" =\"\\") == std::string::npos;
  line.append(line.empty() ? "" : " ").append(field.key).append("=");
  line.append(is_plain ? value : '"' + value + '"');
}

void append_json_field(const LogField& field, std::string& line) {
  line.append(",\"").append(field.key).append("\":\"").append(escaped(field.value)).append("\"");
}

void write_event(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  std::string line;
  const auto append = format == LogFormat::json ? append_json_field : append_text_field;
  append({"event", std::string(event)}, line);
  for (const LogField& field : fields) append(field, line);
  spdlog::log(to_spdlog(level), "{}", line);
}

}  // namespace

void begin_log(const Config::Log& settings) {
  ::tzset();  // reads a file, which behind the fences cannot be
  format = settings.format;
  spdlog::set_pattern(format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l"%v})"
                                                : "%Y-%m-%dT%H:%M:%S.%e %l %v");
  spdlog::set_level(spdlog::level::from_str(settings.level));
  spdlog::flush_on(spdlog::level::info);
  spdlog::set_default_logger(spdlog::stderr_logger_st("stderr"));
}

int open_log(const Config::Log& settings) {
  if (!settings.target.starts_with(kFilePrefix)) return 0;
  try {
    spdlog::set_default_logger(spdlog::basic_logger_st("file", settings.target.substr(kFilePrefix.size())));
  } catch (const spdlog::spdlog_ex&) {
    return errno != 0 ? errno : EACCES;
  }
  return 0;
}

bool is_logged(Level level) { return spdlog::should_log(to_spdlog(level)); }

void log_event(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!is_logged(level)) return;
  // What went well is work, however much it is.
  const bool may_be_flood = level != Level::info || event != kTransfer;
  const auto* const client =
      std::find_if(fields.begin(), fields.end(), [](const LogField& field) { return field.key == kClient; });
  if (may_be_flood && client != fields.end()) {
    static LogThrottle throttle;
    const auto left_out = throttle.admit(client->value, LogThrottle::Clock::now());
    if (!left_out) return;
    if (*left_out > 0)
      write_event(level, "left-out", {{kClient, client->value}, {"lines", std::to_string(*left_out)}});
  }
  write_event(level, event, fields);
}

}  // namespace uvftpd
