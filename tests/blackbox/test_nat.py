"""Behind NAT: names in passive.address that come to mean another address, and addresses that lead nowhere.

The daemon is in a network and a tree of mounts of its own, with an /etc/hosts that the test writes.
"""

import contextlib
import ctypes
import os
import signal
import stat
import subprocess
import unittest

from harness import BINARY, ROOT, BlackBoxTest, parent_of, wait_until

CLONE_NEWNET = 0x40000000
NAME, OTHER = "ftp.example.test", "inner.example.test"
PRIVATE, PUBLIC = "10.1.1.1", "203.0.113.5"  # addresses of this host: clients come from either

# A network where packets get lost, and a server of names there.
LOST = "ip tuntap add lost mode tap && ip link set lost up && ip route add 198.51.100.0/24 dev lost"
SILENT = "nameserver 198.51.100.53\noptions timeout:30 attempts:5\n"

# The namespaces, and in them the daemon, under the same process id.
WRAPPER = """#!/bin/sh
exec unshare --mount --net sh -c '
  mount --bind {hosts} /etc/hosts && ip link set lo up &&
  ip address add {private}/32 dev lo && ip address add {public}/32 dev lo && {more} exec {binary} "$@"' sh "$@"
"""


@contextlib.contextmanager
def in_network_of(pid):
    """Sockets made here are in that network, and stay there."""
    libc = ctypes.CDLL(None, use_errno=True)

    def enter(descriptor):
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    with open("/proc/self/ns/net", "rb") as here, open(f"/proc/{pid}/ns/net", "rb") as there:
        enter(there.fileno())
        try:
            yield
        finally:
            enter(here.fileno())


def processes_named(name):
    """Process id and parent's, of those called so."""
    found = {}
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            with open(f"/proc/{entry}/stat", encoding="utf-8") as file:
                text = file.read()
            command, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
            if command == name and rest[0] != "Z":
                found[int(entry)] = int(rest[1])
    return found


def resolvers_of(pid):
    """What resolves for the daemon `pid`, or for a process of its."""
    return [child for child, parent in processes_named("uvftpd-names").items()
            if pid == parent or pid == parent_of(parent)]


@unittest.skipUnless(ROOT, "needs root: namespaces")
class NatTest(BlackBoxTest):
    def setUp(self):
        self.hosts = f"/tmp/uvftpd-test-hosts-{os.getpid()}"
        self.wrapper = f"/tmp/uvftpd-test-daemon-{os.getpid()}"
        for path in (self.hosts, self.wrapper):
            self.addCleanup(lambda path=path: os.path.exists(path) and os.unlink(path))
        self.say({NAME: "203.0.113.1"})
        self.wrap()

    def wrap(self, more=""):
        """With `more` done in the namespaces before the daemon begins."""
        with open(self.wrapper, "w", encoding="utf-8") as file:
            file.write(WRAPPER.format(hosts=self.hosts, private=PRIVATE, public=PUBLIC, binary=BINARY, more=more))
        os.chmod(self.wrapper, stat.S_IRWXU)

    def say(self, hosts):
        """What the names mean from now on, an address or several each; in place, since the file is mounted."""
        with open(self.hosts, "w", encoding="utf-8") as file:
            file.write("".join(f"{address} {name}\n" for name, addresses in hosts.items() for address in addresses.split()))
        os.chmod(self.hosts, 0o644)

    def daemon(self, **passive):
        return self.start({"server": {"listen": [f"{PRIVATE}:0"]},
                           "passive": {"lookup_interval": "50ms"} | passive}, binary=self.wrapper)

    def client_of(self, server, source=PRIVATE):
        with in_network_of(server.pid):
            return self.client(server, source=source)


class Names(NatTest):
    def expect_told(self, client, address):
        wait_until(lambda: client.pasv()[0] == address, f"PASV tells {address}")

    def test_are_resolved_again_for_sessions_that_run_too(self):
        server = self.daemon(address=NAME)
        client = self.client_of(server)
        self.assertEqual(client.pasv()[0], "203.0.113.1")
        self.say({NAME: "203.0.113.2"})
        self.expect_told(client, "203.0.113.2")
        self.expect_told(self.client_of(server), "203.0.113.2")
        events = [line for line in server.log_text().splitlines() if "event=address-changed" in line]
        self.assertEqual(len(events), 1, events)
        self.assertIn(f"name={NAME} from=203.0.113.1 to=203.0.113.2", events[0])

    def test_that_mean_nothing_at_start_are_taken_when_they_do(self):
        server = self.daemon(address="203.0.113.9", rule=[{"clients": ["10.0.0.0/8"], "address": OTHER}])
        self.assertRegex(server.log_text(), f"event=unknown-host .*names={OTHER}")
        client = self.client_of(server)
        self.assertEqual(client.pasv()[0], PRIVATE)
        self.say({OTHER: "192.0.2.1"})
        self.expect_told(client, "192.0.2.1")

    def test_that_mean_nothing_any_more_keep_their_address(self):
        server = self.daemon(address=NAME, rule=[{"clients": ["192.0.2.0/24"], "address": OTHER}])
        client = self.client_of(server)
        self.say({OTHER: "192.0.2.1"})
        wait_until(lambda: f"name={OTHER}" in server.log_text(), "the other name's address")
        self.assertEqual(client.pasv()[0], "203.0.113.1")
        self.assertRegex(server.log_text(), f"event=unknown-host key=passive.address names={NAME} ")

    def test_with_several_addresses_keep_theirs_in_whatever_order_they_come(self):
        self.say({NAME: "203.0.113.1 203.0.113.2"})
        server = self.daemon(address=NAME, rule=[{"clients": ["192.0.2.0/24"], "address": OTHER}])
        client = self.client_of(server)
        told = client.pasv()[0]
        self.say({NAME: "203.0.113.3 203.0.113.2 203.0.113.1", OTHER: "192.0.2.1"})
        wait_until(lambda: f"name={OTHER}" in server.log_text(), "the other name's address")
        self.assertEqual(client.pasv()[0], told)
        self.say({NAME: "203.0.113.3"})
        self.expect_told(client, "203.0.113.3")

    def test_that_nobody_answers_for_do_not_hold_up_the_start(self):
        lost = subprocess.run(["unshare", "--net", "sh", "-c", LOST], stderr=subprocess.DEVNULL, check=False)
        if lost.returncode != 0:
            self.skipTest("no TAP devices here")
        silent = self.hosts + ".resolv"
        self.addCleanup(os.unlink, silent)
        with open(silent, "w", encoding="ascii") as file:
            file.write(SILENT)
        os.chmod(silent, 0o644)
        self.wrap(f"{LOST} && mount --bind {silent} /etc/resolv.conf &&")
        self.say({})
        server = self.daemon(address=NAME)
        self.assertRegex(server.log_text(), f"event=unknown-host .*names={NAME} reason=\"no answer yet\"")
        self.assertEqual(self.client_of(server).pasv()[0], PRIVATE)


