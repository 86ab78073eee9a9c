// What uvftpd(8) says beside the table of commands, as man(7) source. Words only: what the program does is
// told by its other files, and a change there that a user sees is told here too.
#pragma once

#include <string_view>

namespace uvftpd {

constexpr std::string_view kManualDescription = R"(.SH DESCRIPTION
.B uvftpd
is an FTP server: one unprivileged process in the foreground, one file of TOML, strict about RFC 959 and its successors.
Accounts are its own, no system users. Every path is confined to the account's root by the kernel, an upload appears
under its name only when it is complete, and FTPS (RFC 4217) is explicit or implicit.
.PP
Without a command it does what
.B run
does. With no configuration at all,
.B serve
shares a directory at once. The configuration is described in
.BR uvftpd.toml (5);
as it is installed, it lets nobody in.
)";

constexpr std::string_view kManualEnd = R"(.SH EXIT STATUS
.TP
.B 0
It did what was asked; for the daemon: it was told to end.
.TP
.B 1
It failed while running; the log or stderr says why.
.TP
.B 64
The command line is wrong.
.TP
.B 75
An address is in use: trying again may help.
.TP
.B 77
Something is not permitted: a port below 1024, a directory, being root.
.TP
.B 78
The configuration is wrong; every mistake was told.
.SH SIGNALS
.TP
.BR SIGTERM ", " SIGINT
No new connections are taken, running transfers have 30 s to end. A second signal ends them at once.
.TP
.B SIGHUP
The configuration is read anew, all of it, or nothing where something is wrong with it, which the log tells. Certificates
are read again and logs reopened. Sessions keep the configuration that they began with.
.B serve
ends instead, since its terminal was closed.
.SH FILES
.TP
.I /etc/uvftpd/uvftpd.toml
The configuration. It holds hashes of passwords: of root and the group uvftpd, mode 0640.
.TP
.I /srv/ftp
The directory that anonymous users see, where the configuration names no other.
.TP
.I /var/log/uvftpd
Where the service may write logs, if
.B log.target
or
.B log.xferlog
name a file there. Otherwise the log goes to stderr, and from there to the journal.
.TP
.I uvftpd.service, uvftpd.socket
The units of systemd. Neither is enabled by the installation. With the socket, systemd holds the port, and clients wait
while the service is started anew.
.SH SECURITY
The daemon never is root. Started as root it becomes
.BR server.user ,
or does not start; of root's rights it keeps CAP_NET_BIND_SERVICE, and that only while data connections come from port
20. At start it gives up what it will not need: with
.BR landlock (7)
every file outside the roots, with
.BR seccomp (2)
all but a short list of system calls.
.PP
Passwords and files go in the clear unless
.B tls.mode
demands TLS. A password given to
.B serve
on the command line can be seen by all users of the machine.
.SH EXAMPLES
Share the directory at hand, read\-only, on port 2121 of this machine:
.PP
.EX
uvftpd serve
.EE
.PP
Let a user write to it, on any free port, by TLS too:
.PP
.EX
uvftpd serve \-\-port 0 \-\-writable \-\-tls \-\-user alice:secret
.EE
.PP
See what the configuration comes to, then start the service, now and at every boot:
.PP
.EX
uvftpd check
systemctl enable \-\-now uvftpd
.EE
.SH SEE ALSO
.BR uvftpd.toml (5),
.BR systemctl (1),
.BR crypt (5),
.BR xferlog (5)
.PP
RFC 959, RFC 2228, RFC 2428, RFC 3659, RFC 4217.
)";

}  // namespace uvftpd
