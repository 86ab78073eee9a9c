"""Logging in and out: USER, PASS, REIN; anonymous and by password; what is refused, and how.

A refusal tells nothing: the same code and the same text for a wrong password, an unknown user and a locked one.
"""

import random
import socket
import statistics
import subprocess
import time
import unittest

from harness import BINARY, EVERYTHING, PASSWORD, PASSWORD_HASH, BlackBoxTest, ServerTest, is_sanitized, user
from raw_client import BOUND, receive_all

OTHER_HASHES = {
    "sha256": "$5$rounds=1000$jmYkCGeOaCuikLPm$xuF/WQN/J.DDBOF2RKdaFIcuNZqdTa.KMQp2vFowh35",
    "bcrypt": "$2b$04$/2pqjHYBEH/u1FaCewKqtOoj70soYZ76l7.3Vj/RaXXmNeGMhFQUm",
    "md5": "$1$cKNmJ/8n$kCWH4fklhPVZKFMjFvXMn1",
}

NEEDS_LOGIN = (
    "PWD", "XPWD", "CWD pub", "XCWD pub", "CDUP", "XCUP", "MKD new", "XMKD new", "RMD pub", "XRMD pub",
    "DELE file.txt", "RNFR file.txt", "SIZE file.txt", "MDTM file.txt", "PASV", "EPSV",
    "PORT 127,0,0,1,200,200", "EPRT |1|127.0.0.1|50000|", "RETR file.txt", "STOR new.txt", "APPE new.txt",
    "LIST", "NLST", "STAT file.txt",
)


def yescrypt_hash():
    return subprocess.run([BINARY, "hash-password"], input=PASSWORD + "\n", capture_output=True, text=True,
                          check=True, timeout=60).stdout.strip()


class Anonymous(ServerTest):
    @staticmethod
    def fill(server):
        server.write("file.txt", b"hello\n")

    def test_the_names_anonymous_and_ftp_are_taken_in_any_case(self):
        for name in ("anonymous", "ftp", "Anonymous", "ANONYMOUS", "FTP", "fTp"):
            with self.subTest(name=name):
                client = self.client(name=name, password="guest@example.org")
                self.assertEqual(client.retrieve("RETR file.txt"), b"hello\n")

    def test_the_331_asks_for_an_e_mail_address(self):
        reply = self.connect().do("USER anonymous", 331)
        self.assertRegex(reply.text.lower(), "mail")

    def test_any_password_will_do(self):
        self.client(name="ftp", password="x")

    def test_it_cannot_write_by_default(self):
        client = self.client(name="anonymous", password="guest@example.org")
        for command in ("MKD new", "DELE file.txt", "RMD pub"):
            client.do(command, 550)
        client.data()
        client.do("STOR new.txt", 550, 553)
        client.send("RNFR file.txt")
        if client.expect(350, 550).code == 350:
            client.do("RNTO moved.txt", 550, 553)
        self.assertEqual(self.server.names(), ["file.txt"])


class AnonymousDisabled(ServerTest):
    changes = {"anonymous": {"enabled": False}, "limits": {"login_delay": 0}}

    def test_it_is_asked_for_a_password_and_refused(self):
        control = self.connect()
        control.do("USER anonymous", 331)
        control.do("PASS guest@example.org", 530)

    def test_users_still_log_in(self):
        self.client().do("PWD", 257)


class AnonymousWithRequiredEmail(ServerTest):
    changes = {"anonymous": {"require_email": True}, "limits": {"login_delay": 0}}

    def test_a_password_that_is_no_address_is_refused(self):
        for password in ("guest", "example.org", "@"):
            with self.subTest(password=password):
                control = self.connect()
                control.do("USER anonymous", 331)
                control.do(f"PASS {password}", 530)

    def test_an_address_is_taken(self):
        self.client(name="anonymous", password="guest@example.org")

    def test_an_address_without_a_host_is_taken_as_old_clients_send_it(self):
        self.client(name="anonymous", password="anonymous@")


