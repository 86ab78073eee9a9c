"""Perl's Net::FTP: each method that it gives its user, from small programs as they are found in scripts."""

import os
import subprocess
import unittest

from harness import PASSWORD
from real_client import MIB, POOL, TIME, ClientTest, make_odd_tree, odd_names, tree, write_big


PRELUDE = r"""
use strict; use warnings; use Net::FTP;
my ($host, $port, $passive, @arguments) = @ARGV;
sub connected {
    my $ftp = Net::FTP->new($host, Port => $port, Passive => $passive, Timeout => 60) or die "connect: $@";
    $ftp->login("alice", "wonderland") or die "login: ", $ftp->message;
    $ftp->binary or die "binary: ", $ftp->message;
    return $ftp;
}
my $ftp = connected();
sub must {
    my ($what, $value) = @_;
    return $value if defined $value && length $value;
    die "$what: ", $ftp->code, " ", $ftp->message;
}
sub content {
    my ($name, $got) = (shift, "");
    open my $into, ">", \$got;
    must("get $name", $ftp->get($name, $into));
    return $got;
}
"""

# The working directory goes to the server as `tree`, and comes back into `back`.
TREES = r"""
use File::Find;
sub up {
    my ($local, $name) = @_;
    must("mkdir $name", $ftp->mkdir($name)); must("cwd $name", $ftp->cwd($name));
    opendir my $directory, $local or die; my @names = grep { !/^\.\.?$/ } readdir $directory;
    for (@names) { -d "$local/$_" ? up("$local/$_", $_) : must("put $_", $ftp->put("$local/$_", $_)) }
    must("cdup", $ftp->cdup);
}
sub down {
    my ($name, $local) = @_;
    mkdir $local or die "mkdir $local: $!"; must("cwd $name", $ftp->cwd($name));
    for (grep { !/^\.\.?$/ } $ftp->ls("-a")) {
        if (defined $ftp->size($_)) { must("get $_", $ftp->get($_, "$local/$_")) } else { down($_, "$local/$_") }
    }
    must("cdup", $ftp->cdup);
}
sub remove {
    my ($name) = @_;
    must("cwd $name", $ftp->cwd($name));
    for (grep { !/^\.\.?$/ } $ftp->ls("-a")) { $ftp->delete($_) or remove($_) }
    must("cdup", $ftp->cdup); must("rmdir $name", $ftp->rmdir($name));
}
"""


