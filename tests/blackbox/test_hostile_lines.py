"""The control connection against clients that send anything but commands.

Over-long lines, NUL, lone CR, Telnet sequences, rubbish, single bytes, half-closed and reset connections, and clients that
never read: each gets a clear answer or is hung up, no other session notices, and nothing is left behind.
"""

import os
import random
import socket
import time
import unittest

from harness import ServerTest, is_sanitized, wait_until
from raw_client import IPV4_MODES, receive_all

KIB, MIB = 1 << 10, 1 << 20
CONTENT = bytes(range(256)) * 4096


class HostileTest(ServerTest):
    @staticmethod
    def fill(server):
        server.write("file.txt", b"hello\n")
        server.write("big.bin", CONTENT * 16)

    def setUp(self):
        self.witness = self.client()  # another session, which must not notice
        self.addCleanup(self.check_witness)
        self.ftp = self.client()

    def check_witness(self):
        self.witness.do("NOOP", 200)
        self.assertEqual(self.witness.retrieve("RETR file.txt"), b"hello\n")
        self.witness.close()

    def replies_until_end(self, control):
        """All that the server says, from a client that hangs up its side afterwards."""
        try:
            control.half_close()
        except OSError:
            pass
        return control.remaining_replies()


class LongLines(HostileTest):
    def test_of_4_kib_with_an_argument_are_taken(self):
        self.ftp.do("NOOP " + "x" * 4000, 200, 501)
        self.ftp.do("SIZE " + "x" * 4000, 550, 501)

    def test_of_5_kib_get_one_500_and_the_session_lives(self):
        for line in (b"X" * 5120, b"NOOP " + b"x" * 5120, b"RETR " + b"/" * 5120):
            control = self.client()
            control.send_bytes(line + b"\r\nPWD\r\n")
            control.expect(500, 501)
            control.expect(257)

    def test_have_a_tail_that_is_never_run_as_a_command(self):
        for padding in (4080, 4090, 4096, 8188, 8192, 10_000, 16_384):
            control = self.client()
            control.send_bytes(b"X" * padding + b"DELE file.txt\r\nPWD\r\n")
            control.expect(500, 501)
            control.expect(257)
        self.assertIn("file.txt", self.server.names())

    def test_before_the_login_are_no_different(self):
        control = self.connect()
        control.send_bytes(b"USER " + b"x" * 6000 + b"\r\nNOOP\r\n")
        control.expect(500, 501)
        control.expect(200)

    def test_that_come_in_pieces_get_one_500(self):
        for _ in range(12):
            self.ftp.send_bytes(b"x" * 1000)
            self.witness.do("NOOP", 200)
        self.ftp.send_bytes(b"\r\nPWD\r\n")
        self.ftp.expect(500, 501)
        self.ftp.expect(257)

    def test_of_1_mib_get_one_500_or_are_hung_up(self):
        try:
            self.ftp.send_bytes(b"x" * MIB + b"\r\nQUIT\r\n")
        except ConnectionError:
            return
        codes = [reply.code for reply in self.ftp.remaining_replies()]
        self.assertIn(codes, ([500, 221], [500], [500, 421], [421], []))

    def test_without_an_end_do_not_grow_the_server(self):
        before = self.server.memory()
        for _ in range(5):
            control = self.client()
            try:
                for _ in range(64):
                    control.send_bytes(b"y" * 65536)
            except ConnectionError:
                pass
        if not is_sanitized():
            self.assertLess(self.server.memory() - before, 8 * MIB)


