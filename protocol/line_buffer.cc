#include "protocol/line_buffer.h"

#include <utility>

namespace uvftpd {
namespace {

// RFC 854: IAC, then a command; WILL, WONT, DO and DONT are followed by an option, SB by anything up to IAC
// SE.
constexpr char kIac = '\xff', kWill = '\xfb', kWont = '\xfc', kDo = '\xfd', kDont = '\xfe';
constexpr char kSubnegotiation = '\xfa', kSubnegotiationEnd = '\xf0';

// RFC 8446, section 5.1: the record's type, and the first byte of its version.
constexpr std::string_view kTlsHandshake = "\x16\x03";

std::uint32_t memory(const Line& line) { return static_cast<std::uint32_t>(sizeof line + line.text.size()); }

}  // namespace

std::string LineBuffer::append(std::string_view bytes) {
  std::string refusals;
  for (const char byte : bytes) {
    switch (telnet_) {
      case Telnet::command:
        take_telnet_command(byte);
        break;
      case Telnet::option:
        take_telnet_option(byte, refusals);
        break;
      case Telnet::subnegotiation:
        drop();
        if (byte == kIac) telnet_ = Telnet::subnegotiation_command;
        break;
      case Telnet::subnegotiation_command:
        telnet_ = byte == kSubnegotiationEnd ? Telnet::data : Telnet::subnegotiation;
        break;
      case Telnet::carriage_return:
        telnet_ = Telnet::data;
        if (byte == '\n') {
          end_line();
        } else if (byte == '\0') {
          keep('\r');
        } else {
          fault_ = Line::Fault::forbidden_byte;
          take_data(byte);
        }
        break;
      case Telnet::data:
        take_data(byte);
        break;
    }
  }
  return refusals;
}

void LineBuffer::take_telnet_command(char byte) {
  telnet_ = Telnet::data;
  if (byte == kIac) return keep(byte);
  if (byte == kSubnegotiation) telnet_ = Telnet::subnegotiation;
  if (byte < kWill || byte > kDont) return;
  telnet_ = Telnet::option;
  negotiation_ = byte;
}

void LineBuffer::take_telnet_option(char option, std::string& refusals) {
  telnet_ = Telnet::data;
  const char refusal = negotiation_ == kDo ? kWont : kDont;
  if (negotiation_ == kDo || negotiation_ == kWill) refusals.append({kIac, refusal, option});
}

void LineBuffer::take_data(char byte) {
  switch (byte) {
    case kIac:
      telnet_ = Telnet::command;
      break;
    case '\r':
      telnet_ = Telnet::carriage_return;
      break;
    case '\n':
      end_line();
      break;
    case '\0':
      fault_ = Line::Fault::forbidden_byte;
      break;
    default:
      keep(byte);
  }
}

void LineBuffer::keep(char byte) {
  if (fault_ != Line::Fault::none) {
    drop();
    return;
  }
  if (partial_.size() == kMaxLine) {
    fault_ = Line::Fault::too_long;
    return;
  }
  partial_.push_back(byte);
  if (partial_ == kTlsHandshake) {
    fault_ = Line::Fault::tls_hello;
    end_line();
  }
}

void LineBuffer::drop() {
  if (++dropped_ != kMaxDropped) return;
  fault_ = Line::Fault::endless;
  add_line();
}

void LineBuffer::end_line() {
  const bool is_said = dropped_ >= kMaxDropped;
  dropped_ = 0;
  if (!is_said) add_line();
  fault_ = Line::Fault::none;
}

void LineBuffer::add_line() {
  if (fault_ != Line::Fault::none) partial_.clear();
  lines_.push_back({std::exchange(partial_, {}), fault_});
  size_ += memory(lines_.back());
}

Line LineBuffer::take_front() {
  Line line = std::move(lines_.front());
  size_ -= memory(line);
  lines_.erase(lines_.begin());
  if (lines_.empty()) lines_ = {};  // an idle session holds no memory
  return line;
}

}  // namespace uvftpd
