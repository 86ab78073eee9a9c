"""The command line and the configuration file: exit statuses, mistakes, check, hash-password.

0 ok, 64 usage, 75 address in use, 77 not permitted, 78 configuration: every mistake told at once, as
file:line:column, with the nearest known key.
"""

import os
import re
import socket
import subprocess
import tempfile
import unittest

from harness import (BINARY, HAS_IPV6, NOBODY, PASSWORD, PASSWORD_HASH, ROOT, BlackBoxTest, ServerTest, base_config,
                     give_to_nobody, merged, toml)

USAGE, TRY_AGAIN, NOT_PERMITTED, CONFIGURATION = 64, 75, 77, 78


class CommandLineTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="uvftpd-test-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.root = os.path.join(self.directory, "root")
        os.mkdir(self.root)
        os.chmod(self.directory, 0o755)
        give_to_nobody(self.root)

    def uvftpd(self, *arguments, stdin="", command=(BINARY,)):
        """A call that must end by itself. Its output is stdout and stderr together."""
        done = subprocess.run([*command, *arguments], input=stdin, capture_output=True, text=True, timeout=60,
                              cwd=self.directory, check=False)
        self.assertNotIn("Sanitizer", done.stderr)
        done.output = done.stdout + done.stderr
        return done

    def expect(self, status, *arguments, **options):
        done = self.uvftpd(*arguments, **options)
        self.assertEqual(done.returncode, status, done.output)
        return done

    def file(self, text, name="uvftpd.toml"):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def config(self, **changes):
        return self.file(toml(merged(base_config(self.root), changes)))


class Usage(CommandLineTest):
    def test_help_names_every_command(self):
        done = self.expect(0, "--help")
        for command in ("run", "serve", "check", "hash-password", "import-vsftpd"):
            self.assertIn(command, done.stdout)

    def test_help_of_every_command(self):
        for command, word in (("run", "--config"), ("serve", "--port"), ("check", "--config"), ("hash-password", ""),
                              ("import-vsftpd", "FILE")):
            with self.subTest(command=command):
                self.assertIn(word, self.expect(0, command, "--help").stdout)

    def test_version_is_a_name_and_a_number(self):
        self.assertRegex(self.expect(0, "--version").stdout, r"^uvftpd \d+\.\d+\.\d+\S*\n$")

    def test_mistakes_are_64_and_said_on_stderr(self):
        for arguments in (("--nosuch",), ("nosuch",), ("run", "--nosuch"), ("run", "-c"), ("serve", "--port"),
                          ("serve", "--port", "x"), ("serve", "--port", "65536"), ("serve", "--port", "-1"),
                          ("serve", "--user", "nocolon"), ("serve", "--listen", "nowhere"), ("serve", "/no/such"),
                          ("check", "--nosuch"), ("hash-password", "--nosuch")):
            with self.subTest(arguments=arguments):
                done = self.expect(USAGE, *arguments)
                self.assertTrue(done.stderr.strip())
                self.assertEqual(done.stdout, "")


