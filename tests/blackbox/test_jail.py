"""The file jail: no name, link or odd file leads out of the root, and nothing in it stops the server.

Beside the root lies a directory that no client may ever read, write, list or learn of. After each test it is as it was.
"""

import os
import socket
import stat
import unittest

from harness import ServerTest
from raw_client import IPV4_MODES

SECRET = b"nobody may read this"
REFUSED = (550, 553, 501)


class JailTest(ServerTest):
    changes = {"anonymous": {"write": "full"}}

    @staticmethod
    def fill(server):
        server.write("file.txt", b"inside\n")
        server.write("pub/deep/file.txt", b"deep inside\n")
        with open(os.path.join(server.outside, "secret.txt"), "wb") as file:
            file.write(SECRET)
        os.mkdir(os.path.join(server.outside, "empty"))
        for name, target in (
                ("abs_file", f"{server.outside}/secret.txt"), ("abs_dir", server.outside),
                ("rel_file", "../outside/secret.txt"), ("rel_dir", "../outside"), ("up", ".."),
                ("pub/rel_dir", "../../outside"), ("proc", "/proc/self/root"), ("dangling", f"{server.outside}/new"),
                ("chain", "abs_dir"), ("loop", "loop")):
            os.symlink(target, server.path(name))
        os.symlink("/pub/deep/file.txt", server.path("abs_inside"))
        os.symlink("/pub", server.path("abs_inside_dir"))
        os.symlink("deep/file.txt", server.path("pub/rel_inside"))

    def setUp(self):
        self.ftp = self.client()
        self.addCleanup(self.check_outside)

    def check_outside(self):
        self.assertEqual(sorted(os.listdir(self.server.outside)), ["empty", "secret.txt"])
        with open(os.path.join(self.server.outside, "secret.txt"), "rb") as file:
            self.assertEqual(file.read(), SECRET)
        self.assertEqual(sorted(os.listdir(self.server.directory)), ["outside", "root", "stderr", "uvftpd.toml"])

    def refuse_transfer(self, command, *codes):
        self.ftp.data()
        self.ftp.do(command, *(codes or REFUSED))

    def listing(self, argument):
        """The names that LIST and NLST give, or None where they are refused."""
        names = []
        for verb in ("LIST", "NLST"):
            data = self.ftp.data()
            self.ftp.send(f"{verb} {argument}")
            if self.ftp.expect(150, 450, 550).code == 150:
                names.append(data.receive().decode())
                self.ftp.expect(226)
        return names


OUT = ("abs_file", "rel_file", "abs_dir/secret.txt", "rel_dir/secret.txt", "pub/rel_dir/secret.txt",
       "chain/secret.txt", "up/outside/secret.txt", "abs_dir/../secret.txt", "dangling")
OUT_DIRECTORIES = ("abs_dir", "rel_dir", "pub/rel_dir", "chain", "up/outside", "proc/etc", "abs_dir/empty")
DOTS = ("..", "../", "/..", "/../", "../..", "../../../../../../../..", "pub/../..", "pub/../../outside",
        "./..", ".././..", "..//..", "//..//..", "pub/deep/../../..", "../outside", "/../outside", "/../../outside")