class Passwords(ServerTest):
    @staticmethod
    def changes(root):
        users = [user(root)]
        users += [user(root, name, password=text) for name, text in OTHER_HASHES.items()]
        users += [user(root, "yescrypt", password=yescrypt_hash()), user(root, "locked", password="!"),
                  user(root, "Straße", permissions=EVERYTHING)]
        return {"user": users, "limits": {"login_delay": 0, "login_failures": 3}}

    def test_sha512_crypt(self):
        self.assertTrue(PASSWORD_HASH.startswith("$6$"))
        self.client(name="alice")

    def test_sha256_crypt(self):
        self.client(name="sha256")

    def test_bcrypt(self):
        self.client(name="bcrypt")

    def test_md5_crypt(self):
        self.client(name="md5")

    def test_yescrypt_as_made_by_hash_password(self):
        self.client(name="yescrypt")

    def test_a_wrong_password_is_refused_whatever_the_hash(self):
        for name in ("alice", "yescrypt", *OTHER_HASHES):
            with self.subTest(name=name):
                control = self.connect()
                control.do(f"USER {name}", 331)
                control.do("PASS wonderlanD", 530)

    def test_a_user_name_beyond_ascii(self):
        self.client(name="Straße")

    def test_user_names_are_case_sensitive(self):
        control = self.connect()
        control.do("USER Alice", 331)
        control.do(f"PASS {PASSWORD}", 530)

    def test_every_refusal_has_the_same_text(self):
        texts = set()
        for name, password in (("alice", "wrong"), ("nobody-known", PASSWORD), ("locked", PASSWORD),
                               ("locked", "!"), ("alice", "x" * 511), ("alice", "x" * 600), ("alice", PASSWORD + " "),
                               ("root", PASSWORD)):
            control = self.connect()
            control.do(f"USER {name}", 331)
            texts.add(str(control.do(f"PASS {password}", 530)))
        self.assertEqual(len(texts), 1, texts)

    def test_an_empty_password_is_refused(self):
        control = self.connect()
        control.do("USER alice", 331)
        control.do("PASS ", 530, 501)
        control.do("PWD", 530)

    def test_user_is_always_answered_with_331(self):
        control = self.connect()
        texts = {str(control.do(f"USER {name}", 331)) for name in ("alice", "nobody-known", "locked", "root")}
        for text in texts:
            self.assertNotIn("unknown", text.lower())

    def test_pass_without_user_is_503(self):
        self.connect().do(f"PASS {PASSWORD}", 503)

    def test_pass_not_directly_after_user_is_503(self):
        control = self.connect()
        control.do("USER alice", 331)
        control.do("NOOP", 200)
        control.do(f"PASS {PASSWORD}", 503)

    def test_pass_once_more_after_the_login_is_503(self):
        client = self.client()
        client.do(f"PASS {PASSWORD}", 503, 230, 202)
        client.do("PWD", 257)

    def test_a_refused_login_can_be_tried_again(self):
        control = self.connect()
        control.do("USER alice", 331)
        control.do("PASS wrong", 530)
        control.login("alice", PASSWORD)

    def test_the_limit_of_wrong_passwords_ends_the_connection_with_421(self):
        control = self.connect()
        control.send_bytes(b"USER alice\r\nPASS wrong\r\n" * 3)
        codes = [reply.code for reply in control.remaining_replies()]
        self.assertEqual(codes[:4], [331, 530, 331, 530])
        self.assertIn(codes[4:], ([331, 421], [331, 530, 421]))

    def test_a_good_login_between_does_not_buy_more_guesses_for_ever(self):
        control = self.connect()
        control.send_bytes((b"USER alice\r\nPASS wrong\r\n" * 2 + b"USER ftp\r\nPASS a@b\r\n") * 10)
        control.half_close()
        codes = [reply.code for reply in control.remaining_replies()]
        self.assertEqual((codes[-1], codes.count(530)), (421, 2), codes)

    def test_everything_that_needs_a_login_is_530_before_it(self):
        for state in ("at the start", "after USER", "after a refused PASS"):
            control = self.connect()
            if state != "at the start":
                control.do("USER alice", 331)
            if state == "after a refused PASS":
                control.do("PASS wrong", 530)
            for command in NEEDS_LOGIN:
                with self.subTest(state=state, command=command):
                    control.do(command, 530)
            control.do("RNTO new.txt", 530, 503)

    def test_help_feat_syst_noop_and_quit_need_no_login(self):
        control = self.connect()
        control.do("HELP", 214, 211)
        control.do("FEAT", 211)
        control.do("SYST", 215)
        control.do("NOOP", 200)
        control.do("QUIT", 221)
        control.expect_end()


