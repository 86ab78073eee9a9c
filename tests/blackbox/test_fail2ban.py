"""The filter for fail2ban, fed with lines that the daemon really wrote: whom it finds, and whom nobody can make it find.

fail2ban itself is asked where it is installed; its filter is read here too, as fail2ban reads it.
"""

import configparser
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import HERE, BlackBoxTest, user, wait_until

FILTER = os.path.join(HERE, "../../systemd/fail2ban/uvftpd.conf")
# As fail2ban 1.0 spells an address.
ADDRESS = (r"\[?(?:(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})"
           r"|(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|::){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):)))\]?")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+")  # of the datepattern
VICTIM = "198.51.100.77"
FORGERIES = (
    f"x client={VICTIM}",
    f'x" client={VICTIM} key="',
    f"x\rwarning event=login-refused session=1 client={VICTIM} user=x",
    f"session=1 client={VICTIM}",
    f"event=login-refused session=1 client={VICTIM}",
    f"[{VICTIM}]",
    "x key=limits.login_failures_per_address",
    "\xff\x1b[2J",
)


def expressions(mode):
    parser = configparser.ConfigParser()
    with open(FILTER, encoding="utf-8") as file:
        parser.read_file(file)
    definition = parser["Definition"]
    text = definition["failregex"].replace("<mode>", mode)
    for name in ("_normal", "_aggressive"):
        text = text.replace(f"<{name}>", definition[name])
    text = text.replace("<_begin>", definition["_begin"]).replace("<ADDR>", ADDRESS)
    return [re.compile(line) for line in text.splitlines() if line]


def found(lines, mode="normal"):
    """(line, address) of each line that counts as a failure."""
    pairs = []
    for line in lines:
        for expression in expressions(mode):
            if match := expression.search(TIME.sub("", line)):
                pairs.append((line, match["ip4"] or match["ip6"]))
                break
    return pairs


def found_by_fail2ban(lines, mode="normal"):
    """The lines that count, by fail2ban's own word; as found() where it is not installed."""
    command = shutil.which("fail2ban-regex")
    if not command:
        return [line for line, _ in found(lines, mode)]
    with tempfile.NamedTemporaryFile("w", suffix=".log", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        printed = subprocess.run([command, "--print-all-matched", file.name, f"{FILTER}[mode={mode}]"],
                                 capture_output=True, text=True, check=True, timeout=60).stdout
    matched = printed.partition("|- Matched line(s):\n")[2].partition("`-")[0]
    return [line.removeprefix("|  ") for line in matched.splitlines()]


class Fail2ban(BlackBoxTest):
    options = {}

    def lines(self):
        return self.server.log_text().splitlines()

    def setUp(self):
        self.server = self.start(
            lambda root: {"limits": {"login_delay": 0, "login_failures": 100, "login_failures_per_address": 2},
                          "user": [user(root), user(root, "reader", permissions=["list", "download"])]},
            **self.options)

    def attempt(self, name, source, *codes):
        control = self.connect(source=source)
        control.do(b"USER " + name.encode("latin-1"), 331, 501)
        control.do("PASS wrong", *codes)

    def wait_for(self, text, count=1):
        wait_until(lambda: self.server.log_text().count(text) >= count, lambda: f"{text} in {self.server.log_tail()}")

    def test_finds_wrong_passwords_and_who_is_turned_away_for_them(self):
        for codes in ((530,), (530,), (421,)):
            self.attempt("alice", "127.0.0.2", *codes)
        self.client(source="127.0.0.3")
        self.wait_for("event=login ")
        pairs = found(self.lines())
        self.assertEqual([address for _, address in pairs], ["127.0.0.2"] * 3)
        self.assertEqual([re.search("event=([a-z-]+)", line)[1] for line, _ in pairs],
                         ["login-refused", "login-refused", "turned-away"])
        self.assertEqual(found_by_fail2ban(self.lines()), [line for line, _ in pairs])

    def test_finds_an_ipv6_address(self):
        self.need_ipv6()
        control = self.connect(family=6)
        control.do("USER alice", 331)
        control.do("PASS wrong", 530)
        self.assertEqual([address for _, address in found(self.lines())], ["::1"])

    def test_finds_forbidden_commands_where_it_is_aggressive(self):
        client = self.client(name="reader", source="127.0.0.4")
        client.do("DELE file", 550)
        client.do("PORT 192,0,2,1,200,1", 501)
        client.do("SIZE missing", 550)
        self.wait_for("event=refused", 3)
        self.assertEqual(found(self.lines()), [])
        pairs = found(self.lines(), "aggressive")
        self.assertEqual([address for _, address in pairs], ["127.0.0.4"] * 2)
        self.assertEqual(found_by_fail2ban(self.lines(), "aggressive"), [line for line, _ in pairs])

    def test_nobody_makes_it_find_another(self):
        for number, forgery in enumerate(FORGERIES):
            self.attempt(forgery, f"127.0.1.{number + 1}", 530, 503)
        client = self.client(source="127.0.0.3")
        for forgery in FORGERIES:
            client.do(b"CWD " + forgery.encode("latin-1"), 550, 501)
        self.wait_for("event=refused", len(FORGERIES) - 1)
        for mode in ("normal", "aggressive"):
            pairs = found(self.lines(), mode)
            self.assertEqual({address for _, address in pairs},
                             {f"127.0.1.{number + 1}" for number in range(len(FORGERIES)) if "\r" not in FORGERIES[number]})
            self.assertEqual(found_by_fail2ban(self.lines(), mode), [line for line, _ in pairs])


class FromTheJournal(Fail2ban):
    """The lines as the journal gives them back, behind time, host and process."""

    options = {"environment": lambda status: {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}}

    def lines(self):
        lines = super().lines()
        self.assertTrue(lines and all(re.match("<[34567]>", line) for line in lines), lines)
        return ["2026-11-23T10:00:00.000000 host uvftpd[4711]: " + line[3:] for line in lines]


if __name__ == "__main__":
    unittest.main()
