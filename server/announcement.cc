#include "server/announcement.h"

#include <cstdio>

namespace uvftpd {
namespace {

std::string place(const ListeningAt& at) {
  const char* tls = at.tls_start == TlsStart::implicitly ? R"(,"tls":"implicit")" : "";
  return R"({"address":")" + to_string(at.address.host) + R"(","port":)" + std::to_string(at.address.port) +
         tls + "}";
}

std::string ready_line(const Announcement& what) {
  std::string places;
  for (const ListeningAt& at : what.places) places += (places.empty() ? "" : ",") + place(at);
  const std::string fingerprint =
      what.fingerprint.empty() ? "" : R"(,"fingerprint":")" + what.fingerprint + '"';
  return R"({"event":"ready","pid":)" + std::to_string(what.pid) + R"(,"listen":[)" + places + "]" +
         fingerprint + R"(,"version":")" UVFTPD_VERSION "\"}\n";
}

std::string invitation(const Announcement& what) {
  const std::string url = "ftp://" + to_string(what.places.front().address) + "/";
  const bool is_writable = what.anonymous.write == AnonymousWrite::full;
  std::string text = "Sharing " + what.anonymous.root +
                     (is_writable ? " for reading and writing" : " for reading") + " at " + url + '\n';
  if (!what.fingerprint.empty())
    text += "With TLS, by a certificate made for this run; its SHA-256 fingerprint is\n  " +
            what.fingerprint + "\nTry:  curl --ssl-reqd --insecure " + url + '\n';
  else
    text += "Try:  curl " + url + '\n';
  return text + "End with Ctrl-C.\n";
}

}  // namespace

void announce(Announce how, const Announcement& what) {
  if (how == Announce::nothing) return;
  const std::string text = how == Announce::ready_line ? ready_line(what) : invitation(what);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace uvftpd
