"""Node's basic-ftp: each method of its Client.

Debian has no package of it. The tests run where node finds it: in NODE_PATH, or where npm installs globally.
"""

import os
import subprocess
import unittest

from harness import PASSWORD
from real_client import MIB, POOL, TIME, ClientTest, make_odd_tree, odd_names, tree, write_big

PLACES = ("/usr/local/lib/node_modules", "/usr/lib/node_modules")
NODE_PATH = os.pathsep.join(filter(None, (os.environ.get("NODE_PATH"), *PLACES)))

# It speaks UTF-8, in which other octets cannot be said.
CANNOT = (b"latin-1 \xe4",)

PRELUDE = """
const ftp = require("basic-ftp"), fs = require("fs"), stream = require("stream");
const [host, port, password, ...given] = process.argv.slice(1);
const connected = async () => {
    const client = new ftp.Client(60000);
    await client.access({host, port: Number(port), user: "alice", password});
    return client;
};
const content = async (client, name) => {
    const pieces = [];
    await client.downloadTo(new stream.Writable({write(piece, _, done) { pieces.push(piece); done(); }}), name);
    return Buffer.concat(pieces).toString();
};
const refused = async (promise) => {
    try { await promise; } catch (error) { if (error instanceof ftp.FTPError) return error.code; throw error; }
    throw new Error("not refused");
};
(async () => {
    const client = await connected();
    %s
    client.close();
})().catch((error) => { console.error(error); process.exit(1); });
"""


