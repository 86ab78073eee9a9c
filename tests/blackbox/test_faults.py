"""The n-th file call fails, for every n of a dialogue and every kind of failure: nothing is lost, 226 never lies.

Needs uvftpd-faulty, the daemon whose file calls fail when the test says so (tests/faults). What counts is seen from
outside: replies, the bytes on the wire, the files.
"""

import errno
import os
import unittest

from faulty import FaultyTest
from harness import is_sanitized

SHORT = 0  # the call moves half of the bytes that it was asked to move
FAILURES = (SHORT, errno.ENOSPC, errno.EIO, errno.EMFILE, errno.ENOMEM, errno.EINTR, errno.EAGAIN)
REFUSALS = (425, 426, 450, 451, 452, 501, 550, 551, 552, 553)
UNDOING = ("unlinkat", "renameat2", "fstatat")  # where these fail, a temporary name may stay

OLD = b"the old content\n" * 64
SMALL = bytes(range(256)) * 16
LARGE = bytes(range(256)) * 8192
TEXT = b"a line\n" * 5000


class Dialogue:
    """One dialogue with a daemon whose n-th call fails. Each method is one; it checks what it is told."""

    def __init__(self, test, server, client):
        self.test, self.server, self.client = test, server, client

    def ask(self, line, *codes):
        """A command that may fail; whether it did not."""
        return self.client.do(line, *codes, *REFUSALS).code in codes

    def transfer(self, line, sent=None, before=()):
        """(whether it was 226, the bytes that came)"""
        received = b""
        data = self.client.data()
        for command in before:
            self.client.do(command, 350)
        self.client.send(line)
        reply = self.client.expect(150, *REFUSALS)
        if reply.code == 150:
            try:
                if sent is not None:
                    data.send(sent)
                    data.finish()
                else:
                    received = data.receive()
            except OSError:
                pass
            reply = self.client.expect(226, *REFUSALS)
        data.close()
        return reply.code == 226, received

    def retrieve(self, line, content, before=()):
        is_complete, received = self.transfer(line, before=before)
        self.test.assertTrue(content.startswith(received))
        if is_complete:
            self.test.assertEqual(len(received), len(content))
        return is_complete

    def store(self, line, name, sent, stored, kept=b""):
        """`kept`: what must be there in front of what was sent, whatever happens."""
        is_complete, _ = self.transfer(line, sent)
        found = self.server.read(name) if name in self.server.names() else None
        if is_complete:
            self.test.assertEqual(found, stored)
        elif found is not None and found != OLD:
            self.test.assertTrue(stored.startswith(found) and len(found) >= len(kept))
        return is_complete

    # ---- a dozen dialogues ----

    def a_small_download(self):
        return self.retrieve("RETR small", SMALL)

    def a_large_download(self):
        return self.retrieve("RETR large", LARGE)

    def a_download_that_goes_on(self):
        return self.retrieve("RETR large", LARGE[1000:], ["REST 1000"])

    def a_download_in_type_a(self):
        self.client.do("TYPE A", 200)
        is_complete = self.retrieve("RETR text", TEXT.replace(b"\n", b"\r\n"))
        self.client.do("TYPE I", 200)
        return is_complete

    def an_upload(self):
        return self.store("STOR new", "new", SMALL, SMALL)

    def an_upload_over_a_file(self):
        is_complete = self.store("STOR old", "old", LARGE, LARGE)
        if not is_complete:
            self.test.assertEqual(self.server.read("old"), OLD)
        return is_complete

    def an_upload_in_type_a(self):
        self.client.do("TYPE A", 200)
        is_complete = self.store("STOR new", "new", TEXT.replace(b"\n", b"\r\n"), TEXT)
        self.client.do("TYPE I", 200)
        return is_complete

    def an_append(self):
        return self.store("APPE old", "old", LARGE, OLD + LARGE, kept=OLD)

    def an_upload_that_goes_on(self):
        is_complete, _ = self.transfer("STOR old", SMALL, ["REST 100"])
        found = self.server.read("old")
        self.test.assertEqual(found[:100], OLD[:100])
        if is_complete:
            self.test.assertEqual(found[100:], SMALL)
        return is_complete

    def an_upload_with_a_name_of_the_servers(self):
        is_complete, _ = self.transfer("STOU", SMALL)
        if is_complete:
            made, = set(self.server.names()) - {"full", "large", "old", "small", "text"}
            self.test.assertEqual(self.server.read(made), SMALL)
        return is_complete

    def listing(self, verb):
        expected = self.server.names("full")
        is_complete, received = self.transfer(f"{verb} full")
        names = [line.split(" -> ")[0].split(" ")[-1].split("/")[-1] for line in received.decode().split("\r\n")[:-1]]
        if is_complete:
            self.test.assertEqual(sorted(names), expected, verb)
        self.test.assertEqual(len(names), len(set(names)), verb)
        return is_complete

    def listings(self):
        return all([self.listing(verb) for verb in ("NLST", "LIST", "MLSD")])

    def long_listing(self):
        return self.listing("LIST")

    def questions(self):
        return all([self.ask("STAT full", 212, 213), self.ask("MLST small", 250), self.ask("SIZE small", 213),
                    self.ask("MDTM small", 213), self.ask("AVBL", 213), self.ask("HASH large", 213),
                    self.ask("CWD full", 250), self.ask("CWD /", 250)])

    def a_count_of_line_ends(self):
        self.client.do("TYPE A", 200)
        reply = self.client.do("SIZE text", 213, *REFUSALS)
        if reply.code == 213:
            self.test.assertEqual(int(reply.text), len(TEXT) + TEXT.count(b"\n"))
        self.client.do("TYPE I", 200)
        return reply.code == 213

    def changes(self):
        made = self.ask("MKD made", 257)
        self.test.assertTrue(not made or "made" in self.server.names())
        changed = [self.ask("MFMT 20200101000000 old", 213), self.ask("SITE CHMOD 600 old", 200)]
        moved = self.ask("RNFR old", 350) and self.ask("RNTO moved", 250)
        self.test.assertEqual(self.server.read("moved" if moved else "old"), OLD)
        gone = self.ask("DELE small", 250)
        self.test.assertEqual("small" in self.server.names(), not gone)
        return all([made, *changed, moved, gone, self.ask("RMD made", 250) or not made])


