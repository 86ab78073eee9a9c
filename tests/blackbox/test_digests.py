"""HASH and RANG: digests of whole files and of ranges, aborted, beside other work; ranges of RETR and STOR; AVBL."""

import hashlib
import os
import unittest
import zlib

from harness import ServerTest, user, wait_until

CONTENT = bytes(range(256)) * 1000
DIGESTS = {
    "SHA-256": lambda octets: hashlib.sha256(octets).hexdigest(),
    "SHA-512": lambda octets: hashlib.sha512(octets).hexdigest(),
    "SHA-1": lambda octets: hashlib.sha1(octets).hexdigest(),
    "MD5": lambda octets: hashlib.md5(octets).hexdigest(),
    "CRC32": lambda octets: f"{zlib.crc32(octets):08x}",
}
GIB = 1 << 30


class DigestTest(ServerTest):
    @staticmethod
    def changes(root):
        return {"user": [user(root), user(root, "writer", permissions=["list", "upload"]),
                         user(root, "adder", permissions=["list", "download", "upload"])]}

    @staticmethod
    def fill(server):
        server.write("a file", CONTENT)
        server.write("empty")
        os.mkdir(server.path("directory"))
        with open(server.path("huge"), "wb") as file:
            file.truncate(64 * GIB)  # all holes: it takes no room, and minutes to digest

    def setUp(self):
        self.ftp = self.client()

    def digest(self, path, client=None):
        return (client or self.ftp).do(f"HASH {path}", 213).text


class Hash(DigestTest):
    def test_each_algorithm_gives_what_others_compute(self):
        for name, compute in DIGESTS.items():
            self.assertEqual(self.ftp.do(f"OPTS HASH {name}", 200).text, name)
            self.assertEqual(self.digest("a file"), f"{name} 0-{len(CONTENT) - 1} {compute(CONTENT)} /a file")

    def test_files_of_every_size_around_the_pieces(self):
        for size in (0, 1, 262143, 262145, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, 9_000_001):
            content = os.urandom(size)
            self.server.write("sized", content)
            self.assertEqual(self.digest("sized"),
                             f"SHA-256 0-{max(size - 1, 0)} {hashlib.sha256(content).hexdigest()} /sized")

    def test_a_range_is_digested_alone_and_once(self):
        for first, last, end in ((0, 49, 50), (100, 100, 101), (255_000, 999_999, 256_000)):
            self.ftp.do(f"RANG {first} {last}", 350)
            self.assertEqual(self.digest("a file"), f"SHA-256 {first}-{end - 1} "
                             f"{hashlib.sha256(CONTENT[first:end]).hexdigest()} /a file")
            self.assertIn(f" 0-{len(CONTENT) - 1} ", self.digest("a file"))

    def test_a_range_behind_the_end_a_directory_and_nothing_have_none(self):
        self.ftp.do("RANG 256000 256001", 350)
        self.ftp.do("HASH a file", 554)
        self.ftp.do("HASH directory", 550)
        self.ftp.do("HASH missing", 550)

    def test_it_needs_the_right_to_download(self):
        self.client(name="writer").do("HASH a file", 550)

    def test_it_can_be_aborted_and_stat_tells_how_far_it_is(self):
        self.ftp.send("HASH huge")

        def progress():
            return "Digest in progress" in str(status := self.ftp.do("STAT", 211)) and " 0 bytes" not in str(status)
        wait_until(progress, "bytes that were digested")
        self.ftp.send("PWD")
        self.ftp.send("ABOR")
        self.ftp.expect(426)
        self.ftp.expect(257)
        self.ftp.expect(226)
        self.assertIn("SHA-256 0-", self.digest("a file"))

    def test_others_are_served_meanwhile(self):
        hashing = [self.client() for _ in range(8)]
        for client in hashing:
            client.send("HASH huge")
        other = self.client()
        for _ in range(20):
            self.assertEqual(other.retrieve("RETR a file"), CONTENT)
        for client in hashing:
            client.close()

    def test_a_client_that_leaves_ends_it_and_those_that_wait(self):
        before = self.server.descriptors()
        for lines in (["HASH huge"], ["HASH huge"] * 3, ["HASH huge", "QUIT"], ["PWD", "HASH huge", "PWD"]):
            for leave in ("reset", "close"):
                client = self.client()
                for line in lines:
                    client.send(line)
                getattr(client, leave)()
        self.server.expect_descriptors(before)

    def test_many_at_once_take_turns(self):
        self.server.write("small", bytes(100))
        crowd = [self.client() for _ in range(30)]
        for client in crowd:
            client.send("HASH huge")
        for _ in range(5):
            self.digest("small")
        for client in crowd:
            client.send("ABOR")
            client.expect(426)
            client.expect(226)


