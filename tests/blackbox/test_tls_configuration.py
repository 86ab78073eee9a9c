"""The configuration of FTPS: what `check` and `run` say of certificates and keys before anybody connects.

Certificates are made with the openssl command.
"""

import os
import subprocess
import unittest

from harness import PASSWORD_HASH
from test_command_line import CONFIGURATION, CommandLineTest

NAMES = "subjectAltName=DNS:ftp.example.org,IP:192.0.2.1"


class TlsConfigurationTest(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.key = self.path("server.key")
        self.certificate = self.path("server.crt")

    def path(self, name):
        return os.path.join(self.directory, name)

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.directory, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def make(self, name="server", days=30):
        """NAME.key and NAME.crt, signed by itself; with negative days it has expired."""
        key, request, certificate = (f"{name}.{kind}" for kind in ("key", "csr", "crt"))
        with open(self.path("names"), "w", encoding="ascii") as file:
            file.write(NAMES)
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                     "-out", request, "-subj", "/CN=ftp.example.org")
        self.openssl("x509", "-req", "-in", request, "-signkey", key, "-days", str(days), "-extfile", "names",
                     "-out", certificate)

    def tls(self, **more):
        return {"certificate": self.certificate, "key": self.key, "mode": "require-data"} | more

    def check(self, **more):
        """What check prints of a configuration with this [tls]."""
        return self.expect(0, "check", "-c", self.config(tls=self.tls(**more))).stdout


class Report(TlsConfigurationTest):
    def test_without_tls_it_says_so(self):
        self.assertIn("There is no TLS: ", self.expect(0, "check", "-c", self.config()).stdout)

    def test_says_what_is_offered_and_demanded(self):
        self.make()
        told = self.check(implicit_listen=["127.0.0.1:990"], minimum_version="1.3", session_reuse="require")
        for words in ("a client may ask for TLS 1.3 (AUTH TLS)", "On 127.0.0.1:990 TLS begins with the connection",
                      "A user must use TLS to log in and to transfer files", "must resume the TLS session"):
            self.assertIn(words, told)
        for line in told.splitlines():
            self.assertRegex(line, r"^[A-Z].*\.$", "a sentence")

    def test_says_whose_certificate_it_is_and_until_when(self):
        self.make()
        told = self.check()
        self.assertRegex(told, r'\(CN=ftp\.example\.org\) is for "ftp\.example\.org" and "192\.0\.2\.1", and valid until '
                               r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: (29|30) days left\.")
        printed = self.openssl("x509", "-in", self.certificate, "-noout", "-fingerprint", "-sha256")
        self.assertIn(f"Its fingerprint (SHA-256) is {printed.strip().split('=')[1]}.", told)

    def test_warns_of_a_certificate_that_ends_soon(self):
        self.make(days=5)
        self.assertRegex(self.check(), r"Warning: the certificate expires in [45] days")

    def test_warns_of_a_key_for_everybody_and_of_passwords_in_the_clear(self):
        self.make()
        os.chmod(self.key, 0o644)
        told = self.check(mode="allow")
        self.assertIn("Warning: every user of this machine may get at the private key", told)
        self.assertIn("Warning: passwords may travel in the clear", told)
        os.chmod(self.key, 0o640)
        self.assertNotIn("Warning: ", self.check())

    def test_never_shows_a_key_or_a_hash(self):
        self.make()
        told = self.check()
        self.assertNotIn("PRIVATE", told)
        self.assertNotIn(PASSWORD_HASH, told)


class Mistakes(TlsConfigurationTest):
    """Every one is 78, for run and for check alike."""

    def one(self, words, **more):
        path = self.config(tls=self.tls(**more))
        told = self.expect(CONFIGURATION, "check", "-c", path).stderr
        self.assertEqual(self.expect(CONFIGURATION, "run", "-c", path).stderr, told)
        self.assertEqual(len(told.splitlines()), 1, told)
        self.assertRegex(told, r"uvftpd\.toml:\d+:\d+: " + words)

    def test_a_word_that_is_none(self):
        self.make()
        self.one(r'tls\.mode must be "off", "allow", "require-login" or "require-data"', mode="required")

    def test_a_key_that_is_missing(self):
        self.make()
        self.one(r"tls\.key is missing", key="")

    def test_a_certificate_that_is_not_there(self):
        self.make()
        self.one(r'tls\.certificate must be a file that can be read, and "/no/such" is not: No such file',
                 certificate="/no/such")

    def test_a_certificate_that_has_expired(self):
        self.make(days=-1)
        self.one(r"tls\.certificate: .* expired on \d{4}-")

    def test_a_key_of_another_certificate(self):
        self.make()
        self.make("other")
        self.one(r"tls\.key: .* does not belong to the certificate", key=self.path("other.key"))

    def test_an_encrypted_key_asks_nobody(self):
        self.make()
        self.openssl("pkey", "-in", self.key, "-aes256", "-passout", "pass:secret", "-out", "locked.key")
        self.one(r"tls\.key: .* is encrypted", key=self.path("locked.key"))

    def test_a_weak_key(self):
        self.openssl("req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", self.key, "-out", self.certificate,
                     "-subj", "/CN=weak")
        self.one(r"tls\.certificate: .* is not taken by OpenSSL: ee key too small")

    def test_implicit_tls_while_tls_is_off(self):
        self.one(r'tls\.implicit_listen must be empty where tls\.mode is "off"', mode="off",
                 implicit_listen=["127.0.0.1:990"])

    def test_authorities_that_are_none(self):
        self.make()
        self.one(r"tls\.client_ca: .* holds no certificate in PEM form", client_ca=self.key)


if __name__ == "__main__":
    unittest.main()
