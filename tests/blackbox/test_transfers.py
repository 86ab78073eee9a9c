"""RETR, STOR, APPE and REST: every byte arrives, whatever the size, the mode, the type and the company.

What a session hears during a transfer (ABOR, STAT, QUIT, NOOP) has test_commands_during_transfers.
"""

import os
import random
import select
import threading
import unittest

from harness import ServerTest
from raw_client import IPV4_MODES, IPV6_MODES

KIB, MIB = 1 << 10, 1 << 20
SIZES = (0, 1, 1023, 1024, 1025, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 256 * KIB - 1, 256 * KIB, 256 * KIB + 1,
         512 * KIB, MIB - 1, MIB, MIB + 1, 3 * MIB + 7, 8 * MIB)
RANDOM = random.Random(7)
POOL = RANDOM.randbytes(8 * MIB)


def as_ascii(octets):
    return octets.replace(b"\n", b"\r\n")


class TransferTest(ServerTest):
    def setUp(self):
        self.ftp = self.client()


class EverySize(TransferTest):
    @staticmethod
    def fill(server):
        for size in SIZES:
            server.write(f"{size}.bin", POOL[:size])

    def get_and_put(self, client, mode):
        for size in SIZES:
            with self.subTest(size=size):
                self.assertTrue(client.retrieve(f"RETR {size}.bin", mode) == POOL[:size], "RETR: other bytes")
                client.store(f"STOR {mode}{size}.bin", POOL[:size], mode)
                self.assertTrue(self.server.read(f"{mode}{size}.bin") == POOL[:size], "STOR: other bytes")
                os.unlink(self.server.path(f"{mode}{size}.bin"))

    def test_both_ways_with_pasv(self):
        self.get_and_put(self.ftp, "PASV")

    def test_both_ways_with_port(self):
        self.get_and_put(self.ftp, "PORT")

    def test_both_ways_with_epsv_on_ipv6(self):
        self.need_ipv6()
        self.get_and_put(self.client(family=6), "EPSV")

    def test_both_ways_with_eprt_on_ipv6(self):
        self.need_ipv6()
        self.get_and_put(self.client(family=6), "EPRT")

    def test_the_150_ends_with_the_count_of_bytes(self):
        for size in (0, 1, MIB):
            data = self.ftp.data()
            reply = self.ftp.do(f"RETR {size}.bin", 150)
            self.assertTrue(reply.text.endswith(f"({size} bytes)."), reply)
            data.receive()
            self.ftp.expect(226)

    def test_the_226_waits_for_the_client_to_close_its_end(self):
        """20 ms at most, which on a busy machine may be over before we look; one of ten is enough to see it."""
        def waits(size):
            data = self.ftp.data()
            self.ftp.do(f"RETR {size}.bin", 150)
            while data.socket.recv(1 << 18):
                pass
            is_silent = not select.select([self.ftp.socket], [], [], 0.005)[0]
            data.close()
            self.ftp.expect(226)
            return is_silent

        for size in (1, 512 * KIB, 3 * MIB + 7):
            self.assertTrue(any(waits(size) for _ in range(10)), f"after {size} bytes the 226 came at once, ten times")

    def test_an_upload_in_small_pieces(self):
        data = self.ftp.data()
        self.ftp.do("STOR pieces.bin", 150)
        sent = 0
        while sent < 300_000:
            size = RANDOM.randrange(1, 3000)
            data.send(POOL[sent:sent + size])
            sent += size
        data.finish()
        self.ftp.expect(226)
        self.assertTrue(self.server.read("pieces.bin") == POOL[:sent])

    def test_a_download_read_in_small_pieces(self):
        data = self.ftp.data()
        self.ftp.do(f"RETR {MIB}.bin", 150)
        received = b"".join(iter(lambda: data.socket.recv(1000), b""))
        self.ftp.expect(226)
        self.assertTrue(received == POOL[:MIB])


