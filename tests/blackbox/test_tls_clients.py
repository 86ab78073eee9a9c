"""FTPS by command-line clients: curl, lftp and openssl s_client. All but openssl verify the certificate.

Clients that know FTP but not FTPS are not here: tnftp, ncftp, aria2.
"""

import os
import subprocess
import unittest

from harness import HAS_IPV6, PASSWORD
from raw_client import BOUND
from real_client import MIB, POOL, ClientTest, tree, write_big
from tls_client import TlsTest, certificates

BIG = 16  # MiB


class TlsClientTest(TlsTest, ClientTest):
    tls = {"mode": "require-data", "implicit_listen": ["127.0.0.1:0"] + (["[::1]:0"] if HAS_IPV6 else [])}

    @staticmethod
    def fill(server):
        server.write("pub/hello.txt", b"hello\n")
        server.write("pub/empty.bin")
        write_big(server.path("big.bin"), BIG)

    def families(self):
        return (4, 6) if HAS_IPV6 else (4,)

    def port(self, family=4, implicit=False):
        return self.server.address(family, tls="implicit" if implicit else "")[1]


class Curl(TlsClientTest):
    program = "curl"

    def curl(self, *arguments):
        return self.run_client("--silent", "--show-error", "--globoff", "--max-time", "60", "--ssl-reqd", "--cacert",
                               certificates().path("authority.crt"), *arguments)

    def url(self, path="", family=4, user=f"alice:{PASSWORD}@", implicit=False):  # pylint: disable=arguments-renamed
        url = super().url(path, family, user, self.port(family, implicit))
        return url.replace("ftp:", "ftps:", 1) if implicit else url

    def test_gets_and_puts_in_every_way(self):
        for family in self.families():
            for implicit in (False, True):
                for version in (("--tls-max", "1.2"), ("--tlsv1.3",)):
                    with self.subTest(family=family, implicit=implicit, version=version):
                        self.curl(*version, "-o", "big.bin", self.url("big.bin", family, implicit=implicit))
                        self.same("big.bin", "big.bin")
                        self.curl(*version, "-T", "big.bin", self.url("up.bin", family, implicit=implicit))
                        self.same("big.bin", "up.bin")

    def test_several_files_in_one_session(self):
        self.write_local("a", b"octets of a")
        self.write_local("b", b"")
        self.curl("-T", "a", self.url("several/a"), "-T", "b", self.url("several/b"), "--ftp-create-dirs")
        self.assertEqual(tree(self.server.path("several")), {b"a": b"octets of a", b"b": b""})
        said = self.curl(self.url("several/a"), self.url("several/b"), self.url("pub/hello.txt")).stdout
        self.assertEqual(said, "octets of ahello\n")

    def test_lists(self):
        self.assertIn("hello.txt", self.curl(self.url("pub/")).stdout)
        self.assertIn("hello.txt", self.curl("--list-only", self.url("pub/")).stdout)

    def test_resumes_both_ways(self):
        self.write_local("part.bin", self.server.read("big.bin")[:MIB + 1])
        self.curl("-C", "-", "-o", "part.bin", self.url("big.bin"))
        self.same("part.bin", "big.bin")
        self.server.write("up-part.bin", self.server.read("big.bin")[:MIB + 1])
        self.curl("-C", "-", "-T", "part.bin", self.url("up-part.bin"))
        self.same("part.bin", "up-part.bin")

    def test_gets_a_file_of_no_octets(self):
        self.curl("-o", "empty.bin", self.url("pub/empty.bin"))
        self.assertEqual(self.read_local("empty.bin"), b"")

    def test_finds_a_certificate_of_another_authority_wrong(self):
        made = certificates()
        made.make_authority("strangers")
        done = self.run_client("--silent", "--ssl-reqd", "--cacert", made.path("strangers.crt"), self.url("pub/"),
                               check=False)
        self.assertEqual(done.returncode, 60)

    # No active mode: Debian 12's curl (7.88.1) does not go on behind the data connection that it has accepted under TLS
    # ("sa_addr inet_ntop() failed"), with vsftpd neither.


