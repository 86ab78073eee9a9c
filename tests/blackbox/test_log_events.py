"""The events of the log, read as JSON: what is told of each, and what decided each refusal.

The README's table of events is the contract: each line that these tests make has the fields of its row, and no
event of the source is without a row.
"""

import glob
import json
import os
import re
import unittest

from harness import HERE, PASSWORD, BlackBoxTest, user, wait_until
from raw_client import set_reset_on_close

SOURCE = os.path.join(HERE, "../../server")
README = os.path.join(HERE, "../../README.md")
NUMBERS = {"size", "dropped", "generations", "session", "reply", "bytes", "seconds", "lines", "sessions", "port"}


def table():
    """The README's events, each with its fields."""
    with open(README, encoding="utf-8") as file:
        rows = re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| (\w+(?:, \w+)*) \| ([^|]*) \|$", file.read(), re.MULTILINE)
    return {event: set(re.findall(r"`([a-z0-9]+)`", fields))
            for events, _, fields in rows for event in re.findall(r"[a-z-]+", events)}


class EventsTest(BlackBoxTest):
    """A server with a JSON log; every line of it is checked at the end."""

    changes = {}

    def setUp(self):
        def changes(root):
            more = dict(self.changes)
            more["log"] = {"format": "json"} | more.get("log", {})
            more.setdefault("user", [user(root), user(root, "reader", permissions=["list", "download"])])
            return more
        self.server = self.start(changes)
        self.addCleanup(self.check_lines)

    def lines(self):
        return [json.loads(line) for line in self.server.log_text().splitlines() if line.endswith("}")]

    def check_lines(self):
        contract = table()
        for line in self.lines():
            fields = set(line) - {"time", "level", "event"}
            self.assertLessEqual(fields, contract[line["event"]], line)
            for key in fields:
                self.assertEqual(isinstance(line[key], (int, float)), key in NUMBERS, line)
            self.assertNotIn(PASSWORD, json.dumps(line))

    def find(self, event, **fields):
        """The one line of this event that has these fields; waits for it."""
        def search():
            return [line for line in self.lines()
                    if line["event"] == event and all(line.get(key) == value for key, value in fields.items())]
        found = wait_until(search, lambda: f"{event} {fields} in {self.server.log_tail()}")
        self.assertEqual(len(found), 1, found)
        return found[0]

    def refused(self, **fields):
        line = self.find("refused", **fields)
        self.assertEqual(line["level"], "info")
        self.assertEqual(line["client"], "127.0.0.1")
        self.assertEqual(len({"key", "errno", "rule"} & set(line)), 1 + ("errno" in line and "key" in line), line)
        return line


class Contract(unittest.TestCase):
    def test_every_event_of_the_source_is_in_the_table(self):
        events = set()
        for path in glob.glob(os.path.join(SOURCE, "*.cc")):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            events |= set(re.findall(r'\b(?:log_event\(\s*(?:Level::\w+|[^,"]*),|log_work\(|tell\(|write_event\(level,)\s*"([a-z-]+)"',
                                     text))
            events |= set(re.findall(r'return fail\([^,]*, "([a-z-]+)"', text))
        self.assertGreater(len(events), 20)
        self.assertLessEqual(events, set(table()))


class Refusals(EventsTest):
    def test_tell_the_key_where_a_permission_is_missing(self):
        self.server.write("file")
        client = self.client(name="reader")
        client.do("DELE file", 550)
        client.do("RNFR file", 550)
        client.do("STOR new", 550, 553)
        self.refused(verb="DELE", user="reader", path="/file", reply=550, key="user.permissions")
        self.refused(verb="RNFR", key="user.permissions")
        self.refused(verb="STOR", key="user.permissions")
        self.client(name="anonymous", password="guest@example.org").do("MKD new", 550)
        self.refused(verb="MKD", user="anonymous", key="anonymous.write")

    def test_tell_the_errno_where_the_file_system_decided(self):
        self.server.write("file")
        self.server.write("full/file")
        client = self.client()
        client.do("CWD missing", 550)
        client.do("CWD file", 550)
        client.do("RMD full", 550)
        client.do("MKD full", 550)
        client.do("DELE missing", 550)
        client.do("RNFR missing", 550)
        client.do("SIZE missing", 550)
        client.do("MLST missing", 550)
        for verb, path, errno in (("CWD", "missing", "ENOENT"), ("CWD", "file", "ENOTDIR"), ("RMD", "full", "ENOTEMPTY"),
                                  ("MKD", "full", "EEXIST"), ("DELE", "missing", "ENOENT"), ("RNFR", "missing", "ENOENT"),
                                  ("SIZE", "missing", "ENOENT"), ("MLST", "missing", "ENOENT")):
            self.refused(verb=verb, path="/" + path, reply=550, errno=errno)

    def test_tell_the_errno_of_a_transfer_that_could_not_begin(self):
        client = self.client()
        client.data()
        client.do("RETR missing", 550)
        client.data()
        client.do("STOR missing/file", 553)
        self.refused(verb="RETR", path="/missing", reply=550, errno="ENOENT")
        self.refused(verb="STOR", path="/missing/file", reply=553, errno="ENOENT")

    def test_tell_the_rule_where_no_key_changes_it(self):
        client = self.client()
        client.do("PORT 192,0,2,1,200,1", 501)
        client.do("PORT 127,0,0,1,0,25", 504)
        client.do(b"MKD a\x1bb", 550)
        self.refused(verb="PORT", path="192.0.2.1:51201", reply=501, rule="own-address")
        self.refused(verb="PORT", path="127.0.0.1:25", reply=504, rule="unprivileged-port")
        self.refused(verb="MKD", reply=550, rule="name")


