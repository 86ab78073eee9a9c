// Secrets leave nothing behind: seen in the memory that they were made in.
#include "protocol/secret.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <new>

namespace uvftpd {
namespace {

constexpr std::string_view kShort = "hunter2";  // within the object itself

// Memory for one Secret, and what is in it.
struct Room {
  alignas(Secret) std::array<char, sizeof(Secret)> bytes{};
  bool holds(std::string_view text) const { return std::ranges::search(bytes, text).begin() != bytes.end(); }
};

TEST(Secret, IsWipedWhenItEnds) {
  Room room;
  auto* secret = new (room.bytes.data()) Secret(kShort);
  ASSERT_TRUE(room.holds(kShort));
  secret->~Secret();
  EXPECT_FALSE(room.holds(kShort));
}

TEST(Secret, IsWipedWhereItMovedFrom) {
  Room room;
  auto* secret = new (room.bytes.data()) Secret(kShort);
  Secret moved(std::move(*secret));
  EXPECT_FALSE(room.holds(kShort));
  EXPECT_EQ(moved, kShort);
  *secret = std::move(moved);
  EXPECT_EQ(*secret, kShort);
  moved = std::move(*secret);
  EXPECT_FALSE(room.holds(kShort));
  secret->~Secret();
}

TEST(Secret, IsWipedWhereItGrewOutOf) {
  Room room;
  auto* secret = new (room.bytes.data()) Secret(kShort);
  for (int i = 0; i < 100; ++i) secret->push_back('x');
  EXPECT_FALSE(room.holds(kShort.substr(0, 6)));
  EXPECT_EQ(secret->size(), kShort.size() + 100);
  secret->~Secret();
}

TEST(Secret, IsATextLikeAnyOther) {
  Secret secret(std::string(1000, 'a'));
  const Secret copy = secret;
  EXPECT_EQ(copy, secret);
  secret.clear();
  EXPECT_TRUE(secret.empty());
  EXPECT_EQ(copy.view(), std::string(1000, 'a'));
  secret = copy;
  EXPECT_EQ(secret, copy);
}

}  // namespace
}  // namespace uvftpd
