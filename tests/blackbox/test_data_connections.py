"""Data connections: PASV, EPSV, PORT and EPRT, on IPv4, IPv6 and IPv4 over a dual-stack listener.

Who may connect, where the server connects to, what it answers, and what is left when nobody comes.
The port that it connects from has test_source_port, who else may connect test_strangers, the time that it waits
test_timeouts.
"""

import re
import socket
import unittest

from harness import ServerTest, wait_until
from raw_client import BOUND, IPV4_MODES, IPV6_MODES, Control, eprt_command, port_command, receive_all

REFUSED = (500, 501, 504)
CONTENT = bytes(range(256)) * 1000


class DataTest(ServerTest):
    @staticmethod
    def fill(server):
        server.write("file.bin", CONTENT)

    def setUp(self):
        self.ftp = self.client()

    def listener(self, host="127.0.0.1"):
        listener = socket.create_server((host, 0))
        listener.settimeout(BOUND)
        self.addCleanup(listener.close)
        return listener, listener.getsockname()[1]

    def expect_no_data_connection(self, client):
        """A transfer now is 425, before or after a 150; the session lives."""
        client.send("RETR file.bin")
        if client.expect(150, 425).code == 150:
            client.expect(425)
        client.do("NOOP", 200)


class EveryMode(DataTest):
    def check(self, client, modes):
        for mode in modes:
            with self.subTest(mode=mode):
                self.assertEqual(client.retrieve("RETR file.bin", mode), CONTENT)
                client.store("STOR up.bin", CONTENT[::-1], mode)
                self.assertEqual(self.server.read("up.bin"), CONTENT[::-1])
                self.assertIn("file.bin", client.lines("NLST", mode))

    def test_carries_files_and_listings_on_ipv4(self):
        self.check(self.ftp, IPV4_MODES)

    def test_carries_files_and_listings_on_ipv6(self):
        self.need_ipv6()
        self.check(self.client(family=6), IPV6_MODES)

    def test_may_follow_any_other_in_one_session(self):
        for first in IPV4_MODES:
            for second in IPV4_MODES:
                with self.subTest(first=first, second=second):
                    self.ftp.data(first)
                    self.assertEqual(self.ftp.retrieve("RETR file.bin", second), CONTENT)

    def test_without_any_a_transfer_is_425(self):
        self.expect_no_data_connection(self.ftp)

    def test_is_good_for_one_transfer_only(self):
        for mode in IPV4_MODES:
            with self.subTest(mode=mode):
                self.ftp.retrieve("RETR file.bin", mode)
                self.expect_no_data_connection(self.ftp)

    def test_can_be_asked_for_anew_after_a_command_that_was_refused(self):
        self.ftp.data("PASV")
        self.ftp.do("RETR missing", 550, 450)
        self.assertEqual(self.ftp.retrieve("RETR file.bin", "PASV"), CONTENT)


