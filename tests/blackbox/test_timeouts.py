"""The four time limits: idle, login, data_open and stalled. What each ends, and what it does not.

All limits are one second here, so the bounds are generous upwards and exact downwards.
"""

import contextlib
import socket
import time
import unittest

from harness import ServerTest
from raw_client import BOUND, port_command

MIB = 1 << 20


class TimeoutTest(ServerTest):
    @staticmethod
    def fill(server):
        server.write("small.txt", b"hello\n")
        with open(server.path("big.bin"), "wb") as file:
            file.truncate(64 * MIB)

    @contextlib.contextmanager
    def takes_at_least(self, seconds):
        begin = time.monotonic()
        yield
        self.assertGreaterEqual(time.monotonic() - begin, seconds - 0.05)

    def pause(self, seconds):
        """Not a wait for something: the client does nothing for a while, which is what is tested."""
        time.sleep(seconds)


class Idle(TimeoutTest):
    changes = {"timeouts": {"idle": 1}}

    def test_a_session_without_a_command_gets_421_and_is_closed(self):
        before = self.server.descriptors()
        client = self.client()
        with self.takes_at_least(1):
            client.expect(421)
        client.expect_end()
        self.server.expect_descriptors(before + 4)

    def test_every_command_starts_it_anew(self):
        client = self.client()
        with self.takes_at_least(3):
            for _ in range(6):
                self.pause(0.5)
                client.do("NOOP", 200)
        client.expect(421)

    def test_half_a_line_is_no_command(self):
        client = self.client()
        client.send_bytes(b"NOO")
        client.expect(421)
        client.expect_end()

    def test_a_slow_reader_that_makes_progress_is_not_idle(self):
        client = self.client()
        data = client.data()
        data.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.do("RETR big.bin", 150)
        with self.takes_at_least(3):
            got = 0
            for _ in range(30):
                got += len(data.receive_exactly(MIB))
                self.pause(0.1)
        self.assertEqual(got + len(data.receive()), 64 * MIB)
        client.expect(226)

    def test_a_slow_writer_that_makes_progress_is_not_idle(self):
        client = self.client()
        data = client.data()
        client.do("STOR slow.bin", 150)
        with self.takes_at_least(3):
            for _ in range(30):
                data.send(b"x" * 1000)
                self.pause(0.1)
        data.finish()
        client.expect(226)
        self.assertEqual(len(self.server.read("slow.bin")), 30_000)

    def test_begins_anew_when_the_transfer_is_over(self):
        client = self.client()
        client.retrieve("RETR small.txt")
        with self.takes_at_least(0.9):
            client.expect(421)

    def test_an_open_passive_port_does_not_stop_it(self):
        client = self.client()
        client.pasv()
        client.expect(421)
        client.expect_end()


class Login(TimeoutTest):
    changes = {"timeouts": {"login": 1}}

    def test_a_silent_connection_gets_421_and_is_closed(self):
        control = self.connect()
        with self.takes_at_least(0.9):
            control.expect(421)
        control.expect_end()

    def test_commands_do_not_extend_it(self):
        control = self.connect()
        replies = []
        begin = time.monotonic()
        try:
            while time.monotonic() - begin < BOUND:
                control.send("NOOP")
                reply = control.read_reply()
                if reply is None:
                    break
                replies.append(reply.code)
                if reply.code == 421:
                    break
                self.pause(0.05)
        except ConnectionError:
            pass
        self.assertIn(replies[-1], (421, 200))
        self.assertLess(time.monotonic() - begin, BOUND)

    def test_a_user_without_pass_is_not_a_login(self):
        control = self.connect()
        control.do("USER alice", 331)
        control.expect(421)
        control.expect_end()

    def test_a_session_that_is_logged_in_is_not_ended_by_it(self):
        client = self.client()
        with self.takes_at_least(2):
            for _ in range(4):
                self.pause(0.5)
                client.do("NOOP", 200)


