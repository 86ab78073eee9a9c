// What the daemon answers to "status", for a person, for programs, and for Prometheus. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace uvftpd {

enum class StatusForm : std::uint8_t { text, json, prometheus };

std::string view_status(std::string_view answer, StatusForm form);

}  // namespace uvftpd