class Lftp(TlsClientTest):
    program = "lftp"

    def lftp(self, *commands, family=4, implicit=False, passive=True):
        host = "[::1]" if family == 6 else "127.0.0.1"
        settings = ("set cmd:fail-exit yes", "set net:max-retries 2", "set net:timeout 30", "set xfer:clobber on",
                    "set ftp:ssl-force yes", "set ftp:ssl-protect-data yes", "set ftp:ssl-protect-list yes",
                    f"set ssl:ca-file {certificates().path('authority.crt')}",
                    f"set ftp:passive-mode {'on' if passive else 'off'}")
        scheme = "ftps" if implicit else "ftp"
        where = f"open -u alice,{PASSWORD} {scheme}://{host}:{self.port(family, implicit)}"
        return self.run_client("-c", "; ".join((*settings, where, *commands)))

    def make_tree(self, top):
        for name, size in (("a.txt", 10), ("b/c.bin", 300_000), ("b/d/e.bin", 1), ("with blanks", 7), ("empty", 0)):
            path = os.path.join(top, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(POOL[:size])

    def test_mirrors_there_and_back(self):
        for implicit in (False, True):
            for passive in (True, False):
                with self.subTest(implicit=implicit, passive=passive):
                    name = f"mirror-{implicit}-{passive}"
                    self.make_tree(self.local_path("tree"))
                    self.lftp(f"mirror -R tree {name}", implicit=implicit, passive=passive)
                    self.same_trees(self.local_path("tree"), self.server.path(name))
                    self.lftp(f"mirror {name} {name}", implicit=implicit, passive=passive)
                    self.same_trees(self.local_path(name), self.server.path(name))

    def test_mirrors_in_parallel(self):
        self.make_tree(self.server.path("parallel").decode())
        self.lftp("mirror --parallel=4 parallel copy")
        self.same_trees(self.local_path("copy"), self.server.path("parallel"))
        self.lftp("mirror -R --parallel=4 copy parallel-up")
        self.same_trees(self.local_path("copy"), self.server.path("parallel-up"))

    def test_gets_a_file_by_several_connections(self):
        self.lftp("pget -n 4 big.bin")
        self.same("big.bin", "big.bin")
        self.lftp("put big.bin -o up.bin")
        self.same("big.bin", "up.bin")


class Wget(TlsClientTest):
    """GNU Wget speaks FTPS for downloads."""

    program = "wget"

    def wget(self, *arguments, implicit=False, path="big.bin"):
        port = self.port(implicit=implicit)
        return self.run_client("--no-verbose", "--tries=1", "--timeout=30", "--ca-certificate",
                               certificates().path("authority.crt"), *(("--ftps-implicit",) if implicit else ()),
                               *arguments, f"ftps://alice:{PASSWORD}@127.0.0.1:{port}/{path}")

    def test_gets(self):
        for arguments in ((), ("--no-passive-ftp",), ("--ftps-resume-ssl",)):
            for implicit in (False, True):
                with self.subTest(arguments=arguments, implicit=implicit):
                    self.wget("-O", "big.bin", *arguments, implicit=implicit)
                    self.same("big.bin", "big.bin")

    def test_gets_a_tree(self):
        self.wget("-r", "-nH", path="pub/")
        self.assertEqual(self.read_local("pub/hello.txt"), b"hello\n")


class SClient(TlsClientTest):
    program = "openssl"

    def s_client(self, *arguments, family=4, implicit=False):
        host = "[::1]" if family == 6 else "127.0.0.1"
        process = self.start_client("s_client", "-quiet", "-crlf", "-verify_return_error", "-CAfile",
                                    certificates().path("authority.crt"), "-connect",
                                    f"{host}:{self.port(family, implicit)}", *arguments, stdin=subprocess.PIPE)
        said, _ = process.communicate(f"USER alice\nPASS {PASSWORD}\nPWD\nQUIT\n".encode(), BOUND)
        return said.decode()

    def test_logs_in(self):
        for family in self.families():
            for version in ("-tls1_2", "-tls1_3"):
                for implicit in (False, True):
                    with self.subTest(family=family, version=version, implicit=implicit):
                        said = self.s_client(version, *(() if implicit else ("-starttls", "ftp")), family=family,
                                             implicit=implicit)
                        self.assertRegex(said, r'(?s)331 .*230 .*257 "/".*221 ')


if __name__ == "__main__":
    unittest.main()
