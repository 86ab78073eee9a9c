"""LIST and NLST: the form of `ls -l`, names only, and every odd directory.

Lines end in CRLF whatever TYPE is; control characters in names are shown as '?'; an empty directory is an empty
listing, a missing one is refused.
"""

import os
import re
import threading
import time
import unittest

from harness import ServerTest, user
from raw_client import IPV4_MODES

# mode, links, owner, group, size, date (hh:mm within half a year, else the year), name
LINE = re.compile(r"([-dlpscb][-r][-w][-xsS][-r][-w][-xsS][-r][-w][-xtT])[+.@]? +(\d+) +(\S+) +(\S+) +(\d+) "
                  r"((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 123]\d (?:\d\d:\d\d| \d{4})) (.*)")
DAY = 86400


def parsed(lines):
    """Name to (mode, links, owner, group, size, date); every line must have the form."""
    entries = {}
    for line in lines:
        match = LINE.fullmatch(line)
        assert match, f"not a line of ls -l: {line!r}"
        entries[match[7]] = match.groups()[:6]
    return entries


class ListingTest(ServerTest):
    def setUp(self):
        self.ftp = self.client()

    def list(self, argument="", mode="PASV"):
        return parsed(self.ftp.lines(f"LIST {argument}".rstrip(), mode))

    def refused(self, command):
        self.ftp.data()
        self.ftp.do(command, 450, 550)


class Form(ListingTest):
    @staticmethod
    def fill(server):
        server.write("dir/file.txt", b"12345", 981_173_106)  # 2001-02-03 04:05:06 UTC
        os.chmod(server.path("dir/file.txt"), 0o640)
        os.mkdir(server.path("dir/sub"))
        os.chmod(server.path("dir/sub"), 0o751)
        os.symlink("file.txt", server.path("dir/link"))
        with open(server.path("huge"), "wb") as file:
            file.truncate(5_000_000_000)
        os.mkdir(server.path("empty"))

    def test_a_line_has_mode_links_owner_group_size_date_and_name(self):
        mode, links, owner, group, size, date = self.list("dir")["file.txt"]
        self.assertEqual((mode, links, size, date), ("-rw-r-----", "1", "5", "Feb  3  2001"))
        self.assertTrue(owner and group)

    def test_a_directory_has_a_d_and_its_mode(self):
        self.assertEqual(self.list("dir")["sub"][0], "drwxr-x--x")

    def test_a_link_has_an_l_and_may_tell_its_target(self):
        links = [name for name, entry in self.list("dir").items() if name.startswith("link")]
        self.assertIn(links, (["link -> file.txt"], ["link"]))

    def test_a_size_beyond_32_bits_is_right(self):
        self.assertEqual(self.list()["huge"][4], "5000000000")

    def test_a_recent_file_has_a_time_and_an_old_one_a_year(self):
        now = time.time()
        self.server.write("dates/recent", b"", now - 30 * DAY)
        self.server.write("dates/old", b"", now - 300 * DAY)
        self.server.write("dates/future", b"", now + 300 * DAY)
        self.server.write("dates/far", b"", 4_102_444_800)  # 2100-01-01
        dates = {name: entry[5] for name, entry in self.list("dates").items()}
        self.assertEqual(dates["recent"], time.strftime("%b %e %H:%M", time.gmtime(now - 30 * DAY)))
        self.assertEqual(dates["old"], time.strftime("%b %e  %Y", time.gmtime(now - 300 * DAY)))
        self.assertEqual(dates["future"], time.strftime("%b %e  %Y", time.gmtime(now + 300 * DAY)))
        self.assertEqual(dates["far"], "Jan  1  2100")

    def test_there_is_no_total_line(self):
        self.list("dir")  # every line has the form

    def test_in_type_i_and_type_a_is_the_same_with_crlf(self):
        binary = self.ftp.retrieve("LIST dir")
        self.ftp.do("TYPE A", 200)
        self.assertEqual(self.ftp.retrieve("LIST dir"), binary)
        self.assertEqual(binary.count(b"\r\n"), binary.count(b"\n"))
        self.assertGreaterEqual(binary.count(b"\r\n"), 3)

    def test_in_every_mode_is_the_same(self):
        self.assertEqual(len({self.ftp.retrieve("LIST dir", mode) for mode in IPV4_MODES}), 1)

    def test_of_the_current_directory_follows_cwd(self):
        self.ftp.do("CWD dir", 250)
        self.assertIn("file.txt", self.list())
        self.assertIn("file.txt", self.list("."))
        self.assertIn("huge", self.list(".."))

    def test_of_a_file_is_its_line(self):
        entries = self.list("dir/file.txt")
        self.assertEqual(len(entries), 1)
        self.assertRegex(list(entries)[0], r"(^|/)file\.txt$")

    def test_of_an_empty_directory_is_150_and_226_without_a_byte(self):
        for mode in IPV4_MODES:
            for verb in ("LIST", "NLST"):
                with self.subTest(mode=mode, verb=verb):
                    self.assertEqual(self.ftp.retrieve(f"{verb} empty", mode), b"")

    def test_of_a_missing_path_is_refused(self):
        for command in ("LIST missing", "NLST missing", "LIST empty/missing", "NLST dir/file.txt/x"):
            with self.subTest(command=command):
                self.refused(command)
        self.assertIn("dir", self.list())

    def test_with_the_options_of_ls_is_understood(self):
        for command in ("LIST -a", "LIST -l", "LIST -al", "LIST -la ."):
            with self.subTest(command=command):
                self.assertIn("huge", parsed(self.ftp.lines(command)))
        for command in ("LIST -a dir", "LIST -al dir", "LIST -l dir/", "LIST -a -l dir"):
            with self.subTest(command=command):
                self.assertIn("file.txt", parsed(self.ftp.lines(command)))

    def test_with_r_does_not_descend(self):
        self.assertNotIn("file.txt", "".join(self.ftp.lines("LIST -R")))


