"""FTPS as scripts speak it: Python's ftplib, Perl's Net::FTP and Node's basic-ftp.

All of them verify the certificate.
"""

import ftplib
import io
import os
import ssl
import subprocess
import unittest

from harness import HAS_IPV6, PASSWORD
from raw_client import BOUND
from real_client import MIB, POOL, ClientTest
from test_clients_basic_ftp import NODE_PATH
from tls_client import VERSIONS, TlsTest, certificates, client_context


class Resuming(ftplib.FTP_TLS):
    """What scripts do for servers that demand it: its data connections resume the control connection's session."""

    def ntransfercmd(self, cmd, rest=None):
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            connection = self.context.wrap_socket(connection, server_hostname=self.host, session=self.sock.session)
        return connection, size


class ScriptTest(TlsTest):
    tls = {"mode": "require-data", "implicit_listen": ["127.0.0.1:0"] + (["[::1]:0"] if HAS_IPV6 else [])}

    @staticmethod
    def fill(server):
        server.write("pub/hello.txt", b"hello\n")
        server.write("pub/empty.bin")
        server.write("pool.bin", POOL)


class Ftplib(ScriptTest):
    def logged_in(self, kind=ftplib.FTP_TLS, family=4, version=None, passive=True, server=None):
        host, port = (server or self.server).address(family)
        ftp = kind(context=client_context(version), timeout=BOUND)
        self.addCleanup(ftp.close)
        ftp.connect(host, port)
        ftp.login("alice", PASSWORD)
        ftp.prot_p()
        ftp.set_pasv(passive)
        return ftp

    def content(self, ftp, name):
        pieces = []
        ftp.retrbinary(f"RETR {name}", pieces.append)
        return b"".join(pieces)

    def expect_everything(self, ftp):
        for octets in (POOL, b"", b"x"):
            ftp.storbinary("STOR up.bin", io.BytesIO(octets))
            self.assertEqual(self.server.read("up.bin"), octets)
            self.assertEqual(self.content(ftp, "up.bin"), octets)
        self.assertEqual(sorted(ftp.nlst("pub")), ["pub/empty.bin", "pub/hello.txt"])
        self.assertIn("hello.txt", [name for name, _ in ftp.mlsd("pub")])

    def test_does_everything(self):
        for kind in (ftplib.FTP_TLS, Resuming):
            for version in VERSIONS:
                for passive in (True, False):
                    with self.subTest(kind=kind, version=version, passive=passive):
                        self.expect_everything(self.logged_in(kind, version=version, passive=passive))

    def test_does_everything_on_ipv6(self):
        self.need_ipv6()
        for passive in (True, False):
            self.expect_everything(self.logged_in(family=6, passive=passive))

    def test_resumes_both_ways(self):
        ftp = self.logged_in()
        pieces = []
        ftp.retrbinary("RETR pool.bin", pieces.append, rest=MIB + 1)
        self.assertEqual(b"".join(pieces), POOL[MIB + 1:])
        self.server.write("rest.bin", POOL[:MIB + 1])
        ftp.storbinary("STOR rest.bin", io.BytesIO(POOL[MIB + 1:]), rest=MIB + 1)
        self.assertEqual(self.server.read("rest.bin"), POOL)

    def test_text(self):
        lines = []
        ftp = self.logged_in()
        ftp.retrlines("RETR pub/hello.txt", lines.append)
        ftp.storlines("STOR text.txt", io.BytesIO(b"one\ntwo\n"))
        self.assertEqual((lines, self.server.read("text.txt")), (["hello"], b"one\ntwo\n"))

    def test_is_told_what_it_lacks_where_sessions_must_be_resumed(self):
        server = self.start_tls(session_reuse="require")
        server.write("hello.txt", b"hello\n")
        for version in VERSIONS:
            ftp = self.logged_in(version=version, server=server)
            with self.assertRaisesRegex(ftplib.error_perm, "522 .*resume"):
                self.content(ftp, "hello.txt")
            ftp = self.logged_in(Resuming, version=version, server=server)
            for _ in range(10):
                self.assertEqual(self.content(ftp, "hello.txt"), b"hello\n")

    def test_is_refused_without_tls(self):
        ftp = ftplib.FTP(timeout=BOUND)
        self.addCleanup(ftp.close)
        ftp.connect(*self.server.address())
        with self.assertRaisesRegex(ftplib.error_perm, "^530 .*TLS"):
            ftp.login("alice", PASSWORD)

    def test_does_not_trust_a_certificate_of_another_authority(self):
        ftp = ftplib.FTP_TLS(context=ssl.create_default_context(), timeout=BOUND)
        self.addCleanup(ftp.close)
        ftp.connect(*self.server.address())
        with self.assertRaises(ssl.SSLCertVerificationError):
            ftp.login("alice", PASSWORD)


