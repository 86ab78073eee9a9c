"""Ten thousand logged-in sessions held at once: what one costs, and that a new login still works.

Where this machine allows fewer descriptors, or the binary carries a sanitizer, there are fewer, and the test says so.
"""

import resource
import selectors
import socket
import unittest

from harness import BlackBoxTest, is_sanitized, wait_until
from raw_client import BOUND

WANTED = 10_000
SPARE = 500  # descriptors of either process for everything else
BURST = 200  # logins under way at one time
DIALOGUE = ((b"220", b"USER anonymous\r\n"), (b"331", b"PASS guest@example.org\r\n"), (b"230", None))


def log_in(address, count, selector):
    """`count` connections, each logged in and silent. A dialogue for each, driven by one selector."""
    sessions = []

    def begin():
        connection = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        connection.setblocking(False)
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
            code, answer = DIALOGUE[state["step"]]
            assert state["received"].startswith(code), state["received"]
            state["step"] += 1
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
    def count(self):
        count = 1000 if is_sanitized() else WANTED
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE
        if allowed < count:
            print(f"(only {allowed} sessions: RLIMIT_NOFILE is {allowed + SPARE})", end=" ", flush=True)
        return min(count, allowed)

    def hold(self, server, count):
        selector = selectors.DefaultSelector()
        self.addCleanup(selector.close)
        sessions = log_in(server.address(), count, selector)
        self.addCleanup(lambda: [connection.close() for connection in sessions])
        return sessions

    def test_ten_thousand_cost_1_kib_each_at_most_and_one_more_can_log_in(self):
        count = self.count()
        server = self.start({"limits": {"sessions": count + 100}, "log": {"level": "warn"}})
        server.write("file.txt", b"hello\n")
        self.hold(server, 50)  # what the server makes once is made now
        empty = server.descriptors()
        before = server.memory("Pss")
        sessions = self.hold(server, count - 50)
        cost = (server.memory("Pss") - before) / (count - 50)
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

    def test_come_and_go_by_the_thousands_and_leave_nothing(self):
        server = self.start({"log": {"level": "warn"}})
        self.hold(server, 50)
        for round_ in range(4):
            if round_ == 1:
                descriptors, memory = server.descriptors(), server.memory("Pss")
            for connection in self.hold(server, 500):
                connection.close()
            if round_:
                wait_until(lambda: server.descriptors() <= descriptors + 4, "the sessions are gone")
        if not is_sanitized():
            self.assertLess(server.memory("Pss") - memory, 1 << 20)


if __name__ == "__main__":
    unittest.main()