class NamesOnly(ListingTest):
    @staticmethod
    def fill(server):
        for name in ("one.txt", "two.txt", "with blank.txt", "three.bin", "dir/four.txt", "dir/five.bin"):
            server.write(name, name.encode())

    def test_are_given_one_a_line(self):
        self.assertEqual(sorted(self.ftp.lines("NLST")), ["dir", "one.txt", "three.bin", "two.txt", "with blank.txt"])

    def test_can_be_fed_to_retr_as_they_are(self):
        for argument in ("", ".", "dir", "/dir", "dir/", "*.txt", "dir/*", "one.txt", "dir/four.txt"):
            names = self.ftp.lines(f"NLST {argument}".rstrip())
            self.assertTrue(names, argument)
            for name in names:
                if name.rstrip("/").split("/")[-1] != "dir":
                    with self.subTest(argument=argument, name=name):
                        self.assertTrue(self.ftp.retrieve(f"RETR {name}").decode().endswith(name.split("/")[-1]))

    def test_can_be_fed_to_retr_in_another_directory(self):
        self.ftp.do("CWD dir", 250)
        for name in self.ftp.lines("NLST"):
            self.ftp.retrieve(f"RETR {name}")
        for name in self.ftp.lines("NLST ../*.bin"):
            self.assertEqual(self.ftp.retrieve(f"RETR {name}"), b"three.bin")

    def test_that_match_a_pattern_are_given(self):
        self.assertEqual(sorted(self.ftp.lines("NLST *.txt")), ["one.txt", "two.txt", "with blank.txt"])
        self.assertEqual(self.ftp.lines("NLST t*.txt"), ["two.txt"])
        self.assertEqual(sorted(parsed(self.ftp.lines("LIST *.bin"))), ["three.bin"])

    def test_that_match_a_pattern_may_be_none(self):
        data = self.ftp.data()
        self.ftp.send("NLST *.none")
        if self.ftp.expect(150, 450, 550).code == 150:
            self.assertEqual(data.receive(), b"")
            self.ftp.expect(226)

    def test_need_the_permission_to_list(self):
        server = self.start(lambda root: {"user": [user(root, permissions=["download"])]})
        client = self.client(server)
        for command in ("LIST", "NLST"):
            client.data()
            client.do(command, 550, 450)

    def test_a_pattern_that_is_a_bomb_is_answered(self):
        server = self.start()
        server.write("bomb/" + "a" * 250)
        client = self.client(server)
        for pattern in ("*a" * 60 + "*b", "*" * 200 + "b", "[a" * 100, "{" * 100, "{a,b}" * 20, "*/" * 50):
            with self.subTest(pattern=pattern[:20]):
                data = client.data()
                client.send(f"NLST bomb/{pattern}")
                if client.expect(150, 450, 501, 550).code == 150:
                    data.receive()
                    client.expect(226)


