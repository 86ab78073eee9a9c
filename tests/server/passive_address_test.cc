// What PASV tells whom, and when nobody could come there.
#include "server/passive_address.h"

#include <gtest/gtest.h>

#include "server/config_text.h"

namespace uvftpd {
namespace {

const Address kReached = *parse_address("10.1.1.1");

Config::Passive two_rules() {
  Config::Passive passive;
  passive.address = "ftp.example.org";
  passive.rules = {{{*parse_network("10.0.0.0/8")}, ""},
                   {{*parse_network("192.0.2.0/24"), *parse_network("10.0.0.0/8")}, "203.0.113.9"},
                   {{*parse_network("198.51.100.0/24")}, "inner.example.org"}};
  return passive;
}

std::string told(const PassiveAddresses& addresses, const char* client) {
  const ToldAddress told = addresses.told_to(*parse_address(client), kReached);
  return to_string(told.address) + ' ' + std::string(told.key);
}

TEST(PassiveAddresses, TheFirstRuleThatMatchesWins) {
  const Config::Passive passive = two_rules();
  PassiveAddresses addresses(passive);
  addresses.take("ftp.example.org", *parse_address("203.0.113.1"));
  EXPECT_EQ(told(addresses, "10.9.9.9"), "10.1.1.1 passive.rule");
  EXPECT_EQ(told(addresses, "192.0.2.5"), "203.0.113.9 passive.rule");
  EXPECT_EQ(told(addresses, "8.8.8.8"), "203.0.113.1 passive.address");
}

TEST(PassiveAddresses, ANameStandsForTheLastAddressTaken) {
  const Config::Passive passive = two_rules();
  PassiveAddresses addresses(passive);
  EXPECT_EQ(addresses.names(), (std::vector<std::string>{"ftp.example.org", "inner.example.org"}));
  EXPECT_EQ(told(addresses, "198.51.100.1"), "10.1.1.1 passive.rule");
  addresses.take("inner.example.org", *parse_address("203.0.113.2"));
  EXPECT_EQ(told(addresses, "198.51.100.1"), "203.0.113.2 passive.rule");
  addresses.take("inner.example.org", *parse_address("203.0.113.3"));
  EXPECT_EQ(told(addresses, "198.51.100.1"), "203.0.113.3 passive.rule");
}

TEST(PassiveAddresses, WhereNothingIsSaidTheReachedAddressIsTold) {
  const Config::Passive passive;
  const PassiveAddresses addresses(passive);
  EXPECT_TRUE(addresses.names().empty());
  EXPECT_EQ(told(addresses, "8.8.8.8"), "10.1.1.1 passive.address");
}

TEST(PassiveAddresses, PrivateOnesAreThoseOfNetworksLinksAndHosts) {
  for (const char* address :
       {"10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "169.254.3.4",
        "172.16.0.1", "172.31.255.255", "192.168.0.0", "::1", "fe80::1", "febf::1", "fc00::1", "fdff::1"})
    EXPECT_TRUE(is_private(*parse_address(address))) << address;
  for (const char* address : {"9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.1.1.1",
                              "128.0.0.1", "169.253.1.1", "172.15.1.1", "172.32.0.0", "192.167.1.1",
                              "192.169.0.1", "203.0.113.1", "::2", "2001:db8::1", "fec0::1"})
    EXPECT_FALSE(is_private(*parse_address(address))) << address;
}

TEST(PassiveAddresses, APrivateOneIsOutOfReachFromElsewhere) {
  const auto out_of_reach = [](const char* told, const char* client) {
    return is_out_of_reach(*parse_address(told), *parse_address(client));
  };
  EXPECT_TRUE(out_of_reach("10.0.0.1", "203.0.113.1"));
  EXPECT_TRUE(out_of_reach("127.0.0.1", "2001:db8::1"));
  EXPECT_FALSE(out_of_reach("10.0.0.1", "192.168.1.1"));
  EXPECT_FALSE(out_of_reach("203.0.113.1", "198.51.100.1"));
  EXPECT_FALSE(out_of_reach("203.0.113.1", "10.0.0.1"));
}

}  // namespace
}  // namespace uvftpd
