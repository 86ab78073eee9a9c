"""One simulated client of the soak: a thread that logs in, works for a while, leaves, and comes again.

It keeps the account of the files that it sent. What it does is in operations.py and faults.py; it must not
repair or excuse anything: what a server does wrong ends it with an AssertionError, which ends the soak.
"""

import contextlib
import hashlib
import random
import threading
import time
import traceback

from contents import CHUNK, POOL, choose_size
from figures import Figures
from harness import PASSWORD
from raw_client import IPV4_MODES, IPV6_MODES, Control
from secured import CONTEXTS, SecuredControl

USERS = ("alice", "carol")
LONGEST_SESSION = 60  # operations
SECURED = 0.4  # the part of the sessions that use TLS


class Place:
    """Where the daemon is and what is there: the same for all clients."""

    def __init__(self, addresses, root, patience, faults):
        self.addresses = addresses  # by family
        self.root = root
        self.patience = patience  # seconds; every time limit of the daemon
        self.faults = faults  # the part of operations that are faults


class Session:
    """A control connection with the client's state; the operations work on it."""

    def __init__(self, client, control, is_writer):
        self.client = client
        self.control = control
        self.is_writer = is_writer
        self.is_secured = isinstance(control, SecuredControl)
        self.rng = client.rng
        self.figures = client.figures
        self.modes = IPV6_MODES if ":" in control.peer[0] else IPV4_MODES
        self.do, self.expect, self.send = control.do, control.expect, control.send

    def data(self, mode=None):
        return self.control.data(mode or self.rng.choice(self.modes))

    def source(self, at_most=1 << 40, at_least=0):
        """The size of a file below /pub; it holds the pool's first bytes."""
        while True:
            size = choose_size(self.rng)
            if at_least <= size <= at_most:
                return size

    def receive(self, data, *pieces):
        """Everything that comes must be these pieces of the pool, and nothing may be missing."""
        for start, count in pieces:
            at, end = start, start + count
            while at < end:
                octets = data.socket.recv(min(CHUNK, end - at))
                assert octets, f"an orderly end after {at - start} of {count} bytes of a download"
                assert POOL[at:at + len(octets)] == octets, f"a download differs behind byte {at - start}"
                at += len(octets)
            self.figures.bytes_down += count
        assert not data.socket.recv(1), f"more than the {pieces} of a download"
        data.close()

    def transmit(self, data, pieces):
        for start, count in pieces:
            data.send(memoryview(POOL)[start:start + count])
            self.figures.bytes_up += count

    def forget_data(self):
        """Data connections that are over are not kept until the session ends."""
        self.control.opened.clear()


class Client(threading.Thread):
    def __init__(self, place, index, seed, over, choose):
        super().__init__(name=f"client {index}", daemon=True)
        self.place = place
        self.index = index
        self.rng = random.Random(f"{seed}/{index}")
        self.over = over  # a shared value, not 0 when all are to leave
        self.choose = choose  # chooses what comes next, for a session
        self.figures = Figures()
        self.directory = f"/own/{index:04}"
        self.kept = {}  # path -> pieces: complete uploads
        self.torn = {}  # path -> pieces: of these, a first part is there, or nothing
        self.frozen = {}  # path -> pieces: complete, but a cut upload may still wait to take a free name
        self.activity, self.since = "nothing yet", time.monotonic()
        self.failure = None
        self._names = 0

    # Each has an address of its own, so that the server can tell them apart.
    @property
    def address(self):
        return f"127.{1 + self.index // 250}.0.{1 + self.index % 250}"

    @property
    def second_address(self):
        """A stranger's; wrong passwords come from there too."""
        return f"127.{1 + self.index // 250}.{self.rng.randrange(1, 200)}.{1 + self.index % 250}"

    def new_name(self, prefix):
        self._names += 1
        return f"{self.directory}/{prefix}-{self._names}"

    def run(self):
        try:
            while not self.over.value:
                self.work()
        except Exception as error:
            what = f"{self.name}, in {self.activity!r}: {type(error).__name__}: {error}"
            self.failure = (time.time(), what, traceback.format_exc())
            self.over.value = 1

    def connect(self, family=None, source=None, kind=Control, **options):
        if family is None:
            family = self.rng.choice([4, 4, 4, 6]) if 6 in self.place.addresses else 4
        return kind(self.place.addresses[family], source=(source or self.address) if family == 4 else None, **options)

    def connect_for_session(self):
        if self.rng.random() >= SECURED:
            return self.connect()
        with self.timed("handshake"):
            return self.connect(kind=SecuredControl, context=self.rng.choice(CONTEXTS))

    def work(self):
        """One session."""
        self.begin("login")
        is_writer = self.rng.random() < 0.8
        with contextlib.closing(self.connect_for_session()) as control:
            with self.timed("login"):
                if is_writer:
                    control.login(self.rng.choice(USERS), PASSWORD)
                else:
                    control.login("anonymous", "guest@example.org")
            self.figures.sessions += 1
            session = Session(self, control, is_writer)
            for _ in range(self.rng.randint(5, LONGEST_SESSION)):
                if self.over.value:
                    break
                if not self.step(session):
                    return
            self.leave(session)

    def step(self, session):
        """One operation or fault; False when it ended the session."""
        kind, is_fault, carry_out = self.choose(session)
        self.begin(kind)
        if not is_fault:
            with self.timed(kind):
                carry_out(session)
            session.forget_data()
            return True
        self.figures.faults[kind] += 1
        goes_on = carry_out(session)
        session.forget_data()
        return goes_on is not False

    def leave(self, session):
        self.begin("leaving")
        session.do("QUIT", 221)
        session.control.expect_end()

    def begin(self, activity):
        self.activity, self.since = activity, time.monotonic()

    @contextlib.contextmanager
    def timed(self, kind):
        begin = time.monotonic()
        yield
        self.figures.durations[kind].append(time.monotonic() - begin)


def digest(algorithm, size, cache={}):
    """Of the pool's first `size` bytes; the same few are asked for again and again."""
    key = algorithm, size
    if key not in cache:
        cache[key] = hashlib.new(algorithm.replace("-", "").lower(), memoryview(POOL)[:size]).hexdigest()
    return cache[key]
