"""Fifty clients at once: all are held in the middle of a transfer before the first may end, so it is surely fifty."""

import os
import subprocess
import unittest

from harness import PASSWORD, wait_until
from real_client import MIB, POOL, ClientTest, tree, write_big

COUNT = 50


class Fifty(ClientTest):
    """The default of limits.per_address is fifty, too."""

    changes = {"limits": {"per_address": COUNT}}

    @staticmethod
    def fill(server):
        server.write("hello.txt", b"hello\n")
        write_big(server.path("big.bin"), 12)  # more than a pipe and the sockets hold
        os.mkdir(server.path("up"))

    def wait_for_descriptors(self, at_least):
        wait_until(lambda: self.server.descriptors() >= at_least,
                   lambda: f"{at_least} descriptors; there are {self.server.descriptors()}")


class Wget(Fifty):
    program = "wget"

    def test_downloads(self):
        idle = self.server.descriptors()
        clients = [self.start_client("-q", "--tries=1", "-O", "-", self.url("big.bin")) for _ in range(COUNT)]
        self.wait_for_descriptors(idle + 3 * COUNT)  # control connection, data connection, file
        late = self.run_client("-q", "--tries=1", "-O", "-", self.url("hello.txt"), check=False)
        self.assertNotEqual(late.returncode, 0)  # the fifty-first
        whole = self.server.read("big.bin")
        for client in clients:
            self.assertTrue(client.stdout.read() == whole)
            self.assertEqual(client.wait(), 0)
        self.run_client("-q", "--tries=1", "-O", "-", self.url("hello.txt"))
        self.server.expect_descriptors(idle)


class Ncftpput(Fifty):
    program = "ncftpput"

    def test_uploads(self):
        idle = self.server.descriptors()
        host, port = self.server.address()
        clients = [self.start_client("-u", "alice", "-p", PASSWORD, "-P", str(port), "-c", host, f"up/{number}",
                                     stdin=subprocess.PIPE) for number in range(COUNT)]
        for client in clients:
            client.stdin.write(POOL[:100_000])
            client.stdin.flush()
        wait_until(lambda: len(self.server.names("up")) == COUNT, "fifty files under way")
        self.assertFalse(set(self.server.names("up")) & set(map(str, range(COUNT))))
        for number, client in enumerate(clients):
            client.stdin.write(str(number).encode())
            client.stdin.close()
        for client in clients:
            self.assertEqual(client.wait(), 0)
        self.assertEqual(tree(self.server.path("up")),
                         {str(number).encode(): POOL[:100_000] + str(number).encode() for number in range(COUNT)})
        self.server.expect_descriptors(idle)


class Aria2(Fifty):
    program = "aria2c"

    def test_downloads_fifty_files(self):
        """Each at a rate at which none ends before the last has begun."""
        for number in range(COUNT):
            self.server.write(f"files/{number}", POOL[number:number + MIB])
        self.write_local("urls", "\n".join(self.url(f"files/{number}") for number in range(COUNT)).encode())
        self.run_client("--no-conf", "-q", "--enable-dht=false", "--file-allocation=none", f"-j{COUNT}",
                        "--max-tries=1", "--max-download-limit=512K", "--timeout=10", "--dir=files", "--input-file=urls")
        self.same_trees(self.local_path("files"), self.server.path("files"))


if __name__ == "__main__":
    unittest.main()
