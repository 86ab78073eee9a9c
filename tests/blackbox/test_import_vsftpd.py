"""import-vsftpd: configurations as they are met become TOML that check and run accept, and what is lost is told.

The files are those of distributions (their active lines) and of the usual tutorials and images.
"""

import os
import re
import subprocess
import tempfile
import tomllib

from harness import BINARY, BlackBoxTest, give_to_nobody

USAGE, CONFIGURATION = 64, 78

DEBIAN = """\
listen=NO
listen_ipv6=YES
anonymous_enable=NO
local_enable=YES
dirmessage_enable=YES
use_localtime=YES
xferlog_enable=YES
connect_from_port_20=YES
secure_chroot_dir=/var/run/vsftpd/empty
pam_service_name=vsftpd
rsa_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem
rsa_private_key_file=/etc/ssl/private/ssl-cert-snakeoil.key
ssl_enable=NO
"""

RED_HAT = """\
anonymous_enable=NO
local_enable=YES
write_enable=YES
local_umask=022
dirmessage_enable=YES
xferlog_enable=YES
connect_from_port_20=YES
xferlog_std_format=YES
listen=NO
listen_ipv6=YES
pam_service_name=vsftpd
userlist_enable=YES
"""

MIRROR = """\
listen=YES
local_enable=NO
anonymous_enable=YES
write_enable=NO
anon_root={root}
anon_max_rate=2048000
no_anon_password=YES
hide_ids=YES
pasv_min_port=40000
pasv_max_port=40100
max_clients=200
max_per_ip=4
ftpd_banner=Welcome to the mirror.
"""

INCOMING = """\
listen=YES
anonymous_enable=YES
write_enable=YES
anon_root={root}
anon_upload_enable=YES
chown_uploads=YES
chown_username=ftpadmin
"""

CHROOTED_WITH_TLS = """\
listen=YES
anonymous_enable=NO
local_enable=YES
write_enable=YES
local_umask=022
chroot_local_user=YES
allow_writeable_chroot=YES
user_sub_token=$USER
local_root=/home/$USER/ftp
pasv_min_port=40000
pasv_max_port=50000
pasv_address=203.0.113.7
userlist_enable=YES
userlist_file=/etc/vsftpd.userlist
userlist_deny=NO
rsa_cert_file={certificate}
rsa_private_key_file={key}
ssl_enable=YES
allow_anon_ssl=NO
force_local_data_ssl=YES
force_local_logins_ssl=YES
ssl_tlsv1=YES
ssl_sslv2=NO
ssl_sslv3=NO
require_ssl_reuse=NO
ssl_ciphers=HIGH
"""

VIRTUAL_USERS = """\
background=NO
anonymous_enable=NO
local_enable=YES
guest_enable=YES
virtual_use_local_privs=YES
write_enable=YES
local_umask=077
pam_service_name=vsftpd_virtual
user_config_dir=/etc/vsftpd_user_conf
user_sub_token=$USER
local_root=/home/vsftpd/$USER
chroot_local_user=YES
hide_ids=YES
pasv_address=ftp.example.org
pasv_addr_resolve=YES
pasv_min_port=21100
pasv_max_port=21110
file_open_mode=0666
reverse_lookup_enable=NO
pasv_promiscuous=NO
tcp_wrappers=YES
seccomp_sandbox=NO
"""


class ImportTest(BlackBoxTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="uvftpd-test-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        os.chmod(self.directory, 0o755)
        self.root = self.path("pub")
        os.mkdir(self.root)
        give_to_nobody(self.root)

    def path(self, name):
        return os.path.join(self.directory, name)

    def file(self, name, octets):
        with open(self.path(name), "wb") as file:
            file.write(octets)
        return self.path(name)

    def uvftpd(self, status, *arguments):
        done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, check=False,
                              cwd=self.directory)
        self.assertNotIn("Sanitizer", done.stderr)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def imported(self, text):
        """The TOML and the warnings; the TOML is a file that check accepts."""
        done = self.uvftpd(0, "import-vsftpd", self.file("vsftpd.conf", text.encode()))
        self.file("uvftpd.toml", done.stdout.encode())
        self.checked = self.uvftpd(0, "check", "-c", self.path("uvftpd.toml")).stdout
        for number, line in enumerate(text.splitlines(), 1):
            self.assertIn(f"\n# {number}: ", done.stdout, f"nothing is said of line {number}: {line}")
        return done.stdout, done.stderr

    def warned(self, warnings, line, option):
        self.assertRegex(warnings, rf"(?m)^{re.escape(self.path('vsftpd.conf'))}:{line}: warning: {option}: \S")


