"""Who may do what: the permissions of users, and the four grades of anonymous writing.

Each permission alone opens what it is for, and lacking it alone closes just that; a refusal is 550 or 553, before any data.
"""

import os
import unittest

from harness import EVERYTHING, BlackBoxTest, ServerTest, user

CLOSED = (550, 553, 450)

# Permission: what it opens, as (command, the codes when open). Transfers are marked by their verb.
DEEDS = {
    "list": [("LIST", (150,)), ("NLST", (150,))],
    "download": [("RETR file.txt", (150,))],
    "upload": [("STOR new.txt", (150,))],
    "append": [("APPE file.txt", (150,))],
    "overwrite": [("STOR file.txt", (150,))],
    "rename": [("RNFR file.txt", (350,))],
    "delete": [("DELE file.txt", (250,))],
    "mkdir": [("MKD new", (257,))],
    "rmdir": [("RMD empty", (250,))],
}


def prepare(server):
    server.write("file.txt", b"content")
    for name in ("empty", "incoming"):
        if not os.path.isdir(server.path(name)):
            os.mkdir(server.path(name))
    for name in ("new.txt", "incoming/new.txt", "incoming/file.txt"):
        if os.path.exists(server.path(name)):
            os.unlink(server.path(name))
    if os.path.isdir(server.path("new")):
        os.rmdir(server.path("new"))


class Users(ServerTest):
    @staticmethod
    def changes(root):
        users = [user(root)]
        for name in DEEDS:
            users.append(user(root, f"only-{name}", permissions=[name]))
            users.append(user(root, f"all-but-{name}", permissions=[one for one in EVERYTHING if one != name]))
        users += [user(root, "reader", permissions="read"), user(root, "writer", permissions="write"),
                  user(root, "nothing", permissions=[])]
        return {"user": users}

    def try_deed(self, client, command, codes):
        prepare(self.server)
        data = client.data() if 150 in codes else None
        reply = client.do(command, *codes, *CLOSED)
        if reply.code == 150:
            if command.startswith(("STOR", "APPE")):
                data.finish()
            else:
                data.receive()
            client.expect(226)
        elif data:
            data.close()
        return reply.code in codes

    def allowed(self, name):
        client = self.client(name=name)
        return {permission for permission, deeds in DEEDS.items()
                if all(self.try_deed(client, *deed) for deed in deeds)}

    def closed(self, name):
        client = self.client(name=name)
        return {permission for permission, deeds in DEEDS.items()
                if not any(self.try_deed(client, *deed) for deed in deeds)}

    def test_one_alone_opens_what_it_is_for_and_nothing_else(self):
        for name in DEEDS:
            with self.subTest(permission=name):
                opened = set() if name == "overwrite" else {name}  # that one needs "upload" as well
                self.assertEqual(self.allowed(f"only-{name}"), opened)
                self.assertEqual(self.closed(f"only-{name}"), set(DEEDS) - opened)

    def test_lacking_one_closes_just_that(self):
        for name in DEEDS:
            with self.subTest(permission=name):
                # To replace a file is an upload too: it needs both.
                self.assertEqual(self.closed(f"all-but-{name}"), {name} | ({"overwrite"} if name == "upload" else set()))

    def test_read_is_list_and_download(self):
        self.assertEqual(self.allowed("reader"), {"list", "download"})
        self.assertEqual(self.closed("reader"), set(DEEDS) - {"list", "download"})

    def test_write_is_all_of_them(self):
        self.assertEqual(self.allowed("writer"), set(DEEDS))

    def test_none_at_all_still_lets_a_user_log_in_and_look_where_he_is(self):
        self.assertEqual(self.allowed("nothing"), set())
        self.client(name="nothing").do("PWD", 257)

    def test_a_refusal_changes_nothing(self):
        prepare(self.server)
        before = sorted(os.walk(self.server.root))
        client = self.client(name="nothing")
        for deeds in DEEDS.values():
            for command, _ in deeds:
                client.data()
                client.do(command, *CLOSED)
        self.assertEqual(sorted(os.walk(self.server.root)), before)

    def test_roots_of_users_are_apart(self):
        def changes(root):
            os.mkdir(os.path.join(root, "a"))
            os.mkdir(os.path.join(root, "b"))
            return {"user": [user(root + "/a", "a"), user(root + "/b", "b")]}
        server = self.start(changes)
        self.client(server, name="a").store("STOR file.txt", b"of a")
        client = self.client(server, name="b")
        self.assertEqual(client.lines("NLST"), [])
        client.data()
        client.do("RETR ../a/file.txt", 550)
        client.data()
        client.do("RETR /a/file.txt", 550)


