"""Every verb, with good and bad arguments: the codes that RFC 959 (section 5.4), 1123, 2389, 2640 and 3659 permit.

Transfers, listings and the data connection have files of their own; here is what is said on the control connection.
"""

import os
import unittest

from harness import ServerTest, user

ANY_REFUSAL = (500, 501, 502, 503, 504)
STAMP = 1_000_000_000  # 2001-09-09 01:46:40 UTC

# Verb, a good argument, arguments that are bad; the codes of RFC 959's table, and of this server's verbs beyond it.
# 500, 501 and 530 (before the login) go without saying.
TABLE = (
    ("USER", "alice", ("",), (331, 230)),
    ("PASS", "wrong", (), (230, 202, 332, 503)),
    ("REIN", "", ("x",), (220,)),
    ("NOOP", "", (), (200,)),
    ("SYST", "", ("x",), (215,)),
    ("FEAT", "", ("x",), (211,)),
    ("HELP", "", ("NOSUCH",), (211, 214, 502, 504)),
    ("STAT", "", ("missing",), (211, 212, 213, 450, 550)),
    ("OPTS", "UTF8 ON", ("", "NOSUCH", "UTF8 MAYBE"), (200, 451, 504)),
    ("TYPE", "I", ("", "X", "E", "L 36", "A C", "A N N"), (200, 504)),
    ("MODE", "S", ("", "B", "C", "X"), (200, 504)),
    ("STRU", "F", ("", "R", "P", "X"), (200, 504)),
    ("ALLO", "100", ("", "x"), (200, 202, 504)),
    ("PWD", "", ("x",), (257,)),
    ("XPWD", "", ("x",), (257,)),
    ("CWD", "dir", ("", "missing", "file.txt"), (250, 550)),
    ("XCWD", "dir", ("", "missing", "file.txt"), (250, 550)),
    ("CDUP", "", ("x",), (200, 250, 550)),
    ("XCUP", "", ("x",), (200, 250, 550)),
    ("MKD", "made", ("", "dir", "missing/made"), (257, 550)),
    ("XMKD", "made too", ("", "dir", "missing/made"), (257, 550)),
    ("RMD", "empty", ("", "missing", "dir", "file.txt"), (250, 550)),
    ("XRMD", "empty too", ("", "missing", "dir", "file.txt"), (250, 550)),
    ("DELE", "doomed.txt", ("", "missing", "dir"), (250, 450, 550)),
    ("RNFR", "file.txt", ("", "missing"), (350, 450, 550)),
    ("RNTO", "new.txt", ("",), (503,)),
    ("SIZE", "file.txt", ("", "missing", "dir"), (213, 550)),
    ("MDTM", "file.txt", ("", "missing"), (213, 550)),
    ("PASV", "", ("x",), (227,)),
    ("EPSV", "", ("x", "9"), (229, 522)),
    ("PORT", "127,0,0,1,200,200", ("", "x", "1,2,3"), (200, 504)),
    ("EPRT", "|1|127.0.0.1|50000|", ("", "x", "|9|127.0.0.1|50000|"), (200, 504, 522)),
    ("REST", "0", ("", "x", "-1", "99999999999999999999999"), (350,)),
    ("RETR", "missing", ("",), (450, 550, 425)),
    ("STOR", "missing/x", ("",), (450, 452, 532, 550, 553, 425)),
    ("APPE", "missing/x", ("",), (450, 452, 532, 550, 553, 425)),
    ("LIST", "missing", (), (450, 550, 425)),
    ("NLST", "missing", (), (450, 550, 425)),
    ("MLST", "", ("missing",), (250, 550)),
    ("MLSD", "missing", ("file.txt",), (450, 550, 501)),
    ("MFMT", "20261123055117 file.txt", ("", "x", "20261123055117", "yesterday file.txt"), (213, 550)),
    ("STOU", "missing/x", (), (450, 452, 532, 553, 425)),
    ("HASH", "file.txt", ("", "missing", "dir"), (213, 450, 550)),
    ("RANG", "0 1", ("", "x", "1", "2 1"), (350, 551)),
    ("AVBL", "", ("missing", "file.txt"), (213, 550)),
    ("SITE", "HELP", ("", "NOSUCH"), (214, 200, 202)),
    ("ACCT", "any", ("",), (230, 202, 503)),
    ("LANG", "EN", ("XX", "1"), (200, 504)),
    ("CLNT", "unittest", ("",), (200,)),
    ("CSID", "Name=unittest;", (), (200,)),
    ("ABOR", "", ("x",), (225, 226)),
    ("QUIT", "", (), (221,)),
)


