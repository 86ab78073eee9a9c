// Addresses in and out: dotted quads, RFC 5952's forms of IPv6, PORT's six numbers, EPRT's fields.
#include "protocol/address.h"

#include <gtest/gtest.h>

#include <random>

namespace uvftpd {
namespace {

using Fault = ExtendedPort::Fault;

std::string canonical(std::string_view text) {
  const auto address = parse_address(text);
  return address ? to_string(*address) : "malformed";
}

TEST(Address, OfIpv4IsADottedQuad) {
  for (const auto* text : {"0.0.0.0", "192.0.2.1", "255.255.255.255"}) EXPECT_EQ(canonical(text), text);
}

TEST(Address, OfIpv4IsMalformedOtherwise) {
  for (const auto* text :
       {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.+4", "1.2..4", ".1.2.3", "1.2.3.",
        "1.2.3.4 ", " 1.2.3.4", "1.2.3.0x4", "1.2.3.4:21", "localhost", "a.b.c.d"})
    EXPECT_EQ(canonical(text), "malformed") << text;
}

// RFC 5952, sections 4.1 to 4.3.
TEST(Address, OfIpv6IsWrittenInItsCanonicalForm) {
  const std::pair<const char*, const char*> forms[] = {
      {"2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"},  // the first of equal gaps
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},                  // no gap of one group
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},                           // the longest gap
      {"2001:DB8:AAAA::F", "2001:db8:aaaa::f"},                          // lower case
      {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"1:0:0:0:0:0:0:0", "1::"},
      {"fe80:0:0:0:1:0:0:0", "fe80::1:0:0:0"},
      {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
      {"1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
  };
  for (const auto& [given, written] : forms) EXPECT_EQ(canonical(given), written);
}

TEST(Address, OfIpv6IsMalformedOtherwise) {
  for (const auto* text : {":",
                           ":::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:",
                           ":1:2:3:4:5:6:7",
                           "1::2::3",
                           "1:::2",
                           "::1:",
                           ":1::",
                           "12345::",
                           "g::",
                           "1:2:3:4::5:6:7:8",
                           "::1.2.3",
                           "::1.2.3.4.5",
                           "::1.2.3.256",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "1.2.3.4::",
                           "1.2.3.4::5",
                           "[::1]",
                           "::1%eth0",
                           "fe80::1%2",
                           "::-1",
                           ":: 1"})
    EXPECT_EQ(canonical(text), "malformed") << text;
}

TEST(Address, ThatIsMappedIsTheIpv4AddressItself) {
  for (const auto* text : {"::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"})
    EXPECT_EQ(parse_address(text), parse_address("192.0.2.1")) << text;
  EXPECT_EQ(canonical("::192.0.2.1"), "::c000:201");  // compatible, not mapped
}

TEST(Address, OfAnyBytesSurvivesTheRoundTrip) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    Address address;
    address.family = random() % 4 ? Address::Family::ipv6 : Address::Family::ipv4;
    const std::size_t size = address.family == Address::Family::ipv4 ? 4 : 16;
    for (std::size_t i = 0; i < size; ++i)  // many zeros, for the gaps
      address.bytes[i] = random() % 3 ? std::uint8_t{0} : static_cast<std::uint8_t>(random());
    ASSERT_EQ(parse_address(to_string(address)), unmapped(address)) << to_string(address);
  }
}

TEST(Address, WithItsPortHasBracketsForIpv6) {
  EXPECT_EQ(to_string(SocketAddress{*parse_address("192.0.2.1"), 21}), "192.0.2.1:21");
  EXPECT_EQ(to_string(SocketAddress{*parse_address("2001:db8::1"), 65535}), "[2001:db8::1]:65535");
}

TEST(Port, IsDigitsFrom1To65535) {
  EXPECT_EQ(parse_port("1"), 1);
  EXPECT_EQ(parse_port("65535"), 65535);
  for (const auto* text : {"", "0", "65536", "99999999999999999999", "-1", "+1", " 1", "1 ", "0x10", "ftp"})
    EXPECT_EQ(parse_port(text), std::nullopt) << text;
}