class BasicFtp(ClientTest):
    program = "node"

    @classmethod
    def skip_if_absent(cls):
        super().skip_if_absent()
        if subprocess.run(["node", "-e", 'require("basic-ftp")'], capture_output=True, check=False,
                          env=os.environ | {"NODE_PATH": NODE_PATH}).returncode:
            raise unittest.SkipTest("Node's basic-ftp is not installed (npm install -g basic-ftp)")

    @staticmethod
    def fill(server):
        server.write("pub/hello.txt", b"hello\n", mtime=TIME)
        write_big(server.path("big.bin"), 16)

    def environment(self):
        return super().environment() | {"NODE_PATH": NODE_PATH}

    def node(self, body, *arguments, family=4):
        """What a program prints whose `client` is logged in."""
        host, port = self.server.address(family)
        return self.run_client("-e", PRELUDE % body, host, str(port), PASSWORD, *arguments).stdout

    def test_gets_and_puts_in_both_families(self):
        for family in (4, 6):
            with self.subTest(family=family):
                if family == 6:
                    self.need_ipv6()
                self.node('await client.downloadTo("big.bin", "big.bin"); await client.uploadFrom("big.bin", "up.bin")',
                          family=family)
                self.same("big.bin", "big.bin")
                self.same("big.bin", "up.bin")

    def test_takes_a_tree_with_odd_names_there_and_back(self):
        make_odd_tree(self.local_path("tree"), odd_names(CANNOT))
        self.node('await client.uploadFromDir("tree", "trees/tree")')
        self.same_trees(self.local_path("tree"), self.server.path("trees/tree"))
        self.node('await client.downloadToDir("back", "trees/tree")')
        self.same_trees(self.local_path("back"), self.server.path("trees/tree"))
        self.node('await client.removeDir("trees")')
        self.assertFalse(os.path.exists(self.server.path("trees")))

    def test_takes_a_tree_by_long_listings_too(self):
        """It falls back to LIST; there it drops blanks at the ends of names, and takes " -> " for a link's."""
        names = odd_names((*CANNOT, " leading blank", "trailing blank ", "arrow -> target"))
        make_odd_tree(self.server.path("listed"), names)
        self.node('client.availableListCommands = ["LIST -a", "LIST"]; await client.downloadToDir("listed", "listed")')
        self.same_trees(self.local_path("listed"), self.server.path("listed"))

    def test_lists(self):
        said = self.node("""
            for (const command of ["MLSD", "LIST -a"]) {
                client.availableListCommands = [command];
                for (const file of await client.list("pub"))
                    console.log(file.name, file.size, file.type, file.permissions.user, file.rawModifiedAt);
            }""")
        self.assertRegex(said, r"\Ahello\.txt 6 1 6 2001-09-09T01:46:47\.000Z\nhello\.txt 6 1 6 Sep +9 +2001\n\Z")

    def test_resumes_a_download(self):
        self.write_local("big.bin", self.server.read("big.bin")[:5 * MIB + 3])
        self.node('await client.downloadTo("big.bin", "big.bin", fs.statSync("big.bin").size)')
        self.same("big.bin", "big.bin")
        self.wait_for_transfer("/big.bin", f"bytes={11 * MIB - 3} ")

    def test_resumes_an_upload(self):
        self.write_local("resumed.bin", POOL)
        self.server.write("resumed.bin", POOL[:MIB + 1])
        self.node("""await client.appendFrom("resumed.bin", "resumed.bin",
                                             {localStart: await client.size("resumed.bin")})""")
        self.same("resumed.bin", "resumed.bin")

    def test_asks_for_size_time_place_and_features(self):
        said = self.node("""
            console.log(await client.size("pub/hello.txt"), (await client.lastMod("pub/hello.txt")).getTime());
            await client.cd("pub"); console.log(await client.pwd());
            console.log([...(await client.features()).keys()].includes("SIZE"));""")
        self.assertEqual(said, f"6 {TIME}000\n/pub\ntrue\n")

    def test_renames_and_removes(self):
        self.server.write("renamed/plain", b"x")
        names = [os.fsdecode(name) for name in odd_names(CANNOT) if name != b"plain"]
        said = self.node("""
            await client.cd("renamed");
            for (const name of given) {
                await client.rename("plain", name);
                console.log((await client.list()).map((file) => file.name).join("|"));
                await client.rename(name, "plain");
            }
            await client.remove("plain");""", *names)
        self.assertEqual(said.split("\n"), [*names, ""])
        self.assertEqual(self.server.names("renamed"), [])

    def test_sets_times(self):
        self.server.write("dated.txt")
        self.node('await client.send("MFMT 20010203040506 dated.txt")')
        self.assertEqual(self.mtime("dated.txt"), 981173106)

    def test_goes_on_after_refusals(self):
        said = self.node("""
            console.log(await refused(client.cd("missing")), await refused(client.remove("pub")),
                        await refused(client.rename("missing", "other")), await refused(client.size("missing")),
                        await content(client, "pub/hello.txt"));""")
        self.assertEqual(said, "550 550 550 550 hello\n\n")

    def test_goes_on_after_refused_transfers(self):
        """The data connection is open when the refusal comes. It must end without a reset, which basic-ftp takes for
        the end of the session."""
        said = self.node("""
            console.log(await refused(client.downloadTo("missing", "missing")),
                        await refused(client.uploadFrom(stream.Readable.from(["x"]), "no/such/place")),
                        await refused(client.list("missing")), await content(client, "pub/hello.txt"));""")
        self.assertRegex(said, r"\A550 55[03] 550 hello\n\n\Z")

    def test_goes_on_after_it_broke_off(self):
        said = self.node("""
            const tap = new stream.Writable({write(piece, _, done) { client.close(); done(); }});
            await client.downloadTo(tap, "big.bin").then(() => { throw new Error("complete"); }, () => {});
            await client.access({host, port: Number(port), user: "alice", password});
            console.log(await content(client, "pub/hello.txt"));""")
        self.assertEqual(said, "hello\n\n")
        self.wait_for_transfer("/big.bin", "outcome=(connection-lost|aborted)")

    def test_holds_fifty_sessions_at_once(self):
        """All are logged in before the first goes on."""
        said = self.node("""
            const clients = await Promise.all(Array.from({length: 50}, connected));
            await Promise.all(clients.map(async (one, number) => {
                const name = `fifty/${number}/file.txt`;
                await one.ensureDir(`fifty/${number}`);
                await one.uploadFrom(stream.Readable.from([`content ${number}`]), "file.txt");
                await one.cd("/");
                if (await content(one, name) !== `content ${number}`) throw new Error(name);
                if ((await one.list(`fifty/${number}`)).length !== 1) throw new Error(name);
            }));
            console.log((await client.list("fifty")).length);
            clients.forEach((one) => one.close());""")
        self.assertEqual(said, "50\n")
        self.assertEqual(len(tree(self.server.path("fifty"), directories=False)), 50)


if __name__ == "__main__":
    unittest.main()
