// Hashes of every kind of crypt(3): what is taken, what is refused, what matches.
#include "auth/password_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace uvftpd {
namespace {

// What crypt(3) made of "secret", a kind each, cheap settings.
const std::string kHashesOfSecret[] = {
    "$y$j75$ZzwOYlWCinBQiAROyq3k31$IVavvaRhlHqUMyfX4Mh2MdUX6adFhAnFCZY0QdfSsB3",
    "$gy$j75$8Mgrj1d9rXHS/.67qFXXy.$Gqjv5NRjND6L3lqLsf1M3Oa0C8NcBv1wCjpCWVWtKz1",
    "$7$BU..../....0WdABeUf9gnLS8SWfbYyQ/$y0S.FcnscxxdkcLlABAvOaJijoIInsOBMDVvul3UOa8",
    "$2b$04$GC8sEV6rCIteN5q2T7T.kuGEoeEyyrwGs4VEBE.K/z2QioLros7Cu",
    "$6$rounds=1000$ak/pko3aAboKWZRW$"
    "fAnTwGDZMRblLFfLB/BM/eAwCOTPPt3BZZktTm70AsLj2oJIg2Ke1RP97MZaro5gZnqdHlZQ3Ac0UHfBOxzz2/",
    "$5$rounds=1000$4BfAMrtzJi92U2lk$KnkmwV3AZZKGR6TrRPVSFCpOoLLeZTkHrbXnK8WMhp/",
    "$1$1A5QvMkj$1LDWhHgVabtKIn3up2USt1",
    "$sha1$988$YKwm4/pHD/2/WjUKFnym$RhfDLEevjyeCuMFDYsOtkzrhyM/w",
    "$md5,rounds=63239$svRvANcY$$OmQlo/lueBWA.x8SajYmE0",
    "$3$$878d8014606cda29677a44efa1353fc7",
    "wbdmGYA0q9M4g",
    "_/...L4y97CYNpI8Qhfw",
};

std::string session_hash_of(const std::string& password) {
  return hash_password(password, HashCost::session).value_or("");
}

TEST(PasswordHash, MatchesItsOwnPasswordOnly) {
  const std::string hash = session_hash_of("secret");
  EXPECT_TRUE(verify_password("secret", hash));
  EXPECT_FALSE(verify_password("Secret", hash));
  EXPECT_FALSE(verify_password("secret ", hash));
  EXPECT_FALSE(verify_password("secre", hash));
  EXPECT_FALSE(verify_password("", hash));
}

TEST(PasswordHash, EveryKindOfCryptIsUsableAndVerified) {
  for (const std::string& hash : kHashesOfSecret) {
    EXPECT_TRUE(is_usable_hash(hash)) << hash;
    EXPECT_TRUE(verify_password("secret", hash)) << hash;
    EXPECT_FALSE(verify_password("Secret", hash)) << hash;
  }
}

TEST(PasswordHash, LastingHashIsOfTheSystemsPreferredKind) {
  const auto hash = hash_password("secret", HashCost::lasting);
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$y$")) << *hash;
  EXPECT_TRUE(is_usable_hash(*hash));
  EXPECT_TRUE(verify_password("secret", *hash));
}

TEST(PasswordHash, EachHashHasItsOwnSalt) { EXPECT_NE(session_hash_of("secret"), session_hash_of("secret")); }

TEST(PasswordHash, SessionCostIsCheaperThanLastingCost) {
  const auto time_of = [](HashCost cost) {
    auto least = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 3; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_TRUE(hash_password("secret", cost));
      least = std::min(least, std::chrono::steady_clock::now() - begin);
    }
    return least;
  };
  EXPECT_LT(time_of(HashCost::session) * 3, time_of(HashCost::lasting));
}

TEST(PasswordHash, LongestPasswordCountsToItsLastByte) {
  const std::string longest(kMaxPassword, 'x');
  std::string other = longest;
  other.back() = 'y';
  const std::string hash = session_hash_of(longest);
  EXPECT_TRUE(verify_password(longest, hash));
  EXPECT_FALSE(verify_password(other, hash));
}

