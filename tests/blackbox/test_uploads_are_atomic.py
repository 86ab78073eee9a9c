"""An upload is there wholly or not at all: the old file stays until the new one is complete.

However an upload is cut (reset, control connection closed, ABOR, stalled, disk full), the file that was there is
untouched, a file that is new is kept under its name for resuming, and no temporary name is left behind.
"""

import os
import subprocess
import unittest

from harness import ServerTest, user, wait_until
from raw_client import set_reset_on_close

MIB = 1 << 20
OLD = b"the old content\n" * 1000
NEW = bytes(range(256)) * 4096
LONG = NEW * 16  # more than the sockets' buffers hold: once it is sent, the server has read most of it


class UploadTest(ServerTest):
    changes = {"timeouts": {"stalled": 60}}

    def setUp(self):
        self.ftp = self.client()
        self.place = self._testMethodName
        os.mkdir(self.server.path(self.place))
        self.server.write(f"{self.place}/old.bin", OLD)
        self.ftp.do(f"CWD {self.place}", 250)

    def begin(self, command, octets=NEW, mode="PASV"):
        """An upload that is under way: all of `octets` sent, no end yet."""
        data = self.ftp.data(mode)
        self.ftp.do(command, 150)
        data.send(octets)
        return data

    def names(self):
        return self.server.names(self.place)

    def expect_only(self, *names):
        """Nothing but these names, hidden ones included."""
        wait_until(lambda: self.names() == sorted(names),
                   lambda: f"{sorted(names)} only; there are {self.names()}")

    def old_is_whole(self):
        self.assertEqual(self.server.read(f"{self.place}/old.bin"), OLD)

    def kept(self, name):
        return self.server.read(f"{self.place}/{name}")


class Complete(UploadTest):
    def test_the_old_file_is_served_until_the_new_one_is_complete(self):
        data = self.begin("STOR old.bin")
        other = self.client()
        for _ in range(5):
            self.assertEqual(other.retrieve(f"RETR {self.place}/old.bin"), OLD)
            self.old_is_whole()
        data.finish()
        self.ftp.expect(226)
        self.assertEqual(self.kept("old.bin"), NEW)
        self.expect_only("old.bin")

    def test_the_file_is_in_place_when_the_226_comes(self):
        for number in range(50):
            self.ftp.store(f"STOR {number}.bin", b"content")
            self.assertEqual(self.kept(f"{number}.bin"), b"content")

    def test_a_download_that_began_before_gets_the_old_file_whole(self):
        self.server.write(f"{self.place}/big.bin", bytes(32 * MIB))
        reader = self.client()
        data = reader.data()
        reader.do(f"RETR {self.place}/big.bin", 150)
        data.receive_exactly(1000)
        self.ftp.store("STOR big.bin", b"new and short")
        self.assertEqual(len(data.receive()), 32 * MIB - 1000)
        reader.expect(226)

    def test_an_empty_upload_makes_an_empty_file(self):
        self.ftp.store("STOR old.bin", b"")
        self.assertEqual(self.kept("old.bin"), b"")
        self.expect_only("old.bin")

    def test_a_new_file_does_not_have_the_execute_bits_or_set_id_bits(self):
        self.ftp.store("STOR new.bin", NEW)
        self.assertEqual(os.stat(self.server.path(f"{self.place}/new.bin")).st_mode & 0o7111, 0)

    def test_the_longest_name_there_is(self):
        name = "n" * 255
        self.ftp.store(f"STOR {name}", NEW)
        self.ftp.store(f"STOR {name}", OLD)
        self.assertEqual(self.kept(name), OLD)
        self.expect_only("old.bin", name)


