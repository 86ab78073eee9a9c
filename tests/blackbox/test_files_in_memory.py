"""Small files on a file system in memory, which the control loop opens and stores itself: what stands behind their
command in the same segment finds them in the same order as elsewhere.
"""

import os
import unittest

from harness import BlackBoxTest, wait_until
from raw_client import port_command

HELLO = b"hello\n"


class InMemory(BlackBoxTest):
    def setUp(self):
        self.server = self.start(within="/dev/shm")
        self.server.write("small.txt", HELLO)
        self.ftp = self.client(self.server)

    def expect(self, *codes):
        for code in codes:
            self.ftp.expect(code)

    def test_are_sent_and_then_the_next_command_is_answered(self):
        data = self.ftp.data()
        self.ftp.send_bytes(b"RETR small.txt\r\nPWD\r\n")
        self.assertEqual(data.receive(), HELLO)
        self.expect(150, 226, 257)

    def test_can_be_aborted_in_the_same_segment(self):
        data = self.ftp.data()
        self.ftp.send_bytes(b"RETR small.txt\r\nABOR\r\n")
        self.expect(150, 426, 226)
        data.close()
        data = self.ftp.data()
        self.ftp.send_bytes(b"STOR new.txt\r\nABOR\r\n")
        self.expect(150, 426, 226)
        data.close()
        self.assertEqual(self.server.names(), ["small.txt"])

    def test_are_finished_before_the_session_ends(self):
        data = self.ftp.data()
        self.ftp.send_bytes(b"RETR small.txt\r\nQUIT\r\n")
        self.assertEqual(data.receive(), HELLO)
        self.expect(150, 226, 221)
        self.ftp.expect_end()

    def test_are_stored_whole_with_the_mode_of_what_they_replace(self):
        os.chmod(self.server.path("small.txt"), 0o640)
        self.ftp.store("STOR small.txt", b"new")
        self.assertEqual(self.server.read("small.txt"), b"new")
        self.assertEqual(os.stat(self.server.path("small.txt")).st_mode & 0o777, 0o640)

    def test_whose_client_vanishes_leave_nothing(self):
        data = self.ftp.data()
        self.ftp.send("STOR new.txt")
        self.ftp.expect(150)
        self.ftp.reset()
        data.reset()
        wait_until(lambda: self.server.names() == ["small.txt"], "the temporary name is gone")

    def test_cannot_replace_a_directory_a_device_or_what_is_protected(self):
        os.mkdir(self.server.path("directory"))
        os.mkfifo(self.server.path("fifo"))
        os.symlink("fifo", self.server.path("link"))
        for name in ("directory", "fifo", "link"):
            self.ftp.data()
            self.ftp.do(f"STOR {name}", 550, 553)
            self.ftp.data()
            self.ftp.do(f"RETR {name}", 550)

    def test_many_that_cannot_be_connected_for_are_answered_one_after_another(self):
        closed = self.ftp.data()  # a port of the server's own that nobody listens at any more
        port = closed.socket.getpeername()[1]
        closed.close()
        self.ftp.send_bytes(b"".join(port_command("127.0.0.1", port).encode() + b"\r\nRETR small.txt\r\n"
                                     for _ in range(100)))
        for _ in range(100):
            self.expect(200, 150, 425)
        self.ftp.do("NOOP", 200)


if __name__ == "__main__":
    unittest.main()