class LineEnds(HostileTest):
    def test_a_bare_lf_ends_a_line(self):
        self.ftp.send_bytes(b"NOOP\nPWD\nNOOP\r\n")
        for code in (200, 257, 200):
            self.ftp.expect(code)

    def test_a_lone_cr_makes_the_line_a_bad_one(self):
        self.ftp.send_bytes(b"NOOP\rDELE file.txt\r\nPWD\r\n")
        self.ftp.expect(500, 501)
        self.ftp.expect(257)
        self.assertIn("file.txt", self.server.names())

    def test_a_nul_makes_the_line_a_bad_one(self):
        for line in (b"NOOP\x00", b"\x00NOOP", b"SIZE file.txt\x00.bak", b"NO\x00OP"):
            with self.subTest(line=line):
                self.ftp.send_bytes(line + b"\r\nPWD\r\n")
                self.ftp.expect(500, 501)
                self.ftp.expect(257)

    def test_one_byte_at_a_time(self):
        for octet in b"CWD /\r\nPWD\r\nSIZE file.txt\r\n":
            self.ftp.send_bytes(bytes([octet]))
        for code in (250, 257, 213):
            self.ftp.expect(code)

    def test_cr_and_lf_in_different_segments(self):
        self.ftp.send_bytes(b"PWD\r")
        self.witness.do("NOOP", 200)
        self.ftp.send_bytes(b"\nNOOP\r")
        self.ftp.expect(257)
        self.witness.do("NOOP", 200)
        self.ftp.send_bytes(b"\n")
        self.ftp.expect(200)


class Telnet(HostileTest):
    """IAC is 0xFF: two- and three-byte sequences are taken out wherever they are; IAC IAC is one 0xFF."""

    def test_sequences_are_removed_wherever_they_are(self):
        for line in (b"\xff\xf1PWD", b"P\xff\xf1WD", b"PWD\xff\xf1", b"\xff\xfb\x01PWD", b"P\xff\xfd\x18W\xff\xfe\x22D",
                     b"\xff\xfd\x06\xff\xfb\x03PWD", b"\xff\xf4\xff\xf2PWD", b"\xff\xfc\x01PWD"):
            with self.subTest(line=line):
                self.ftp.do(line, 257)

    def test_sequences_may_come_in_different_segments(self):
        for octet in b"P\xff\xfb\x01W\xff\xf1D\r\n":
            self.ftp.send_bytes(bytes([octet]))
            self.witness.do("NOOP", 200)
        self.ftp.expect(257)

    def test_options_are_refused_and_never_taken(self):
        self.ftp.send_bytes(b"\xff\xfb\x01\xff\xfd\x18\xff\xfc\x05NOOP\r\n")
        octets = b""
        while not octets.endswith(b"\r\n"):
            octets += self.ftp.socket.recv(100)
        self.assertEqual(octets[:6], b"\xff\xfe\x01\xff\xfc\x18")  # DONT 1, WONT 24
        self.assertTrue(octets[6:].startswith(b"200 "), octets)

    def test_options_without_end_from_a_client_that_reads_nothing_take_no_memory(self):
        before = self.server.memory()
        flood = self.connect()
        flood.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        flood.socket.settimeout(1)
        sent = 0
        with self.assertRaises(TimeoutError):  # the server takes no more
            while sent < 1 << 28:
                sent += flood.socket.send(b"\xff\xfd\x01" * 20_000)
        self.assertLess(self.server.memory() - before, 64 << 20)
        flood.close()

    def test_iac_iac_is_0xff_in_a_name(self):
        self.ftp.do(b"MKD a\xff\xffb", 257)
        self.assertIn(b"a\xffb", os.listdir(self.server.path("")))
        self.ftp.do(b"RMD a\xff\xffb", 250)

    def test_an_option_may_be_the_line_end(self):
        self.ftp.send_bytes(b"PWD\xff\xfb\r\n\r\n")  # IAC WILL CR, then LF ends the line; or an empty line follows
        self.ftp.expect(257)
        self.ftp.send_bytes(b"SYST\r\n")
        while self.ftp.expect(500, 501, 215).code != 215:
            pass

    def test_nothing_but_iac_does_no_harm(self):
        self.ftp.send_bytes(b"\xff" * 100_001)
        self.ftp.send_bytes(b"\r\nNOOP\r\n")
        self.assertIn([reply.code for reply in self.replies_until_end(self.ftp)], ([500, 200], [501, 200], [500], [500, 421]))


