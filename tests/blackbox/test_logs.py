"""What is written down: the transfer log in the form of xferlog(5), and the log without passwords.

A client's bytes never make a line of their own in a log.
"""

import calendar
import json
import os
import re
import time
import unittest

from harness import PASSWORD, BlackBoxTest, wait_until

# current-time transfer-time host size name type action direction access user service method id status
XFERLOG = re.compile(r"(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}) (\d+) (\S+) (\d+) (\S+) ([ab]) (\S+) ([io]) ([agr]) (\S+) "
                     r"ftp ([01]) (\S+) ([ci])")
CONTENT = b"line of text\n" * 10_000


class LogTest(BlackBoxTest):
    def setUp(self):
        self.controls = []

    def end(self, server):
        """The server has said all that it will ever say."""
        for control in self.controls:
            control.close()
        server.signal()
        self.assertEqual(server.wait(), 0)

    def connect(self, *arguments, **options):
        control = super().connect(*arguments, **options)
        self.controls.append(control)
        return control


class Floods(BlackBoxTest):
    def test_of_one_client_are_counted_not_written(self):
        server = self.start({"limits": {"login_delay": 0, "login_failures": 100}})
        for _ in range(5):
            client = self.connect(server)
            for _ in range(90):
                client.do("USER alice", 331)
                client.do("PASS wrong", 530)
        self.client(server, source="127.0.0.2").do("NOOP", 200)
        text = server.log_text()
        self.assertLess(text.count("event=login-refused"), 400)
        self.assertRegex(text, r"event=login .*client=127\.0\.0\.2")  # nobody pays for another
        time.sleep(0.2)  # as long as a few more lines take to be permitted
        self.client(server)
        self.assertRegex(server.log_text(), r"event=left-out client=127\.0\.0\.1 lines=\d+")

    def test_work_is_written_however_much_it_is(self):
        server = self.start()
        server.write("file", b"x")
        client = self.client(server)
        for _ in range(300):
            client.retrieve("RETR file")
        self.assertEqual(server.log_text().count("event=transfer"), 300)


class Journal(LogTest):
    """systemd names the stream that it reads by device and inode; here it is a file."""

    @staticmethod
    def stream(status):
        return {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}

    def lines(self, environment, **log):
        server = self.start({"log": log} if log else None, environment=environment)
        control = self.connect(server)
        control.do("USER alice", 331)
        control.do("PASS wrong", 530)
        control.close()
        self.client(server).do("QUIT", 221)
        self.end(server)
        return server.log_text().splitlines()

    def test_gets_a_priority_for_each_line_and_no_time(self):
        lines = self.lines(self.stream)
        for line in lines:
            self.assertRegex(line, r"^<[34567]>event=[a-z-]+( |$)")
        self.assertTrue(any(line.startswith("<6>event=login ") for line in lines), lines)
        self.assertTrue(any(line.startswith("<4>event=login-refused ") for line in lines), lines)

    def test_gets_json_where_that_is_asked_for(self):
        for line in self.lines(self.stream, format="json"):
            self.assertRegex(line, r"^<[34567]>\{")
            self.assertNotIn("time", json.loads(line[3:]))

    def test_is_not_meant_where_another_stream_is_named(self):
        for environment in (lambda status: {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino + 1}"},
                            {"JOURNAL_STREAM": ""}, {"JOURNAL_STREAM": "rubbish"}, None):
            for line in self.lines(environment):
                self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} \w+ event=")

    def test_is_not_meant_by_a_log_in_a_file(self):
        paths = []

        def changes(root):
            paths.append(os.path.join(os.path.dirname(root), "log"))
            return {"log": {"target": f"file:{paths[0]}"}}
        server = self.start(changes, environment=self.stream)
        self.client(server).do("QUIT", 221)
        self.end(server)
        with open(paths[0], encoding="utf-8") as file:
            for line in file:
                self.assertRegex(line, r"^\d{4}-.* event=")