class Mistakes(CommandLineTest):
    """Every one is 78, for run and for check alike."""

    def mistakes(self, text):
        """The lines that tell of mistakes, by check; run must tell the same and start nothing."""
        path = self.file(text)
        told = self.expect(CONFIGURATION, "check", "-c", path).output
        self.assertEqual(self.expect(CONFIGURATION, "run", "-c", path).output, told)
        return [line for line in told.splitlines() if line.startswith(path)]

    def one(self, text, place, *words):
        lines = self.mistakes(text)
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], rf"uvftpd\.toml:{place}: ")
        for word in words:
            self.assertIn(word, lines[0])

    def test_an_unknown_key_has_its_place_and_the_nearest_one(self):
        self.one("[timeouts]\nidel = 900\n", "2:1", "idel", "idle")
        self.one("[server]\nlisten = ['127.0.0.1:0']\n  baner = 'x'\n", "3:3", "baner", "banner")

    def test_an_unknown_table_has_its_place_and_the_nearest_one(self):
        self.one("[timeout]\n", "1:2", "timeout", "timeouts")

    def test_a_wrong_type_has_its_place(self):
        self.one("[anonymous]\nenabled = 'yes'\n", "2:11", "enabled")
        self.one("[server]\nlisten = 21\n", "2:10", "listen")

    def test_a_value_out_of_range_has_its_place(self):
        self.one("[active]\nsource_port = 65536\n", "2:15", "source_port")
        self.one("[timeouts]\nidle = -1\n", "2:8", "idle")
        self.one("[passive]\nports = '50000-40000'\n", "2:9", "ports")

    def test_a_wrong_word_has_its_place_and_the_right_ones(self):
        self.one("[active]\nwithout_source_port = 'fallbak'\n", "2:23", "fallback")
        self.one("[anonymous]\nwrite = 'ful'\n", "2:9", "full")

    def test_a_file_that_is_no_toml_has_its_place(self):
        lines = self.mistakes("[server\nbanner = 'x'\n")
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r"uvftpd\.toml:1:\d+: ")

    def test_a_clear_text_password_is_refused_and_not_shown(self):
        text = f"[[user]]\nname = 'alice'\nroot = '{self.root}'\npassword = 'sekret-in-clear'\n"
        lines = self.mistakes(text)
        self.assertRegex(lines[0], r"uvftpd\.toml:4:\d+: .*hash")
        self.assertNotIn("sekret-in-clear", "".join(lines))

    def test_a_root_that_is_not_there_has_its_place(self):
        self.one("[anonymous]\nenabled = true\nroot = '/no/such/directory'\n", "3:[18]", "/no/such/directory")

    def test_an_unknown_permission_has_the_nearest_one(self):
        text = (f"[[user]]\nname = 'alice'\nroot = '{self.root}'\npassword = '{PASSWORD_HASH}'\n"
                "permissions = ['lisst']\n")
        self.one(text, "5:16", "lisst", "list")

    def test_all_are_told_in_one_go(self):
        lines = self.mistakes("[server]\nlistn = []\n[timeouts]\nidle = 'soon'\nlogin = true\n[limits]\nsessions = 0\n")
        self.assertEqual([re.search(r"toml:(\d+):\d+:", line)[1] for line in lines], ["2", "4", "5", "7"])

    def test_a_missing_file_is_told_by_its_name(self):
        done = self.expect(CONFIGURATION, "check", "-c", "no-such.toml")
        self.assertIn("no-such.toml", done.output)

    def test_a_mistake_in_the_second_file_names_that_file(self):
        second = self.file("[timeouts]\nidel = 1\n", "second.toml")
        done = self.expect(CONFIGURATION, "check", "-c", self.config(), "-c", second)
        self.assertIn("second.toml:2:1", done.output)


class CheckSystemd(CommandLineTest):
    def test_prints_the_drop_in_that_the_configuration_needs(self):
        path = self.file(f"[[user]]\nname = 'alice'\npassword = '!'\nroot = '{self.root}'\n"
                              "permissions = 'write'\n")
        told = self.expect(0, "check", "--systemd", "-c", path).stdout
        self.assertRegex(told, r"(?m)^\[Service\]$")
        self.assertIn(os.path.realpath(self.root), told)

    def test_prints_mistakes_instead(self):
        told = self.expect(CONFIGURATION, "check", "--systemd", "-c", self.file("[serverr]\n"))
        self.assertEqual(told.stdout, "")


class Check(CommandLineTest):
    def test_says_who_may_do_what_in_sentences(self):
        done = self.expect(0, "check", "-c", self.config())
        for word in ("nonymous", "alice", self.root):
            self.assertIn(word, done.stdout)
        for line in done.stdout.splitlines():
            self.assertRegex(line, r"^[A-Z].*\.$", "a sentence")

    def test_never_shows_a_hash(self):
        self.assertNotIn(PASSWORD_HASH, self.expect(0, "check", "-c", self.config()).output)

    def test_says_what_a_user_lacks(self):
        both = self.expect(0, "check", "-c", self.config()).stdout
        fewer = self.config(user=[{"name": "alice", "password": PASSWORD_HASH, "root": self.root,
                                   "permissions": "read"}])
        self.assertNotEqual(self.expect(0, "check", "-c", fewer).stdout, both)

    def test_starts_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            listen = [f"127.0.0.1:{taken.getsockname()[1]}"]
            self.expect(0, "check", "-c", self.config(server={"listen": listen}))

    def test_a_later_file_overlays_an_earlier_one(self):
        second = self.file("[anonymous]\nenabled = false\n", "second.toml")
        self.assertNotEqual(self.expect(0, "check", "-c", self.config(), "-c", second).stdout,
                            self.expect(0, "check", "-c", self.config()).stdout)

    def test_takes_times_as_text_and_as_seconds(self):
        self.expect(0, "check", "-c", self.config(timeouts={"idle": "15m", "login": "60s", "stalled": 60}))


