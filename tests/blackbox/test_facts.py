"""MLST and MLSD: what they say of real trees, links, rights and odd names (RFC 3659, section 7)."""

import os
import stat
import unittest

from harness import NOBODY, PASSWORD, BlackBoxTest, ServerTest, is_sanitized, user

PERMISSIONS = {"reader": ["list", "download"], "writer": ["list", "upload"]}


def facts_and_name(line):
    facts, name = line.split(" ", 1)
    return dict(fact.split("=", 1) for fact in facts.rstrip(";").split(";") if fact), name


class FactsTest(ServerTest):
    server_options = {"as_nobody": True}

    @staticmethod
    def changes(root):
        os.mkdir(os.path.join(root, "incoming"))
        return {"user": [user(root)] + [user(root, name, permissions=granted) for name, granted in PERMISSIONS.items()],
                "anonymous": {"write": "dropbox", "upload_directory": "/incoming"}}

    @staticmethod
    def fill(server):
        server.write("pub/hello.txt", b"hello", mtime=1_700_000_000)
        server.write("pub/half", b"", mtime=1_700_000_000.25)
        server.write("incoming/old", b"x")
        os.link(server.path("pub/hello.txt"), server.path("pub/hard"))
        os.symlink("hello.txt", server.path("pub/soft"))
        os.symlink("/pub", server.path("pub/loop"))
        os.symlink("missing", server.path("pub/dangling"))
        os.symlink(server.outside, server.path("pub/out"))
        os.mkfifo(server.path("pub/fifo"))
        os.mkdir(server.path("empty"))
        for name in (b" blank ", b"semi;colon", b"\xff\xe9", b"cr\rname", b"[x]", b"-dash"):
            server.write(b"odd/" + name, b"1")
        for directory, _, names in os.walk(server.root):
            os.chown(directory, NOBODY, NOBODY)
            for name in names:
                os.chown(os.path.join(directory, name), NOBODY, NOBODY, follow_symlinks=False)
        os.chmod(server.path("pub/hello.txt"), 0o640)

    def setUp(self):
        self.need_root("files of several owners")
        self.ftp = self.client()

    def entries(self, command="MLSD pub", client=None):
        found = [facts_and_name(line) for line in (client or self.ftp).lines(command)]
        return {name: facts for facts, name in found}

    def facts(self, path, client=None):
        reply = (client or self.ftp).do(f"MLST {path}".rstrip(), 250)
        self.assertEqual(len(reply.body), 1, reply)
        self.assertTrue(reply.body[0].startswith(" "), reply)
        return facts_and_name(reply.body[0][1:])


class OneDirectory(FactsTest):
    def test_lists_every_entry_by_its_plain_name_and_nothing_else(self):
        self.assertEqual(sorted(self.entries()), ["dangling", "fifo", "half", "hard", "hello.txt", "loop", "out", "soft"])

    def test_an_empty_directory_has_no_lines(self):
        self.assertEqual(self.ftp.lines("MLSD empty"), [])

    def test_every_fact_is_the_files_own(self):
        status = os.stat(self.server.path("pub/hello.txt"))
        self.assertEqual(self.entries()["hello.txt"], {
            "type": "file", "size": "5", "modify": "20231114221320", "perm": "adfrw",
            "unique": f"{status.st_dev:x}g{status.st_ino:x}", "UNIX.mode": f"{stat.S_IMODE(status.st_mode):04o}",
            "UNIX.uid": str(status.st_uid), "UNIX.gid": str(status.st_gid)})

    def test_times_have_their_fraction(self):
        self.assertEqual(self.entries()["half"]["modify"], "20231114221320.250")

    def test_names_of_one_file_share_what_is_unique(self):
        entries = self.entries()
        same = {entries[name]["unique"] for name in ("hello.txt", "hard", "soft")}
        self.assertEqual(len(same), 1)
        self.assertNotEqual(entries["half"]["unique"], same.pop())

    def test_links_are_told_as_what_they_lead_to(self):
        entries = self.entries()
        self.assertEqual((entries["soft"]["type"], entries["soft"]["size"]), ("file", "5"))
        self.assertEqual(entries["loop"]["type"], "dir")

    def test_links_that_lead_nowhere_beneath_the_root_are_told_as_links(self):
        entries = self.entries()
        for name in ("dangling", "out"):
            self.assertEqual(entries[name]["type"], "OS.unix=slink:")

    def test_a_fifo_is_no_file(self):
        self.assertEqual(self.entries()["fifo"]["type"], "OS.unix=fifo")
        self.assertEqual(self.entries()["fifo"]["perm"], "df")

    def test_a_directory_has_no_size(self):
        self.assertNotIn("size", self.entries("MLSD")["pub"])

    def test_odd_names_are_sent_as_they_are(self):
        lines = self.ftp.retrieve("MLSD odd").split(b"\r\n")[:-1]
        self.assertEqual(sorted(line.split(b" ", 1)[1] for line in lines),
                         sorted([b" blank ", b"semi;colon", b"\xff\xe9", b"cr\r\0name", b"[x]", b"-dash"]))

    def test_is_the_same_in_type_a(self):
        image = self.entries()
        self.ftp.do("TYPE A", 200)
        self.assertEqual(self.entries(), image)

    def test_of_a_file_is_501_and_of_nothing_550(self):
        self.ftp.data()
        self.ftp.do("MLSD pub/hello.txt", 501)
        self.ftp.do("MLSD missing", 550)
        self.ftp.do("MLSD pub/*", 550)