class LoggingOut(ServerTest):
    @staticmethod
    def fill(server):
        server.write("pub/file.bin", bytes(range(256)) * 8192)

    def test_rein_drops_the_user_and_keeps_the_connection(self):
        client = self.client()
        client.do("REIN", 220)
        client.do("PWD", 530)
        client.login("alice", PASSWORD).do("PWD", 257)

    def test_rein_drops_the_directory_and_the_parameters(self):
        client = self.client()
        client.do("CWD pub", 250)
        client.do("REIN", 220)
        client.do("USER anonymous", 331)
        client.do("PASS guest@example.org", 230)
        self.assertIn('"/"', client.do("PWD", 257).text)
        self.server.write("lines.txt", b"a\nb\n")
        self.assertEqual(client.retrieve("RETR lines.txt"), b"a\r\nb\r\n", "TYPE A is the start value")

    def test_rein_in_mid_transfer_lets_the_transfer_finish(self):
        client = self.client()
        data = client.data()
        client.do("RETR pub/file.bin", 150)
        client.send("REIN")
        self.assertEqual(data.receive(), self.server.read("pub/file.bin"))
        client.expect(226)
        client.expect(220)
        client.do("PWD", 530)

    def test_user_after_a_login_drops_its_rights(self):
        client = self.client()
        client.do("USER anonymous", 331)
        client.do("PWD", 530)
        client.do("MKD new", 530)

    def test_user_after_a_login_begins_another_one(self):
        client = self.client()
        client.do("CWD pub", 250)
        client.do("USER anonymous", 331)
        client.do("PASS guest@example.org", 230)
        self.assertIn('"/"', client.do("PWD", 257).text)
        client.do("MKD new", 550)

    def test_user_in_mid_transfer_waits_and_the_transfer_keeps_its_file(self):
        client = self.client()
        _, port = client.pasv()
        client.send_bytes(b"RETR pub/file.bin\r\nUSER pub/other.bin\r\n")
        with socket.create_connection(("127.0.0.1", port), timeout=BOUND) as data:
            self.assertEqual(receive_all(data), self.server.read("pub/file.bin"))
        client.expect(150)
        client.expect(226)
        client.expect(331)

    def test_a_listener_of_before_is_of_no_use_after_rein(self):
        client = self.client()
        client.pasv()
        client.do("REIN", 220)
        client.login("alice", PASSWORD)
        client.send("RETR pub/file.bin")
        if client.expect(150, 425).code == 150:
            client.expect(425)


class Memory(BlackBoxTest):
    """What the daemon still has in its memory once a login is over."""

    SECRETS = ("Xy7-short", "Xy7-" + "a-long-one-" * 20)

    def memory(self, server):
        with open(f"/proc/{server.pid}/maps", encoding="utf-8") as maps, open(f"/proc/{server.pid}/mem", "rb") as mem:
            for line in maps:
                places, rights = line.split()[:2]
                if rights.startswith("rw"):
                    first, last = (int(place, 16) for place in places.split("-"))
                    mem.seek(first)
                    yield mem.read(last - first)

    def holds(self, server, text):
        return any(text.encode() in region for region in self.memory(server))

    def setUp(self):
        self.need_root("reads the memory of another user's process")
        if is_sanitized():
            self.skipTest("sanitizers keep what is freed")

    def test_has_no_password_left_however_it_came(self):
        def whole(client, secret):
            client.do(f"USER {secret[:4]}visible", 331)
            client.do(f"PASS {secret}", 530)

        def in_one_segment(client, secret):
            client.send_bytes(f"USER alice\r\nPASS {secret}\r\nNOOP\r\n".encode())
            client.expect(331)
            client.expect(530)
            client.expect(200)

        def byte_by_byte(client, secret):
            client.do("USER alice", 331)
            for byte in f"PASS {secret}\r\n".encode():
                client.send_bytes(bytes((byte,)))
            client.expect(530)

        def out_of_turn(client, secret):
            client.do(f"PASS {secret}", 503)

        def in_another_case(client, secret):
            client.do("user alice", 331)
            client.do(f"pass {secret}", 530)

        server = self.start({"limits": {"login_delay": 0}})
        for way in (whole, in_one_segment, byte_by_byte, out_of_turn, in_another_case):
            for secret in self.SECRETS:
                with self.subTest(way=way.__name__, secret=len(secret)):
                    client = self.connect(server)
                    way(client, secret)
                    client.do("HELP", 214)
                    self.assertFalse(self.holds(server, secret[4:]))
        self.assertTrue(self.holds(server, "FTP server ready"))  # such a search does find what is there