class Overwriting(EventsTest):
    changes = {"anonymous": {"write": "upload"}}

    def test_without_the_permission_is_refused_by_key_and_errno(self):
        self.server.write("file", b"old")
        client = self.client(name="ftp", password="guest@example.org")
        client.data()
        client.do("STOR file", 553)
        self.refused(verb="STOR", path="/file", reply=553, key="anonymous.write", errno="EEXIST")


class Logins(EventsTest):
    changes = {"limits": {"login_delay": 0}, "anonymous": {"require_email": True}}

    def attempt(self, name, *codes):
        control = self.connect()
        control.do("USER " + name, 331)
        control.do("PASS wrong", *codes)

    def test_that_are_refused_tell_why_to_the_log_alone(self):
        self.attempt("alice", 530)
        self.attempt("nobody-here", 530)
        self.attempt("anonymous", 530)
        for name, key in (("alice", "user.password"), ("nobody-here", "user.name"), ("anonymous", "anonymous.require_email")):
            self.assertEqual(self.find("login-refused", user=name, key=key)["level"], "warning")

    def test_are_told_with_the_reply(self):
        self.client()
        self.client(name="FTP", password="guest@example.org")
        self.assertNotIn("email", self.find("login", user="alice", client="127.0.0.1", reply=230))
        self.find("login", user="FTP", email="guest@example.org")

    def test_that_nobody_waits_for_are_told(self):
        """Who guesses knows after a moment that it was wrong, and need not wait for the answer."""
        control = self.connect()
        control.send_bytes(b"USER alice\r\nPASS wrong\r\n")
        control.expect(331)
        control.expect(530)
        self.find("login-refused", user="alice")


class DelayedLogins(EventsTest):
    changes = {"limits": {"login_delay": 30}}

    def test_are_told_at_once(self):
        control = self.connect()
        control.do("USER alice", 331)
        control.send("PASS wrong")
        self.find("login-refused", user="alice", key="user.password")
        control.close()


class ManyFailures(EventsTest):
    changes = {"limits": {"login_delay": 0, "login_failures_per_address": 1}}

    def test_are_turned_away_by_key(self):
        control = self.connect()
        for codes in ((530,), (421,)):
            control.do("USER alice", 331)
            control.do("PASS wrong", *codes)
        self.find("turned-away", session=1, client="127.0.0.1", user="alice", key="limits.login_failures_per_address")


class Bounds(EventsTest):
    changes = {"limits": {"per_address": 2}, "timeouts": {"idle": "300ms"}}

    def test_too_many_are_turned_away_by_key(self):
        for _ in range(2):
            self.connect()
        self.connect(greeting=(421,))
        self.find("turned-away", client="127.0.0.1", key="limits.per_address")

    def test_of_time_tell_the_key(self):
        client = self.client()
        client.expect(421)
        self.find("timed-out", session=1, user="alice", key="timeouts.idle")
        self.find("disconnect", session=1, reply=421)


class Sessions(EventsTest):
    def test_tell_their_end(self):
        self.client().do("QUIT", 221)
        line = self.find("disconnect", session=1, user="alice", reply=221)
        self.assertGreaterEqual(line["seconds"], 0)

    def test_without_a_login_are_not_worth_a_line(self):
        self.connect().do("QUIT", 221)
        self.connect().close()
        self.client()
        self.find("login", session=3)
        self.assertEqual([line for line in self.lines() if line.get("session") in (1, 2)], [])


