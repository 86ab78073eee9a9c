"""Where the bench runs: a directory on tmpfs with the tree that all servers serve, one on a disk for what must
not be in memory, and, as root, namespaces of its own with a quiet loopback and a user `ftp`.

Nothing of it is left when the bench ends, however it ends. It starts no server.
"""

import contextlib
import ctypes
import fcntl
import functools
import hashlib
import os
import pathlib
import shutil
import socket
import struct
import tempfile

KIB, MIB = 1 << 10, 1 << 20
FTP = 5072  # a user that no machine has
CLONE_NEWNS, CLONE_NEWNET = 0x20000, 0x40000000
CONGESTION_CONTROL = "/proc/sys/net/ipv4/tcp_congestion_control"
AUTOGROUP = "/proc/sys/kernel/sched_autogroup_enabled"


def enter_namespaces():
    """As root: mounts and a network of this program's own, and whether it has them."""
    if os.geteuid() != 0:
        return False
    with usual_congestion_control():
        if ctypes.CDLL(None).unshare(CLONE_NEWNS | CLONE_NEWNET) != 0:
            return False
    if os.system("mount --make-rprivate /") != 0:
        raise RuntimeError("mount --make-rprivate failed")
    bring_up_loopback()
    # What the kernel learned from one server's connections would be handed on to the next server's.
    pathlib.Path("/proc/sys/net/ipv4/tcp_no_metrics_save").write_text("1", encoding="ascii")
    return True


@contextlib.contextmanager
def usual_congestion_control():
    """A new network takes what the machine has at that moment, and may not change it itself: for this moment it is
    what an ordinary Debian has, so that figures can be compared. What is written later still goes to the machine."""
    before = pathlib.Path(CONGESTION_CONTROL).read_bytes()
    try:
        file = open(CONGESTION_CONTROL, "wb", buffering=0)
        file.write(b"cubic")
    except OSError:
        yield
        return
    with file:
        try:
            yield
        finally:
            file.seek(0)
            file.write(before)


class WithoutAutogroups:
    """Every thread has a share of its own while this is open. With autogroups every session (setsid) has one: a
    server that begins one for each client, as vsftpd does, would get as many as it has clients, the load generator
    one, and all threads of another server together one. The setting is the machine's."""

    def __init__(self):
        self.before = self._set("0")

    def close(self):
        if self.before is not None:
            self._set(self.before)

    @staticmethod
    def _set(value):
        """What it was; None where it cannot be set."""
        try:
            path = pathlib.Path(AUTOGROUP)
            before = path.read_text(encoding="ascii")
            path.write_text(value, encoding="ascii")
            return before
        except OSError:
            return None


def bring_up_loopback():
    """That of a fresh network is down."""
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, 0x8913, request))[1]  # SIOCGIFFLAGS
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))  # SIOCSIFFLAGS, IFF_UP


@functools.cache
def some_bytes():
    """1 MiB that nobody can make shorter. Once: a thousand small files would take half a minute."""
    return b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(MIB // 32))


class NotHere(Exception):
    """What this machine, or this user, cannot do."""


class Place:
    def __init__(self, disk, is_apart):
        """`is_apart`: whether mounts and the network are this program's own."""
        self.is_root = os.geteuid() == 0
        os.umask(0)
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="uvftpd-bench-", dir=memory))
        self.work.chmod(0o755)
        disk.mkdir(parents=True, exist_ok=True)
        self.disk = pathlib.Path(tempfile.mkdtemp(prefix="files-", dir=disk))
        self.disk.chmod(0o777)
        self.root = self.work / "root"
        self.logs = self.work / "logs"
        # Not every server starts where these are for everybody to change.
        for path in (self.root, self.logs, self.root / "disk", self.work / "empty"):
            path.mkdir(mode=0o755)
        (self.root / "in").mkdir(mode=0o777)
        if self.is_root:
            os.chown(self.logs, FTP, FTP)
        self.disk_is_served = False
        self.shares = WithoutAutogroups() if self.is_root else None
        if is_apart:
            self._invent_user()
            self._serve_disk()

    def close(self):
        if self.shares:
            self.shares.close()
        if self.disk_is_served:
            os.system(f"umount -l '{self.root}/disk'")
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.rmtree(self.disk, ignore_errors=True)

    def _invent_user(self):
        """Some servers let anonymous in only where the machine has a user ftp."""
        for path, line in (("/etc/passwd", f"ftp:x:{FTP}:{FTP}::{self.root}:/bin/sh\n"),
                           ("/etc/group", f"ftp:x:{FTP}:\n")):
            lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines(keepends=True)
            mine = self.work / pathlib.Path(path).name
            mine.write_text("".join(one for one in lines if not one.startswith("ftp:")) + line, encoding="utf-8")
            mine.chmod(0o644)
            if os.system(f"mount --bind '{mine}' {path}") != 0:
                raise RuntimeError(f"cannot mount over {path}")

    def _serve_disk(self):
        """Beneath the root, as a mount and not a link: not every server follows links."""
        self.disk_is_served = os.system(f"mount --bind '{self.disk}' '{self.root}/disk'") == 0

    # ---- what is served ----

    def file(self, name, size, where=None):
        """A file of `size` bytes that are not all alike; made once. Its name."""
        path = (where or self.root) / name
        if not path.exists():
            path.parent.mkdir(mode=0o777, exist_ok=True)
            block = some_bytes()
            with open(path, "wb") as file:
                for done in range(0, size, MIB):
                    file.write(block[:min(MIB, size - done)])
            path.chmod(0o644)
        return name

    def small_files(self, size, count):
        """The pattern of the names of `count` files."""
        for number in range(count):
            self.file(f"small-{size}/{number}", size)
        return f"small-{size}/#"

    def directory(self, entries):
        """A directory with that many empty files. Its name."""
        name = f"list-{entries}"
        path = self.root / name
        if not path.exists():
            path.mkdir(mode=0o755)
            where = os.open(path, os.O_PATH)
            for number in range(entries):
                os.close(os.open(f"file-{number:07}.txt", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=where))
            os.close(where)
        return name

    def forget_directory(self, entries):
        """A million files are not to stay longer than they are needed."""
        shutil.rmtree(self.root / f"list-{entries}", ignore_errors=True)

    def touch_memory(self, size):
        """What uploads are about to fill: a virtual machine may have given it back to its host, and would then
        measure how fast the host hands it out again, which is slower by a factor of three, and not always."""
        path = self.work / "touched"
        with open(path, "wb") as file:
            for _ in range(0, size, MIB):
                file.write(some_bytes())
        path.unlink()

    def uncached_file(self, size):
        """A file on the disk: its name for clients, and its path."""
        if not self.disk_is_served:
            raise NotHere("a disk below the root needs mounts of its own")
        self.file("big", size, self.disk)
        return "disk/big", self.disk / "big"

    def uploads(self):
        """The sizes of all that was uploaded since they were forgotten."""
        return [entry.stat().st_size for entry in os.scandir(self.root / "in")]

    def forget_uploads(self):
        shutil.rmtree(self.root / "in", ignore_errors=True)
        (self.root / "in").mkdir(mode=0o777, exist_ok=True)


def evict(path):
    """Drops the file from the page cache. What is not on the disk yet cannot be dropped."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)
