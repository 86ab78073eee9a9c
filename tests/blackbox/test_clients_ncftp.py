"""NcFTP: ncftpget, ncftpput and ncftpls for scripts, and the interactive ncftp."""

import os
import signal
import subprocess
import unittest

from harness import PASSWORD, wait_until
from raw_client import BOUND
from real_client import MIB, POOL, TIME, PatternsTest, make_odd_tree, odd_names, tree

# What NcFTP cannot do in a tree, with any server: it takes a % in a directory's name for a part of a format, takes
# " -> " in LIST for a symbolic link's, and passes over a name of three dots as over one of two.
CANNOT = ("100%", "per%20cent", "%2e%2e", "...", "arrow -> target")


class Ncftp(PatternsTest):
    cannot = CANNOT
    program = "ncftpget"

    def ncftp(self, program, *arguments, check=0, name="alice", password=PASSWORD, **options):
        """The arguments are the flags, and "HOST" where the host stands in them."""
        host, port = self.server.address()
        self.program = program
        flags = ("-t", "60", "-u", name, "-p", password, "-P", str(port), *([] if program == "ncftpls" else ["-V"]))
        done = self.run_client(*flags, *(host if argument == "HOST" else argument for argument in arguments),
                               check=False, **options)
        self.assertEqual(done.returncode, check, f"{done.stdout}\n{done.stderr}")
        return done.stdout

    def list(self, *arguments):
        host = self.server.address()[0]
        *flags, path = arguments
        return self.ncftp("ncftpls", *flags, f"ftp://{host}/{path}")

    def get(self, *arguments, **options):
        return self.ncftp("ncftpget", *arguments, **options)

    def put(self, *arguments, **options):
        return self.ncftp("ncftpput", *arguments, **options)

    # ---- for scripts ----

    def test_gets_and_puts_in_both_modes(self):
        for mode in ("-F", "-E"):
            with self.subTest(mode=mode):
                self.get(mode, "HOST", ".", "/big.bin")
                self.same("big.bin", "big.bin")
                self.put(mode, "-m", "HOST", f"/put{mode}/here", "big.bin")
                self.same("big.bin", f"put{mode}/here/big.bin")
                os.unlink(self.local_path("big.bin"))

    def test_gets_a_tree_with_odd_names(self):
        self.get("-R", "-T", "HOST", ".", "/odd")
        self.same_trees(self.local_path("odd"), self.server.path("odd"))

    def test_puts_a_tree_with_odd_names(self):
        make_odd_tree(self.local_path("tree"), odd_names(CANNOT))
        self.put("-R", "-m", "HOST", "/put-tree", "tree")
        self.same_trees(self.local_path("tree"), self.server.path("put-tree/tree"))

    def test_resumes_a_download(self):
        self.write_local("big.bin", self.server.read("big.bin")[:5 * MIB + 3])
        self.get("-z", "HOST", ".", "/big.bin")
        self.same("big.bin", "big.bin")
        self.wait_for_transfer("/big.bin", f"outcome=complete .*bytes={11 * MIB - 3} ")

    def test_resumes_an_upload(self):
        """Without sendfile (-s): with it ncftpput sends the file from its beginning, whatever REST it sent."""
        self.write_local("up.bin", POOL)
        os.utime(self.local_path("up.bin"), (TIME, TIME))  # it resumes what has the same time
        self.server.write("up.bin", POOL[:MIB + 1], mtime=TIME)
        self.put("-z", "-s", "HOST", "/", "up.bin")
        self.same("up.bin", "up.bin")
        self.wait_for_transfer("/up.bin", f"verb=STOR|bytes={3 * MIB - 1} ")

    def test_keeps_times_of_downloads(self):
        self.get("HOST", ".", "/pub/hello.txt")
        self.assertEqual(int(os.stat(self.local_path("hello.txt")).st_mtime), TIME)

    def test_keeps_times_of_uploads(self):
        for flags in ((), ("-y",)):
            with self.subTest(flags=flags):
                self.write_local("dated.txt", b"dated")
                os.utime(self.local_path("dated.txt"), (TIME, TIME))
                self.put(*flags, "-m", "HOST", "/dated", "dated.txt")
                self.assertEqual(self.mtime("dated/dated.txt"), TIME)
                os.unlink(self.server.path("dated/dated.txt"))

    def test_changes_permissions(self):
        self.server.write("mode.txt")
        self.prompt("chmod 640 mode.txt")
        self.assertEqual(os.stat(self.server.path("mode.txt")).st_mode & 0o777, 0o640)

    def test_reads_and_writes_streams(self):
        self.assertEqual(self.get("-c", "HOST", "/pub/hello.txt"), "hello\n")
        self.put("-c", "HOST", "stream.txt", stdin="one\n")
        self.put("-A", "-c", "HOST", "stream.txt", stdin="two\n")
        self.assertEqual(self.server.read("stream.txt"), b"one\ntwo\n")

    def test_uploads_under_a_temporary_name(self):
        self.write_local("file.txt", b"content")
        self.put("-m", "-S", ".part", "HOST", "/temporary", "file.txt")
        self.assertEqual(tree(self.server.path("temporary")), {b"file.txt": b"content"})

    def test_moves_files_by_getting_and_deleting(self):
        self.server.write("moved/a.txt", b"a")
        self.get("-DD", "HOST", ".", "/moved/a.txt")
        self.assertEqual(self.server.names("moved"), [])
        self.assertEqual(self.read_local("a.txt"), b"a")

    def test_gets_by_a_pattern(self):
        self.get("HOST", ".", "/pub/*.txt")
        self.assertEqual(sorted(os.listdir(self.local)), ["hello.txt", "other.txt"])

    def test_lists(self):
        self.assertRegex(self.list("-l", "pub/"), r"(?m)^-rw\S+ .* 6 Sep +9 +2001 hello\.txt$")
        self.assertEqual(sorted(self.list("-1", "pub/").split()), ["hello.txt", "other.txt", "page.html"])
        self.assertEqual(sorted(self.list("-1", "-i", "*.html", "pub/").split()), ["page.html"])
        self.assertRegex(self.list("-m", "pub/"), r"(?m)^type=file;.*size=6;.* hello\.txt$")

    def test_sends_commands_of_its_user(self):
        self.list("-W", "MKD /by-hand", "-Y", "RNFR /by-hand", "-Y", "RNTO /by-another", "pub/")
        self.assertTrue(os.path.isdir(self.server.path("by-another")))

    def test_tells_a_missing_file_and_a_wrong_password(self):
        self.get("HOST", ".", "/missing.txt", check=3)
        self.get("HOST", ".", "/pub/hello.txt", password="wrong", check=1)

    # ---- at the prompt ----

    def start_prompt(self):
        host, port = self.server.address()
        self.program = "ncftp"
        return self.start_client("-u", "alice", "-p", PASSWORD, "-P", str(port), host, stdin=subprocess.PIPE)

    def prompt(self, *commands, process=None):
        """What ncftp prints for the commands."""
        process = process or self.start_prompt()
        said, _ = process.communicate("".join(f"{command}\n" for command in (*commands, "bye")).encode(), BOUND)
        return said.decode()

    def test_moves_about_renames_and_deletes(self):
        self.server.write("shell/old name.txt", b"x")
        said = self.prompt("cd shell", "rename 'old name.txt' 'new name.txt'", "mkdir 'a directory'", "pwd", "ls",
                           "put -z /dev/null empty.txt", "rm empty.txt", "rmdir 'a directory'", "ls -l")
        self.assertIn("/shell/", said)
        self.assertRegex(said, r"a directory/ +new name\.txt")
        self.assertRegex(said, r"-rw\S+ .* 1 +[A-Z].* new name\.txt")
        self.assertEqual(tree(self.server.path("shell")), {b"new name.txt": b"x"})

    def test_goes_on_after_an_abort(self):
        with open(self.server.path("huge.bin"), "wb") as file:
            file.truncate(2 << 30)
        process = self.start_prompt()
        process.stdin.write(b"get huge.bin\n")
        process.stdin.flush()
        wait_until(lambda: os.path.exists(self.local_path("huge.bin")) and os.path.getsize(self.local_path("huge.bin")),
                   "the first octets of huge.bin")
        process.send_signal(signal.SIGINT)
        said = self.prompt("get pub/hello.txt", "get big.bin", "ls", process=process)
        self.assertIn("aborted", said)
        self.assertIn("huge.bin", said.split("aborted")[1])
        self.same("big.bin", "big.bin")
        self.assertEqual(self.read_local("hello.txt"), b"hello\n")
        self.wait_for_transfer("/huge.bin", "outcome=aborted")


if __name__ == "__main__":
    unittest.main()
