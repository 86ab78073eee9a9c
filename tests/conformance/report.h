// The table at the end: every line's number, level, verdict and behaviour, and the counts.
// It judges nothing; the verdicts are the tests'.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace conformance {

class Report : public testing::EmptyTestEventListener {
 public:
  // `file` takes the table too, separated by tabs, unless it is empty.
  explicit Report(std::string file) : file_(std::move(file)) {}

  void OnTestEnd(const testing::TestInfo& test) override;
  void OnTestProgramEnd(const testing::UnitTest& all) override;

  // Whether a line of one of these levels failed.
  bool has_failures(const std::string& levels) const;

 private:
  struct Row {
    std::string number;
    std::string level;
    std::string verdict;
    std::string name;
    std::string reason;
  };

  std::size_t count(const std::string& verdict, const std::string& levels = "MSOC") const;

  std::string file_;
  std::vector<Row> rows_;
};

}  // namespace conformance
