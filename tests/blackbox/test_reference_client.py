"""The reference client: Python's ftplib, with every command that it gives its user.

Both data modes, both families, anonymous and by password: eight classes of the same tests. Whatever else
uvftpd learns or forgets, this file must pass.
"""

import ftplib
import io
import os
import unittest

from harness import PASSWORD, HAS_IPV6, Server
from raw_client import BOUND

CONTENT = os.urandom(300_001)


def setUpModule():
    global server
    server = Server(lambda root: {"anonymous": {"write": "full"}})
    unittest.addModuleCleanup(server.stop)


class Commands:
    family = 4
    passive = True
    user = "anonymous"

    def setUp(self):
        if self.family == 6 and not HAS_IPV6:
            self.skipTest("no IPv6 here")
        self.place = f"{type(self).__name__}.{self._testMethodName}"  # each test in a directory of its own
        server.write(f"{self.place}/old.bin", CONTENT)
        server.write(f"{self.place}/sub/inner.txt", b"inner\n")
        self.ftp = ftplib.FTP(timeout=BOUND)
        self.addCleanup(self.ftp.close)
        self.ftp.connect(*server.address(self.family))
        self.ftp.login(self.user, PASSWORD if self.user == "alice" else "guest@example.org")
        self.ftp.set_pasv(self.passive)
        self.ftp.cwd(self.place)

    def get(self, name):
        received = io.BytesIO()
        self.ftp.retrbinary(f"RETR {name}", received.write, blocksize=1024)
        return received.getvalue()

    def test_cd_goes_down_and_up_again(self):
        self.ftp.cwd("sub")
        self.assertEqual(self.ftp.pwd(), f"/{self.place}/sub")
        self.ftp.cwd("..")
        self.assertEqual(self.ftp.pwd(), f"/{self.place}")
        self.ftp.cwd("/")
        self.assertEqual(self.ftp.pwd(), "/")

    def test_cd_into_a_missing_directory_fails(self):
        with self.assertRaises(ftplib.error_perm):
            self.ftp.cwd("missing")

    def test_delete_removes_a_file(self):
        self.ftp.delete("old.bin")
        self.assertEqual(server.names(self.place), ["sub"])

    def test_delete_of_a_missing_file_fails(self):
        with self.assertRaises(ftplib.error_perm):
            self.ftp.delete("missing")

    def test_dir_lists_name_and_size(self):
        lines = []
        self.ftp.dir(lines.append)
        by_name = {line.split()[-1]: line.split() for line in lines}
        self.assertEqual(set(by_name) - {".", ".."}, {"old.bin", "sub"})
        self.assertEqual(by_name["old.bin"][4], str(len(CONTENT)))
        self.assertEqual(by_name["sub"][0][0], "d")

    def test_get_receives_every_byte_in_reads_of_1024(self):
        self.assertEqual(self.get("old.bin"), CONTENT)

    def test_get_of_a_missing_file_fails_and_the_session_goes_on(self):
        with self.assertRaises(ftplib.error_perm):
            self.get("missing")
        self.assertEqual(self.get("sub/inner.txt"), b"inner\n")

    def test_put_sends_every_byte_in_blocks_of_1024(self):
        self.ftp.storbinary("STOR new.bin", io.BytesIO(CONTENT), blocksize=1024)
        self.assertEqual(server.read(f"{self.place}/new.bin"), CONTENT)

    def test_put_over_an_old_file_replaces_it(self):
        self.ftp.storbinary("STOR old.bin", io.BytesIO(b"short"), blocksize=1024)
        self.assertEqual(server.read(f"{self.place}/old.bin"), b"short")

    def test_pwd_tells_where_we_are(self):
        self.assertEqual(self.ftp.pwd(), f"/{self.place}")

    def test_mkdir_makes_a_directory_and_tells_its_path(self):
        self.assertEqual(self.ftp.mkd("made"), f"/{self.place}/made")
        self.assertTrue(os.path.isdir(server.path(f"{self.place}/made")))

    def test_rename_moves_a_file(self):
        self.ftp.rename("old.bin", "sub/renamed.bin")
        self.assertEqual(server.names(self.place), ["sub"])
        self.assertEqual(server.read(f"{self.place}/sub/renamed.bin"), CONTENT)

    def test_rmdir_removes_an_empty_directory(self):
        self.ftp.mkd("empty")
        self.ftp.rmd("empty")
        self.assertEqual(server.names(self.place), ["old.bin", "sub"])

    def test_rmdir_of_a_full_directory_fails(self):
        with self.assertRaises(ftplib.error_perm):
            self.ftp.rmd("sub")

    def test_size_is_the_count_of_bytes(self):
        self.ftp.voidcmd("TYPE I")
        self.assertEqual(self.ftp.size("old.bin"), len(CONTENT))

    def test_help_names_the_commands(self):
        text = self.ftp.sendcmd("HELP")
        self.assertTrue(text.startswith("214"), text)
        self.assertIn("RETR", text)

    def test_quit_is_answered_and_the_connection_closed(self):
        self.assertTrue(self.ftp.quit().startswith("221"))

    def test_text_goes_both_ways_with_native_line_ends_on_the_server(self):
        self.ftp.storlines("STOR poem.txt", io.BytesIO(b"one\ntwo\n"))
        self.assertEqual(server.read(f"{self.place}/poem.txt"), b"one\ntwo\n")
        lines = []
        self.ftp.retrlines("RETR poem.txt", lines.append)
        self.assertEqual(lines, ["one", "two"])

    def test_a_resumed_get_starts_at_the_offset(self):
        received = io.BytesIO()
        self.ftp.retrbinary("RETR old.bin", received.write, blocksize=1024, rest=250_000)
        self.assertEqual(received.getvalue(), CONTENT[250_000:])

    def test_nlst_gives_names_only(self):
        self.assertEqual(sorted(self.ftp.nlst()), ["old.bin", "sub"])

    def test_an_aborted_get_leaves_a_session_that_works(self):
        server.write(f"{self.place}/big.bin", bytes(16 << 20))
        with self.ftp.transfercmd("RETR big.bin") as data:
            data.recv(1024)
            self.ftp.abort()  # the whole line as urgent data
            while data.recv(1 << 18):
                pass
        answer = self.ftp.getmultiline()  # the reply to ABOR itself, after the transfer's 426
        self.assertTrue(answer.startswith("226"), answer)
        self.assertEqual(self.get("sub/inner.txt"), b"inner\n")


class AnonymousPassiveIPv4(Commands, unittest.TestCase):
    pass


class AnonymousActiveIPv4(Commands, unittest.TestCase):
    passive = False


class AnonymousPassiveIPv6(Commands, unittest.TestCase):
    family = 6


class AnonymousActiveIPv6(Commands, unittest.TestCase):
    family = 6
    passive = False


class PasswordPassiveIPv4(Commands, unittest.TestCase):
    user = "alice"


class PasswordActiveIPv4(Commands, unittest.TestCase):
    user = "alice"
    passive = False


class PasswordPassiveIPv6(Commands, unittest.TestCase):
    user = "alice"
    family = 6


class PasswordActiveIPv6(Commands, unittest.TestCase):
    user = "alice"
    family = 6
    passive = False


if __name__ == "__main__":
    unittest.main()
