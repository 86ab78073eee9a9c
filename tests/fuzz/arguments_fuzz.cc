// A command line parted into verb and argument, and the argument through every parser that protocol/ has:
// what is understood means the same when it is written anew, and addresses and times are what the C library
// takes them for.
//
// Input: one line, as a client would send it.
#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <string>

#include "protocol/address.h"
#include "protocol/command.h"
#include "protocol/digest_algorithm.h"
#include "protocol/facts.h"
#include "protocol/permission.h"
#include "protocol/timestamp.h"
#include "tests/fuzz/fuzz.h"

namespace uvftpd {
namespace {

std::string_view without_leading_zeros(std::string_view digits) {
  const auto first = digits.find_first_not_of('0');
  return digits.substr(std::min(first, digits.size() - 1));
}

// ---- words ----

void check_command(std::string_view line, const Command& command) {
  const auto blank = line.find(' ');
  demand(command.verb.find(' ') == std::string::npos, "a verb is one word");
  demand(command.verb.size() + (blank == std::string_view::npos ? 0 : 1) + command.argument.size() ==
             line.size(),
         "no byte of a line is lost");
  demand(line.ends_with(command.argument), "an argument is the end of its line, byte for byte");
  for (const char c : command.verb) demand(c < 'a' || c > 'z', "a verb is in upper case");
  is_foreign_protocol(command.verb);
}

void check_words(std::string_view text) {
  for (auto rest = text; !rest.empty();) {
    const auto before = rest;
    const auto word = take_word(rest);
    demand(word.find(' ') == std::string_view::npos, "a word has no blank");
    demand(before.starts_with(word) && before.ends_with(rest) && rest.size() < before.size(),
           "a word is cut off the beginning");
    demand(!rest.starts_with(' '), "the blanks behind a word go with it");
  }
  const auto name = without_options(text);
  demand(text.ends_with(name), "options stand before the name");
  demand(without_options(name) == name, "all options are taken off");
}

// ---- numbers and addresses ----

void check_numbers(std::string_view text) {
  const auto count = parse_count(text);
  if (count) {
    demand(*count <= 0x7fff'ffff'ffff'ffff, "a count is at most 2^63 - 1");
    demand(std::to_string(*count) == without_leading_zeros(text), "a count is its digits");
  }
  const auto port = parse_port(text);
  demand(!port || (*port > 0 && count == *port), "a port is a count from 1 on");
}

void check_as_the_c_library(std::string_view text, const std::optional<Address>& address) {
  constexpr std::string_view kCharacters = "0123456789abcdefABCDEF:.";
  if (text.find_first_not_of(kCharacters) != std::string_view::npos || text.size() >= INET6_ADDRSTRLEN)
    return demand(!address || text.size() >= INET6_ADDRSTRLEN, "an address has digits, colons and dots only");
  const bool is_ipv6 = text.find(':') != std::string_view::npos;
  Address expected{
      .family = is_ipv6 ? Address::Family::ipv6 : Address::Family::ipv4, .bytes = {}, .scope = 0};
  const std::string with_end(text);
  const bool is_known =
      ::inet_pton(is_ipv6 ? AF_INET6 : AF_INET, with_end.c_str(), expected.bytes.data()) == 1;
  if (is_known) demand(address == unmapped(expected), "an address is what inet_pton takes it for");
  // Numbers of a dotted quad may begin with a zero here, and with none there.
  if (address && text.find('.') == std::string_view::npos) demand(is_known, "inet_pton knows every address");
}

void check_address(std::string_view text) {
  const auto address = parse_address(text);
  check_as_the_c_library(text, address);
  if (!address) return;
  demand(unmapped(*address) == *address, "no mapped address appears");
  demand(network_of(network_of(*address)) == network_of(*address), "a network is its own");
  const std::string written = to_string(*address);
  char expected[INET6_ADDRSTRLEN] = {};
  const bool is_ipv6 = address->family == Address::Family::ipv6;
  ::inet_ntop(is_ipv6 ? AF_INET6 : AF_INET, address->bytes.data(), expected, sizeof expected);
  const bool has_quad = is_ipv6 && std::strchr(expected, '.') != nullptr;  // "::192.0.2.1" is its own form
  demand(has_quad || written == expected, "an address is written as inet_ntop writes it");
  demand(parse_address(written) == address, "an address can be read back");
}

void check_ports(std::string_view text) {
  if (const auto target = parse_host_port(text))
    demand(parse_host_port(format_host_port(*target)) == target, "a target of PORT can be read back");
  const ExtendedPort extended = parse_extended_port(text);
  if (extended.fault != ExtendedPort::Fault::none) return;
  const bool is_ipv6 = extended.address.host.family == Address::Family::ipv6;
  demand(extended.address.port > 0, "a target of EPRT has a port");
  const ExtendedPort again =
      parse_extended_port(std::string("!") + (is_ipv6 ? "2" : "1") + "!" + to_string(extended.address.host) +
                          "!" + std::to_string(extended.address.port) + "!");
  demand(again.fault == ExtendedPort::Fault::none && again.address == extended.address,
         "a target of EPRT can be read back");
}

// ---- times and lists ----

void check_time(std::string_view text) {
  const auto moment = parse_time_value(text);
  if (!moment) return;
  const auto part = [text](std::size_t at, std::size_t size) {
    return std::stoi(std::string(text.substr(at, size)));
  };
  std::tm fields{};
  fields.tm_year = part(0, 4) - 1900;
  fields.tm_mon = part(4, 2) - 1;
  fields.tm_mday = part(6, 2);
  fields.tm_hour = part(8, 2);
  fields.tm_min = part(10, 2);
  fields.tm_sec = part(12, 2);
  demand(::timegm(&fields) == moment->seconds, "a time is what timegm takes it for");
  demand(moment->nanoseconds < 1'000'000'000, "a fraction is less than a second");
  if (part(12, 2) == 60) return;  // the next minute's first second
  demand(format_time_value(moment->seconds) == text.substr(0, 14), "a time is written as it was read");
}

void check_lists(std::string_view text) {
  const FactSet facts = FactSet::parse(text);
  const std::string written = to_string(facts);
  demand(FactSet::parse(written) == facts, "a set of facts can be read back");
  const std::string starred = all_facts_starred(facts);
  demand(std::count(starred.begin(), starred.end(), '*') == std::count(written.begin(), written.end(), ';'),
         "as many facts have a star as are wanted");
  if (const auto algorithm = parse_digest_algorithm(text))
    demand(to_string(*algorithm) == upper_case(text), "an algorithm has one name");
  if (const auto permission = parse_permission(text))
    demand(to_string(*permission) == text, "a permission has one name");
}

void check_argument(std::string_view text) {
  check_words(text);
  check_numbers(text);
  check_address(text);
  check_ports(text);
  check_time(text);
  check_lists(text);
}

}  // namespace
}  // namespace uvftpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace uvftpd;
  const auto line = Input(data, size).rest();
  const Command command = parse_command(line);
  check_command(line, command);
  check_argument(command.argument);
  // RANG, MFMT, OPTS and SITE have words of their own.
  std::string_view rest = command.argument;
  const auto word = take_word(rest);
  if (rest.empty()) return 0;
  check_argument(word);
  check_argument(rest);
  return 0;
}
