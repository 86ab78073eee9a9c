// Lines 71 to 76: FEAT and OPTS (RFC 2389).
// A server without them is told apart from one that does them wrong.
#include "features.h"

#include <regex>

#include "client.h"
#include "line.h"

namespace conformance {
namespace {

MUST(71, "RFC 2389 §3.2", FeatListsOneFeatureALineBehindOneBlank) {
  Client client;
  client.log_in();
  const Reply answer = feat(client);
  if (answer.lines.size() == 1) throw NotOffered("no features");
  EXPECT_TRUE(answer.lines.front().starts_with("211-")) << answer;
  EXPECT_TRUE(answer.lines.back().starts_with("211 ")) << answer;
  for (std::size_t i = 1; i + 1 < answer.lines.size(); ++i) {
    EXPECT_TRUE(std::regex_match(answer.lines[i], std::regex(" [!-~].*"))) << '"' << answer.lines[i] << '"';
  }
}

MUST(72, "RFC 2389 §3.2", FeatIsNeverAnEmptyList) {
  Client client;
  client.log_in();
  EXPECT_NE(feat(client).lines.size(), 2U);
}

MUST(73, "RFC 2389 §3.2, §4", EveryExtensionHasItsLineAndNoneThatIsNotThere) {
  Client client;
  feat(client);  // allowed before login
  client.log_in();
  const Features features(client);
  for (const char* line : {"SIZE missing", "MDTM missing", "MLST .", "EPSV 1", "EPRT |9|x|1|", "LANG EN",
                           "MFMT 20010203040506 missing", "AUTH x", "HOST x", "CLNT x", "CSID Name=x;",
                           "HASH missing", "RANG 0 1", "AVBL"}) {
    const std::string verb = std::string(line).substr(0, 4);
    const Reply answer = client.command(line);
    EXPECT_EQ(features.has(verb), !client.is_unknown(line, answer))
        << verb << " is " << (features.has(verb) ? "" : "not ") << "in FEAT; " << line << ": " << answer;
  }
}

MUST(74, "RFC 2389 §4", OptsExistsBesideFeat) {
  Client client;
  client.log_in();
  const Features features(client);
  const Reply unknown = client.command("OPTS XYZZY");
  EXPECT_TRUE(unknown.code == 501 || unknown.code == 451) << unknown;
  if (features.has("MLST")) {
    EXPECT_EQ(client.command("OPTS MLST type;").code, 200);
  }
}

MUST(75, "RFC 2389 §3.2", FeatureLinesHaveOneBlankBetweenAndNoneBehind) {
  Client client;
  client.log_in();
  const Features features(client);
  for (const std::string& line : features.lines()) {
    EXPECT_TRUE(std::regex_match(line, std::regex("[!-~]+( [!-~]+)*"))) << '"' << line << '"';
  }
}

MUST(76, "RFC 2389 §3.1", FeatWithAnArgumentIs501) {
  Client client;
  client.log_in();
  feat(client);
  EXPECT_EQ(client.command("FEAT xyzzy").code, 501);
}

}  // namespace
}  // namespace conformance
