"""`uvftpd serve`: a directory shared without a configuration file.

With anonymous, read-only unless --writable, on 127.0.0.1 and ::1; more users by --user.
"""

import os
import unittest

from harness import HAS_IPV6, BlackBoxTest


class Serve(BlackBoxTest):
    """Each test starts its own, in the root, on any free port."""

    def serve(self, *arguments):
        server = self.start(serve=("--port", "0", *arguments))
        server.write("file.txt", b"hello\n")
        return server

    def guest(self, server, **options):
        return self.client(server, name="anonymous", password="guest@example.org", **options)

    def test_shares_the_current_directory_with_anonymous(self):
        server = self.serve()
        self.assertEqual(self.guest(server).retrieve("RETR file.txt"), b"hello\n")

    def test_shares_the_given_directory(self):
        server = self.start(serve=(".", "--port", "0"))
        server.write("file.txt", b"hello\n")
        self.assertEqual(self.guest(server).retrieve("RETR file.txt"), b"hello\n")
        other = self.start(serve=("/", "--port", "0"))
        self.guest(other).do("CWD " + server.root, 250)

    def test_says_ready_without_being_asked_where_stdout_is_no_terminal(self):
        self.assertEqual(self.serve().ready["event"], "ready")

    def test_listens_on_both_loopback_addresses_only(self):
        server = self.serve()
        self.assertEqual([entry["address"] for entry in server.ready["listen"]],
                         ["127.0.0.1"] + (["::1"] if HAS_IPV6 else []))
        for family in (4, 6) if HAS_IPV6 else (4,):
            self.guest(server, family=family).do("PWD", 257)

    def test_listens_where_it_is_told(self):
        server = self.serve("--listen", "127.0.0.2")
        self.assertEqual([entry["address"] for entry in server.ready["listen"]], ["127.0.0.2"])
        client = self.guest(server)
        self.assertEqual(client.pasv()[0], "127.0.0.2")

    def test_is_read_only(self):
        server = self.serve()
        client = self.guest(server)
        for command in ("STOR new.txt", "STOR file.txt", "APPE file.txt"):
            client.data()
            client.do(command, 550, 553)
        for command in ("DELE file.txt", "MKD new", "RMD .", "RNFR file.txt"):
            client.send(command)
            if client.expect(550, 450, 350).code == 350:
                client.do("RNTO other.txt", 550, 553)
        self.assertEqual(server.names(), ["file.txt"])

    def test_with_writable_allows_everything(self):
        server = self.serve("--writable")
        client = self.guest(server)
        client.store("STOR file.txt", b"new")
        client.store("APPE file.txt", b" more")
        client.do("MKD dir", 257)
        client.do("RNFR file.txt", 350)
        client.do("RNTO dir/moved.txt", 250)
        self.assertEqual(server.read("dir/moved.txt"), b"new more")
        client.do("DELE dir/moved.txt", 250)
        client.do("RMD dir", 250)

    def test_takes_users(self):
        server = self.serve("--user", "bob:s3:cret", "--user", "eve:x")
        self.assertEqual(self.client(server, name="bob", password="s3:cret").retrieve("RETR file.txt"), b"hello\n")
        self.client(server, name="eve", password="x").do("PWD", 257)
        control = self.connect(server)
        control.do("USER bob", 331)
        control.do("PASS s3", 530)
        reader = self.client(server, name="bob", password="s3:cret")
        reader.data()
        reader.do("STOR new.txt", 550, 553)

    def test_users_may_write_with_writable(self):
        server = self.serve("--writable", "--user", "bob:secret")
        self.client(server, name="bob", password="secret").store("STOR new.txt", b"x")
        self.assertEqual(server.read("new.txt"), b"x")

    def test_has_no_limit_per_address(self):
        server = self.serve()
        clients = [self.guest(server) for _ in range(80)]
        for client in clients:
            client.do("NOOP", 200)

    def test_follows_no_link_out_of_the_directory(self):
        server = self.serve()
        os.symlink(server.log, server.path("link"))
        client = self.guest(server)
        client.data()
        client.do("RETR link", 550)

    def test_serves_port_and_pasv_alike(self):
        client = self.guest(self.serve())
        for mode in ("PASV", "EPSV", "PORT", "EPRT"):
            self.assertEqual(client.retrieve("RETR file.txt", mode), b"hello\n")


if __name__ == "__main__":
    unittest.main()
