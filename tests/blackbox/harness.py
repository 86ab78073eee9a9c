"""What every black-box test file starts from: a daemon of its own in a fresh directory, and helpers.

A Server is one running uvftpd: it writes the configuration, waits for the ready line, and its stop()
is itself a test (SIGTERM, exit status 0, no sanitizer report). The binary is the environment's UVFTPD, else the
release build. Ports are always 0, so any number of test files may run at once. Nothing sleeps for luck:
a test waits for a reply, for an end of file, or with wait_until for a condition, always within BOUND.
"""

import json
import mmap
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from raw_client import BOUND, Control

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.path.abspath(os.environ.get("UVFTPD", os.path.join(HERE, "../../build/release/uvftpd")))
ROOT = os.geteuid() == 0
NOBODY = 65534

# Started as root, the daemon becomes nobody; what the tests make is for nobody to change.
if ROOT:
    os.umask(0)
UMASK = 0o022  # of the daemon

# One password for all users of the tests, hashed cheaply: hashes are not what most tests are about.
PASSWORD = "wonderland"
PASSWORD_HASH = ("$6$rounds=1000$7iRqD6wLChUsOveG$l07KRIziU0bqEab5DXkJqwIGBk4UX073xUlw6A53M5UZp7NezDhqhc0f"
                 "VB4gqA5NR66ePecNsO47ffd2ziF6v/")
EVERYTHING = ["list", "download", "upload", "append", "overwrite", "rename", "delete", "mkdir", "rmdir",
              "chmod", "mtime"]

_SANITIZER_WORDS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "UndefinedBehaviorSanitizer",
                    "MemorySanitizer", "runtime error:", "terminate called", "Assertion `")

# As many descriptors as may be had, for this process and the daemons that it starts.
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        return True
    except OSError:
        return False


HAS_IPV6 = has_ipv6()


