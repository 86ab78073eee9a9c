"""tls.session_reuse: whose data connection it is, told by the TLS session that it resumes."""

import ssl
import unittest

from harness import wait_until
from tls_client import VERSIONS, TlsTest, client_context

TIMES = 10


class ReuseTest(TlsTest):
    @staticmethod
    def fill(server):
        server.write("small.txt", b"small\n")

    def expect_transfer(self, client, path, resumed):
        client.store(f"STOR {path}", b"octets")
        self.assertEqual(client.retrieve(f"RETR {path}"), b"octets")
        self.expect_log(path, "resumed" if resumed else "new", 2)

    def expect_log(self, path, word, count):
        def found():
            lines = [line for line in self.server.log_text().splitlines() if "event=transfer " in line and f" path=/{path} " in line]
            return len(lines) == count and all(f" tls={word} " in line for line in lines)
        wait_until(found, lambda: f"{count} transfers of {path} with tls={word}: {self.server.log_tail()}")

    def expect_refusal(self, client, command="RETR small.txt"):
        """522, with a text that says why; the session goes on."""
        data = client.data()
        client.do(command, 150)
        data.socket  # pylint: disable=pointless-statement
        reply = client.expect(522)
        self.assertIn("resume", reply.text)
        data.close()
        client.do("NOOP", 200)


class Prefer(ReuseTest):
    def test_a_client_that_resumes_and_one_that_does_not(self):
        for version in VERSIONS:
            for reuses in (True, False):
                with self.subTest(version=version, reuses=reuses):
                    client = self.protected(version=version)
                    client.reuses = reuses
                    self.expect_transfer(client, f"{version}-{reuses}", resumed=reuses)

    def test_the_log_tells_transfers_in_the_clear(self):
        client = self.secured().login("alice", "wonderland")
        client.store("STOR clear.txt", b"octets")
        self.expect_log("clear.txt", "none", 1)

    def test_a_ticket_of_another_session_is_not_resumed(self):
        context = client_context()
        owner, thief = (self.connect_tls(context=context).secure().login("alice", "wonderland").protect()
                        for _ in range(2))
        thief.session = lambda: owner.socket.session
        self.expect_transfer(thief, "stolen", resumed=False)

    def test_a_control_connection_does_not_resume_another(self):
        """Each has tickets of its own: who resumes one of them need not be who had it first."""
        for version in VERSIONS:
            context = client_context(version)
            first = self.connect_tls(context=context).secure()
            first.do("NOOP", 200)
            second = self.connect_tls(context=context)
            second.do("AUTH TLS", 234)
            second.socket = context.wrap_socket(second.socket, server_hostname="127.0.0.1",
                                                session=first.socket.session)
            self.assertFalse(second.socket.session_reused)
            second.do("NOOP", 200)


class Require(ReuseTest):
    tls = {"session_reuse": "require"}

    def test_a_client_that_resumes_works_many_times(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                client = self.protected(version=version)
                for number in range(TIMES):
                    self.expect_transfer(client, f"{version}-{number}", resumed=True)

    def test_a_client_that_uses_each_ticket_once(self):
        """RFC 8446, appendix C.4. So each data connection that resumed makes another ticket come."""
        client = self.protected(version="1.3")
        used = set()
        for number in range(TIMES):
            with self.subTest(number=number):
                session = client.socket.session
                self.assertNotIn(session.id, used)
                used.add(session.id)
                self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")
                client.do("NOOP", 200)

    def test_a_client_that_does_not_resume_is_told_so(self):
        for version in VERSIONS:
            for command in ("RETR small.txt", "STOR refused.txt", "LIST", "MLSD"):
                with self.subTest(version=version, command=command):
                    client = self.protected(version=version)
                    client.reuses = False
                    self.expect_refusal(client, command)
                    client.reuses = True
                    self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")
        self.assertNotIn("refused.txt", self.server.names())

    def test_a_refused_upload_leaves_the_old_file(self):
        self.server.write("old.txt", b"old")
        client = self.protected()
        client.reuses = False
        self.expect_refusal(client, "STOR old.txt")
        self.assertEqual(self.server.read("old.txt"), b"old")

    def test_a_ticket_of_another_session_is_refused(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                context = client_context(version)
                owner, thief = (self.connect_tls(context=context).secure().login("alice", "wonderland").protect()
                                for _ in range(2))
                thief.session = lambda owner=owner: owner.socket.session
                self.expect_refusal(thief)
                self.assertEqual(owner.retrieve("RETR small.txt"), b"small\n")

    def test_data_in_the_clear_needs_none(self):
        client = self.secured().login("alice", "wonderland")
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")

    def test_none_of_before_is_demanded_or_taken_behind_rein(self):
        """RFC 4217, section 13."""
        context = client_context()
        client = self.connect_tls(context=context).secure().login("alice", "wonderland").protect()
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")
        client.do("REIN", 220)
        client.expose()
        client.login("alice", "wonderland")
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")
        client.secure().login("alice", "wonderland").protect()
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")


class Off(ReuseTest):
    tls = {"session_reuse": "off"}

    def test_no_ticket_is_given_and_transfers_work(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                client = self.protected(version=version)
                client.do("NOOP", 200)
                self.assertFalse(client.socket.session.has_ticket)
                self.expect_transfer(client, f"off-{version}", resumed=False)
                self.assertFalse(client.socket.session.has_ticket)

    def test_a_client_without_tickets_has_no_session_to_resume_either(self):
        context = client_context("1.2")
        context.options |= ssl.OP_NO_TICKET
        client = self.connect_tls(context=context).secure().login("alice", "wonderland").protect()
        self.expect_transfer(client, "off-no-ticket", resumed=False)


class WithoutTickets(ReuseTest):
    tls = {"session_reuse": "require"}

    def test_a_client_of_tls_1_2_resumes_by_its_session_id(self):
        context = client_context("1.2")
        context.options |= ssl.OP_NO_TICKET
        client = self.connect_tls(context=context).secure().login("alice", "wonderland").protect()
        self.assertFalse(client.socket.session.has_ticket)
        for number in range(3):
            self.expect_transfer(client, f"id-{number}", resumed=True)


if __name__ == "__main__":
    unittest.main()
