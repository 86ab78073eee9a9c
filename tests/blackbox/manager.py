"""The service manager, played: what systemd hands to a daemon at start, and what it hears from it."""

import os
import secrets
import select
import socket
import tempfile
import time

from raw_client import BOUND

# What is the daemon's own process id, only the process that becomes the daemon can say.
_BECOME = ["/bin/sh", "-c", 'for name in $OWN_PID; do export "$name=$$"; done; unset OWN_PID; exec "$@"', "sh"]
_FIRST = 3  # descriptor


class Manager:
    """Listens on NOTIFY_SOCKET, a path or an abstract name."""

    def __init__(self, abstract=False):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.directory = None
        if abstract:
            name = "@uvftpd-test-" + secrets.token_hex(8)
            self.socket.bind(name.replace("@", "\0"))
        else:
            self.directory = tempfile.TemporaryDirectory(prefix="uvftpd-test-")
            os.chmod(self.directory.name, 0o755)
            name = os.path.join(self.directory.name, "notify")
            self.socket.bind(name)
            os.chmod(name, 0o777)
        self.name = name
        self.heard = []  # each message as a dictionary, with the time when it was read

    def environment(self, watchdog=None):
        return {"NOTIFY_SOCKET": self.name} | ({"WATCHDOG_USEC": str(int(watchdog * 1e6))} if watchdog else {})

    def hear(self, bound=BOUND):
        """The next message, or None."""
        if not select.select([self.socket], [], [], bound)[0]:
            return None
        lines = self.socket.recv(4096).decode().split("\n")
        message = dict(line.split("=", 1) for line in lines if line)
        self.heard.append((time.monotonic(), message))
        return message

    def wait_for(self, key, value=None, bound=BOUND):
        """The first message from now on that has it."""
        end = time.monotonic() + bound
        while (message := self.hear(max(0, end - time.monotonic()))) is not None:
            if key in message and value in (None, message[key]):
                return message
        raise AssertionError(f"no {key}={value or ''} within {bound} s; heard {self.heard}")

    def heard_of(self, key):
        """What was said of it until now, in order."""
        while self.hear(0):
            pass
        return [message[key] for _, message in self.heard if key in message]

    def close(self):
        self.socket.close()
        if self.directory:
            self.directory.cleanup()


def handing_over(sockets, names, of_process="LISTEN_PID", count=None):
    """The options of a Server that gets these sockets as a socket unit's service would."""
    numbers = [one.fileno() for one in sockets]

    def place():
        away = [os.dup(number) for number in numbers]
        high = [os.dup2(number, 500 + i) for i, number in enumerate(away)]
        for i, number in enumerate(high):
            os.dup2(number, _FIRST + i)
        os.closerange(_FIRST + len(high), 600)

    environment = {"OWN_PID": of_process, "LISTEN_FDS": str(len(numbers) if count is None else count)}
    if names is not None:
        environment["LISTEN_FDNAMES"] = ":".join(names)
    return {"launcher": _BECOME, "environment": environment, "before_exec": place}


def listening(address="127.0.0.1", port=0):
    """A socket as systemd makes one of ListenStream=."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    one.bind((address, port))
    one.listen(4096)
    return one
