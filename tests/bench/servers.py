"""The servers that are compared: what each is started with, what it cannot do, and one that runs.

A server is started for one measurement and ends with it, so that none has another's memory or warm caches.
"""

import contextlib
import dataclasses
import fcntl
import fnmatch
import ftplib
import functools
import io
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

import accounting
import configurations
import tls
from place import FTP

NAMES = ("uvftpd", "vsftpd", "vsftpd1", "proftpd", "pure-ftpd", "pyftpdlib")
PACKAGES = {"vsftpd1": "vsftpd", "proftpd": "proftpd-core", "pyftpdlib": "python3-pyftpdlib"}

# What a server does not offer, or what a run must not wait for: 10,000 processes of proftpd need 9 GiB, and the
# 20,000 of vsftpd's usual model more than ten minutes.
CANNOT = {
    "vsftpd": ("mlsd*", "idle10000"),
    "vsftpd1": ("mlsd*",),
    "proftpd": ("idle10000",),
}


LOCK = os.path.join(tempfile.gettempdir(), "uvftpd-bench.lock")
FTP_ERRORS = ftplib.all_errors


class Missing(Exception):
    """A server that cannot be run here, and why."""


@dataclasses.dataclass
class Command:
    port: int
    arguments: list
    environment: dict


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Servers:
    """Makes commands that start a server. `unpacked` holds the peers' files, `binary` is uvftpd."""

    def __init__(self, place, binary, unpacked, are_alone):
        """`are_alone`: nobody else may measure on this machine meanwhile."""
        self.place = place
        self.are_alone = are_alone
        self.binary = binary
        self.unpacked = unpacked
        self.account = accounting.new_account()

    def close(self):
        self.account.close()

    @functools.cached_property
    def certificate(self):
        try:
            return tls.Certificate(self.place)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Missing(f"a certificate cannot be made: {error}") from error

    def command(self, name, with_tls):
        port = free_port()
        values = {"port": port, "root": self.place.root, "work": self.place.work, "unpacked": self.unpacked,
                  "log": self.place.logs / name, "more": "", "tls": "", "modules": ""}
        if name not in ("uvftpd", "pyftpdlib") and not self.place.is_root:
            raise Missing("needs root")
        if with_tls:
            values |= tls.settings(name, self.certificate, self.unpacked)
        make = {"uvftpd": self._uvftpd, "pyftpdlib": self._pyftpdlib, "proftpd": self._proftpd,
                "pure-ftpd": self._pure_ftpd}.get(name, self._vsftpd)
        return Command(port, make(name, values), self._environment(name))

    def _configured(self, name, text, values):
        path = self.place.work / f"{name}-{values['port']}.conf"
        path.write_text(text.format(**values), encoding="utf-8")
        path.chmod(0o644)
        return str(path)

    def _program(self, name):
        """Unpacked by the runner, else of this machine."""
        for path in (self.unpacked / "usr/sbin" / name, pathlib.Path("/usr/sbin") / name):
            if path.exists():
                return str(path)
        raise Missing(f"there is no {name} here: tests/bench/run fetches it")

    def _uvftpd(self, name, values):
        if self.place.is_root:
            values["more"] = 'user = "nobody"'
        return [str(self.binary), "run", "-c", self._configured(name, configurations.UVFTPD, values)]

    def _vsftpd(self, name, values):
        if name == "vsftpd1":
            values["more"] = configurations.VSFTPD_ONE_PROCESS
        return [self._program("vsftpd"), self._configured(name, configurations.VSFTPD, values)]

    def _proftpd(self, name, values):
        return [self._program(name), "-n", "-q", "-c", self._configured(name, configurations.PROFTPD, values)]

    def _pure_ftpd(self, name, values):
        return [*configurations.pure_ftpd(self._program(name), values["port"], values["log"], values["work"]),
                *values["tls"].split()]

    def _pyftpdlib(self, name, values):
        python = [sys.executable, self._configured(name, configurations.PYFTPDLIB, values)]
        if not self.place.is_root:
            return python
        return ["setpriv", f"--reuid={FTP}", f"--regid={FTP}", "--clear-groups", *python]

    def _environment(self, name):
        libraries = ":".join(str(path) for path in self.unpacked.glob("usr/lib/*-linux-gnu"))
        return os.environ | ({"LD_LIBRARY_PATH": libraries} if libraries and name != "uvftpd" else {})

    @contextlib.contextmanager
    def running(self, name, with_tls=False):
        with lock() if self.are_alone else contextlib.nullcontext():
            daemon = Daemon(self, name, with_tls)
            try:
                daemon.wait_until_it_greets()
                daemon.wait_until_it_rests()
                yield daemon
            finally:
                daemon.stop()

    def version(self, name):
        if name == "uvftpd":
            return subprocess.check_output([self.binary, "--version"], text=True).split()[-1]
        try:
            table = (self.unpacked / "versions").read_text(encoding="utf-8").split()
        except OSError:
            return ""
        return dict(zip(table[::2], table[1::2])).get(PACKAGES.get(name, name), "")


