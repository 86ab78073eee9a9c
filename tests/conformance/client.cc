// The client's side of RFC 959 and RFC 2428. Whatever is not as they say becomes a Mishap that quotes it.
#include "client.h"

#include <algorithm>
#include <regex>

#include "line.h"
#include "options.h"

namespace conformance {

namespace {

std::string quoted(const Reply& reply) { return '"' + printable(reply.text()) + '"'; }

}  // namespace

Address server_address() { return Address(options().host, options().port); }
Address server_ipv6_address() { return Address(options().ipv6_host, options().port); }

Client ipv6_client() {
  try {
    Socket::connect(server_ipv6_address());
  } catch (const Mishap& mishap) {
    throw NotShown(std::string("not reached over IPv6: ") + mishap.what());
  }
  return Client(server_ipv6_address());
}

Client anonymous_client() {
  Client client;
  Reply answer = client.command("USER anonymous");
  if (answer.code == 331) answer = client.command("PASS conformance@example.org");
  if (answer.code != 230) throw NotOffered("no anonymous login: " + answer.text());
  return client;
}

Client::Client() : Client(server_address()) {}

Client::Client(const Address& server, const std::optional<Address>& from)
    : control_(Socket::connect(server, from)) {
  greeting_ = final_reply();
}

void Client::log_in() {
  Reply answer = command("USER " + options().user);
  if (answer.code == 331) answer = command("PASS " + options().password);
  if (answer.code != 230) throw Mishap("the login is refused: " + quoted(answer));
}

void Client::secure(const Tls::Wishes& wishes) {
  const Reply answer = optional("AUTH TLS");
  if (answer.code != 234) throw NotOffered("no TLS: " + printable(answer.text()));
  control_.secure(wishes);
}

void Client::protect_data() {
  demand("PBSZ 0", 200);
  demand("PROT P", 200);
}

Reply Client::reply() {
  while (true) {
    if (auto complete = reader_.next()) return *complete;
    std::string bytes;
    try {
      bytes = control_.read_some();
    } catch (const Mishap& mishap) {
      throw Mishap(std::string("no reply: ") + mishap.what());
    }
    if (bytes.empty()) throw Mishap("no reply: the server closed the control connection");
    reader_.append(bytes);
  }
}

Reply Client::final_reply() {
  Reply result = reply();
  while (result.is_preliminary()) result = reply();
  return result;
}

Reply Client::command(std::string_view line) {
  send(line);
  try {
    return reply();
  } catch (const Mishap& mishap) {
    throw Mishap(printable(line.substr(0, 80)) + ": " + mishap.what());
  }
}

Reply Client::optional(std::string_view line) {
  Reply answer = command(line);
  if (is_unknown(line, answer)) throw NotOffered(printable(answer.text()));
  return answer;
}

bool Client::is_unknown(std::string_view line, const Reply& answer) {
  if (answer.code != 500) return answer.code == 502;
  // Some servers say 500 to wrong arguments of known verbs: so what do they say to a verb that nobody knows?
  const std::string verb(line.substr(0, line.find(' ')));
  const std::string invented(verb.size(), 'Q');
  std::string text = command(invented).text();
  for (std::size_t at; (at = text.find(invented)) != std::string::npos;) text.replace(at, verb.size(), verb);
  return text == answer.text();
}

Reply Client::demand(std::string_view line, int code) {
  Reply answer = command(line);
  if (answer.code != code) {
    throw Mishap(printable(line) + ": expected " + std::to_string(code) + ", came " + quoted(answer));
  }
  return answer;
}

Socket Client::passive(int receive_buffer) {
  const bool extended = control_.peer().is_ipv6();
  const Reply answer = extended ? demand("EPSV", 229) : demand("PASV", 227);
  return Socket::connect(control_.peer().with_port(port_of_passive_reply(answer)), {}, receive_buffer);
}

Socket Client::active() {
  Socket listener = Socket::listen(control_.local().with_port(0));
  const Address here = listener.local();
  demand(here.is_ipv6() ? eprt_command(here) : port_command(here), 200);
  return listener;
}

Transfer Client::download(std::string_view line) {
  Socket data = passive();
  Transfer result;
  result.opening = command(line);
  result.closing = result.opening;
  if (result.opening.is_preliminary()) {
    result.data = data.read_to_end();
    result.closing = reply();
  }
  return result;
}

Transfer Client::upload(std::string_view line, std::string_view bytes) {
  Socket data = passive();
  Transfer result;
  result.opening = command(line);
  result.closing = result.opening;
  if (result.opening.is_preliminary()) {
    data.write(bytes);
    data.close();
    result.closing = reply();
  }
  return result;
}

std::string Client::directory() { return unquoted(demand("PWD", 257)); }

std::string port_command(const Address& address) {
  std::string host = address.host();
  std::replace(host.begin(), host.end(), '.', ',');
  return "PORT " + host + ',' + std::to_string(address.port() / 256) + ',' +
         std::to_string(address.port() % 256);
}

std::string eprt_command(const Address& address, char delimiter) {
  const std::string bar(1, delimiter);
  return "EPRT " + bar + (address.is_ipv6() ? '2' : '1') + bar + address.host() + bar +
         std::to_string(address.port()) + bar;
}

std::uint16_t port_of_passive_reply(const Reply& reply) {
  static const std::regex four(R"((\d+),(\d+),(\d+),(\d+),(\d+),(\d+))");
  static const std::regex extended(R"(\(([!-~])\1\1(\d+)\1\))");
  const std::string text = reply.text();
  std::smatch match;
  if (reply.code == 227 && std::regex_search(text, match, four)) {
    return static_cast<std::uint16_t>(std::stoul(match[5]) * 256 + std::stoul(match[6]));
  }
  if (reply.code == 229 && std::regex_search(text, match, extended)) {
    return static_cast<std::uint16_t>(std::stoul(match[2]));
  }
  throw Mishap("no port can be read from " + quoted(reply));
}

std::string unquoted(const Reply& reply) {
  const std::string text = reply.text();
  std::string result;
  for (std::size_t i = text.find('"') + 1; i != 0 && i < text.size(); ++i) {
    if (text[i] == '"' && (i + 1 == text.size() || text[i + 1] != '"')) return result;
    if (text[i] == '"') ++i;
    result += text[i];
  }
  throw Mishap("no quoted path in " + quoted(reply));
}

}  // namespace conformance
