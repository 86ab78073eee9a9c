"""The Debian package, as `cpack -G DEB` makes it of this build: what is in it, and what its scripts say.

Installing it takes a machine of its own, and is not tried here.
"""

import gzip
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import BINARY, HERE, is_sanitized

BUILD = os.path.dirname(BINARY)
SCRIPTS = ("postinst", "prerm", "postrm")
TOOLS = ("cpack", "dpkg-deb", "dpkg-shlibdeps", "file")


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


@unittest.skipUnless(all(map(shutil.which, TOOLS)), f"needs {', '.join(TOOLS)}")
@unittest.skipUnless(os.path.exists(os.path.join(BUILD, "CPackConfig.cmake")), "needs the build's own folder")
@unittest.skipIf(is_sanitized(), "an instrumented build is not packed")
class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="uvftpd-test-")
        cls.addClassCleanup(directory.cleanup)
        run("cpack", "-G", "DEB", "-B", directory.name, cwd=BUILD)
        cls.file, = (os.path.join(directory.name, name) for name in os.listdir(directory.name) if name.endswith(".deb"))
        cls.content = os.path.join(directory.name, "content")
        run("dpkg-deb", "-R", cls.file, cls.content)

    def path(self, *names):
        return os.path.join(self.content, *names)

    def text(self, *names):
        with open(self.path(*names), encoding="utf-8") as file:
            return file.read()

    def field(self, name):
        return run("dpkg-deb", "-f", self.file, name).strip()

    def test_what_is_in_it(self):
        lines = [line.split() for line in run("dpkg-deb", "-c", self.file).splitlines()]
        self.assertEqual({owner for _, owner, *_ in lines}, {"root/root"})
        self.assertEqual({mode for mode, *_ in lines if mode.startswith("d")}, {"drwxr-xr-x"})
        files = {line[5].lstrip("."): line[0] for line in lines if not line[0].startswith("d")}
        self.assertEqual(files.pop("/usr/sbin/uvftpd"), "-rwxr-xr-x")
        self.assertEqual(set(files.values()), {"-rw-r--r--"})
        for name in ("/etc/uvftpd/uvftpd.toml", "/usr/lib/systemd/system/uvftpd.service",
                     "/usr/lib/sysusers.d/uvftpd.conf", "/usr/share/man/man8/uvftpd.8.gz",
                     "/usr/share/man/man5/uvftpd.toml.5.gz", "/usr/share/bash-completion/completions/uvftpd",
                     "/usr/share/zsh/vendor-completions/_uvftpd", "/usr/share/doc/uvftpd/copyright"):
            self.assertIn(name, files)
        self.assertFalse([name for name in files if "test" in name or "bench" in name])

    def test_every_unit_of_the_source_is_in_it(self):
        for name in os.listdir(os.path.join(HERE, "../../systemd")):
            if name.endswith((".service", ".socket")):
                self.assertTrue(os.path.exists(self.path("usr/lib/systemd/system", name)), name)

    def test_the_configuration_is_the_administrators(self):
        self.assertEqual(self.text("DEBIAN/conffiles").split(), ["/etc/uvftpd/uvftpd.toml"])

    def test_the_program_is_stripped(self):
        self.assertRegex(run("file", self.path("usr/sbin/uvftpd")), r", stripped$")

    def test_it_depends_on_what_the_program_needs(self):
        depends = self.field("Depends")
        for library in ("libuv1", "libssl3", "libc6", "libseccomp2"):
            self.assertIn(library, depends)

    def test_the_scripts_are_shell(self):
        for name in SCRIPTS:
            self.assertEqual(os.stat(self.path("DEBIAN", name)).st_mode & 0o777, 0o755)
            run("sh", "-n", self.path("DEBIAN", name))

    def test_no_script_starts_or_enables_anything(self):
        for name in SCRIPTS:
            code = re.sub(r"(?m)#.*$", "", self.text("DEBIAN", name))
            self.assertNotRegex(code, r"(?<!try-)\b(enable|start|restart)\b")

    def test_the_version_is_everywhere_the_same(self):
        version = self.field("Version")
        self.assertEqual(f"uvftpd {version.rpartition('-')[0]}", run(BINARY, "--version").strip())
        with gzip.open(self.path("usr/share/doc/uvftpd/changelog.Debian.gz"), "rt", encoding="utf-8") as file:
            changelog = file.read()
        self.assertTrue(changelog.startswith(f"uvftpd ({version}) "), changelog)
        date = re.search(r"^ -- .*>  (.*)$", changelog, re.MULTILINE).group(1)
        self.assertIn(run("date", "-u", "-d", date, "+%F").strip(), run(BINARY, "print", "man8").splitlines()[0])

    def test_the_licence_is_the_projects(self):
        with open(os.path.join(HERE, "../../LICENSE"), encoding="utf-8") as file:
            words = file.read().partition("Permission")[2].split()
        copyright_words = [word for word in self.text("usr/share/doc/uvftpd/copyright").split() if word != "."]
        self.assertEqual(copyright_words[-len(words):], words)

    @unittest.skipUnless(shutil.which("lintian"), "needs lintian")
    def test_lintian_has_nothing_to_say(self):
        allow = ["--allow-root"] if os.geteuid() == 0 else []
        self.assertEqual(run("lintian", *allow, "--fail-on", "error,warning", self.file), "")


if __name__ == "__main__":
    unittest.main()
