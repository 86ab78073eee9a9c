"""The fences that the daemon puts up around itself, each switched off in turn: the others hold, and what clients may do
works as before.

openat2's cannot be switched off by anybody; uvftpd-faulty (tests/faults) can do without it.
"""

import os
import unittest

from faulty import FaultyTest
from harness import BlackBoxTest, is_sanitized, user


def with_fences(landlock="prefer", seccomp="prefer"):
    return lambda root: {"sandbox": {"landlock": landlock, "seccomp": seccomp},
                         "user": [user(root), user(root, "reader", permissions="read")]}


class Fences(BlackBoxTest):
    def begin(self, **options):
        server = self.start(with_fences(**options))
        self.put_traps(server)
        return server

    @staticmethod
    def put_traps(server):
        server.write("pub/file", b"inside")
        with open(os.path.join(server.outside, "secret"), "wb") as file:
            file.write(b"outside")
        os.symlink(server.outside, server.path("out"))
        os.symlink(os.path.join(server.outside, "secret"), server.path("secret"))

    def test_with_each_of_them_off_everything_within_the_root_works_and_nothing_outside(self):
        for off in ("none", "landlock", "seccomp"):
            with self.subTest(off=off):
                server = self.begin(**({off: "off"} if off != "none" else {}))
                client = self.client(server)
                self.assertEqual(client.retrieve("RETR pub/file"), b"inside")
                client.store("STOR pub/new", b"new")
                client.store("APPE pub/new", b"er")
                client.do("RNFR pub/new", 350)
                client.do("RNTO moved", 250)
                self.assertEqual(server.read("moved"), b"newer")
                client.do("MKD made", 257)
                client.do("MFMT 20261123055117 moved", 213)
                client.do("SITE CHMOD 600 moved", 200)
                client.do("HASH moved", 213)
                client.do("DELE moved", 250)
                client.do("RMD made", 250)
                self.assertIn("pub", " ".join(client.lines("LIST", "PORT")))
                client.data()
                for command in ("RETR secret", "RETR out/secret", "LIST out/", "MLSD out", "RETR ../outside/secret"):
                    client.do(command, 550)
                client.do("STOR out/x", 553)
                self.assertEqual(os.listdir(server.outside), ["secret"])

    def test_the_log_says_which_stand(self):
        self.assertIn("event=fences openat2=up landlock=off", self.start(with_fences(landlock="off")).log_text())
        words = ("landlock=up", "landlock=down") if not is_sanitized() else ("landlock=down",)
        log = self.start(with_fences()).log_text()
        self.assertTrue(any(word in log for word in words), log)

    def test_no_new_privilege_can_be_had(self):
        server = self.start(with_fences())
        if "landlock=up" not in server.log_text():
            self.skipTest("no Landlock here")
        with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
            self.assertIn("NoNewPrivs:\t1", file.read())

    def test_that_are_required_and_cannot_be_had_are_told(self):
        if not is_sanitized():
            self.skipTest("here they can be had")
        for key in ("landlock", "seccomp"):
            with self.assertRaisesRegex(AssertionError, f"sandbox.{key}"):
                self.start(with_fences(**{key: "require"}))


class WithoutTheJail(FaultyTest):
    """openat() in openat2()'s place, and with it no seccomp, which would not permit it."""

    def secret(self, landlock):
        """The reply to a RETR of what lies outside, and what came."""
        server = self.start_faulty(with_fences(landlock, seccomp="off"))
        Fences.put_traps(server)
        client = self.client(server)
        self.plan.without_jail()
        self.assertEqual(client.retrieve("RETR pub/file"), b"inside")
        data = client.data()
        client.send("RETR secret")
        if client.expect(150, 550).code == 550:
            return None
        return data.receive()

    def test_landlock_alone_keeps_clients_within_the_root(self):
        if is_sanitized() or "landlock=up" not in self.start(with_fences()).log_text():
            self.skipTest("no Landlock here")
        self.assertIsNone(self.secret("require"))

    def test_without_either_there_would_be_no_fence(self):
        self.assertEqual(self.secret("off"), b"outside")


if __name__ == "__main__":
    unittest.main()