def is_sanitized():
    """Whether the binary carries a sanitizer: memory bounds mean nothing then. The coverage preset says so of its
    own, which is slow and has no fences either."""
    if os.environ.get("UVFTPD_SANITIZED") == "1":
        return True
    with open(BINARY, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as octets:
        return any(octets.find(word) >= 0 for word in (b"__asan_init", b"__tsan_init", b"__ubsan_handle"))


def wait_until(condition, what, bound=BOUND):
    """Polls until `condition()` is true; its value. After `bound` seconds a failure that says `what` is missing
    (a text, or a function that makes one then)."""
    end = time.monotonic() + bound
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {bound:.0f} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return None  # it has ended


def toml(config):
    """The configuration as TOML text: tables, arrays of tables, and values as JSON spells them."""
    lines = []

    def table(values, name):
        inner = [(key, value) for key, value in values.items() if isinstance(value, dict)]
        arrays = [(key, value) for key, value in values.items()
                  if isinstance(value, list) and value and isinstance(value[0], dict)]
        for key, value in values.items():
            if (key, value) not in inner and (key, value) not in arrays:
                lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
        for key, value in inner:
            lines.append(f"[{name}{key}]")
            table(value, f"{name}{key}.")
        for key, entries in arrays:
            for entry in entries:
                lines.append(f"[[{name}{key}]]")
                table(entry, f"{name}{key}.")

    table(config, "")
    return "\n".join(lines) + "\n"


def user(root, name="alice", **more):
    return {"name": name, "password": PASSWORD_HASH, "root": root, "permissions": EVERYTHING} | more


def give_to_nobody(*paths):
    if ROOT:
        for path in paths:
            os.chown(path, NOBODY, NOBODY)


def base_config(root):
    listen = ["127.0.0.1:0"] + (["[::1]:0"] if HAS_IPV6 else [])
    return {
        "server": {"listen": listen} | ({"user": "nobody"} if ROOT else {}),
        "active": {"source_port": 0},
        "limits": {"per_address": 0, "login_failures_per_address": 0},
        "anonymous": {"enabled": True, "root": root},
        "user": [user(root)],
    }


def merged(base, changes):
    result = dict(base)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


class Server:
    """A daemon. `changes` overlays base_config(), or is called with the root and returns the changes;
    `serve` has the arguments of `uvftpd serve` instead. With `as_nobody` it runs without any privilege. Its files
    are in a directory of their own `within` another. A `launcher` is a command that becomes the daemon, and
    `before_exec` what is done in its process before, with the descriptors of this one. `environment` may be a
    function of the status of the file that stderr is."""

    def __init__(self, changes=None, serve=None, as_nobody=False, environment=None, binary=BINARY, descriptors=None,
                 within=None, launcher=None, before_exec=None):
        self.directory = tempfile.mkdtemp(prefix="uvftpd-test-", dir=within)
        os.chmod(self.directory, 0o755)
        self.root = self.path_of("root")
        self.outside = self.path_of("outside")  # what no client may ever reach
        self.log = self.path_of("stderr")
        os.mkdir(self.root)
        os.mkdir(self.outside)
        give_to_nobody(self.directory, self.root, self.outside)
        self.stopped = False
        self.asked_to_end = False
        command = [binary]
        if as_nobody and ROOT:
            command = self._without_privilege()
        if serve is None:
            changes = changes(self.root) if callable(changes) else changes or {}
            self.config = self.path_of("uvftpd.toml")
            with open(self.config, "w", encoding="utf-8") as file:
                file.write(toml(merged(base_config(self.root), changes)))
            command += ["run", "-c", self.config, "--ready"]
        else:
            command += ["serve", *serve]
        if descriptors:
            command = ["prlimit", f"--nofile={descriptors}", *command]
        command = (launcher or []) + command
        with open(self.log, "wb") as log:
            if callable(environment):
                environment = environment(os.fstat(log.fileno()))
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, cwd=self.root, umask=UMASK,
                preexec_fn=before_exec, close_fds=before_exec is None,
                env=os.environ | {"TZ": "UTC"} | (environment or {}))
        try:
            self.ready_line = self._read_ready_line()
            self.ready = json.loads(self.ready_line)
        except Exception:
            self.kill()
            raise

    @property
    def pid(self):
        """Of the process that serves: with `run` the youngest child of the one that stays."""
        return max(self.generations(), default=self.process.pid)

    def generations(self):
        """The processes with a configuration each."""
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and parent_of(name) == self.process.pid]

    def _without_privilege(self):
        copy = self.path_of("uvftpd")  # the build may lie where nobody may not look
        shutil.copy(BINARY, copy)
        os.chmod(copy, 0o755)
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all",
                "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs", copy]

    def _read_ready_line(self):
        line = b""
        end = time.monotonic() + BOUND
        while not line.endswith(b"\n"):
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 4096) if readable else b""
            if not piece:
                status = self.process.poll()
                raise AssertionError(f"no ready line (exit status {status}); stderr:\n{self.log_text()}")
            line += piece
        return line.decode()

    # ---- where things are ----

    def path_of(self, name):
        return os.path.join(self.directory, name)

    def path(self, name):
        """The real path of a client's name."""
        return os.path.join(os.fsencode(self.root), os.fsencode(name).lstrip(b"/"))

    def write(self, name, octets=b"", mtime=None):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(octets)
        os.chmod(self.path(name), 0o644)
        give_to_nobody(self.path(name))
        if mtime is not None:
            os.utime(self.path(name), (mtime, mtime))

    def write_many(self, directory, names):
        """Empty files, by the thousands."""
        os.makedirs(self.path(directory), exist_ok=True)
        where = os.open(self.path(directory), os.O_PATH)
        for name in names:
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=where))
        os.close(where)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def names(self, directory=""):
        """What a directory really holds, hidden names too."""
        return sorted(os.fsdecode(name) for name in os.listdir(self.path(directory)))

    def address(self, family=4, tls=""):
        """Where it listens; with "implicit" where TLS begins with the connection."""
        for one in self.ready["listen"]:
            if (":" in one["address"]) == (family == 6) and one.get("tls", "") == tls:
                return one["address"], one["port"]
        raise unittest.SkipTest(f"the server does not listen on IPv{family} here")

    # ---- what it uses ----

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def memory(self, field="Rss"):
        """Bytes, from smaps_rollup: Rss, Pss …"""
        with open(f"/proc/{self.pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith(field + ":"):
                    return int(line.split()[1]) * 1024
        raise AssertionError(f"no {field} in smaps_rollup")

    def private_memory(self):
        """Bytes that are this daemon's alone. Pss has a share of the libraries too, which grows by megabytes when
        another daemon on the machine ends."""
        return self.memory("Pss_Anon")

    def expect_descriptors(self, at_most):
        wait_until(lambda: self.descriptors() <= at_most,
                   lambda: f"at most {at_most} descriptors; there are {self.descriptors()}")

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    # ---- its end ----

    def signal(self, number=signal.SIGTERM):
        self.asked_to_end = self.asked_to_end or number in (signal.SIGTERM, signal.SIGINT)
        self.process.send_signal(number)

    def wait(self, bound=BOUND):
        """The exit status."""
        try:
            return self.process.wait(bound)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {bound:.0f} s; stderr:\n{self.log_tail()}") from None

    def wait_until_refusing(self):
        """The first signal has arrived. (A second one before that would be one with it.)"""
        def refused():
            try:
                socket.create_connection(self.address(), timeout=BOUND).close()
                return False
            except ConnectionError:
                return True
        wait_until(refused, "new connections are refused")

    def log_tail(self):
        return self.log_text()[-6000:]

    def stop(self):
        """SIGTERM, and everything that must hold at the end of a daemon."""
        if self.stopped:
            return
        try:
            if self.process.poll() is None and not self.asked_to_end:
                self.signal()
            status = self.wait(BOUND + 30)
            text = self.log_text()
            found = [text.index(word) for word in _SANITIZER_WORDS if word in text]
            assert not found, f"on stderr:\n{text[max(0, min(found) - 500):][:12000]}"
            assert status == 0, f"exit status {status}; stderr:\n{self.log_tail()}"
        finally:
            self.kill()

    def kill(self):
        """Ends it whatever it does, and removes its directory."""
        self.stopped = True
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)