class AnonymousWriting(BlackBoxTest):
    def guest(self, **anonymous):
        def changes(root):
            os.mkdir(os.path.join(root, "incoming"))
            return {"anonymous": anonymous}
        self.server = self.start(changes)
        prepare(self.server)
        return self.client(name="anonymous", password="guest@example.org")

    def closed(self, client, *commands):
        for command in commands:
            with self.subTest(closed=command):
                client.data()
                client.do(command, *CLOSED)

    def test_none_reads_only(self):
        client = self.guest(write="none")
        self.closed(client, "STOR new.txt", "STOR file.txt", "APPE file.txt", "MKD new", "DELE file.txt", "RMD empty",
                    "RNFR file.txt")
        self.assertEqual(client.retrieve("RETR file.txt"), b"content")

    def test_upload_makes_new_files_and_directories_and_changes_no_old_ones(self):
        client = self.guest(write="upload")
        client.store("STOR new.txt", b"new")
        client.do("MKD new", 257)
        client.store("STOR new/inner.txt", b"new")
        self.closed(client, "STOR file.txt", "APPE file.txt", "DELE file.txt", "RMD empty", "RNFR file.txt", "STOR new.txt")
        self.assertEqual(self.server.read("file.txt"), b"content")

    def test_dropbox_takes_new_files_and_gives_none_back(self):
        client = self.guest(write="dropbox", upload_directory="/incoming")
        client.store("STOR incoming/new.txt", b"new")
        self.closed(client, "RETR incoming/new.txt", "STOR incoming/new.txt", "APPE incoming/new.txt",
                    "DELE incoming/new.txt", "RNFR incoming/new.txt", "STOR new.txt", "MKD new", "MKD incoming/new")
        self.assertEqual(client.retrieve("RETR file.txt"), b"content")
        self.assertEqual(self.server.read("incoming/new.txt"), b"new")

    def test_dropbox_does_not_replace_what_others_dropped(self):
        client = self.guest(write="dropbox", upload_directory="/incoming")
        client.store("STOR incoming/new.txt", b"first")
        other = self.client(name="ftp", password="eve@example.org")
        self.closed(other, "STOR incoming/new.txt")
        client.do("CWD incoming", 250)
        self.closed(client, "STOR new.txt", "RETR new.txt")
        self.assertEqual(self.server.read("incoming/new.txt"), b"first")

    def test_full_does_everything(self):
        client = self.guest(write="full")
        client.store("STOR file.txt", b"replaced")
        client.store("APPE file.txt", b" and more")
        client.do("RNFR file.txt", 350)
        client.do("RNTO moved.txt", 250)
        client.do("DELE moved.txt", 250)
        client.do("RMD empty", 250)
        client.do("MKD new", 257)

    def test_upload_directory_is_where_writing_ends(self):
        client = self.guest(write="full", upload_directory="/incoming")
        self.closed(client, "STOR new.txt", "DELE file.txt", "MKD new", "STOR incoming/../new.txt", "STOR incomingx",
                    "MKD incoming2")
        client.store("STOR incoming/new.txt", b"new")
        client.do("MKD incoming/sub", 257)
        client.store("STOR /incoming/sub/new.txt", b"new")
        client.do("RNFR incoming/new.txt", 350)
        client.do("RNTO new.txt", *CLOSED)
        self.assertNotIn("new.txt", self.server.names())

    def test_upload_directory_itself_is_not_removed_or_renamed(self):
        client = self.guest(write="full", upload_directory="/incoming")
        client.send("RMD incoming")
        client.expect(250, *CLOSED)
        client.send("RNFR incoming")
        if client.expect(350, *CLOSED).code == 350:
            client.do("RNTO elsewhere", *CLOSED)


if __name__ == "__main__":
    unittest.main()
