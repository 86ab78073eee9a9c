"""Real clients: curl, lftp and tnftp, each with what its users do.

A client that is not installed is skipped. Files of 64 MiB here; the 2 GiB file is big_file.py's.
"""

import os
import unittest

from harness import PASSWORD
from real_client import MIB, POOL, ClientTest, tree, write_big

BIG = 64


class FilesTest(ClientTest):
    @staticmethod
    def fill(server):
        server.write("pub/hello.txt", b"hello\n")
        server.write("pub/name with blanks.txt", b"blanks\n")
        server.write("pub/deep/inner.txt", b"inner\n")
        write_big(server.path("big.bin"), BIG)


class Curl(FilesTest):
    program = "curl"

    def curl(self, *arguments, **options):
        return self.run_client("--silent", "--show-error", "--globoff", "--max-time", "200", *arguments, **options)

    WAYS = {
        "extended passive": (), "passive": ("--disable-epsv",), "extended active": ("--ftp-port", "-"),
        "active": ("--ftp-port", "-", "--disable-eprt"), "passive, its address used": ("--disable-epsv",
                                                                                     "--no-ftp-skip-pasv-ip"),
    }

    def test_gets_and_puts_in_every_way(self):
        for way, arguments in self.WAYS.items():
            with self.subTest(way=way):
                self.curl(*arguments, "-o", "big.bin", self.url("big.bin"))
                self.same("big.bin", "big.bin")
                self.curl(*arguments, "-T", "big.bin", self.url("up.bin"))
                self.same("big.bin", "up.bin")

    def test_gets_and_puts_on_ipv6(self):
        self.need_ipv6()
        for arguments in ((), ("--ftp-port", "-")):
            with self.subTest(arguments=arguments):
                self.curl(*arguments, "-o", "big.bin", self.url("big.bin", 6))
                self.same("big.bin", "big.bin")
                self.curl(*arguments, "-T", "big.bin", self.url("up6.bin", 6))
                self.same("big.bin", "up6.bin")

    def test_gets_as_anonymous(self):
        self.assertEqual(self.curl(self.url("pub/hello.txt", user="")).stdout, "hello\n")

    def test_gets_names_with_blanks(self):
        self.assertEqual(self.curl(self.url("pub/name with blanks.txt")).stdout, "blanks\n")

    def test_gets_several_files_over_one_session(self):
        done = self.curl(self.url("pub/hello.txt"), self.url("pub/deep/inner.txt"), self.url("pub/hello.txt"))
        self.assertEqual(done.stdout, "hello\ninner\nhello\n")

    def test_gets_without_changing_directory_or_step_by_step(self):
        for method in ("multicwd", "nocwd", "singlecwd"):
            with self.subTest(method=method):
                self.assertEqual(self.curl("--ftp-method", method, self.url("pub/deep/inner.txt")).stdout, "inner\n")

    def test_resumes_a_download(self):
        with open(self.server.path("big.bin"), "rb") as source, open(self.local_path("part.bin"), "wb") as part:
            part.write(source.read(10 * MIB + 3))
        self.curl("-C", "-", "-o", "part.bin", self.url("big.bin"))
        self.same("part.bin", "big.bin")

    def test_resumes_an_upload(self):
        write_big(self.local_path("whole.bin"), 16)
        with open(self.local_path("whole.bin"), "rb") as source:
            self.server.write("resumed.bin", source.read(5 * MIB + 1))
        self.curl("-C", "-", "-T", "whole.bin", self.url("resumed.bin"))
        self.same("whole.bin", "resumed.bin")

    def test_gets_a_range(self):
        self.curl("-r", "1000-1999", "-o", "range.bin", self.url("big.bin"))
        with open(self.local_path("range.bin"), "rb") as file:
            self.assertEqual(file.read(), POOL[1000:2000])

    def test_appends(self):
        self.server.write("log.txt", b"one\n")
        self.curl("--append", "-T", "-", self.url("log.txt"), stdin="two\n")
        self.assertEqual(self.server.read("log.txt"), b"one\ntwo\n")

    def test_lists_long_and_short(self):
        self.assertRegex(self.curl(self.url("pub/")).stdout, r"(?m)^-rw\S+ .* 6 .* hello\.txt$")
        names = self.curl("--list-only", self.url("pub/")).stdout.split("\n")
        self.assertEqual(sorted(names)[1:], ["deep", "hello.txt", "name with blanks.txt"])

    def test_asks_for_size_and_time(self):
        done = self.curl("--head", self.url("pub/hello.txt"))
        self.assertIn("Content-Length: 6", done.stdout)
        self.assertIn("Last-Modified:", done.stdout)

    def test_sends_commands_before_and_after(self):
        self.server.write("tmp/a.txt", b"a")
        self.curl("-Q", "RNFR tmp/a.txt", "-Q", "RNTO tmp/b.txt", "-Q", "-DELE /tmp/b.txt", self.url("pub/hello.txt"))
        self.assertEqual(self.server.names("tmp"), [])

    def test_makes_directories(self):
        self.curl("--ftp-create-dirs", "-T", "-", self.url("new/and/deep/file.txt"), stdin="content")
        self.assertEqual(self.server.read("new/and/deep/file.txt"), b"content")

    def test_gets_text(self):
        self.assertEqual(self.curl("--use-ascii", self.url("pub/hello.txt")).stdout.replace("\r\n", "\n"), "hello\n")

    def test_tells_a_wrong_password_and_a_missing_file(self):
        self.assertEqual(self.curl(self.url(user="alice:wrong@"), check=False).returncode, 67)
        self.assertIn(self.curl(self.url("missing.txt"), check=False).returncode, (9, 19, 78))


