"""Certificates of FTPS while the daemon runs, behind its fences: renewed by SIGHUP, and asked of clients."""

import hashlib
import os
import shutil
import signal
import ssl
import unittest

from harness import PASSWORD, give_to_nobody, is_sanitized, wait_until
from tls_client import VERSIONS, TlsTest, certificates, client_context


class CertificateTest(TlsTest):
    @classmethod
    def setUpClass(cls):
        made = certificates()
        if not os.path.exists(made.path("renewed.crt")):
            made.make("renewed")
            made.make_authority("strangers")
            made.make("stranger", "strangers")
            made.make("member")
            made.make("other-member")
        super().setUpClass()

    @classmethod
    def fill(cls, server):
        server.write("small.txt", b"small\n")
        server.write("large.bin", bytes(32 << 20))

    def shown(self, client):
        """Whose certificate the server has shown."""
        der = client.socket.getpeercert(binary_form=True)
        return next((name for name in ("server", "renewed") if certificates().der(name) == der), None)

    def expect_service(self, client):
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")


class Renewal(CertificateTest):
    def start_from(self, directory="live"):
        """A server whose certificate and key are in a directory of their own."""
        self.live = os.path.join(certificates().directory, f"{directory}-{self.id()}")
        os.mkdir(self.live)
        give_to_nobody(self.live)
        self.addCleanup(shutil.rmtree, self.live)
        return self.live

    def put(self, name):
        """Each by a rename, as careful tools do."""
        for kind in ("crt", "key"):
            new = os.path.join(self.live, f"new.{kind}")
            shutil.copy(certificates().path(f"{name}.{kind}"), new)
            give_to_nobody(new)
            os.rename(new, os.path.join(self.live, f"live.{kind}"))

    def started(self):
        paths = {"certificate": os.path.join(self.live, "live.crt"), "key": os.path.join(self.live, "live.key")}
        server = self.start_tls(**paths)
        self.fill(server)
        return server

    def hang_up(self, server, event, count=1):
        server.signal(signal.SIGHUP)
        wait_until(lambda: server.log_text().count(f"event={event} ") >= count,
                   lambda: f"{count} times event={event}: {server.log_tail()}")

    def expect_fences(self, server):
        """The files are read from behind them; what is made to find faults of memory goes without."""
        if not is_sanitized():
            self.assertRegex(server.log_text(), "event=fences .*landlock=up seccomp=up")

    def test_new_connections_see_it_and_sessions_go_on(self):
        self.start_from()
        self.put("server")
        server = self.started()
        self.expect_fences(server)
        old = self.protected(server)
        busy = self.protected(server)
        data = busy.data()
        busy.do("RETR large.bin", 150)
        got = len(data.receive_exactly(1000))
        self.put("renewed")
        self.hang_up(server, "reloaded")
        self.assertEqual(self.shown(self.protected(server)), "renewed")
        self.assertEqual(got + len(data.receive()), 32 << 20)
        busy.expect(226)
        for client in (old, busy, self.protected(server)):
            self.expect_service(client)
        self.assertEqual(self.shown(old), "server")
        self.assertTrue(old.data_context is old.context)

    def test_the_log_tells_its_fingerprint(self):
        self.start_from()
        self.put("server")
        server = self.started()
        self.put("renewed")
        self.hang_up(server, "reloaded")
        digest = hashlib.sha256(certificates().der("renewed")).hexdigest().upper()
        self.assertIn(":".join(digest[at:at + 2] for at in range(0, 64, 2)), server.log_text())

    def test_the_log_tells_once_whether_the_kernel_encrypts(self):
        with open("/proc/sys/net/ipv4/tcp_available_ulp", encoding="ascii") as file:
            is_there = "tls" in file.read().split()
        self.start_from()
        self.put("server")
        server = self.started()
        self.expect_service(self.protected(server))
        told = [line for line in server.log_text().splitlines() if "event=kernel-tls" in line]
        self.assertEqual(len(told), 1, told)
        self.assertIn("state=used" if is_there else 'state="not offered"', told[0])

    def test_links_that_are_turned_as_certbot_does(self):
        """live/x.crt is a link to archive/x1.crt, and then to archive/x2.crt."""
        archive = self.start_from("archive")
        for number, name in ((1, "server"), (2, "renewed")):
            self.put(name)
            for kind in ("crt", "key"):
                os.rename(os.path.join(archive, f"live.{kind}"), os.path.join(archive, f"x{number}.{kind}"))
        self.start_from()
        self.turn(archive, 1)
        server = self.started()
        self.assertEqual(self.shown(self.protected(server)), "server")
        self.turn(archive, 2)
        self.hang_up(server, "reloaded")
        self.assertEqual(self.shown(self.protected(server)), "renewed")

    def turn(self, archive, number):
        for kind in ("crt", "key"):
            link = os.path.join(self.live, f"live.{kind}")
            os.symlink(os.path.join(f"../{os.path.basename(archive)}", f"x{number}.{kind}"), link + ".new")
            os.rename(link + ".new", link)

    def test_what_is_wrong_changes_nothing(self):
        self.start_from()
        self.put("server")
        server = self.started()
        crt, key = (os.path.join(self.live, f"live.{kind}") for kind in ("crt", "key"))
        with open(crt, encoding="ascii") as file:
            good = file.read()
        spoiled = (lambda: self.write_text(crt, "rubbish"), lambda: self.write_text(crt, good[:300]),
                   lambda: os.unlink(crt), lambda: (self.write_text(crt, good), os.unlink(key)),
                   lambda: shutil.copy(certificates().path("renewed.key"), key))
        for count, spoil in enumerate(spoiled, 1):
            spoil()
            self.hang_up(server, "reload-refused", count)
            client = self.protected(server)
            self.assertEqual(self.shown(client), "server")
            self.expect_service(client)
        self.put("renewed")
        self.hang_up(server, "reloaded")
        self.assertEqual(self.shown(self.protected(server)), "renewed")
        self.assertNotIn("PRIVATE KEY", server.log_text())

    @staticmethod
    def write_text(path, text):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)