class Passive(DataTest):
    def test_227_has_the_address_that_the_client_reached(self):
        self.assertEqual(self.ftp.pasv()[0], "127.0.0.1")
        other = Control(("127.0.0.1", self.server.address()[1]), source="127.0.0.3")
        self.addCleanup(other.close)
        self.assertEqual(other.login("alice", "wonderland").pasv()[0], "127.0.0.1")

    def test_229_has_three_empty_fields_and_the_port(self):
        reply = self.ftp.do("EPSV", 229)
        self.assertRegex(reply.text, r"^[^()]*\(\|\|\|\d+\|\)[^()]*$")

    def test_the_client_may_connect_before_the_command(self):
        data = self.connect_passive(self.ftp.pasv()[1])
        self.ftp.do("RETR file.bin", 150)
        self.assertEqual(receive_all(data), CONTENT)
        self.ftp.expect(226)

    def test_the_client_may_connect_after_the_command(self):
        _, port = self.ftp.pasv()
        self.ftp.send("RETR file.bin")
        data = self.connect_passive(port)
        self.ftp.expect(150)
        self.assertEqual(receive_all(data), CONTENT)
        self.ftp.expect(226)

    def test_a_connection_that_was_reset_before_the_command_is_the_clients_all_the_same(self):
        for command in ("STOR reset.bin", "RETR file.bin"):
            data = self.ftp.data()
            if command.startswith("STOR"):
                data.send(b"begun")
            data.reset()
            self.ftp.do(command, 150)
            self.ftp.expect(426)  # at once: nobody is waited for

    def test_a_port_is_new_each_time_and_not_to_be_guessed(self):
        ports = [self.ftp.pasv()[1] for _ in range(12)] + [self.ftp.epsv()[1] for _ in range(12)]
        self.assertGreater(len(set(ports)), 20, ports)
        steps = {later - earlier for earlier, later in zip(ports, ports[1:])}
        self.assertGreater(len(steps), 10, f"the ports follow a rule: {ports}")
        self.assertTrue(all(49152 <= port <= 65535 for port in ports), ports)

    def test_ports_are_within_the_configured_range(self):
        server = self.start({"passive": {"ports": "28100-28199"}})
        client = self.client(server)
        ports = {client.pasv()[1] for _ in range(20)} | {client.epsv()[1] for _ in range(20)}
        self.assertTrue(all(28100 <= port <= 28199 for port in ports), ports)
        self.assertGreater(len(ports), 10)

    def test_a_range_that_is_all_in_use_is_a_425_and_the_session_lives(self):
        taken = None
        for port in range(28200, 28300):  # one that nobody else uses
            try:
                taken = socket.create_server(("127.0.0.1", port), reuse_port=False)
                break
            except OSError:
                continue
        self.addCleanup(taken.close)
        server = self.start({"passive": {"ports": f"{port}-{port}"}})
        client = self.client(server)
        client.do("PASV", 425, 421, 450, 451)
        client.do("EPSV", 425, 421, 450, 451)
        client.do("NOOP", 200)
        taken.close()
        self.assertEqual(client.pasv()[1], port)

    def test_a_second_pasv_replaces_the_first_listener(self):
        _, first = self.ftp.pasv()
        _, second = self.ftp.pasv()
        self.assertNotEqual(first, second)
        self.expect_refusal(first)
        data = self.connect_passive(second)
        self.ftp.do("RETR file.bin", 150)
        self.assertEqual(receive_all(data), CONTENT)
        self.ftp.expect(226)

    def test_port_after_pasv_closes_the_listener(self):
        _, port = self.ftp.pasv()
        self.assertEqual(self.ftp.retrieve("RETR file.bin", "PORT"), CONTENT)
        self.expect_refusal(port)

    def test_the_listener_ends_with_the_session(self):
        _, port = self.ftp.pasv()
        self.ftp.do("QUIT", 221)
        self.expect_refusal(port)

    def expect_refusal(self, port):
        def refused():
            try:
                socket.create_connection(("127.0.0.1", port), timeout=BOUND).close()
                return False
            except ConnectionError:
                return True
        wait_until(refused, f"port {port} is closed")

    def test_epsv_of_the_same_family_is_taken_and_of_the_other_522(self):
        self.ftp.epsv("1")
        self.assertRegex(self.ftp.do("EPSV 2", 522).text, r"\(1(,2)?\)$")
        self.ftp.do("EPSV 3", 522, 501)

    def test_epsv_on_ipv6(self):
        self.need_ipv6()
        client = self.client(family=6)
        client.epsv("2")
        client.do("EPSV 1", 522)

    def test_epsv_all_bars_every_other_way(self):
        self.ftp.do("EPSV ALL", 200)
        for command in ("PASV", "PORT 127,0,0,1,200,200", "EPRT |1|127.0.0.1|50000|"):
            with self.subTest(command=command):
                self.ftp.do(command, *REFUSED, 502, 503, 520, 522)
        self.assertEqual(self.ftp.retrieve("RETR file.bin", "EPSV"), CONTENT)

    def test_pasv_on_ipv6_is_refused_rather_than_answered_with_zeros(self):
        self.need_ipv6()
        client = self.client(family=6)
        client.do("PASV", 425, 500, 501, 502, 522)
        client.do("NOOP", 200)