class Timing(BlackBoxTest):
    """How long a refusal takes tells nothing either, even where it is not delayed."""

    def test_is_the_same_for_a_user_an_unknown_one_and_a_locked_one(self):
        server = self.start(lambda root: {
            "limits": {"login_delay": 0, "login_failures": 100},
            "user": [user(root), user(root, "locked", password="!")]})
        names = ("alice", "nobody-at-all", "locked")
        order = random.Random(4)
        taken = {name: [] for name in names}
        for _ in range(3):
            client = self.connect(server)
            for name in [name for _ in range(30) for name in order.sample(names, 3)]:
                client.do(f"USER {name}", 331)
                begun = time.perf_counter()
                client.do("PASS wrong", 530)
                taken[name].append(time.perf_counter() - begun)
        for name in names[1:]:
            # How often the one takes longer than the other: half of the time where they are the same.
            longer = statistics.fmean(a > b for a in taken["alice"] for b in taken[name])
            self.assertTrue(0.3 < longer < 0.7, f"a user takes longer than {name} in {longer:.0%} of all cases")


class SlowRefusal(ServerTest):
    changes = {"limits": {"login_delay": 2}}

    def test_a_refusal_is_delayed_without_holding_up_others(self):
        other = self.client()
        control = self.connect()
        control.do("USER alice", 331)
        begin = time.monotonic()
        control.send("PASS wrong")
        for _ in range(20):
            other.do("NOOP", 200)
        self.client()  # nor other logins
        control.socket.settimeout(0.05)
        if time.monotonic() - begin < 1.8:
            with self.assertRaises(TimeoutError):
                control.socket.recv(1)
        control.socket.settimeout(BOUND)
        control.expect(530)
        self.assertGreaterEqual(time.monotonic() - begin, 1.9)

    def test_a_good_password_is_not_delayed_by_that_timer(self):
        begin = time.monotonic()
        clients = [self.client() for _ in range(10)]
        self.assertLess(time.monotonic() - begin, len(clients) * 2 - 1)

    def test_a_client_that_leaves_during_the_delay_does_no_harm(self):
        before = self.server.descriptors()
        for _ in range(10):
            control = self.connect()
            control.do("USER alice", 331)
            control.send("PASS wrong")
            control.reset()
        self.server.expect_descriptors(before + 4)
        self.client().do("NOOP", 200)


class OneAddress(BlackBoxTest):
    """What an address (IPv6: a /64) has tried counts for its next connections too."""

    def refuse(self, server, family=4, source=None):
        control = self.connect(server, family, source=source)
        control.do("USER alice", 331)
        reply = control.do("PASS wrong", 530, 421)
        control.close()
        return reply.code

    def test_that_has_failed_too_often_is_turned_away_before_its_password_is_looked_at(self):
        server = self.start({"limits": {"login_failures_per_address": 4, "login_delay": 0}})
        self.assertEqual([self.refuse(server) for _ in range(6)], [530] * 4 + [421] * 2)
        control = self.connect(server)
        control.do("USER alice", 331)
        control.do(f"PASS {PASSWORD}", 421)
        control.expect_end()
        self.assertIn("key=limits.login_failures_per_address", server.log_text())

    def test_takes_nothing_from_others_nor_from_guests(self):
        server = self.start({"limits": {"login_failures_per_address": 1, "login_delay": 0}})
        self.assertEqual([self.refuse(server) for _ in range(2)], [530, 421])
        self.client(server, name="anonymous")
        self.client(server, source="127.0.0.2")

    def test_waits_longer_for_each_refusal(self):
        server = self.start({"limits": {"login_failures_per_address": 10, "login_delay": 0.3}})
        times = []
        for _ in range(3):
            begin = time.monotonic()
            self.refuse(server)
            times.append(time.monotonic() - begin)
        self.assertGreaterEqual(times[1], 0.55)
        self.assertGreaterEqual(times[2], 0.85)


if __name__ == "__main__":
    unittest.main()
