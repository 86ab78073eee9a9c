"""The port that active data connections come from: 20, as RFC 959 wants it, or what the configuration says.

Port 20 needs a privilege. Where the daemon has it, 20 it is, for any number of connections at once; where
it has not, `active.without_source_port` decides.
"""

import os
import socket
import unittest

from harness import ROOT, ServerTest, wait_until
from raw_client import BOUND, eprt_command, port_command, receive_all

CONTENT = bytes(range(256)) * 4000


def port_20_is_free():
    for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
        try:
            socket.create_server((host, 20), family=family).close()
        except OSError:
            return False
    return True


def port_20_is_privileged():
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as file:
        return int(file.read()) > 20


class SourcePortTest(ServerTest):
    @staticmethod
    def fill(server):
        server.write("file.bin", CONTENT)

    def server_port(self, mode="PORT", family=4):
        """The port that the server connects from in a transfer that works."""
        client = self.client(family=family)
        data = client.data(mode)
        client.do("RETR file.bin", 150)
        self.assertEqual(data.receive(), CONTENT)
        client.expect(226)
        return data.server_address[1]


@unittest.skipUnless(ROOT and port_20_is_free(), "port 20 cannot be had here")
class Port20(SourcePortTest):
    changes = {"active": {"source_port": 20}}

    def test_is_where_port_and_eprt_come_from(self):
        self.assertEqual(self.server_port("PORT"), 20)
        self.assertEqual(self.server_port("EPRT"), 20)

    def test_is_where_eprt_comes_from_on_ipv6(self):
        self.need_ipv6()
        self.assertEqual(self.server_port("EPRT", family=6), 20)

    def test_serves_many_connections_at_once(self):
        clients = [self.client() for _ in range(5)]
        transfers = []
        for client in clients:
            data = client.data("PORT")
            client.do("RETR file.bin", 150)
            transfers.append((client, data, data.socket))
        for client, data, _ in transfers:
            self.assertEqual(data.server_address[1], 20)
            self.assertEqual(data.receive(), CONTENT)
            client.expect(226)

    def test_reaches_the_same_client_port_again_and_again(self):
        client = self.client()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(BOUND)
            for _ in range(5):
                client.do(port_command("127.0.0.1", listener.getsockname()[1]), 200)
                client.do("RETR file.bin", 150)
                connection, address = listener.accept()
                with connection:
                    self.assertEqual(receive_all(connection), CONTENT)
                client.expect(226)
            self.assertEqual(address[0], "127.0.0.1")

    def test_is_left_for_another_or_refused_when_the_same_pair_of_addresses_is_in_use(self):
        one, two = self.client(), self.client()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(BOUND)
            port = listener.getsockname()[1]
            one.do(port_command("127.0.0.1", port), 200)
            self.server.write("big.bin", bytes(16 << 20))
            one.do("RETR big.bin", 150)
            first = listener.accept()[0]
            two.do(eprt_command("127.0.0.1", port), 200)
            two.do("RETR file.bin", 150)
            second, address = listener.accept()
            with first, second:
                self.assertNotEqual(address[1], 20)
                self.assertEqual(receive_all(second), CONTENT)
                two.expect(226)
                self.assertEqual(len(receive_all(first)), 16 << 20)
            one.expect(226)


@unittest.skipUnless(port_20_is_privileged(), "anybody may use port 20 here")
class WithoutThePrivilege(SourcePortTest):
    changes = {"active": {"source_port": 20, "without_source_port": "fallback"}}
    server_options = {"as_nobody": True}

    def test_fallback_is_any_other_port(self):
        self.assertNotEqual(self.server_port("PORT"), 20)
        self.assertNotEqual(self.server_port("EPRT"), 20)

    def test_fallback_is_said_in_the_log(self):
        self.server_port("PORT")
        wait_until(lambda: "20" in self.server.log_text(), "a line about port 20 in the log")

    def test_refuse_is_425_and_passive_still_works(self):
        server = self.start({"active": {"source_port": 20, "without_source_port": "refuse"}}, as_nobody=True)
        server.write("file.bin", CONTENT)
        os.chmod(server.path("file.bin"), 0o644)
        client = self.client(server)
        for mode in ("PORT", "EPRT"):
            with self.subTest(mode=mode):
                client.data(mode)
                client.send("RETR file.bin")
                if client.expect(150, 425).code == 150:
                    client.expect(425)
        self.assertEqual(client.retrieve("RETR file.bin", "PASV"), CONTENT)


class AnyPort(SourcePortTest):
    def test_source_port_0_is_any_port_of_the_kernels_choice(self):
        ports = {self.server_port("PORT") for _ in range(3)} | {self.server_port("EPRT") for _ in range(3)}
        self.assertGreater(len(ports), 1)
        self.assertTrue(all(port >= 1024 for port in ports))


if __name__ == "__main__":
    unittest.main()
