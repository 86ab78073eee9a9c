"""Limits of bandwidth: limits.rate of one session, user.rate and anonymous.rate of all sessions of an account together.

What is asserted are ratios: how much came in one stretch of time against another, or to one client against another.
A transfer cannot be faster than its limit, however slow the machine is: that much is certain of the clock.
"""

import threading
import time
import unittest

from harness import BlackBoxTest, user

KIB = 1024
SIZE = 400 * KIB
RATE = 400 * KIB  # a second for SIZE


class Rates(BlackBoxTest):
    def start_with(self, changes):
        server = self.start(changes)
        server.write("file", bytes(SIZE))
        return server

    def seconds(self, work):
        begun = time.monotonic()
        work()
        return time.monotonic() - begun

    def expect_limited(self, seconds, octets, rate=RATE):
        self.assertGreater(seconds, 0.9 * (octets / rate - 0.05))  # the last piece is not waited for

    def test_of_a_session_holds_for_downloads_and_uploads_in_both_types(self):
        server = self.start_with({"limits": {"rate": "400KiB"}})
        for type_ in ("I", "A"):
            client = self.client(server)
            client.do(f"TYPE {type_}", 200)
            self.expect_limited(self.seconds(lambda: client.retrieve("RETR file")), SIZE)
            client = self.client(server)
            client.do(f"TYPE {type_}", 200)
            self.expect_limited(self.seconds(lambda: client.store("STOR new", bytes(SIZE))), SIZE)
            self.assertEqual(len(server.read("new")), SIZE)

    def test_of_a_session_holds_from_file_to_file_too(self):
        server = self.start_with({"limits": {"rate": RATE}})
        server.write("small", bytes(10 * KIB))
        client = self.client(server)
        self.expect_limited(self.seconds(lambda: [client.retrieve("RETR small") for _ in range(20)]), 190 * KIB)

    def test_of_a_session_is_another_ones_business(self):
        server = self.start_with({"limits": {"rate": "400KiB"}})
        clients = [self.client(server) for _ in range(8)]
        together = self.seconds(lambda: self.in_parallel(clients, lambda client: client.retrieve("RETR file")))
        alone = self.seconds(lambda: self.client(server).retrieve("RETR file"))
        self.assertLess(together, 3 * alone)  # one after the other it were eight times

    def test_of_an_account_is_shared_by_its_sessions_fairly(self):
        server = self.start_with(lambda root: {"user": [user(root, rate="400KiB"), user(root, "bob")]})
        clients = [self.client(server) for _ in range(4)]
        received, over = {}, threading.Event()

        def read(client):
            data = client.data()
            client.do("RETR file", 150)
            received[client] = 0
            while not over.is_set() and (piece := data.connection.recv(KIB)):
                received[client] += len(piece)

        def stop_in_time():
            while sum(received.values()) < SIZE // 2:
                time.sleep(0.01)
            over.set()

        watch = threading.Thread(target=stop_in_time)
        watch.start()
        seconds = self.seconds(lambda: self.in_parallel(clients, read))
        watch.join()
        self.expect_limited(seconds, SIZE // 2 - 80 * KIB)
        self.assertLess(max(received.values()), 3 * min(received.values()) + 40 * KIB, received)
        # Nobody else waits for them.
        self.client(server, name="bob").retrieve("RETR file")

    def test_of_anonymous_clients_is_shared_by_all_of_them(self):
        server = self.start_with({"anonymous": {"rate": RATE}})
        clients = [self.client(server, name="anonymous", password="me@") for _ in range(4)]
        seconds = self.seconds(lambda: self.in_parallel(clients, lambda client: client.retrieve("RETR file")))
        self.expect_limited(seconds, 4 * SIZE - 80 * KIB)

    def test_is_no_stall(self):
        server = self.start_with({"limits": {"rate": 20}, "timeouts": {"stalled": "300ms"}})
        server.write("tiny", b"0123456789" * 2)
        self.assertEqual(self.client(server).retrieve("RETR tiny"), b"0123456789" * 2)

    def test_lets_an_abort_through(self):
        server = self.start_with({"limits": {"rate": 1000}})
        client = self.client(server)
        data = client.data()
        client.do("RETR file", 150)
        data.receive_exactly(1)
        client.do("ABOR", 426)
        client.expect(226)

    def in_parallel(self, clients, work):
        threads = [threading.Thread(target=work, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    unittest.main()