class Ascii(TransferTest):
    """TYPE A: LF in the file is CRLF on the line, whatever the borders of chunks cut through."""

    def setUp(self):
        super().setUp()
        self.ftp.do("TYPE A", 200)

    TEXTS = {
        "empty": b"",
        "only line ends": b"\n" * 200_000,
        "no line end": b"x" * 300_000,
        "short lines": b"line\n" * 100_000,
        "no end at the end": b"line\n" * 50_000 + b"tail",
        "borders": b"".join(b"x" * length + b"\n" for length in range(0, 1500)),
    }

    def test_download_turns_lf_into_crlf(self):
        for name, text in self.TEXTS.items():
            for mode in ("PASV", "PORT"):
                with self.subTest(text=name, mode=mode):
                    self.server.write("text.txt", text)
                    self.assertTrue(self.ftp.retrieve("RETR text.txt", mode) == as_ascii(text))

    def test_upload_turns_crlf_into_lf(self):
        for name, text in self.TEXTS.items():
            for mode in ("PASV", "PORT"):
                with self.subTest(text=name, mode=mode):
                    self.ftp.store("STOR text.txt", as_ascii(text), mode)
                    self.assertTrue(self.server.read("text.txt") == text)

    def test_upload_with_cr_and_lf_in_different_segments(self):
        data = self.ftp.data()
        self.ftp.do("STOR cut.txt", 150)
        for piece in (b"one\r", b"\ntwo\r", b"\n", b"\r", b"\n", b"three\r\nfo", b"ur\r\n"):
            data.send(piece)
            self.ftp.do("STAT", 211)  # the piece has most likely been read on its own by now
        data.finish()
        self.ftp.expect(226)
        self.assertEqual(self.server.read("cut.txt"), b"one\ntwo\n\nthree\nfour\n")

    def test_upload_at_every_border_around_the_usual_buffer_sizes(self):
        for size in (4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB):
            for shift in (-2, -1, 0, 1):
                text = b"x" * (size + shift) + b"\nrest\n" + b"y" * (size - 1) + b"\n"
                with self.subTest(size=size, shift=shift):
                    self.ftp.store("STOR border.txt", as_ascii(text))
                    self.assertTrue(self.server.read("border.txt") == text)
                    self.assertTrue(self.ftp.retrieve("RETR border.txt") == as_ascii(text))

    def test_a_lone_cr_at_the_very_end_of_an_upload_is_not_lost(self):
        self.ftp.store("STOR lone.txt", b"one\r\ntwo\r")
        self.assertEqual(self.server.read("lone.txt"), b"one\ntwo\r")

    def test_every_text_comes_back_as_it_was_sent(self):
        lines = [bytes(RANDOM.choices(range(32, 127), k=RANDOM.randrange(0, 200))) for _ in range(20_000)]
        text = b"\r\n".join(lines) + b"\r\n"
        self.ftp.store("STOR round.txt", text)
        self.assertTrue(self.ftp.retrieve("RETR round.txt") == text)
        self.assertTrue(self.server.read("round.txt") == text.replace(b"\r\n", b"\n"))

    def test_append_converts_too(self):
        self.ftp.store("STOR log.txt", b"one\r\n")
        self.ftp.store("APPE log.txt", b"two\r\n")
        self.assertEqual(self.server.read("log.txt"), b"one\ntwo\n")

    def test_a_restart_counts_bytes_of_the_transfer_or_is_refused(self):
        self.server.write("text.txt", b"ab\ncd\nef\n")
        self.ftp.send("REST 4")
        if self.ftp.expect(350, 501, 502, 504, 550).code == 350:
            self.ftp.data()
            self.ftp.send("RETR text.txt")
            if self.ftp.expect(150, 501, 504, 550, 551, 554).code == 150:
                self.assertEqual(self.ftp.opened[-1].receive(), b"cd\r\nef\r\n")
                self.ftp.expect(226)


class Restart(TransferTest):
    @staticmethod
    def fill(server):
        server.write("file.bin", POOL[:MIB])

    def test_retr_begins_at_the_offset(self):
        for mode in IPV4_MODES:
            for offset in (0, 1, 1000, 256 * KIB, MIB - 1, MIB):
                with self.subTest(mode=mode, offset=offset):
                    data = self.ftp.data(mode)
                    self.ftp.do(f"REST {offset}", 350)
                    self.ftp.do("RETR file.bin", 150)
                    self.assertTrue(data.receive() == POOL[offset:MIB])
                    self.ftp.expect(226)

    def test_the_150_of_a_restarted_retr_tells_a_count(self):
        data = self.ftp.data()
        self.ftp.do("REST 1000", 350)
        self.assertRegex(self.ftp.do("RETR file.bin", 150).text, r"\((1048576|1047576) bytes\)\.$")
        data.receive()
        self.ftp.expect(226)

    def test_stor_writes_from_the_offset_and_keeps_what_lies_before(self):
        for mode in ("PASV", "PORT"):
            for offset in (1, 1000, 300_000):
                with self.subTest(mode=mode, offset=offset):
                    self.server.write("part.bin", POOL[:offset])
                    data = self.ftp.data(mode)
                    self.ftp.do(f"REST {offset}", 350)
                    self.ftp.do("STOR part.bin", 150)
                    data.send(POOL[offset:MIB])
                    data.finish()
                    self.ftp.expect(226)
                    self.assertTrue(self.server.read("part.bin") == POOL[:MIB])

    def test_rest_is_for_the_command_that_follows_only(self):
        for between, code in (("NOOP", 200), ("PWD", 257), ("TYPE I", 200)):
            with self.subTest(between=between):
                data = self.ftp.data()
                self.ftp.do("REST 1000", 350)
                self.ftp.do(between, code)
                self.ftp.do("RETR file.bin", 150)
                self.assertEqual(len(data.receive()), MIB)
                self.ftp.expect(226)

    def test_rest_is_used_up_by_one_transfer(self):
        data = self.ftp.data()
        self.ftp.do("REST 1000", 350)
        self.ftp.do("RETR file.bin", 150)
        data.receive()
        self.ftp.expect(226)
        self.assertEqual(len(self.ftp.retrieve("RETR file.bin")), MIB)

    def test_rest_0_undoes_a_rest(self):
        data = self.ftp.data()
        self.ftp.do("REST 1000", 350)
        self.ftp.do("REST 0", 350)
        self.ftp.do("RETR file.bin", 150)
        self.assertEqual(len(data.receive()), MIB)
        self.ftp.expect(226)

    def test_retr_beyond_the_end_is_refused(self):
        for offset in (MIB + 1, 1 << 40, (1 << 63) - 1):
            with self.subTest(offset=offset):
                self.ftp.data()
                self.ftp.do(f"REST {offset}", 350)
                self.ftp.do("RETR file.bin", 554, 550, 551)
        self.ftp.do("NOOP", 200)

    def test_stor_beyond_the_end_is_refused_and_changes_nothing(self):
        self.server.write("short.bin", b"short")
        for name in ("short.bin", "missing.bin"):
            with self.subTest(name=name):
                self.ftp.data()
                self.ftp.do("REST 6", 350)
                self.ftp.do(f"STOR {name}", 554, 550, 551, 553)
        self.assertEqual(self.server.read("short.bin"), b"short")
        self.assertNotIn("missing.bin", self.server.names())

    def test_appe_adds_to_the_end(self):
        self.server.write("log.bin", POOL[:1000])
        self.ftp.store("APPE log.bin", POOL[1000:500_000])
        self.ftp.store("APPE log.bin", POOL[500_000:MIB], "PORT")
        self.assertTrue(self.server.read("log.bin") == POOL[:MIB])

    def test_appe_makes_a_file_that_is_not_there(self):
        self.ftp.store("APPE fresh.bin", b"content")
        self.assertEqual(self.server.read("fresh.bin"), b"content")

    def test_appe_of_nothing_changes_nothing(self):
        self.server.write("same.bin", b"same")
        self.ftp.store("APPE same.bin", b"")
        self.assertEqual(self.server.read("same.bin"), b"same")