class OddDirectories(ListingTest):
    COUNT = 20_000

    def test_of_20_000_entries_is_complete(self):
        expected = {f"entry{number:05}" for number in range(self.COUNT)}
        self.server.write_many("many", expected)
        self.assertEqual(set(self.list("many")), expected)
        for mode in ("PASV", "PORT"):
            lines = self.ftp.lines("LIST many", mode)
            self.assertEqual(len(lines), self.COUNT)
            self.assertEqual({line.split("/")[-1] for line in self.ftp.lines("NLST many", mode)}, expected)

    def test_a_slow_reader_of_a_long_listing_gets_all_of_it(self):
        self.server.write_many("long", [f"{number:0200}" for number in range(5000)])
        data = self.ftp.data()
        self.ftp.do("LIST long", 150)
        self.assertIn("long", self.client().lines("NLST"))
        self.assertEqual(data.receive().count(b"\r\n"), 5000)
        self.ftp.expect(226)

    def test_a_listing_that_nobody_reads_can_be_cut(self):
        self.server.write_many("cut", [f"{number:0200}" for number in range(3000)])
        before = self.server.descriptors()
        for _ in range(10):
            client = self.client()
            client.data()
            client.do("LIST cut", 150)
            client.reset()
        self.server.expect_descriptors(before + 8)

    def test_files_that_vanish_and_appear_meanwhile_do_no_harm(self):
        self.server.write_many("busy", [f"stay{number:04}" for number in range(2000)])
        over = threading.Event()

        def churn():
            number = 0
            while not over.is_set():
                path = self.server.path(f"busy/come{number % 50}")
                with open(path, "wb"):
                    pass
                os.unlink(path)
                number += 1
        thread = threading.Thread(target=churn)
        thread.start()
        try:
            for _ in range(10):
                names = set(self.list("busy"))
                self.assertEqual(len([name for name in names if name.startswith("stay")]), 2000)
                self.assertEqual({name for name in names if not re.match("stay|come", name)} - {".", ".."}, set())
        finally:
            over.set()
            thread.join()

    def test_a_directory_that_is_removed_meanwhile_does_no_harm(self):
        self.server.write_many("gone", [f"{number:0200}" for number in range(3000)])
        data = self.ftp.data()
        self.ftp.do("LIST gone", 150)
        for name in os.listdir(self.server.path("gone")):
            os.unlink(self.server.path("gone") + b"/" + name)
        os.rmdir(self.server.path("gone"))
        data.receive()
        self.ftp.expect(226, 451)
        self.ftp.do("NOOP", 200)

    def test_control_characters_are_shown_as_question_marks(self):
        os.mkdir(self.server.path("odd"))
        for name in (b"new\nline", b"carriage\rreturn", b"esc\x1b[0m", b"tab\there", b"del\x7f"):
            with open(self.server.path(b"odd/" + name), "wb"):
                pass
        expected = {"new?line", "carriage?return", "esc?[0m", "tab?here", "del?"}
        self.assertEqual(set(self.list("odd")), expected)

    def test_names_with_line_ends_cannot_forge_another_name(self):
        for name in (b"new\nline", b"carriage\rreturn", b"both\r\nforged"):
            self.server.write(b"lines/" + name)
        octets = self.ftp.retrieve("NLST lines")
        for line in octets.split(b"\n")[:-1]:
            self.assertTrue(line.endswith(b"\r"), octets)
            self.assertRegex(line[:-1], rb"^(lines/)?(new\?line|carriage(\?|\r\x00)return|both\?\?forged)$")

    def test_names_with_blanks_and_of_other_scripts_are_shown_as_they_are(self):
        names = {" leading", "trailing ", "in  between", "日本語", "Grüße", '"quoted"', "\udcff\udc80"}
        for name in names:
            self.server.write(f"names/{name}")
        self.assertEqual(set(self.list("names")), names)

    def test_a_directory_that_the_daemon_may_not_read_is_refused(self):
        server = self.start(as_nobody=True)
        os.mkdir(server.path("closed"))
        os.chmod(server.path("closed"), 0)
        client = self.client(server)
        for verb in ("LIST", "NLST"):
            client.data()
            client.do(f"{verb} closed", 450, 550)
        self.assertIn("closed", parsed(client.lines("LIST")))
        os.chmod(server.path("closed"), 0o755)


if __name__ == "__main__":
    unittest.main()