TEST(PasswordHash, RefusesWhatCryptWouldNotTakeWhole) {
  const std::string too_long(kMaxPassword + 1, 'x');
  EXPECT_FALSE(hash_password(too_long, HashCost::session));
  EXPECT_FALSE(verify_password(too_long, session_hash_of(too_long.substr(1))));

  const std::string with_nul("secret\0more", 11);
  EXPECT_FALSE(hash_password(with_nul, HashCost::session));
  EXPECT_FALSE(verify_password(with_nul, session_hash_of("secret")));
  EXPECT_FALSE(verify_password(with_nul, session_hash_of("")));
  EXPECT_FALSE(verify_password(too_long, session_hash_of("")));
}

TEST(PasswordHash, ClearTextAndHalfHashesAreNotUsable) {
  for (const char* const text :
       {"", "x", "hunter2", "secret password", "correct horse battery staple", "$6$", "$y$j9T$", "$2b$10$abc",
        "$6$rounds=1000$ak/pko3aAboKWZRW$fAnTwGDZMRbl", "$y$j9T$ZzwOYlWCinBQiAROyq3k31",
        "$9$unknown$IVavvaRhlHqUMyfX4Mh2MdUX6adFhAnFCZY0QdfSsB3", "{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc="}) {
    EXPECT_FALSE(is_usable_hash(text)) << text;
  }
  EXPECT_FALSE(is_usable_hash(std::string("wbdmGYA0q9\0M4", 13)));
}

TEST(PasswordHash, LockedEntriesAreToldApartAndMatchNothing) {
  const std::string paused = "!" + kHashesOfSecret[0];
  for (const std::string& entry : std::vector<std::string>{"!", "*", "!!", paused, "*0", "*1"}) {
    EXPECT_TRUE(is_locked(entry)) << entry;
    EXPECT_FALSE(is_usable_hash(entry)) << entry;
    EXPECT_FALSE(verify_password("secret", entry)) << entry;
    EXPECT_FALSE(verify_password(entry, entry)) << entry;
  }
  EXPECT_FALSE(is_locked(kHashesOfSecret[0]));
  EXPECT_FALSE(is_locked(""));
}

TEST(PasswordHash, SettingIsAHashThatNothingMatches) {
  for (const HashCost cost : {HashCost::session, HashCost::lasting}) {
    const std::string setting = new_setting(cost);
    EXPECT_FALSE(setting.empty());
    EXPECT_FALSE(verify_password("", setting));
    EXPECT_FALSE(verify_password(setting, setting));
  }
}

TEST(PasswordHash, CostSettingIsTheKindAndItsParametersWithoutTheSalt) {
  EXPECT_EQ(cost_setting(kHashesOfSecret[0]), "$y$j75$");
  EXPECT_EQ(cost_setting(kHashesOfSecret[1]), "$gy$j75$");
  EXPECT_EQ(cost_setting(kHashesOfSecret[2]), "$7$BU..../....");
  EXPECT_EQ(cost_setting(kHashesOfSecret[3]), "$2b$04$");
  EXPECT_EQ(cost_setting(kHashesOfSecret[4]), "$6$rounds=1000$");
  EXPECT_EQ(cost_setting("$6$saltsalt$hash"), "$6$");
  EXPECT_EQ(cost_setting(kHashesOfSecret[6]), "$1$");
  EXPECT_EQ(cost_setting(kHashesOfSecret[7]), "$sha1$988$");
  EXPECT_EQ(cost_setting(kHashesOfSecret[8]), "$md5,rounds=63239$");
  EXPECT_EQ(cost_setting(kHashesOfSecret[9]), "$3$");
  EXPECT_EQ(cost_setting(kHashesOfSecret[10]), "");
  EXPECT_EQ(cost_setting(kHashesOfSecret[11]), "_/...");
}

}  // namespace
}  // namespace uvftpd