class Active(DataTest):
    def test_a_closed_port_is_425_and_the_session_lives(self):
        listener, port = self.listener()
        listener.close()
        for command in (port_command("127.0.0.1", port), eprt_command("127.0.0.1", port)):
            with self.subTest(command=command):
                self.ftp.do(command, 200)
                self.expect_no_data_connection(self.ftp)

    def test_a_foreign_address_is_refused_and_never_connected_to(self):
        listener, port = self.listener("127.0.0.2")
        for host in ("127.0.0.2", "192.0.2.1", "0.0.0.0", "255.255.255.255"):
            with self.subTest(host=host):
                self.ftp.do(port_command(host, port), *REFUSED)
                self.ftp.do(eprt_command(host, port), *REFUSED)
        self.expect_no_data_connection(self.ftp)
        listener.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            listener.accept()

    def test_a_port_below_1024_is_refused(self):
        for port in (0, 1, 20, 21, 22, 80, 1023):
            with self.subTest(port=port):
                self.ftp.do(port_command("127.0.0.1", port), *REFUSED)
                self.ftp.do(eprt_command("127.0.0.1", port), *REFUSED)
        self.ftp.do(port_command("127.0.0.1", 1024), 200)

    def test_malformed_port_arguments_are_refused(self):
        for argument in ("1,2,3", "127,0,0,1,200", "127,0,0,1,200,200,1", "300,0,0,1,200,200", "127,0,0,1,256,1",
                         "127,0,0,1,200,256", "127,0,0,1,-1,1", "a,b,c,d,e,f", "127.0.0.1.200.200", ",,,,,",
                         "127,0,0,1,200,99999999999999999999", "127,0,0,1,200,2x"):
            with self.subTest(argument=argument):
                self.ftp.do(f"PORT {argument}", 500, 501)

    def test_malformed_eprt_arguments_are_refused(self):
        for argument in ("|", "||||", "|1|127.0.0.1|", "|1|127.0.0.1|5000", "|1|127.0.0.1|x|", "|1|localhost|5000|",
                         "|1|127.0.0.1|65536|", "|1|127.0.0.1|-5000|", "|1|::1|5000|", "1|127.0.0.1|5000|",
                         "|1|127.0.0.1|5000|6|", "|x|127.0.0.1|5000|", "|1!127.0.0.1!5000!"):
            with self.subTest(argument=argument):
                self.ftp.do(f"EPRT {argument}", 500, 501, 522)

    def test_eprt_takes_any_delimiter(self):
        for delimiter in "!#|~/":
            with self.subTest(delimiter=delimiter):
                listener, port = self.listener()
                self.ftp.do("EPRT " + delimiter.join(["", "1", "127.0.0.1", str(port), ""]), 200)
                self.ftp.do("RETR file.bin", 150)
                with listener.accept()[0] as data:
                    self.assertEqual(receive_all(data), CONTENT)
                self.ftp.expect(226)

    def test_eprt_of_the_other_family_is_522_with_the_families_that_will_do(self):
        self.assertRegex(self.ftp.do("EPRT |2|::1|50000|", 522).text, r"\(1(,2)?\)$")
        self.assertRegex(self.ftp.do("EPRT |3|127.0.0.1|50000|", 522).text, r"\(1(,2)?\)$")
        self.need_ipv6()
        client = self.client(family=6)
        self.assertRegex(client.do("EPRT |1|127.0.0.1|50000|", 522).text, r"\((1,)?2\)$")
        client.do("PORT 127,0,0,1,200,200", *REFUSED, 522, 425)

    def test_eprt_takes_an_ipv6_address_in_every_spelling(self):
        self.need_ipv6()
        client = self.client(family=6)
        for host in ("::1", "0:0:0:0:0:0:0:1", "0000:0000::0001"):
            with self.subTest(host=host), socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
                listener.settimeout(BOUND)
                client.do(f"EPRT |2|{host}|{listener.getsockname()[1]}|", 200)
                client.do("RETR file.bin", 150)
                with listener.accept()[0] as data:
                    self.assertEqual(receive_all(data), CONTENT)
                client.expect(226)

    def test_the_server_connects_from_the_address_that_the_client_reached(self):
        data = self.ftp.data("PORT")
        self.ftp.do("RETR file.bin", 150)
        data.receive()
        self.assertEqual(data.server_address[0], "127.0.0.1")