class Rubbish(HostileTest):
    def test_of_random_bytes_gets_refusals_only(self):
        generator = random.Random(11)
        for _ in range(20):
            control = self.connect()
            try:
                control.send_bytes(generator.randbytes(20_000))
            except ConnectionError:
                continue
            for reply in self.replies_until_end(control):
                self.assertIn(reply.code, (421, 500, 501, 502, 503, 530))

    def test_of_random_printable_lines_gets_refusals_only(self):
        generator = random.Random(12)
        control = self.connect()
        lines = ["".join(chr(generator.randrange(33, 127)) for _ in range(generator.randrange(1, 60))) for _ in range(8)]
        for line in lines:
            control.send("x" + line)
        for reply in self.replies_until_end(control):
            self.assertIn(reply.code, (421, 500, 501, 502, 530))

    def test_without_end_before_the_login_is_hung_up(self):
        control = self.connect()
        try:
            for _ in range(2000):
                control.send("RUBBISH")
        except ConnectionError:
            return
        codes = [reply.code for reply in self.replies_until_end(control)]
        self.assertLess(len(codes), 2000)

    def test_of_other_protocols_is_hung_up(self):
        hello = bytes.fromhex("16030100c8010000c40303") + bytes(200)
        for octets in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /x HTTP/1.1\r\nContent-Length: 6\r\n\r\nNOOP\r\n",
                       b"SSH-2.0-OpenSSH_9.2\r\n", hello + b"\r\n"):
            with self.subTest(octets=octets[:8]):
                control = self.connect()
                control.send_bytes(octets)
                for reply in control.remaining_replies():  # the server closes, the client does not
                    self.assertIn(reply.code, (421, 500, 501, 502, 530))

    def test_formats_of_printf_are_plain_text(self):
        for line in ("%s%s%s%n", "NOOP %n%n%n", "CWD %s%n", "SIZE %99999999d", "HELP %s", "USER %s%n", "{} {0}"):
            with self.subTest(line=line):
                self.client().do(line, *range(200, 600))


class HalfClosed(HostileTest):
    def test_after_quit_gets_every_reply(self):
        self.ftp.send_bytes(b"PWD\r\nSIZE file.txt\r\nQUIT\r\n")
        codes = [reply.code for reply in self.replies_until_end(self.ftp)]
        self.assertEqual(codes, [257, 213, 221])

    def test_without_quit_gets_every_reply_and_an_end(self):
        self.ftp.send_bytes(b"PWD\r\nSIZE file.txt\r\nMKD half\r\nRMD half\r\nNOOP\r\n")
        codes = [reply.code for reply in self.replies_until_end(self.ftp)]
        self.assertEqual(codes, [257, 213, 257, 250, 200])

    def test_before_the_login_gets_every_reply(self):
        control = self.connect()
        control.send_bytes(b"USER alice\r\nPASS wonderland\r\nPWD\r\n")
        codes = [reply.code for reply in self.replies_until_end(control)]
        self.assertEqual(codes, [331, 230, 257])

    def test_with_half_a_line_is_closed_and_the_half_line_not_run(self):
        self.ftp.send_bytes(b"NOOP\r\nDELE file.txt")
        codes = [reply.code for reply in self.replies_until_end(self.ftp)]
        self.assertEqual(codes[0], 200)
        self.assertIn("file.txt", self.server.names())

    def test_behind_a_transfer_and_quit_gets_the_transfer_too(self):
        data = self.ftp.data()
        self.ftp.send_bytes(b"RETR big.bin\r\nQUIT\r\n")
        self.ftp.half_close()
        self.assertTrue(receive_all(data.socket) == CONTENT * 16)
        self.assertEqual([reply.code for reply in self.ftp.remaining_replies()], [150, 226, 221])


