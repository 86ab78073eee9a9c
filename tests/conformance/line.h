// A numbered line of the checklist as a test: MUST(19, "RFC 959 §5.4", MkdAnswers257WithTheQuotedPath) { … }.
// Every failure in it tells number, level and section. A line never passes because it could not be tried.
#pragma once

#include <gtest/gtest.h>

#include <stdexcept>

namespace conformance {

// Ends a test whose subject the server does not offer, though no standard demands it of every server.
struct NotOffered : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Ends a test that cannot be made from here.
struct NotShown : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Line {
  const char* number;
  char level;  // 'M' must, 'S' should, 'O' may, 'C' what clients rely on though no RFC says it
  const char* section;
  void (*check)();
};

void run_line(const Line& line);

}  // namespace conformance

#define CONFORMANCE_LINE(suite, level, number, section, name)                     \
  static void name();                                                             \
  TEST(suite, name) { ::conformance::run_line({#number, level, section, name}); } \
  static void name()

#define MUST(number, section, name) CONFORMANCE_LINE(Must, 'M', number, section, name)
#define SHOULD(number, section, name) CONFORMANCE_LINE(Should, 'S', number, section, name)
#define MAY(number, section, name) CONFORMANCE_LINE(May, 'O', number, section, name)
#define CLIENTS(number, section, name) CONFORMANCE_LINE(Clients, 'C', number, section, name)
