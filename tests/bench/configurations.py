"""The settings of each server, as equal as they can be: on loopback, anonymous may read and write everything, no
limits of clients, no names looked up, logins and transfers are logged to a file. TLS is tls.py's. Text only.

Where a server has a faster way of working it has it: sendfile everywhere, no delays before a login.
"""

VSFTPD = """
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
anonymous_enable=YES
local_enable=NO
write_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_umask=022
anon_root={root}
allow_writeable_chroot=YES
ftp_username=ftp
secure_chroot_dir={work}/empty
connect_from_port_20=NO
max_clients=0
max_per_ip=0
use_localtime=NO
xferlog_enable=YES
xferlog_std_format=NO
vsftpd_log_file={log}
seccomp_sandbox=NO
{more}
{tls}
"""

VSFTPD_ONE_PROCESS = """
one_process_model=YES
isolate=NO
isolate_network=NO
"""

PROFTPD = """
{modules}
ServerType standalone
Port {port}
UseIPv6 off
DefaultAddress 127.0.0.1
DefaultServer on
User nobody
Group nogroup
AuthPAM off
AuthOrder mod_auth_unix.c
RequireValidShell off
UseReverseDNS off
MaxInstances none
DelayEngine off
PidFile {work}/proftpd.pid
ScoreboardFile {work}/scoreboard
DelayTable none
TransferLog {log}.transfers
SystemLog {log}
WtmpLog off
{tls}
<Anonymous {root}>
  User ftp
  Group ftp
  UserAlias anonymous ftp
  RequireValidShell off
  AllowOverwrite on
  AllowStoreRestart on
</Anonymous>
"""

PYFTPDLIB = """
import logging, sys, warnings
sys.path.insert(0, "{unpacked}/usr/lib/python3/dist-packages")
warnings.simplefilter("ignore")
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
{tls}
logging.basicConfig(filename="{log}", level=logging.INFO)
authorizer = DummyAuthorizer()
authorizer.add_anonymous("{root}", perm="elradfmwMT")
FTPHandler.authorizer = authorizer
server = FTPServer(("127.0.0.1", {port}), FTPHandler, backlog=4096)
server.max_cons = server.max_cons_per_ip = 0
server.serve_forever(handle_exit=False)
"""

UVFTPD = """
[server]
listen = ["127.0.0.1:{port}"]
{more}
[active]
source_port = 0
[limits]
sessions = 20000
per_address = 0
login_failures_per_address = 0
[anonymous]
enabled = true
root = "{root}"
write = "full"
{tls}
"""


def pure_ftpd(program, port, log, work):
    """-e anonymous only, -H no names, -M may make directories, -c -C clients, -L entries of a listing and depth."""
    return [program, "-S", f"127.0.0.1,{port}", "-4", "-e", "-H", "-M", "-c", "20000", "-C", "20000",
            "-L", "2000000:5", "-O", f"clf:{log}", "-g", f"{work}/pure-ftpd.pid"]
