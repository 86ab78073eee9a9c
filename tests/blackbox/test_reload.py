"""SIGHUP: the configuration is read anew, all of it or nothing. Sessions keep theirs, listeners that stay are not
reopened, logs are."""

import os
import signal
import socket
import tempfile
import threading
import unittest

from harness import ROOT, BlackBoxTest, base_config, give_to_nobody, merged, toml, user, wait_until
from raw_client import BOUND


class ReloadTest(BlackBoxTest):
    def start(self, changes=None, **options):
        server = super().start(changes, **options)
        server.write("file.txt", b"the first root\n")
        return server

    def write_config(self, server, changes, text=""):
        with open(server.config, "w", encoding="utf-8") as file:
            file.write(toml(merged(base_config(server.root), changes)) + text)

    def hang_up(self, server, event="reloaded"):
        before = server.log_text().count(f"event={event}")
        server.signal(signal.SIGHUP)
        wait_until(lambda: server.log_text().count(f"event={event}") > before, lambda: f"{event}: {server.log_tail()}")

    def reload(self, server, changes, event="reloaded"):
        self.write_config(server, changes)
        self.hang_up(server, event)

    def second_root(self, server):
        root = server.path_of("second")
        os.mkdir(root)
        with open(os.path.join(root, "file.txt"), "wb") as file:
            file.write(b"the second root\n")
        give_to_nobody(root)
        return root


class Takes(ReloadTest):
    def test_a_new_root_for_those_who_come_then(self):
        server = self.start()
        old = self.client(server)
        self.reload(server, {"user": [user(self.second_root(server))]})
        self.assertEqual(self.client(server).retrieve("RETR file.txt"), b"the second root\n")
        self.assertEqual(old.retrieve("RETR file.txt"), b"the first root\n")

    def test_a_new_user_and_a_new_banner(self):
        server = self.start()
        more = {"server": {"banner": "mind the step"}, "user": [user(server.root), user(server.root, "bob")]}
        self.reload(server, more)
        client = self.connect(server, greeting=())
        self.assertIn("mind the step", client.expect(220).text)
        client.login("bob", "wonderland")

    def test_a_user_away_from_those_who_come_then(self):
        server = self.start()
        old = self.client(server)
        self.reload(server, {"user": [user(server.root, "bob")]})
        new = self.connect(server)
        new.do("USER alice", 331)
        new.do("PASS wonderland", 530)
        old.do("SIZE file.txt", 213)

    def test_one_listener_more_and_one_less(self):
        server = self.start({"server": {"listen": ["127.0.0.1:0"]}})
        with socket.create_server(("127.0.0.2", 0)) as reserved:
            port = reserved.getsockname()[1]
        self.reload(server, {"server": {"listen": ["127.0.0.1:0", f"127.0.0.2:{port}"]}})
        with socket.create_connection(("127.0.0.2", port), BOUND) as added:
            self.assertTrue(added.recv(3).startswith(b"220"))
        self.client(server).do("NOOP", 200)
        self.reload(server, {"server": {"listen": [f"127.0.0.2:{port}"]}})
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(server.address(), BOUND)
        socket.create_connection(("127.0.0.2", port), BOUND).close()

    def test_a_log_file_that_was_moved_away(self):
        """As logrotate does it."""
        directory = self.directory_for_logs()
        log = os.path.join(directory, "log")
        server = self.start({"log": {"target": f"file:{log}"}})
        self.client(server)
        os.rename(log, log + ".1")
        server.signal(signal.SIGHUP)
        wait_until(lambda: os.path.exists(log) and "event=reloaded" in self.text(log), "a new log file")
        self.client(server)
        wait_until(lambda: "event=login" in self.text(log), lambda: self.text(log))
        self.assertIn("event=login", self.text(log + ".1"))

    def directory_for_logs(self):
        made = tempfile.TemporaryDirectory(prefix="uvftpd-logs-")
        self.addCleanup(made.cleanup)
        os.chmod(made.name, 0o755)
        give_to_nobody(made.name)
        return made.name

    @staticmethod
    def text(path):
        with open(path, encoding="utf-8") as file:
            return file.read()