class Configurations(ImportTest):
    def test_debians(self):
        made, warnings = self.imported(DEBIAN)
        self.assertIn("The server listens on 0.0.0.0:21 and [::]:21.", self.checked)
        self.assertIn("nobody can log in", self.checked)
        self.assertIn("come from port 20", self.checked)
        self.assertIn("There is no TLS", self.checked)
        self.assertRegex(made, r'(?m)^#permissions = "read" ')
        self.assertRegex(made, r"(?m)^idle = 300 .*\(default\)$")
        self.warned(warnings, 4, "local_enable")

    def test_red_hats(self):
        made, warnings = self.imported(RED_HAT)
        self.assertRegex(made, r'(?m)^#permissions = "write" ')
        self.assertRegex(made, r'(?m)^xferlog = "/var/log/xferlog" ')
        for line, option in ((2, "local_enable"), (4, "local_umask"), (12, "userlist_enable")):
            self.warned(warnings, line, option)

    def test_a_mirror(self):
        made, warnings = self.imported(MIRROR.format(root=self.root))
        self.assertIn(f'An anonymous client may list and download everywhere below "{self.root}".', self.checked)
        self.assertIn("go to ports 40000 to 40100", self.checked)
        for line in ("rate = 2048000", "sessions = 200", "per_address = 4", 'banner = "Welcome to the mirror."'):
            self.assertRegex(made, rf"(?m)^{line} +# ")
        self.warned(warnings, 8, "hide_ids")

    def test_an_incoming_directory(self):
        _, warnings = self.imported(INCOMING.format(root=self.root))
        self.assertIn(f'An anonymous client may list and upload everywhere below "{self.root}".', self.checked)
        for line, option in ((5, "anon_upload_enable"), (6, "chown_uploads")):
            self.warned(warnings, line, option)

    def test_users_confined_with_tls_behind_nat(self):
        certificate, key = self.path("certificate.pem"), self.path("key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        made, warnings = self.imported(CHROOTED_WITH_TLS.format(certificate=certificate, key=key))
        self.assertRegex(made, r'(?m)^mode = "require-data" ')
        self.assertRegex(made, r'(?m)^session_reuse = "prefer" ')
        self.assertRegex(made, r'(?m)^address = "203.0.113.7" ')
        self.assertRegex(made, r'(?m)^#root = "/home/alice/ftp" ')
        self.warned(warnings, 13, "userlist_enable")

    def test_virtual_users_of_an_image(self):
        made, warnings = self.imported(VIRTUAL_USERS)
        self.assertRegex(made, r'(?m)^#permissions = "write" ')
        self.assertRegex(made, r'(?m)^address = "ftp.example.org" ')
        self.assertRegex(made, r'(?m)^ports = "21100-21110" ')
        for line, option in ((9, "user_config_dir"), (13, "hide_ids"), (21, "tcp_wrappers")):
            self.warned(warnings, line, option)

    def test_an_empty_file_is_vsftpds_defaults(self):
        made, _ = self.imported(f"anon_root={self.root}\n")
        self.assertRegex(made, r"(?m)^enabled = true +# anonymous_enable=YES \(default\)$")
        self.assertIn("may list and download everywhere", self.checked)


class Behaviour(ImportTest):
    """A daemon with what was made of it, but for the ports."""

    def serve(self, text):
        changes = tomllib.loads(self.imported(text)[0])
        del changes["server"]["listen"]
        changes["active"]["source_port"] = 0
        return self.start(changes)

    def test_a_mirror_stays_read_only(self):
        self.file("pub/readme", b"hello")
        server = self.serve(MIRROR.format(root=self.root))
        client = self.client(server, name="anonymous", password="me@")
        self.assertEqual(client.retrieve("RETR readme"), b"hello")
        for command in ("STOR new", "APPE readme", "DELE readme", "MKD new", "RNFR readme", "SITE CHMOD 600 readme"):
            client.do(command, 550, 553)
        self.assertEqual(os.listdir(self.root), ["readme"])


class Faults(ImportTest):
    def test_every_mistake_is_told_with_its_line_and_nothing_is_made(self):
        path = self.file("vsftpd.conf", b"listen=YES\nwrite_enabel=YES\nmax_clients=lots\nlocal_enable = NO\r\n")
        done = self.uvftpd(CONFIGURATION, "import-vsftpd", path)
        self.assertEqual(done.stdout, "")
        places = re.findall(rf"(?m)^{re.escape(path)}:(\d+):1: ", done.stderr)
        self.assertEqual(places, ["2", "3", "4"], done.stderr)
        self.assertIn("write_enable", done.stderr)

    def test_a_file_that_cannot_be_read(self):
        done = self.uvftpd(CONFIGURATION, "import-vsftpd", self.path("nosuch"))
        self.assertIn("nosuch", done.stderr)

    def test_usage(self):
        self.uvftpd(USAGE, "import-vsftpd")
        self.uvftpd(USAGE, "import-vsftpd", "a", "b")

    def test_bytes_of_any_kind_do_no_harm(self):
        for octets in (b"\0" * 1000, os.urandom(4096), b"=" * 70000, b"ftpd_banner=" + b"x" * 70000):
            done = subprocess.run([BINARY, "import-vsftpd", self.file("vsftpd.conf", octets)], capture_output=True,
                                  timeout=60, check=False)
            self.assertEqual(done.returncode, CONFIGURATION)
            self.assertNotIn(b"Sanitizer", done.stderr)
