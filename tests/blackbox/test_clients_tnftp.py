"""tnftp, the ftp of the BSDs: what its users type."""

import os
import signal
import subprocess
import unittest

from harness import PASSWORD, wait_until
from raw_client import BOUND
from real_client import MIB, POOL, TIME, FilesTest, odd_names, tree


class Tnftp(FilesTest):
    program = "tnftp"

    def tnftp(self, *commands, family=4, passive=True):
        host, port = self.server.address(family)
        script = "\n".join((f"user alice {PASSWORD}", *commands, "quit")) + "\n"
        done = self.run_client("-n", "-i", "-v", "-p" if passive else "-A", host, str(port), stdin=script, check=False)
        self.assertNotRegex(done.stdout, r"(?m)^[45]\d\d ", f"a refusal: {done.stdout}")
        return done.stdout

    def test_gets_and_puts_in_both_modes_and_families(self):
        for family, passive in ((4, True), (4, False), (6, True), (6, False)):
            with self.subTest(family=family, passive=passive):
                if family == 6:
                    self.need_ipv6()
                self.tnftp("binary", "get big.bin", "put big.bin tn.bin", family=family, passive=passive)
                self.same("big.bin", "big.bin")
                self.same("big.bin", "tn.bin")
                os.unlink(self.local_path("big.bin"))

    def test_lists_and_moves_about(self):
        said = self.tnftp("cd pub", "pwd", "ls", "cdup", "pwd")
        self.assertRegex(said, r"Remote directory: /pub\n")
        self.assertIn("hello.txt", said)

    def test_makes_renames_and_deletes(self):
        self.server.write("tn/a.txt", b"a")
        self.tnftp("cd tn", "mkdir dir", "rename a.txt dir/b.txt", "delete dir/b.txt", "rmdir dir")
        self.assertEqual(self.server.names("tn"), [])

    def test_resumes_a_download(self):
        with open(self.server.path("big.bin"), "rb") as source, open(self.local_path("big.bin"), "wb") as part:
            part.write(source.read(3 * MIB + 1))
        self.tnftp("binary", "reget big.bin")
        self.same("big.bin", "big.bin")

    def test_resumes_an_upload(self):
        self.write_local("up.bin", POOL)
        self.server.write("up.bin", POOL[:MIB + 1])
        self.tnftp("binary", f"restart {MIB + 1}", "put up.bin")
        self.same("up.bin", "up.bin")

    def test_gets_and_puts_odd_names(self):
        visible = {name: b"file " + name for name in odd_names() if not name.startswith(b".")}  # NLST hides the others
        self.tnftp("binary", "cd odd/files", "mget *")
        self.assertEqual(tree(self.local), visible)
        self.tnftp("binary", "mkdir put-odd", "cd put-odd", "mput *")
        self.assertEqual(tree(self.server.path("put-odd")), visible)
        self.tnftp("cd put-odd", "mdelete *")
        self.assertEqual(self.server.names("put-odd"), [])

    def test_keeps_times_and_gets_what_is_newer(self):
        self.tnftp("get pub/hello.txt hello.txt")
        self.assertEqual(int(os.stat(self.local_path("hello.txt")).st_mtime), TIME)
        self.write_local("hello.txt", b"mine")
        os.utime(self.local_path("hello.txt"), (TIME, TIME))
        self.tnftp("newer pub/hello.txt hello.txt")
        self.assertEqual(self.read_local("hello.txt"), b"mine")
        os.utime(self.local_path("hello.txt"), (TIME - 1, TIME - 1))
        self.tnftp("newer pub/hello.txt hello.txt")
        self.assertEqual(self.read_local("hello.txt"), b"hello\n")

    def test_goes_on_after_an_abort(self):
        with open(self.server.path("huge.bin"), "wb") as file:
            file.truncate(4 << 30)
        host, port = self.server.address()
        process = self.start_client("-n", "-i", "-v", host, str(port), stdin=subprocess.PIPE)
        process.stdin.write(f"user alice {PASSWORD}\nget huge.bin\n".encode())
        process.stdin.flush()
        wait_until(lambda: os.path.exists(self.local_path("huge.bin")) and os.path.getsize(self.local_path("huge.bin")),
                   "the first octets of huge.bin")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(b"get pub/hello.txt hello.txt\nput hello.txt up.txt\nquit\n", BOUND)
        self.assertRegex(said.decode(), r"(?s)426 .*226 ")
        self.same("hello.txt", "pub/hello.txt")
        self.same("hello.txt", "up.txt")

    def test_changes_permissions(self):
        self.server.write("mode.txt")
        self.tnftp("chmod 640 mode.txt")
        self.assertEqual(os.stat(self.server.path("mode.txt")).st_mode & 0o777, 0o640)

    def test_gets_text(self):
        self.tnftp("ascii", "get pub/hello.txt hello.txt")
        self.same("hello.txt", "pub/hello.txt")

    def test_gets_by_a_pattern(self):
        self.tnftp("cd pub", "mget *.txt")
        self.same("hello.txt", "pub/hello.txt")
        self.same("name with blanks.txt", "pub/name with blanks.txt")

    def test_asks_for_status_size_and_time(self):
        said = self.tnftp("rstatus", "size pub/hello.txt", "modtime pub/hello.txt", "remotehelp", "system")
        self.assertIn("UNIX", said)


if __name__ == "__main__":
    unittest.main()