class Refuses(ReloadTest):
    def expect_as_before(self, server):
        self.assertEqual(self.client(server).retrieve("RETR file.txt"), b"the first root\n")
        self.assertEqual(len(server.generations()), 1)

    def test_what_has_a_mistake_and_tells_where(self):
        server = self.start()
        self.write_config(server, {}, "[server.rubbish]\n")
        self.hang_up(server, "reload-refused")
        self.assertRegex(server.log_text(), r"event=reload-refused .*uvftpd\.toml:\d+:\d+: ")
        self.expect_as_before(server)

    def test_an_address_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            server = self.start()
            listen = ["127.0.0.1:0", f"127.0.0.1:{taken.getsockname()[1]}"]
            self.reload(server, {"server": {"listen": listen}}, "reload-refused")
            self.assertIn("event=cannot-listen", server.log_text())
            self.expect_as_before(server)

    def test_a_root_that_vanished(self):
        server = self.start()
        self.reload(server, {"user": [user("/nowhere/at/all")]}, "reload-refused")
        self.expect_as_before(server)

    @unittest.skipUnless(ROOT, "becomes somebody else")
    def test_to_become_somebody_else(self):
        server = self.start()
        self.reload(server, {"server": {"user": "daemon"}}, "reload-refused")
        self.assertIn("server.user", server.log_text())
        self.expect_as_before(server)

    def test_a_file_that_is_gone(self):
        server = self.start()
        os.unlink(server.config)
        self.hang_up(server, "reload-refused")
        self.expect_as_before(server)


class Generations(ReloadTest):
    def test_end_with_their_last_session(self):
        server = self.start()
        old = self.client(server)
        first = server.pid
        self.hang_up(server)
        self.assertEqual(len(server.generations()), 2)
        old.do("QUIT", 221)
        wait_until(lambda: first not in server.generations(), "the end of the first generation")
        self.client(server).do("NOOP", 200)

    def test_end_at_once_without_sessions(self):
        server = self.start()
        for _ in range(5):
            self.hang_up(server)
        wait_until(lambda: len(server.generations()) == 1, "one generation")
        self.client(server).do("NOOP", 200)

    def test_let_a_running_transfer_end(self):
        server = self.start()
        server.write("big.bin", bytes(64 << 20))
        client = self.client(server)
        data = client.data()
        client.do("RETR big.bin", 150)
        data.receive_exactly(1)
        self.hang_up(server)
        self.assertEqual(len(data.receive()), (64 << 20) - 1)
        client.expect(226)
        client.do("NOOP", 200)

    def test_are_all_told_to_close(self):
        server = self.start()
        clients = [self.client(server)]
        for _ in range(2):
            self.hang_up(server)
            clients.append(self.client(server))
        server.signal()
        for client in clients:
            client.expect(421)
        self.assertEqual(server.wait(), 0)

    def test_lose_nobody_who_connects_meanwhile(self):
        server = self.start({"limits": {"sessions": 100_000}})
        lost, served, is_over = [], [], threading.Event()

        def connect():
            while not is_over.is_set():
                try:
                    with socket.create_connection(server.address(), BOUND) as connection:
                        (served if connection.recv(3) == b"220" else lost).append(1)
                except OSError as error:
                    lost.append(error)

        threads = [threading.Thread(target=connect) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(5):
            self.hang_up(server)
        is_over.set()
        for thread in threads:
            thread.join()
        self.assertEqual(lost, [])
        self.assertGreater(len(served), 50)

    def test_that_are_killed_end_the_daemon(self):
        """Whoever watches over it starts it again."""
        server = self.start()
        os.kill(server.pid, signal.SIGKILL)
        self.assertEqual(server.wait(), 1)
        self.assertIn("event=generation-ended signal=9", server.log_text())
        server.kill()

    def test_end_with_what_stays(self):
        server = self.start()
        client = self.client(server)
        server.process.kill()
        client.expect_end()
        server.kill()


if __name__ == "__main__":
    unittest.main()
