// Runs the checklist: against the server that the command line names, else against a daemon of its own.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "daemon.h"
#include "options.h"
#include "report.h"

namespace conformance {

int run() {
  std::optional<Daemon> daemon;
  if (options().host.empty() && !GTEST_FLAG_GET(list_tests)) {
    daemon.emplace(options().server.empty() ? UVFTPD_BINARY : options().server);
    daemon->tell(options());
  }
  auto* report = new Report(options().table);  // GoogleTest deletes it
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  listeners.Append(report);
  [[maybe_unused]] const int failures = RUN_ALL_TESTS();  // the report knows better which of them count
  return report->has_failures(daemon ? "MSC" : "M") ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace conformance

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help") return std::printf("%s", conformance::kUsage) < 0;
  GTEST_FLAG_SET(brief, true);  // the table tells what passed
  testing::InitGoogleTest(&argc, argv);
  try {
    conformance::options() = conformance::read_options(argc, argv);
  } catch (const std::exception& mistake) {
    std::fprintf(stderr, "conformance: %s\n%s", mistake.what(), conformance::kUsage);
    return 64;
  }
  try {
    return conformance::run();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "conformance: %s\n", failure.what());
    return EXIT_FAILURE;
  }
}
