// The fences that the daemon puts up around itself at start, in their order; the log tells which stand.
//
//   none -> files (Landlock; before the first thread) -> calls (seccomp; behind the last) -> ports (Landlock)
//
// The ports' rules take too long to be waited for; they are made on the pool and put up when they are there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/accounts.h"
#include "server/config.h"
#include "server/job.h"
#include "server/socket.h"
#include "server/uv.h"

namespace uvftpd {

class Fences {
 public:
  Fences(uv::Loop& loop, const Config& config, const Accounts& accounts)
      : loop_(loop), config_(config), accounts_(accounts) {}

  // Both: false where one that is required is not to be had; the log has told why.
  bool put_up_files(const std::vector<int>& logs);  // directories that logs are opened anew in
  bool put_up_calls(KernelTls kernel_tls);

 private:
  void make_port_rules_later();

  uv::Loop& loop_;
  const Config& config_;
  const Accounts& accounts_;
  std::string landlock_ = "off";
  enum class Made : std::uint8_t { yes };
  std::optional<Job<Made>> port_rules_;
};

}  // namespace uvftpd
