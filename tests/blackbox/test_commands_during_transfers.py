"""What a session hears while a transfer runs: ABOR, STAT and QUIT at once, everything else after it.

Replies come in the order of the commands: an ABOR takes effect when it arrives, even behind waiting lines, but is
answered in its turn: 426 for the transfer, the replies of the lines before it, then its own 226.
"""

import os
import socket
import unittest

from harness import ServerTest, wait_until
from raw_client import BOUND, is_closed_by_peer

MIB = 1 << 20
BIG = 64 * MIB  # more than any buffer between here and there holds: such a download cannot end by itself
IAC, IP, DM = b"\xff", b"\xf4", b"\xf2"


class DuringTransfers(ServerTest):
    @staticmethod
    def fill(server):
        server.write("small.txt", b"hello\n")
        server.write("middle.bin", os.urandom(8 * MIB))
        with open(server.path("big.bin"), "wb") as file:
            file.truncate(BIG)

    def setUp(self):
        self.ftp = self.client()

    def download(self, name="big.bin", mode="PASV", read=1):
        """A download that stands still after its first bytes."""
        data = self.ftp.data(mode)
        self.ftp.do(f"RETR {name}", 150)
        data.receive_exactly(read)
        return data

    def upload(self, name="up.bin", mode="PASV", octets=bytes(100_000)):
        data = self.ftp.data(mode)
        self.ftp.do(f"STOR {name}", 150)
        data.send(octets)
        return data

    def expect_life(self):
        self.ftp.do("NOOP", 200)
        self.assertEqual(self.ftp.retrieve("RETR small.txt"), b"hello\n")


class Abor(DuringTransfers):
    def expect_abort(self):
        self.ftp.expect(426)
        self.ftp.expect(226)
        self.expect_life()

    def test_without_a_transfer_is_225_or_226(self):
        self.ftp.do("ABOR", 225, 226)
        self.expect_life()

    def test_of_a_download_is_426_then_226(self):
        for mode in ("PASV", "EPSV", "PORT", "EPRT"):
            with self.subTest(mode=mode):
                data = self.download(mode=mode)
                self.ftp.send("ABOR")
                self.expect_abort()
                data.close()

    def test_of_an_upload_is_426_then_226(self):
        for mode in ("PASV", "PORT"):
            with self.subTest(mode=mode):
                data = self.upload(mode=mode)
                self.ftp.send("ABOR")
                self.expect_abort()
                data.close()

    def test_closes_the_data_connection(self):
        data = self.upload()
        self.ftp.do("ABOR", 426)
        self.ftp.expect(226)
        self.assertTrue(is_closed_by_peer(data.socket))

    def test_of_a_listing_is_426_then_226_or_came_too_late(self):
        self.server.write_many("names", [f"{number:0200}" for number in range(3000)])
        data = self.ftp.data()
        self.ftp.do("LIST names", 150)
        self.ftp.send("ABOR")
        self.ftp.expect(426, 226)
        self.ftp.expect(226, 225)
        data.close()
        self.expect_life()

    def test_as_a_whole_urgent_line(self):
        self.download()
        self.ftp.socket.sendall(b"ABOR\r\n", socket.MSG_OOB)
        self.expect_abort()

    def test_behind_telnet_ip_and_synch_with_urgent_data(self):
        self.download()
        self.ftp.socket.send(IAC + IP + IAC, socket.MSG_OOB)
        self.ftp.send_bytes(DM + b"ABOR\r\n")
        self.expect_abort()

    def test_behind_telnet_ip_and_an_urgent_data_mark(self):
        self.upload()
        self.ftp.send_bytes(IAC + IP)
        self.ftp.socket.send(IAC + DM, socket.MSG_OOB)
        self.ftp.send_bytes(b"ABOR\r\n")
        self.expect_abort()

    def test_in_lower_case_and_one_byte_at_a_time(self):
        self.download()
        for octet in b"abor\r\n":
            self.ftp.send_bytes(bytes([octet]))
        self.expect_abort()

    def test_when_the_client_never_read_a_byte(self):
        for mode in ("PASV", "PORT"):
            with self.subTest(mode=mode):
                data = self.ftp.data(mode)
                self.ftp.do("RETR big.bin", 150)
                self.ftp.send("ABOR")
                self.expect_abort()
                data.close()

    def test_before_the_data_connection_is_there(self):
        self.ftp.pasv()
        self.ftp.send("RETR big.bin")
        self.ftp.send("ABOR")
        codes = [self.ftp.expect(150, 426, 425).code]
        if codes == [150]:
            self.ftp.expect(426, 425)
        self.ftp.expect(226, 225)
        self.expect_life()

    def test_between_the_150_and_the_data_connection(self):
        self.ftp.pasv()
        self.ftp.do("RETR big.bin", 150)
        self.ftp.send("ABOR")
        self.expect_abort()

    def test_behind_waiting_lines_takes_effect_at_once_and_is_answered_in_its_turn(self):
        self.download()
        self.ftp.send_bytes(b"NOOP\r\nPWD\r\nSIZE small.txt\r\nABOR\r\nSYST\r\n")
        for code in (426, 200, 257, 213, 226, 215):
            self.ftp.expect(code)
        self.expect_life()

    def test_behind_waiting_transfers_ends_the_running_one_only(self):
        first = self.download()
        self.ftp.send_bytes(b"PWD\r\nABOR\r\n")
        for code in (426, 257, 226):
            self.ftp.expect(code)
        first.close()
        self.expect_life()

    def test_again_and_again_gets_a_reply_each_time(self):
        for _ in range(20):
            data = self.download()
            self.ftp.send_bytes(b"ABOR\r\nABOR\r\nNOOP\r\n")
            for codes in ((426,), (226,), (225, 226), (200,)):
                self.ftp.expect(*codes)
            data.close()

    def test_in_a_race_with_the_end_of_the_transfer_gets_exactly_two_replies(self):
        for round_ in range(60):
            data = self.ftp.data()
            self.ftp.send_bytes(b"RETR small.txt\r\nABOR\r\n" if round_ % 2 else b"RETR middle.bin\r\nABOR\r\n")
            try:
                data.receive()
            except ConnectionResetError:
                pass
            if self.ftp.expect(150, 426).code == 150:  # aborted before it began, or not
                self.ftp.expect(226, 426)
            self.ftp.expect(225, 226)
            self.ftp.do("PWD", 257)

    def test_leaves_no_descriptor_behind(self):
        before = self.server.descriptors()
        for _ in range(40):
            for start in (self.download, self.upload):
                data = start()
                self.ftp.do("ABOR", 426)
                self.ftp.expect(226)
                data.close()
        self.server.expect_descriptors(before + 16)


