"""FEAT and HELP tell the truth: what is announced works, what works is announced, and nothing else is there."""

import hashlib
import unittest

from harness import ServerTest

CONTENT = b"one\ntwo\n"
TIME = "20261123055117"

# RFC 959 and RFC 1123 need no announcement, nor do FEAT and OPTS themselves; MLSD stands behind MLST's line.
NOT_ANNOUNCED = set("""USER PASS ACCT CWD CDUP REIN QUIT PORT PASV TYPE STRU MODE RETR STOR STOU APPE ALLO REST RNFR RNTO
                       ABOR DELE RMD MKD PWD LIST NLST SITE SYST STAT HELP NOOP
                       XCWD XCUP XMKD XRMD XPWD FEAT OPTS MLSD""".split())
# What other servers know, and RFCs and drafts name.
KNOWN_ELSEWHERE = """ADAT AUTH CCC CONF ENC HOST LPRT LPSV MFCT MFF MIC P@SW PBSZ PROT SMNT XCRC XMD5 XSHA XSHA1 XSHA256
                     XSHA512 MD5 COMB THMB DSIZ MAIL MSND""".split()


class Features(ServerTest):
    @staticmethod
    def fill(server):
        server.write("file.txt", CONTENT)
        server.write("dir/inner.txt", b"inner\n")

    def setUp(self):
        self.ftp = self.client()

    def features(self):
        reply = self.ftp.do("FEAT", 211)
        self.assertEqual(reply.lines[-1].lower(), "211 end")
        self.assertTrue(reply.lines[0].startswith("211-"))
        for line in reply.body:
            self.assertRegex(line, r"^ [!-~]+( .*[^ ])?$", "one blank, the feature, no blanks at the end")
        return [line[1:] for line in reply.body]

    def help(self):
        return [line.strip() for line in self.ftp.do("HELP", 214).body]

    # ---- what each feature is good for ----

    def retrieve_rest(self):
        self.ftp.do("REST 3", 350)
        self.assertEqual(self.ftp.retrieve("RETR file.txt"), CONTENT[3:])

    def retrieve_range(self):
        self.ftp.do("RANG 2 4", 350)
        self.assertEqual(self.ftp.retrieve("RETR file.txt"), CONTENT[2:5])

    def use_facts(self):
        self.assertIn("size=8;", self.ftp.do("MLST file.txt", 250).body[0])
        self.assertEqual(len(self.ftp.lines("MLSD")), 2)

    def use_utf8(self):
        self.ftp.do("MKD Gr\u00fc\u00dfe", 257)
        self.assertIn("Gr\u00fc\u00dfe", self.ftp.lines("NLST"))
        self.ftp.do("RMD Gr\u00fc\u00dfe", 250)

    def set_time(self):
        self.ftp.do(f"MFMT {TIME} file.txt", 213)
        self.assertEqual(self.ftp.do("MDTM file.txt", 213).text, TIME)

    def use_digest(self):
        self.assertIn(hashlib.sha256(CONTENT).hexdigest(), self.ftp.do("HASH file.txt", 213).text)

    PROOFS = {
        "AVBL": lambda test: test.assertGreater(int(test.ftp.do("AVBL", 213).text), 0),
        "CLNT": lambda test: test.ftp.do("CLNT unittest", 200),
        "CSID": lambda test: test.ftp.do("CSID Name=unittest;", 200),
        "EPRT": lambda test: test.ftp.retrieve("RETR file.txt", "EPRT"),
        "EPSV": lambda test: test.ftp.retrieve("RETR file.txt", "EPSV"),
        "HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32;": use_digest,
        "LANG EN*": lambda test: test.ftp.do("LANG EN", 200),
        "MDTM": lambda test: test.ftp.do("MDTM file.txt", 213),
        "MFMT": set_time,
        "MLST type*;size*;modify*;perm*;unique*;UNIX.mode*;UNIX.uid*;UNIX.gid*;": use_facts,
        "RANG STREAM": retrieve_range,
        "REST STREAM": retrieve_rest,
        "SIZE": lambda test: test.assertEqual(test.ftp.do("SIZE file.txt", 213).text, "8"),
        "TVFS": lambda test: test.assertEqual(test.ftp.retrieve("RETR /dir/../dir/inner.txt"), b"inner\n"),
        "UTF8": use_utf8,
    }

    # ---- the tests ----

    def test_feat_has_the_form_of_rfc_2389(self):
        self.assertEqual(len(self.features()), len(set(self.features())))
        self.ftp.do("FEAT please", 501)

    def test_every_feature_that_is_announced_works_and_there_is_no_other(self):
        self.assertEqual(self.features(), list(self.PROOFS))
        for feature, proof in self.PROOFS.items():
            with self.subTest(feature=feature):
                proof(self)

    def test_every_verb_is_of_rfc_959_or_announced(self):
        announced = {feature.split()[0] for feature in self.features()}
        for verb in self.help():
            with self.subTest(verb=verb):
                self.assertTrue(verb in NOT_ANNOUNCED or verb in announced)

    def test_every_verb_of_help_is_known(self):
        for verb in self.help():
            with self.subTest(verb=verb):
                reply = self.connect().do(verb, *range(200, 600))
                self.assertNotIn(reply.code, (500, 502))
                self.assertIn(verb, str(self.ftp.do(f"HELP {verb}", 214)))

    def test_verbs_that_are_not_offered_are_502_and_not_in_help(self):
        for verb in KNOWN_ELSEWHERE:
            with self.subTest(verb=verb):
                self.ftp.do(f"{verb} x", 502)
                self.assertNotIn(verb, self.help())

    def test_verbs_that_nobody_knows_are_500(self):
        for verb in ("XYZZY", "RETRIEVE", "A", "LISTEN"):
            self.ftp.do(f"{verb} x", 500)

    def test_opts_says_what_is_in_use(self):
        self.ftp.do("OPTS UTF8 ON", 200)
        self.ftp.do("opts utf8 on", 200)
        self.ftp.do("OPTS NOSUCH", 501)
        self.ftp.do("OPTS HASH MD5", 200)
        self.ftp.do("OPTS MLST size;", 200)
        features = self.features()
        self.assertIn("HASH SHA-256;SHA-512;SHA-1;MD5*;CRC32;", features)
        self.assertIn("MLST type;size*;modify;perm;unique;UNIX.mode;UNIX.uid;UNIX.gid;", features)


if __name__ == "__main__":
    unittest.main()
