// From configuration files to a Config, with every mistake in them told in one go.
//
// Throws nothing but for want of memory. A Config that comes with mistakes is not for use.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/config.h"
#include "server/config_value.h"

namespace uvftpd {

struct ReadConfig {
  Config config;
  std::vector<Mistake> mistakes;  // in the order of the files and their lines
};

// A later file overlays the earlier ones key by key: a [[user]] of a known name replaces that user, any other
// is added; [[passive.rule]]s are added behind the earlier ones. Also looks on the disk for the directories
// named.
ReadConfig read_config(std::span<const std::string> files);

}  // namespace uvftpd
