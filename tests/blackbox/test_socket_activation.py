"""Listening sockets that the service manager opened (LISTEN_FDS): they are served as the daemon's own are, whatever is
not as it should be is refused, and none of their clients is lost while the daemon is started anew."""

import os
import socket
import subprocess
import threading
import unittest

from harness import BINARY, PASSWORD, BlackBoxTest, wait_until
from manager import handing_over, listening
from raw_client import BOUND, Control

BAD_CONFIGURATION = 78


class Inheriting(BlackBoxTest):
    def listening(self, *address):
        one = listening(*address)
        self.addCleanup(one.close)
        return one

    def begin(self, sockets, names, changes=None, **more):
        return self.start(changes, **handing_over(sockets, names, **more))


class Served(Inheriting):
    def test_in_the_place_of_the_configured_addresses(self):
        own = self.listening()
        server = self.begin([own], ["ftp"])
        self.assertEqual(server.ready["listen"], [{"address": "127.0.0.1", "port": own.getsockname()[1]}])
        client = self.client(server)
        client.store("STOR file", b"text")
        self.assertEqual(client.retrieve("RETR file"), b"text")

    def test_however_many_there_are_and_by_both_families(self):
        self.need_ipv6()
        sockets = [self.listening(), self.listening("::1"), self.listening()]
        server = self.begin(sockets, ["ftp"] * 3)
        self.assertEqual([one["port"] for one in server.ready["listen"]],
                         [one.getsockname()[1] for one in sockets])
        for one in sockets:
            control = Control(one.getsockname()[:2])
            self.addCleanup(control.close)
            control.login("alice", PASSWORD).do("NOOP", 200)

    def test_with_both_families_by_one_socket(self):
        self.need_ipv6()
        own = self.listening("::")
        server = self.begin([own], ["ftp"])
        for host in ("127.0.0.1", "::1"):
            control = Control((host, own.getsockname()[1]))
            self.addCleanup(control.close)
            control.login("alice", PASSWORD)
        wait_until(lambda: "client=127.0.0.1" in server.log_text() and "client=::1" in server.log_text(),
                   "the log has both clients as they are")

    def test_who_connected_before_the_daemon_was_there(self):
        own = self.listening()
        early = [Control(own.getsockname(), greeting=()) for _ in range(20)]
        self.begin([own], ["ftp"])
        for control in early:
            self.addCleanup(control.close)
            control.expect(220)

    def test_with_the_options_of_our_own(self):
        own = self.listening()
        self.begin([own], ["ftp"])
        # They are the socket's, which is the same one here.
        for level, name in ((socket.IPPROTO_TCP, socket.TCP_NODELAY), (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                            (socket.SOL_SOCKET, socket.SO_OOBINLINE), (socket.SOL_SOCKET, socket.SO_REUSEADDR)):
            self.assertNotEqual(own.getsockopt(level, name), 0)

    def test_with_limits(self):
        server = self.begin([self.listening()], ["ftp"], {"limits": {"sessions": 3}})
        logged_in = [self.client(server) for _ in range(3)]
        turned_away = self.connect(server, greeting=(421,))
        turned_away.expect_end()
        logged_in[0].close()
        wait_until(lambda: server.log_text().count("event=turned-away") == 1, "it is in the log")
        self.connect(server, greeting=(220, 421))

    def test_that_are_for_another_process_are_none(self):
        own = self.listening()
        options = handing_over([own], ["ftp"])
        options["environment"]["OWN_PID"] = ""
        for other in ("1", "", "me"):
            options["environment"]["LISTEN_PID"] = other
            server = self.start(**options)
            self.assertNotEqual(server.address()[1], own.getsockname()[1])

    def test_with_tls_from_the_first_byte_by_their_name(self):
        own, implicit = self.listening(), self.listening()
        server = self.start(serve=["--tls", "--port", "0"], **handing_over([own, implicit], ["ftp", "ftps"]))
        self.assertEqual(server.ready["listen"],
                         [{"address": "127.0.0.1", "port": own.getsockname()[1]},
                          {"address": "127.0.0.1", "port": implicit.getsockname()[1], "tls": "implicit"}])


class Refused(Inheriting):
    """With a message, and with the status that says: starting again mends nothing."""

    def refusal(self, sockets, names, **more):
        options = handing_over(sockets, names, **more)
        with self.subTest(names=names, **more):
            ended = subprocess.run(
                [*options["launcher"], BINARY, "serve", "--port", "0"], env=os.environ | options["environment"],
                preexec_fn=options["before_exec"], close_fds=False, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=BOUND, check=False)
            self.assertEqual((ended.returncode, ended.stdout), (BAD_CONFIGURATION, b""), ended.stderr)
            self.assertIn(b"event=cannot-listen where=LISTEN_FDS", ended.stderr)
            return ended.stderr.decode()
        return ""

    def test_for_their_names(self):
        own = self.listening()
        for name in ("unknown", "uvftpd.socket", "FTP", "", "ftp2"):
            self.assertIn("FileDescriptorName=", self.refusal([own], [name]))
        self.assertIn("socket 2", self.refusal([own, self.listening()], ["ftp", "http"]))

    def test_for_want_of_names(self):
        sockets = [self.listening(), self.listening()]
        for names in (None, ["ftp"], ["ftp"] * 3):
            self.assertIn("LISTEN_FDNAMES", self.refusal(sockets, names))

    def test_for_what_they_are(self):
        unix = socket.socket(socket.AF_UNIX)
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        silent = socket.socket()
        for one in (unix, datagrams, silent):
            self.addCleanup(one.close)
        silent.bind(("127.0.0.1", 0))
        self.assertIn("IPv4 or IPv6", self.refusal([unix], ["ftp"]))
        self.assertIn("not of TCP", self.refusal([datagrams], ["ftp"]))
        self.assertIn("does not listen", self.refusal([silent], ["ftp"]))
        with open("/dev/null", "rb") as file:
            self.assertIn("no open socket", self.refusal([file], ["ftp"]))

    def test_for_not_being_there(self):
        self.assertIn("no open socket", self.refusal([self.listening()], ["ftp", "ftp"], count=2))

    def test_for_a_count_that_is_none(self):
        for count in ("many", "-1", "99999", ""):
            self.refusal([self.listening()], ["ftp"], count=count)

    def test_for_tls_that_is_off(self):
        self.assertIn("tls.mode", self.refusal([self.listening()], ["ftps"]))


class Restarts(Inheriting):
    """The socket outlives the daemon: who comes meanwhile waits, and gets the next one's greeting."""

    RESTARTS = 4

    def knock(self, address, outcomes, stop):
        while not stop.is_set():
            try:
                with socket.create_connection(address, timeout=BOUND) as one:
                    greeting = one.recv(200)
                    one.sendall(b"QUIT\r\n")
                    outcomes.append(greeting[:3].decode() or "end of file")
            except OSError as error:
                outcomes.append(type(error).__name__)

    def test_lose_no_client(self):
        own = self.listening()
        outcomes, stop = [], threading.Event()
        clients = [threading.Thread(target=self.knock, args=(own.getsockname(), outcomes, stop)) for _ in range(8)]
        server = self.begin([own], ["ftp"])
        for one in clients:
            one.start()
        try:
            for _ in range(self.RESTARTS):
                served = len(outcomes)
                wait_until(lambda begun=served: len(outcomes) > begun + 100, "clients are served")
                server.stop()
                server = self.begin([own], ["ftp"])
        finally:
            stop.set()
            for one in clients:
                one.join()
        lost = [outcome for outcome in outcomes if outcome != "220"]
        self.assertEqual(lost, [], f"of {len(outcomes)}")


if __name__ == "__main__":
    unittest.main()
