"""GNU wget: fetching, mirroring, and what it reads from LIST: names, times, links."""

import os
import time
import unittest

from real_client import LONG, MIB, TIME, PatternsTest, odd_names, tree

# What wget cannot do, with any server: it drops blanks at the beginning of a name in LIST, cuts names that are longer
# than 236 octets, and decodes a name from LIST a second time, as a part of a URL.
CANNOT = (" leading blank", LONG, "per%20cent", "%2e%2e")
DAY = 86400


class Wget(PatternsTest):
    cannot = CANNOT
    program = "wget"
    recent = int(time.time()) // 60 * 60 - 30 * DAY  # LIST tells it to the minute

    def wget(self, *arguments, check=0):
        done = self.run_client("--no-verbose", "--tries=1", "--timeout=60", *arguments, check=False)
        self.assertEqual(done.returncode, check, done.stderr)
        return done

    def mirror(self, *arguments):
        return self.wget("-r", "--level=inf", "--no-host-directories", "--no-parent", *arguments)

    def test_gets_in_both_modes_and_families(self):
        for family, arguments in ((4, ()), (4, ("--no-passive-ftp",)), (6, ()), (6, ("--no-passive-ftp",))):
            with self.subTest(family=family, arguments=arguments):
                if family == 6:
                    self.need_ipv6()
                self.wget(*arguments, "-O", "big.bin", self.url("big.bin", family))
                self.same("big.bin", "big.bin")

    def test_gets_as_anonymous_and_by_options(self):
        self.wget(self.url("pub/hello.txt", user=""))
        self.same("hello.txt", "pub/hello.txt")
        self.wget("--user=alice", "--password=wonderland", self.url("pub/other.txt", user=""))
        self.same("other.txt", "pub/other.txt")

    def test_resumes_a_download(self):
        self.write_local("big.bin", self.server.read("big.bin")[:5 * MIB + 3])
        self.wget("--continue", self.url("big.bin"))
        self.same("big.bin", "big.bin")
        self.assertIn(f"bytes={11 * MIB - 3} ", self.wait_for_transfer("/big.bin", f"bytes={11 * MIB - 3} "))

    def test_does_not_get_again_what_is_complete(self):
        self.write_local("hello.txt", b"hello\n")
        self.wget("--continue", self.url("pub/hello.txt"))
        self.same("hello.txt", "pub/hello.txt")

    def test_starts_where_it_is_told(self):
        self.wget("--start-pos=7340032", "-O", "end.bin", self.url("big.bin"))
        self.assertEqual(self.read_local("end.bin"), self.server.read("big.bin")[7 * MIB:])

    def test_mirrors_a_tree_with_odd_names(self):
        self.mirror(self.url("odd/"))
        self.same_trees(self.local_path("odd"), self.server.path("odd"))

    def test_gets_again_only_what_changed(self):
        self.server.write("mirror/same.txt", b"same", mtime=TIME)
        self.server.write("mirror/old.txt", b"old", mtime=TIME)
        self.mirror("--timestamping", self.url("mirror/"))
        self.server.write("mirror/old.txt", b"new", mtime=TIME + DAY)
        self.write_local("mirror/same.txt", b"mine")  # of the same length; its time makes it the server's
        os.utime(self.local_path("mirror/same.txt"), (TIME, TIME))
        self.mirror("--timestamping", self.url("mirror/"))
        self.assertEqual(tree(self.local_path("mirror")), {b"same.txt": b"mine", b"old.txt": b"new"})

    def test_keeps_times(self):
        self.wget("--timestamping", self.url("pub/hello.txt"))  # of LIST, which tells the day of an old file
        self.assertEqual(int(os.stat(self.local_path("hello.txt")).st_mtime), TIME // DAY * DAY)
        self.server.write("new.txt", b"new", mtime=self.recent)
        self.wget("--timestamping", self.url("new.txt"))
        self.assertEqual(int(os.stat(self.local_path("new.txt")).st_mtime), self.recent)

    def test_gets_by_a_pattern(self):
        self.wget(self.url("pub/") + "*.txt")
        self.assertEqual(sorted(os.listdir(self.local)), ["hello.txt", "other.txt"])

    def test_gets_by_lists_of_suffixes(self):
        self.mirror("--accept=html", self.url("pub/"))
        self.assertEqual(sorted(tree(self.local)), [b"pub", b"pub/page.html"])

    def test_makes_links_or_follows_them(self):
        self.server.write("links/target.txt", b"target")
        os.symlink("target.txt", self.server.path("links/link.txt"))
        self.mirror("--retr-symlinks=no", self.url("links/"))
        self.assertEqual(os.readlink(self.local_path("links/link.txt")), "target.txt")
        os.unlink(self.local_path("links/link.txt"))
        self.mirror("--retr-symlinks", self.url("links/"))
        self.assertFalse(os.path.islink(self.local_path("links/link.txt")))
        self.same("links/link.txt", "links/target.txt")

    def test_lists(self):
        page = self.wget("-O", "-", self.url("pub/")).stdout
        for name, size in (("hello.txt", 6), ("page.html", 4)):
            self.assertRegex(page, rf">{name}</a> *\({size} bytes\)")

    def test_spies(self):
        """In a directory of one file: wget's exit status tells whether the file is the first of the listing."""
        self.server.write("alone/hello.txt", b"hello\n")
        self.wget("--spider", self.url("alone/hello.txt"))
        self.wget("--spider", self.url("alone/missing.txt"), check=8)
        self.assertEqual(os.listdir(self.local), [])

    def test_tells_a_missing_file_and_a_wrong_password(self):
        self.wget(self.url("missing.txt"), check=8)
        self.wget(self.url("pub/hello.txt", user="alice:wrong@"), check=6)

    def test_that_goes_away_in_the_middle_harms_nobody(self):
        client = self.start_client("--no-verbose", "-O", "-", self.url("big.bin"))
        self.assertEqual(len(client.stdout.read(MIB)), MIB)
        client.kill()
        client.wait()
        self.wait_for_transfer("/big.bin", "outcome=connection-lost")
        self.wget(self.url("pub/hello.txt"))
        self.same("hello.txt", "pub/hello.txt")


if __name__ == "__main__":
    unittest.main()