class Stat(DuringTransfers):
    def test_is_answered_at_once_and_the_transfer_goes_on(self):
        data = self.download("middle.bin", read=1000)
        for _ in range(3):
            self.ftp.do("STAT", 211)
        self.assertEqual(len(data.receive()), 8 * MIB - 1000)
        self.ftp.expect(226)

    def test_with_telnet_ip_and_synch_is_answered_at_once(self):
        data = self.upload(octets=b"x" * 1000)
        self.ftp.socket.send(IAC + IP + IAC, socket.MSG_OOB)
        self.ftp.send_bytes(DM + b"STAT\r\n")
        self.ftp.expect(211)
        data.finish()
        self.ftp.expect(226)
        self.assertEqual(self.server.read("up.bin"), b"x" * 1000)


class Quit(DuringTransfers):
    def test_in_a_download_is_226_then_221(self):
        data = self.download("middle.bin")
        self.ftp.send("QUIT")
        self.assertEqual(len(data.receive()), 8 * MIB - 1)
        self.ftp.expect(226)
        self.ftp.expect(221)
        self.ftp.expect_end()

    def test_in_an_upload_is_226_then_221(self):
        data = self.upload("last.bin", octets=b"a" * 200_000)
        self.ftp.send("QUIT")
        data.send(b"b" * 400_000)
        data.finish()
        self.ftp.expect(226)
        self.ftp.expect(221)
        self.ftp.expect_end()
        self.assertEqual(self.server.read("last.bin"), b"a" * 200_000 + b"b" * 400_000)

    def test_then_a_half_close_still_gets_every_byte_and_reply(self):
        data = self.download("middle.bin")
        self.ftp.send("QUIT")
        self.ftp.half_close()
        self.assertEqual(len(data.receive()), 8 * MIB - 1)
        self.ftp.expect(226)
        self.ftp.expect(221)
        self.ftp.expect_end()

    def test_is_the_last_thing_that_is_heard(self):
        self.ftp.send_bytes(b"NOOP\r\nQUIT\r\nDELE small.txt\r\n")
        self.ftp.expect(200)
        self.ftp.expect(221)
        self.ftp.expect_end()
        self.assertIn("small.txt", self.server.names())