class BlackBoxTest(unittest.TestCase):
    """What a test does with servers: start one, connect to it, log in. All ends with the test."""

    def start(self, changes=None, **options):
        """A server for one test only."""
        server = Server(changes, **options)
        self.addCleanup(server.stop)
        return server

    def connect(self, server=None, family=4, **options):
        """A control connection without a login."""
        control = Control((server or self.server).address(family), **options)
        self.addCleanup(control.close)
        return control

    def client(self, server=None, family=4, name="alice", password=PASSWORD, source=None):
        """A control connection that is logged in, in TYPE I."""
        return self.connect(server, family, source=source).login(name, password)

    def connect_passive(self, port, source=None):
        """A data connection to `port`, from the address `source` where one is given."""
        connection = socket.create_connection(("127.0.0.1", port), timeout=BOUND,
                                              source_address=(source, 0) if source else None)
        self.addCleanup(connection.close)
        return connection

    def need_root(self, why):
        if not ROOT:
            self.skipTest(f"needs root: {why}")

    def need_ipv6(self):
        if not HAS_IPV6:
            self.skipTest("no IPv6 here")


class ServerTest(BlackBoxTest):
    """Tests that share one server, made of the class's `changes` and filled by `fill(server)`."""

    changes = None  # a dict, or a function of the root that makes one
    server_options = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls.changes, **cls.server_options)
        cls.addClassCleanup(cls.server.stop)
        cls.fill(cls.server)

    @staticmethod
    def fill(server):
        """Puts files into the root, before the first test."""