class HashPassword(CommandLineTest):
    def test_reads_stdin_and_prints_one_yescrypt_line(self):
        done = self.expect(0, "hash-password", stdin="secret\n")
        self.assertRegex(done.stdout, r"^\$y\$[^\n]+\n$")
        self.assertNotIn("secret", done.output)

    def test_salts_each_time_anew(self):
        self.assertNotEqual(self.expect(0, "hash-password", stdin="x\n").stdout,
                            self.expect(0, "hash-password", stdin="x\n").stdout)

    def test_takes_a_password_without_a_line_end_and_with_blanks(self):
        for text in ("secret", " two words \n", "Grüße\n"):
            with self.subTest(text=text):
                self.assertTrue(self.expect(0, "hash-password", stdin=text).stdout.startswith("$y$"))

    def test_refuses_an_empty_password_and_one_that_crypt_cannot_take(self):
        for text in ("", "\n", "x" * 600 + "\n"):
            with self.subTest(length=len(text)):
                done = self.uvftpd("hash-password", stdin=text)
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(done.stdout, "")


class HashPasswordAndLogin(ServerTest):
    PASSWORD = " blanks and Grüße "

    @staticmethod
    def changes(root):
        done = subprocess.run([BINARY, "hash-password"], input=HashPasswordAndLogin.PASSWORD + "\n", timeout=60,
                              capture_output=True, text=True, check=True)
        return {"user": [{"name": "bob", "password": done.stdout.strip(), "root": root, "permissions": "write"}]}

    def test_the_line_lets_that_password_in_and_no_other(self):
        self.client(name="bob", password=self.PASSWORD).do("PWD", 257)
        control = self.connect()
        control.do("USER bob", 331)
        control.do(f"PASS {self.PASSWORD.strip()}", 530)


class Addresses(CommandLineTest):
    def test_one_that_is_in_use_is_75_and_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            done = self.expect(TRY_AGAIN, "run", "-c", self.config(server={"listen": [address]}), "--ready")
            self.assertIn(address, done.output)
            self.assertNotIn('"ready"', done.stdout)
            done = self.expect(TRY_AGAIN, "serve", "--port", address.split(":")[1], "--listen", "127.0.0.1")
            self.assertIn(address, done.output)

    def test_one_that_is_not_ours_fails_and_is_named(self):
        done = self.uvftpd("run", "-c", self.config(server={"listen": ["192.0.2.1:2121"]}), "--ready")
        self.assertNotIn(done.returncode, (0, USAGE, CONFIGURATION))
        self.assertIn("192.0.2.1", done.output)

    def test_port_21_without_the_privilege_is_77_and_named(self):
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as file:
            if int(file.read()) <= 21:
                self.skipTest("anybody may use port 21 here")
        command = [BINARY]
        if ROOT:
            copy = os.path.join(self.directory, "uvftpd")
            with open(BINARY, "rb") as source, open(copy, "wb") as target:
                target.write(source.read())
            os.chmod(copy, 0o755)
            command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all",
                       "--bounding-set=-all", copy]
        config = self.config(server={"listen": ["127.0.0.1:21"]})
        done = self.expect(NOT_PERMITTED, "run", "-c", config, "--ready", command=command)
        self.assertIn("127.0.0.1:21", done.output)


class ListenAddresses(BlackBoxTest):
    def test_both_families_may_share_one_port_number(self):
        if not HAS_IPV6:
            self.skipTest("no IPv6 here")
        with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as free:
            port = free.getsockname()[1]
        server = self.start({"server": {"listen": [f"0.0.0.0:{port}", f"[::]:{port}"]}})  # as the defaults do
        self.assertEqual([entry["port"] for entry in server.ready["listen"]], [port, port])
        self.client(server, 4, password=PASSWORD)
        self.client(server, 6, password=PASSWORD)


if __name__ == "__main__":
    unittest.main()
