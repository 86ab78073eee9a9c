"""What a well-behaved client of the soak does: each function is one operation on a Session, and checks all
that it gets. None may leave anything behind but files that the client's account tells of.
"""

import os
import re

from client import digest
from contents import MIB, TEXT, choose_piece, difference, head, length

ANCHORS = 20  # files in /busy that are always there
MANY = 1500  # files in /many
MOST_FILES = 6  # of one client
ALGORITHMS = ("SHA-256", "SHA-512", "SHA-1", "MD5")


def real_path(session, path):
    return session.client.place.root + path


def expect_on_disk(session, path):
    wrong = difference(real_path(session, path), session.client.kept[path])
    assert wrong is None, wrong


def upload(session, command, pieces, path):
    """A complete one of pieces that come to stand in the file `path` as the client's account tells."""
    data = session.data()
    session.do(command, 150)
    session.transmit(data, pieces)
    data.finish()
    session.expect(226)
    expect_on_disk(session, path)


def some_file(session):
    """A path of the client's that is there."""
    if not session.client.kept:
        store(session)
    return session.rng.choice(sorted(session.client.kept))


# ---- downloads ----

def retrieve(session):
    size = session.source()
    data = session.data()
    session.do(f"RETR /pub/{size}", 150)
    session.receive(data, (0, size))
    session.expect(226)


def retrieve_own(session):
    path = some_file(session)
    data = session.data()
    session.do(f"RETR {path}", 150)
    session.receive(data, *session.client.kept[path])
    session.expect(226)


def retrieve_rest(session):
    size = session.source(at_least=1)
    offset = session.rng.randrange(size)
    data = session.data()
    session.do(f"REST {offset}", 350)
    session.do(f"RETR /pub/{size}", 150)
    session.receive(data, (offset, size - offset))
    session.expect(226)


def retrieve_ascii(session):
    session.do("TYPE A", 200)
    expected = TEXT.replace(b"\n", b"\r\n")
    assert session.do("SIZE /pub/text", 213).text == str(len(expected))
    data = session.data()
    session.do("RETR /pub/text", 150)
    assert data.receive() == expected, "a text in TYPE A differs"
    session.expect(226)
    session.do("TYPE I", 200)


def retrieve_nothing(session):
    session.data()
    session.do("RETR /pub/no such file", 550)


# ---- uploads ----

def store(session):
    path = session.client.new_name("file")
    pieces = (choose_piece(session.rng),)
    session.client.kept[path] = pieces
    upload(session, f"STOR {path}", pieces, path)


def store_over(session):
    path = some_file(session)
    pieces = (choose_piece(session.rng),)
    session.client.kept[path] = pieces
    upload(session, f"STOR {path}", pieces, path)


def store_rest(session):
    """Goes on within a file of one's own; what was behind is cut off."""
    path = some_file(session)
    there = session.client.kept[path]
    offset = session.rng.randrange(length(there) + 1)
    more = (choose_piece(session.rng, MIB + 7),)
    session.client.kept[path] = head(there, offset) + more
    session.do(f"REST {offset}", 350)
    upload(session, f"STOR {path}", more, path)


def append(session):
    path = some_file(session)
    more = (choose_piece(session.rng, MIB + 7),)
    session.client.kept[path] += more
    upload(session, f"APPE {path}", more, path)


def store_unique(session):
    pieces = (choose_piece(session.rng, 5 * MIB),)
    data = session.data()
    path = session.do(f"STOU {session.client.directory}/unique", 150).text.removeprefix("FILE: ")
    assert path not in session.client.kept, f"STOU gave {path} twice"
    session.client.kept[path] = pieces
    session.transmit(data, pieces)
    data.finish()
    session.expect(226)
    expect_on_disk(session, path)


def store_ascii(session):
    path = session.client.new_name("text")
    session.do("TYPE A", 200)
    session.control.store(f"STOR {path}", TEXT.replace(b"\n", b"\r\n"), session.rng.choice(session.modes))
    session.do("TYPE I", 200)
    with open(real_path(session, path), "rb") as file:
        assert file.read() == TEXT, f"{path}, sent in TYPE A, differs"
    session.do(f"DELE {path}", 250)


def store_refused(session):
    """What an anonymous client tries in vain."""
    session.data()
    session.do("STOR /pub/mine", 550, 553)


# ---- names ----

def rename(session):
    path, new = some_file(session), session.client.new_name("renamed")
    session.do(f"RNFR {path}", 350)
    session.do(f"RNTO {new}", 250)
    session.client.kept[new] = session.client.kept.pop(path)
    expect_on_disk(session, new)


def delete(session):
    """Down to a few files."""
    while len(session.client.kept) > MOST_FILES // 2:
        path = some_file(session)
        session.do(f"DELE {path}", 250)
        del session.client.kept[path]
        assert not os.path.exists(real_path(session, path)), f"{path} is deleted and still there"


def directories(session):
    name = session.client.new_name("directory")
    session.do(f"MKD {name}", 257)
    session.do(f"CWD {name}", 250)
    assert session.do("PWD", 257).text.startswith(f'"{name}"')
    session.do("CDUP", 200, 250)
    session.do(f"RMD {name}", 250)
    session.do("CWD /", 250)


def facts(session):
    size = session.source()
    assert session.do(f"SIZE /pub/{size}", 213).text == str(size)
    session.do(f"MDTM /pub/{size}", 213)
    assert f"size={size};" in session.do(f"MLST /pub/{size}", 250).body[0].lower()
    session.do("SIZE /pub", 550)


# ---- listings ----