TEST(HostPort, IsSixNumbers) {
  const SocketAddress address{*parse_address("192.0.2.1"), 2000};
  EXPECT_EQ(parse_host_port("192,0,2,1,7,208"), address);
  EXPECT_EQ(format_host_port(address), "192,0,2,1,7,208");
}

TEST(HostPort, OfEveryPortSurvivesTheRoundTrip) {
  SocketAddress address{*parse_address("10.255.0.1"), 0};
  for (unsigned port = 0; port <= 65535; ++port) {
    address.port = static_cast<std::uint16_t>(port);
    ASSERT_EQ(parse_host_port(format_host_port(address)), address);
  }
}

TEST(HostPort, IsMalformedOtherwise) {
  for (const auto* text :
       {"", ",,,,,", "1,2,3,4,5", "1,2,3,4,5,6,7", "1,2,3,4,5,256", "1,2,3,4,5,-1", "1,2,3,4,5,",
        "1,2,3,4,5, 6", "1.2.3.4,5,6", "1,2,3,4,5,6 ", "(1,2,3,4,5,6)", "a,b,c,d,e,f"})
    EXPECT_EQ(parse_host_port(text), std::nullopt) << text;
}

TEST(ExtendedPort, NamesProtocolAddressAndPort) {
  const auto ipv4 = parse_extended_port("|1|192.0.2.1|2000|");
  EXPECT_EQ(ipv4.fault, Fault::none);
  EXPECT_EQ(to_string(ipv4.address), "192.0.2.1:2000");
  const auto ipv6 = parse_extended_port("|2|2001:DB8::1|65535|");
  EXPECT_EQ(ipv6.fault, Fault::none);
  EXPECT_EQ(to_string(ipv6.address), "[2001:db8::1]:65535");
}

TEST(ExtendedPort, TakesAnyPrintableDelimiterThatIsNotInItsFields) {
  for (int d = 0; d < 256; ++d) {
    const char c = static_cast<char>(d);
    std::string text = "|1|132.235.1.2|6275|";
    for (char& byte : text)
      if (byte == '|') byte = c;
    const bool is_in_fields = std::string_view("1132.235.1.26275").find(c) != std::string_view::npos;
    const bool is_delimiter = d >= 33 && d <= 126 && !is_in_fields;
    EXPECT_EQ(parse_extended_port(text).fault, is_delimiter ? Fault::none : Fault::malformed) << d;
  }
}

TEST(ExtendedPort, OfAnotherProtocolIsToldApart) {
  for (const auto* text :
       {"|0|192.0.2.1|2000|", "|3|192.0.2.1|2000|", "|9|what ever|2000|", "|4294967295|x|1|"})
    EXPECT_EQ(parse_extended_port(text).fault, Fault::unknown_protocol) << text;
}

TEST(ExtendedPort, IsMalformedOtherwise) {
  for (const auto* text : {"",
                           "|",
                           "||||",
                           "|||||",
                           "|1|192.0.2.1|2000",
                           "1|192.0.2.1|2000|",
                           "|1|192.0.2.1|2000||",
                           "|1|192.0.2.1|0|",
                           "|1|192.0.2.1|65536|",
                           "|1|192.0.2.1|x|",
                           "|1||2000|",
                           "||192.0.2.1|2000|",
                           "|x|192.0.2.1|2000|",
                           "|1|2001:db8::1|2000|",
                           "|2|192.0.2.1|2000|",
                           "|1|192.0.2.1.5|2000|",
                           "|2|::1%lo|2000|",
                           "|2|[::1]|2000|",
                           "|1|192.0.2.1|2000| ",
                           "|1|192.0.2.1,2000|",
                           "|-1|192.0.2.1|2000|",
                           "|1|::ffff:192.0.2.1|2000|"})
    EXPECT_EQ(parse_extended_port(text).fault, Fault::malformed) << text;
}

TEST(Address, BelongsToANetworkThatOneCustomerHas) {
  const auto network = [](const char* text) { return to_string(network_of(parse_address(text).value())); };
  EXPECT_EQ(network("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  Address local = parse_address("fe80::1").value();
  local.scope = 2;
  EXPECT_EQ(network_of(local), parse_address("fe80::").value());
}

}  // namespace
}  // namespace uvftpd