class Xferlog(LogTest):
    def setUp(self):
        super().setUp()

        def changes(root):
            self.log = os.path.join(os.path.dirname(root), "xferlog")
            return {"log": {"xferlog": self.log}}
        self.server = self.start(changes)
        self.server.write("file.txt", CONTENT)

    def records(self, count):
        """The fields of each line, once there are `count` of them."""
        def read():
            with open(self.log, encoding="utf-8") as file:
                lines = file.read().splitlines()
            return lines if len(lines) >= count else None
        lines = wait_until(read, f"{count} lines in the transfer log")
        self.assertEqual(len(lines), count, lines)
        matches = [XFERLOG.fullmatch(line) for line in lines]
        self.assertTrue(all(matches), lines)
        return [match.groups() for match in matches]

    def test_has_a_line_for_a_download(self):
        self.client().retrieve("RETR file.txt")
        (record,) = self.records(1)
        self.assertEqual(record[2:], ("127.0.0.1", str(len(CONTENT)), "/file.txt", "b", "_", "o", "r", "alice", "0", "*",
                                      "c"))

    def test_has_a_line_for_an_upload_and_an_append(self):
        client = self.client()
        client.store("STOR new.txt", CONTENT)
        client.store("APPE new.txt", b"more")
        stored, appended = self.records(2)
        self.assertEqual((stored[3], stored[4], stored[7], stored[12]), (str(len(CONTENT)), "/new.txt", "i", "c"))
        self.assertEqual((appended[3], appended[4], appended[7], appended[12]), ("4", "/new.txt", "i", "c"))

    def test_tells_the_type_and_anonymous(self):
        client = self.client(name="anonymous", password="guest@example.org")
        client.do("TYPE A", 200)
        client.retrieve("RETR file.txt")
        (record,) = self.records(1)
        self.assertEqual((record[5], record[7], record[8]), ("a", "o", "a"))

    def test_tells_a_transfer_that_was_cut(self):
        self.server.write("big.bin", bytes(64 << 20))
        client = self.client()
        data = client.data()
        client.do("RETR big.bin", 150)
        data.receive_exactly(1)
        client.do("ABOR", 426)
        client.expect(226)
        (record,) = self.records(1)
        self.assertEqual((record[4], record[7], record[12]), ("/big.bin", "o", "i"))
        self.assertLess(int(record[3]), 64 << 20)

    def test_tells_who_an_anonymous_client_says_it_is(self):
        for password in ("guest@example.org", "a b@example.org", "no-address-sekret"):
            self.client(name="ftp", password=password).retrieve("RETR file.txt")
        records = self.records(3)
        self.assertEqual([record[8:10] for record in records],
                         [("a", "guest@example.org"), ("a", "a_b@example.org"), ("a", "?")])
        with open(self.log, encoding="utf-8") as file:
            self.assertNotIn("sekret", file.read())

    def test_tells_a_user_by_name_also_behind_an_anonymous_login(self):
        client = self.client(name="ftp", password="guest@example.org")
        client.login("alice", PASSWORD)
        client.retrieve("RETR file.txt")
        (record,) = self.records(1)
        self.assertEqual(record[8:10], ("r", "alice"))

    def test_tells_an_upload_that_was_cut(self):
        client = self.client()
        data = client.data()
        client.do("STOR new.bin", 150)
        data.send(b"x" * 1000)
        wait_until(lambda: any(name.startswith(".uvftpd-") for name in self.server.names()), "an upload")
        data.reset()
        client.expect(426)
        (record,) = self.records(1)
        self.assertEqual((record[4], record[7], record[12]), ("/new.bin", "i", "i"))

    def test_tells_a_transfer_whose_client_is_gone(self):
        self.server.write("big.bin", bytes(64 << 20))
        client = self.client()
        data = client.data()
        client.do("RETR big.bin", 150)
        data.receive_exactly(1)
        client.reset()
        (record,) = self.records(1)
        self.assertEqual((record[4], record[7], record[12]), ("/big.bin", "o", "i"))

    def test_has_the_time_of_the_end_and_whole_seconds(self):
        before = int(time.time())
        self.client().retrieve("RETR file.txt")
        (record,) = self.records(1)
        ended = calendar.timegm(time.strptime(record[0], "%a %b %d %H:%M:%S %Y"))  # the daemon's TZ is UTC
        self.assertTrue(before <= ended <= time.time(), record)
        self.assertLessEqual(int(record[1]), time.time() - before)

    def test_does_not_tell_listings_and_refusals(self):
        client = self.client()
        client.lines("LIST")
        client.data()
        client.do("RETR missing", 550)
        client.retrieve("RETR file.txt")
        self.records(1)

    def test_is_one_line_and_one_word_a_name_whatever_the_name(self):
        self.server.write("with blanks in it", b"")
        self.server.write("Grüße", b"")
        self.server.write("tab\tand\x07bell", b"")
        client = self.client()
        client.retrieve("RETR with blanks in it")
        client.retrieve("RETR Grüße")
        client.retrieve("RETR tab\tand\x07bell")
        blanks, other, control = self.records(3)
        self.assertEqual(control[4], "/tab_and_bell")
        self.assertEqual(blanks[4], "/with_blanks_in_it")
        self.assertIn("e", other[4])