class Session(ServerTest):
    @staticmethod
    def fill(server):
        server.write("file.txt", b"one\ntwo\n", STAMP)
        server.write("dir/inner.txt", b"inner\n")

    def setUp(self):
        self.ftp = self.client()


class EveryVerb(Session):
    @staticmethod
    def fill(server):
        Session.fill(server)
        for name in ("empty", "empty too"):
            os.mkdir(server.path(name))
        server.write("doomed.txt")

    def send_table(self, make_control, more_codes):
        for verb, good, bad, codes in TABLE:
            for argument in (good, *bad):
                command = f"{verb} {argument}".rstrip()
                with self.subTest(command=command):
                    control = make_control()
                    control.do(command, *codes, *more_codes)
                    if verb != "QUIT":
                        control.do("QUIT", 221)  # exactly one reply went before
                    control.expect_end()

    def test_answers_with_a_permitted_code_before_the_login(self):
        self.send_table(self.connect, (500, 501, 530))

    def test_answers_with_a_permitted_code_between_user_and_pass(self):
        def named():
            control = self.connect()
            control.do("USER anonymous", 331)
            return control
        self.send_table(named, (500, 501, 530))

    def test_answers_with_a_permitted_code_when_logged_in(self):
        self.send_table(self.client, (500, 501))

    def test_of_the_list_is_known(self):
        for verb, good, _, _ in TABLE:
            with self.subTest(verb=verb):
                self.assertNotIn(self.client().do(f"{verb} {good}".rstrip(), *range(200, 600)).code, (500, 502))

    def test_that_needs_an_argument_is_501_without_one(self):
        for verb in ("USER", "TYPE", "MODE", "STRU", "CWD", "XCWD", "MKD", "XMKD", "RMD", "XRMD", "DELE", "RNFR",
                     "SIZE", "MDTM", "PORT", "EPRT", "REST", "RETR", "STOR", "APPE", "OPTS", "ALLO", "ACCT", "CLNT", "HASH",
                     "MFMT", "RANG", "SITE"):
            with self.subTest(verb=verb):
                self.ftp.do(verb, 501)

    def test_is_taken_in_lower_and_mixed_case(self):
        for command, code in (("noop", 200), ("NoOp", 200), ("pwd", 257), ("syst", 215), ("type i", 200),
                              ("type a", 200), ("mode s", 200), ("stru f", 200), ("feat", 211)):
            with self.subTest(command=command):
                self.ftp.do(command, code)

    def test_that_is_unknown_is_500(self):
        for command in ("XYZZY", "XYZZY with an argument", "RET", "RETRX", "NOOPNOOPNOOPNOOP", "1234"):
            with self.subTest(command=command):
                self.ftp.do(command, 500)
        self.ftp.do("NOOP", 200)


class Information(Session):
    def test_greeting_is_one_line_with_the_banner(self):
        self.assertEqual(self.ftp.greeting.lines, ["220 FTP server ready"])

    def test_banner_is_as_configured(self):
        server = self.start({"server": {"banner": "Grüß Gott"}})
        self.assertEqual(str(self.connect(server).greeting), "220 Grüß Gott")

    def test_syst_names_unix_and_8_bits(self):
        self.assertTrue(str(self.ftp.do("SYST", 215)).startswith("215 UNIX Type: L8"))

    def test_help_lists_the_verbs_and_explains_one(self):
        reply = self.ftp.do("HELP", 214)
        for verb, *_ in TABLE:
            self.assertRegex(str(reply), rf"\b{verb}\b")
        self.assertIn("RETR", str(self.ftp.do("HELP RETR", 214)))
        self.assertIn("RETR", str(self.ftp.do("help retr", 214)))

    def test_stat_tells_of_the_session(self):
        self.assertEqual(self.ftp.do("STAT", 211).code, 211)

    def test_stat_of_a_path_lists_over_the_control_connection(self):
        self.assertIn("inner.txt", str(self.ftp.do("STAT dir", 212, 213)))
        self.assertIn("file.txt", str(self.ftp.do("STAT file.txt", 212, 213)))
        self.ftp.do("STAT missing", 450, 550)

    def test_stat_of_a_path_with_names_like_replies_cannot_forge_one(self):
        self.server.write("tricky/213 End", b"")
        self.server.write("tricky/226-x", b"")
        self.ftp.do("STAT tricky", 212, 213)
        self.ftp.do("NOOP", 200)

    def test_noop_is_200(self):
        self.ftp.do("NOOP", 200)


