"""How many may come: limits.sessions, limits.per_address, and how many may log in at once. One too many gets 421 and is
closed, the others stay."""

import os
import select
import time
import unittest

from harness import HAS_IPV6, PASSWORD, BlackBoxTest, is_sanitized, user, wait_until
from raw_client import Control


class LimitTest(BlackBoxTest):
    def refused(self, server, family=4, source=None):
        control = Control(server.address(family), source=source, greeting=(421,))
        control.expect_end()
        control.close()

    def accepted(self, server, **options):
        """A place is free, at the latest when the server has noticed that somebody left."""
        def tried():
            control = Control(server.address(options.get("family", 4)), source=options.get("source"), greeting=(220, 421))
            self.addCleanup(control.close)
            return control if control.greeting.code == 220 else None
        return wait_until(tried, "a free place")


class Sessions(LimitTest):
    def test_one_too_many_gets_421_and_the_others_stay(self):
        server = self.start({"limits": {"sessions": 3}})
        clients = [self.client(server) for _ in range(3)]
        for _ in range(5):
            self.refused(server)
        for client in clients:
            client.do("NOOP", 200)

    def test_count_sessions_of_every_address_and_family(self):
        server = self.start({"limits": {"sessions": 3}})
        clients = [self.client(server), self.client(server, source="127.0.0.2")]
        clients.append(self.client(server, family=6 if HAS_IPV6 else 4))
        self.refused(server, source="127.0.0.3")
        for client in clients:
            client.do("NOOP", 200)

    def test_a_place_is_free_again_when_somebody_leaves(self):
        server = self.start({"limits": {"sessions": 2}})
        one, two = self.client(server), self.client(server)
        self.refused(server)
        one.do("QUIT", 221)
        one.expect_end()
        one.close()
        three = self.accepted(server).login("alice", PASSWORD)
        self.refused(server)
        two.reset()
        four = self.accepted(server)
        for control in (three, four):
            control.do("NOOP", 200)

    def test_a_refusal_leaks_nothing(self):
        server = self.start({"limits": {"sessions": 1}})
        self.client(server)
        before = server.descriptors()
        for _ in range(100):
            self.refused(server)
        server.expect_descriptors(before)

    def test_the_421_arrives_even_if_the_client_spoke_first(self):
        server = self.start({"limits": {"sessions": 1}})
        self.client(server)
        for _ in range(20):
            control = Control(server.address(), greeting=None)
            try:
                control.send("USER alice")
            except ConnectionError:
                pass
            control.expect(421)
            control.close()


class Strangers(LimitTest):
    """Sessions without a login: when all places are taken they give way, the oldest first."""

    def test_give_way_to_new_clients_and_those_who_are_logged_in_stay(self):
        server = self.start({"limits": {"sessions": 4}})
        friends = [self.client(server) for _ in range(2)]
        oldest, younger = self.connect(server), self.connect(server)
        self.client(server)
        oldest.expect(421)
        oldest.expect_end()
        younger.do("NOOP", 200)
        self.client(server)
        younger.expect(421)
        self.refused(server)
        for client in friends:
            client.do("NOOP", 200)

    def test_give_way_in_mid_dialogue_too(self):
        server = self.start({"limits": {"sessions": 1, "login_delay": 5}})
        stranger = self.connect(server)
        stranger.do("USER alice", 331)
        stranger.send("PASS wrong")
        self.client(server)
        self.assertIn(421, [reply.code for reply in stranger.remaining_replies()])
        self.assertIn("event=gave-way", server.log_text())

    def test_keep_nobody_out_however_many_they_are(self):
        server = self.start({"limits": {"sessions": 20}})
        friend = self.client(server)
        flood = [self.connect(server) for _ in range(100)]
        self.client(server).do("NOOP", 200)
        friend.do("NOOP", 200)
        self.assertEqual(len(flood), 100)