DIALOGUES = [name for name in vars(Dialogue) if name.startswith(("a_", "an_"))] + ["listings", "questions", "changes"]
MOVING = ("pread", "pwrite", "sendfile", "splice_to_file")


class EveryCall(FaultyTest):
    def fill(self, server):
        for name in server.names():
            if name != "full":
                os.rmdir(server.path(name)) if os.path.isdir(server.path(name)) else os.unlink(server.path(name))
        server.write("old", OLD)
        server.write("small", SMALL)
        server.write("large", LARGE)
        server.write("text", TEXT)

    def run_once(self, server, name, nth, error):
        """The call that failed, if the dialogue has so many."""
        self.fill(server)
        self.plan.fail(nth, error)
        is_complete = getattr(Dialogue(self, server, self.ftp), name)()
        call = self.plan.failed()
        self.plan.fail(0)
        self.ftp.do("CWD /", 250)
        if call is None or error == SHORT or (error == errno.EINTR and call in MOVING):
            self.assertTrue(is_complete, f"{call} did not harm anything")
        if call not in UNDOING:
            self.assertEqual([name for name in server.names() if name.startswith(".uvftpd")], [])
        return call

    def run_all(self, server, name, error):
        """How many calls the dialogue has."""
        nth, call = 0, "the first"
        while call:
            nth += 1
            with self.subTest(dialogue=name, error=errno.errorcode.get(error, "short"), nth=nth):
                call = None
                call = self.run_once(server, name, nth, error)
        return nth

    def fail_every_call(self, within):
        server = self.start_faulty(within=within)
        for number in range(10):
            server.write(f"full/entry{number}", b"x")
        os.symlink("entry1", server.path("full/link"))
        self.ftp = self.client(server)
        failures = FAILURES if not is_sanitized() else FAILURES[:3]
        for name in DIALOGUES:
            self.run_once(server, name, 0, 0)
            before = server.descriptors()
            for error in failures:
                self.assertGreater(self.run_all(server, name, error), 3)
            server.expect_descriptors(before)

    def test_that_fails_is_told_and_does_no_harm(self):
        self.fail_every_call(within=None)

    def test_that_fails_is_told_and_does_no_harm_in_memory(self):
        self.fail_every_call(within="/dev/shm")  # where the control loop makes some of them itself

    def test_that_fails_in_what_two_threads_list_is_told_and_does_no_harm(self):
        server = self.start_faulty()
        for number in range(3000):
            server.write(f"full/entry{number}", b"x")
        self.ftp = self.client(server)
        self.run_once(server, "long_listing", 0, 0)
        before = server.descriptors()
        for nth in range(2, 3000, 23):
            for error in (errno.EIO, errno.ENOMEM):
                with self.subTest(nth=nth, error=errno.errorcode[error]):
                    self.run_once(server, "long_listing", nth, error)
        server.expect_descriptors(before)


if __name__ == "__main__":
    unittest.main()
