"""What FTPS demands of whom: tls.mode and anonymous.tls, and the order of AUTH, PBSZ, PROT, CCC and REIN."""

import unittest

from harness import PASSWORD, wait_until
from raw_client import is_closed_by_peer
from tls_client import TlsTest, client_context

TRANSFERS = ("RETR small.txt", "STOR up.txt", "APPE up.txt", "STOU", "LIST", "NLST", "MLSD")


class PolicyTest(TlsTest):
    @staticmethod
    def fill(server):
        server.write("small.txt", b"small\n")

    def expect_refused_login(self, client, name):
        """Before the password, and without a word of whether there is such a user."""
        texts = {str(client.do(f"USER {one}", 530)) for one in (name, name.upper())}
        self.assertEqual(len(texts), 1)
        client.do(f"PASS {PASSWORD}", 503)
        client.do("NOOP", 200, 530)

    def expect_file(self, client):
        self.assertEqual(client.retrieve("RETR small.txt"), b"small\n")

    def logged_in(self, name="alice", secure=True, protect=False):
        client = self.secured() if secure else self.connect_tls()
        client.login(name, PASSWORD)
        return client.protect() if protect else client


class Off(PolicyTest):
    tls = {"mode": "off"}

    def test_tls_is_neither_told_nor_known(self):
        client = self.connect()
        client.do("AUTH TLS", 500, 502)
        client.do("PBSZ 0", 500, 502)
        client.do("PROT P", 500, 502)
        features = str(client.do("FEAT", 211))
        for word in ("AUTH", "PBSZ", "PROT"):
            self.assertNotIn(word, features)
        client.login("alice", PASSWORD)
        self.expect_file(client)


class Allow(PolicyTest):
    def test_everything_goes(self):
        for name in ("alice", "anonymous"):
            for options in ({"secure": False}, {}, {"protect": True}):
                with self.subTest(name=name, options=options):
                    self.expect_file(self.logged_in(name, **options))

    def test_feat_tells_it(self):
        lines = self.connect().do("FEAT", 211).body
        for line in (" PBSZ", " PROT"):
            self.assertIn(line, lines)
        self.assertRegex("\n".join(lines), r"(?m)^ AUTH TLS")
        self.assertNotIn("CCC", "".join(lines))

    def test_stat_tells_what_is_protected(self):
        self.assertNotIn("TLS", str(self.logged_in(secure=False).do("STAT", 211)))
        self.assertIn("TLS, but not for data", str(self.logged_in().do("STAT", 211)))
        self.assertIn("TLS, also for data", str(self.logged_in(protect=True).do("STAT", 211)))


class RequireLogin(PolicyTest):
    tls = {"mode": "require-login"}

    def test_a_login_in_the_clear_is_refused_before_the_password(self):
        for name in ("alice", "anonymous"):
            client = self.connect_tls()
            self.expect_refused_login(client, name)
            client.secure().login(name, PASSWORD)
            self.expect_file(client)
        self.assertIn("key=tls.mode", self.server.log_text())

    def test_data_is_as_the_client_likes(self):
        for protect in (True, False):
            self.expect_file(self.logged_in(protect=protect))


class RequireData(PolicyTest):
    tls = {"mode": "require-data"}

    def test_a_login_in_the_clear_is_refused(self):
        self.expect_refused_login(self.connect_tls(), "alice")

    def test_data_in_the_clear_is_refused_before_150(self):
        client = self.logged_in()
        for command in TRANSFERS:
            with self.subTest(command=command):
                client.do("EPSV", 229)
                client.do(command, 521)
        self.assertEqual(self.server.names(), ["small.txt"])
        client.protect()
        self.expect_file(client)

    def test_prot_c_is_refused_once_the_user_is_known(self):
        client = self.logged_in(protect=True)
        client.do("PROT C", 534)
        self.expect_file(client)

    def test_prot_c_before_the_login_is_found_out_at_the_transfer(self):
        client = self.secured()
        client.do("PBSZ 0", 200)
        client.do("PROT C", 200)
        client.login("alice", PASSWORD)
        client.do("LIST", 521)


class AnonymousFreer(PolicyTest):
    tls = {"mode": "require-data"}
    changes = {"anonymous": {"tls": "allow"}}

    def test_each_has_its_own(self):
        self.expect_refused_login(self.connect_tls(), "alice")
        for name in ("anonymous", "ftp"):
            self.expect_file(self.logged_in(name, secure=False))
        client = self.logged_in("anonymous", protect=True)
        self.expect_file(client)
        client.do("PROT C", 200)


