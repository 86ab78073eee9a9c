"""lftp: mirroring, parts of a file by several connections, and its shell."""

import os
import subprocess
import unittest

from harness import PASSWORD, wait_until
from raw_client import BOUND
from real_client import MIB, POOL, TIME, FilesTest, make_odd_tree, odd_names, tree


SETTINGS = ("set net:max-retries 2", "set net:timeout 60", "set net:reconnect-interval-base 1",
            "set ftp:ssl-allow no", "set xfer:clobber on")


class Lftp(FilesTest):
    program = "lftp"

    def need_ipv6_beyond_the_link(self):
        """lftp takes no IPv6 address, not even ::1, on a machine that has no global one."""
        with open("/proc/net/if_inet6", encoding="ascii") as addresses:
            if all(line.split()[3] != "00" for line in addresses):
                self.skipTest("lftp does not use IPv6 here")

    def lftp(self, *commands, family=4, passive=True, **options):
        settings = (*SETTINGS, "set cmd:fail-exit yes", f"set ftp:passive-mode {'on' if passive else 'off'}")
        return self.run_client("-c", "; ".join((*settings, self.open(family), *commands)), **options)

    def open(self, family=4):
        host, port = self.server.address(family)
        return f"open -u alice,{PASSWORD} ftp://{f'[{host}]' if family == 6 else host}:{port}"

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

    def test_mirrors_odd_names_both_ways_and_keeps_their_times(self):
        os.utime(self.server.path("odd/files/star*"), (TIME, TIME))
        self.lftp("mirror odd", "mirror -R odd odd-up")
        for top in (self.local_path("odd"), self.server.path("odd-up")):
            self.same_trees(top, self.server.path("odd"))
        self.assertEqual(int(os.stat(self.local_path("odd/files/star*")).st_mtime), TIME)
        self.assertEqual(self.mtime("odd-up/files/star*"), TIME)

    def test_mirrors_nothing_twice(self):
        make_odd_tree(self.local_path("once"), odd_names())
        self.lftp("mirror -R once twice")
        self.assertEqual(self.lftp("mirror -R --verbose once twice").stdout.count("Transferring"), 0)
        self.write_local("once/files/plain", b"changed since")
        self.assertEqual(self.lftp("mirror -R --verbose once twice").stdout.count("Transferring"), 1)
        self.assertEqual(self.server.read("twice/files/plain"), b"changed since")

    def test_mirrors_and_deletes_what_is_too_much(self):
        make_odd_tree(self.local_path("exact"), odd_names(but=("plain", "star*")))
        make_odd_tree(self.server.path("exact"), odd_names())
        self.lftp("mirror -R --delete exact exact")
        self.same_trees(self.local_path("exact"), self.server.path("exact"))

    def test_mirrors_by_fifty_connections(self):
        for number in range(200):
            self.server.write(f"fifty/{number}", POOL[number:number + 1000 * number])
        self.lftp("mirror --parallel=50 fifty", "mirror -R --parallel=50 fifty fifty-up")
        self.same_trees(self.local_path("fifty"), self.server.path("fifty"))
        self.same_trees(self.local_path("fifty"), self.server.path("fifty-up"))

    def test_goes_on_after_a_transfer_was_killed(self):
        with open(self.server.path("huge.bin"), "wb") as file:
            file.truncate(4 << 30)
        process = self.start_client(stdin=subprocess.PIPE)
        process.stdin.write("\n".join((*SETTINGS, self.open(), "get huge.bin &\n")).encode())
        process.stdin.flush()
        wait_until(lambda: os.path.exists(self.local_path("huge.bin")) and os.path.getsize(self.local_path("huge.bin")),
                   "the first octets of huge.bin")
        said, _ = process.communicate(b"kill all\nget pub/hello.txt\ncls pub\nexit kill\n", BOUND)
        self.assertEqual(process.returncode, 0, said)
        self.same("hello.txt", "pub/hello.txt")
        self.wait_for_transfer("/huge.bin", "outcome=(aborted|connection-lost)")

    def test_changes_permissions(self):
        self.server.write("mode.txt")
        self.lftp("chmod 640 mode.txt")
        self.assertEqual(os.stat(self.server.path("mode.txt")).st_mode & 0o777, 0o640)

    def test_gets_and_puts(self):
        for family, passive in ((4, True), (4, False), (6, True), (6, False)):
            with self.subTest(family=family, passive=passive):
                if family == 6:
                    self.need_ipv6()
                    self.need_ipv6_beyond_the_link()
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


if __name__ == "__main__":
    unittest.main()
