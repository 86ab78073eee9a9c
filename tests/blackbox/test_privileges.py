"""Who the daemon is once it serves: never root, and with no capability but the one for ports below 1024, while it needs it.

Read from /proc for each of its threads. Needs root, which alone can give anything up.
"""

import os
import subprocess
import unittest

from harness import BINARY, NOBODY, BlackBoxTest, base_config, is_sanitized, toml

NOT_PERMITTED, CONFIGURATION = 77, 78
NET_BIND_SERVICE = 1 << 10


class PrivilegesTest(BlackBoxTest):
    def setUp(self):
        self.need_root("starts the daemon as root")

    def threads(self, server):
        """What /proc says of each thread: a dict of a status file's lines. A sanitizer has threads of its own, begun
        before anything is given up."""
        tasks = f"/proc/{server.pid}/task"
        for task in os.listdir(tasks) if not is_sanitized() else [str(server.pid)]:
            with open(f"{tasks}/{task}/status", encoding="ascii") as file:
                yield dict(line.rstrip("\n").split(":\t", 1) for line in file)

    def expect_everywhere(self, server, key, value):
        found = [status[key] for status in self.threads(server)]
        self.assertEqual(found, [value] * len(found), key)

    def expect_capabilities(self, server, capabilities):
        for key in ("CapInh", "CapAmb"):
            self.expect_everywhere(server, key, f"{0:016x}")
        for key in ("CapPrm", "CapEff"):
            self.expect_everywhere(server, key, f"{capabilities:016x}")


class StartedAsRoot(PrivilegesTest):
    def run_with(self, server):
        """The exit status and the output of a start that must fail."""
        path = "/tmp/uvftpd-privileges.toml"
        self.addCleanup(lambda: os.path.exists(path) and os.unlink(path))
        with open(path, "w", encoding="ascii") as file:
            file.write(toml(base_config("/tmp") | {"server": {"listen": ["127.0.0.1:0"]} | server}))
        done = subprocess.run([BINARY, "run", "-c", path], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_is_refused_where_no_user_is_named(self):
        status, output = self.run_with({})
        self.assertEqual(status, NOT_PERMITTED)
        self.assertIn("server.user", output)

    def test_is_refused_where_the_user_is_root_or_nobody_at_all(self):
        for name in ("root", "no-such-user"):
            status, output = self.run_with({"user": name})
            self.assertEqual(status, CONFIGURATION, output)
            self.assertRegex(output, r"\.toml:\d+:\d+: server\.user")

    def test_becomes_the_user_with_nothing_left(self):
        server = self.start()
        for key in ("Uid", "Gid"):
            self.expect_everywhere(server, key, "\t".join([str(NOBODY)] * 4))
        self.expect_everywhere(server, "Groups", f"{NOBODY} ")
        self.expect_capabilities(server, 0)
        self.expect_everywhere(server, "CapBnd", f"{NET_BIND_SERVICE:016x}")
        self.expect_everywhere(server, "NoNewPrivs", "1")
        self.client(server).do("NOOP", 200)

    def test_keeps_the_capability_for_port_20_and_no_other(self):
        self.expect_capabilities(self.start({"active": {"source_port": 20}}), NET_BIND_SERVICE)

    def test_gives_it_up_where_active_mode_is_off_whatever_the_port(self):
        self.expect_capabilities(self.start({"active": {"source_port": 20, "enabled": False}}), 0)

    def test_can_listen_below_1024_and_has_given_that_up_afterwards(self):
        server = self.start({"server": {"listen": ["127.0.0.1:989"]}})
        self.assertEqual(server.ready["listen"][0]["port"], 989)
        self.expect_capabilities(server, 0)

    def test_every_thread_is_behind_seccomp(self):
        if is_sanitized():
            self.skipTest("sanitizers make calls of their own")
        self.expect_everywhere(self.start(), "Seccomp", "2")
        self.expect_everywhere(self.start({"sandbox": {"seccomp": "off"}}), "Seccomp", "0")


class ServeAsRoot(PrivilegesTest):
    def test_becomes_the_owner_of_what_is_shared(self):
        server = self.start(serve=["--port", "0", "."])
        self.expect_everywhere(server, "Uid", "\t".join([str(NOBODY)] * 4))
        self.expect_capabilities(server, 0)

    def test_of_a_directory_of_roots_keeps_the_name_and_nothing_else(self):
        server = self.start(serve=["--port", "0", "/tmp"])
        self.expect_everywhere(server, "Uid", "\t".join(["0"] * 4))
        self.expect_capabilities(server, 0)


if __name__ == "__main__":
    unittest.main()