class Changes(EventsTest):
    def test_are_told(self):
        self.server.write("file")
        client = self.client()
        client.do("MKD made", 257)
        client.do("RNFR file", 350)
        client.do("RNTO made/moved to", 250)
        client.do("SITE CHMOD 600 made/moved to", 200)
        client.do("MFMT 20200101000000 made/moved to", 213)
        client.do("DELE made/moved to", 250)
        client.do("RMD made", 250)
        self.find("changed", verb="MKD", user="alice", client="127.0.0.1", session=1, path="/made", reply=257, level="info")
        self.find("changed", verb="RNTO", path="/file", to="/made/moved to", reply=250)
        self.find("changed", verb="SITE CHMOD", path="/made/moved to", reply=200)
        self.find("changed", verb="MFMT", path="/made/moved to", reply=213)
        self.find("changed", verb="DELE", path="/made/moved to", reply=250)
        self.find("changed", verb="RMD", path="/made", reply=250)

    def test_are_told_by_their_whole_name(self):
        name = "x" * 200 + "/" + "y" * 200
        os.mkdir(self.server.path("x" * 200))
        os.chmod(self.server.path("x" * 200), 0o777)
        self.client().do("MKD " + name, 257)
        self.find("changed", verb="MKD", path="/" + name)

    def test_looking_is_not_told(self):
        self.server.write("file")
        client = self.client()
        client.do("SIZE file", 213)
        client.do("MLST file", 250)
        client.do("CWD /", 250)
        client.do("QUIT", 221)
        self.find("disconnect", session=1)
        self.assertNotIn("file", self.server.log_text())


class Transfers(EventsTest):
    SIZE = 64 << 20

    def test_are_told_when_they_went_well(self):
        client = self.client()
        client.store("STOR new", b"x" * 1000)
        client.retrieve("RETR new")
        for verb in ("STOR", "RETR"):
            line = self.find("transfer", verb=verb, path="/new", outcome="complete", reply=226, bytes=1000, tls="none",
                             user="alice", session=1, level="info")
            self.assertGreaterEqual(line["seconds"], 0)

    def begin(self):
        """A download that goes on for as long as nobody reads."""
        self.server.write("big", bytes(self.SIZE))
        client = self.client()
        data = client.data()
        client.do("RETR big", 150)
        data.receive_exactly(1000)
        return client, data

    def find_cut(self, outcome, **fields):
        line = self.find("transfer", verb="RETR", path="/big", outcome=outcome, **fields)
        self.assertGreaterEqual(line["bytes"], 1000)
        self.assertLess(line["bytes"], self.SIZE)

    def test_are_told_when_they_were_aborted(self):
        client, _ = self.begin()
        client.do("ABOR", 426)
        client.expect(226)
        self.find_cut("aborted", reply=426, level="info")

    def test_are_told_when_the_data_connection_was_reset(self):
        client, data = self.begin()
        set_reset_on_close(data.socket)
        data.socket.close()
        client.expect(426)
        self.find_cut("connection-lost", reply=426, level="warning")

    def test_are_told_when_the_client_is_gone(self):
        client, _ = self.begin()
        set_reset_on_close(client.socket)
        client.socket.close()
        self.find_cut("aborted")
        self.assertNotIn("reply", self.find("disconnect", session=1))

    def test_are_told_when_nobody_came(self):
        self.server.write("file")
        client = self.client()
        client.do("EPSV", 229)
        client.send("RETR file")
        client.expect(150)
        client.do("ABOR", 426)
        client.expect(226)
        self.find("transfer", path="/file", outcome="aborted", bytes=0)


class Stalling(EventsTest):
    changes = {"timeouts": {"stalled": "300ms"}}

    def test_is_told_with_its_key(self):
        self.server.write("big", bytes(64 << 20))
        client = self.client()
        client.data()
        client.do("RETR big", 150)
        client.expect(426)
        self.find("transfer", path="/big", outcome="stalled", reply=426, key="timeouts.stalled")


class Passwords(EventsTest):
    changes = {"log": {"level": "trace"}, "limits": {"login_delay": 0, "login_failures": 100}}

    def test_are_in_no_line_however_they_came(self):
        client = self.client()
        for line in ("CWD ftp://alice:sekret@host/pub", "SIZE /ftp://alice:sekret@host", "ACCT sekret",
                     "SITE PSWD sekret sekret", "PASSWD sekret", "sekret", "PASS sekret", "OPTS sekret"):
            client.do(line, *range(200, 600))
        client.do("USER alice", 331)
        client.do("PASS sekret", 530)
        client.do("USER ftp", 331)
        client.do("PASS sekret", 230)
        client.do("QUIT", 221)
        self.find("disconnect", session=1)
        self.assertNotIn("sekret", self.server.log_text().lower())
        self.find("command", verb="ACCT", reply=202)
        self.find("refused", verb="SIZE", path="/ftp:/alice:***@host")


if __name__ == "__main__":
    unittest.main()
