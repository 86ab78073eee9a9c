// Runs one line, and leaves its number, level and verdict with the test's result for the table.
#include "line.h"

namespace conformance {

namespace {

const char* word_of(char level) {
  switch (level) {
    case 'M':
      return "MUST";
    case 'S':
      return "SHOULD";
    case 'O':
      return "MAY";
    default:
      return "clients rely on it";
  }
}

// Runs the check; what it says when it could not be made, empty otherwise.
std::string reason_not_to(const Line& line) {
  const std::string trace =
      std::string("line ") + line.number + " (" + word_of(line.level) + "), " + line.section;
  SCOPED_TRACE(trace);
  try {
    line.check();
  } catch (const NotOffered& reason) {
    testing::Test::RecordProperty("verdict", "not offered");
    return reason.what();
  } catch (const NotShown& reason) {
    testing::Test::RecordProperty("verdict", "not shown");
    return reason.what();
  } catch (const std::exception& mishap) {
    ADD_FAILURE() << mishap.what();
  }
  return {};
}

}  // namespace

void run_line(const Line& line) {
  testing::Test::RecordProperty("number", line.number);
  testing::Test::RecordProperty("level", std::string(1, line.level));
  const std::string reason = reason_not_to(line);
  testing::Test::RecordProperty("reason", reason);
  if (!reason.empty()) GTEST_SKIP() << reason;
}

}  // namespace conformance
