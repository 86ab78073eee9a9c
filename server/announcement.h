// What is said on stdout once connections are accepted, and not before: to a program, or to a person.
#pragma once

#include <string>
#include <vector>

#include "server/config.h"
#include "server/listeners.h"

namespace uvftpd {

enum class Announce : unsigned char {
  nothing,
  ready_line,  // one JSON line on stdout once connections are accepted
  invitation,  // for a person at a terminal: where it listens and what to type
};

struct Announcement {
  int pid;
  const Config::Anonymous& anonymous;
  const std::vector<ListeningAt>& places;
  const std::string& fingerprint;  // of the certificate; empty: no TLS
};

void announce(Announce how, const Announcement& what);

}  // namespace uvftpd
