"""curl: one file or several by URLs, both ways, and commands of its user."""

import os
import unittest

from real_client import MIB, POOL, TIME, FilesTest, odd_names, tree, write_big

# Debian 12's curl sleeps for up to a second where the reply to EPSV or PASV comes at once; so not a passive mode where
# there are many files.
PROMPTLY = ("--ftp-port", "-")


class Curl(FilesTest):
    program = "curl"

    def curl(self, *arguments, globbing=False, **options):
        return self.run_client("--silent", "--show-error", "--max-time", "200", *([] if globbing else ["--globoff"]),
                               *arguments, **options)

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

    def test_gets_and_puts_odd_names(self):
        names = odd_names()
        got, put = [], []
        for number, name in enumerate(names):
            self.write_local(f"put/{number}", b"put " + name)
            got += ["-o", f"got/{number}", self.url(b"odd/files/" + name)]
            put += ["-T", f"put/{number}", self.url(b"put-odd/" + name)]
        self.curl(*PROMPTLY, "--create-dirs", *got)
        self.curl(*PROMPTLY, "--ftp-create-dirs", *put)
        self.assertEqual([self.read_local(f"got/{number}") for number in range(len(names))],
                         [b"file " + name for name in names])
        self.assertEqual(tree(self.server.path("put-odd")), {name: b"put " + name for name in names})

    def test_gets_in_odd_directories(self):
        for method in ("multicwd", "nocwd", "singlecwd"):
            with self.subTest(method=method):
                urls = [self.url(b"odd/directories/" + name + b"/inner") for name in odd_names()]
                self.assertEqual(os.fsencode(self.curl(*PROMPTLY, "--ftp-method", method, *urls).stdout),
                                 b"".join(b"inner " + name for name in odd_names()))

    def test_keeps_times(self):
        self.curl("--remote-time", "-o", "hello.txt", self.url("pub/hello.txt"))
        self.assertEqual(int(os.stat(self.local_path("hello.txt")).st_mtime), TIME)
        self.curl("-T", "hello.txt", self.url("dated.txt"), "-Q", "-MFMT 20010203040506 dated.txt")
        self.assertEqual(self.mtime("dated.txt"), 981173106)

    def test_gets_what_is_newer(self):
        for when, size in (("20010908", 6), ("20010911", 0)):
            self.curl("--time-cond", when, "-o", f"since {when}", self.url("pub/hello.txt"))
            name = self.local_path(f"since {when}")
            self.assertEqual(os.path.getsize(name) if os.path.exists(name) else 0, size)

    def test_goes_on_after_a_part(self):
        """It sends ABOR when it has what it wants, and is gone."""
        done = self.curl("-r", "0-9", "-o", "ten.bin", self.url("big.bin"), "--next", "-s", self.url("pub/hello.txt"))
        self.assertEqual(self.read_local("ten.bin"), self.server.read("big.bin")[:10])
        self.assertEqual(done.stdout, "hello\n")

    def test_gets_and_puts_fifty_at_once(self):
        for number in range(50):
            self.server.write(f"many/{number}", POOL[number:number + 200_000])
        parallel = ("--parallel", "--parallel-immediate", "--parallel-max", "50")
        self.curl(*parallel, "-o", "many/#1", "--create-dirs", self.url("many/") + "[0-49]", globbing=True)
        self.assertEqual(tree(self.local_path("many")), tree(self.server.path("many")))
        self.server.write("many-up/one")
        self.curl(*parallel, *[word for number in range(50)
                               for word in ("-T", f"many/{number}", self.url(f"many-up/{number}"))])
        os.unlink(self.server.path("many-up/one"))
        self.assertEqual(tree(self.local_path("many")), tree(self.server.path("many-up")))

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


if __name__ == "__main__":
    unittest.main()