class Log(LogTest):
    def test_never_has_a_password(self):
        for changes in ({"log": {"level": "trace"}}, {"log": {"level": "trace", "format": "json"}}):
            server = self.start(changes)
            self.client(server)
            control = self.connect(server)
            control.do("USER alice", 331)
            control.do("PASS sekret-wrong-one", 530)
            control.do("sekret-as-a-verb", 500)
            control.do("PASS sekret-without-user", 503)
            control.do("QUIT", 221)
            self.end(server)
            text = server.log_text()
            self.assertNotIn(PASSWORD, text)
            self.assertNotIn("sekret-w", text)

    def test_is_lines_of_json_where_that_is_asked_for(self):
        server = self.start({"log": {"format": "json"}})
        self.client(server).do("QUIT", 221)
        self.end(server)
        lines = server.log_text().splitlines()
        self.assertTrue(lines)
        for line in lines:
            self.assertIsInstance(json.loads(line), dict)

    def test_json_stays_json_whatever_a_client_sends(self):
        server = self.start({"log": {"format": "json", "level": "trace"}, "limits": {"login_delay": 0}})
        control = self.connect(server)
        for name in (b'quote"back\\slash', b"\x1b[31m\x07", b"\x80\xff\xff\xc3", "Grüße 日本".encode(), b"x" * 3000, b"{}%s%n"):
            control.do(b"USER " + name, 331, 501, 500)
            control.do(b"PASS x", 530, 503, 421)
            control.close()
            control = self.connect(server)
        control.close()
        self.end(server)
        for line in server.log_text().splitlines():
            self.assertIsInstance(json.loads(line), dict)

    def test_cannot_be_forged_by_a_client(self):
        server = self.start({"log": {"level": "trace"}})
        client = self.client(server)
        for octets in (b"MKD a\x1b[2Jb", b"SIZE x\ry", b"CWD \x07", b"STOR \x1b]0;title\x07"):
            client.do(octets, *range(400, 600))
        client.do("QUIT", 221)
        self.end(server)
        with open(server.log, "rb") as file:
            self.assertNotRegex(file.read(), rb"[\x00-\x08\x0b-\x1f\x7f]")

    def test_goes_to_a_file_where_that_is_asked_for(self):
        paths = []

        def changes(root):
            paths.append(os.path.join(os.path.dirname(root), "log"))
            return {"log": {"target": f"file:{paths[0]}"}}
        server = self.start(changes)
        self.client(server).do("QUIT", 221)
        self.end(server)
        self.assertTrue(os.path.getsize(paths[0]))
        self.assertEqual(server.log_text(), "")

    def test_tells_the_key_that_decided_a_refusal(self):
        server = self.start()
        client = self.client(server, name="anonymous", password="guest@example.org")
        client.do("MKD new", 550)
        wait_until(lambda: "anonymous.write" in server.log_text(), "the key that decided in the log")

    def test_off_says_nothing(self):
        server = self.start({"log": {"level": "off"}})
        self.client(server).do("QUIT", 221)
        self.end(server)
        self.assertEqual(server.log_text(), "")


if __name__ == "__main__":
    unittest.main()