class OnePath(FactsTest):
    def test_is_told_with_its_whole_path(self):
        facts, name = self.facts("pub/hello.txt")
        self.assertEqual(name, "/pub/hello.txt")
        self.assertEqual(facts, self.entries()["hello.txt"])

    def test_without_a_path_is_the_current_directory(self):
        self.ftp.do("CWD pub", 250)
        facts, name = self.facts("")
        self.assertEqual((facts["type"], name), ("dir", "/pub"))

    def test_missing_is_550(self):
        self.ftp.do("MLST missing", 550)
        self.ftp.do("MLST pub/out", 550)

    def test_with_a_cr_in_its_name_is_sent_with_cr_nul(self):
        self.ftp.send_bytes(b"MLST odd/cr\r\0name\r\n")
        octets = b""
        while not octets.endswith(b"250 End\r\n"):
            octets += self.ftp.socket.recv(1000)
        self.assertIn(b" /odd/cr\r\0name\r\n", octets)


class Perm(FactsTest):
    def test_follows_the_accounts_permissions(self):
        reader, writer = (self.client(name=name) for name in PERMISSIONS)
        self.assertEqual(self.facts("pub", reader)[0]["perm"], "el")
        self.assertEqual(self.facts("pub/hello.txt", reader)[0]["perm"], "r")
        self.assertEqual(self.facts("pub", writer)[0]["perm"], "cel")
        self.assertEqual(self.facts("pub/hello.txt", writer)[0]["perm"], "")

    def test_follows_the_place(self):
        guest = self.client(name="anonymous")
        self.assertEqual(self.entries("MLSD", guest)["pub"]["perm"], "el")
        self.assertEqual(self.entries("MLSD", guest)["incoming"]["perm"], "cel")
        self.assertEqual(self.entries("MLSD incoming", guest)["old"]["perm"], "")

    def test_is_no_more_than_the_file_system_allows(self):
        os.chmod(self.server.path("pub/half"), 0o444)
        self.addCleanup(os.chmod, self.server.path("pub/half"), 0o644)
        os.chmod(self.server.path("empty"), 0o555)
        self.addCleanup(os.chmod, self.server.path("empty"), 0o755)
        self.assertEqual(self.facts("pub/half")[0]["perm"], "dfr")
        self.assertEqual(self.facts("empty")[0]["perm"], "defl")

    def test_of_the_root_says_that_it_can_neither_be_renamed_nor_removed(self):
        self.assertEqual(self.facts("/")[0]["perm"], "celmp")


class Options(FactsTest):
    def test_choose_the_facts(self):
        reply = self.ftp.do("OPTS MLST size;modify;nonsense;", 200)
        self.assertEqual(reply.text, "MLST OPTS size;modify;")
        self.assertEqual(set(self.entries()["half"]), {"size", "modify"})
        self.assertEqual(self.ftp.do("OPTS MLST", 200).text, "MLST OPTS")
        self.assertTrue(all(line.startswith(" ") for line in self.ftp.lines("MLSD pub")))

    def test_hold_until_a_new_login(self):
        self.ftp.do("OPTS MLST type;", 200)
        self.ftp.login("alice", PASSWORD)
        self.assertIn("size", self.entries()["half"])


class ManyEntries(BlackBoxTest):
    def test_stream_in_constant_memory(self):
        server = self.start()
        server.write_many("many", (f"{number:06}" for number in range(20_000)))
        client = self.client(server)
        self.assertEqual(len(client.lines("MLSD many")), 20_000)
        before = server.memory()
        for _ in range(3):
            self.assertEqual(len(client.lines("MLSD many")), 20_000)
        bound = 4 << 20 if not is_sanitized() else 64 << 20  # AddressSanitizer keeps for a while what was freed
        self.assertLess(server.memory() - before, bound)


if __name__ == "__main__":
    unittest.main()