def list_busy(session):
    """A directory that others change all the time: what stays is always told, each line is whole."""
    verb = session.rng.choice(("LIST", "NLST", "MLSD"))
    change_busy(session)
    lines = session.control.lines(f"{verb} /busy", session.rng.choice(session.modes))
    names = [line.rpartition(" ")[2] for line in lines if not line.startswith("total ")]
    found = {name.rpartition("/")[2] for name in names}
    for name in found:
        assert re.fullmatch(r"\.{1,2}|anchor-\d+|of-\d+|\.uvftpd-[0-9a-f]+", name), f"{verb} told of {name!r}"
    missing = {f"anchor-{number}" for number in range(ANCHORS)} - found
    assert not missing, f"{verb} of a changing directory did not tell of {sorted(missing)}"


def change_busy(session):
    if not session.is_writer:
        return
    name = f"/busy/of-{session.client.index}"
    if os.path.exists(real_path(session, name)):
        session.do(f"DELE {name}", 250)
    else:
        session.control.store(f"STOR {name}", b"", session.rng.choice(session.modes))


def list_many(session):
    verb = session.rng.choice(("LIST", "NLST", "MLSD"))
    lines = session.control.lines(f"{verb} /many", session.rng.choice(session.modes))
    count = sum("entry-" in line for line in lines)
    assert count == MANY, f"{verb} of {MANY} entries told of {count}"


# ---- the rest ----

def hash_file(session):
    algorithm, size = session.rng.choice(ALGORITHMS), session.source(at_least=1)
    session.do(f"OPTS HASH {algorithm}", 200)
    told = session.do(f"HASH /pub/{size}", 213).text
    expected = f"{algorithm} 0-{size - 1} {digest(algorithm, size)} /pub/{size}"
    assert told == expected, f"HASH: {told!r} instead of {expected!r}"


def stat_in_transfer(session):
    size = session.source(at_least=MIB)
    data = session.data()
    session.do(f"RETR /pub/{size}", 150)
    session.send("STAT")
    session.receive(data, (0, size))
    codes = {session.expect(211, 226).code, session.expect(211, 226).code}
    assert codes == {211, 226}, f"STAT in a transfer was answered {codes}"


def abort_download(session):
    """ABOR may come too late: then 226 for the transfer."""
    size = session.source(at_least=5 * MIB)
    data = session.data()
    session.do(f"RETR /pub/{size}", 150)
    data.receive_exactly(1000)
    session.send("ABOR")
    session.expect(426, 226)
    session.expect(225, 226)
    data.close()


def abort_upload(session):
    """What was there stays; of what was not, a first part does."""
    is_new = session.rng.random() < 0.5
    path = session.client.new_name("torn") if is_new else some_file(session)
    pieces = (choose_piece(session.rng, 5 * MIB),)
    data = session.data()
    session.do(f"STOR {path}", 150)
    session.transmit(data, pieces)
    session.do("ABOR", 426)
    session.expect(226)
    data.close()
    if not is_new:
        return expect_on_disk(session, path)
    finish_torn(session, path, pieces)


def finish_torn(session, path, pieces):
    """A cut upload is taken up where it ended, and then is whole."""
    if not os.path.exists(real_path(session, path)):
        return
    wrong = difference(real_path(session, path), pieces, may_be_cut=True)
    assert wrong is None, wrong
    offset = int(session.do(f"SIZE {path}", 213).text)
    start, count = pieces[0]
    session.client.kept[path] = pieces
    session.do(f"REST {offset}", 350)
    upload(session, f"STOR {path}", ((start + offset, count - offset),), path)


def abort_nothing(session):
    session.do("ABOR", 225, 226)


def pipelined(session):
    """Replies come in the order of the commands."""
    dialogue = (("CWD /pub", 250), ("PWD", 257), ("SIZE 100", 213), ("NOOP", 200), ("MDTM 100", 213),
                ("XYZZY", 500), ("FEAT", 211), ("STAT", 211), ("TYPE I", 200), ("SIZE none", 550),
                ("EPSV", 229), ("CWD /", 250))
    session.control.send_bytes(b"".join(line.encode() + b"\r\n" for line, _ in dialogue))
    for _, code in dialogue:
        session.expect(code)


def many_pipelined(session):
    """More replies than the server keeps."""
    session.control.send_bytes(b"FEAT\r\n" * 400)
    for _ in range(400):
        session.expect(211)


def chatter(session):
    session.do("NOOP", 200)
    session.do("SYST", 215)
    session.do("FEAT", 211)
    session.do("STAT", 211)
    session.do("HELP", 211, 214)
    session.do("AVBL", *((213,) if session.is_writer else (550,)))  # it is for those who may upload


def wrong_password(session):
    """On a connection of its own. An address with many failures behind it is turned away."""
    control = session.client.connect(4, source=session.client.second_address)
    control.do("USER alice", 331)
    reply = control.do("PASS wrong", 530, 421)
    if reply.code == 530:
        control.do("QUIT", 221)
    control.expect_end()
    control.close()


# With how often each comes, beside the others.
FOR_ALL = {retrieve: 14, retrieve_rest: 6, retrieve_ascii: 3, retrieve_nothing: 2, facts: 6, list_busy: 6,
           list_many: 2, hash_file: 3, stat_in_transfer: 3, abort_download: 3, abort_nothing: 1, pipelined: 4,
           many_pipelined: 1, chatter: 4, wrong_password: 1}
FOR_WRITERS = {store: 10, store_over: 4, store_rest: 3, append: 4, store_unique: 3, store_ascii: 2, rename: 4,
               delete: 10, directories: 3, abort_upload: 3, retrieve_own: 3}
FOR_READERS = {store_refused: 1}
