// The small notations: times, ports, addresses, names.
#include "server/config_text.h"

#include <gtest/gtest.h>

#include <string>

namespace uvftpd {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(ConfigText, TimesHaveUnits) {
  EXPECT_EQ(parse_time("900"), seconds(900));
  EXPECT_EQ(parse_time("500ms"), Milliseconds(500));
  EXPECT_EQ(parse_time("30s"), seconds(30));
  EXPECT_EQ(parse_time("15m"), minutes(15));
  EXPECT_EQ(parse_time("2h"), hours(2));
  EXPECT_EQ(parse_time("1d"), hours(24));
  EXPECT_EQ(parse_time("1.5"), Milliseconds(1500));
  EXPECT_EQ(parse_time("0.1s"), Milliseconds(100));
}

TEST(ConfigText, WhatIsNoTimeIsRefused) {
  for (const char* const text : {"", "m", "-1", "+1", " 1", "1 s", "1x", "1e3", "15min", "nan", "inf", "0x10",
                                 "99999999999", "1s1s", "1.2.3", ".5"})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(ConfigText, ListenAddressesHaveAPort) {
  EXPECT_EQ(to_string(parse_listen_address("0.0.0.0:21").value()), "0.0.0.0:21");
  EXPECT_EQ(to_string(parse_listen_address("[::]:0").value()), "[::]:0");
  EXPECT_EQ(to_string(parse_listen_address("[2001:db8::1]:65535").value()), "[2001:db8::1]:65535");
  for (const char* const text :
       {"", ":", "21", "0.0.0.0", "0.0.0.0:", "0.0.0.0:65536", "0.0.0.0:-1", "0.0.0.0: 21", "::1:21", "[::1]",
        "[::1]21", "[0.0.0.0]:21", "localhost:21", "[::1:21", "1.2.3:21", ":21"})
    EXPECT_FALSE(parse_listen_address(text)) << text;
}

TEST(ConfigText, PortRangesAreInOrderAndUnprivileged) {
  EXPECT_EQ(parse_port_range("1024-1024"), (PortRange{1024, 1024}));
  EXPECT_EQ(parse_port_range("50000-50100"), (PortRange{50000, 50100}));
  EXPECT_EQ(parse_port_range("50000"), (PortRange{50000, 50000}));
  for (const char* const text : {"", "-", "1023-2000", "2000-1999", "2000-65536", "2000 - 3000", "2000-",
                                 "-3000", "2000-3000-4000", "a-b"})
    EXPECT_FALSE(parse_port_range(text)) << text;
}

TEST(ConfigText, NetworksHaveAPrefixWithinTheirFamily) {
  EXPECT_EQ(parse_network("10.0.0.0/8").value().prefix_length, 8U);
  EXPECT_EQ(parse_network("10.0.0.1").value().prefix_length, 32U);
  EXPECT_EQ(parse_network("2001:db8::/128").value().prefix_length, 128U);
  EXPECT_EQ(parse_network("::").value().prefix_length, 128U);
  for (const char* const text :
       {"", "/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10/8", "any"})
    EXPECT_FALSE(parse_network(text)) << text;
}

TEST(ConfigText, HostNamesAreToldFromWhatIsNone) {
  for (const char* const name : {"localhost", "ftp.example.org", "a-1.b", "4you.example"})
    EXPECT_TRUE(looks_like_host_name(name)) << name;
  for (const std::string& name :
       {std::string(), std::string("1.2.3.4"), std::string("300.1.1.1"), std::string("a..b"),
        std::string("-a"), std::string("a-"), std::string("a_b"), std::string("a b"), std::string("::1"),
        std::string("a."), std::string(64, 'a'), "a" + std::string(253, '.')})
    EXPECT_FALSE(looks_like_host_name(name)) << name;
}

TEST(ConfigText, HostNamesHaveAtMost253Bytes) {
  const std::string labels =
      std::string(63, 'a') + '.' + std::string(63, 'b') + '.' + std::string(63, 'c') + '.';
  EXPECT_TRUE(looks_like_host_name(labels + std::string(61, 'd')));
  EXPECT_FALSE(looks_like_host_name(labels + std::string(62, 'd')));
}

TEST(ConfigText, NamesOfTheAnonymousLoginAreNobodyElses) {
  EXPECT_EQ(fault_of_user_name("alice"), "");
  EXPECT_EQ(fault_of_user_name("ftpuser"), "");
  for (const char* const name : {"ftp", "FTP", "anonymous", "Anonymous", "", "a\nb", "a\x7f"})
    EXPECT_NE(fault_of_user_name(name), "") << name;
  EXPECT_NE(fault_of_user_name(std::string(256, 'a')), "");
}

TEST(ConfigText, NearestIsTheFewestLettersAway) {
  EXPECT_EQ(nearest("lisen", {"banner", "listen"}), "listen");
  EXPECT_EQ(nearest("idel", {"idle", "login"}), "idle");
  EXPECT_EQ(nearest("port", {"root", "ports"}), "ports");
  EXPECT_EQ(nearest("listem", {"lists", "listen"}), "listen");
  EXPECT_EQ(nearest("listem", {"listen", "lists"}), "listen");
  EXPECT_FALSE(nearest("colour", {"banner", "listen"}));
  EXPECT_FALSE(nearest("x", {"banner", "listen"}));
  EXPECT_FALSE(nearest("anything", {}));
}

}  // namespace
}  // namespace uvftpd
