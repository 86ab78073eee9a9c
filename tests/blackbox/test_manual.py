"""The manual pages: valid, and saying neither more nor less than --help and the example file.

Rendered by whichever of mandoc and groff the machine has; mandoc's lint and groff's warnings must be silent.
"""

import re
import shutil
import subprocess
import unittest

from harness import BINARY

PAGES = ("man8", "man5")


def printed(*arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, check=True).stdout


def commands():
    """What --help lists under "Subcommands:"."""
    return re.findall(r"^  ([a-z][a-z-]*) ", printed("--help").partition("Subcommands:")[2], re.MULTILINE)


def options(*command):
    """The names of the options that --help of a command lists."""
    lines = re.findall(r"^  (-[^ ]+)", printed(*command, "--help"), re.MULTILINE)
    return [name for line in lines for name in line.split(",")]


def plain(source):
    """man(7) source as the words that a reader sees, near enough."""
    text = re.sub(r"\\f[BIRP]", "", source)
    return text.replace(r"\-", "-").replace(r"\(dq", '"').replace(r"\(aq", "'").replace(r"\~", " ").replace(r"\e", "\\")


class Pages(unittest.TestCase):
    def complaints(self, *command):
        for name in PAGES:
            with self.subTest(page=name):
                done = subprocess.run(command, input=printed("print", name), capture_output=True, text=True, timeout=60,
                                      check=False)
                self.assertEqual((done.stdout, done.stderr), ("", ""))

    @unittest.skipUnless(shutil.which("mandoc"), "needs mandoc")
    def test_mandoc_finds_nothing_to_say(self):
        self.complaints("mandoc", "-T", "lint", "-W", "warning")

    @unittest.skipUnless(shutil.which("groff"), "needs groff")
    def test_groff_warns_of_nothing(self):
        self.complaints("groff", "-ww", "-man", "-T", "ascii", "-z")

    def test_they_are_ascii(self):
        for name in PAGES:
            self.assertTrue(printed("print", name).isascii())


class WhatTheySay(unittest.TestCase):
    def section(self, command):
        page = plain(printed("print", "man8"))
        begin = f".SS uvftpd {command}\n" if command else ".SH OPTIONS\n"
        self.assertIn(begin, page)
        return re.split(r"^\.S[SH] ", page.partition(begin)[2], maxsplit=1, flags=re.MULTILINE)[0]

    def test_every_command_with_every_option(self):
        self.assertIn("serve", commands())
        for command in ["", *commands()]:
            section = self.section(command)
            for option in options(*command.split()):
                if command and option in ("-h", "--help"):
                    continue  # told once, for all of them
                with self.subTest(command=command, option=option):
                    self.assertRegex(section, rf"(?m)^(-., )?{option}\b")

    def test_every_key_with_its_default(self):
        page = plain(printed("print", "man5"))
        keys = re.findall(r"^#?([a-z_]+ = .*)$", printed("check", "--print-example"), re.MULTILINE)
        self.assertGreater(len(keys), 40)
        for key in keys:
            self.assertIn(f"\n{key}\n", page)

    def test_every_section_in_its_order(self):
        page = plain(printed("print", "man5"))
        sections = re.findall(r"^#?(\[+[a-z.]+\]+)$", printed("check", "--print-example"), re.MULTILINE)
        self.assertEqual(re.findall(r"^\.SS (.*)$", page, re.MULTILINE), sections)

    def test_both_name_the_version(self):
        version = printed("--version").strip()
        for name in PAGES:
            self.assertIn(f'"{version}"', printed("print", name).splitlines()[0])

    def test_another_page_is_a_mistake(self):
        done = subprocess.run([BINARY, "print", "man7"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertIn("man8|man5|bash|zsh", done.stderr)


if __name__ == "__main__":
    unittest.main()