PERL = r"""
use strict; use warnings; use Net::FTP;
my ($host, $port, $passive, $implicit, $authority) = @ARGV;
my $ftp = Net::FTP->new($host, Port => $port, Passive => $passive, Timeout => 60, SSL => $implicit,
                        SSL_ca_file => $authority, SSL_verifycn_name => "localhost") or die "connect: $@";
if (!$implicit) { $ftp->starttls or die "starttls: ", $ftp->message }
$ftp->login("alice", "wonderland") or die "login: ", $ftp->message;
$ftp->prot("P") or die "prot: ", $ftp->message;
$ftp->binary;
for my $name ("pool.bin", "pub/hello.txt", "pub/empty.bin") {
    $ftp->get($name, "got") or die "get $name: ", $ftp->message;
    $ftp->put("got", "perl/$name") or die "put $name: ", $ftp->message;
}
print join "|", sort $ftp->ls("pub");
$ftp->pwd eq "/" or die; $ftp->quit or die;
"""  # No abort: its first bytes go out below TLS, urgent and in the clear.


class NetFtp(ScriptTest, ClientTest):
    program = "perl"

    @classmethod
    def skip_if_absent(cls):
        super().skip_if_absent()
        if subprocess.run(["perl", "-MNet::FTP", "-MIO::Socket::SSL", "-e", "1"], capture_output=True,
                          check=False).returncode:
            raise unittest.SkipTest("Perl's IO::Socket::SSL is not installed")

    def expect_everything(self, family, passive, implicit):
        for name in ("", "/pub"):
            os.makedirs(self.server.path("perl" + name), exist_ok=True)
            os.chmod(self.server.path("perl" + name), 0o777)
        host, port = self.server.address(family, tls="implicit" if implicit else "")
        said = self.run_client("-e", PERL.replace("wonderland", PASSWORD), host, str(port), str(int(passive)),
                               str(int(implicit)), certificates().path("authority.crt")).stdout
        self.assertEqual(said, "pub/empty.bin|pub/hello.txt")
        for name in ("pool.bin", "pub/hello.txt", "pub/empty.bin"):
            self.assertEqual(self.server.read(f"perl/{name}"), self.server.read(name))

    def test_does_everything(self):
        for family in (4, 6) if HAS_IPV6 else (4,):
            for passive in (True, False):
                for implicit in (True, False):
                    with self.subTest(family=family, passive=passive, implicit=implicit):
                        self.expect_everything(family, passive, implicit)


NODE = """
const ftp = require("basic-ftp"), fs = require("fs"), stream = require("stream");
const [host, port, password, secure, authority, version] = process.argv.slice(1);
(async () => {
    const client = new ftp.Client(30000);
    await client.access({host, port: Number(port), user: "alice", password,
                         secure: secure === "implicit" ? "implicit" : true,
                         secureOptions: {ca: fs.readFileSync(authority), host, servername: "localhost",
                                         minVersion: version, maxVersion: version}});
    for (let i = 0; i < 5; ++i) {
        await client.downloadTo("got", "pool.bin");
        await client.uploadFrom("got", "node.bin");
        await client.uploadFrom(stream.Readable.from(["x"]), "node-small.txt");
    }
    console.log((await client.list("pub")).map((file) => file.name).sort().join("|"));
    client.close();
})().catch((error) => { console.error(error); process.exit(1); });
"""


class BasicFtp(ScriptTest, ClientTest):
    """It resumes the session of its control connection of its own."""

    program = "node"
    tls = ScriptTest.tls | {"session_reuse": "require"}

    @classmethod
    def skip_if_absent(cls):
        super().skip_if_absent()
        if subprocess.run(["node", "-e", 'require("basic-ftp")'], capture_output=True, check=False,
                          env=os.environ | {"NODE_PATH": NODE_PATH}).returncode:
            raise unittest.SkipTest("Node's basic-ftp is not installed (npm install -g basic-ftp)")

    def environment(self):
        return super().environment() | {"NODE_PATH": NODE_PATH}

    def test_does_everything(self):
        for family in (4, 6) if HAS_IPV6 else (4,):
            for secure in ("explicit", "implicit"):
                for version in ("TLSv1.2", "TLSv1.3"):
                    with self.subTest(family=family, secure=secure, version=version):
                        host, port = self.server.address(family, tls="implicit" if secure == "implicit" else "")
                        said = self.run_client("-e", NODE, host, str(port), PASSWORD, secure,
                                               certificates().path("authority.crt"), version).stdout
                        self.assertEqual(said, "empty.bin|hello.txt\n")
                        self.assertEqual(self.server.read("node.bin"), POOL)
                        self.assertEqual(self.server.read("node-small.txt"), b"x")


if __name__ == "__main__":
    unittest.main()
