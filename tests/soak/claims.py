"""What must hold of a daemon when the soak is over; each claim is a function that raises a Violation.

They look at the process from outside (/proc, its log, its files) and must not talk to it.
"""

import collections
import os
import re
import statistics
import subprocess
import time

from contents import difference
from harness import wait_until

MIB = 1 << 20
IDLE_BOUND = 30  # seconds after the last client; above the 5 s that the server waits for a client's end
GRACE_IS_USED = 20  # seconds


class Violation(AssertionError):
    pass


class Watch:
    """The daemon's memory over time, and what it held before the traffic."""

    def __init__(self, server):
        self.server = server
        self.begun = time.monotonic()
        self.samples = []  # (seconds, bytes)
        self.descriptors = server.descriptors()
        self.threads = self.count_threads()
        self.memory = server.memory("Pss")

    def count_threads(self):
        return len(os.listdir(f"/proc/{self.server.pid}/task"))

    def take_sample(self):
        self.samples.append((time.monotonic() - self.begun, self.server.memory("Pss")))

    def between(self, first, last):
        """The median of the samples within these parts of the time: one tells of the moment's transfers."""
        end = self.samples[-1][0]
        taken = [memory for seconds, memory in self.samples if first * end <= seconds <= last * end]
        return statistics.median(taken)

    # ---- the claims ----

    def nothing_is_left_open(self):
        what = {"descriptors": (self.server.descriptors, self.descriptors),
                "threads": (self.count_threads, self.threads)}
        for name, (count, before) in what.items():
            try:
                wait_until(lambda: count() == before, "", IDLE_BOUND)
            except AssertionError:
                raise Violation(f"{count()} {name} where {before} were before the traffic") from None

    def memory_is_flat(self, is_sanitized):
        """After a warm-up third. A sanitizer keeps what was freed, up to 256 MiB, and its own books."""
        warm, last, idle = self.between(1 / 3, 0.45), self.between(0.9, 1), self.server.memory("Pss")
        bound = warm * 1.1 + 2 * MIB if not is_sanitized else warm + 512 * MIB
        for name, value in (("at the end of the traffic", last), ("after it", idle)):
            if value > bound:
                raise Violation(f"{value / MIB:.1f} MiB of memory {name}, where {warm / MIB:.1f} MiB were a "
                                f"third into it; the bound is {bound / MIB:.1f} MiB")


class Log:
    """What the daemon told, at the level "debug". Lines of clients that make many are left out, so that no
    number of lines tells how many sessions have ended."""

    def __init__(self, text):
        self.events = collections.Counter()
        self.transfers = collections.Counter()
        self.sessions = 0  # the highest number
        self.errors = []
        self.odd = []
        for line in text.splitlines():
            match = re.match(r"\S+ (\w+) event=(\S+)(.*)", line)
            if not match:
                self.odd.append(line)
                continue
            level, event, rest = match.groups()
            self.events[event] += 1
            if session := re.match(r" session=(\d+) ", rest):
                self.sessions = max(self.sessions, int(session[1]))
            if level == "error":
                self.errors.append(line)
            if event == "transfer":
                self.transfers[re.search(r" outcome=(\S+|\"[^\"]*\")", rest)[1].strip('"')] += 1

    def no_error_is_told(self):
        if self.errors or self.odd:
            raise Violation("on stderr: " + "\n".join((self.errors + self.odd)[:20]))

    def passive_ports_were_to_be_had(self):
        if self.events["no-passive-port"]:
            raise Violation(f"{self.events['no-passive-port']} times no passive port could be had")


def no_session_is_left(server):
    """Nor any without a descriptor: for one at work the daemon would wait its 30 s of grace."""
    server.signal()
    try:
        server.process.wait(GRACE_IS_USED)
    except subprocess.TimeoutExpired:
        raise Violation(f"the daemon waits for a session {GRACE_IS_USED} s after SIGTERM") from None
    server.stop()


def files_are_as_sent(server, accounts, given):
    """`accounts`: of each client, (complete uploads, cut ones). `given`: the paths that were there before."""
    complete, cut = {}, {}
    for kept, torn in accounts:
        complete.update(kept)
        cut.update(torn)
    missing = set(complete)
    for directory, _, names in os.walk(server.root):
        for name in names:
            real = os.path.join(directory, name)
            path = real[len(server.root):]
            missing.discard(path)
            wrong = None
            if name.startswith(".uvftpd-"):
                wrong = f"the temporary name {path} is left behind"
            elif path in complete or path in cut:
                pieces = complete.get(path) or cut.get(path)
                wrong = difference(real, pieces, may_be_cut=path not in complete)
            elif path.startswith("/busy/of-"):
                wrong = f"{path} is not empty" if os.path.getsize(real) else None
            elif path not in given:
                wrong = f"nobody sent {path}"
            if wrong:
                raise Violation(wrong)
    if missing:
        raise Violation(f"complete uploads are gone: {sorted(missing)[:10]}")
    return len(complete)
