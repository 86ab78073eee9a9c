"""Clients that break TLS: what is no handshake, one that never ends, and what is said in the wrong place.

Each is refused, and none is in the way of others.
"""

import contextlib
import os
import re
import socket
import ssl
import subprocess
import threading
import time
import unittest

from harness import PASSWORD, wait_until
from raw_client import BOUND, is_closed_by_peer, receive_all
from real_client import MIB, POOL
from tls_client import VERSIONS, TlsTest, client_context

GARBAGE = b"\x16\x03\x01\x02\x00" + bytes(range(256)) * 2
MANY = 100


def client_hello():
    """What a client says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = client_context().wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    with contextlib.suppress(ssl.SSLWantReadError):
        connection.do_handshake()
    return outgoing.read()


class HostileTest(TlsTest):
    @staticmethod
    def fill(server):
        server.write("small.txt", b"small\n")
        server.write("large.bin", POOL * 8)

    def expect_service(self, server=None):
        """The server serves others."""
        client = self.protected(server)
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")

    def expect_log(self, pattern):
        wait_until(lambda: re.search(pattern, self.server.log_text()), lambda: f"{pattern} in {self.server.log_tail()}")


class Handshakes(HostileTest):
    def test_what_came_in_the_clear_behind_auth_is_thrown_away(self):
        """CVE-2011-0411: a man in the middle speaks first, and the client seems to have said it under TLS."""
        for injected in (b"USER mallory\r\n", b"NOOP\r\n" * 100, b"US"):
            with self.subTest(injected=injected[:20]):
                client = self.connect_tls()
                client.send_bytes(b"AUTH TLS\r\n" + injected)
                client.expect(234)
                client.shake_hands()
                client.do(f"PASS {PASSWORD}", 503)
                client.login("alice", PASSWORD)

    def test_what_is_no_handshake_is_told_so_in_the_clear(self):
        for said in (b"USER alice\r\n", b"\x00" * 100, b"GET / HTTP/1.1\r\n\r\n"):
            with self.subTest(said=said):
                client = self.connect_tls()
                client.do("AUTH TLS", 234)
                client.send_bytes(said)
                client.expect(421)
                client.expect_end()
        self.expect_service()

    def test_a_handshake_that_is_none_ends_the_session(self):
        for said in (GARBAGE, client_hello()[:60] + bytes(1000), b"\x16" * 20_000):
            client = self.connect_tls()
            client.do("AUTH TLS", 234)
            with contextlib.suppress(ConnectionError):
                client.send_bytes(said)
                self.assertNotIn(b"421", receive_all(client.socket))  # an alert, maybe
        self.expect_log("event=tls-failed .*reason=")
        self.expect_service()

    def test_a_handshake_in_single_bytes(self):
        client = self.connect_tls()
        client.do("AUTH TLS", 234)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = client.context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                for byte in outgoing.read():
                    client.send_bytes(bytes([byte]))
                incoming.write(client.socket.recv(7))
        tls.write(b"NOOP\r\n")
        client.send_bytes(outgoing.read())
        answer = b""
        while b"\r\n" not in answer:
            with contextlib.suppress(ssl.SSLWantReadError):
                answer += tls.read(100)
                continue
            incoming.write(client.socket.recv(100))
        self.assertTrue(answer.startswith(b"200 "))

    def test_garbage_in_the_middle_of_a_session_ends_it(self):
        client = self.protected()
        raw = socket.socket(fileno=os.dup(client.socket.fileno()))
        self.addCleanup(raw.close)
        raw.settimeout(BOUND)
        raw.sendall(b"\x17\x03\x03\x00\x40" + bytes(64))
        with contextlib.suppress(ConnectionError):
            receive_all(raw)
        self.expect_service()

    def test_a_session_that_ends_without_close_notify(self):
        for _ in range(3):
            client = self.protected()
            client.socket.shutdown(socket.SHUT_RDWR)
            self.protected().reset()
        self.expect_service()

    def test_an_old_version_is_refused(self):
        context = client_context()
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        client = self.connect_tls(context=context)
        with self.assertRaisesRegex(OSError, "(?i)version"):
            client.secure()
        self.expect_log("event=tls-failed .*reason=.*version")

    def test_the_protocol_is_ftp_or_unsaid(self):
        """ALPN, against those who send a browser here (CVE-2021-3618)."""
        self.assertEqual(self.secured(alpn=["ftp"]).socket.selected_alpn_protocol(), "ftp")
        self.assertEqual(self.secured(alpn=["h2", "ftp"]).socket.selected_alpn_protocol(), "ftp")
        self.assertIsNone(self.secured().socket.selected_alpn_protocol())
        client = self.connect_tls(context=client_context(alpn=["http/1.1"]))
        with self.assertRaisesRegex(OSError, "(?i)protocol"):
            client.secure()

    def test_verbs_of_http_end_the_session(self):
        for verb in ("GET / HTTP/1.1", "POST / HTTP/1.1"):
            client = self.secured()
            client.do(verb, 421)
            client.expect_end()

    def ask_to_renegotiate(self, port, *options):
        """openssl asks for it, and must be told that there is none."""
        process = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2", *options],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            process.stdin.write(b"R\n")
            process.stdin.flush()
            said = b""
            while piece := process.stdout.read1():
                said += piece
            self.assertIn(b"no renegotiation", said)
        finally:
            process.kill()
            process.communicate()

    def test_renegotiation_is_refused(self):
        self.ask_to_renegotiate(self.server.address()[1], "-starttls", "ftp")
        self.expect_service()

    def test_renegotiation_is_refused_on_data_connections(self):
        client = self.protected()
        _, port = client.epsv()
        client.do("STOR renegotiated.bin", 150)
        self.ask_to_renegotiate(port)
        client.expect(226, 426)
        self.expect_service()

    def test_no_password_is_in_the_log(self):
        client = self.secured()
        client.do("USER alice", 331)
        client.do("PASS open sesame", 530)
        self.protected()
        self.expect_log("event=login ")
        for secret in ("open sesame", PASSWORD):
            self.assertNotIn(secret, self.server.log_text())


class Stalling(HostileTest):
    changes = {"timeouts": {"login": 2}}

    def test_half_a_hello_is_ended_by_the_login_timeout(self):
        for said in (b"", client_hello()[:50]):
            client = self.connect_tls()
            client.do("AUTH TLS", 234)
            client.send_bytes(said)
            with contextlib.suppress(ConnectionError):
                receive_all(client.socket)
        self.expect_service()

    def test_a_session_under_tls_without_a_login_too(self):
        client = self.secured()
        client.expect(421)
        client.expect_end()


class Crowd(HostileTest):
    def begin_handshakes(self, server):
        """Half a hello each, and then nothing; the clients."""
        clients = [self.connect_tls(server) for _ in range(MANY)]
        hello = client_hello()
        for number, client in enumerate(clients):
            client.do("AUTH TLS", 234)
            client.send_bytes(hello[:number])
        return clients

    def test_handshakes_that_stall_delay_nobody(self):
        self.begin_handshakes(self.server)
        for version in VERSIONS:
            client = self.protected(version=version)
            for _ in range(5):
                self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")

    def test_clients_that_leave_within_a_handshake_are_forgotten(self):
        """Their sessions are gone long before the login has timed out."""
        server = self.start_tls(implicit_listen=["127.0.0.1:0"])
        before = server.descriptors()
        clients = self.begin_handshakes(server)
        clients += [self.connect_passive(server.address(tls="implicit")[1]) for _ in range(MANY)]
        for client in clients:
            client.close()
        server.expect_descriptors(before)

    def test_handshakes_that_stall_do_not_delay_the_end(self):
        """It comes before timeouts.login, and before the daemon's patience with transfers ends."""
        server = self.start_tls()
        self.begin_handshakes(server)
        server.signal()
        self.assertEqual(server.wait(20), 0)


