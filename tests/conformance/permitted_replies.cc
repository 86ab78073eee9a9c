// RFC 959, section 5.4, row by row; 500, 501 and 421 stand in almost every row and are added to all.
// 502 is added where RFC 1123, section 4.1.2.13 makes the command optional.
#include "permitted_replies.h"

#include <vector>

#include "socket.h"

namespace conformance {

namespace {

const std::set<int> kStoreAlone = {532, 450, 452, 553, 530};
const std::set<int> kStoreAfter = {226, 250, 425, 426, 451, 551, 552};
const std::set<int> kRetrieveAfter = {226, 250, 425, 426, 451};

const std::vector<Row> kRows = {
    {"USER", "USER", {230, 530, 331, 332}},
    {"PASS", "PASS", {230, 202, 530, 503, 332}},
    {"ACCT", "ACCT x", {230, 202, 530, 503, 502}},
    {"CWD", "CWD directory", {250, 502, 530, 550}},
    {"CDUP", "CDUP", {200, 250, 502, 530, 550}},  // 200 in the table, 250 in the text
    {"SMNT", "SMNT directory", {202, 250, 502, 530, 550}},
    {"REIN", "REIN", {220, 502}, {220}},
    {"QUIT", "QUIT", {221}},
    {"PORT", "PORT", {200, 530}},
    {"PASV", "PASV", {227, 502, 530}},
    {"MODE", "MODE S", {200, 504, 530}},
    {"TYPE", "TYPE I", {200, 504, 530}},
    {"STRU", "STRU F", {200, 504, 530}},
    {"ALLO", "ALLO 1000", {200, 202, 504, 530, 502}},
    {"REST", "REST 2", {350, 502, 530}},
    {"STOR", "STOR new", kStoreAlone, kStoreAfter, "content"},
    {"STOU", "STOU", {532, 450, 452, 553, 530, 502}, kStoreAfter, "content"},
    {"RETR", "RETR file", {450, 550, 530}, kRetrieveAfter, ""},
    {"LIST", "LIST", {450, 502, 530}, kRetrieveAfter, ""},
    {"NLST", "NLST", {450, 502, 530}, kRetrieveAfter, ""},
    {"APPE", "APPE new", {532, 450, 550, 452, 553, 502, 530}, kStoreAfter, "content"},
    {"RNFR", "RNFR file", {350, 450, 550, 502, 530}},
    {"RNTO", "RNTO renamed", {250, 532, 553, 502, 503, 530}},
    {"DELE", "DELE file", {250, 450, 550, 502, 530}},
    {"RMD", "RMD directory", {250, 502, 530, 550}},
    {"MKD", "MKD made", {257, 502, 530, 550}},
    {"PWD", "PWD", {257, 502, 550}},
    {"ABOR", "ABOR", {225, 226, 502}},
    {"SYST", "SYST", {215, 502}},
    {"STAT", "STAT", {211, 212, 213, 450, 502, 530}},
    {"HELP", "HELP", {211, 214, 502}},
    // 214 is "the meaning of a particular non-standard command" (section 4.2.2), so it fits SITE HELP.
    {"SITE", "SITE HELP", {200, 202, 530, 502, 214}},
    {"NOOP", "NOOP", {200}},
};

}  // namespace

std::span<const Row> all_rows() { return kRows; }

const Row& row_of(const std::string& verb) {
  for (const Row& row : kRows) {
    if (verb == row.verb) return row;
  }
  throw Mishap("no row for " + verb);
}

bool is_permitted(const Row& row, State state, bool had_preliminary, int code) {
  const std::set<int>& codes = had_preliminary ? row.after : row.alone;
  if (codes.contains(code) || code == 500 || code == 501 || code == 421) return true;
  const bool is_before_login = state == State::before_user || state == State::after_user;
  // Section 4.2.2 calls 530 "not logged in", and some rows of commands that need a login forgot it.
  if (is_before_login && code == 530) return true;
  // RFC 1123, section 4.1.3.4 adds these two; STOU behind REST is undefined (RFC 3659, section 5.3).
  if (state == State::after_rest && row.data != nullptr) {
    if (code == 554 || code == 555 || (std::string(row.verb) == "STOU" && code / 100 == 5)) return true;
  }
  // RFC 2428 demands a refusal and names no code; 503 is what section 4.2.2 calls a bad sequence.
  const std::string verb = row.verb;
  return state == State::after_epsv_all && (verb == "PORT" || verb == "PASV") && code / 100 == 5;
}

}  // namespace conformance
