// Cuts what arrives on the control connection into lines: Telnet commands taken out (RFC 854), CRLF or a bare
// LF ends a line, CR NUL is a CR (RFC 2640, section 3.1). Every Telnet option is refused. Keeps its state
// between reads, so that any cutting of the stream into segments gives the same lines. Holds bytes, decides
// nothing, bounds nothing but a line.
//
//   data -> cr -> data          data -> command -> option -> data     (and, too long: dropped to its end)
//                               data -> command -> subnegotiation -> its command -> data
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/secret.h"

namespace uvftpd {

struct Line {
  enum class Fault : std::uint8_t {
    none,
    too_long,
    forbidden_byte,  // NUL, or CR followed by neither LF nor NUL
    endless,         // kMaxLine passed kMaxDropped bytes ago; said at once
    tls_hello,       // a TLS handshake where a command was expected; said at once
  };

  Secret text;  // without its end; empty when there is a fault: such a line has no meaning
  Fault fault = Fault::none;
  bool took_effect = false;  // an interrupt that was carried out while it waited its turn
  bool operator==(const Line&) const = default;
};

class LineBuffer {
 public:
  // A path of 4096 bytes behind any verb fits.
  static constexpr std::size_t kMaxLine = 4096 + 64;
  static constexpr std::size_t kMaxDropped = 64 * 1024;

  // What Telnet obliges to answer at once: WONT to each DO, DONT to each WILL (RFC 1123, section 4.1.2.12).
  std::string append(std::string_view bytes);

  // Complete lines that wait, oldest first.
  const std::vector<Line>& waiting() const { return lines_; }
  Line take_front();                                                               // there must be one
  void mark_as_effective(std::size_t index) { lines_[index].took_effect = true; }  // of waiting()
  // What is held, in bytes of memory: for the caller's bound.
  std::size_t size() const { return size_ + partial_.size(); }

 private:
  enum class Telnet : std::uint8_t {
    data,
    carriage_return,
    command,
    option,
    subnegotiation,
    subnegotiation_command
  };

  void take_telnet_command(char byte);
  void take_telnet_option(char option, std::string& refusals);
  void take_data(char byte);
  void keep(char byte);
  void drop();
  void end_line();
  void add_line();

  std::vector<Line> lines_;
  Secret partial_;
  std::uint32_t size_ = 0;
  std::uint32_t dropped_ = 0;  // of the line that is too long
  Telnet telnet_ = Telnet::data;
  char negotiation_ = 0;  // WILL, WONT, DO or DONT, whose option comes next
  Line::Fault fault_ = Line::Fault::none;
};

}  // namespace uvftpd
