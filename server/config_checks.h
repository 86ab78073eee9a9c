// The checks that one value alone cannot make: keys against each other, and the directories on the disk.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "server/config_value.h"

namespace uvftpd {

// Where each key stands, by its full name ("anonymous.root"); of several files, in the last one.
using KeyPlaces = std::map<std::string, Place, std::less<>>;

struct UserPlaces {
  Place block;     // the [[user]] itself, for what is missing in it
  KeyPlaces keys;  // "user.root"
};

struct Places {
  KeyPlaces keys;
  std::vector<UserPlaces> users;  // one for each of Config::users
};

void check_config(const Config& config, const Places& places, std::vector<Mistake>& mistakes);

}  // namespace uvftpd
