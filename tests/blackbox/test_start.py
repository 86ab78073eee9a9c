"""What `check` cannot see and a start shows: logs and roots that are not for the daemon's user, unknown hosts.

Each is told on stderr by its place and its reason; what cannot be served well is not served.
"""

import errno
import os
import unittest

from faulty import FAULTY, Plan
from harness import BINARY, ROOT, BlackBoxTest, base_config
from test_command_line import CONFIGURATION, NOT_PERMITTED, CommandLineTest

NOBODYS = "/proc/version"  # a file that no user may write


class Start(CommandLineTest):
    """Each must fail, and say why."""

    def fails(self, status, why, command=(BINARY,), **changes):
        done = self.expect(status, "run", "-c", self.config(**changes), "--ready", command=command)
        self.assertRegex(done.stderr, why)
        self.assertEqual(done.stdout, "")

    def test_with_a_log_that_may_not_be_written_is_77(self):
        self.fails(NOT_PERMITTED, f'event=no-log where=file:{NOBODYS} reason="Permission denied"',
                   log={"target": f"file:{NOBODYS}"})

    def test_with_a_transfer_log_that_may_not_be_written_is_77(self):
        self.fails(NOT_PERMITTED, f'event=no-transfer-log where={NOBODYS} reason="Permission denied"',
                   log={"xferlog": NOBODYS})

    def test_with_roots_that_the_user_may_not_enter_is_78_and_names_them_all(self):
        if not ROOT:
            self.skipTest("needs root, which may enter where its user may not")
        one, two = (os.path.join(self.directory, name) for name in ("one", "two"))
        for directory in (one, two):
            os.mkdir(directory, mode=0o700)
        self.fails(CONFIGURATION, f"event=no-root .*{one}: Permission denied; {two}: Permission denied",
                   anonymous={"root": one}, user=[base_config(two)["user"][0]])

    def test_on_a_kernel_without_openat2_is_78(self):
        if not os.path.exists(FAULTY):
            self.skipTest("uvftpd-faulty has not been built")
        faults = os.path.join(self.directory, "faults")
        Plan(faults).fail(1, errno.ENOSYS)
        os.chmod(faults, 0o666)
        self.fails(CONFIGURATION, r"event=no-root .*openat2\(2\) is needed",
                   command=("env", f"UVFTPD_FAULTS={faults}", FAULTY))


class Hosts(BlackBoxTest):
    def test_an_unknown_name_of_the_server_is_told_and_pasv_tells_what_was_reached(self):
        server = self.start({"passive": {"address": "no-such-host.invalid"}},
                            environment={"RES_OPTIONS": "timeout:1 attempts:1"})
        self.assertIn("event=unknown-host key=passive.address names=no-such-host.invalid", server.log_text())
        self.assertEqual(self.client(server).pasv()[0], "127.0.0.1")


if __name__ == "__main__":
    unittest.main()