class Resets(HostileTest):
    def check(self, *steps):
        """Each step brings a new session into a state in which it is reset; many times, and nothing leaks."""
        before = self.server.descriptors()
        for round_ in range(12):
            for step in steps:
                control = self.connect()
                step(control, IPV4_MODES[round_ % 4])
                control.reset()
        self.server.expect_descriptors(before + 10)

    def test_before_the_login_leak_nothing(self):
        self.check(lambda control, mode: None,
                   lambda control, mode: control.send_bytes(b"USE"),
                   lambda control, mode: control.do("USER alice", 331),
                   lambda control, mode: control.send("USER alice\r\nPASS wonderland"),
                   lambda control, mode: control.send("USER alice\r\nPASS wrong"))

    def test_in_the_middle_of_a_command_leak_nothing(self):
        def login(control):
            return control.login("alice", "wonderland")
        self.check(lambda control, mode: login(control),
                   lambda control, mode: login(control).send_bytes(b"PW"),
                   lambda control, mode: login(control).send("CWD /\r\nMKD x\r\nRMD x\r\nSIZE big.bin"),
                   lambda control, mode: login(control).data(mode),
                   lambda control, mode: login(control).send("PASV"))

    def test_in_the_middle_of_a_transfer_leak_nothing(self):
        def begin(command, read=0, octets=b""):
            def step(control, mode):
                data = control.login("alice", "wonderland").data(mode)
                control.send(command)
                if read:
                    control.expect(150)
                    data.receive_exactly(read)
                if octets:
                    control.expect(150)
                    data.send(octets)
            return step
        self.check(begin("LIST"), begin("NLST"), begin("RETR big.bin"), begin("RETR big.bin", read=1000),
                   begin("STOR up.bin"), begin("STOR up.bin", octets=CONTENT), begin("RETR big.bin\r\nABOR"))

    def test_of_the_data_connection_alone_end_the_transfer_and_not_the_session(self):
        for mode in IPV4_MODES:
            for command, read in (("RETR big.bin", 1000), ("STOR up.bin", 0)):
                with self.subTest(mode=mode, command=command):
                    data = self.ftp.data(mode)
                    self.ftp.do(command, 150)
                    if read:
                        data.receive_exactly(read)
                    else:
                        data.send(CONTENT * 16)
                    data.reset()
                    self.ftp.expect(426, 451)
                    self.ftp.do("NOOP", 200)


class NeverReading(HostileTest):
    def test_100_000_commands_without_reading_do_not_grow_the_server(self):
        before = self.server.memory()
        block = b"NOOP\r\n" * 1000
        sent = 0
        self.ftp.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.ftp.socket.settimeout(1)
        try:
            while sent < 100 * len(block):
                sent += self.ftp.socket.send(block[sent % len(block):])
        except TimeoutError:
            pass  # the server does not take more
        grown = self.server.memory() - before
        self.check_others_are_quick()
        if not is_sanitized():
            self.assertLess(grown, 8 * MIB)
        self.ftp.reset()

    def check_others_are_quick(self):
        begin = time.monotonic()
        for _ in range(100):
            self.witness.do("NOOP", 200)
        self.assertLess(time.monotonic() - begin, 30)

    def test_long_replies_without_reading_do_not_grow_the_server(self):
        before = self.server.memory()
        self.ftp.socket.settimeout(1)
        try:
            for _ in range(2000):
                self.ftp.send_bytes(b"HELP\r\nFEAT\r\nSTAT\r\n" * 20)
        except TimeoutError:
            pass
        grown = self.server.memory() - before
        self.check_others_are_quick()
        if not is_sanitized():
            self.assertLess(grown, 8 * MIB)

    def test_one_that_reads_late_gets_every_reply(self):
        self.ftp.send_bytes(b"NOOP\r\n" * 20_000)
        for _ in range(20_000):
            self.ftp.expect(200)
        self.ftp.do("PWD", 257)

    def test_many_silent_connections_hold_up_nobody(self):
        silent = [self.connect() for _ in range(200)]
        self.client().do("NOOP", 200)
        before = self.server.descriptors()
        for control in silent:
            control.reset()
        wait_until(lambda: self.server.descriptors() <= before - 200, "the silent ones are gone")


if __name__ == "__main__":
    unittest.main()