class DataOpen(TimeoutTest):
    changes = {"timeouts": {"data_open": 1}}

    def expect_425(self, client, command):
        client.send(command)
        if client.expect(150, 425).code == 150:
            client.expect(425)
        client.do("NOOP", 200)
        self.assertEqual(client.retrieve("RETR small.txt"), b"hello\n")

    def test_a_passive_port_that_nobody_connects_to_is_425(self):
        for verb, command in (("PASV", "RETR small.txt"), ("EPSV", "LIST"), ("PASV", "STOR never.bin")):
            with self.subTest(verb=verb, command=command):
                client = self.client()
                client.do(verb, 227, 229)
                self.expect_425(client, command)

    def test_an_upload_that_never_got_a_connection_leaves_the_old_file(self):
        self.server.write("old.bin", b"old")
        client = self.client()
        client.pasv()
        self.expect_425(client, "STOR old.bin")
        self.assertEqual(self.server.read("old.bin"), b"old")

    def test_strangers_do_not_extend_it(self):
        client = self.client()
        _, port = client.pasv()
        client.send("RETR small.txt")
        begin = time.monotonic()
        with contextlib.suppress(ConnectionError):  # refused at last
            while time.monotonic() - begin < BOUND:
                socket.create_connection(("127.0.0.1", port), timeout=BOUND, source_address=("127.0.0.2", 0)).close()
                self.pause(0.05)
        if client.expect(150, 425).code == 150:
            client.expect(425)
        self.assertLess(time.monotonic() - begin, BOUND)

    def test_a_client_that_does_not_answer_the_call_is_425(self):
        with socket.socket() as listener, contextlib.ExitStack() as fillers:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            for _ in range(4):  # a full backlog: further calls get no answer
                filler = fillers.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
            self.pause(0.1)
            client = self.client()
            client.do(port_command("127.0.0.1", listener.getsockname()[1]), 200)
            self.expect_425(client, "RETR small.txt")

    def test_a_passive_port_is_closed_when_nobody_came(self):
        client = self.client()
        _, port = client.pasv()
        self.expect_425(client, "RETR small.txt")
        with self.assertRaises(ConnectionError):
            socket.create_connection(("127.0.0.1", port), timeout=BOUND).close()


class Stalled(TimeoutTest):
    changes = {"timeouts": {"stalled": 1}}

    def expect_cut(self, client):
        client.expect(426, 451, 425)
        client.do("NOOP", 200)
        self.assertEqual(client.retrieve("RETR small.txt"), b"hello\n")

    def test_a_download_that_nobody_reads_is_cut_and_the_session_lives(self):
        for mode in ("PASV", "PORT"):
            with self.subTest(mode=mode):
                client = self.client()
                data = client.data(mode)
                client.do("RETR big.bin", 150)
                data.receive_exactly(1)
                with self.takes_at_least(0.9):
                    self.expect_cut(client)

    def test_an_upload_that_sends_nothing_is_cut_and_the_session_lives(self):
        client = self.client()
        data = client.data()
        client.do("STOR up.bin", 150)
        data.send(b"x" * 1000)
        with self.takes_at_least(0.9):
            self.expect_cut(client)

    def test_a_listing_that_nobody_reads_is_cut_and_the_session_lives(self):
        self.server.write_many("names", [f"{number:0240}" for number in range(20_000)])
        client = self.client()
        data = client.data("PORT")
        data.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.do("LIST names", 150)
        data.receive_exactly(1)
        client.expect(426, 451, 425)
        client.do("NOOP", 200)

    def test_a_reader_for_whom_the_socket_is_seldom_ready_is_not_cut(self):
        """A socket is ready for more when a third of its buffer has left: here after more than a second."""
        client = self.client()
        data = client.data()
        client.do("RETR big.bin", 150)
        with self.takes_at_least(3):
            received = 0
            for _ in range(20):
                received += len(data.receive_exactly(16 * 1024))
                self.pause(0.15)
        self.assertEqual(received + len(data.receive()), 64 * MIB)
        client.expect(226)

    def test_a_slow_transfer_is_not_cut(self):
        client = self.client()
        data = client.data()
        client.do("STOR slow.bin", 150)
        with self.takes_at_least(2.5):
            for _ in range(25):
                data.send(b"x")
                self.pause(0.1)
        data.finish()
        client.expect(226)


class NotTheSame(TimeoutTest):
    changes = {"timeouts": {"idle": 1, "stalled": 3}}

    def test_a_transfer_that_stands_still_is_not_ended_by_idle_but_by_stalled(self):
        client = self.client()
        data = client.data()
        client.do("RETR big.bin", 150)
        data.receive_exactly(1)
        with self.takes_at_least(2.5):
            client.expect(426, 451)
        client.expect(421)


if __name__ == "__main__":
    unittest.main()
