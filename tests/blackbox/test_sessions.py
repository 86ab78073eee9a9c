"""Ten thousand logged-in sessions held at once, silent or with a passive port each: what one costs, that
all are served, and that a new login still works.

Where this machine allows fewer descriptors, or the binary carries a sanitizer, there are fewer, and the test
says so. It must not judge how long anything takes.
"""

import re
import resource
import selectors
import socket
import unittest

from harness import BlackBoxTest, is_sanitized, wait_until
from raw_client import BOUND, receive_all

WANTED = 10_000
SPARE = 500  # descriptors of either process for everything else
BURST = 200  # logins under way at one time
LOGIN = ((b"220", b"USER anonymous\r\n"), (b"331", b"PASS guest@example.org\r\n"), (b"230", None))
LOGIN_AND_PASV = LOGIN[:2] + ((b"230", b"PASV\r\n"), (b"227", None))


def log_in(address, count, selector, dialogue=LOGIN, sources=None, last_replies=None):
    """`count` connections, each led through the dialogue and silent then, all driven by one selector. They
    come from the addresses `sources`, in turn; what each was told last is appended to `last_replies`."""
    sessions = []

    def begin():
        connection = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        connection.setblocking(False)
        if sources:
            connection.bind((sources[len(sessions) % len(sources)], 0))
        connection.connect_ex(address)
        sessions.append(connection)
        selector.register(connection, selectors.EVENT_READ, {"step": 0, "received": b""})

    waiting = min(BURST, count)
    for _ in range(waiting):
        begin()
    while waiting:
        ready = selector.select(BOUND)
        assert ready, f"nothing happened for {BOUND} s with {len(sessions)} sessions"
        for key, _ in ready:
            state, connection = key.data, key.fileobj
            state["received"] += connection.recv(4096)
            if not state["received"].endswith(b"\r\n"):
                assert state["received"], "the server closed a connection"
                continue
            code, answer = dialogue[state["step"]]
            assert state["received"].startswith(code), state["received"]
            state["step"] += 1
            if not answer and last_replies is not None:
                last_replies.append((connection, state["received"]))
            state["received"] = b""
            if answer:
                connection.sendall(answer)
                continue
            selector.unregister(connection)
            if len(sessions) < count:
                begin()
            else:
                waiting -= 1
    return sessions


class Sessions(BlackBoxTest):
    def count(self, of_server=1):
        """How many there can be that need so many of the server's descriptors each."""
        count = 1000 if is_sanitized() else WANTED
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        allowed = (limit - SPARE) // of_server
        if allowed < count:
            print(f"(only {allowed} sessions: RLIMIT_NOFILE is {limit})", end=" ", flush=True)
        return min(count, allowed)

    def hold(self, server, count, **options):
        selector = selectors.DefaultSelector()
        self.addCleanup(selector.close)
        sessions = log_in(server.address(), count, selector, **options)
        self.addCleanup(lambda: [connection.close() for connection in sessions])
        return sessions

    def test_ten_thousand_cost_1_kib_each_at_most_and_one_more_can_log_in(self):
        count = self.count()
        server = self.start({"limits": {"sessions": count + 100}, "log": {"level": "warn"}})
        server.write("file.txt", b"hello\n")
        self.hold(server, 50)  # what the server makes once is made now
        empty = server.descriptors()
        before = server.private_memory()
        sessions = self.hold(server, count - 50)
        cost = (server.private_memory() - before) / (count - 50)
        print(f"({count} sessions, {cost:.0f} bytes each)", end=" ", flush=True)
        if not is_sanitized():
            self.assertLessEqual(cost, 1024)
        client = self.client(server)
        self.assertEqual(client.retrieve("RETR file.txt"), b"hello\n")
        for connection in sessions[:: max(1, count // 50)]:  # the old ones are still served
            connection.settimeout(BOUND)
            connection.sendall(b"NOOP\r\n")
            self.assertTrue(connection.recv(100).startswith(b"200"))
        for connection in sessions:
            connection.close()
        wait_until(lambda: server.descriptors() <= empty + 4, "all of them are gone")
        client.do("NOOP", 200)

    def fetch(self, control, reply, source):
        """A file over the passive port that a session was told long ago."""
        numbers = re.search(rb"\((\d+,){4}(\d+),(\d+)\)", reply)
        port = int(numbers[2]) * 256 + int(numbers[3])
        control.settimeout(BOUND)
        with socket.create_connection(("127.0.0.1", port), BOUND, (source, 0)) as data:
            control.sendall(b"RETR file.txt\r\n")
            self.assertEqual(receive_all(data), b"hello")
        replies = b""
        while b"\r\n226 " not in replies:
            piece = control.recv(1000)
            self.assertTrue(piece, replies)
            replies += piece

    def test_ten_thousand_with_a_passive_port_each_can_all_transfer(self):
        count = self.count(of_server=2)
        server = self.start({"limits": {"sessions": count + 100}, "log": {"level": "warn"}})
        server.write("file.txt", b"hello")
        self.hold(server, 50)
        empty, before = server.descriptors(), server.private_memory()
        sources = [f"127.0.1.{number}" for number in range(1, 201)]
        told = []
        self.hold(server, count, dialogue=LOGIN_AND_PASV, sources=sources, last_replies=told)
        cost = (server.private_memory() - before) / count
        print(f"({count} sessions with a port, {cost:.0f} bytes each)", end=" ", flush=True)
        self.assertEqual(len({reply for _, reply in told}), count)
        self.assertGreaterEqual(server.descriptors(), empty + 2 * count)
        if not is_sanitized():
            self.assertLessEqual(cost, 3072)
        self.client(server).do("NOOP", 200)
        for control, reply in told[:: max(1, count // 200)]:
            self.fetch(control, reply, control.getsockname()[0])
        for control, _ in told:
            control.close()
        wait_until(lambda: server.descriptors() <= empty + 4, "all of them are gone")
        self.assertNotIn("no-passive-port", server.log_text())

    def test_come_and_go_by_the_thousands_and_leave_nothing(self):
        server = self.start({"log": {"level": "warn"}})
        self.hold(server, 50)
        for round_ in range(4):
            if round_ == 1:
                descriptors, memory = server.descriptors(), server.private_memory()
            for connection in self.hold(server, 500):
                connection.close()
            if round_:
                wait_until(lambda: server.descriptors() <= descriptors + 4, "the sessions are gone")
        if not is_sanitized():
            self.assertLess(server.private_memory() - memory, 1 << 20)


if __name__ == "__main__":
    unittest.main()
