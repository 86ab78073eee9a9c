"""rclone: copying and comparing trees, moving and removing, several connections at once."""

import os
import unittest

from harness import PASSWORD
from real_client import POOL, TIME, ClientTest, make_odd_tree, odd_names, tree, write_big

# rclone replaces characters that some file systems cannot do, and takes composed and decomposed letters for the same,
# unless it is told not to.
AS_THEY_ARE = ("--ftp-encoding=Slash", "--local-encoding=Slash", "--no-unicode-normalization")


class Rclone(ClientTest):
    program = "rclone"

    @staticmethod
    def fill(server):
        server.write("pub/hello.txt", b"hello\n", mtime=TIME)
        server.write("pub/deep/inner.txt", b"inner\n")
        make_odd_tree(server.path("odd"), odd_names())
        write_big(server.path("big.bin"), 16)

    def environment(self):
        host, port = self.server.address()
        return super().environment() | {
            "RCLONE_CONFIG": "", "RCLONE_FTP_HOST": host, "RCLONE_FTP_PORT": str(port), "RCLONE_FTP_USER": "alice",
            "RCLONE_FTP_PASS": self.password, "RCLONE_RETRIES": "1", "RCLONE_LOW_LEVEL_RETRIES": "1",
            "RCLONE_TIMEOUT": "60s"}

    def setUp(self):
        super().setUp()
        self.password = ""
        self.password = self.run_client("obscure", PASSWORD).stdout.strip()

    def rclone(self, *arguments, check=0, **options):
        done = self.run_client(*arguments, check=False, **options)
        self.assertEqual(done.returncode, check, f"{done.stdout}\n{done.stderr}")
        return done.stdout

    def test_copies_a_tree_with_odd_names_both_ways(self):
        for jobs in (1, 8):
            with self.subTest(jobs=jobs):
                options = ("--create-empty-src-dirs", f"--transfers={jobs}", f"--checkers={jobs}", *AS_THEY_ARE)
                self.rclone("copy", *options, ":ftp:odd", f"down{jobs}")
                self.same_trees(self.local_path(f"down{jobs}"), self.server.path("odd"))
                self.rclone("copy", *options, f"down{jobs}", f":ftp:up{jobs}")
                self.same_trees(self.server.path(f"up{jobs}"), self.server.path("odd"))

    def test_finds_no_difference_and_every_difference(self):
        make_odd_tree(self.local_path("tree"), odd_names())
        self.rclone("check", "--download", *AS_THEY_ARE, "tree", ":ftp:odd")
        self.write_local("tree/empty", b"not empty")
        self.rclone("check", "--download", *AS_THEY_ARE, "tree", ":ftp:odd", check=1)

    def test_makes_a_tree_equal_to_another(self):
        make_odd_tree(self.local_path("tree"), odd_names())
        make_odd_tree(self.server.path("synchronised"), [b"too much", b"*", b"plain"])
        self.rclone("sync", "--create-empty-src-dirs", *AS_THEY_ARE, "tree", ":ftp:synchronised")
        self.same_trees(self.local_path("tree"), self.server.path("synchronised"))

    def test_copies_only_what_is_new(self):
        for name in ("a", "b", "c"):
            self.write_local(f"tree/{name}", name.encode() * 1000)
        self.rclone("copy", "--size-only", "tree", ":ftp:again")
        self.write_local("tree/b", b"other")
        self.server.write("again/a", b"x" * 1000)  # of the same size: not touched
        self.rclone("copy", "--size-only", "tree", ":ftp:again")
        self.assertEqual(tree(self.server.path("again")), {b"a": b"x" * 1000, b"b": b"other", b"c": b"c" * 1000})

    def test_copies_big_files_both_ways(self):
        self.rclone("copy", ":ftp:big.bin", ".")
        self.same("big.bin", "big.bin")
        self.rclone("copyto", "big.bin", ":ftp:copy of big.bin")
        self.same("big.bin", "copy of big.bin")

    def test_reads_the_beginnings_of_big_files(self):
        """It closes the data connection early, reads what the server says to that, and keeps the session."""
        for name in "abcd":
            self.server.write(f"heads/{name}", name.encode() + POOL + POOL)
        heads = self.rclone("cat", "--head=1", "--checkers=1", ":ftp:heads")
        self.assertEqual(sorted(heads), ["a", "b", "c", "d"])

    def test_reads_from_an_offset(self):
        self.server.write("digits.txt", b"0123456789" * 1000)
        self.assertEqual(self.rclone("cat", "--offset=5003", "--count=9", ":ftp:digits.txt"), "345678901")

    def test_writes_a_stream(self):
        self.rclone("rcat", ":ftp:streams/new.txt", stdin="from a stream")
        self.assertEqual(self.server.read("streams/new.txt"), b"from a stream")
        self.rclone("rcat", ":ftp:streams/big.txt", stdin="0123456789" * 100_000)
        self.assertEqual(self.server.read("streams/big.txt"), b"0123456789" * 100_000)

    def test_lists(self):
        self.assertEqual(sorted(self.rclone("lsf", ":ftp:pub").split()), ["deep/", "hello.txt"])
        self.assertEqual(sorted(self.rclone("lsf", "-R", ":ftp:pub").split()),
                         ["deep/", "deep/inner.txt", "hello.txt"])
        self.assertIn("6 2001-09-09 ", self.rclone("lsl", ":ftp:pub/hello.txt"))
        self.assertIn("Total size: 12 B", self.rclone("size", ":ftp:pub").replace("12 Byte", "12 B"))

    def test_moves_and_renames(self):
        self.server.write("move/a.txt", b"a")
        self.server.write("move/tree/b.txt", b"b")
        self.rclone("moveto", ":ftp:move/a.txt", ":ftp:move/new directory/c.txt")
        self.rclone("moveto", ":ftp:move/tree", ":ftp:move/other tree")
        self.assertEqual(tree(self.server.path("move"), directories=False),
                         {b"new directory/c.txt": b"a", b"other tree/b.txt": b"b"})

    def test_keeps_times_both_ways(self):
        self.write_local("dated/a.txt", b"a")
        os.utime(self.local_path("dated/a.txt"), (TIME, TIME))
        self.rclone("copy", "dated", ":ftp:dated")
        self.assertEqual(self.mtime("dated/a.txt"), TIME)
        self.rclone("copy", ":ftp:dated", "back")
        self.assertEqual(int(os.stat(self.local_path("back/a.txt")).st_mtime), TIME)

    def test_copies_again_what_is_newer(self):
        """Two files of one size differ by their times, to the second."""
        self.write_local("times/a.txt", b"old")
        os.utime(self.local_path("times/a.txt"), (TIME, TIME))
        self.rclone("copy", "times", ":ftp:times")
        self.server.write("times/a.txt", b"its", mtime=TIME)
        self.rclone("copy", "times", ":ftp:times")
        self.assertEqual(self.server.read("times/a.txt"), b"its")
        os.utime(self.local_path("times/a.txt"), (TIME + 1, TIME + 1))
        self.rclone("copy", "times", ":ftp:times")
        self.assertEqual(self.server.read("times/a.txt"), b"old")
        self.assertEqual(self.mtime("times/a.txt"), TIME + 1)

    def test_sets_times(self):
        self.server.write("touched.txt", b"x")
        self.rclone("touch", "--timestamp=2001-02-03T04:05:06", ":ftp:touched.txt")
        self.assertEqual(self.mtime("touched.txt"), 981173106)

    def test_deletes(self):
        self.server.write("gone/a.txt", b"a")
        self.server.write("gone/b.txt", b"b")
        self.rclone("deletefile", ":ftp:gone/a.txt")
        self.assertEqual(self.server.names("gone"), ["b.txt"])
        self.rclone("delete", ":ftp:gone")
        self.assertEqual(self.server.names("gone"), [])
        make_odd_tree(self.server.path("purged"), odd_names())
        self.rclone("purge", *AS_THEY_ARE, ":ftp:purged")
        self.rclone("mkdir", ":ftp:kept/inner")
        self.rclone("rmdir", ":ftp:kept/inner")
        self.assertEqual(self.server.names("kept"), [])
        self.assertNotIn("purged", self.server.names())

    def test_tells_a_missing_file_and_a_wrong_password(self):
        self.rclone("cat", ":ftp:missing.txt", check=3)
        self.password = self.rclone("obscure", "wrong").strip()
        self.rclone("lsf", ":ftp:pub", check=1)


if __name__ == "__main__":
    unittest.main()
