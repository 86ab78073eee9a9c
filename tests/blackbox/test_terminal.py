"""With a terminal: hash-password asks twice and shows nothing of what is typed, serve says in words where it is.

The terminal is a pseudo-terminal, of which the test has the other end.
"""

import os
import pty
import re
import select
import signal
import socket
import subprocess
import tempfile
import termios
import time
import unittest

from harness import BINARY, BOUND, give_to_nobody


class TerminalTest(unittest.TestCase):
    """`self.person` is the end of the terminal at which a person would sit."""

    def setUp(self):
        self.person, self.terminal = pty.openpty()
        self.addCleanup(os.close, self.person)
        self.addCleanup(os.close, self.terminal)
        self.seen = ""

    def begin(self, *arguments, **streams):
        """uvftpd, with the terminal where `streams` say nothing else."""
        process = subprocess.Popen([BINARY, *arguments], cwd="/", text=True,
                                   **{"stdin": self.terminal, "stdout": self.terminal, "stderr": self.terminal} | streams)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, pattern):
        """What is on the screen, once it matches."""
        end = time.monotonic() + BOUND
        while not re.search(pattern, self.seen):
            readable, _, _ = select.select([self.person], [], [], max(0, end - time.monotonic()))
            self.assertTrue(readable, f"no {pattern!r} within {BOUND:.0f} s: {self.seen!r}")
            self.seen += os.read(self.person, 4096).decode().replace("\r\n", "\n")
        return self.seen

    def type(self, text):
        os.write(self.person, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)


class HashPassword(TerminalTest):
    def ask(self):
        process = self.begin("hash-password", stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.wait_for("Password: ")
        return process

    def test_asks_twice_and_shows_nothing_of_it(self):
        process = self.ask()
        self.type("sekret\n")
        self.wait_for("Once more: ")
        self.type("sekret\n")
        self.assertRegex(process.stdout.read(), r"^\$y\$\S+\n$")
        self.assertEqual(process.wait(BOUND), 0)
        self.assertEqual(self.wait_for("more: \n"), "Password: \nOnce more: \n")
        self.assertTrue(self.echoes())

    def test_refuses_two_that_are_not_the_same(self):
        process = self.ask()
        self.type("sekret\n")
        self.wait_for("Once more: ")
        self.type("Sekret\n")
        self.wait_for("not the same")
        self.assertEqual(process.stdout.read(), "")
        self.assertEqual(process.wait(BOUND), 64)

    def test_does_not_ask_again_for_one_that_is_refused(self):
        process = self.ask()
        self.type("\n")
        self.assertNotIn("Once more", self.wait_for("empty password"))
        self.assertEqual(process.wait(BOUND), 64)

    def test_that_is_interrupted_gives_the_echo_back(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number=number):
                self.seen = ""
                process = self.ask()
                self.assertFalse(self.echoes())
                process.send_signal(number)
                self.assertEqual(process.wait(BOUND), -number)
                self.assertTrue(self.echoes())


class Serve(TerminalTest):
    def invited(self, *arguments):
        """What it says to a person, and the port."""
        directory = tempfile.TemporaryDirectory(prefix="uvftpd-test-")
        self.addCleanup(directory.cleanup)
        give_to_nobody(directory.name)
        process = self.begin("serve", directory.name, "--port", "0", *arguments, stderr=subprocess.DEVNULL)
        said = self.wait_for(r"End with Ctrl-C\.\n")
        port = int(re.search(r"curl ftp://127\.0\.0\.1:(\d+)/\n", said)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=BOUND) as connection:
            self.assertTrue(connection.recv(4).startswith(b"220"))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(BOUND), 0)
        return said

    def test_says_in_words_what_is_shared_and_what_to_try(self):
        said = self.invited()
        self.assertRegex(said, r"^Sharing /\S+ for reading at ftp://127\.0\.0\.1:\d+/\n")
        self.assertNotIn("{", said)

    def test_says_that_it_may_be_written(self):
        self.assertIn("for reading and writing", self.invited("--writable"))


if __name__ == "__main__":
    unittest.main()