class Cut(UploadTest):
    def ends_of_an_upload(self):
        """Each way to cut an upload: a name, and what does it to (control, data)."""
        def reset_data(data):
            data.reset()
            self.ftp.expect(426, 451)
            self.ftp.do("NOOP", 200)

        def abort(data):
            self.ftp.send("ABOR")
            self.ftp.expect(426)
            self.ftp.expect(226)
            self.ftp.do("NOOP", 200)

        def reset_control(data):
            set_reset_on_close(self.ftp.socket)
            self.ftp.socket.close()
            data.send_until_refused()

        def close_control(data):
            self.ftp.socket.close()
            data.send_until_refused()

        def reset_both(data):
            self.ftp.reset()
        return (reset_data, abort, reset_control, close_control, reset_both)

    def cut_in_every_way(self, begin, check):
        for cut in self.ends_of_an_upload():
            for mode in ("PASV", "PORT"):
                with self.subTest(cut=cut.__name__, mode=mode):
                    self.ftp.close()
                    self.ftp = self.client()
                    self.ftp.do(f"CWD {self.place}", 250)
                    self.server.write(f"{self.place}/old.bin", OLD)
                    data = begin(mode)
                    cut(data)
                    check()

    def test_the_old_file_stays_whole_and_nothing_else_is_left(self):
        def check():
            self.expect_only("old.bin")
            self.old_is_whole()
        self.cut_in_every_way(lambda mode: self.begin("STOR old.bin", LONG, mode), check)

    def test_a_new_file_is_kept_under_its_name_as_far_as_it_came(self):
        def check():
            self.expect_only("old.bin", "new.bin")
            kept = self.kept("new.bin")
            sent = LONG + bytes(max(0, len(kept) - len(LONG)))  # after LONG only zeros are sent, until it is cut
            self.assertTrue(kept and sent.startswith(kept), f"{len(kept)} bytes, not a beginning of what was sent")

        def begin(mode):
            if os.path.exists(self.server.path(f"{self.place}/new.bin")):
                os.unlink(self.server.path(f"{self.place}/new.bin"))
            return self.begin("STOR new.bin", LONG, mode)
        self.cut_in_every_way(begin, check)

    def test_a_new_file_that_was_cut_can_be_resumed(self):
        self.begin("STOR new.bin", NEW[:500_000])
        other = self.client()
        for _ in range(10):
            other.do("NOOP", 200)
        self.ftp.do("ABOR", 426)
        self.ftp.expect(226)
        offset = int(self.ftp.do("SIZE new.bin", 213).text)
        self.assertEqual(self.kept("new.bin"), NEW[:offset])
        data = self.ftp.data()
        self.ftp.do(f"REST {offset}", 350)
        self.ftp.do("STOR new.bin", 150)
        data.send(NEW[offset:])
        data.finish()
        self.ftp.expect(226)
        self.assertEqual(self.kept("new.bin"), NEW)
        self.expect_only("old.bin", "new.bin")

    def test_a_new_file_in_type_a_is_kept_too(self):
        self.ftp.do("TYPE A", 200)
        data = self.begin("STOR text.txt", b"line\r\n" * 3_000_000)
        data.reset()
        self.ftp.expect(426, 451)
        kept = self.kept("text.txt")
        self.assertTrue(kept and (b"line\n" * 3_000_000).startswith(kept), kept[-20:])
        self.expect_only("old.bin", "text.txt")

    def test_an_append_keeps_the_old_content_in_front(self):
        data = self.begin("APPE old.bin")
        data.reset()
        self.ftp.expect(426, 451)
        kept = self.kept("old.bin")
        self.assertTrue((OLD + NEW).startswith(kept) and len(kept) >= len(OLD))
        self.expect_only("old.bin")

    def test_a_stalled_upload_is_cut_too(self):
        server = self.start({"timeouts": {"stalled": 1}})
        server.write("old.bin", OLD)
        client = self.client(server)
        for name in ("old.bin", "new.bin"):
            data = client.data()
            client.do(f"STOR {name}", 150)
            data.send(b"x" * 1000)
            client.expect(426, 451, 425)
            client.do("NOOP", 200)
        wait_until(lambda: server.names() == ["new.bin", "old.bin"],
                   lambda: f"no other names than two: {server.names()}")
        self.assertEqual(server.read("old.bin"), OLD)

    def test_a_server_that_is_told_to_end_twice_leaves_the_old_file_whole(self):
        server = self.start()
        server.write("old.bin", OLD)
        client = self.client(server)
        data = client.data()
        client.do("STOR old.bin", 150)
        data.send(b"x" * 100_000)
        server.signal()
        server.wait_until_refusing()
        server.signal()
        server.wait()
        self.assertEqual(server.read("old.bin"), OLD)
        server.kill()


