"""A Debian that boots: a root directory of its own, with systemd as its first process, in namespaces of its own.

It needs root and systemd-nspawn. Of this machine it sees the kernel, and of the network its own loopback alone.
"""

import ctypes
import os
import subprocess
import time

CLONE_NEWNET = 0x40000000
BOUND = 120.0  # seconds, for whatever is run in it
# nspawn forbids these, and the daemon's fences are part of what is tried.
ALLOWED = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "TERM": "dumb", "LC_ALL": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "cat"}


class Machine:
    def __init__(self, root):
        self.root = root
        self.name = f"uvftpd-{os.getpid()}"
        self.nspawn = None
        self.leader = None

    def _nspawn(self, *options):
        return ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", f"--directory={self.root}",
                f"--machine={self.name}", f"--system-call-filter={ALLOWED}", *options]

    def path(self, name):
        return os.path.join(self.root, name.lstrip("/"))

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def run_unbooted(self, *command):
        """In the root, with the network of this machine, where systemd does not run."""
        return self._run(self._nspawn("--pipe", "--console=pipe", "/usr/bin/env",
                                      *(f"{name}={value}" for name, value in ENVIRONMENT.items()), *command))

    def boot(self):
        """Seconds until systemd calls itself running."""
        begun = time.monotonic()
        with open(self.root + ".console", "wb") as console:
            self.nspawn = subprocess.Popen(self._nspawn("--private-network", "--resolv-conf=off", "--boot"),
                                           stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT,
                                           env=os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                                           preexec_fn=self._enter_groups)
        while self.leader is None or not os.path.exists(f"/proc/{self.leader}/root/run/systemd/private"):
            if self.nspawn.poll() is not None or time.monotonic() - begun > BOUND:
                raise AssertionError(f"it did not boot; see {self.root}.console")
            children = subprocess.run(["pgrep", "-P", str(self.nspawn.pid)], capture_output=True, text=True,
                                      check=False).stdout.split()
            self.leader = children[0] if children else None
            time.sleep(0.02)
        self.run("systemctl is-system-running --wait")
        return time.monotonic() - begun

    def _enter_groups(self):
        """Two machines of the same control group would be one to nspawn."""
        for hierarchy in ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"):
            if os.path.exists(os.path.join(hierarchy, "cgroup.procs")):
                group = os.path.join(hierarchy, self.name)
                os.makedirs(group, exist_ok=True)
                with open(os.path.join(group, "cgroup.procs"), "w", encoding="utf-8") as processes:
                    processes.write("0")

    def run(self, command, *, user=None):
        """A line of shell in the booted machine: what it ended with and all that it printed."""
        shell = ["/bin/sh", "-c", command]
        if user:
            shell = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *shell]
        return self._run(["nsenter", "-t", self.leader, "-a", "env", "-i",
                          *(f"{name}={value}" for name, value in ENVIRONMENT.items()), *shell])

    @staticmethod
    def _run(command):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=BOUND, check=False)
        return done.returncode, done.stdout.strip()

    def enter_network(self):
        """From now on this process, and what it starts, has the machine's network and no other."""
        with open(f"/proc/{self.leader}/ns/net", "rb") as network:
            if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def shut_down(self):
        if self.nspawn is None:
            return
        self.nspawn.terminate()
        try:
            self.nspawn.wait(30)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait()
        for hierarchy in ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"):
            for group, _, _ in os.walk(os.path.join(hierarchy, self.name), topdown=False):
                try:
                    os.rmdir(group)
                except OSError:
                    pass  # a process of it is still ending
