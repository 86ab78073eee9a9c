// How an event becomes one line: `event=login session=7 client=192.0.2.1 user=alice`, or JSON. Pure.
//
// Values come from clients. They are escaped here, in one place, so that none ends the line, looks like a
// field of its own or moves a terminal's cursor; and they are cut. A field without a value is left out.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "server/config.h"

namespace uvftpd {

// A text or a number: in JSON a number is one.
class LogValue {
 public:
  LogValue(std::string text) : text_(std::move(text)) {}
  LogValue(std::string_view text) : text_(text) {}
  LogValue(const char* text) : text_(text) {}
  template <std::unsigned_integral Number>
  LogValue(Number number) : LogValue(std::to_string(number), Form::number) {}
  LogValue(Milliseconds time);  // in seconds: 0.042

  const std::string& text() const { return text_; }
  bool is_number() const { return form_ == Form::number; }

 private:
  enum class Form : std::uint8_t { text, number };
  LogValue(std::string text, Form form) : text_(std::move(text)), form_(form) {}

  std::string text_;
  Form form_ = Form::text;
};

LogValue name_of_error(int error);  // "ENOENT"; of 0 nothing

struct LogField {
  std::string_view key;
  LogValue value;
};
using LogFields = std::initializer_list<LogField>;

// Appends to `line`; in JSON without the brace that ends it. Of a value no more than `longest` bytes are
// told.
void append_event(LogFormat format, std::string_view event, LogFields fields, std::size_t longest,
                  std::string& line);

// {"session":7,"client":"192.0.2.1"}: no log, so that nothing is cut or masked.
std::string json_object(LogFields fields);

// What stands before a line that the journal reads (sd-daemon(3)): "<6>", by syslog's numbers.
enum class Level : std::uint8_t { trace, debug, info, warning, error };
std::string_view journal_prefix(Level level);

// Whether JOURNAL_STREAM, `told`, names this device and inode (systemd.exec(5)).
bool is_journal_stream(std::string_view told, std::uint64_t device, std::uint64_t inode);

}  // namespace uvftpd
