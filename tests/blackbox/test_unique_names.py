"""STOU: a name that the server makes, never one that is taken (RFC 959; RFC 1123, section 4.1.2.9)."""

import os
import re
import unittest

from harness import ServerTest, user, wait_until


class UniqueNames(ServerTest):
    @staticmethod
    def changes(root):
        os.mkdir(os.path.join(root, "incoming"))
        return {"user": [user(root), user(root, "reader", permissions="read")],
                "anonymous": {"write": "dropbox", "upload_directory": "/incoming"}}

    def setUp(self):
        self.ftp = self.client()

    def store(self, command="STOU", octets=b"content", client=None):
        """The path that the server told."""
        ftp = client or self.ftp
        data = ftp.data()
        told = re.fullmatch(r"150 FILE: (/.*)", str(ftp.do(command, 150)))
        self.assertTrue(told)
        data.send(octets)
        data.finish()
        ftp.expect(226)
        return told[1]

    def test_the_name_is_told_in_the_150_and_is_there_afterwards(self):
        path = self.store()
        self.assertEqual(self.server.read(path), b"content")
        self.assertEqual(self.ftp.retrieve(f"RETR {path}"), b"content")

    def test_no_two_are_the_same(self):
        self.assertEqual(len({self.store() for _ in range(30)}), 30)

    def test_a_beginning_may_be_given_and_what_has_that_name_stays(self):
        self.server.write("report", b"old")
        path = self.store("STOU report")
        self.assertTrue(path.startswith("/report."), path)
        self.assertEqual(self.server.read("report"), b"old")

    def test_it_lies_in_the_current_directory_or_in_the_one_that_is_given(self):
        os.makedirs(self.server.path("up"), exist_ok=True)
        self.assertTrue(self.store("STOU up/x").startswith("/up/x."))
        self.ftp.do("CWD up", 250)
        self.assertTrue(self.store().startswith("/up/"))

    def test_the_log_has_the_name(self):
        path = self.store()
        wait_until(lambda: f"verb=STOU path={path} outcome=complete" in self.server.log_text(), "the line of the transfer")

    def test_a_cut_one_keeps_what_came_under_its_name(self):
        data = self.ftp.data()
        path = self.ftp.do("STOU cut", 150).text.removeprefix("FILE: ")
        data.send(b"half")
        wait_until(lambda: self.ftp.do("STAT", 211).body and "4 bytes" in str(self.ftp.do("STAT", 211)), "4 bytes to arrive")
        self.ftp.send("ABOR")
        self.ftp.expect(426)
        self.ftp.expect(226)
        self.assertEqual(self.server.read(path), b"half")

    def test_one_that_was_cut_before_its_first_byte_leaves_nothing(self):
        self.ftp.data()
        path = self.ftp.do("STOU nothing", 150).text.removeprefix("FILE: ")
        self.ftp.send("ABOR")
        self.ftp.expect(426)
        self.ftp.expect(226)
        self.assertFalse(os.path.exists(self.server.path(path)))

    def test_it_is_hidden_until_it_is_complete(self):
        data = self.ftp.data()
        path = self.ftp.do("STOU hidden", 150).text.removeprefix("FILE: ")
        data.send(b"half")
        self.assertFalse(os.path.exists(self.server.path(path)))
        data.finish()
        self.ftp.expect(226)
        self.assertEqual(self.server.read(path), b"half")

    def test_a_name_that_somebody_took_meanwhile_stays_that_ones(self):
        data = self.ftp.data()
        path = self.ftp.do("STOU taken", 150).text.removeprefix("FILE: ")
        self.server.write(path, b"theirs")
        data.send(b"ours")
        data.finish()
        self.ftp.expect(451)
        self.assertEqual(self.server.read(path), b"theirs")

    def test_a_dropbox_takes_it_and_the_rest_of_the_tree_does_not(self):
        guest = self.client(name="anonymous")
        path = self.store("STOU incoming/x", client=guest)
        self.assertEqual(self.server.read(path), b"content")
        guest.data()
        guest.do(f"RETR {path}", 550)
        guest.do("STOU x", 553)

    def test_it_needs_the_right_to_upload_and_a_directory(self):
        reader = self.client(name="reader")
        reader.data()
        reader.do("STOU", 553)
        self.ftp.data()
        self.ftp.do("STOU missing/x", 553)


if __name__ == "__main__":
    unittest.main()