class Refused(UploadTest):
    @staticmethod
    def changes(root):
        careful = ["list", "download", "upload"]
        return {"user": [user(root), user(root, "careful", permissions=careful)]}

    def refuse(self, client, name, *codes):
        for command in ("STOR", "APPE"):
            with self.subTest(command=command, name=name):
                client.data()
                client.do(f"{command} {name}", *codes)
                client.do("NOOP", 200)

    def test_onto_a_directory(self):
        os.mkdir(self.server.path(f"{self.place}/dir"))
        self.refuse(self.ftp, "dir", 550, 553)
        self.refuse(self.ftp, "dir/", 550, 553)
        self.refuse(self.ftp, "/", 550, 553)
        self.refuse(self.ftp, ".", 550, 553)
        self.expect_only("old.bin", "dir")

    def test_into_a_missing_directory(self):
        self.refuse(self.ftp, "missing/new.bin", 550, 553)
        self.refuse(self.ftp, "old.bin/new.bin", 550, 553)
        self.expect_only("old.bin")

    def test_with_a_name_that_is_too_long(self):
        self.refuse(self.ftp, "n" * 256, 550, 553, 501)
        self.expect_only("old.bin")

    def test_over_an_old_file_without_the_permission_to_overwrite(self):
        client = self.client(name="careful")
        client.do(f"CWD {self.place}", 250)
        self.refuse(client, "old.bin", 550, 553)
        client.store("STOR new.bin", NEW)
        self.refuse(client, "new.bin", 550, 553)
        self.old_is_whole()
        self.assertEqual(self.kept("new.bin"), NEW)

    def test_beyond_the_end_of_the_old_file(self):
        self.ftp.data()
        self.ftp.do(f"REST {len(OLD) + 1}", 350)
        self.ftp.do("STOR old.bin", 550, 551, 553, 554)
        self.old_is_whole()

    def test_into_a_directory_where_the_daemon_may_not_write(self):
        server = self.start(as_nobody=True)
        os.mkdir(server.path("closed"))
        server.write("closed/old.bin", OLD)
        os.chmod(server.path("closed/old.bin"), 0o444)
        os.chmod(server.path("closed"), 0o555)
        client = self.client(server)
        self.refuse(client, "closed/new.bin", 550, 553)
        self.refuse(client, "closed/old.bin", 550, 553)
        self.assertEqual(server.read("closed/old.bin"), OLD)
        os.chmod(server.path("closed"), 0o755)

    def test_onto_a_read_only_file_is_refused_or_done_but_never_half_done(self):
        server = self.start(as_nobody=True)
        server.write("old.bin", OLD)
        os.chmod(server.path("old.bin"), 0o444)
        client = self.client(server)
        data = client.data()
        client.send("STOR old.bin")
        if client.expect(150, 550, 553).code == 150:
            data.send(NEW)
            data.finish()
            client.expect(226)
            self.assertEqual(server.read("old.bin"), NEW)
        else:
            self.assertEqual(server.read("old.bin"), OLD)
        self.assertEqual(server.names(), ["old.bin"])