class InCompany(TransferTest):
    @staticmethod
    def fill(server):
        for number in range(64):
            server.write(f"many/{number}.bin", POOL[number * 1000:][:2 * MIB])
        server.write("big.bin", POOL)

    def in_parallel(self, work, count):
        failures = []

        def run(number):
            try:
                work(number)
            except Exception as error:  # told below, with its number
                failures.append((number, repr(error)))
        threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def modes(self, client):
        return IPV6_MODES if ":" in client.local_host else IPV4_MODES

    def test_64_downloads_at_once(self):
        clients = [self.client() for _ in range(64)]

        def work(number):
            mode = IPV4_MODES[number % 4]
            assert clients[number].retrieve(f"RETR many/{number}.bin", mode) == POOL[number * 1000:][:2 * MIB]
        self.in_parallel(work, 64)

    def test_64_uploads_at_once(self):
        clients = [self.client() for _ in range(64)]

        def work(number):
            clients[number].store(f"STOR up{number}.bin", POOL[number * 100:][:MIB], IPV4_MODES[number % 4])
        self.in_parallel(work, 64)
        for number in range(64):
            self.assertTrue(self.server.read(f"up{number}.bin") == POOL[number * 100:][:MIB], number)
            os.unlink(self.server.path(f"up{number}.bin"))

    def test_downloads_and_uploads_of_one_file_at_once_never_mix(self):
        bodies = [bytes([number]) * MIB for number in range(8)]
        self.server.write("shared.bin", bodies[0])
        clients = [self.client() for _ in range(16)]

        def work(number):
            for _ in range(4):
                if number < 8:
                    clients[number].store("STOR shared.bin", bodies[number])
                else:
                    assert clients[number].retrieve("RETR shared.bin") in bodies, "a mixture"
        self.in_parallel(work, 16)
        self.assertIn(self.server.read("shared.bin"), bodies)

    def test_another_session_lists_during_a_transfer_that_stands_still(self):
        data = self.ftp.data()
        self.ftp.do("RETR big.bin", 150)
        data.receive_exactly(1)
        other = self.client()
        for mode in IPV4_MODES:
            self.assertIn("big.bin", other.lines("NLST", mode))
            self.assertEqual(len(other.lines("LIST many", mode)), 64)
        self.assertEqual(len(data.receive()), len(POOL) - 1)
        self.ftp.expect(226)

    def test_a_file_that_is_removed_during_its_download_arrives_whole(self):
        self.server.write("doomed.bin", POOL)
        data = self.ftp.data()
        self.ftp.do("RETR doomed.bin", 150)
        start = data.receive_exactly(1000)
        self.client().do("DELE doomed.bin", 250)
        self.assertTrue(start + data.receive() == POOL)
        self.ftp.expect(226)

    def test_a_file_that_shrinks_during_its_download_is_never_a_226(self):
        self.server.write("shrinking.bin", bytes(64 * MIB))
        data = self.ftp.data()
        self.ftp.do("RETR shrinking.bin", 150)
        data.receive_exactly(1000)
        os.truncate(self.server.path("shrinking.bin"), 2000)
        try:
            data.receive()
        except ConnectionResetError:
            pass
        self.ftp.expect(426, 451)
        self.ftp.do("NOOP", 200)


if __name__ == "__main__":
    unittest.main()
