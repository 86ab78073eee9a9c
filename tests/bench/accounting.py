"""What a server costs: its processors' seconds with those of children that have gone, and its private memory.

A server runs in a control group of its own where one can be made (version 2: cpu.stat counts in microseconds).
Elsewhere the figures of its processes are added up: coarser by some milliseconds. In both cases this process is
the reaper of what the server's processes leave behind. Nothing here knows which server it is.
"""

import ctypes
import errno
import os
import signal
import subprocess
import time

PR_SET_CHILD_SUBREAPER = 36
TICKS = os.sysconf("SC_CLK_TCK")


def control_group():
    """The path of a new group below this process's own; None where there is no such thing."""
    try:
        with open("/proc/self/mounts", encoding="ascii") as file:
            mounts = [line.split()[1] for line in file if line.split()[2] == "cgroup2"]
        with open("/proc/self/cgroup", encoding="ascii") as file:
            own = [line.strip().split(":", 2)[2] for line in file if line.startswith("0::")]
        path = os.path.join(mounts[0], own[0].lstrip("/"), f"uvftpd-bench-{os.getpid()}")
        os.mkdir(path)
    except (OSError, IndexError):
        return None
    if os.path.exists(os.path.join(path, "cpu.stat")):
        return path
    os.rmdir(path)
    return None


class Account:
    """The processes of one server after the other."""

    def __init__(self):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.started = set()

    def is_orphan(self, process, parent):
        """A server has a session of its own, a load generator that of this process."""
        try:
            return parent == os.getpid() and process not in self.started and os.getsid(process) != os.getsid(0)
        except OSError:
            return False

    def reap_orphans(self):
        """The seconds of those that have ended."""
        seconds = 0.0
        for process, state, parent, _ in processes_of_this_machine():
            if state == "Z" and self.is_orphan(process, parent):
                usage = os.wait4(process, os.WNOHANG)[2]
                seconds += usage.ru_utime + usage.ru_stime
        return seconds

    def end(self, process):
        """All that the server started. At once: what it would still have to say is nobody's concern."""
        deadline = time.monotonic() + 20
        while True:
            left = self.processes()
            for one in left:
                try:
                    os.kill(one, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if process.poll() is not None and not left:
                break
            if time.monotonic() > deadline:
                raise RuntimeError(f"processes of a server do not end: {left}")
            time.sleep(0.01)
        self.reap_orphans()
        self.started.clear()


class GroupAccount(Account):
    """Counts a control group."""
    name = "a control group (cpu.stat)"

    def __init__(self, path):
        super().__init__()
        self.path = path

    def start(self, command, **options):
        def enter():
            with open(os.path.join(self.path, "cgroup.procs"), "w", encoding="ascii") as file:
                file.write("0")
        process = subprocess.Popen(command, preexec_fn=enter, start_new_session=True, **options)
        self.started.add(process.pid)
        return process

    def processes(self):
        with open(os.path.join(self.path, "cgroup.procs"), encoding="ascii") as file:
            return [int(line) for line in file if int(line) > 0]

    def seconds(self):
        with open(os.path.join(self.path, "cpu.stat"), encoding="ascii") as file:
            return int(file.readline().split()[1]) / 1e6

    def close(self):
        """A process that was killed leaves its group a moment after it has left the group's list."""
        deadline = time.monotonic() + 20
        while True:
            try:
                return os.rmdir(self.path)
            except OSError as error:
                if error.errno != errno.EBUSY or time.monotonic() > deadline:
                    raise
            self.reap_orphans()
            time.sleep(0.01)


class TreeAccount(Account):
    """Adds up the descendants of what was started, and of what these left behind."""
    name = "the process tree (/proc)"

    def __init__(self):
        super().__init__()
        self.reaped = 0.0

    def start(self, command, **options):
        process = subprocess.Popen(command, start_new_session=True, **options)
        self.started.add(process.pid)
        return process

    def processes(self):
        return list(self._tree())

    def seconds(self):
        self.reaped += self.reap_orphans()
        return self.reaped + sum(self._tree().values())

    def close(self):
        pass

    def _tree(self):
        """The seconds of each process of the server, with its reaped children's."""
        parents, costs, roots = {}, {}, set(self.started)
        for process, state, parent, cost in processes_of_this_machine():
            parents[process] = parent
            if state != "Z":
                costs[process] = cost
            if self.is_orphan(process, parent):
                roots.add(process)

        def is_ours(process):
            while process > 1 and process not in roots:
                process = parents.get(process, 0)
            return process > 1
        return {process: cost for process, cost in costs.items() if is_ours(process)}


def processes_of_this_machine():
    """Number, state, parent and seconds of each, with those of its reaped children."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            yield int(name), fields[0], int(fields[1]), sum(int(field) for field in fields[11:15]) / TICKS


def new_account():
    path = control_group()
    return GroupAccount(path) if path else TreeAccount()


def private_memory(processes):
    """Bytes that belong to these processes alone; what they share with each other is counted once."""
    total = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss_Anon:"))
        except OSError:
            pass  # it has gone meanwhile
    return total * 1024
