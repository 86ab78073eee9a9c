// Gathers verdicts as the tests end, and prints them in the checklist's order.
#include "report.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>

namespace conformance {

namespace {

std::string property(const testing::TestResult& result, const std::string& key) {
  for (int i = 0; i < result.test_property_count(); ++i) {
    if (result.GetTestProperty(i).key() == key) return result.GetTestProperty(i).value();
  }
  return {};
}

// MkdAnswers257WithThePath: "Mkd answers 257 with the path".
std::string sentence(const std::string& name) {
  std::string result;
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool begins_number = std::isdigit(byte) != 0 && !result.empty() &&
                               std::isdigit(static_cast<unsigned char>(result.back())) == 0;
    if (!result.empty() && (std::isupper(byte) != 0 || begins_number)) result += ' ';
    result += result.empty() ? letter : static_cast<char>(std::tolower(byte));
  }
  return result;
}

}  // namespace

void Report::OnTestEnd(const testing::TestInfo& test) {
  const testing::TestResult& result = *test.result();
  std::string verdict = property(result, "verdict");
  if (result.Failed()) verdict = "FAIL";
  if (verdict.empty()) verdict = "pass";
  rows_.push_back({property(result, "number"), property(result, "level"), verdict, sentence(test.name()),
                   property(result, "reason")});
}

void Report::OnTestProgramEnd(const testing::UnitTest&) {
  const auto place = [](const Row& row) {
    return std::string(4 - std::min<std::size_t>(4, row.number.size()), ' ') + row.number;
  };
  std::sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) { return place(a) < place(b); });
  std::printf("\n%4s %s  %-11s %s\n", "line", " ", "verdict", "behaviour");
  for (const Row& row : rows_) {
    const std::string reason = row.reason.empty() ? "" : " [" + row.reason + "]";
    std::printf("%4s %s  %-11s %s%s\n", row.number.c_str(), row.level.c_str(), row.verdict.c_str(),
                row.name.c_str(), reason.c_str());
  }
  std::printf(
      "\n%zu lines: %zu pass, %zu FAIL (%zu MUST, %zu SHOULD, %zu that clients rely on), %zu not offered, "
      "%zu not shown\n",
      rows_.size(), count("pass"), count("FAIL"), count("FAIL", "M"), count("FAIL", "S"), count("FAIL", "C"),
      count("not offered"), count("not shown"));
  if (file_.empty()) return;
  std::ofstream file(file_);
  for (const Row& row : rows_) {
    file << row.number << '\t' << row.level << '\t' << row.verdict << '\t' << row.name << '\n';
  }
}

std::size_t Report::count(const std::string& verdict, const std::string& levels) const {
  return static_cast<std::size_t>(std::count_if(rows_.begin(), rows_.end(), [&](const Row& row) {
    return row.verdict == verdict && levels.find(row.level) != std::string::npos;
  }));
}

bool Report::has_failures(const std::string& levels) const { return count("FAIL", levels) > 0; }

}  // namespace conformance
