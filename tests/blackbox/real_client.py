"""What the tests with real clients share: running one, and the trees that it carries.

A client that is not installed is skipped. It runs in a fresh directory, which is its HOME too: no file of the
machine's user has a say in what it does.
"""

import contextlib
import filecmp
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse

from harness import PASSWORD, ServerTest, wait_until

MIB = 1 << 20
POOL = random.Random(3).randbytes(4 * MIB)
CLIENT_BOUND = 240  # seconds for one run of a client
LONG = "n" * 255
BIG = 64  # MiB
TIME = 1_000_000_007  # 2001-09-09 01:46:47

# Names of files and of directories. A client's file says which of them it cannot do, and why.
ODD_NAMES = (
    "plain", " leading blank", "trailing blank ", "two  blanks", '"quoted"', 'one"quote', "'single'", "`tick`",
    "[brackets]", "{braces}", "(parentheses)", "<angle>", "star*", "question?", "-dash", "-rf", "--help", ".hidden",
    "..two dots", "...", "~", "~tilde", "#hash", "semi;colon", "colon:name", "comma,", "back\\slash", "$HOME", "100%",
    "per%20cent", "%2e%2e", "amp&ersand", "pipe|", "a=b", "plus+", "bang!", "^caret", "@at", "arrow -> target",
    "Jan  1 12:00 date", "type=file; size=0; x", "Gr\u00fc\u00dfe composed", "Gru\u0308\u00dfe decomposed", "日本語", "🎉",
    LONG, b"latin-1 \xe4",
)
DEPTH = 20


def odd_names(but=()):
    """ODD_NAMES as bytes, but those that a client cannot do."""
    unknown = set(but) - set(ODD_NAMES)
    assert not unknown, f"not among the odd names: {unknown}"
    return [os.fsencode(name) for name in ODD_NAMES if name not in but]


def write_file(path, octets):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(octets)


def make_odd_tree(top, names):
    """A file and a directory of each of `names`, a deep path, an empty file, and directories without files."""
    top = os.fsencode(top)
    for name in names:
        write_file(os.path.join(top, b"files", name), b"file " + name)
        write_file(os.path.join(top, b"directories", name, b"inner"), b"inner " + name)
    write_file(os.path.join(top, *(str(number).encode() for number in range(DEPTH)), b"bottom"), POOL[:70_000])
    write_file(os.path.join(top, b"empty"), b"")
    os.makedirs(os.path.join(top, b"void", b"inside"))


def tree(top, directories=True):
    """What is below `top`: the octets of each file by its path; None for a directory."""
    top = os.fsencode(top)
    found = {}
    for directory, inner, names in os.walk(top):
        for name in inner if directories else ():
            found[os.path.relpath(os.path.join(directory, name), top)] = None
        for name in names:
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, top)] = file.read()
    return found


def write_big(path, megabytes):
    with open(path, "wb") as file:
        for number in range(megabytes // 4):
            file.write(number.to_bytes(8, "big") + POOL[8:])


class ClientTest(ServerTest):
    program = None

    @classmethod
    def setUpClass(cls):
        cls.skip_if_absent()
        super().setUpClass()

    @classmethod
    def skip_if_absent(cls):
        if shutil.which(cls.program) is None:
            raise unittest.SkipTest(f"{cls.program} is not installed")

    def setUp(self):
        local = tempfile.TemporaryDirectory(prefix="uvftpd-client-")
        self.addCleanup(local.cleanup)
        self.local = local.name

    def local_path(self, name):
        return os.path.join(self.local, name)

    def write_local(self, name, octets):
        write_file(self.local_path(name), octets)

    def read_local(self, name):
        with open(self.local_path(name), "rb") as file:
            return file.read()

    def url(self, path="", family=4, user=f"alice:{PASSWORD}@", port=None):
        """A URL whose path is quoted: the name's octets, not an escaped text."""
        host, own_port = self.server.address(family)
        host = f"[{host}]" if family == 6 else host
        return f"ftp://{user}{host}:{port or own_port}/{urllib.parse.quote(os.fsencode(path))}"

    # ---- running it ----

    def environment(self):
        return {"HOME": self.local, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "dumb", "TZ": "UTC"}

    def start_client(self, *arguments, **options):
        """The running client; it ends with the test."""
        process = subprocess.Popen([self.program, *arguments], cwd=self.local, env=self.environment(),
                                   **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                      "stderr": subprocess.STDOUT} | options)
        self.addCleanup(self.end_client, process)
        return process

    @staticmethod
    def end_client(process):
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()

    def run_client(self, *arguments, stdin="", check=True):
        done = subprocess.run([self.program, *arguments], input=stdin, capture_output=True, encoding="utf-8",
                              errors="surrogateescape", timeout=CLIENT_BOUND, cwd=self.local, env=self.environment(),
                              check=False)
        if check:
            self.assertEqual(done.returncode, 0, f"{done.stdout}\n{done.stderr}")
        return done

    # ---- what it did ----

    def same(self, local, remote):
        self.assertTrue(filecmp.cmp(self.local_path(local), self.server.path(remote).decode(), shallow=False))

    def same_trees(self, one, other, directories=True):
        one, other = tree(one, directories), tree(other, directories)
        self.assertEqual(sorted(one), sorted(other))
        self.assertEqual([path for path in one if one[path] != other[path]], [])

    def mtime(self, remote):
        return int(os.stat(self.server.path(remote)).st_mtime)

    def wait_for_transfer(self, path, pattern=""):
        """The log's line of a transfer of `path` that ended."""
        wanted = re.compile(rf"event=transfer .* path={re.escape(path)} .*{pattern}")
        return wait_until(lambda: wanted.search(self.server.log_text()), lambda: self.server.log_tail())[0]


class FilesTest(ClientTest):
    """A few files and a big one. (The 2 GiB file is big_file.py's.)"""

    @staticmethod
    def fill(server):
        server.write("pub/hello.txt", b"hello\n", mtime=TIME)
        server.write("pub/name with blanks.txt", b"blanks\n")
        server.write("pub/deep/inner.txt", b"inner\n")
        make_odd_tree(server.path("odd"), odd_names())
        write_big(server.path("big.bin"), BIG)


class PatternsTest(ClientTest):
    """Files for patterns, and a tree of odd names without those that the client cannot do."""

    cannot = ()

    @classmethod
    def fill(cls, server):
        server.write("pub/hello.txt", b"hello\n", mtime=TIME)
        server.write("pub/other.txt", b"other\n")
        server.write("pub/page.html", b"<p>\n")
        make_odd_tree(server.path("odd"), odd_names(cls.cannot))
        write_big(server.path("big.bin"), 16)