class NetFtp(ClientTest):
    program = "perl"

    @classmethod
    def skip_if_absent(cls):
        super().skip_if_absent()
        if subprocess.run(["perl", "-MNet::FTP", "-e", "1"], capture_output=True, check=False).returncode:
            raise unittest.SkipTest("Perl's Net::FTP is not installed")

    @staticmethod
    def fill(server):
        server.write("pub/hello.txt", b"hello\n", mtime=TIME)
        server.write("pub/other.txt", b"other\n")
        write_big(server.path("big.bin"), 16)

    def perl(self, body, *arguments, family=4, passive=True, check=0):
        """What a program prints that begins with $ftp connected."""
        host, port = self.server.address(family)
        done = self.run_client("-e", PRELUDE.replace("wonderland", PASSWORD) + body, host, str(port),
                               str(int(passive)), *arguments, check=False)
        self.assertEqual(done.returncode, check, f"{done.stdout}\n{done.stderr}")
        return done.stdout

    def test_gets_and_puts_in_both_modes_and_families(self):
        for family, passive in ((4, True), (4, False), (6, True), (6, False)):
            with self.subTest(family=family, passive=passive):
                if family == 6:
                    self.need_ipv6()
                self.perl('must("get", $ftp->get("big.bin")); must("put", $ftp->put("big.bin", "put.bin"))',
                          family=family, passive=passive)
                self.same("big.bin", "big.bin")
                self.same("big.bin", "put.bin")

    def test_takes_a_tree_with_odd_names_there_and_back(self):
        make_odd_tree(self.local_path("tree"), odd_names())
        self.perl(TREES + 'up("tree", "tree")')
        self.same_trees(self.local_path("tree"), self.server.path("tree"))
        self.perl(TREES + 'down("tree", "back")')
        self.same_trees(self.local_path("back"), self.server.path("tree"))
        self.perl(TREES + 'remove("tree")')
        self.assertFalse(os.path.exists(self.server.path("tree")))

    def test_renames_odd_names(self):
        """Back and forth; what is on the disk in between is what was asked for."""
        self.server.write("renamed/plain", b"x")
        names = [name for name in odd_names() if name != b"plain"]
        said = self.perl(r"""$| = 1; must("cwd", $ftp->cwd("renamed"));
            for (@arguments) {
                must("rename to $_", $ftp->rename("plain", $_)); print join("|", $ftp->ls("-a")), "\n";
                must("rename from $_", $ftp->rename($_, "plain"));
            }""", *names)
        self.assertEqual([os.fsencode(line) for line in said.split("\n")], [*names, b""])
        self.assertEqual(self.server.names("renamed"), ["plain"])

    def test_resumes_a_download(self):
        self.write_local("big.bin", self.server.read("big.bin")[:5 * MIB + 3])
        self.perl('must("get", $ftp->get("big.bin", "big.bin", -s "big.bin"))')
        self.same("big.bin", "big.bin")
        self.wait_for_transfer("/big.bin", f"bytes={11 * MIB - 3} ")

    def test_resumes_an_upload(self):
        self.write_local("up.bin", POOL)
        for way, code in (("restart", '$ftp->restart($size); must("put", $ftp->put($rest, "up.bin"))'),
                          ("append", 'must("append", $ftp->append($rest, "up.bin"))')):
            with self.subTest(way=way):
                self.server.write("up.bin", POOL[:MIB + 1])
                self.perl(r"""my $size = must("size", $ftp->size("up.bin"));
                              open my $rest, "<:raw", "up.bin" or die; seek $rest, $size, 0; """ + code)
                self.same("up.bin", "up.bin")

    def test_lists_long_and_short(self):
        said = self.perl('print map { "$_\n" } $ftp->ls("pub"); print map { "$_\n" } $ftp->dir("pub")').splitlines()
        self.assertEqual(sorted(said[:2]), ["pub/hello.txt", "pub/other.txt"])
        self.assertRegex("\n".join(said[2:]), r"(?m)^-rw\S+ .* 6 Sep +9 +2001 hello\.txt$")

    def test_asks_for_size_time_and_features(self):
        said = self.perl(r"""print $ftp->size("pub/hello.txt"), " ", $ftp->mdtm("pub/hello.txt"), " ",
                             $ftp->supported("SIZE"), $ftp->supported("STAT"), $ftp->supported("SMNT")""")
        self.assertEqual(said, f"6 {TIME} 110")

    def test_sets_times_and_permissions(self):
        self.server.write("changed.txt")
        self.perl(r"""must("quot", $ftp->quot("MFMT", "20010203040506 changed.txt") == 2);
                      must("site", $ftp->site("CHMOD", "640", "changed.txt") == 2)""")
        self.assertEqual(self.mtime("changed.txt"), 981173106)
        self.assertEqual(os.stat(self.server.path("changed.txt")).st_mode & 0o777, 0o640)

    def test_makes_and_removes_trees(self):
        self.perl(r"""must("mkdir", $ftp->mkdir("made/and/deep", 1));
                      must("put", $ftp->put("/dev/null", "made/and/file"))""")
        self.assertEqual(tree(self.server.path("made")), {b"and": None, b"and/deep": None, b"and/file": b""})
        self.perl('must("rmdir", $ftp->rmdir("made", 1))')
        self.assertFalse(os.path.exists(self.server.path("made")))

    def test_stores_under_unique_names(self):
        said = self.perl(r"""for (1, 2) {
            open my $from, "<", \"content $_";
            print must("put_unique", $ftp->put_unique($from)), "\n"; }""").split()
        self.assertEqual(len(set(said)), 2)
        self.assertEqual([self.server.read(name) for name in said], [b"content 1", b"content 2"])

    def test_gets_and_puts_text(self):
        self.write_local("text.txt", b"one\ntwo\n")
        self.perl('$ftp->ascii; must("put", $ftp->put("text.txt")); must("get", $ftp->get("text.txt", "back.txt"))')
        self.assertEqual(self.server.read("text.txt"), b"one\r\ntwo\r\n".replace(b"\r\n", b"\n"))
        self.assertEqual(self.read_local("back.txt"), b"one\ntwo\n")

    def test_goes_on_after_aborts(self):
        for abort in ("$data->abort", "$data->close", "$ftp->abort"):
            with self.subTest(abort=abort):
                said = self.perl(r"""for (1 .. 3) {
                    my $data = must("retr", $ftp->retr("big.bin")); must("read", $data->read(my $octets, 1000));
                    %s or die "abort: ", $ftp->message; print $ftp->pwd, content("pub/hello.txt");
                }""" % abort)
                self.assertEqual(said, "/hello\n" * 3)

    def test_goes_on_after_refusals(self):
        said = self.perl(r"""$ftp->get("missing", "missing") and die; print $ftp->code;
            $ftp->cwd("missing") and die; $ftp->delete("pub") and die; $ftp->rename("missing", "x") and die;
            $ftp->mkdir("pub") and die; $ftp->rmdir("pub") and die; $ftp->put("/dev/null", "no/such/place") and die;
            print content("pub/hello.txt")""")
        self.assertRegex(said, r"\A550hello\n")

    def test_holds_fifty_transfers_at_once(self):
        said = self.perl(r"""my @sessions = map { connected() } 1 .. 50;
            my @data = map { $_->retr("big.bin") or die $_->message } @sessions;
            for (@data) { $_->read(my $octets, 65536) or die "read" }
            for (@data) { $_->abort or die "abort" }
            for (@sessions) { print $_->size("pub/hello.txt"); $_->quit or die $_->message }""")
        self.assertEqual(said, "6" * 50)


if __name__ == "__main__":
    unittest.main()
