// A vsftpd.conf as vsftpd reads it: a line an option, the last one of a name wins.
//
// Decides nothing about uvftpd. What vsftpd would refuse is a mistake, and so is a number that it would
// quietly misread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/config_value.h"
#include "server/vsftpd_options.h"

namespace uvftpd {

struct VsftpdSetting {
  const VsftpdOption* option = nullptr;
  std::string value;  // as it stands in the file
  unsigned line = 0;
};

class VsftpdConfig {
 public:
  // `name` must be of the table. Without a line in the file, vsftpd's default holds.
  bool yes(std::string_view name) const;
  std::uint32_t number(std::string_view name) const;
  std::string_view text(std::string_view name) const;  // empty: unset

  unsigned line_of(std::string_view name) const;  // of the line that holds; 0: the default does
  const std::vector<VsftpdSetting>& settings() const { return settings_; }  // every line, in order

  void add(VsftpdSetting setting) { settings_.push_back(std::move(setting)); }

 private:
  const VsftpdSetting* last(std::string_view name) const;

  std::vector<VsftpdSetting> settings_;
};

struct ReadVsftpdConfig {
  VsftpdConfig config;
  std::vector<Mistake> mistakes;
};

// `file` is the name for the mistakes.
ReadVsftpdConfig read_vsftpd_config(std::string_view text, const std::string& file);

}  // namespace uvftpd