class Descriptors(LimitTest):
    """Where there are no more descriptors for another session, clients wait to be accepted."""

    LIMIT = 100

    def start_with_few(self):
        server = self.start(descriptors=self.LIMIT)
        server.write("file", bytes(1 << 20))
        return server

    def begin(self):
        """A server, and as many logged-in clients as it accepts."""
        server = self.start_with_few()
        clients = []
        while "event=listening-paused" not in server.log_text():
            clients.append(self.client(server))
            self.assertLess(len(clients), self.LIMIT)
        return server, clients

    def processor_seconds(self, server):
        with open(f"/proc/{server.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_who_comes_too_late_waits_and_is_served_when_somebody_leaves(self):
        server, clients = self.begin()
        waiting = self.connect(server, greeting=())
        self.assertEqual(select.select([waiting.socket], [], [], 0.2)[0], [])
        clients[0].do("QUIT", 221)
        waiting.expect(220)
        waiting.login("alice", PASSWORD)

    def test_nobody_spins_meanwhile(self):
        server, _ = self.begin()
        self.connect(server, greeting=())
        begun, used = time.monotonic(), self.processor_seconds(server)
        time.sleep(1)
        share = (self.processor_seconds(server) - used) / (time.monotonic() - begun)
        self.assertLess(share, 0.3, "of one processor, with nothing to do")

    def test_those_who_are_in_are_answered_whatever_they_ask_for(self):
        if is_sanitized():
            self.skipTest("UndefinedBehaviorSanitizer looks at memory by a pipe, and takes EMFILE for bad memory")
        _, clients = self.begin()
        for client in clients:
            client.send("PASV")
            client.send("LIST")
            client.send("NOOP")
        for client in clients:
            client.expect(227, 425)
            if client.expect(150, 425, 450, 451, 550).code == 150:
                client.send("ABOR")
                client.expect(226, 425, 426)
            client.expect(200)

    def test_who_has_not_logged_in_gives_way_first(self):
        server = self.start_with_few()
        strangers = [self.connect(server) for _ in range(self.LIMIT)]
        strangers[0].expect(421)
        self.client(server).do("NOOP", 200)
        self.assertNotIn("event=listening-paused", server.log_text())


class LoginsAtOnce(LimitTest):
    SLOW_HASH = ("$6$rounds=100000$7iRqD6wLChUsOveG$KQzZs2hGZCLOpPEtHVmpObvjmObnlIvWwG/7QpVbRqtCMw"
                 "Mo.7k5By2cdv2R2iIdikRAJArIkR4zfmtGmpSUT0")  # of PASSWORD

    def test_more_than_can_wait_get_421_and_other_addresses_are_not_kept_out(self):
        server = self.start(lambda root: {"user": [user(root, password=self.SLOW_HASH)]})
        other = self.connect(server, source="127.0.0.2")
        other.do("USER alice", 331)
        flood = [self.connect(server) for _ in range(150)]
        for control in flood:
            control.do("USER alice", 331)
        for control in flood:
            control.send("PASS " + PASSWORD)
        other.do("PASS " + PASSWORD, 230)
        replies = [control.expect(230, 421) for control in flood]
        refused = [reply.text for reply in replies if reply.code == 421]
        self.assertEqual(set(refused), {"Too many logins at once, try again later."})
        self.assertGreaterEqual(len(replies) - len(refused), 64)


class PerAddress(LimitTest):
    def test_one_too_many_from_an_address_gets_421_and_others_do_not(self):
        server = self.start({"limits": {"per_address": 2}})
        clients = [self.client(server) for _ in range(2)]
        self.refused(server)
        clients += [self.client(server, source="127.0.0.2") for _ in range(2)]
        self.refused(server, source="127.0.0.2")
        if HAS_IPV6:
            clients += [self.client(server, family=6) for _ in range(2)]
            self.refused(server, family=6)
        for client in clients:
            client.do("NOOP", 200)

    def test_a_place_is_free_again_when_somebody_leaves(self):
        server = self.start({"limits": {"per_address": 1}})
        for _ in range(5):
            control = self.accepted(server)
            self.refused(server)
            control.do("QUIT", 221)
            control.close()

    def test_an_ipv4_client_of_a_dual_stack_listener_is_counted_by_its_ipv4_address(self):
        if not HAS_IPV6:
            self.skipTest("no IPv6 here")
        server = self.start({"server": {"listen": ["[::]:0"]}, "limits": {"per_address": 1}})
        port = server.ready["listen"][0]["port"]
        kept = [Control(("127.0.0.1", port)), Control(("127.0.0.1", port), source="127.0.0.2"), Control(("::1", port))]
        for control in kept:
            self.addCleanup(control.close)
        for source in (None, "127.0.0.2"):
            control = Control(("127.0.0.1", port), source=source, greeting=(421,))
            control.close()

    def test_50_is_the_default(self):
        server = self.start(lambda root: {"limits": {"per_address": 50}})
        clients = [self.connect(server) for _ in range(50)]
        self.refused(server)
        clients[0].do("NOOP", 200)


if __name__ == "__main__":
    unittest.main()
