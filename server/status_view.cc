#include "server/status_view.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <vector>

#include "server/config_text.h"
#include "server/log_line.h"
#include "server/session_row.h"

namespace uvftpd {
namespace {

constexpr std::size_t kBar = 20;  // characters

struct Status {
  std::string version;
  std::vector<std::pair<std::string, std::uint64_t>> totals;  // in their order
  std::vector<SessionRow> sessions;                           // by their number
};

void read_line(std::string_view line, Status& status) {
  if (auto session = decode_session(line)) return status.sessions.push_back(std::move(*session));
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos) return;
  const std::string_view kind = line.substr(0, tab), rest = line.substr(tab + 1);
  const std::size_t second = rest.find('\t');
  if (kind == "version")
    status.version = rest;
  else if (kind == "total" && second != std::string_view::npos)
    status.totals.emplace_back(rest.substr(0, second),
                               parse_whole<std::uint64_t>(rest.substr(second + 1)).value_or(0));
}

Status read(std::string_view answer) {
  Status status;
  while (!answer.empty()) {
    const std::size_t end = std::min(answer.find('\n'), answer.size());
    read_line(answer.substr(0, end), status);
    answer.remove_prefix(std::min(end + 1, answer.size()));
  }
  std::ranges::sort(status.sessions, {}, &SessionRow::id);
  return status;
}

std::size_t transfers(const Status& status) {
  return static_cast<std::size_t>(
      std::ranges::count_if(status.sessions, [](const SessionRow& row) { return !row.verb.empty(); }));
}

// ---- for a person ----

std::string duration(std::uint64_t seconds) {
  std::array<char, 32> text{};
  const auto hours = seconds / 3600, minutes = seconds / 60 % 60;
  const int size =
      std::snprintf(text.data(), text.size(), "%llu:%02llu:%02llu", static_cast<unsigned long long>(hours),
                    static_cast<unsigned long long>(minutes), static_cast<unsigned long long>(seconds % 60));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string bytes_text(double bytes) {
  static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  std::array<char, 32> text{};
  const int size =
      std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", bytes, kUnits[unit]);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string bar(double share) {
  const auto filled = static_cast<std::size_t>(share * kBar);
  return '[' + std::string(filled, '#') + std::string(kBar - filled, '.') + "] " +
         std::to_string(static_cast<int>(100 * share)) + '%';
}

std::string progress(const SessionRow& row) {
  const auto bytes = static_cast<double>(row.bytes), size = static_cast<double>(row.size);
  const double rate = row.milliseconds > 0 ? 1000 * bytes / static_cast<double>(row.milliseconds) : 0;
  const std::string pace = bytes_text(rate) + "/s";
  if (row.size == 0) return bytes_text(bytes) + "  " + pace;
  const double done = std::min(bytes, size);
  std::string text = bar(done / size) + " of " + bytes_text(size) + "  " + pace;
  if (rate > 0) text += "  " + duration(static_cast<std::uint64_t>((size - done) / rate)) + " left";
  return text;
}

// A terminal obeys control characters, also those of UTF-8: C2 80 to C2 9F.
std::string printable(std::string_view text) {
  std::string clean(text);
  unsigned char before = 0;
  for (char& c : clean) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (before == 0xc2 && byte < 0xa0)) c = '?';
    before = byte;
  }
  return clean;
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count).append(" ").append(what).append(count == 1 ? "" : "s");
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text + "  ";
}

std::string text_of(const Status& status) {
  std::size_t widest_client = 6, widest_user = 4;
  for (const SessionRow& row : status.sessions) {
    widest_client = std::max(widest_client, row.client.size());
    widest_user = std::max(widest_user, row.user.size());
  }
  std::string text = "uvftpd " + status.version + ": " + counted(status.sessions.size(), "session") + ", " +
                     counted(transfers(status), "transfer") + '\n';
  if (!status.sessions.empty())
    text += padded("ID", 6) + padded("CLIENT", widest_client) + padded("USER", widest_user) +
            padded("PROT", 5) + padded("SINCE", 9) + "DOES\n";
  for (const SessionRow& row : status.sessions) {
    text += padded(std::to_string(row.id), 6) + padded(row.client, widest_client) +
            padded(row.user.empty() ? "-" : printable(row.user), widest_user) + padded(row.protection, 5) +
            padded(duration(row.seconds), 9);
    text += row.verb.empty() ? "idle\n" : row.verb + ' ' + printable(row.path) + "  " + progress(row) + '\n';
  }
  text += "since the start:";
  for (const auto& [name, count] : status.totals) {
    std::string words = name;
    std::ranges::replace(words, '_', ' ');
    text += ' ' + words + ' ' + std::to_string(count) + ';';
  }
  text.back() = '\n';
  return text;
}

// ---- for programs ----

std::string json_of(const SessionRow& row) {
  if (row.verb.empty())
    return json_object({{"session", row.id},
                        {"client", row.client},
                        {"user", row.user},
                        {"protection", row.protection},
                        {"seconds", row.seconds}});
  return json_object({{"session", row.id},
                      {"client", row.client},
                      {"user", row.user},
                      {"protection", row.protection},
                      {"seconds", row.seconds},
                      {"verb", row.verb},
                      {"path", row.path},
                      {"bytes", row.bytes},
                      {"size", row.size},
                      {"milliseconds", row.milliseconds}});
}

std::string json_of(const Status& status) {
  std::string text = json_object({{"version", status.version}});
  text.back() = ',';
  text += "\"totals\":{";
  for (const auto& [name, count] : status.totals)
    text.append(text.back() == '{' ? "\"" : ",\"").append(name).append("\":").append(std::to_string(count));
  text += "},\"sessions\":[";
  for (const SessionRow& row : status.sessions)
    text.append(text.back() == '[' ? "" : ",").append(json_of(row));
  return text + "]}\n";
}

void append_metric(std::string_view name, std::string_view type, std::uint64_t value, std::string& text) {
  const std::string whole = "uvftpd_" + std::string(name);
  text += "# TYPE " + whole + ' ' + std::string(type) + '\n' + whole + ' ' + std::to_string(value) + '\n';
}

std::string prometheus_of(const Status& status) {
  std::string text;
  append_metric("sessions", "gauge", status.sessions.size(), text);
  append_metric("transfers", "gauge", transfers(status), text);
  for (const auto& [name, count] : status.totals) append_metric(name + "_total", "counter", count, text);
  return text;
}

}  // namespace

std::string view_status(std::string_view answer, StatusForm form) {
  const Status status = read(answer);
  if (form == StatusForm::json) return json_of(status);
  return form == StatusForm::prometheus ? prometheus_of(status) : text_of(status);
}

}  // namespace uvftpd
