"""`uvftpd status`, `kick` and `reload`: what the administrator asks a daemon that runs, by its control socket."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import unittest

from harness import BINARY, BlackBoxTest, base_config, give_to_nobody, merged, toml, wait_until
from raw_client import BOUND

SIZE = 32_000_000  # more than buffers hold


class AdministrationTest(BlackBoxTest):
    def start(self, changes=None, **options):
        def with_socket(root):
            self.socket = os.path.join(os.path.dirname(root), "control")
            return merged({"server": {"control_socket": self.socket}}, changes or {})
        return super().start(with_socket, **options)

    def ask(self, *words, at=None):
        command = [BINARY, words[0], "--socket", at or self.socket, *words[1:]]
        return subprocess.run(command, capture_output=True, text=True, timeout=BOUND, check=False)

    def status(self):
        asked = self.ask("status", "--json")
        self.assertEqual(asked.returncode, 0, asked.stderr)
        return json.loads(asked.stdout)

    def sessions(self):
        return {session["session"]: session for session in self.status()["sessions"]}

    def totals(self):
        return self.status()["totals"]

    def change(self, server, changes):
        with open(server.config, "w", encoding="utf-8") as file:
            file.write(toml(merged(merged(base_config(server.root), {"server": {"control_socket": self.socket}}), changes)))


class Status(AdministrationTest):
    def test_tells_of_nobody(self):
        self.start()
        asked = self.ask("status")
        self.assertEqual(asked.returncode, 0, asked.stderr)
        self.assertIn("0 sessions, 0 transfers", asked.stdout)

    def test_tells_who_is_there_and_from_where(self):
        server = self.start()
        client = self.client(server)
        stranger = self.connect(server)
        rows = self.sessions()
        host, port = client.socket.getsockname()
        self.assertEqual(rows[1] | {"seconds": 0}, {"session": 1, "client": f"{host}:{port}", "user": "alice",
                                                    "protection": "clear", "seconds": 0})
        self.assertNotIn("user", rows[2], "before the login nobody is anybody")
        stranger.do("QUIT", 221)
        wait_until(lambda: list(self.sessions()) == [1], lambda: str(self.sessions()))

    def test_shows_a_running_download(self):
        server = self.start()
        server.write("dir/big file", bytes(SIZE))
        client = self.client(server)
        data = client.data()
        client.do("RETR dir/big file", 150)
        data.receive_exactly(1000)
        row = self.sessions()[1]
        self.assertEqual((row["verb"], row["path"], row["size"]), ("RETR", "/dir/big file", SIZE))
        self.assertTrue(1000 <= row["bytes"] < SIZE, row)
        text = self.ask("status").stdout
        self.assertIn("1 session, 1 transfer\n", text)
        self.assertRegex(text, r"RETR /dir/big file  \[[#.]{20}\] \d+% of 30\.5 MiB  ")
        self.assertIn("uvftpd_transfers 1\n", self.ask("status", "--prometheus").stdout)

    def test_shows_a_running_upload(self):
        server = self.start()
        client = self.client(server)
        data = client.data()
        client.do("STOR new", 150)
        data.send(b"x" * 1000)
        wait_until(lambda: self.sessions()[1].get("bytes") == 1000, lambda: str(self.sessions()))
        self.assertEqual((self.sessions()[1]["verb"], self.sessions()[1]["path"]), ("STOR", "/new"))

    def test_counts_what_was_done(self):
        server = self.start()
        server.write("file", b"12345")
        client = self.client(server)
        client.retrieve("RETR file")
        client.store("STOR new", b"1234567")
        client.lines("NLST")
        totals = self.totals()
        self.assertEqual((totals["sessions"], totals["logins"], totals["downloads"], totals["uploads"]), (1, 1, 1, 1))
        self.assertEqual((totals["bytes_downloaded"], totals["bytes_uploaded"]), (5 + len("file\r\nnew\r\n"), 7))
        self.assertIn("uvftpd_bytes_uploaded_total 7", self.ask("status", "--prometheus").stdout.splitlines())

    def test_counts_logins_that_were_refused(self):
        server = self.start()
        client = self.connect(server)
        client.do("USER alice", 331)
        client.do("PASS wrong", 530)
        totals = self.totals()
        self.assertEqual((totals["logins"], totals["logins_refused"]), (0, 1))

    def test_is_of_all_generations(self):
        server = self.start()
        first = self.client(server)
        self.assertEqual(self.ask("reload").returncode, 0)
        second = self.client(server)
        self.assertEqual(list(self.sessions()), [1, 2], "a number names one session")
        self.assertEqual(self.totals()["logins"], 2)
        first.do("QUIT", 221)
        wait_until(lambda: list(self.sessions()) == [2], lambda: str(self.sessions()))
        second.do("NOOP", 200)

    def test_is_told_again_and_again(self):
        self.start()
        watch = subprocess.Popen([BINARY, "status", "--watch", "--socket", self.socket], stdout=subprocess.PIPE, text=True)
        try:
            lines = [watch.stdout.readline() for _ in range(6)]
        finally:
            watch.send_signal(signal.SIGINT)
            watch.communicate(timeout=BOUND)
        self.assertEqual(sum("0 sessions" in line for line in lines), 3, lines)


class Kick(AdministrationTest):
    def test_ends_a_session(self):
        server = self.start()
        client, other = self.client(server), self.client(server)
        kicked = self.ask("kick", "1")
        self.assertEqual((kicked.returncode, kicked.stderr), (0, ""))
        client.expect(421)
        client.expect_end()
        other.do("NOOP", 200)
        self.assertRegex(server.log_text(), r"event=kicked session=1 client=127\.0\.0\.1 user=alice\n")

    def test_ends_one_with_a_running_transfer(self):
        server = self.start()
        server.write("big", bytes(SIZE))
        client = self.client(server)
        data = client.data()
        client.do("RETR big", 150)
        data.receive_exactly(1000)
        self.assertEqual(self.ask("kick", "1").returncode, 0)
        self.assertEqual([reply.code for reply in client.remaining_replies()], [421])
        wait_until(lambda: not self.sessions(), lambda: str(self.sessions()))
        self.assertIn("outcome=aborted", server.log_text())

    def test_ends_one_of_an_earlier_generation(self):
        server = self.start()
        client = self.client(server)
        self.assertEqual(self.ask("reload").returncode, 0)
        self.assertEqual(self.ask("kick", "1").returncode, 0)
        client.expect(421)

    def test_knows_who_is_not_there(self):
        self.start()
        kicked = self.ask("kick", "7")
        self.assertEqual((kicked.returncode, kicked.stderr), (1, "there is no session 7\n"))

    def test_wants_a_number(self):
        self.start()
        self.assertEqual(self.ask("kick", "alice").returncode, 64)


class Reload(AdministrationTest):
    def test_returns_when_it_is_done(self):
        server = self.start()
        self.change(server, {"server": {"banner": "mind the step"}})
        self.assertEqual(self.ask("reload").returncode, 0)
        self.assertIn("mind the step", self.connect(server).greeting.text)

    def test_fails_with_the_reasons(self):
        server = self.start()
        self.change(server, {"limits": {"sessions": "many"}})
        asked = self.ask("reload")
        self.assertEqual(asked.returncode, 1)
        self.assertIn("limits.sessions", asked.stderr)
        self.client(server).do("NOOP", 200)


class Socket(AdministrationTest):
    def test_is_for_the_user_and_the_group(self):
        self.start()
        status = os.stat(self.socket)
        self.assertEqual((stat.S_ISSOCK(status.st_mode), stat.S_IMODE(status.st_mode)), (True, 0o660))

    def test_is_gone_with_the_daemon(self):
        server = self.start()
        server.stop()
        self.assertFalse(os.path.exists(self.socket))
        asked = self.ask("status")
        self.assertEqual(asked.returncode, 1)
        self.assertIn("No such file or directory", asked.stderr)

    def shared_directory(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        give_to_nobody(directory)
        return directory

    def test_of_a_daemon_that_was_killed_is_taken_over(self):
        there = os.path.join(self.shared_directory(), "control")
        BlackBoxTest.start(self, {"server": {"control_socket": there}}).kill()
        asked = self.ask("status", at=there)
        self.assertEqual(asked.returncode, 1)
        self.assertIn("Connection refused", asked.stderr)
        BlackBoxTest.start(self, {"server": {"control_socket": there}})
        self.assertEqual(self.ask("status", at=there).returncode, 0)

    def test_of_a_daemon_that_runs_is_not_taken(self):
        self.start()
        with self.assertRaisesRegex(AssertionError, r"no-control-socket.*Address already in use"):
            BlackBoxTest.start(self, {"server": {"control_socket": self.socket}})
        self.assertEqual(self.ask("status").returncode, 0)

    def test_is_in_the_directory_of_the_service(self):
        directory = self.shared_directory()
        BlackBoxTest.start(self, environment={"RUNTIME_DIRECTORY": directory})
        self.assertEqual(self.ask("status", at=os.path.join(directory, "control")).returncode, 0)

    def test_is_not_disturbed_by_who_asks_nothing(self):
        server = self.start()
        silent = socket.socket(socket.AF_UNIX)
        silent.connect(self.socket)
        rude = socket.socket(socket.AF_UNIX)
        rude.connect(self.socket)
        rude.sendall(b"x" * 100_000)
        self.client(server).do("NOOP", 200)
        self.assertEqual(list(self.sessions()), [1])
        silent.close()
        rude.close()

    def test_refuses_what_it_does_not_know(self):
        self.start()
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(self.socket)
            asking.sendall(b"shutdown\n")
            asking.settimeout(BOUND)
            self.assertEqual(asking.recv(1000), b"refused\nstatus, kick NUMBER or reload\n")


if __name__ == "__main__":
    unittest.main()
