// The line scanner: any cutting of the stream into segments gives the same lines and the same answers to
// Telnet, good lines have no forbidden byte, and what is held is bounded.
//
// Input: the stream, and behind it one byte for how it is cut and where it begins: the lower three bits are
// the number of bytes before it that are sizes of segments (none: byte by byte), the upper two pick what the
// scanner has read already.
#include <array>
#include <string>
#include <vector>

#include "protocol/line_buffer.h"
#include "protocol/listing.h"
#include "protocol/reply.h"
#include "tests/fuzz/fuzz.h"

namespace uvftpd {
namespace {

// A few bytes short of each limit: an input need not be as long as they are.
constexpr std::size_t kShort = 4;

const std::string& many_letters() {
  static const std::string kLetters(LineBuffer::kMaxLine - kShort, 'x');
  return kLetters;
}

LineBuffer having_read(std::string_view beginning) {
  LineBuffer buffer;
  buffer.append(beginning);
  return buffer;
}

const LineBuffer& beginning(unsigned which) {
  static const std::array<LineBuffer, 4> kAll = {
      LineBuffer(),
      having_read(many_letters()),
      having_read(std::string(LineBuffer::kMaxLine + 1 + LineBuffer::kMaxDropped - kShort, 'x')),
      having_read("\xff\xfa" + std::string(LineBuffer::kMaxDropped - kShort, 'x')),
  };
  return kAll[which];
}

struct Heard {
  std::string refusals;
  LineBuffer buffer;
};

Heard hear(const LineBuffer& begun, std::string_view stream, std::string_view sizes) {
  Heard heard{{}, begun};
  for (std::size_t i = 0; !stream.empty(); ++i) {
    const std::size_t size = sizes.empty() ? 1 : 1 + static_cast<unsigned char>(sizes[i % sizes.size()]);
    const auto segment = stream.substr(0, size);
    heard.refusals += heard.buffer.append(segment);
    stream.remove_prefix(segment.size());
  }
  return heard;
}

void check_refusals(std::string_view refusals) {
  demand(refusals.size() % 3 == 0, "an answer to Telnet has three bytes");
  for (; !refusals.empty(); refusals.remove_prefix(3))
    demand(refusals[0] == '\xff' && (refusals[1] == '\xfc' || refusals[1] == '\xfe'),
           "Telnet hears WONT and DONT only");
}

std::string doubled(std::string_view text) {
  std::string out;
  for (auto at = text.find('\xff'); at != std::string_view::npos; at = text.find('\xff')) {
    out.append(text.substr(0, at + 1)).push_back('\xff');
    text.remove_prefix(at + 1);
  }
  return out.append(text);
}

// Good lines are understood again if they are sent as names are.
void check_lines(const std::vector<Line>& lines) {
  bool begins_long = false;
  std::string sent;
  for (const Line& line : lines) {
    std::string_view text = line.text;
    if (line.fault != Line::Fault::none) {
      demand(text.empty(), "a faulty line has no text");
      continue;
    }
    demand(text.size() <= LineBuffer::kMaxLine, "no line is longer than the limit");
    demand(text.find('\n') == std::string::npos, "no line has a LF");
    demand(text.find('\0') == std::string::npos, "no line has a NUL");
    if (sent.empty() && text.starts_with(many_letters())) {
      begins_long = true;
      text.remove_prefix(many_letters().size());
    }
    append_name(text, sent);
    sent += "\r\n";
  }
  LineBuffer again = beginning(begins_long ? 1 : 0);  // where the many letters are read already
  again.append(doubled(sent));
  auto line = again.waiting().begin();
  for (const Line& before : lines)
    if (before.fault == Line::Fault::none)
      demand(line != again.waiting().end() && *line++ == before, "a line sent as it was heard is the same");
  demand(line == again.waiting().end(), "no line becomes two");
}

// Behind IAC SB: where it ends. IAC and any byte but SE are two bytes of it.
std::size_t end_of_subnegotiation(std::string_view stream, std::size_t at) {
  while (at < stream.size()) {
    const bool is_command = stream[at] == '\xff';
    at += is_command ? 2 : 1;
    if (is_command && at <= stream.size() && stream[at - 1] == '\xf0') break;
  }
  return at;
}

struct Stripped {
  std::string text, refusals;
};

// RFC 854, read in one go.
Stripped without_telnet(std::string_view stream) {
  Stripped out;
  for (std::size_t i = 0; i < stream.size();) {
    const auto rest = stream.substr(i);
    const char command = rest.size() > 1 ? rest[1] : '\0';
    if (rest[0] != '\xff') {
      const auto plain = rest.substr(0, rest.find('\xff'));
      out.text += plain;
      i += plain.size();
    } else if (command == '\xfa') {
      i = end_of_subnegotiation(stream, i + 2);
    } else if (command >= '\xfb' && command <= '\xfe') {
      if (rest.size() > 2 && command == '\xfd') out.refusals.append("\xff\xfc").append(1, rest[2]);  // DO
      if (rest.size() > 2 && command == '\xfb') out.refusals.append("\xff\xfe").append(1, rest[2]);  // WILL
      i += 3;
    } else {
      if (command == '\xff') out.text += '\xff';
      i += 2;
    }
  }
  return out;
}

// Without Telnet, and where no CR, NUL or TLS is to be told, lines are what lies before each LF.
void check_slowly(std::string_view stream, const Heard& heard) {
  const Stripped stripped = without_telnet(stream);
  demand(stripped.refusals == heard.refusals, "each DO and WILL is refused, and nothing else is answered");
  std::string_view text = stripped.text;
  for (const Line& line : heard.buffer.waiting()) {
    const auto end = text.find('\n');
    demand(end != std::string_view::npos && text.substr(0, end) == line.text, "a plain line stays itself");
    text.remove_prefix(end + 1);
  }
  demand(text.find('\n') == std::string_view::npos, "each LF ends a line");
}

void check(const Input& input, unsigned how) {
  auto stream = input.rest();
  const std::size_t count = std::min<std::size_t>(how & 7U, stream.size());
  const auto sizes = stream.substr(stream.size() - count);
  stream.remove_suffix(count);

  const LineBuffer& begun = beginning(how >> 6U);
  Heard whole{{}, begun};
  whole.refusals = whole.buffer.append(stream);
  const Heard cut = hear(begun, stream, sizes);
  demand(whole.buffer.waiting() == cut.buffer.waiting(), "no cutting of the stream changes a line");
  demand(whole.refusals == cut.refusals, "no cutting of the stream changes an answer to Telnet");
  demand(whole.buffer.size() == cut.buffer.size(), "no cutting of the stream changes what is held");

  check_refusals(whole.refusals);
  demand(whole.refusals.size() <= stream.size(), "nobody is answered more than was said");
  const std::vector<Line>& lines = whole.buffer.waiting();
  demand(lines.size() <= stream.size() + begun.waiting().size(), "a line has at least one byte");
  demand(whole.buffer.size() <= begun.size() + stream.size() + lines.size() * sizeof(Line),
         "no more is held than came");
  check_lines(lines);
  if (how >> 6U == 0 && stream.find_first_of(std::string_view("\r\0\x16", 3)) == std::string_view::npos)
    check_slowly(stream, whole);

  LineBuffer emptied = std::move(whole.buffer);
  while (!emptied.waiting().empty()) emptied.take_front();
  demand(emptied.size() <= LineBuffer::kMaxLine, "an unfinished line is no longer than a finished one");
  // Out of a subnegotiation, wherever in it this begins, and to the end of a line.
  emptied.append("\xff\xf0\xff\xf0\nx\r\n");
  demand(!emptied.waiting().empty() && emptied.waiting().back() == Line{"x"},
         "whatever came before, the next line is understood");
}

}  // namespace
}  // namespace uvftpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  uvftpd::Input input(data, size);
  const auto how = input.number<std::uint8_t>();
  uvftpd::check(input, how);
  return 0;
}
