"""One client does its worst, with as many sessions as an address may have; another address's must not suffer.

The neighbour does what clients do all day and measures each answer: 99 of 100 in its session come within a
second, and none is an error. A new login may have to wait behind a storm of connections. That second is a
promise, and the only absolute time in these tests; so ctest runs nothing beside them. The rude client is a
process of its own, and must share nothing with the neighbour.
"""

import array
import contextlib
import multiprocessing
import os
import socket
import threading
import time
import unittest
import warnings

from harness import PASSWORD, ServerTest, is_sanitized, user
from raw_client import BOUND, Control

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
NEIGHBOUR, RUDE = "127.0.0.2", "127.0.0.3"
SESSIONS = 50  # of one address: the default of limits.per_address
PROMISE = 5.0 if is_sanitized() else 1.0  # seconds
LEAST_TIME, MOST_TIME, SAMPLES = 1.5, 4.0, 200
ENTRIES = 5_000 if is_sanitized() else 100_000
SMALL = bytes(range(256)) * 4
# As `uvftpd hash-password` makes them: 20 ms and 16 MiB for each check.
SLOW_HASH = "$y$j9T$EF8U6E8Db3xoI5q4fL5zI/$7pAH1TmWRtpnVPh5db4rP1meEu.JmWA8ko/u/4vJmT4"


# ---- what the rude client does: each is called again and again, on several threads ----

class Rude:
    def __init__(self, address):
        self.address = address
        self.number = threading.get_ident()

    def connect(self):
        return contextlib.closing(Control(self.address, source=RUDE))

    @contextlib.contextmanager
    def session(self):
        with self.connect() as control:
            yield control.login("alice", PASSWORD)


def flood_without_reading(rude, acted):
    with rude.session() as control:
        control.socket.settimeout(1)
        for _ in range(1000):
            control.send_bytes(b"NOOP\r\nFEAT\r\nSTAT\r\n" * 500)
            acted()


def flood_with_reading(rude, acted):
    with rude.session() as control:
        while True:
            control.send_bytes(b"FEAT\r\n" * 200)
            for _ in range(200):
                control.expect(211)
            acted()


def line_without_end(rude, acted):
    with rude.session() as control:
        while True:
            control.send_bytes(b"x" * 65536)
            acted()


def long_lines(rude, acted):
    with rude.session() as control:
        while True:
            control.send_bytes(b"x" * 60_000 + b"\r\n")
            control.expect(500)
            acted()


def big_listings(rude, acted):
    with rude.session() as control:
        while True:
            acted()
            control.retrieve("LIST many")


def slow_patterns(rude, acted):
    with rude.session() as control:
        while True:
            acted()
            control.retrieve("NLST many/" + "*a" * 40 + "*b")


def statuses_of_slow_patterns(rude, acted):
    with rude.session() as control:
        while True:
            acted()
            control.do("STAT many/" + "*a" * 40 + "*b", 212, 213, 450, 550)


def listings_byte_by_byte(rude, acted):
    with rude.session() as control:
        data = control.data()
        data.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        control.do("LIST many", 150)
        while data.connection.recv(1):
            acted()


def digests(rude, acted):
    with rude.session() as control:
        control.send("HASH huge")
        acted()
        control.read_reply()


def sizes_in_type_a(rude, acted):
    with rude.session() as control:
        control.do("TYPE A", 200)
        while True:
            acted()
            control.do("SIZE lines", 213)


def restarts_in_type_a(rude, acted):
    """All that lies before must be read, to know how much of it is sent."""
    for verb in ("RETR", "STOR"):
        with rude.session() as control:
            control.do("TYPE A", 200)
            for offset, name in ((60 * MIB, "lines"), (60 * GIB, "huge")):
                control.pasv()
                control.do(f"REST {offset}", 350)
                acted()
                control.send(f"{verb} {name}")
                if control.read_reply().code == 150:
                    control.do("ABOR", 426)
                    control.expect(226)


def wrong_passwords(rude, acted):
    with rude.connect() as control:
        for _ in range(3):
            control.do("USER slow", 331)
            control.do("PASS wrong", 530, 421)
            acted()


def connections(rude, acted):
    for _ in range(100):
        Control(rude.address, source=RUDE, greeting=None).close()
        acted()


def passive_ports(rude, acted):
    with rude.session() as control:
        while True:
            acted()
            control.send_bytes(b"PASV\r\n" * 1000)
            for _ in range(1000):
                control.expect(227)


def tiny_uploads(rude, acted):
    with rude.session() as control:
        for number in range(100):
            control.store(f"STOR tiny/{rude.number}-{number}", b"tiny")
            acted()


def bulk(rude, acted):
    with rude.session() as control:
        while True:
            acted()
            control.retrieve("RETR 64m")
            control.store(f"STOR bulk-{rude.number % 10}", bytes(16 * MIB))


