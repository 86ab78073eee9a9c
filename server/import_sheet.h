// What an import writes down: TOML in which each line says what it came from, what the administrator must be
// told, and a list of what became of each option.
//
// Knows the table of options, and nothing of what they mean: that is import_vsftpd's.
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/config_value.h"
#include "server/vsftpd_config.h"

namespace uvftpd {

// As TOML spells them.
std::string toml_string(std::string_view text);
std::string toml_list(const std::vector<std::string>& texts);
std::string_view toml_boolean(bool value);

class ImportSheet {
 public:
  using Names = std::initializer_list<std::string_view>;

  // Of `vsftpd`, which must live as long; `file` is its name for what is told.
  ImportSheet(const VsftpdConfig& vsftpd, std::string file) : vsftpd_(vsftpd), file_(std::move(file)) {}

  void section(std::string_view header);
  // `sources` are the options that it comes from.
  void key(std::string_view name, std::string_view value, Names sources);
  // A line to be uncommented, where only the administrator knows what belongs there.
  void proposed(std::string_view text, Names sources);
  // They had their part in what is written, though no line names them.
  void use(Names options) { used_.insert(options); }
  void remark(std::string_view text);

  // Without a doubt of the administrator's concern, at the line of `option`.
  void warn(std::string_view option, std::string_view message);
  void refuse(std::string_view option, std::string message);

  // To be called last: warns of the lines whose loss matters, and lists every line.
  void finish();

  const std::string& toml() const { return toml_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  const std::vector<Mistake>& mistakes() const { return mistakes_; }

 private:
  void line(std::string text, Names sources);
  std::string origin(Names sources);
  std::string fate_of(const VsftpdSetting& setting) const;

  const VsftpdConfig& vsftpd_;
  std::string file_;
  std::string toml_;
  std::set<std::string_view> used_;
  std::vector<std::string> warnings_;
  std::vector<Mistake> mistakes_;
};

}  // namespace uvftpd
