"""What the daemon tells the service manager (sd_notify), with a socket in the manager's place."""

import os
import signal
import time
import unittest

from harness import BlackBoxTest, wait_until
from manager import Manager, handing_over


class WithManager(BlackBoxTest):
    abstract = False

    def setUp(self):
        self.manager = Manager(self.abstract)
        self.addCleanup(self.manager.close)

    def begin(self, watchdog=None, **more):
        return self.start(environment=self.manager.environment(watchdog) | more)


class Telling:
    """The same by a path and by an abstract name."""

    def test_is_ready_once_connections_are_accepted(self):
        server = self.begin()
        self.assertEqual(self.manager.hear(), {"READY": "1", "STATUS": "0 sessions, 0 transfers"})
        self.client(server).do("NOOP", 200)
        self.assertEqual(self.manager.heard_of("READY"), ["1"])

    def test_is_stopping_when_asked_to_end_and_before_it_has(self):
        server = self.begin()
        server.write("big", bytes(8 << 20))
        client = self.client(server)
        data = client.data()
        client.do("RETR big", 150)
        server.signal()
        self.assertEqual(self.manager.wait_for("STOPPING"),
                         {"STOPPING": "1", "STATUS": "closing, 1 session, 1 transfer"})
        self.assertIsNone(server.process.poll())
        self.assertEqual(len(data.receive()), 8 << 20)
        self.assertEqual(server.wait(), 0)

    def test_tells_sessions_and_transfers(self):
        server = self.begin()
        self.manager.wait_for("READY")
        client = self.client(server)
        self.manager.wait_for("STATUS", "1 session, 0 transfers")
        server.write("big", bytes(8 << 20))
        other = self.client(server)
        data = client.data()
        client.do("RETR big", 150)
        self.manager.wait_for("STATUS", "2 sessions, 1 transfer")
        data.receive()
        client.expect(226)
        other.close()
        client.close()
        self.manager.wait_for("STATUS", "0 sessions, 0 transfers")


class ByPath(Telling, WithManager):
    pass


class ByAbstractName(Telling, WithManager):
    abstract = True


class Status(WithManager):
    def test_is_told_only_now_and_then_however_much_happens(self):
        server = self.begin()
        self.manager.wait_for("READY")
        begun = time.monotonic()
        for _ in range(200):
            self.connect(server).close()
        self.connect(server).do("NOOP", 200)
        self.manager.wait_for("STATUS", "1 session, 0 transfers")
        told = self.manager.heard_of("STATUS")
        self.assertLessEqual(len(told), 3 + (time.monotonic() - begun) / 2, told)

    def test_is_not_told_again_while_it_stays(self):
        server = self.begin()
        client = self.client(server)
        for _ in range(100):
            client.do("NOOP", 200)
        self.manager.wait_for("STATUS", "1 session, 0 transfers")
        client.close()
        self.manager.wait_for("STATUS", "0 sessions, 0 transfers")
        told = self.manager.heard_of("STATUS")
        self.assertTrue(all(one != another for one, another in zip(told, told[1:])), told)


class Watchdog(WithManager):
    PATIENCE = 0.5

    def test_gets_a_sign_of_life_in_time_also_when_nothing_happens(self):
        self.begin(self.PATIENCE)
        for _ in range(6):
            self.manager.wait_for("WATCHDOG", "1")

    def test_gets_none_while_the_daemon_stands_still(self):
        server = self.begin(self.PATIENCE)
        self.manager.wait_for("WATCHDOG")
        os.kill(server.pid, signal.SIGSTOP)
        wait_until(lambda: self.state_of(server.pid) == "T", "it stops")
        self.manager.heard_of("WATCHDOG")
        self.assertIsNone(self.manager.hear(2 * self.PATIENCE))
        os.kill(server.pid, signal.SIGCONT)
        self.manager.wait_for("WATCHDOG")

    @staticmethod
    def state_of(process):
        with open(f"/proc/{process}/stat", encoding="ascii") as file:
            return file.read().split()[2]

    def test_gets_it_while_running_transfers_end(self):
        server = self.begin(self.PATIENCE)
        client = self.client(server)
        data = client.data()
        client.do("STOR up", 150)
        server.signal()
        self.manager.wait_for("STOPPING")
        for _ in range(3):
            self.manager.wait_for("WATCHDOG")
        data.finish()
        client.expect(226)
        self.assertEqual(server.wait(), 0)

    def test_that_waits_for_another_process_gets_none(self):
        self.begin(self.PATIENCE, WATCHDOG_PID="1")
        self.manager.wait_for("READY")
        self.assertIsNone(self.manager.hear(2 * self.PATIENCE))

    def test_that_names_the_daemon_gets_it(self):
        options = handing_over([], None, of_process="WATCHDOG_PID")
        options["environment"] |= self.manager.environment(self.PATIENCE)
        self.start(**options)
        self.manager.wait_for("WATCHDOG")

    def test_with_a_time_that_is_none_is_not_there(self):
        for time_given in ("", "0", "-5", "soon", "99999999999999999999999"):
            with self.subTest(time_given):
                server = self.begin(WATCHDOG_USEC=time_given)
                self.manager.wait_for("READY")
                self.client(server).do("NOOP", 200)
                server.stop()
                self.assertEqual(self.manager.heard_of("WATCHDOG"), [])


class WithoutEar(BlackBoxTest):
    """A manager that cannot be told is a warning, and the daemon serves."""

    def test_is_told_in_the_log(self):
        for name in ("/nowhere/notify", "relative", "vsock:2:1", "@nobody-there", "/" + "a" * 200):
            with self.subTest(name):
                server = self.start(environment={"NOTIFY_SOCKET": name})
                self.assertIn("event=no-service-manager", server.log_text())
                self.client(server).do("NOOP", 200)

    def test_that_goes_away_is_told_once(self):
        manager = Manager()
        server = self.start(environment=manager.environment(0.05))
        manager.wait_for("WATCHDOG")
        manager.close()
        wait_until(lambda: "event=no-service-manager" in server.log_text(), "it is told")
        client = self.client(server)
        for _ in range(10):
            client.do("NOOP", 200)
        server.stop()

    def test_that_does_not_read_holds_nobody_up(self):
        manager = Manager()
        self.addCleanup(manager.close)
        server = self.start(environment=manager.environment(0.002))
        wait_until(lambda: "event=no-service-manager" in server.log_text(), "its queue is full")
        client = self.client(server)
        for _ in range(100):
            client.do("NOOP", 200)

    def test_is_not_a_thing_to_say_where_there_is_none(self):
        self.assertNotIn("no-service-manager", self.start().log_text())


if __name__ == "__main__":
    unittest.main()