def be_rude(kind, count, address, acts, over):
    """A process: `count` threads that do it until all is over. Errors are what such clients get."""
    def work():
        rude = Rude(address)
        while True:
            with contextlib.suppress(OSError, AssertionError):
                kind(rude, acted)

    def acted():
        acts.value += 1  # roughly: a lock would make the neighbour wait for it

    warnings.simplefilter("ignore", ResourceWarning)  # a refused Control's socket is left to the collector
    for _ in range(count):
        threading.Thread(target=work, daemon=True).start()
    over.wait()
    os._exit(0)


# ---- the neighbour ----

def percentile(durations, percent):
    return sorted(durations)[int(len(durations) * percent / 100)]


def described(durations):
    told = [f"{name} {1000 * value:.1f} ms" for name, value in (
        ("p50", percentile(durations, 50)), ("p99", percentile(durations, 99)), ("slowest", max(durations)))]
    return f"{len(durations)}, {', '.join(told)}"


class Neighbours(ServerTest):
    @staticmethod
    def changes(root):
        return {"limits": {"per_address": SESSIONS, "login_delay": 0},
                "user": [user(root), user(root, "slow", password=SLOW_HASH)], "log": {"level": "error"}}

    @staticmethod
    def fill(server):
        server.write("directory/small", SMALL)
        server.write_many("many", [f"{'a' * 40}{number:06}" for number in range(ENTRIES)])
        server.write_many("tiny", [])
        server.write("64m", bytes(64 * MIB))
        server.write("lines", b"\n" * 64 * MIB)
        with open(server.path("huge"), "wb") as file:
            file.truncate(64 * GIB)

    def measure(self, client):
        """How long each answer took: those of a session, and those to a new login."""
        answers, logins = array.array("d"), array.array("d")

        def measured(durations, call, *arguments):
            begin = time.monotonic()
            result = call(*arguments)
            durations.append(time.monotonic() - begin)
            return result
        begun, passed = time.monotonic(), 0.0
        while passed < LEAST_TIME or len(answers) < SAMPLES and passed < MOST_TIME:
            measured(answers, client.do, "NOOP", 200)
            measured(answers, client.do, "CWD /directory", 250)
            measured(answers, client.do, "SIZE small", 213)
            self.assertEqual(measured(answers, client.retrieve, "RETR small"), SMALL)
            client.opened.clear()
            measured(logins, self.log_in)
            passed = time.monotonic() - begun
        return answers, logins

    def log_in(self):
        with contextlib.closing(Control(self.server.address(), source=NEIGHBOUR)) as control:
            control.login("alice", PASSWORD)

    def neighbour_of(self, kind, count=SESSIONS):
        context = multiprocessing.get_context("fork")
        acts, over = context.Value("Q", lock=False), context.Event()
        client = self.client(source=NEIGHBOUR)
        before = self.server.descriptors()
        arguments = kind, count, self.server.address(), acts, over
        rude = context.Process(target=be_rude, args=arguments, daemon=True)
        rude.start()
        try:
            end = time.monotonic() + BOUND
            while not acts.value:
                self.assertLess(time.monotonic(), end, "the rude client does nothing")
                client.do("NOOP", 200)
            answers, logins = self.measure(client)
        finally:
            over.set()
            rude.join()
        print(f"({acts.value} acts; {described(answers)}; logins: {described(logins)})", end=" ", flush=True)
        self.assertLess(percentile(answers, 99), PROMISE)
        self.server.expect_descriptors(before)
        return logins

    def test_of_a_flood_of_commands_whose_replies_are_not_read(self):
        self.neighbour_of(flood_without_reading)

    def test_of_a_flood_of_commands_whose_replies_are_read(self):
        self.neighbour_of(flood_with_reading)

    def test_of_lines_without_end(self):
        self.neighbour_of(line_without_end)

    def test_of_long_lines(self):
        self.neighbour_of(long_lines)

    def test_of_listings_of_a_huge_directory(self):
        self.neighbour_of(big_listings)

    def test_of_listings_with_slow_patterns(self):
        self.neighbour_of(slow_patterns)

    def test_of_listings_that_are_read_byte_by_byte(self):
        self.neighbour_of(listings_byte_by_byte)

    def test_of_statuses_with_slow_patterns(self):
        self.neighbour_of(statuses_of_slow_patterns)

    def test_of_restarts_in_type_a(self):
        self.neighbour_of(restarts_in_type_a)

    def test_of_digests_of_a_huge_file(self):
        self.neighbour_of(digests)

    def test_of_sizes_in_type_a(self):
        self.neighbour_of(sizes_in_type_a)

    def test_of_wrong_passwords(self):
        logins = self.neighbour_of(wrong_passwords)
        self.assertLess(percentile(logins, 99), PROMISE)

    def test_of_a_storm_of_connections(self):
        self.neighbour_of(connections)

    def test_of_a_storm_of_passive_ports(self):
        self.neighbour_of(passive_ports)

    def test_of_tiny_uploads(self):
        self.neighbour_of(tiny_uploads)

    def test_of_transfers_at_full_speed(self):
        self.neighbour_of(bulk, 16)


if __name__ == "__main__":
    unittest.main()
