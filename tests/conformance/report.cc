// Gathers verdicts as the tests end, and prints them in the checklist's order.
#include "report.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <set>

namespace conformance {

namespace {

std::string property(const testing::TestResult& result, const std::string& key) {
  for (int i = 0; i < result.test_property_count(); ++i) {
    if (result.GetTestProperty(i).key() == key) return result.GetTestProperty(i).value();
  }
  return {};
}

// What is written in capitals in a sentence.
const std::set<std::string> kNames = {
    "abor", "acct", "allo", "appe", "auth", "ccc",  "cdup", "cr",   "crlf", "cwd",  "dele", "eprt", "epsv",
    "feat", "help", "iac",  "lang", "mdtm", "mfmt", "mkd",  "mlsd", "mlst", "nlst", "noop", "nul",  "opts",
    "pass", "pasv", "pbsz", "prot", "pwd",  "quit", "rein", "rest", "retr", "rmd",  "rnfr", "rnto", "site",
    "smnt", "stat", "stor", "stou", "stru", "syst", "tls",  "tvfs", "user", "utc",  "utf8"};

std::string spelled(std::string word) {
  if (kNames.contains(word)) {
    for (char& letter : word) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return word;
}

// MkdAnswers257WithThePath: "MKD answers 257 with the path".
std::string sentence(const std::string& name) {
  std::string result;
  std::string word;
  const auto end_word = [&] {
    result += (result.empty() || word.empty() ? "" : " ") + spelled(word);
    word.clear();
  };
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_code = std::isdigit(byte) != 0 &&
                         (word.empty() || (word != "ipv" && word != "utf" &&
                                           std::isdigit(static_cast<unsigned char>(word.back())) == 0));
    if (std::isupper(byte) != 0 || is_code) end_word();
    word += static_cast<char>(std::tolower(byte));
  }
  end_word();
  if (!result.empty()) result[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(result[0])));
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
