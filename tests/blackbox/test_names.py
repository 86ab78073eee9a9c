"""Names are bytes: whatever Linux allows in a name goes to the server and comes back the same.

Except control characters in new names: they serve to deceive and are refused, and shown as '?' where
they are there already.
"""

import os
import unittest

from harness import ServerTest

REFUSED = (500, 501, 550, 553)
NAMES = (
    "plain.txt", "with blank", " leading", "trailing ", "  two  blanks  ", '"quoted"', 'one"quote', "'single'",
    "[brackets]", "{braces}", "star*", "question?", "-dash", "--version", "-la", "~tilde", "#hash#", "semi;colon",
    "back\\slash", "dollar$HOME", "per%cent%20", "amp&ersand", "pipe|", "a=b", "...", ". .", "..hidden", ".dotfile",
    "Grüße", "日本語", "e\u0301 combining", "🎉", "\u202eright to left", "n" * 255,
)
BYTES = (b"\xe4\xf6\xfc latin-1", b"\x80\x81 not UTF-8", b"\xc3\x28", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xfe")


class Names(ServerTest):
    def setUp(self):
        self.ftp = self.client()
        self.enter(self._testMethodName)

    def enter(self, name):
        self.place = name
        self.ftp.do(f"MKD /{name}", 257)
        self.ftp.do(f"CWD /{name}", 250)

    def check_round_trip(self, name, number):
        """A name in every command that takes one; it is the bytes of `name` on the disk."""
        self.enter(f"{self._testMethodName}.{number}")
        raw = os.fsencode(name)
        wire = raw.replace(b"\xff", b"\xff\xff")
        place = self.server.path(self.place)
        self.ftp.do(b"MKD " + wire, 257)
        self.assertTrue(os.path.isdir(os.path.join(place, raw)))
        self.ftp.do(b"CWD " + wire, 250)
        quoted = os.fsdecode(raw).replace('"', '""')
        self.assertTrue(str(self.ftp.do("PWD", 257)).startswith(f'257 "/{self.place}/{quoted}"'), name)
        self.ftp.do("CDUP", 250, 200)
        self.ftp.do(b"RMD " + wire, 250)
        self.ftp.store(b"STOR " + wire, raw)
        self.assertEqual(os.listdir(place), [raw])
        self.assertEqual(self.ftp.do(b"SIZE " + wire, 213).text, str(len(raw)))
        self.assertEqual(self.ftp.retrieve(b"RETR " + wire), raw)
        self.assertEqual(self.ftp.retrieve("NLST"), raw + b"\r\n")
        self.assertTrue(self.ftp.retrieve("LIST").endswith(b" " + raw + b"\r\n"))
        self.ftp.do(b"RNFR " + wire, 350)
        self.ftp.do(b"RNTO other", 250)
        self.ftp.do(b"RNFR other", 350)
        self.ftp.do(b"RNTO " + wire, 250)
        self.assertEqual(os.listdir(place), [raw])
        self.ftp.do(b"DELE " + wire, 250)
        self.assertEqual(os.listdir(place), [])

    def hidden(self, name):
        return os.fsencode(name).startswith(b".")

    def test_of_every_kind_come_back_as_they_went(self):
        for number, name in enumerate(NAMES):
            if not self.hidden(name):  # whether NLST shows those is the server's choice
                with self.subTest(name=name):
                    self.check_round_trip(name, number)

    def test_that_are_no_utf_8_come_back_as_they_went(self):
        for number, name in enumerate(BYTES):
            with self.subTest(name=name):
                self.check_round_trip(name, number)

    def test_with_0xff_are_sent_with_it_doubled(self):
        self.check_round_trip(b"iac \xff here", 0)

    def test_that_begin_with_a_dot_can_be_used(self):
        for name in (".dotfile", "...", "..hidden"):
            with self.subTest(name=name):
                self.ftp.store(f"STOR {name}", b"x")
                self.assertEqual(self.ftp.retrieve(f"RETR {name}"), b"x")
                self.ftp.do(f"DELE {name}", 250)

    def test_with_a_pattern_in_them_mean_themselves_in_retr_and_dele(self):
        for name in ("a", "b", "*", "?", "[ab]"):
            self.server.write(f"{self.place}/{name}", name.encode())
        for name in ("*", "?", "[ab]"):
            with self.subTest(name=name):
                self.assertEqual(self.ftp.retrieve(f"RETR {name}"), name.encode())
                self.ftp.do(f"DELE {name}", 250)
        self.assertEqual(self.server.names(self.place), ["a", "b"])

    def test_of_256_bytes_are_refused(self):
        name = "n" * 256
        for command in (f"MKD {name}", f"CWD {name}", f"SIZE {name}", f"DELE {name}", f"RNFR {name}"):
            with self.subTest(command=command[:10]):
                self.ftp.do(command, *REFUSED)

    def test_in_a_very_deep_tree_work_and_too_long_paths_are_refused(self):
        step = "d" * 200
        for _ in range(15):
            self.ftp.do(f"MKD {step}", 257)
            self.ftp.do(f"CWD {step}", 250)
        self.ftp.store("STOR deep.txt", b"deep")
        self.assertEqual(self.ftp.retrieve("RETR deep.txt"), b"deep")
        for _ in range(10):
            self.ftp.send(f"MKD {step}")
            if self.ftp.expect(257, *REFUSED).code != 257:
                break
            self.ftp.send(f"CWD {step}")
            if self.ftp.expect(250, *REFUSED).code != 250:
                break
        self.ftp.do("PWD", 257)
        self.ftp.do("CWD /", 250)


class ControlCharacters(ServerTest):
    def setUp(self):
        self.ftp = self.client()

    @staticmethod
    def fill(server):
        server.write("file.txt", b"content")

    def test_in_new_names_are_refused(self):
        for octets in (b"\x01", b"\x07bell", b"tab\there", b"esc\x1b[31m", b"\x7f"):
            with self.subTest(octets=octets):
                self.ftp.do(b"MKD new" + octets, *REFUSED)
                self.ftp.data()
                self.ftp.do(b"STOR new" + octets, *REFUSED)
                self.ftp.do("RNFR file.txt", 350)
                self.ftp.do(b"RNTO new" + octets, *REFUSED)
        self.assertEqual(self.server.names(), ["file.txt"])

    def test_nul_in_a_name_does_not_cut_it(self):
        for command in (b"MKD new\x00more", b"SIZE file.txt\x00.jpg", b"DELE file.txt\x00", b"CWD /\x00x"):
            with self.subTest(command=command):
                self.ftp.do(command, 500, 501)
        self.assertEqual(self.server.names(), ["file.txt"])

    def test_a_lone_cr_in_a_name_is_refused(self):
        self.ftp.do(b"MKD new\rmore", *REFUSED)
        self.ftp.do(b"MKD new\r\x00more", *REFUSED)
        self.ftp.do("NOOP", 200)
        self.assertEqual(self.server.names(), ["file.txt"])

    def test_in_an_old_name_cannot_forge_a_reply(self):
        os.mkdir(self.server.path(b"a\r\n230 Forged\r\n"))
        self.addCleanup(os.rmdir, self.server.path(b"a\r\n230 Forged\r\n"))
        os.symlink(b"/a\r\n230 Forged\r\n", self.server.path("link"))
        self.addCleanup(os.unlink, self.server.path("link"))
        self.ftp.do("STAT /", 211, 212, 213, 501)
        self.ftp.do("NOOP", 200)
        self.ftp.do("CWD link", 250, 550)
        self.ftp.do("PWD", 257)
        self.ftp.do("NOOP", 200)
        self.assertNotIn("230 Forged", [line.strip() for line in self.ftp.lines("LIST /")])


if __name__ == "__main__":
    unittest.main()