class Clients(CertificateTest):
    @classmethod
    def setUpClass(cls):
        cls.tls = {"client_ca": certificates().path("authority.crt")}
        super().setUpClass()

    def expect_refused(self, certificate):
        """By TLS 1.3 the client hears of it behind its own end of the handshake."""
        for version in VERSIONS:
            with self.subTest(version=version):
                client = self.connect_tls(context=client_context(version, certificate))
                with self.assertRaises((ssl.SSLError, ConnectionError)):
                    client.secure().do("NOOP", 200)

    def test_none_is_refused(self):
        self.expect_refused(None)

    def test_one_of_another_authority_is_refused(self):
        self.expect_refused("stranger")

    def test_the_right_one_works_for_data_too(self):
        for version in VERSIONS:
            for reuses in (True, False):
                with self.subTest(version=version, reuses=reuses):
                    client = self.protected(version=version, certificate="member")
                    client.reuses = reuses
                    self.expect_service(client)

    def test_a_password_is_asked_for_all_the_same(self):
        client = self.secured(certificate="member")
        client.do("USER alice", 331)
        client.do("PASS wrong", 530)

    def test_another_one_for_data_is_522(self):
        """RFC 4217, section 15.1."""
        for version in VERSIONS:
            with self.subTest(version=version):
                client = self.protected(version=version, certificate="member")
                client.reuses = False
                client.data_context = client_context(version, "other-member")
                data = client.data()
                client.do("RETR small.txt", 150)
                data.socket  # pylint: disable=pointless-statement
                client.expect(522)
                data.close()
                client.data_context = client.context
                self.expect_service(client)

    def test_without_tls_none_is_needed(self):
        self.assertEqual(self.connect_tls().login("alice", PASSWORD).retrieve("RETR small.txt"), b"small\n")


if __name__ == "__main__":
    unittest.main()
