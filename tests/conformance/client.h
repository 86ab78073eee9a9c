// A strict FTP client: one control connection, and transfers in either direction, passive or active.
// It never guesses what a server meant, and never waits without a bound.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "reply.h"
#include "socket.h"

namespace conformance {

// How a transfer went. When it was refused there is no data, and the refusal is both replies.
struct Transfer {
  Reply opening;
  std::string data;
  Reply closing;
};

class Client {
 public:
  // Connects, and reads the greeting. Without an address it is the options' server over IPv4.
  Client();
  explicit Client(const Address& server, const std::optional<Address>& from = {});

  const Reply& greeting() const { return greeting_; }
  void log_in();  // as the options say; throws Mishap when that is refused

  void send(std::string_view line) { control_.write(std::string(line) + "\r\n"); }
  Reply reply();        // the next one
  Reply final_reply();  // the next one that is not preliminary
  Reply command(std::string_view line);
  // As command; the line is about what is not offered where the verb is not known.
  Reply optional(std::string_view line);
  // Whether `answer` to `line` says no more than that the verb is not there.
  bool is_unknown(std::string_view line, const Reply& answer);
  // As command; throws Mishap unless `code` is answered.
  Reply demand(std::string_view line, int code);
  bool is_silent(std::chrono::milliseconds wait) {
    return !reader_.has_bytes() && !control_.is_readable(wait);
  }
  bool is_closed() { return control_.ends(); }

  void secure(const Tls::Wishes& wishes = {});  // AUTH TLS; the line is about what is not offered without it
  void protect_data();  // PBSZ 0, PROT P: those who transfer must secure() the data too

  Socket passive(int receive_buffer = 0);  // PASV, over IPv6 EPSV
  Socket active();                         // a listener that PORT, over IPv6 EPRT, told of
  Transfer download(std::string_view line);
  Transfer upload(std::string_view line, std::string_view data);
  std::string name_list(const std::string& line = "NLST") { return download(line).data; }
  std::string directory();  // PWD, unquoted

  Socket& control() { return control_; }
  const std::string& telnet() const { return reader_.telnet(); }

 private:
  Socket control_;
  ReplyReader reader_;
  Reply greeting_;
};

// The options' server.
Address server_address();
Address server_ipv6_address();

// A client over IPv6; the line is not shown where the server is not reached that way.
Client ipv6_client();

// Logged in as anonymous; the line is about what is not offered where that is refused.
Client anonymous_client();

// A data connection that holds back a sender early.
constexpr int kSmallBuffer = 16 * 1024;

std::string port_command(const Address& address);
std::string eprt_command(const Address& address, char delimiter = '|');
std::uint16_t port_of_passive_reply(const Reply& reply);  // of 227 or 229
std::string unquoted(const Reply& reply);                 // the path in a 257

}  // namespace conformance
