"""The wall clock jumps, forwards and back: no session ends by it, none lives longer, and no transfer is cut.

The daemon runs with a wall clock that the test sets (tests/faults/clock.cc); its log shows that it jumped.
"""

import mmap
import os
import struct
import tempfile
import unittest

from harness import BINARY, BlackBoxTest, is_sanitized

CLOCK = os.environ.get("UVFTPD_CLOCK_LIBRARY", os.path.join(os.path.dirname(BINARY), "tests/libuvftpd-clock.so"))
YEAR = 366 * 24 * 3600
STEPS = (3600, -3600, 10 * YEAR, -10 * YEAR, 0)


class ClockSteps(BlackBoxTest):
    def start_with_clock(self, changes=None):
        if is_sanitized() or not os.path.exists(CLOCK):
            self.skipTest("needs its own clock, and no sanitizer")
        descriptor, path = tempfile.mkstemp(prefix="uvftpd-clock-")
        self.addCleanup(os.unlink, path)
        os.fchmod(descriptor, 0o644)
        os.write(descriptor, bytes(8))
        self.offset = mmap.mmap(descriptor, 8)
        os.close(descriptor)
        return self.start(changes, environment={"LD_PRELOAD": CLOCK, "UVFTPD_CLOCK": path})

    def step(self, seconds):
        self.offset[:8] = struct.pack("q", seconds)

    def test_the_log_has_the_clock_of_the_test(self):
        server = self.start_with_clock()
        self.step(100 * YEAR)
        self.client(server).do("QUIT", 221)
        self.assertRegex(server.log_text(), r"(?m)^21\d\d-.* event=login")

    def test_end_no_session_and_cut_no_transfer(self):
        server = self.start_with_clock()
        server.write("file", bytes(8 << 20))
        client = self.client(server)
        for seconds in STEPS:
            data = client.data()
            client.do("RETR file", 150)
            data.receive_exactly(1000)
            self.step(seconds)
            self.assertEqual(len(data.receive()), (8 << 20) - 1000)
            client.expect(226)
            client.store("STOR new", b"x" * 1000)
            client.do("MLST new", 250)
            client.lines("LIST")
            self.client(server).do("NOOP", 200)

    def test_lengthen_no_timeout(self):
        for seconds in (-10 * YEAR, 10 * YEAR):
            server = self.start_with_clock({"timeouts": {"idle": 2}})
            client = self.client(server)
            self.step(seconds)
            client.do("NOOP", 200)
            client.expect(421)  # two seconds later, whatever the wall says


if __name__ == "__main__":
    unittest.main()
