"""The fences that the daemon puts up around itself: openat2's is always there, Landlock's by [sandbox]; with either, what
clients may do works as without, and nothing outside of the roots is reached."""

import os
import unittest

from harness import BlackBoxTest, is_sanitized, user


def with_landlock(word):
    return lambda root: {"sandbox": {"landlock": word}, "user": [user(root), user(root, "reader", permissions="read")]}


class Fences(BlackBoxTest):
    def begin(self, word):
        server = self.start(with_landlock(word))
        server.write("pub/file", b"inside")
        with open(os.path.join(server.outside, "secret"), "wb") as file:
            file.write(b"outside")
        os.symlink(server.outside, server.path("out"))
        os.symlink(os.path.join(server.outside, "secret"), server.path("secret"))
        return server

    def test_with_either_word_everything_within_the_root_works_and_nothing_outside(self):
        for word in ("off", "prefer"):
            with self.subTest(landlock=word):
                server = self.begin(word)
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
        self.assertIn("event=fences landlock=off", self.start(with_landlock("off")).log_text())
        words = ("landlock=up", "landlock=down") if not is_sanitized() else ("landlock=down",)
        log = self.start(with_landlock("prefer")).log_text()
        self.assertTrue(any(word in log for word in words), log)

    def test_no_new_privilege_can_be_had(self):
        server = self.start(with_landlock("prefer"))
        if "landlock=up" not in server.log_text():
            self.skipTest("no Landlock here")
        with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
            self.assertIn("NoNewPrivs:\t1", file.read())


if __name__ == "__main__":
    unittest.main()
