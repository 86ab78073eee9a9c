"""From the ready line to the exit status: signals, idle sessions and running transfers.

SIGTERM and SIGINT: no new connections, idle sessions get 421, running transfers may finish, exit status 0. A second
signal ends it at once.
"""

import json
import os
import signal
import time
import unittest

from harness import HAS_IPV6, BlackBoxTest

MIB = 1 << 20


class Lifecycle(BlackBoxTest):
    def setUp(self):
        self.server = self.start()
        self.server.write("small.txt", b"hello\n")
        with open(self.server.path("big.bin"), "wb") as file:
            file.truncate(64 * MIB)

    def running_download(self):
        client = self.client()
        data = client.data()
        client.do("RETR big.bin", 150)
        data.receive_exactly(1)
        return client, data


class ReadyLine(Lifecycle):
    def test_is_one_line_of_json_with_the_addresses(self):
        self.assertEqual(self.server.ready_line.count("\n"), 1)
        ready = json.loads(self.server.ready_line)
        self.assertEqual(ready["event"], "ready")
        self.assertEqual(ready["pid"], self.server.process.pid)
        self.assertTrue(ready["version"])
        self.assertEqual([entry["address"] for entry in ready["listen"]],
                         ["127.0.0.1"] + (["::1"] if HAS_IPV6 else []))
        self.assertTrue(all(0 < entry["port"] < 65536 for entry in ready["listen"]))

    def test_comes_when_connections_are_accepted_and_not_before(self):
        for _ in range(10):
            server = self.start()
            self.client(server).do("NOOP", 200)  # no retry: the port answers at once
            server.stop()

    def test_is_all_that_stdout_ever_says(self):
        client = self.client()
        client.do("QUIT", 221)
        client.close()
        self.server.signal()
        self.assertEqual(self.server.wait(), 0)
        self.assertEqual(self.server.process.stdout.read(), b"")


class Ending:
    """The same for both signals."""

    def test_without_sessions_is_exit_status_0(self):
        self.server.signal(self.number)
        self.assertEqual(self.server.wait(), 0)

    def test_gives_idle_sessions_421_and_closes_them(self):
        clients = [self.client(), self.connect(), self.client(name="anonymous", password="guest@example.org")]
        self.server.signal(self.number)
        for client in clients:
            client.expect(421)
            client.expect_end()
        self.assertEqual(self.server.wait(), 0)

    def test_refuses_new_connections_at_once(self):
        client, data = self.running_download()
        self.server.signal(self.number)
        self.server.wait_until_refusing()
        data.receive()
        client.expect(226)
        self.assertEqual(self.server.wait(), 0)

    def test_lets_a_running_download_finish(self):
        client, data = self.running_download()
        self.server.signal(self.number)
        self.server.wait_until_refusing()
        self.assertEqual(len(data.receive()), 64 * MIB - 1)
        client.expect(226)
        self.assertIn([reply.code for reply in client.remaining_replies()], ([], [421]))
        self.assertEqual(self.server.wait(), 0)

    def test_lets_a_running_upload_finish(self):
        client = self.client()
        data = client.data()
        client.do("STOR up.bin", 150)
        data.send(b"a" * 100_000)
        self.server.signal(self.number)
        self.server.wait_until_refusing()
        data.send(b"b" * 100_000)
        data.finish()
        client.expect(226)
        self.assertIn([reply.code for reply in client.remaining_replies()], ([], [421]))
        self.assertEqual(self.server.wait(), 0)
        self.assertEqual(self.server.read("up.bin"), b"a" * 100_000 + b"b" * 100_000)

    def test_a_second_time_ends_at_once(self):
        self.running_download()
        begin = time.monotonic()
        self.server.signal(self.number)
        self.server.wait_until_refusing()
        self.server.signal(self.number)
        self.server.wait(20)
        self.assertLess(time.monotonic() - begin, 25, "it did not wait for the transfer")

    def test_with_many_sessions_closes_them_all(self):
        clients = [self.client() for _ in range(100)]
        self.server.signal(self.number)
        for client in clients:
            client.expect(421)
        self.assertEqual(self.server.wait(), 0)

    def test_with_an_open_passive_port_and_nobody_there_does_not_wait(self):
        client = self.client()
        client.pasv()
        self.server.signal(self.number)
        client.expect(421)
        self.assertEqual(self.server.wait(20), 0)

    def test_with_a_password_check_under_way_ends_orderly(self):
        controls = [self.connect() for _ in range(20)]
        for control in controls:
            control.send("USER alice\r\nPASS wrong")
        self.server.signal(self.number)
        self.assertEqual(self.server.wait(), 0)


class Sigterm(Ending, Lifecycle):
    number = signal.SIGTERM


class Sigint(Ending, Lifecycle):
    number = signal.SIGINT


class OtherSignals(Lifecycle):
    def test_sigpipe_is_harmless(self):
        client = self.client()
        for _ in range(3):
            self.server.signal(signal.SIGPIPE)
            client.do("NOOP", 200)
        self.assertEqual(client.retrieve("RETR small.txt"), b"hello\n")

    def test_a_client_that_vanishes_in_mid_transfer_kills_nothing(self):
        for _ in range(10):
            client, _ = self.running_download()
            client.reset()
        self.client().do("NOOP", 200)

    def test_a_stopped_and_continued_daemon_goes_on(self):
        client = self.client()
        os.kill(self.server.pid, signal.SIGSTOP)
        client.send("NOOP")
        os.kill(self.server.pid, signal.SIGCONT)
        client.expect(200)


class Restart(Lifecycle):
    def test_on_the_same_port_works_at_once(self):
        port = self.server.address()[1]
        client, data = self.running_download()
        data.receive()
        client.expect(226)
        self.server.stop()  # the server closes first: its side has the TIME_WAIT
        again = self.start({"server": {"listen": [f"127.0.0.1:{port}"]}})
        self.client(again).do("NOOP", 200)


if __name__ == "__main__":
    unittest.main()
