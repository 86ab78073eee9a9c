"""uvftpd-faulty, the daemon whose file calls fail when a test says so (tests/faults), and how a test says it."""

import mmap
import os
import struct

from harness import BINARY, BlackBoxTest

FAULTY = os.environ.get("UVFTPD_FAULTY", os.path.join(os.path.dirname(BINARY), "tests/uvftpd-faulty"))
LAYOUT = struct.Struct("iiii16s")


class Plan:
    """What the daemon's file calls are to do; shared with it by a mapped file."""

    def __init__(self, path):
        with open(path, "wb") as file:
            file.write(bytes(LAYOUT.size))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), LAYOUT.size)

    def fail(self, nth, error=0):
        self.memory[:LAYOUT.size] = LAYOUT.pack(nth, error, 0, 0, b"")

    def without_jail(self):
        self.memory[:LAYOUT.size] = LAYOUT.pack(0, 0, 0, 1, b"")

    def failed(self):
        """The name of the call that failed; none: the dialogue has fewer calls."""
        _, _, failed, _, call = LAYOUT.unpack(self.memory[:])
        return call.rstrip(b"\0").decode() if failed else None


class FaultyTest(BlackBoxTest):
    def start_faulty(self, changes=None, within=None):
        if not os.path.exists(FAULTY):
            self.skipTest("uvftpd-faulty has not been built")
        path = f"/tmp/uvftpd-faults-{os.getpid()}"
        self.plan = Plan(path)
        self.addCleanup(os.unlink, path)
        return self.start(changes, binary=FAULTY, within=within, environment={"UVFTPD_FAULTS": path})