class OtherCommands(DuringTransfers):
    def test_noop_waits_and_is_answered_after_226(self):
        data = self.download("middle.bin")
        self.ftp.send_bytes(b"NOOP\r\n")
        self.assertEqual(len(data.receive()), 8 * MIB - 1)
        self.ftp.expect(226)
        self.ftp.expect(200)

    def test_a_waiting_line_is_not_carried_out_before_its_time(self):
        data = self.upload("slow.bin", octets=b"one")
        self.ftp.send_bytes(b"MKD later\r\n")
        other = self.client()
        for _ in range(20):
            other.do("NOOP", 200)
        self.assertNotIn("later", self.server.names())
        data.finish()
        self.ftp.expect(226)
        self.ftp.expect(257)
        self.assertIn("later", self.server.names())

    def test_pipelined_in_one_segment_are_answered_in_order(self):
        self.ftp.send_bytes(b"CWD /\r\nPWD\r\nSIZE small.txt\r\nRNFR none\r\nMKD d\r\nRNFR d\r\nRNTO e\r\nRMD e\r\n"
                            b"XYZZY\r\nNOOP\r\nSYST\r\n")
        for code in (250, 257, 213, 550, 257, 350, 250, 250, 500, 200, 215):
            self.ftp.expect(code)

    def test_a_whole_session_in_one_segment(self):
        control = self.connect()
        control.send_bytes(b"USER anonymous\r\nPASS guest@example.org\r\nTYPE I\r\nSIZE small.txt\r\nPASV\r\nQUIT\r\n")
        for code in (331, 230, 200, 213, 227, 221):
            control.expect(code)
        control.expect_end()

    def test_a_transfer_pipelined_with_its_followers(self):
        data = self.ftp.data()
        self.ftp.send_bytes(b"RETR small.txt\r\nPWD\r\nSTOR no/such\r\nNOOP\r\n")
        self.assertEqual(data.receive(), b"hello\n")
        for codes in ((150,), (226,), (257,), (425, 550, 553), (200,)):
            self.ftp.expect(*codes)

    def test_many_waiting_lines_are_all_answered(self):
        data = self.download("middle.bin")
        self.ftp.send_bytes(b"NOOP\r\n" * 300)
        self.assertEqual(len(data.receive()), 8 * MIB - 1)
        self.ftp.expect(226)
        for _ in range(300):
            self.ftp.expect(200)

    def test_pipelined_with_more_replies_than_the_server_keeps_are_all_answered(self):
        for count in (300, 1000, 5000):  # FEAT has some 250 bytes, and 64 KiB may be unsent
            self.ftp.send_bytes(b"FEAT\r\n" * count)
            for _ in range(count):
                self.ftp.expect(211)
            self.expect_life()

    def test_more_waiting_lines_than_the_server_keeps_do_not_stop_the_transfer(self):
        data = self.download("middle.bin")
        self.ftp.socket.settimeout(0.2)
        lines = 0
        try:
            while lines < 40_000:
                self.ftp.send_bytes(b"NOOP\r\n" * 10)
                lines += 10
        except TimeoutError:
            pass  # the last ones may have gone in part
        self.ftp.socket.settimeout(BOUND)
        self.assertEqual(len(data.receive()), 8 * MIB - 1)
        self.ftp.expect(226)
        for _ in range(lines):
            self.ftp.expect(200)

    def test_a_vanished_control_connection_ends_the_transfer(self):
        before = self.server.descriptors()
        data = self.download()
        self.ftp.socket.close()
        self.ftp.opened.clear()
        wait_until(lambda: self.server.descriptors() <= before, "the transfer is over")
        data.reset()


if __name__ == "__main__":
    unittest.main()