class Data(HostileTest):
    def begun(self, client, command):
        data = client.data()
        client.do(command, 150)
        return data

    def expect_522(self, client, data):
        client.expect(522)
        data.close()
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")

    def test_garbage_is_522(self):
        for command in ("RETR large.bin", "STOR garbage.bin", "LIST"):
            for said in (GARBAGE, b"in the clear\r\n" * 10):
                with self.subTest(command=command, said=said[:5]):
                    client = self.protected()
                    data = self.begun(client, command)
                    data.clear.sendall(said)
                    self.expect_522(client, data)
        self.assertNotIn("garbage.bin", self.server.names())

    def test_a_connection_that_ends_at_once_is_522(self):
        for command in ("RETR large.bin", "STOR garbage.bin"):
            for how in ("close", "reset"):
                with self.subTest(command=command, how=how):
                    client = self.protected()
                    data = self.begun(client, command)
                    getattr(data, how)()
                    self.expect_522(client, data)

    def test_garbage_within_an_upload_keeps_the_old_file(self):
        self.server.write("old.bin", b"old")
        client = self.protected()
        data = self.begun(client, "STOR old.bin")
        data.send(POOL[:MIB])
        raw = socket.socket(fileno=os.dup(data.socket.fileno()))
        raw.sendall(b"\x17\x03\x03\x00\x40" + bytes(64))
        raw.close()
        client.expect(426)
        data.close()
        self.assertEqual(self.server.read("old.bin"), b"old")
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")

    def test_data_in_the_clear_where_tls_was_agreed_upon_is_not_taken(self):
        client = self.protected()
        data = self.begun(client, "STOR clear.txt")
        data.clear.sendall(b"clear")
        data.clear.shutdown(socket.SHUT_WR)
        self.expect_522(client, data)
        self.assertNotIn("clear.txt", self.server.names())


