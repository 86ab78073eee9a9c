"""A passive port is for one client: whoever else connects is sent away and does no harm.

The stranger here comes from 127.0.0.2 (the kernel routes all of 127/8 to the loopback), before the command, during it,
and in numbers that fill the listener's backlog.
"""

import contextlib
import socket
import threading
import time
import unittest

from harness import PASSWORD, ServerTest
from raw_client import Control, is_closed_by_peer, receive_all

CONTENT = bytes(range(256)) * 1000
STRANGER = "127.0.0.2"


class StrangerTest(ServerTest):
    @staticmethod
    def fill(server):
        server.write("file.bin", CONTENT)

    def setUp(self):
        self.ftp = self.client()

    def served(self, data, command_sent=False):
        """The right client gets its file over `data`."""
        if not command_sent:
            self.ftp.send("RETR file.bin")
        self.ftp.expect(150)
        self.assertEqual(receive_all(data), CONTENT)
        self.ftp.expect(226)


class Strangers(StrangerTest):
    def test_before_the_command_are_closed_and_the_right_client_served(self):
        for verb in ("PASV", "EPSV"):
            with self.subTest(verb=verb):
                _, port = self.ftp.pasv() if verb == "PASV" else self.ftp.epsv()
                for _ in range(3):
                    self.assertTrue(is_closed_by_peer(self.connect_passive(port, STRANGER)))
                self.served(self.connect_passive(port))

    def test_after_the_command_are_closed_and_the_right_client_served(self):
        _, port = self.ftp.pasv()
        self.ftp.send("RETR file.bin")
        self.assertTrue(is_closed_by_peer(self.connect_passive(port, STRANGER)))
        self.served(self.connect_passive(port), command_sent=True)

    def test_in_numbers_that_fill_the_backlog_do_not_keep_the_right_client_out(self):
        for command_first in (False, True):
            with self.subTest(command_first=command_first), contextlib.ExitStack() as strangers:
                _, port = self.ftp.pasv()
                if command_first:
                    self.ftp.send("RETR file.bin")
                for _ in range(100):
                    stranger = strangers.enter_context(socket.socket())
                    stranger.setblocking(False)
                    stranger.bind((STRANGER, 0))
                    stranger.connect_ex(("127.0.0.1", port))
                self.served(self.connect_passive(port), command_first)

    def test_cannot_upload(self):
        _, port = self.ftp.pasv()
        self.assertTrue(is_closed_by_peer(self.connect_passive(port, STRANGER)))
        data = self.connect_passive(port)
        self.ftp.do("STOR safe.bin", 150)
        data.sendall(b"mine")
        data.close()
        self.ftp.expect(226)
        self.assertEqual(self.server.read("safe.bin"), b"mine")

    def test_leave_no_descriptor_behind(self):
        before = self.server.descriptors()
        for _ in range(30):
            _, port = self.ftp.pasv()
            self.assertTrue(is_closed_by_peer(self.connect_passive(port, STRANGER)))
        self.ftp.do("QUIT", 221)
        self.ftp.close()
        self.server.expect_descriptors(before)


class StrangersOfADualStackListener(StrangerTest):
    changes = {"server": {"listen": ["[::]:0"]}}

    def setUp(self):
        self.need_ipv6()
        self.ftp = Control(("127.0.0.1", self.server.ready["listen"][0]["port"])).login("alice", PASSWORD)
        self.addCleanup(self.ftp.close)

    def test_are_closed_and_the_right_client_served(self):
        _, port = self.ftp.pasv()
        self.assertTrue(is_closed_by_peer(self.connect_passive(port, STRANGER)))
        self.served(self.connect_passive(port))


class TheRightClient(StrangerTest):
    def test_may_send_its_command_at_any_time_after_connecting(self):
        """Whatever the server does with a port that waits for its command, it never loses the client."""
        clients = [self.client() for _ in range(32)]
        for pause in [milliseconds / 1000 for milliseconds in range(0, 120, 5)]:
            connections = [client.data("PASV") for client in clients]
            time.sleep(pause)
            for client in clients:
                client.send("RETR file.bin")
            for client, data in zip(clients, connections):
                client.expect(150)
                self.assertEqual(data.receive(), CONTENT)
                client.expect(226)

    def test_is_served_while_many_others_ask_for_ports(self):
        clients = [self.client() for _ in range(32)]
        failures = []

        def work(client):
            try:
                for _ in range(20):
                    assert client.retrieve("RETR file.bin", "PASV") == CONTENT
            except Exception as error:  # told below
                failures.append(repr(error))
        threads = [threading.Thread(target=work, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])


if __name__ == "__main__":
    unittest.main()