class Dots(JailTest):
    def test_cwd_never_climbs_above_the_root(self):
        for name in DOTS:
            with self.subTest(name=name):
                self.ftp.do("CWD /pub", 250)
                self.ftp.send(f"CWD {name}")
                self.ftp.expect(250, 550)
                self.assertNotIn("outside", self.ftp.do("PWD", 257).text)
                self.assertNotIn("uvftpd.toml", "".join(self.listing("")))

    def test_no_spelling_of_dots_reaches_a_file_outside(self):
        for prefix in ("..", "/..", "pub/../..", "./..", "..//", "....//", "../../../..", "pub/./../.."):
            with self.subTest(prefix=prefix):
                for name in ("outside/secret.txt", "uvftpd.toml", "etc/passwd"):
                    self.refuse_transfer(f"RETR {prefix}/{name}", 550)
                    self.ftp.do(f"SIZE {prefix}/{name}", 550)
                    self.ftp.do(f"MDTM {prefix}/{name}", 550)
                    self.ftp.do(f"DELE {prefix}/{name}", 550, 450)
                    self.ftp.do(f"RNFR {prefix}/{name}", 550, 450)

    def test_dots_above_the_root_are_the_root(self):
        self.assertEqual(self.ftp.retrieve("RETR ../../file.txt"), b"inside\n")
        self.assertEqual(self.ftp.retrieve("RETR /../pub/../file.txt"), b"inside\n")

    def test_other_systems_spellings_are_plain_names(self):
        outside = self.server.outside
        for name in ("..\\outside\\secret.txt", "%2e%2e/outside/secret.txt", "..%2foutside%2fsecret.txt",
                     "~/secret.txt", "~root/.profile", f"file://{outside}/secret.txt", "\u2025/outside/secret.txt",
                     "..\u2215outside\u2215secret.txt", "\uff0e\uff0e/outside/secret.txt", ".. /outside/secret.txt",
                     "$HOME", "`id`", "|id", "{abs_file,}"):
            with self.subTest(name=name):
                self.refuse_transfer(f"RETR {name}")
        for name in (b"\xc0\xae\xc0\xae/outside/secret.txt", b"..\xc0\xafoutside\xc0\xafsecret.txt"):
            with self.subTest(name=name):
                self.refuse_transfer(b"RETR " + name)

    def test_real_absolute_paths_are_looked_for_in_the_root(self):
        self.refuse_transfer(f"RETR {self.server.outside}/secret.txt", 550)
        self.refuse_transfer("RETR /etc/passwd", 550)
        self.ftp.do("CWD /etc", 550)

    def test_new_things_land_in_the_root_or_nowhere(self):
        self.ftp.send("MKD ../../escaped")
        if self.ftp.expect(257, 550).code == 257:
            self.ftp.do("RMD /escaped", 250)
        data = self.ftp.data()
        self.ftp.send("STOR ../../escaped.txt")
        if self.ftp.expect(150, 550, 553).code == 150:
            data.finish()
            self.ftp.expect(226)
            self.ftp.do("DELE /escaped.txt", 250)
        self.ftp.store("STOR moving.txt", b"")
        self.ftp.do("RNFR moving.txt", 350)
        self.ftp.send("RNTO ../../moved.txt")
        self.ftp.expect(250, 550, 553)
        self.assertTrue({"moving.txt", "moved.txt"} & set(self.server.names()))


class Links(JailTest):
    def test_that_lead_out_are_not_read(self):
        for name in OUT:
            with self.subTest(name=name):
                self.refuse_transfer(f"RETR {name}", 550)
                self.ftp.do(f"SIZE {name}", 550)

    def test_that_lead_out_are_not_entered_or_listed(self):
        for name in OUT_DIRECTORIES:
            with self.subTest(name=name):
                self.ftp.do(f"CWD {name}", 550)
                self.assertNotIn("secret.txt", "".join(self.listing(name + "/")))
                self.assertNotIn("secret.txt", str(self.ftp.do(f"STAT {name}/", 211, 212, 213, 450, 501, 550)))

    def test_that_lead_up_stop_at_the_root_as_in_a_chroot(self):
        self.ftp.send("CWD up")
        if self.ftp.expect(250, 550).code == 250:
            self.assertNotIn("outside", self.ftp.lines("NLST"))

    def test_that_lead_out_are_not_written_through(self):
        for name in ("abs_dir/new", "rel_dir/new", "pub/rel_dir/new", "chain/new", "up/outside/new"):
            with self.subTest(name=name):
                self.refuse_transfer(f"STOR {name}")
                self.refuse_transfer(f"APPE {name}")
                self.ftp.do(f"MKD {name}", *REFUSED)
                self.ftp.do("RNFR pub/deep/file.txt", 350)
                self.ftp.do(f"RNTO {name}", *REFUSED)
        for name in ("abs_dir/secret.txt", "rel_dir/secret.txt", "chain/secret.txt"):
            with self.subTest(name=name):
                self.refuse_transfer(f"APPE {name}")
                self.ftp.do(f"DELE {name}", 550, 450)
                self.ftp.do(f"RNFR {name}", 550, 450)
                self.ftp.do(f"RMD {name[:-10]}empty", 550)

    def test_that_lead_out_may_be_replaced_but_their_target_is_not_touched(self):
        for name, target in (("doomed1", "../outside/secret.txt"), ("doomed2", self.server.outside + "/secret.txt"),
                             ("doomed3", self.server.outside + "/new")):
            for command in ("STOR", "APPE"):
                with self.subTest(name=name, command=command):
                    if not os.path.lexists(self.server.path(name)):
                        os.symlink(target, self.server.path(name))
                    data = self.ftp.data()
                    self.ftp.send(f"{command} {name}")
                    if self.ftp.expect(150, 550, 553).code == 150:
                        data.send(b"overwritten")
                        data.finish()
                        self.ftp.expect(226)
                    self.check_outside()
            self.ftp.do(f"DELE {name}", 250)

    def test_are_removed_themselves_and_not_their_targets(self):
        os.symlink("../outside/secret.txt", self.server.path("link1"))
        os.symlink("pub", self.server.path("link2"))
        self.ftp.do("DELE link1", 250)
        self.ftp.do("DELE link2", 250, 550)
        self.assertTrue(os.path.isdir(self.server.path("pub/deep")))

    def test_that_stay_inside_are_followed_as_in_a_chroot(self):
        self.assertEqual(self.ftp.retrieve("RETR abs_inside"), b"deep inside\n")
        self.assertEqual(self.ftp.retrieve("RETR abs_inside_dir/deep/file.txt"), b"deep inside\n")
        self.assertEqual(self.ftp.retrieve("RETR pub/rel_inside"), b"deep inside\n")
        self.ftp.do("CWD abs_inside_dir", 250)
        self.assertEqual(self.ftp.retrieve("RETR deep/file.txt"), b"deep inside\n")

    def test_that_are_loops_are_refused(self):
        self.refuse_transfer("RETR loop", 550)
        self.ftp.do("CWD loop", 550)

    def test_are_checked_for_anonymous_too(self):
        self.ftp = self.client(name="anonymous", password="guest@example.org")
        for name in OUT:
            self.refuse_transfer(f"RETR {name}", 550)
        self.refuse_transfer("STOR abs_dir/new")