@contextlib.contextmanager
def lock():
    """Held for one server on the whole machine, whoever runs it."""
    # A file of somebody else's in a directory for all may be opened, but not with O_CREAT.
    create = 0 if os.path.exists(LOCK) else os.O_CREAT
    with open(os.open(LOCK, os.O_RDWR | create, 0o666), "w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another bench measures on this machine: waiting for it", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Daemon:
    """One that runs."""

    def __init__(self, servers, name, with_tls):
        self.servers = servers
        self.account = servers.account
        self.place = servers.place
        self.name = name
        self.with_tls = with_tls
        command = servers.command(name, with_tls)
        self.port = command.port
        with open(self.place.logs / f"{name}.output", "wb") as output:
            self.process = self.account.start(command.arguments, stdin=subprocess.DEVNULL, stdout=output,
                                              stderr=output, env=command.environment)

    def another_command(self):
        return self.servers.command(self.name, self.with_tls)

    def wait_until_it_greets(self):
        end = time.monotonic() + 20
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as one:
                    if one.recv(3):
                        return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                said = (self.place.logs / f"{self.name}.output").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"{self.name} does not start: {said[-2000:]}")
            time.sleep(0.005)

    def wait_until_it_rests(self, most=0.001):
        """`most`: seconds that it may use in a tenth of one. What a server does behind its start is done then: how
        long it takes to greet is a row of its own."""
        end = time.monotonic() + 10
        before, now = -1, self.seconds()
        while now - before > most and time.monotonic() < end:
            time.sleep(0.1)
            before, now = now, self.seconds()

    def seconds(self):
        return self.account.seconds()

    def memory(self):
        return accounting.private_memory(self.processes())

    def processes(self):
        return self.account.processes()

    def stop(self):
        self.account.end(self.process)
        self.place.forget_uploads()
        for log in self.place.logs.iterdir():
            if not log.name.endswith(".output"):
                log.unlink()


def client_of(daemon):
    """Not connected yet; with TLS it takes the bench's own certificate only."""
    if not daemon.with_tls:
        return ftplib.FTP()
    return ftplib.FTP_TLS(context=ssl.create_default_context(cafile=daemon.servers.certificate.certificate))


def verify(daemon):
    """One download and one upload, compared byte by byte."""
    name = daemon.place.file("verified", (1 << 20) + 13)
    want = (daemon.place.root / name).read_bytes()
    with client_of(daemon) as client:
        client.connect("127.0.0.1", daemon.port, timeout=20)
        client.login()
        if daemon.with_tls:
            client.prot_p()
        got = io.BytesIO()
        client.retrbinary(f"RETR {name}", got.write)
        client.storbinary("STOR in/verified", io.BytesIO(want))
    if got.getvalue() != want or (daemon.place.root / "in/verified").read_bytes() != want:
        raise RuntimeError(f"{daemon.name} changed the bytes of a file")


def can(name, row):
    return not any(fnmatch.fnmatch(row, pattern) for pattern in CANNOT.get(name, ()))

