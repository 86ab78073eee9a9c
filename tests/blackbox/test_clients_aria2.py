"""aria2c: several connections for one file, many files at once, and resuming."""

import os
import signal
import time
import unittest

from harness import wait_until
from raw_client import BOUND
from real_client import MIB, POOL, ClientTest, odd_names, write_big

# aria2c spells what is no UTF-8 in a URL with % in the local name; the file is fetched all the same.
RENAMED = {b"latin-1 \xe4": b"latin-1%20%E4"}
FIXED = ("--no-conf", "--quiet", "--enable-dht=false", "--file-allocation=none")


class Aria2(ClientTest):
    program = "aria2c"

    @staticmethod
    def fill(server):
        server.write("pub/hello.txt", b"hello\n")
        write_big(server.path("big.bin"), 32)
        for name in odd_names():
            server.write(b"odd/" + name, b"file " + name)

    def aria2(self, *arguments, check=0):
        # aria2c waits in vain for the 226 that it has read together with the 150, as long as --timeout says, and goes
        # on then as if it had come. A small file takes that long.
        done = self.run_client(*FIXED, "--timeout=10", "--max-tries=1", *arguments, check=False)
        self.assertEqual(done.returncode, check, f"{done.stdout}\n{done.stderr}")

    def test_gets_by_one_connection_and_by_several(self):
        for connections in (1, 4, 16):
            with self.subTest(connections=connections):
                self.aria2(f"--split={connections}", f"--max-connection-per-server={connections}",
                           "--min-split-size=1M", f"--out={connections}.bin", self.url("big.bin"))
                self.same(f"{connections}.bin", "big.bin")

    def test_gets_in_every_mode(self):
        for arguments in ((), ("--ftp-pasv=false",)):
            with self.subTest(arguments=arguments):
                self.aria2(*arguments, "--allow-overwrite=true", self.url("big.bin"))
                self.same("big.bin", "big.bin")

    def test_gets_on_ipv6(self):
        self.need_ipv6()
        for arguments in ((), ("--ftp-pasv=false",)):
            with self.subTest(arguments=arguments):
                self.aria2(*arguments, "--allow-overwrite=true", self.url("big.bin", family=6))
                self.same("big.bin", "big.bin")

    def test_gets_odd_names(self):
        self.write_local("urls", "\n".join(
            self.url(b"odd/" + name) for name in odd_names()).encode())
        self.aria2("--max-concurrent-downloads=60", "--input-file=urls", "--dir=got")
        got = os.fsencode(self.local_path("got"))
        self.assertEqual(sorted(os.listdir(got)), sorted(RENAMED.get(name, name) for name in odd_names()))
        for name in odd_names():
            with open(os.path.join(got, RENAMED.get(name, name)), "rb") as file:
                self.assertEqual(file.read(), b"file " + name)

    def test_gets_a_small_file_at_once(self):
        """It waits as long as its --timeout says (60 s if it is not told) where the 226 comes with the 150."""
        began = time.monotonic()
        self.run_client(*FIXED, "--timeout=30", self.url("pub/hello.txt"))
        self.assertEqual(self.read_local("hello.txt"), b"hello\n")
        self.assertLess(time.monotonic() - began, 20)

    def test_resumes_what_another_client_began(self):
        self.write_local("big.bin", self.server.read("big.bin")[:9 * MIB])
        self.aria2("--continue=true", self.url("big.bin"))
        self.same("big.bin", "big.bin")
        self.assertIn("outcome=complete", self.wait_for_transfer("/big.bin", f"bytes={23 * MIB} "))

    def test_resumes_after_it_was_killed(self):
        """It closes and reopens each of its connections, each with a REST of its own."""
        arguments = ("--split=4", "--max-connection-per-server=4", "--min-split-size=1M", self.url("big.bin"))
        client = self.start_client(*FIXED, "--max-overall-download-limit=4M", *arguments)
        wait_until(lambda: self.allocated("big.bin") > MIB, "a part of the file")
        client.send_signal(signal.SIGINT)
        self.assertNotEqual(client.wait(BOUND), 0)
        self.assertTrue(os.path.exists(self.local_path("big.bin.aria2")))
        self.aria2(*arguments)
        self.same("big.bin", "big.bin")
        self.assertFalse(os.path.exists(self.local_path("big.bin.aria2")))

    def allocated(self, name):
        try:
            return os.stat(self.local_path(name)).st_blocks * 512
        except FileNotFoundError:
            return 0

    def test_keeps_times(self):
        self.server.write("dated.bin", POOL[:MIB], mtime=1_000_000_007)
        self.aria2("--remote-time=true", self.url("dated.bin"))
        self.assertEqual(int(os.stat(self.local_path("dated.bin")).st_mtime), 1_000_000_007)

    def test_checks_that_a_file_is_there(self):
        self.aria2("--dry-run=true", self.url("pub/hello.txt"))
        self.assertEqual(os.listdir(self.local), [])

    def test_tells_a_missing_file_and_a_wrong_password(self):
        self.aria2(self.url("missing.txt"), check=3)
        self.aria2(self.url("pub/hello.txt", user="alice:wrong@"), check=21)


if __name__ == "__main__":
    unittest.main()