class DualStack(DataTest):
    changes = {"server": {"listen": ["[::]:0"]}}

    def setUp(self):
        self.need_ipv6()
        self.port = self.server.ready["listen"][0]["port"]
        self.ftp = Control(("127.0.0.1", self.port)).login("alice", "wonderland")
        self.addCleanup(self.ftp.close)

    def test_an_ipv4_client_gets_an_ipv4_address_in_227(self):
        self.assertEqual(self.ftp.pasv()[0], "127.0.0.1")

    def test_an_ipv4_client_is_served_in_every_mode(self):
        for mode in IPV4_MODES:
            with self.subTest(mode=mode):
                self.assertEqual(self.ftp.retrieve("RETR file.bin", mode), CONTENT)
                self.ftp.store("STOR up.bin", CONTENT, mode)

    def test_an_ipv6_client_is_served_in_every_mode(self):
        client = Control(("::1", self.port)).login("alice", "wonderland")
        self.addCleanup(client.close)
        for mode in IPV6_MODES:
            with self.subTest(mode=mode):
                self.assertEqual(client.retrieve("RETR file.bin", mode), CONTENT)

    def test_an_ipv4_client_is_of_protocol_1_not_2(self):
        self.ftp.epsv("1")
        self.ftp.do("EPSV 2", 522)
        self.ftp.do("EPRT |2|::1|50000|", 522)
        self.ftp.do("EPRT |2|::ffff:127.0.0.1|50000|", 522, 501)

    def test_a_foreign_ipv4_address_is_refused(self):
        self.ftp.do("PORT 127,0,0,2,200,200", *REFUSED)
        self.ftp.do("EPRT |1|127.0.0.2|50000|", *REFUSED)


class Configured(DataTest):
    changes = {"passive": {"address": "192.0.2.10", "rule": [
        {"clients": ["127.0.0.2/32"], "address": "192.0.2.20"},
        {"clients": ["127.0.0.3", "127.0.1.0/24"], "address": ""},
    ]}}

    def told(self, source):
        client = self.client(source=source)
        return re.search(r"\(([\d,]+),\d+,\d+\)", client.do("PASV", 227).text)[1].replace(",", ".")

    def test_227_tells_the_configured_address(self):
        self.assertEqual(self.told("127.0.0.1"), "192.0.2.10")

    def test_227_tells_the_address_of_the_first_rule_that_matches_the_client(self):
        self.assertEqual(self.told("127.0.0.2"), "192.0.2.20")

    def test_a_rule_with_an_empty_address_tells_the_one_that_the_client_reached(self):
        self.assertEqual(self.told("127.0.0.3"), "127.0.0.1")
        self.assertEqual(self.told("127.0.1.77"), "127.0.0.1")

    def test_epsv_works_whatever_227_tells(self):
        self.assertEqual(self.ftp.retrieve("RETR file.bin", "EPSV"), CONTENT)

    def test_227_tells_the_address_of_a_configured_name(self):
        server = self.start({"passive": {"address": "localhost"}})
        self.assertEqual(self.client(server).pasv()[0], "127.0.0.1")

    def test_pasv_and_epsv_are_502_when_passive_is_disabled(self):
        server = self.start({"passive": {"enabled": False}})
        server.write("file.bin", CONTENT)
        client = self.client(server)
        client.do("PASV", 502)
        client.do("EPSV", 502)
        self.assertEqual(client.retrieve("RETR file.bin", "PORT"), CONTENT)

    def test_port_and_eprt_are_502_when_active_is_disabled(self):
        server = self.start({"active": {"enabled": False}})
        server.write("file.bin", CONTENT)
        client = self.client(server)
        client.do("PORT 127,0,0,1,200,200", 502)
        client.do("EPRT |1|127.0.0.1|50000|", 502)
        self.assertEqual(client.retrieve("RETR file.bin", "PASV"), CONTENT)


if __name__ == "__main__":
    unittest.main()
