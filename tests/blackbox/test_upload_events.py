"""uploads.socket and uploads.digest: what is told of an upload that is complete, and that nobody waits for it.

The listener is a datagram socket of the test's; the daemon has its fences up.
"""

import hashlib
import json
import os
import signal
import socket
import unittest

from harness import BOUND, BlackBoxTest, give_to_nobody, is_sanitized, wait_until

CONTENT = b"line of text\n" * 1000


class UploadsTest(BlackBoxTest):
    changes = {}

    def setUp(self):
        def changes(root):
            self.path = os.path.join(os.path.dirname(root), "events")
            return self.changes | {"uploads": {"socket": self.path} | self.changes.get("uploads", {})}
        self.server = self.start(changes)

    def listen(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(listener.close)
        listener.bind(self.path)
        give_to_nobody(self.path)
        listener.settimeout(BOUND)
        return listener

    def receive(self, listener):
        line = listener.recv(1 << 17)
        self.assertTrue(line.endswith(b"\n") and line.count(b"\n") == 1, line)
        return json.loads(line)

    def wait_for_log(self, text, count=1):
        wait_until(lambda: self.server.log_text().count(text) >= count, lambda: f"{text} in {self.server.log_tail()}")


class Told(UploadsTest):
    def test_is_each_upload_that_is_complete(self):
        if not is_sanitized():
            self.assertIn("seccomp=up", self.server.log_text())
        listener = self.listen()
        client = self.client()
        client.store("STOR new.txt", CONTENT)
        told = self.receive(listener)
        self.assertGreaterEqual(told.pop("seconds"), 0)
        self.assertEqual(told, {"event": "uploaded", "session": 1, "client": "127.0.0.1", "user": "alice", "verb": "STOR",
                                "path": "/new.txt", "file": self.server.root + "/new.txt", "size": len(CONTENT)})
        self.assertEqual(self.server.read("new.txt"), CONTENT)
        client.store("APPE new.txt", b"more")
        told = self.receive(listener)
        self.assertEqual((told["verb"], told["path"], told["size"]), ("APPE", "/new.txt", len(CONTENT) + 4))
        client.store("STOU", CONTENT)
        told = self.receive(listener)
        self.assertEqual(told["verb"], "STOU")
        with open(told["file"], "rb") as file:
            self.assertEqual(file.read(), CONTENT)
        self.wait_for_log("event=uploaded", 3)

    def test_is_the_size_of_the_file_where_it_is_not_what_was_sent(self):
        listener = self.listen()
        client = self.client()
        client.do("TYPE A", 200)
        client.store("STOR ascii.txt", b"one\r\ntwo\r\n")
        self.assertEqual(self.receive(listener)["size"], 8)
        client.do("TYPE I", 200)
        client.do("REST 4", 350)
        client.store("STOR ascii.txt", b"three\n")
        self.assertEqual(self.receive(listener)["size"], 10)

    def test_is_a_name_of_any_bytes(self):
        listener = self.listen()
        name = b"Gr\xc3\xbc\xc3\x9fe \xff \"x\\"
        self.client().store(b"STOR " + name.replace(b"\xff", b"\xff\xff"), CONTENT)  # IAC
        told = self.receive(listener)
        self.assertEqual(told["path"].encode("latin-1"), b"/" + name)
        with open(told["file"].encode("latin-1"), "rb") as file:
            self.assertEqual(file.read(), CONTENT)

    def test_is_a_name_that_looks_like_a_login(self):
        listener = self.listen()
        client = self.client()
        client.do("MKD ftp:", 257)
        client.store("STOR ftp:/alice:secret@host", CONTENT)
        self.assertEqual(self.receive(listener)["path"], "/ftp:/alice:secret@host")
        self.wait_for_log("event=uploaded")
        self.assertNotIn("secret", self.server.log_text())

    def test_is_no_upload_that_was_cut_and_no_download(self):
        listener = self.listen()
        client = self.client()
        data = client.data()
        client.do("STOR cut", 150)
        data.send(CONTENT)
        wait_until(lambda: any(name.startswith(".uvftpd-") for name in self.server.names()), "an upload")
        data.reset()
        client.expect(426)
        client.data()
        client.do("STOR missing/file", 553)
        client.store("STOR whole", CONTENT)
        client.retrieve("RETR whole")
        client.store("STOR last", CONTENT)
        self.assertEqual([self.receive(listener)["path"] for _ in range(2)], ["/whole", "/last"])
        self.assertNotIn("sha256", self.server.log_text())


class Listeners(UploadsTest):
    def test_may_come_later_and_be_started_anew(self):
        client = self.client()
        client.store("STOR one", CONTENT)
        self.wait_for_log("event=uploads-untold key=uploads.socket errno=ENOENT")
        listener = self.listen()
        self.assertEqual(self.receive(listener)["path"], "/one")
        client.store("STOR two", CONTENT)
        self.assertEqual(self.receive(listener)["path"], "/two")
        listener.close()
        client.store("STOR three", CONTENT)
        self.wait_for_log("event=uploads-untold key=uploads.socket errno=ECONNREFUSED")
        listener = self.listen()
        self.assertEqual(self.receive(listener)["path"], "/three")
        self.wait_for_log("event=uploads-told key=uploads.socket", 2)

    def test_that_do_not_read_delay_nobody_and_lose_what_is_beyond_the_bound(self):
        listener = self.listen()
        client = self.client()
        many = 3000
        for number in range(many):
            client.store(f"STOR {number % 7}", b"x", mode="EPSV")
            if "event=uploads-untold key=uploads.socket dropped=" in self.server.log_text():
                break
        self.wait_for_log("event=uploads-untold key=uploads.socket dropped=1")
        self.assertGreater(number, 1000)
        for _ in range(number):
            self.receive(listener)
        self.wait_for_log("event=uploads-told key=uploads.socket dropped=")
        client.store("STOR last", CONTENT)
        while self.receive(listener)["path"] != "/last":
            pass


class Reloads(UploadsTest):
    def test_tell_of_uploads_before_and_after(self):
        listener = self.listen()
        before = self.client()
        self.server.signal(signal.SIGHUP)
        self.wait_for_log("event=reloaded")
        after = self.client()
        before.store("STOR before", CONTENT)
        self.assertEqual(self.receive(listener)["path"], "/before")
        after.store("STOR after", CONTENT)
        self.assertEqual(self.receive(listener)["path"], "/after")


class Digests(UploadsTest):
    changes = {"uploads": {"digest": "sha256"}}

    def test_are_told_of_the_whole_file(self):
        listener = self.listen()
        client = self.client()
        content = os.urandom(5 << 20)
        client.store("STOR big", content)
        told = self.receive(listener)
        self.assertEqual((told["sha256"], told["size"]), (hashlib.sha256(content).hexdigest(), len(content)))
        client.store("APPE big", b"more")
        told = self.receive(listener)
        self.assertEqual((told["sha256"], told["size"]), (hashlib.sha256(content + b"more").hexdigest(), len(content) + 4))
        client.store("STOR empty", b"")
        told = self.receive(listener)
        self.assertEqual((told["sha256"], told["size"]), (hashlib.sha256(b"").hexdigest(), 0))
        self.wait_for_log("sha256=" + hashlib.sha256(b"").hexdigest())

    def test_are_computed_also_when_the_client_has_gone(self):
        listener = self.listen()
        client = self.client()
        content = os.urandom(20 << 20)
        client.store("STOR big", content)
        client.reset()
        self.assertEqual(self.receive(listener)["sha256"], hashlib.sha256(content).hexdigest())

    def test_of_a_file_that_is_gone_say_why_not(self):
        listener = self.listen()
        client = self.client()
        names = [f"file{number}" for number in range(20)]
        for name in names:
            client.store("STOR " + name, os.urandom(4 << 20))
            client.do("DELE " + name, 250)
        told = [self.receive(listener) for _ in names]
        for one in told:
            self.assertTrue("sha256" in one or one["errno"] == "ENOENT", one)
            self.assertEqual(one["size"], 4 << 20)

    def test_that_are_not_there_at_the_end_hold_nothing_up(self):
        listener = self.listen()
        client = self.client()
        for number in range(5):
            client.store(f"STOR {number}", bytes(30 << 20))
        self.server.signal()
        client.close()
        self.assertEqual(self.server.wait(), 0)
        told = [self.receive(listener) for _ in range(5)]
        self.assertEqual({one["path"] for one in told}, {f"/{number}" for number in range(5)})
        self.assertTrue(all(one["size"] == 30 << 20 for one in told), told)
        self.assertEqual(self.server.log_text().count("event=uploaded "), 5)


class Configuration(BlackBoxTest):
    def test_a_name_that_is_too_long_is_no_socket(self):
        with self.assertRaisesRegex(AssertionError, "uploads.socket must be a path of at most 107 bytes"):
            self.start({"uploads": {"socket": "/" + "x" * 108}})

    def test_without_a_socket_the_log_tells(self):
        server = self.start({"uploads": {"digest": "sha256"}})
        self.client(server).store("STOR new", CONTENT)
        wait_until(lambda: f"sha256={hashlib.sha256(CONTENT).hexdigest()}" in server.log_text(), "the digest in the log")


if __name__ == "__main__":
    unittest.main()
