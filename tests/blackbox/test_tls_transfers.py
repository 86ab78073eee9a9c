"""Transfers under TLS, by a raw client: the bytes are the file's in every mode, version and family.

The session goes on behind whatever became of them.
"""

import hashlib
import unittest

from harness import HAS_IPV6
from raw_client import IPV4_MODES, IPV6_MODES
from real_client import MIB, POOL
from tls_client import VERSIONS, TlsTest

LARGE = 50 * MIB


def both_ways():
    """Each way to begin TLS with each version of it."""
    return [(implicit, version) for implicit in (False, True) for version in VERSIONS]


class TransferTest(TlsTest):
    tls = {"implicit_listen": ["127.0.0.1:0"] + (["[::1]:0"] if HAS_IPV6 else [])}

    @staticmethod
    def fill(server):
        server.write("pool.bin", POOL)
        server.write("small.txt", b"small\n")
        server.write("empty.bin")
        server.write("large.bin", (POOL * (LARGE // len(POOL) + 1))[:LARGE])


class EveryWay(TransferTest):
    def there_and_back(self, client, modes):
        for mode in modes:
            for octets in (POOL, b"", b"x"):
                client.store("STOR up.bin", octets, mode)
                self.assertEqual(self.server.read("up.bin"), octets)
                self.assertEqual(client.retrieve("RETR up.bin", mode), octets)
            self.assertIn("small.txt", client.lines("NLST", mode))

    def test_bytes_are_the_same_there_and_back(self):
        for implicit, version in both_ways():
            with self.subTest(implicit=implicit, version=version):
                client = self.protected(implicit=implicit, version=version)
                self.assertEqual(client.socket.version(), f"TLSv{version}")
                self.there_and_back(client, IPV4_MODES)

    def test_bytes_are_the_same_on_ipv6(self):
        self.need_ipv6()
        for implicit, version in both_ways():
            with self.subTest(implicit=implicit, version=version):
                self.there_and_back(self.protected(family=6, implicit=implicit, version=version), IPV6_MODES)

    def test_synonyms_of_the_mechanism_in_any_case(self):
        for mechanism in ("TLS", "tls", "TLS-C", "SSL", "ssl"):
            with self.subTest(mechanism=mechanism):
                client = self.connect_tls().secure(mechanism).login("alice", "wonderland").protect()
                self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")


class Sessions(TransferTest):
    def test_a_large_file(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                client = self.protected(version=version)
                octets = client.retrieve("RETR large.bin")
                self.assertEqual(len(octets), LARGE)
                self.assertEqual(octets, self.server.read("large.bin"))
                client.store("STOR large-up.bin", octets)
                self.assertEqual(hashlib.sha256(self.server.read("large-up.bin")).digest(),
                                 hashlib.sha256(octets).digest())

    def test_a_small_file_many_times(self):
        for version in VERSIONS:
            client = self.protected(version=version)
            for number in range(100):
                client.store("STOR many.txt", b"%d" % number)
                self.assertEqual(client.retrieve("RETR many.txt"), b"%d" % number)

    def test_every_listing(self):
        client = self.protected()
        for verb in ("LIST", "NLST", "MLSD"):
            self.assertTrue([line for line in client.lines(verb) if line.endswith("small.txt")], verb)

    def test_protection_holds_until_the_next_prot(self):
        client = self.protected()
        for _ in range(2):
            self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")
            client.do("PROT C", 200)
            client.protected = False
            self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")
            client.protect()

    def test_text_is_converted_under_tls_too(self):
        client = self.protected()
        client.do("TYPE A", 200)
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\r\n")
        client.store("STOR text.txt", b"one\r\ntwo\r\n")
        self.assertEqual(self.server.read("text.txt"), b"one\ntwo\n")

    def test_restarts_both_ways(self):
        client = self.protected()
        for start in (0, 1, MIB + 1, len(POOL) - 1, len(POOL)):
            client.do(f"REST {start}", 350)
            self.assertEqual(client.retrieve("RETR pool.bin"), POOL[start:])
            self.server.write("rest.bin", POOL[:start])
            client.do(f"REST {start}", 350)
            client.store("STOR rest.bin", POOL[start:])
            self.assertEqual(self.server.read("rest.bin"), POOL)

    def test_a_part_and_an_append(self):
        client = self.protected()
        client.do("RANG 100 199", 350)
        self.assertEqual(client.retrieve("RETR pool.bin"), POOL[100:200])
        self.server.write("append.bin", b"one")
        client.store("APPE append.bin", b"two")
        self.assertEqual(self.server.read("append.bin"), b"onetwo")

    def test_stat_is_answered_during_a_transfer(self):
        client = self.protected()
        data = client.data()
        client.do("RETR large.bin", 150)
        begun = data.receive_exactly(1000)
        self.assertIn("Transfer in progress", str(client.do("STAT", 211)))
        self.assertEqual(len(begun) + len(data.receive()), LARGE)
        client.expect(226)


class Aborts(TransferTest):
    def goes_on(self, client):
        client.do("NOOP", 200)
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")

    def test_abor_ends_a_download(self):
        for version in VERSIONS:
            client = self.protected(version=version)
            for _ in range(3):
                data = client.data()
                client.do("RETR large.bin", 150)
                data.receive_exactly(1000)
                client.do("ABOR", 426)
                client.expect(226)
                data.close()
            self.goes_on(client)

    def test_abor_ends_an_upload(self):
        self.server.write("kept.bin", b"old")
        client = self.protected()
        data = client.data()
        client.do("STOR kept.bin", 150)
        data.send(POOL)
        client.do("ABOR", 426)
        client.expect(226)
        data.close()
        self.goes_on(client)
        self.assertEqual(self.server.read("kept.bin"), b"old")

    def test_abor_before_the_handshake_of_the_data_connection(self):
        client = self.protected()
        data = client.data()
        client.do("RETR large.bin", 150)
        client.do("ABOR", 426)
        client.expect(226)
        data.close()
        self.goes_on(client)

    def test_a_client_that_breaks_off_a_download(self):
        for how in ("close", "reset"):
            with self.subTest(how=how):
                client = self.protected()
                data = client.data()
                client.do("RETR large.bin", 150)
                data.receive_exactly(1000)
                getattr(data, how)()
                client.expect(426)
                self.goes_on(client)

    def test_a_refused_transfer_needs_no_handshake(self):
        client = self.protected()
        for command in ("RETR missing", "STOR no/such/place"):
            data = client.data()
            client.do(command, 550, 553)
            data.close()
        self.goes_on(client)


if __name__ == "__main__":
    unittest.main()