class SmallDisk(UploadTest):
    options = "size=2m"

    def setUp(self):
        super().setUp()
        self.need_root("mounts a small file system")
        self.disk = self.server.path(self.place)
        self.mount("-t", "tmpfs", "-o", self.options, "tmpfs")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        self.server.write(f"{self.place}/old.bin", OLD)

    def mount(self, *how):
        done = subprocess.run(["mount", *how, self.disk], capture_output=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"cannot mount here: {done.stderr.decode()}")


class NoMoreInodes(SmallDisk):
    options = "size=2m,nr_inodes=4"  # the directory, old.bin, and two more

    def test_is_told_and_what_is_there_can_still_be_used(self):
        self.ftp.do("MKD one", 257)
        self.ftp.do("MKD two", 257)
        self.ftp.do("MKD three", 452, 550)
        self.ftp.data()
        for command in ("STOR new.bin", "STOR old.bin", "APPE new.bin", "STOU"):
            self.ftp.do(command, 452, 553)
        self.old_is_whole()
        self.expect_only("old.bin", "one", "two")
        self.assertEqual(self.ftp.retrieve("RETR old.bin"), OLD)
        self.ftp.do("RMD one", 250)
        self.ftp.store("STOR new.bin", NEW)
        self.assertEqual(self.kept("new.bin"), NEW)


class ReadOnlyDisk(SmallDisk):
    def setUp(self):
        super().setUp()
        self.mount("-o", "remount,ro")

    def test_is_told_and_can_be_read(self):
        self.ftp.data()
        for command in ("STOR new.bin", "STOR old.bin", "APPE old.bin", "STOU"):
            self.ftp.do(command, 550, 553)
        for command in ("MKD new", "DELE old.bin", "MFMT 20200101000000 old.bin", "SITE CHMOD 600 old.bin"):
            self.ftp.do(command, 550, 553)
        self.ftp.do("RNFR old.bin", 350)
        self.ftp.do("RNTO new.bin", 550, 553)
        self.assertEqual(self.ftp.retrieve("RETR old.bin"), OLD)
        self.expect_only("old.bin")


class DiskFull(SmallDisk):

    def fill_the_disk(self, command, mode="PASV"):
        data = self.ftp.data(mode)
        self.ftp.do(command, 150)
        try:
            for _ in range(64):
                data.send(bytes(MIB))
            data.finish()
        except ConnectionError:
            pass
        self.ftp.expect(452, 451, 552)
        self.ftp.do("NOOP", 200)

    def test_is_never_a_226_and_the_old_file_stays_whole(self):
        for mode in ("PASV", "PORT"):
            with self.subTest(mode=mode):
                self.fill_the_disk("STOR old.bin", mode)
                self.expect_only("old.bin")
                self.old_is_whole()

    def test_leaves_no_temporary_name_of_a_new_file(self):
        self.fill_the_disk("STOR new.bin")
        wait_until(lambda: set(self.names()) <= {"old.bin", "new.bin"}, lambda: f"no other names: {self.names()}")
        self.old_is_whole()

    def test_is_told_for_an_append_too(self):
        self.fill_the_disk("APPE old.bin")
        self.assertEqual(self.kept("old.bin")[:len(OLD)], OLD)

    def test_is_told_in_type_a_too(self):
        self.ftp.do("TYPE A", 200)
        self.fill_the_disk("STOR old.bin")
        self.old_is_whole()

    def test_of_a_few_bytes_too_many_is_told_too(self):
        self.server.write(f"{self.place}/filler.bin", b"")
        free = os.statvfs(self.server.path(self.place))
        with open(self.server.path(f"{self.place}/filler.bin"), "wb") as file:
            file.write(bytes(free.f_bavail * free.f_frsize))
        data = self.ftp.data()
        self.ftp.send("STOR new.bin")
        reply = self.ftp.expect(150, 452, 451, 552, 550, 553)
        if reply.code == 150:
            data.send(b"just these")
            data.finish()
            self.ftp.expect(452, 451, 552)


if __name__ == "__main__":
    unittest.main()
