"""What a reader of the figures must know of the machine, in a few lines."""

import os
import platform
import re


def _read(path, otherwise=""):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return otherwise


def processor():
    found = re.search(r"^model name\s*:\s*(.*)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def system():
    found = re.search(r'^PRETTY_NAME="(.*)"$', _read("/etc/os-release"), re.MULTILINE)
    return found.group(1) if found else platform.system()


def memory():
    return int(_read("/proc/meminfo", "x 0").split()[1]) >> 20


def description(account, load_before):
    """Markdown; `load_before` is what os.getloadavg() said at the start."""
    control = _read("/proc/sys/net/ipv4/tcp_congestion_control", "?").strip()
    return (f"- {os.cpu_count()} processors ({processor()}), {memory()} GiB, {system()}, Linux {platform.release()}\n"
            f"- loopback with {control}; the tree on tmpfs; processor time from {account}\n"
            f"- load of the machine (1 minute) before: {load_before[0]:.1f}, after, with this run's own: "
            f"{os.getloadavg()[0]:.1f}\n")