class Lftp(FilesTest):
    program = "lftp"

    def need_ipv6_beyond_loopback(self):
        """lftp takes no IPv6 address, not even ::1, on a machine that has none but ::1."""
        with open("/proc/net/if_inet6", encoding="ascii") as addresses:
            if all(line.split()[-1] == "lo" for line in addresses):
                self.skipTest("lftp does not use IPv6 here")

    def lftp(self, *commands, family=4, passive=True, **options):
        host, port = self.server.address(family)
        settings = ("set net:max-retries 2", "set net:timeout 60", "set net:reconnect-interval-base 1",
                    "set cmd:fail-exit yes", "set ftp:ssl-allow no", "set xfer:clobber on", f"set ftp:passive-mode {'on' if passive else 'off'}")
        url = f"ftp://{f'[{host}]' if family == 6 else host}:{port}"
        return self.run_client("-c", "; ".join((*settings, f"open -u alice,{PASSWORD} {url}", *commands)), **options)

    def make_tree(self, top):
        for name, size in (("a.txt", 10), ("b/c.bin", 300_000), ("b/d/e.bin", 1), ("b/with blanks", 7), ("ü/ö.txt", 5),
                           ("empty.bin", 0)):
            path = os.path.join(top, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(POOL[:size])

    def test_mirrors_both_ways(self):
        for passive in (True, False):
            with self.subTest(passive=passive):
                name = f"mirror{passive}"
                self.make_tree(self.local_path("tree"))
                self.lftp(f"mirror -R tree {name}", passive=passive)
                self.assertEqual(tree(self.server.path(name).decode()), tree(self.local_path("tree")))
                self.lftp(f"mirror {name} {name}", passive=passive)
                self.assertEqual(tree(self.local_path(name)), tree(self.local_path("tree")))

    def test_mirrors_in_parallel(self):
        self.make_tree(self.server.path("parallel").decode())
        self.lftp("mirror --parallel=4 parallel copy")
        self.assertEqual(tree(self.local_path("copy")), tree(self.server.path("parallel").decode()))

    def test_gets_and_puts(self):
        for family, passive in ((4, True), (4, False), (6, True), (6, False)):
            with self.subTest(family=family, passive=passive):
                if family == 6:
                    self.need_ipv6()
                    self.need_ipv6_beyond_loopback()
                self.lftp("get big.bin", "put big.bin -o put.bin", family=family, passive=passive)
                self.same("big.bin", "big.bin")
                self.same("big.bin", "put.bin")

    def test_gets_in_segments(self):
        self.lftp("pget -n 4 big.bin -o segments.bin")
        self.same("segments.bin", "big.bin")

    def test_resumes_a_download_and_an_upload(self):
        with open(self.server.path("big.bin"), "rb") as source, open(self.local_path("part.bin"), "wb") as part:
            part.write(source.read(7 * MIB + 5))
        self.lftp("get -c big.bin -o part.bin")
        self.same("part.bin", "big.bin")
        self.server.write("put-part.bin", self.server.read("big.bin")[:9 * MIB + 1])
        self.lftp("put -c part.bin -o put-part.bin")
        self.same("part.bin", "put-part.bin")

    def test_makes_moves_and_removes(self):
        self.lftp("mkdir -p made/deep", "put /dev/null -o made/file", "mv made/file made/moved", "rm made/moved",
                  "rmdir made/deep", "rmdir made")
        self.assertNotIn("made", self.server.names())

    def test_removes_a_tree(self):
        self.make_tree(self.server.path("doomed").decode())
        self.lftp("rm -r doomed")
        self.assertNotIn("doomed", self.server.names())

    def test_lists(self):
        self.assertIn("hello.txt", self.lftp("cls -l pub").stdout)
        self.assertIn("hello.txt", self.lftp("ls -a pub").stdout)
        self.assertIn("inner.txt", self.lftp("find pub").stdout)

    def test_gets_by_a_pattern(self):
        self.lftp("mget pub/*.txt")
        self.same("hello.txt", "pub/hello.txt")
        self.same("name with blanks.txt", "pub/name with blanks.txt")


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
