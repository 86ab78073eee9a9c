"""What changes a file and not its content: MFMT, MDTM with a time, SITE CHMOD and UTIME; and the rest of SITE."""

import os
import stat
import unittest

from harness import BlackBoxTest, ServerTest, user

TIME, SECONDS = "20261123055117", 1795413077


class ChangesTest(ServerTest):
    @staticmethod
    def changes(root):
        return {"user": [user(root), user(root, "reader", permissions="read")]}

    def setUp(self):
        self.server.write("a file", b"x", mtime=1)
        self.ftp = self.client()

    def mtime(self, name="a file"):
        return os.stat(self.server.path(name)).st_mtime

    def mode(self, name="a file"):
        return stat.S_IMODE(os.stat(self.server.path(name)).st_mode)


class Times(ChangesTest):
    def test_mfmt_and_mdtm_set_and_tell_it(self):
        for verb in ("MFMT", "MDTM"):
            os.utime(self.server.path("a file"), (1, 1))
            reply = self.ftp.do(f"{verb} {TIME} a file", 213)
            self.assertEqual(str(reply), f"213 Modify={TIME}; /a file")
            self.assertEqual(self.mtime(), SECONDS)
            self.assertEqual(self.ftp.do("MDTM a file", 213).text, TIME)

    def test_site_utime_sets_it_in_both_forms(self):
        for command in (f"SITE UTIME {TIME} a file", f"SITE UTIME a file 20200101000000 {TIME} 20200101000000 UTC"):
            os.utime(self.server.path("a file"), (1, 1))
            self.ftp.do(command, 200)
            self.assertEqual(self.mtime(), SECONDS)

    def test_the_fraction_is_kept(self):
        self.ftp.do(f"MFMT {TIME}.125 a file", 213)
        self.assertEqual(self.mtime(), SECONDS + 0.125)
        self.assertIn(f"modify={TIME}.125;", self.ftp.do("MLST a file", 250).body[0])

    def test_the_time_that_the_file_has_is_told_even_if_it_is_another(self):
        for wanted in ("20201231235960", "18000101000000"):
            told = self.ftp.do(f"MFMT {wanted} a file", 213).text.split(";")[0].removeprefix("Modify=")
            self.assertEqual(self.ftp.do("MDTM a file", 213).text, told)

    def test_the_time_of_access_stays(self):
        os.utime(self.server.path("a file"), (77, 1))
        self.ftp.do(f"MFMT {TIME} a file", 213)
        self.assertEqual(os.stat(self.server.path("a file")).st_atime, 77)

    def test_a_directory_has_one_too(self):
        self.ftp.do("MKD aged", 257)
        self.ftp.do(f"MFMT {TIME} aged", 213)
        self.assertEqual(self.mtime("aged"), SECONDS)

    def test_bad_ones_change_nothing(self):
        for argument in ("20261323000000 a file", "yesterday a file", f"{TIME}"):
            self.ftp.do(f"MFMT {argument}", 501)
        self.ftp.do(f"MFMT {TIME} missing", 550)
        self.assertEqual(self.mtime(), 1)


class Modes(ChangesTest):
    def test_chmod_changes_files_and_directories(self):
        self.ftp.do("SITE CHMOD 640 a file", 200)
        self.assertEqual(self.mode(), 0o640)
        self.ftp.do("MKD d", 257)
        self.ftp.do("SITE CHMOD 0711 d", 200)
        self.assertEqual(self.mode("d"), 0o711)

    def test_chmod_sets_no_id_and_follows_no_link_out(self):
        before = self.mode()
        self.ftp.do("SITE CHMOD 4755 a file", 501)
        os.symlink(self.server.outside, self.server.path("out"))
        os.symlink("a file", self.server.path("inner"))
        self.ftp.do("SITE CHMOD 777 inner", 550)
        self.ftp.do("SITE CHMOD 777 out", 550)
        self.assertEqual(self.mode(), before)


class Rights(ChangesTest):
    def test_a_reader_changes_nothing_and_the_log_says_why(self):
        reader = self.client(name="reader")
        for command in (f"MFMT {TIME} a file", f"MDTM {TIME} a file", f"SITE UTIME {TIME} a file",
                        "SITE CHMOD 777 a file"):
            reader.do(command, 550)
        self.assertEqual(self.mtime(), 1)
        self.assertIn('verb="SITE CHMOD"', self.server.log_text())


class Site(BlackBoxTest):
    def test_idle_closes_this_session_sooner(self):
        client = self.client(self.start())
        client.do("SITE IDLE 1", 200)
        client.expect(421)
        client.expect_end()

    def test_help_tells_what_there_is_and_the_rest_is_refused(self):
        client = self.client(self.start())
        self.assertIn(" SITE CHMOD <mode> <path>", client.do("SITE HELP", 214).body)
        client.do("SITE EXEC id", 500)
        client.do("SITE", 501)


if __name__ == "__main__":
    unittest.main()