class Parameters(Session):
    def check(self, verb, good, unsupported, junk):
        for argument in good:
            with self.subTest(verb=verb, argument=argument):
                self.ftp.do(f"{verb} {argument}", 200)
        for argument in unsupported:
            with self.subTest(verb=verb, argument=argument):
                self.ftp.do(f"{verb} {argument}", 504)
        for argument in junk:
            with self.subTest(verb=verb, argument=argument):
                self.ftp.do(f"{verb} {argument}".rstrip(), 501, 504)

    def test_type(self):
        self.check("TYPE", ("A", "A N", "I", "L 8", "a", "a n", "i", "l 8"), ("E", "A C", "L 36", "L 7"),
                   ("X", "8", "AA", "I I", "L", "L x", "A X"))

    def test_type_a_t_is_taken_as_a_n_or_refused(self):
        self.ftp.do("TYPE A T", 200, 504)

    def test_a_refused_type_leaves_the_old_one(self):
        self.ftp.do("TYPE E", 504)
        self.assertEqual(self.ftp.retrieve("RETR file.txt"), b"one\ntwo\n")

    def test_mode(self):
        self.check("MODE", ("S", "s"), ("B", "C"), ("X", "SS", "S S"))

    def test_stru(self):
        self.check("STRU", ("F", "f"), ("R", "P"), ("X", "FF", "F F"))

    def test_allo(self):
        self.ftp.do("ALLO 1000", 200, 202)
        self.ftp.do("ALLO 1000 R 100", 200, 202)
        for junk in ("x", "-1", "10 R", "10 R x"):
            with self.subTest(junk=junk):
                self.ftp.do(f"ALLO {junk}", 501, 504)

    def test_rest_takes_digits_only(self):
        for good in ("0", "1", "4294967296", "1000000000000"):
            with self.subTest(good=good):
                self.ftp.do(f"REST {good}", 350)
        for bad in ("x", "-1", "+1", "1.5", "0x10", "1 2", "18446744073709551616", "9" * 40):
            with self.subTest(bad=bad):
                self.ftp.do(f"REST {bad}", 501)


class Directories(Session):
    def test_pwd_begins_at_the_root(self):
        self.assertTrue(str(self.ftp.do("PWD", 257)).startswith('257 "/"'))

    def test_cwd_down_and_cdup_up(self):
        self.ftp.do("CWD dir", 250)
        self.assertTrue(str(self.ftp.do("PWD", 257)).startswith('257 "/dir"'))
        self.ftp.do("CDUP", 250, 200)
        self.assertTrue(str(self.ftp.do("PWD", 257)).startswith('257 "/"'))

    def test_cdup_at_the_root_stays_there(self):
        self.ftp.do("CDUP", 250, 200, 550)
        self.assertTrue(str(self.ftp.do("PWD", 257)).startswith('257 "/"'))

    def test_quotes_in_a_path_are_doubled_in_257(self):
        made = self.ftp.do('MKD say "hello"', 257)
        self.assertTrue(str(made).startswith('257 "/say ""hello"""'), made)
        self.ftp.do('CWD say "hello"', 250)
        self.assertTrue(str(self.ftp.do("PWD", 257)).startswith('257 "/say ""hello"""'))

    def test_the_x_forms_do_the_same(self):
        self.assertTrue(str(self.ftp.do("XMKD made", 257)).startswith('257 "/made"'))
        self.ftp.do("XCWD made", 250)
        self.assertTrue(str(self.ftp.do("XPWD", 257)).startswith('257 "/made"'))
        self.ftp.do("XCUP", 250, 200)
        self.ftp.do("XRMD made", 250)
        self.assertNotIn("made", self.server.names())

    def test_a_current_directory_that_vanishes_is_no_dead_end(self):
        self.ftp.do("MKD brief", 257)
        self.ftp.do("CWD brief", 250)
        os.rmdir(self.server.path("brief"))
        self.ftp.do("PWD", 257)
        self.ftp.do("MKD below", 550)
        self.ftp.do("CWD /", 250)


