// uvftpd.toml(5): the table of options between a few paragraphs that hold for all of them.
#include <string>
#include <string_view>

#include "server/config_table.h"
#include "server/documents.h"
#include "server/roff.h"

namespace uvftpd {
namespace {

constexpr std::string_view kBegin = R"(.SH NAME
uvftpd.toml \- configuration of the FTP server uvftpd
.SH SYNOPSIS
.I /etc/uvftpd/uvftpd.toml
.SH DESCRIPTION
The configuration of
.BR uvftpd (8)
is one file of TOML 1.0. Every key has a default, so an empty file is a configuration too: one that lets nobody in.
.PP
An unknown key, a value of the wrong type or out of its range is a mistake: it is told with its place in the file and the
nearest known key, all of them in one go, and the daemon does not start.
.B uvftpd check
tells them without starting anything, and says who may do what.
.PP
Where several files are given, a later one overlays the earlier ones key by key: a
.B [[user]]
of a known name replaces that user, any other is added, and a
.B [[passive.rule]]
is added behind the earlier ones.
.PP
A time is a number of seconds or text such as \(dq500ms\(dq, \(dq30s\(dq, \(dq15m\(dq or \(dq2h\(dq. A size is a number of
bytes or text such as \(dq64MiB\(dq. Passwords are hashes as
.B uvftpd hash\-password
prints them, so the file should be readable by the daemon's group and nobody else.
.SH OPTIONS
)";

constexpr std::string_view kEnd = R"(.SH EXAMPLES
Everybody may read what is below
.IR /srv/ftp :
.PP
.EX
[anonymous]
enabled = true
.EE
.PP
One user, who may write, by TLS only:
.PP
.EX
[[user]]
name = "alice"
password = "$y$j9T$..."
root = "/srv/ftp/alice"
permissions = "write"

[tls]
certificate = "/etc/uvftpd/tls/fullchain.pem"
key = "/etc/uvftpd/tls/privkey.pem"
mode = "require\-data"
.EE
.SH SEE ALSO
.BR uvftpd (8),
.BR crypt (5)
)";

void append_section(std::string& text, const Section& section) {
  const bool is_array = section.shape == Section::Shape::array_of_tables;
  const std::string name(section.name);
  text += ".SS " + roff(is_array ? "[[" + name + "]]" : '[' + name + ']') + '\n';
  text += roff(section.explanation) + '\n';
  for (const Option& option : options()) {
    if (option.section != section.name) continue;
    text += ".TP\n" + bold(option.key) + " = " + roff(option.value) + '\n';
    text += roff(option.explanation) + '\n';
  }
}

}  // namespace

std::string manual_of_configuration() {
  std::string text = manual_head("UVFTPD.TOML", "5", "File formats");
  text += kBegin;
  text +=
      "Each key is shown with its default; the keys of a block in double brackets, which may stand there any "
      "number of\n"
      "times, with an example.\n";
  for (const Section& section : sections()) append_section(text, section);
  return text += kEnd;
}

}  // namespace uvftpd
