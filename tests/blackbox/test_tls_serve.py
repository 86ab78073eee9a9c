"""`uvftpd serve --tls`: the certificate made for a run, and the fingerprint that it tells."""

import hashlib
import ssl
import unittest

from real_client import ClientTest
from tls_client import TlsControl


class ServeTls(ClientTest):
    program = "curl"

    @classmethod
    def setUpClass(cls):
        cls.skip_if_absent()
        cls.server_options = {"serve": [".", "--tls", "--listen", "127.0.0.1", "--port", "0", "--ready"]}
        super().setUpClass()

    @staticmethod
    def fill(server):
        server.write("hello.txt", b"hello\n")

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    def secured(self):
        control = TlsControl(self.server.address(), self.context())
        self.addCleanup(control.close)
        return control.secure()

    def test_the_fingerprint_is_that_of_the_certificate_that_is_shown(self):
        der = self.secured().socket.getpeercert(binary_form=True)
        digest = hashlib.sha256(der).hexdigest().upper()
        fingerprint = ":".join(digest[at:at + 2] for at in range(0, 64, 2))
        self.assertIn(fingerprint, self.server.ready_line)

    def test_who_trusts_exactly_it_can_verify_it(self):
        pem = ssl.DER_cert_to_PEM_cert(self.secured().socket.getpeercert(binary_form=True))
        self.write_local("server.pem", pem.encode())
        said = self.run_client("-sS", "--ssl-reqd", "--cacert", "server.pem", self.url("hello.txt", user=""))
        self.assertEqual(said.stdout, "hello\n")

    def test_curl_is_served(self):
        said = self.run_client("-sS", "--ssl-reqd", "-k", self.url("hello.txt", user="")).stdout
        self.assertEqual(said, "hello\n")

    def test_tls_is_not_demanded(self):
        self.assertEqual(self.run_client("-sS", self.url("hello.txt", user="")).stdout, "hello\n")


if __name__ == "__main__":
    unittest.main()
