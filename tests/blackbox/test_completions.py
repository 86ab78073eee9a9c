"""Completing the command line with TAB, in real shells at a terminal of their own."""

import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

from harness import BINARY
from raw_client import BOUND

PROMPT = "ready> "


class Shell:
    """An interactive shell in a directory of its own, fed by keys."""

    def __init__(self, *command, directory):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.execvpe(command[0], command, {"PATH": os.environ["PATH"], "TERM": "dumb", "PS1": PROMPT,
                                             "HOME": directory, "LC_ALL": "C"})
        self.seen = ""

    def close(self):
        os.close(self.terminal)  # SIGHUP
        os.waitpid(self.pid, 0)

    def expect(self, pattern):
        """Reads until the pattern was seen; drops what came until then."""
        end = time.monotonic() + BOUND
        while not (found := re.search(pattern, self.seen)):
            if not select.select([self.terminal], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"no {pattern!r} in {self.seen!r}")
            self.seen += os.read(self.terminal, 4096).decode(errors="replace")
        self.seen = self.seen[found.end():]
        return found

    def type(self, keys):
        os.write(self.terminal, keys.encode())


class Completions:
    """What holds in both; the classes below say how a shell is started."""

    shell = ""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="uvftpd-test-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        script = os.path.join(self.directory, "_uvftpd")
        with open(script, "w", encoding="utf-8") as file:
            subprocess.run([BINARY, "print", self.shell], stdout=file, timeout=60, check=True)
        subprocess.run([self.shell, "-n", script], timeout=60, check=True)
        place = os.path.join(self.directory, "place")
        os.makedirs(os.path.join(place, "sole directory"))
        with open(os.path.join(place, "xyz.toml"), "w", encoding="utf-8"):
            pass
        self.terminal = self.start(place, script)
        self.addCleanup(self.terminal.close)

    def completes(self, typed, whole):
        """TAB makes the whole of what was typed."""
        self.terminal.type(f"{typed}\t")
        self.terminal.expect(re.escape(whole))
        self.terminal.type("\x15")  # forget the line

    def test_a_command(self):
        self.completes("uvftpd ch", "uvftpd check ")

    def test_an_option(self):
        self.completes("uvftpd serve --w", "uvftpd serve --writable ")

    def test_an_option_without_a_command(self):
        self.completes("uvftpd --rea", "uvftpd --ready ")

    def test_a_file(self):
        self.completes("uvftpd check -c xy", "uvftpd check -c xyz.toml ")

    def test_a_directory(self):
        self.completes("uvftpd serve so", "uvftpd serve sole\\ directory/")

    def test_a_word(self):
        self.completes("uvftpd print z", "uvftpd print zsh ")


@unittest.skipUnless(shutil.which("bash"), "needs bash")
class Bash(Completions, unittest.TestCase):
    shell = "bash"

    def start(self, place, script):
        shell = Shell("bash", "--norc", "--noprofile", directory=place)
        shell.expect(PROMPT)
        shell.type(f"bind 'set enable-bracketed-paste off'; . {script}; echo loa''ded\n")
        shell.expect("loaded\r")
        return shell

    def test_a_value_that_nobody_can_know(self):
        self.terminal.type("uvftpd serve --port \t\tx")
        self.terminal.expect(re.escape("--port ") + "\a*x")


@unittest.skipUnless(shutil.which("zsh"), "needs zsh")
class Zsh(Completions, unittest.TestCase):
    shell = "zsh"

    def start(self, place, script):
        shell = Shell("zsh", "-f", directory=place)
        shell.expect("ready> ")
        shell.type(f"unsetopt zle_bracketed_paste; fpath=({os.path.dirname(script)} $fpath); autoload -U compinit;"
                   " compinit -u -D; echo loa''ded\n")
        shell.expect("loaded\r")
        return shell


if __name__ == "__main__":
    unittest.main()
