// load KIND KEY=VALUE...: the load generator of the bench; tests/bench/run uses it, loads.h has the kinds.
#include <string_view>

#include "tests/bench/descriptor.h"
#include "tests/bench/loads.h"

int main(int count, char** arguments) {
  static constexpr struct {
    std::string_view name;
    void (*run)(const bench::Options&);
  } kLoads[] = {{"transfer", bench::run_transfers}, {"login", bench::run_logins},
                {"hold", bench::run_hold},          {"latency", bench::run_latency},
                {"slow", bench::run_slow},          {"start", bench::run_start}};
  bench::Options options = bench::read_options(count, arguments);
  for (const auto& load : kLoads) {
    if (load.name != options.load) continue;
    load.run(options);
    return 0;
  }
  bench::fail("no such load: " + options.load);
}