class Files(Session):
    changes = {"limits": {"per_address": 0}}

    def test_rename_is_rnfr_then_rnto(self):
        self.server.write("old.txt", b"content")
        self.ftp.do("RNFR old.txt", 350)
        self.ftp.do("RNTO dir/new.txt", 250)
        self.assertEqual(self.server.read("dir/new.txt"), b"content")
        self.assertNotIn("old.txt", self.server.names())

    def test_rnto_without_rnfr_is_503(self):
        self.ftp.do("RNTO x", 503)

    def test_rnfr_is_forgotten_at_the_next_command(self):
        for between, code in (("NOOP", 200), ("PWD", 257), ("XYZZY", 500), ("RNTO", 501)):
            with self.subTest(between=between):
                self.ftp.do("RNFR file.txt", 350)
                self.ftp.do(between, code)
                self.ftp.do("RNTO x", 503)

    def test_rnfr_means_the_file_of_then_whatever_cwd_does(self):
        self.ftp.do("RNFR missing", 550, 450)
        self.ftp.do("RNTO x", 503)

    def test_a_directory_is_renamed_but_not_into_itself(self):
        os.mkdir(self.server.path("tree"))
        self.ftp.do("RNFR tree", 350)
        self.ftp.do("RNTO tree/inside", 553, 550)
        self.ftp.do("RNFR tree", 350)
        self.ftp.do("RNTO tree2", 250)
        self.assertTrue(os.path.isdir(self.server.path("tree2")))

    def test_dele_removes_files_only_and_rmd_directories_only(self):
        self.server.write("gone.txt")
        self.ftp.do("DELE gone.txt", 250)
        self.ftp.do("DELE dir", 550)
        self.ftp.do("RMD file.txt", 550)
        self.ftp.do("RMD dir", 550)
        self.assertIn("dir", self.server.names())

    def test_size_in_type_i_is_the_count_of_bytes(self):
        self.assertEqual(str(self.ftp.do("SIZE file.txt", 213)), "213 8")

    def test_size_in_type_a_counts_each_lf_as_crlf(self):
        self.ftp.do("TYPE A", 200)
        self.assertEqual(str(self.ftp.do("SIZE file.txt", 213)), "213 10")

    def test_size_in_type_a_is_what_a_retr_delivers(self):
        for octets in (b"", b"\n", b"\r\n", b"a\r\nb\n", b"\r\r\n\n", b"no end", bytes(range(256)) * 100):
            with self.subTest(octets=octets[:20]):
                self.server.write("odd.txt", octets)
                self.ftp.do("TYPE A", 200)
                reply = str(self.ftp.do("SIZE odd.txt", 213))
                self.assertEqual(reply, f"213 {len(self.ftp.retrieve('RETR odd.txt'))}")

    def test_size_in_type_a_of_what_is_too_large_to_count_is_550(self):
        with open(self.server.path("large"), "wb") as file:
            file.truncate((64 << 20) + 1)
        self.ftp.do("TYPE A", 200)
        self.assertIn("TYPE I", self.ftp.do("SIZE large", 550).text)
        self.ftp.data()
        self.ftp.do(f"REST {(64 << 20) + 1}", 350)
        self.assertIn("TYPE I", self.ftp.do("STOR large", 553).text)

    def test_size_of_what_is_no_file_is_550(self):
        self.ftp.do("SIZE dir", 550)
        self.ftp.do("SIZE missing", 550)

    def test_mdtm_is_the_time_in_utc(self):
        server = self.start(environment={"TZ": "Asia/Tokyo"})
        server.write("file.txt", b"", STAMP)
        self.assertEqual(str(self.client(server).do("MDTM file.txt", 213)), "213 20010909014640")

    def test_mdtm_of_a_missing_file_is_550(self):
        self.ftp.do("MDTM missing", 550)

    def test_a_name_keeps_every_blank_but_the_first(self):
        self.server.write(" a  b ", b"blanks")
        self.assertEqual(self.ftp.retrieve("RETR  a  b "), b"blanks")


class Rename(ServerTest):
    @staticmethod
    def changes(root):
        careful = ["list", "download", "upload", "rename"]
        return {"user": [user(root), user(root, "careful", permissions=careful)]}

    def test_onto_an_old_file_replaces_it_with_the_permission_to_overwrite(self):
        self.server.write("one", b"1")
        self.server.write("two", b"2")
        client = self.client()
        client.do("RNFR one", 350)
        client.do("RNTO two", 250)
        self.assertEqual(self.server.read("two"), b"1")

    def test_onto_an_old_file_is_553_without_it(self):
        self.server.write("three", b"3")
        self.server.write("four", b"4")
        client = self.client(name="careful")
        client.do("RNFR three", 350)
        client.do("RNTO four", 553, 550)
        self.assertEqual((self.server.read("three"), self.server.read("four")), (b"3", b"4"))


if __name__ == "__main__":
    unittest.main()
