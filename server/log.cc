#include "server/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "server/file_calls.h"
#include "server/log_file.h"
#include "server/log_throttle.h"

namespace uvftpd {
namespace {

constexpr std::size_t kLongestValue = 256;  // bytes of a client's that one field may hold
constexpr std::size_t kLongestName = 4096;  // and of a file that is there
constexpr std::string_view kFilePrefix = "file:";
constexpr std::string_view kClient = "client";
constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%e %l %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";

enum class Reader : std::uint8_t { anybody, journal };

LogFormat format = LogFormat::text;
Reader reader = Reader::anybody;
LogFile file;

class Sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  void sink_it_(const spdlog::details::log_msg& message) override { formatter_->format(message, kept_); }
  void flush_() override {
    if (kept_.size() > 0) file.append({kept_.data(), kept_.size()});
    kept_.clear();
  }

  spdlog::memory_buf_t kept_;
};

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::trace:
      return spdlog::level::trace;
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

Reader reader_of_stderr() {
  const char* told = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (!told || file_calls::fstat(STDERR_FILENO, status) != 0) return Reader::anybody;
  return is_journal_stream(told, status.st_dev, status.st_ino) ? Reader::journal : Reader::anybody;
}

void write_for(Reader who) {
  reader = who;
  const char* pattern = format == LogFormat::json ? kJsonPattern : kTextPattern;
  spdlog::default_logger_raw()->set_pattern(who == Reader::journal ? "%v" : pattern);
}

void write_event(Level level, std::string_view event, LogFields fields, std::size_t longest) {
  std::string line;
  const bool is_bare_json = reader == Reader::journal && format == LogFormat::json;
  if (reader == Reader::journal) line += journal_prefix(level);
  if (is_bare_json) line += '{';
  append_event(format, event, fields, longest, line);
  if (is_bare_json) line += '}';
  spdlog::default_logger_raw()->log(to_spdlog(level), spdlog::string_view_t(line));
}

}  // namespace

void begin_log(const Config::Log& settings) {
  ::tzset();  // reads a file, which behind the fences cannot be
  format = settings.format;
  file = LogFile::standard_error();
  // spdlog takes no other kind of pointers.
  auto logger = std::make_shared<spdlog::logger>("", std::make_shared<Sink>());
  logger->set_level(spdlog::level::from_str(settings.level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
  write_for(reader_of_stderr());
}

int open_log(const Config::Log& settings) {
  if (!settings.target.starts_with(kFilePrefix)) return 0;
  if (const int error = file.open(settings.target.substr(kFilePrefix.size())); error != 0) return error;
  write_for(Reader::anybody);
  return 0;
}

int reopen_log() { return file.reopen(); }
int log_directory() { return file.directory(); }

void keep_lines_until_flushed() {
  if (!is_logged(Level::debug)) spdlog::default_logger_raw()->flush_on(spdlog::level::warn);
}
void flush_log() { spdlog::default_logger_raw()->flush(); }

bool is_logged(Level level) { return spdlog::should_log(to_spdlog(level)); }

void log_event(Level level, std::string_view event, LogFields fields) {
  if (!is_logged(level)) return;
  const auto* const client =
      std::find_if(fields.begin(), fields.end(), [](const LogField& field) { return field.key == kClient; });
  if (client != fields.end() && level != Level::trace) {  // who asks for each command gets each
    static LogThrottle throttle;
    const auto left_out = throttle.admit(client->value.text(), LogThrottle::Clock::now());
    if (!left_out) return;
    if (*left_out > 0)
      write_event(level, "left-out", {{kClient, client->value}, {"lines", *left_out}}, kLongestValue);
  }
  write_event(level, event, fields, kLongestValue);
}

void log_work(std::string_view event, LogFields fields) {
  if (is_logged(Level::info)) write_event(Level::info, event, fields, kLongestName);
}

}  // namespace uvftpd