class Ranges(DigestTest):
    def test_retr_sends_the_bytes_of_the_range(self):
        for first, last in ((0, 0), (0, 49), (100, 199), (255_999, 256_000), (256_000, 256_010), (300_000, 300_001)):
            self.ftp.do(f"RANG {first} {last}", 350)
            self.assertEqual(self.ftp.retrieve("RETR a file"), CONTENT[first:last + 1])
        self.assertEqual(self.ftp.retrieve("RETR a file"), CONTENT)

    def test_stor_replaces_the_bytes_of_the_range_and_no_other(self):
        self.server.write("patched", CONTENT)
        self.ftp.do("RANG 1000 1099", 350)
        self.ftp.store("STOR patched", b"x" * 100)
        self.assertEqual(self.server.read("patched"), CONTENT[:1000] + b"x" * 100 + CONTENT[1100:])

    def test_stor_lengthens_a_file_and_begins_one(self):
        self.server.write("patched", b"abc")
        self.ftp.do("RANG 3 5", 350)
        self.ftp.store("STOR patched", b"def")
        self.assertEqual(self.server.read("patched"), b"abcdef")
        self.ftp.do("RANG 0 2", 350)
        self.ftp.store("STOR begun", b"abc")
        self.assertEqual(self.server.read("begun"), b"abc")

    def test_stor_writes_nothing_behind_the_range_however_much_is_sent(self):
        for size in (101, 1 << 20):
            self.server.write("patched", CONTENT)
            self.ftp.do("RANG 1000 1099", 350)
            data = self.ftp.data()
            self.ftp.do("STOR patched", 150)
            try:
                data.send(b"x" * size)
                data.finish()
            except OSError:
                pass  # the server may close before everything is sent
            self.ftp.expect(451)
            self.assertEqual(self.server.read("patched")[1100:], CONTENT[1100:])
            self.assertEqual(self.server.read("patched")[:1000], CONTENT[:1000])

    def test_stor_begins_a_file_with_the_right_to_upload_alone(self):
        adder = self.client(name="adder")
        adder.do("RANG 0 2", 350)
        adder.store("STOR added", b"abc")
        self.assertEqual(self.server.read("added"), b"abc")

    def test_stor_behind_the_end_is_refused_and_so_is_replacing_without_the_right(self):
        self.ftp.do("RANG 256001 256002", 350)
        self.ftp.data()
        self.ftp.do("STOR a file", 554)
        adder = self.client(name="adder")
        adder.do("RANG 0 1", 350)
        adder.data()
        adder.do("STOR a file", 553)
        self.assertEqual(self.server.read("a file"), CONTENT)


class Space(DigestTest):
    def test_is_what_the_file_system_has(self):
        told = int(self.ftp.do("AVBL directory", 213).text)
        system = os.statvfs(self.server.root)
        self.assertLess(abs(told - system.f_bavail * system.f_frsize), 1 << 30)
        self.ftp.do("AVBL a file", 550)
        self.ftp.do("AVBL missing", 550)


if __name__ == "__main__":
    unittest.main()