class Root(JailTest):
    def test_cannot_be_removed_renamed_or_written_over(self):
        self.ftp.do("CWD /pub", 250)
        for name in ("/", "..", "../", "//", "/.", "../.", "/pub/..", "../.."):
            with self.subTest(name=name):
                self.ftp.do(f"RMD {name}", 550)
                self.ftp.do(f"DELE {name}", 550, 450)
                self.ftp.do(f"MKD {name}", 550, 553)
                self.refuse_transfer(f"STOR {name}")
                self.ftp.send(f"RNFR {name}")
                if self.ftp.expect(350, 550, 450).code == 350:
                    self.ftp.do("RNTO /elsewhere", 550, 553)
                self.ftp.do("RNFR /file.txt", 350)
                self.ftp.do(f"RNTO {name}", 550, 553)
        self.assertIn("file.txt", self.server.names())


class OddFiles(JailTest):
    """FIFOs, sockets and devices: refused at once, so that none of them stops a worker of the server."""

    @staticmethod
    def fill(server):
        JailTest.fill(server)
        for number in range(12):
            os.mkfifo(server.path(f"fifo{number}"))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(server.path("socket"))
        os.symlink("fifo0", server.path("link_to_fifo"))

    def check(self, name):
        self.refuse_transfer(f"RETR {name}", 550)
        self.refuse_transfer(f"STOR {name}", 550, 553)
        self.refuse_transfer(f"APPE {name}", 550, 553)
        self.ftp.do(f"SIZE {name}", 550)
        self.ftp.do(f"CWD {name}", 550)
        self.assertEqual(self.ftp.retrieve("RETR file.txt"), b"inside\n")

    def test_a_fifo_is_refused(self):
        self.check("fifo0")
        self.refuse_transfer("RETR link_to_fifo", 550)
        self.refuse_transfer("APPE link_to_fifo", 550, 553)
        self.assertTrue(stat.S_ISFIFO(os.lstat(self.server.path("fifo0")).st_mode))

    def test_a_socket_is_refused(self):
        self.check("socket")

    def test_a_device_is_refused(self):
        self.need_root("makes device nodes")
        for name, minor in (("zero", 5), ("null", 3), ("full", 7)):
            try:
                os.mknod(self.server.path(name), 0o666 | stat.S_IFCHR, os.makedev(1, minor))
            except PermissionError:
                self.skipTest("no device nodes here")
            self.check(name)
            self.assertTrue(stat.S_ISCHR(os.lstat(self.server.path(name)).st_mode))

    def test_many_fifos_at_once_hold_up_nobody(self):
        clients = [self.client() for _ in range(12)]
        for verb in ("RETR", "STOR", "APPE"):
            for number, client in enumerate(clients):
                client.data(IPV4_MODES[number % 4])
                client.send(f"{verb} fifo{number}")
            self.assertEqual(self.ftp.retrieve("RETR file.txt"), b"inside\n")
            for client in clients:
                client.expect(550, 553)

    def test_they_are_listed_like_anything_else(self):
        lines = self.ftp.lines("LIST")
        self.assertTrue(any(line.startswith("p") and line.endswith(" fifo0") for line in lines), lines)
        self.assertTrue(any(line.startswith("s") and line.endswith(" socket") for line in lines), lines)


if __name__ == "__main__":
    unittest.main()
