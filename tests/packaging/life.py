"""The life of the package on a Debian of its own, from `apt-get install` to the purge, under a systemd that really runs.

life.py ROOT PACKAGE [--restarts N]: ROOT is a directory with a minimal Debian, and is changed. Each line printed is
something that was tried, with what was seen; the first that is not as it should be ends it with status 1.
"""

import argparse
import ftplib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

from machine import BOUND, Machine

LOAD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "load.py")
CLIENTS = 8
CONFIG = "/etc/uvftpd/uvftpd.toml"
OURS = ('# the administrator\'s own\n[anonymous]\nenabled = true\nroot = "%s"\nwrite = "%s"\n'
        '[limits]\nlogin_failures = %d\n[passive]\nports = "50000-50999"\n')


def saw(what, seen=""):
    print(f"ok   {what}" + (f": {seen}" if seen != "" else ""), flush=True)


def expect(what, truth, seen=""):
    if not truth:
        raise AssertionError(f"{what}: {seen}")
    saw(what, seen)


def wait_until(what, condition):
    end = time.monotonic() + BOUND
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(0.05)
    return found


class Life:
    def __init__(self, root, package, restarts):
        self.machine = Machine(root)
        self.package = package
        self.restarts = restarts

    # ---- what is asked of the machine ----

    def do(self, command, *, user=None):
        status, text = self.machine.run(command, user=user)
        if status != 0:
            raise AssertionError(f"`{command}` ended with {status}:\n{text}\n{self.journal()}")
        return text

    def fails(self, command, *, user=None):
        status, text = self.machine.run(command, user=user)
        if status == 0:
            raise AssertionError(f"`{command}` should have failed:\n{text}")
        return status, text

    def journal(self):
        return self.machine.run("journalctl --no-pager -u uvftpd -u uvftpd.socket -n 30")[1]

    def show(self, key, unit="uvftpd.service"):
        return self.do(f"systemctl show --value -p {key} {unit}")

    def state(self, unit="uvftpd.service"):
        """As (active, enabled), of a unit that may not be there."""
        return tuple(self.machine.run(f"systemctl {word} {unit}")[1].splitlines()[-1] for word in ("is-active", "is-enabled"))

    def configure(self, root="/srv/ftp", write="none", failures=3):
        self.machine.write(CONFIG, OURS % (root, write, failures))

    def serving(self):
        """The process that serves: the youngest child of the service's own."""
        return int(self.do(f"pgrep -n -P {self.show('MainPID')}"))

    def login(self, **options):
        ftp = ftplib.FTP(timeout=BOUND, **options)
        ftp.connect("127.0.0.1", 21)
        ftp.login()
        return ftp

    # ---- the life, in its order ----

    def before_systemd_runs(self):
        """As on a machine that is being set up: nothing can be started, and nothing is left behind."""
        shutil.copy(self.package, self.machine.path("/var/tmp/uvftpd.deb"))
        for command in ("apt-get update -q", "apt-get install -qy --no-install-recommends /var/tmp/uvftpd.deb",
                        "getent passwd uvftpd", "apt-get purge -qy uvftpd"):
            status, text = self.machine.run_unbooted("sh", "-c", command)
            if status != 0:
                raise AssertionError(f"`{command}` ended with {status}:\n{text}")
            warnings = [line for line in text.splitlines() if "arning" in line]
            saw(f"not booted: {command}", "; ".join(warnings))
        self.nothing_is_left()

    def nothing_is_left(self):
        for name in ("/etc/uvftpd", "/srv/ftp", "/var/log/uvftpd", "/run/uvftpd", "/usr/sbin/uvftpd"):
            expect(f"{name} is gone", not os.path.lexists(self.machine.path(name)))
        expect("no user is left", "uvftpd" not in self.machine.read("/etc/passwd"))
        units = self.machine.path("/etc/systemd/system")
        left = [os.path.join(where, name) for where, _, names in os.walk(units) for name in names if "uvftpd" in name]
        expect("no unit is left", not left, " ".join(left))

    def install(self):
        saw("booted", f"{self.machine.boot():.1f} s, {self.do('systemctl --version').splitlines()[0]}")
        self.machine.enter_network()
        self.do("apt-get install -qy --no-install-recommends /var/tmp/uvftpd.deb")
        saw("the user", self.do("getent passwd uvftpd"))
        for name, owner in (("/srv/ftp", "uvftpd:uvftpd 755"), ("/etc/uvftpd", "root:uvftpd 750"), (CONFIG, "root:uvftpd 640")):
            seen = self.do(f"stat -c '%U:%G %a' {name}")
            expect(name, seen == owner, seen)
        for unit in ("uvftpd.service", "uvftpd.socket"):
            expect(f"{unit} is not started", self.state(unit) == ("inactive", "disabled"), self.state(unit))
        saw("check as installed", self.do("uvftpd check").splitlines()[0])
        for name in ("man/man8/uvftpd.8.gz", "man/man5/uvftpd.toml.5.gz", "bash-completion/completions/uvftpd",
                     "zsh/vendor-completions/_uvftpd"):
            expect(name, os.path.exists(self.machine.path(f"/usr/share/{name}")))

    def start(self):
        self.machine.write("/srv/ftp/hello", "hello\n")
        self.configure()
        begun = time.monotonic()
        self.do("systemctl enable --now uvftpd")
        self.login().quit()
        saw("enable --now, and the first login", f"{time.monotonic() - begun:.2f} s")
        begun = time.monotonic()
        self.do("systemctl restart uvftpd")
        saw("a restart", f"{time.monotonic() - begun:.2f} s")
        self.client = self.login()
        status = wait_until("a STATUS of one session",
                            lambda: re.search(r'Status: "(1 session, .*)"', self.do("systemctl status uvftpd")))
        saw("systemctl status", status[1])
        saw("fences", re.search(r"event=fences (.*)", self.journal())[1])
        exposure = self.do("systemd-analyze security --no-pager uvftpd").splitlines()[-1]
        expect("exposure", float(re.search(r": ([0-9.]+) ", exposure)[1]) <= 1.6, exposure.partition("for ")[2])
        saw("limits", self.do("systemctl show -p LimitNOFILE,MemoryMax,TasksMax,TasksCurrent,MemoryCurrent uvftpd").replace("\n", " "))

    def active_mode(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.client.sendport("127.0.0.1", listener.getsockname()[1])
            self.client.putcmd("LIST")
            data, peer = listener.accept()
            data.close()
            self.client.getresp()
            self.client.getresp()
        expect("active mode comes from port 20", peer[1] == 20, peer)

    def reload(self):
        self.configure(write="dropbox")
        begun = time.monotonic()
        self.do("systemctl reload uvftpd")
        seconds = time.monotonic() - begun
        with self.login() as ftp, open(LOAD, "rb") as file:
            ftp.storbinary("STOR new", file)
        saw("a reload returns when it is done", f"{seconds:.2f} s")
        generations = len(self.do(f"pgrep -P {self.show('MainPID')}").split())
        expect("who was there keeps the old configuration", self.client.pwd() == "/" and generations == 2)
        self.machine.write(CONFIG, OURS % ("/srv/ftp", "dropbox", 3) + "nonsense = 1\n")
        status, text = self.fails("systemctl reload uvftpd")
        expect("a bad configuration fails the reload", self.state()[0] == "active", status)
        saw("and the journal tells", re.search(r"nonsense.*", self.journal())[0])
        self.login().quit()
        expect("all serve on", self.client.pwd() == "/")

    def restarts_of_its_own(self):
        status, _ = self.fails("systemctl restart uvftpd")
        seen = self.do("systemctl show -p ExecMainStatus,NRestarts,Result uvftpd").split()
        expect("a bad configuration is not started again and again", "ExecMainStatus=78" in seen and "NRestarts=0" in seen, seen)
        self.configure()
        self.machine.write("/etc/systemd/system/uvftpd.service.d/watchdog.conf", "[Service]\nWatchdogSec=2s\n")
        self.do("systemctl daemon-reload && systemctl start uvftpd")
        for what, who, how in (("the serving process stands still", self.serving, signal.SIGSTOP),
                               ("the process that stays stands still", lambda: int(self.show("MainPID")), signal.SIGSTOP),
                               ("the serving process is killed", self.serving, signal.SIGKILL)):
            before, begun = self.show("MainPID"), time.monotonic()
            self.do(f"kill -{how.value} {who()}")
            wait_until(what, lambda: self.show("MainPID") not in (before, "0") and self.state()[0] == "active")
            self.login().quit()
            saw(f"{what}: started anew", f"{time.monotonic() - begun:.1f} s (WatchdogSec=2s, RestartSec=2s)")
        shutil.rmtree(self.machine.path("/etc/systemd/system/uvftpd.service.d"))
        self.do("systemctl daemon-reload && systemctl restart uvftpd")

    def other_places(self):
        """check --systemd: without its drop-in the unit's fences hold, with it the root is served and written."""
        for root in ("/data/ftp", "/home/pub/ftp"):
            self.do(f"mkdir -p {root} && chown uvftpd: {root}")
            self.configure(root=root, write="full")
            self.do("install -d /etc/systemd/system/uvftpd.service.d && "
                    "uvftpd check --systemd >/etc/systemd/system/uvftpd.service.d/needed.conf && "
                    "systemctl daemon-reload && systemctl restart uvftpd")
            with self.login() as ftp, open(LOAD, "rb") as file:
                ftp.storbinary("STOR new", file)
            expect(f"an upload below {root}", os.path.exists(self.machine.path(f"{root}/new")),
                   "; ".join(re.findall(r"(?m)^\w+=.*", self.machine.read("/etc/systemd/system/uvftpd.service.d/needed.conf"))))
        shutil.rmtree(self.machine.path("/etc/systemd/system/uvftpd.service.d"))
        self.configure()
        self.do("systemctl daemon-reload && systemctl restart uvftpd")

    def administration(self):
        self.do("useradd -G uvftpd member && useradd stranger")
        saw("the control socket", self.do("stat -c '%U:%G %a' /run/uvftpd /run/uvftpd/control").replace("\n", ", "))
        for user in (None, "member"):
            ftp = self.login()
            status = json.loads(self.do("uvftpd status --json", user=user))
            session = status["sessions"][-1]["session"]
            self.do(f"uvftpd kick {session}", user=user)
            try:
                ftp.voidcmd("NOOP")
                raise AssertionError("kicked, and still there")
            except (EOFError, ftplib.Error, ConnectionError) as told:
                saw(f"{user or 'root'}: status, and kick {session}", repr(told))
            self.do("uvftpd reload", user=user)
        for command in ("status", "kick 1", "reload"):
            status, text = self.fails(f"uvftpd {command}", user="stranger")
            expect(f"a stranger: {command}", status == 77, f"{status}, {text}")

    # ---- under load ----

    def under_load(self, what, command, times, *, nobody_lost):
        load = subprocess.Popen([sys.executable, LOAD, "21", str(CLIENTS)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                text=True)
        begun = time.monotonic()
        for _ in range(times):
            time.sleep(0.7)  # of load: clients are in every phase of a session
            self.do(command)
        load.terminate()
        said = json.loads(load.communicate(timeout=BOUND)[0])
        counts, seconds = said["counts"], time.monotonic() - begun
        expect(f"{what}, {times} times under load", not nobody_lost or not counts.get("lost"),
               f"{sum(counts.values())} connections in {seconds:.0f} s: {counts}; {said['examples']}")

    def the_socket(self):
        # systemctl's own limit of starts is for a service that fails; here somebody restarts it by hand.
        anew = "systemctl reset-failed uvftpd; systemctl restart uvftpd"
        self.under_load("reload, without the socket unit", "systemctl reload uvftpd", self.restarts, nobody_lost=True)
        self.under_load("restart, without the socket unit", anew, 3, nobody_lost=False)
        self.do("systemctl disable --now uvftpd && systemctl enable --now uvftpd.socket")
        expect("with the socket, nothing runs before somebody comes", self.state()[0] == "inactive")
        self.login().quit()
        expect("the first client starts it", self.state()[0] == "active")
        self.under_load("restart, with the socket unit", anew, self.restarts, nobody_lost=True)
        self.under_load("reload, with the socket unit", "systemctl reload uvftpd", self.restarts, nobody_lost=True)

    # ---- the package again ----

    def next_version(self):
        """A package of a higher version, whose own configuration is another one, too."""
        content = self.machine.root + ".next"
        subprocess.run(["dpkg-deb", "-R", self.package, content], check=True)
        for name, pattern, new in (("DEBIAN/control", r"(?m)^Version: .*", "Version: 99-1"),
                                   ("etc/uvftpd/uvftpd.toml", r"\A", "# of the next version\n")):
            with open(os.path.join(content, name), "r+", encoding="utf-8") as file:
                text = re.sub(pattern, new, file.read())
                file.seek(0)
                file.truncate()
                file.write(text)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", content, self.machine.path("/var/tmp/next.deb")],
                       check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(content)

    def upgrade(self):
        self.next_version()
        before, pid = self.machine.read(CONFIG), self.show("MainPID")
        self.under_load("upgrade, with the socket unit", "apt-get install -qy -o Dpkg::Options::=--force-confdef /var/tmp/next.deb",
                        1, nobody_lost=True)
        expect("the new version", (seen := self.do("dpkg-query -W -f '${Version}' uvftpd")) == "99-1", seen)
        expect("the changed configuration is kept", self.machine.read(CONFIG) == before)
        expect("what ran runs anew", self.show("MainPID") not in (pid, "0"))
        expect("what was not enabled is not", (self.state()[1], self.state("uvftpd.socket")) == ("disabled", ("active", "enabled")))
        self.do("systemctl disable --now uvftpd.socket && systemctl stop uvftpd && apt-get install -qy --reinstall /var/tmp/next.deb")
        expect("what does not run is not started", self.state() == ("inactive", "disabled"), self.state())
        self.do("systemctl enable --now uvftpd")

    def remove(self):
        self.do("apt-get remove -qy uvftpd")
        expect("removed: stopped", not self.machine.run("pgrep -x uvftpd")[1])
        expect("removed: the configuration stays", os.path.exists(self.machine.path(CONFIG)))
        self.do("rm -r /srv/ftp/*")
        saw("purge", self.do("apt-get purge -qy uvftpd").splitlines()[-1])
        self.nothing_is_left()
        failed = self.do("systemctl --failed --no-legend --no-pager")
        expect("no unit has failed", not failed, failed)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root")
    parser.add_argument("package")
    parser.add_argument("--restarts", type=int, default=5)
    arguments = parser.parse_args()
    life = Life(**vars(arguments))
    begun = time.monotonic()
    try:
        for part in (life.before_systemd_runs, life.install, life.start, life.active_mode, life.reload,
                     life.restarts_of_its_own, life.other_places, life.administration, life.the_socket, life.upgrade,
                     life.remove):
            print(f"== {part.__name__.replace('_', ' ')}", flush=True)
            part()
    except AssertionError as fault:
        print(f"FAILED {fault}", flush=True)
        return 1
    finally:
        life.machine.shut_down()
    print(f"== all of it in {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