class Resolver(NatTest):
    """The process that resolves."""

    def resolver(self, server):
        return wait_until(lambda: resolvers_of(server.pid), "a process that resolves")[0]

    def test_is_there_only_where_a_name_is(self):
        server = self.daemon(address="203.0.113.9")
        self.client_of(server)
        self.assertEqual(resolvers_of(server.pid), [])

    def test_has_nothing_of_the_daemons(self):
        server = self.daemon(address=NAME)
        pid = self.resolver(server)
        self.say({NAME: "203.0.113.2"})
        wait_until(lambda: "event=address-changed" in server.log_text(), "an answer")  # it is settled then
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        for capabilities in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(status[capabilities], 16), 0, capabilities)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertNotIn("0", status["Uid"].split())
        links = [os.readlink(f"/proc/{pid}/fd/{number}") for number in range(3)]
        self.assertEqual(links, ["/dev/null"] * 3)
        # A look-up may have a file or a socket open for a moment; the listener and the log it never has.
        listener = server.address()[1]
        with open(f"/proc/{pid}/net/tcp", encoding="ascii") as file:
            inodes = {line.split()[9] for line in file if f":{listener:04X} " in line}
        self.assertTrue(inodes)
        for number in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                link = os.readlink(f"/proc/{pid}/fd/{number}")
                self.assertNotIn(link, {f"socket:[{inode}]" for inode in inodes} | {server.log})

    def test_ends_with_the_daemon_however_that_ends(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(signal=number):
                server = self.daemon(address=NAME)
                pid = self.resolver(server)
                server.signal(number)
                server.wait()
                wait_until(lambda pid=pid: pid not in processes_named("uvftpd-names"), "its end")
                server.kill()

    def test_survives_what_is_meant_for_the_daemon(self):
        server = self.daemon(address=NAME)
        pid = self.resolver(server)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            os.kill(pid, number)
        self.say({NAME: "203.0.113.2"})
        wait_until(lambda: "to=203.0.113.2" in server.log_text(), "an answer")

    def test_whose_end_is_told_and_harms_nobody(self):
        server = self.daemon(address=NAME)
        client = self.client_of(server)
        os.kill(self.resolver(server), signal.SIGKILL)
        wait_until(lambda: "event=names-stay" in server.log_text(), "a warning")
        self.assertEqual(client.pasv()[0], "203.0.113.1")


class PrivateAddresses(NatTest):
    def warnings(self, server):
        return [line for line in server.log_text().splitlines() if "event=private-address-told" in line]

    def test_told_to_a_public_client_are_warned_of_once_a_session(self):
        server = self.daemon()
        client = self.client_of(server, source=PUBLIC)
        for _ in range(3):
            self.assertEqual(client.pasv()[0], PRIVATE)
        client.do("QUIT", 221)
        lines = self.warnings(server)
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], rf"session=1 client={PUBLIC} user=alice address={PRIVATE} key=passive\.address$")
        self.client_of(server, source=PUBLIC).pasv()
        self.assertEqual(len(self.warnings(server)), 2)

    def test_of_a_rule_are_the_rules_fault(self):
        server = self.daemon(address="203.0.113.9", rule=[{"clients": ["203.0.113.0/24"], "address": "192.168.1.1"}])
        self.assertEqual(self.client_of(server, source=PUBLIC).pasv()[0], "192.168.1.1")
        self.assertRegex(self.warnings(server)[0], r"address=192\.168\.1\.1 key=passive\.rule$")

    def test_told_to_neighbours_are_right(self):
        server = self.daemon()
        self.client_of(server).pasv()
        self.client_of(server, source=PUBLIC).epsv()
        self.assertEqual(self.warnings(server), [])

    def test_are_not_told_where_a_public_one_is_said(self):
        server = self.daemon(address="203.0.113.9")
        self.assertEqual(self.client_of(server, source=PUBLIC).pasv()[0], "203.0.113.9")
        self.assertEqual(self.warnings(server), [])


if __name__ == "__main__":
    unittest.main()
