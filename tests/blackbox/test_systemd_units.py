"""The units as systemd reads them: nothing in them is unknown to it, and how exposed the service is stays bounded."""

import os
import shutil
import subprocess
import tempfile
import unittest

from harness import BINARY, toml
from raw_client import BOUND

UNITS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../systemd")
MOST_EXPOSED = 16  # tenths; vsftpd, proftpd and nginx have 96


@unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze here")
class Units(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="uvftpd-test-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        for name in ("uvftpd.service", "uvftpd.socket"):
            with open(os.path.join(UNITS, name), encoding="utf-8") as unit:
                text = unit.read().replace("/usr/sbin/uvftpd", "/bin/true")  # it need not be installed
            self.install(name, text)

    def install(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as unit:
            unit.write(text)
        os.chmod(path, 0o644)

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", "--no-pager", *arguments], cwd=self.directory,
                              env=os.environ | {"SYSTEMD_UNIT_PATH": self.directory + ":"}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=BOUND, check=False)

    def test_have_nothing_that_systemd_does_not_know(self):
        for name in ("uvftpd.service", "uvftpd.socket"):
            said = self.analyze("verify", "--man=no", f"./{name}").stdout
            # Other units of this machine are none of ours.
            self.assertEqual([line for line in said.splitlines() if "uvftpd" in line], [])

    def test_expose_no_more_than_they_did(self):
        judged = self.analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", "./uvftpd.service")
        self.assertIn("Overall exposure level", judged.stdout)
        self.assertEqual(judged.returncode, 0, judged.stdout)

    def test_take_the_drop_in_of_a_configuration(self):
        root = os.path.join(self.directory, 'a "b" 100%')
        os.mkdir(root)
        config = os.path.join(self.directory, "uvftpd.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(toml({"anonymous": {"enabled": True, "root": root, "write": "full"},
                             "active": {"source_port": 0}, "limits": {"sessions": 100000}}))
        told = subprocess.run([BINARY, "check", "--systemd", "-c", config], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True, timeout=BOUND, check=True).stdout
        for setting in ("\n[Service]\n", "\nBindPaths=", "\nSystemCallFilter=capset\n", "\nLimitNOFILE=400000\n"):
            self.assertIn(setting, told)
        os.mkdir(os.path.join(self.directory, "uvftpd.service.d"))
        self.install("uvftpd.service.d/needed.conf", told)
        self.test_have_nothing_that_systemd_does_not_know()

    def test_keep_openat2(self):
        """systemd's filter for these makes it fail, and it is what keeps sessions within their roots."""
        with open(os.path.join(self.directory, "uvftpd.service"), encoding="utf-8") as unit:
            text = unit.read()
        self.assertIn("\nRestrictSUIDSGID=no\n", text)
        self.assertNotIn("\nDynamicUser=", text)


if __name__ == "__main__":
    unittest.main()