class SilentData(HostileTest):
    changes = {"timeouts": {"stalled": 1, "data_open": 2}}

    def test_a_silent_connection_is_ended(self):
        for command in ("RETR large.bin", "STOR silent.bin"):
            with self.subTest(command=command):
                client = self.protected()
                data = client.data()
                client.do(command, 150)
                client.expect(522, 426, 425)
                data.close()
                self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")

    def test_a_slow_reader_is_not_stalled_and_stops_nobody(self):
        """It reads now and then for longer than timeouts.stalled."""
        client = self.protected()
        data = client.data()
        client.do("RETR large.bin", 150)
        got = data.receive_exactly(1)
        others = threading.Thread(target=self.expect_service)
        others.start()
        end = time.monotonic() + 3
        while time.monotonic() < end:
            got += data.receive_exactly(1 << 18)
            time.sleep(0.1)  # its slowness
        others.join(BOUND)
        self.assertFalse(others.is_alive())
        self.assertEqual(got + data.receive(), POOL * 8)
        client.expect(226)

    def test_a_reader_that_stops_is_stalled(self):
        client = self.protected()
        data = client.data()
        client.do("RETR large.bin", 150)
        data.receive_exactly(1)
        client.expect(426)
        self.expect_service()


class UncleanEnds(HostileTest):
    """An upload that ends without close_notify may be cut short by anybody."""

    def upload_and_cut(self, server, name, version):
        client = self.protected(server, version=version)
        data = client.data()
        client.do(f"STOR {name}", 150)
        data.send(POOL[:MIB])
        data.cut()
        return client

    def test_accepted_it_is_kept_and_logged(self):
        for version in VERSIONS:
            client = self.upload_and_cut(self.server, f"cut-{version}", version)
            client.expect(226)
            self.assertEqual(self.server.read(f"cut-{version}"), POOL[:MIB])
            self.expect_log(f"event=no-close-notify .*path=/cut-{version}")

    def test_an_orderly_end_is_not_logged(self):
        self.protected().store("STOR orderly", POOL)
        self.expect_log("event=transfer .*path=/orderly .*outcome=complete")
        self.assertNotRegex(self.server.log_text(), "event=no-close-notify .*path=/orderly")

    def test_refused_it_is_426_and_the_old_file_stays(self):
        server = self.start_tls(unclean_end="refuse")
        for version in VERSIONS:
            server.write("old", b"old")
            client = self.upload_and_cut(server, "old", version)
            client.expect(426)
            self.assertEqual(server.read("old"), b"old")
            client.store("STOR old", b"new")
            self.assertEqual(server.read("old"), b"new")
        self.assertRegex(server.log_text(), "event=transfer .*path=/old outcome=cut .*bytes=1048576 ")

    def test_a_reset_is_426_either_way(self):
        client = self.protected()
        data = client.data()
        client.do("STOR reset", 150)
        data.send(POOL[:MIB])
        data.reset()
        client.expect(426)
        self.expect_service()


if __name__ == "__main__":
    unittest.main()