class AnonymousBound(PolicyTest):
    changes = {"anonymous": {"tls": "require-data"}}

    def test_each_has_its_own(self):
        self.expect_file(self.logged_in("alice", secure=False))
        client = self.connect_tls()
        client.do("USER anonymous", 530)
        client.secure().login("anonymous", "a@b")
        client.do("NLST", 521)
        self.expect_file(client.protect())
        self.assertIn("key=anonymous.tls", self.server.log_text())


class AnonymousWithout(PolicyTest):
    changes = {"anonymous": {"tls": "off"}}

    def test_each_has_its_own(self):
        self.expect_file(self.logged_in("anonymous", secure=False))
        self.secured().do("USER anonymous", 530)
        self.expect_file(self.logged_in("alice", protect=True))


class Order(PolicyTest):
    """RFC 4217, sections 4, 8, 9 and 13."""

    def test_pbsz_behind_auth_and_prot_behind_pbsz(self):
        client = self.connect_tls()
        client.do("PBSZ 0", 503)
        client.do("PROT P", 503)
        client.secure()
        client.do("PROT P", 503)
        self.assertEqual(client.do("PBSZ 4096", 200).text, "PBSZ=0")
        client.do("PBSZ many", 501)
        client.do("PROT P", 200)

    def test_levels_and_mechanisms(self):
        client = self.connect_tls()
        for mechanism in ("KERBEROS_V4", "TLS-P", "X"):
            client.do(f"AUTH {mechanism}", 504)
        client.do("AUTH", 501)
        client.secure().do("PBSZ 0", 200)
        for level, code in (("S", 536), ("E", 536), ("X", 504), ("c", 200), ("p", 200)):
            client.do(f"PROT {level}", code)
        client.do("PROT", 501)

    def test_auth_within_tls(self):
        client = self.logged_in(protect=True)
        client.do("AUTH TLS", 503)
        self.expect_file(client)

    def test_auth_voids_the_login(self):
        client = self.logged_in(secure=False)
        client.secure()
        client.do("PWD", 530)
        client.login("alice", PASSWORD)
        self.expect_file(client)

    def test_a_name_of_before_auth_is_void_too(self):
        client = self.connect_tls()
        client.do("USER alice", 331)
        client.secure()
        client.do(f"PASS {PASSWORD}", 503)

    def test_ccc(self):
        self.connect_tls().do("CCC", 533)
        for client in (self.secured(), self.logged_in(protect=True)):
            client.do("CCC", 534)
        self.expect_file(client)

    def test_rein_ends_tls_and_a_new_auth_begins_it(self):
        client = self.logged_in(protect=True)
        for _ in range(3):
            client.do("REIN", 220)
            client.expose()
            client.do("PROT P", 503)
            client.login("alice", PASSWORD)
            self.expect_file(client)
            client.secure()
            client.do("PROT P", 503)
            client.login("alice", PASSWORD).protect()
            self.expect_file(client)

    def test_rein_in_the_clear(self):
        client = self.logged_in(secure=False)
        client.do("REIN", 220)
        client.secure().login("alice", PASSWORD).protect()
        self.expect_file(client)

    def test_quit_ends_with_close_notify(self):
        for client in (self.secured(), self.logged_in(protect=True)):
            client.do("QUIT", 221)
            self.assertTrue(is_closed_by_peer(client.socket))  # a bare end of file would be an error


class Implicit(PolicyTest):
    tls = {"mode": "require-data", "implicit_listen": ["127.0.0.1:0"]}

    def test_there_is_tls_already(self):
        client = self.secured(implicit=True)
        client.do("AUTH TLS", 503)
        client.login("alice", PASSWORD).protect()
        self.expect_file(client)

    def test_data_is_in_the_clear_until_prot(self):
        client = self.secured(implicit=True).login("alice", PASSWORD)
        client.do("LIST", 521)

    def test_rein_leaves_tls(self):
        client = self.protected(implicit=True)
        client.do("REIN", 220)
        client.do("PROT P", 503)
        client.login("alice", PASSWORD).protect()
        self.expect_file(client)

    def test_nothing_is_said_in_the_clear(self):
        client = self.connect_raw_implicit()
        client.sendall(b"USER alice\r\n")
        self.assertTrue(is_closed_by_peer(client))
        wait_until(lambda: "event=tls-failed" in self.server.log_text(), "event=tls-failed")

    def connect_raw_implicit(self):
        return self.connect_passive(self.server.address(tls="implicit")[1])


class OnlyNew(PolicyTest):
    tls = {"minimum_version": "1.3"}

    def test_the_older_version_is_refused(self):
        self.expect_file(self.logged_in(protect=True))
        client = self.connect_tls(context=client_context("1.2"))
        with self.assertRaisesRegex(OSError, "(?i)version"):
            client.secure()


if __name__ == "__main__":
    unittest.main()
