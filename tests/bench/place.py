"""Where the bench runs: a directory on tmpfs with the tree that all servers serve, one on a disk for what must
not be in memory, and, as root, namespaces of its own with a quiet loopback and a user `ftp`.

Nothing of it is left when the bench ends, however it ends. It starts no server.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import socket
import struct
import sys
import tempfile

KIB, MIB = 1 << 10, 1 << 20
FTP = 5072  # a user that no machine has
IN_NAMESPACE = "UVFTPD_BENCH_NAMESPACE"


def enter_namespaces():
    """As root: this program once more, where mounts and the network are its own."""
    if os.geteuid() != 0 or IN_NAMESPACE in os.environ or not shutil.which("unshare"):
        return
    os.environ[IN_NAMESPACE] = "1"
    os.execvp("unshare", ["unshare", "--mount", "--net", "--propagation", "private", sys.executable, *sys.argv])


def bring_up_loopback():
    """The fresh network has a loopback that is down. Its congestion control is made the usual one."""
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, 0x8913, request))[1]  # SIOCGIFFLAGS
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))  # SIOCSIFFLAGS, IFF_UP
    try:
        pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control").write_text("cubic", encoding="ascii")
    except OSError:
        pass


class Place:
    def __init__(self, disk):
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
        if IN_NAMESPACE in os.environ:
            bring_up_loopback()
            self._invent_user()
            self._serve_disk()

    def close(self):
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
            block = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(MIB // 32))
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

    def uncached_file(self, size):
        """A file on the disk: its name for clients, and its path."""
        self.file("big", size, self.disk)
        return "disk/big", self.disk / "big"

    def forget_uploads(self):
        shutil.rmtree(self.root / "in", ignore_errors=True)
        (self.root / "in").mkdir(mode=0o777, exist_ok=True)


def evict(path):
    """Drops the file from the page cache. What is not on the disk yet cannot be dropped."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)
