"""A raw FTP client for the black-box tests: it sends exactly the bytes it is told to.

Control is one control connection; every reply that it reads is checked against RFC 959's form. Data is one
data connection in one of the four modes. Neither knows anything of the daemon: any FTP server will do.
Every wait is bounded by BOUND seconds and ends in an error, never in silence.
"""

import re
import socket
import struct

BOUND = 40.0  # seconds; generous, since sanitizer builds on busy machines are slow

IPV4_MODES = ("PASV", "EPSV", "PORT", "EPRT")
IPV6_MODES = ("EPSV", "EPRT")

_IAC_ANSWER = re.compile(rb"\xff[\xfc\xfe].")  # IAC WONT x, IAC DONT x
_CONTROL_CHARACTER = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_SIX_NUMBERS = re.compile(r"227 [^0-9(]*\((\d+),(\d+),(\d+),(\d+),(\d+),(\d+)\)[^0-9]*")
_EXTENDED = re.compile(r"229 [^()]*\(\|\|\|(\d+)\|\)[^()]*")


class Reply:
    """One reply, single or multi-line: `code`, and `lines` as text without their line ends."""

    def __init__(self, lines):
        self.lines = lines
        self.code = int(lines[0][:3])
        self.text = lines[-1][4:]
        self.body = lines[1:-1]

    def __str__(self):
        return " / ".join(self.lines)


def encoded(line):
    return line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape")


def set_reset_on_close(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def receive_all(connection):
    """Everything until the peer's end of file."""
    pieces = []
    while piece := connection.recv(1 << 18):
        pieces.append(piece)
    return b"".join(pieces)


def is_closed_by_peer(connection):
    """True when the peer closed, orderly or by a reset. Waits until it does or BOUND is over."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


class Control:
    def __init__(self, address, source=None, greeting=(220,)):
        self.peer = address[:2]
        self.source = source
        self.socket = socket.create_connection(self.peer, timeout=BOUND,
                                               source_address=(source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local_host = self.socket.getsockname()[0]
        self.received = bytearray()
        self.opened = []  # data connections, closed with this one
        if greeting:
            self.greeting = self.expect(*greeting)

    # ---- lines out, replies in ----

    def send_bytes(self, octets):
        self.socket.sendall(octets)

    def send(self, line):
        self.socket.sendall(encoded(line) + b"\r\n")

    def read_line(self):
        """A line without its CRLF; None at the end of the connection."""
        while b"\n" not in self.received:
            piece = self.socket.recv(65536)
            if not piece:
                assert not self.received, f"the connection ended within a line: {self.received!r}"
                return None
            self.received += piece
        end = self.received.index(b"\n")
        line = bytes(self.received[:end])
        del self.received[:end + 1]
        assert line.endswith(b"\r"), f"a reply line must end in CRLF: {line!r}"
        line = _IAC_ANSWER.sub(b"", line[:-1])
        assert not _CONTROL_CHARACTER.search(line), f"control characters in a reply: {line!r}"
        return line.replace(b"\xff\xff", b"\xff").decode("utf-8", "surrogateescape")

    def read_reply(self):
        """The next reply; None at the end of the connection."""
        first = self.read_line()
        if first is None:
            return None
        assert re.match(r"[1-5][0-5]\d[ -]", first), f"not the first line of a reply: {first!r}"
        lines = [first]
        if first[3] == "-":
            while not lines[-1].startswith(first[:3] + " "):
                line = self.read_line()
                assert line is not None, f"the connection ended within a reply: {lines}"
                lines.append(line)
            for line in lines[1:-1]:
                assert not re.match(r"\d", line), f"a middle line that begins with digits: {line!r}"
        return Reply(lines)

    def expect(self, *codes):
        reply = self.read_reply()
        assert reply is not None, f"expected {codes}, but the server closed the connection"
        assert reply.code in codes, f"expected {codes}, got: {reply}"
        return reply

    def do(self, line, *codes):
        self.send(line)
        try:
            return self.expect(*codes)
        except AssertionError as error:
            raise AssertionError(f"{line[:80]!r}: {error}") from None

    def expect_end(self):
        """The server closes; nothing more is said."""
        try:
            reply = self.read_reply()
        except ConnectionResetError:
            return
        assert reply is None, f"expected the end of the connection, got: {reply}"

    def remaining_replies(self):
        """Every reply until the server closes."""
        replies = []
        try:
            while reply := self.read_reply():
                replies.append(reply)
        except ConnectionResetError:
            pass
        return replies

    # ---- login ----

    def login(self, user, password):
        self.do(f"USER {user}", 331)
        self.do(f"PASS {password}", 230)
        self.do("TYPE I", 200)
        return self

    # ---- data connections ----

    def pasv(self):
        text = str(self.do("PASV", 227))
        match = _SIX_NUMBERS.fullmatch(text)
        assert match, f"not the form of a 227 reply: {text}"
        numbers = [int(number) for number in match.groups()]
        assert max(numbers) < 256, text
        return ".".join(match.groups()[:4]), numbers[4] * 256 + numbers[5]

    def epsv(self, argument=""):
        text = str(self.do(f"EPSV {argument}".rstrip(), 229))
        match = _EXTENDED.fullmatch(text)
        assert match, f"not the form of a 229 reply: {text}"
        return self.peer[0], int(match[1])

    def data(self, mode="PASV"):
        """A data connection that is agreed upon: connected already (passive) or listened for (active)."""
        connection = Data(self, mode)
        self.opened.append(connection)
        return connection

    def retrieve(self, command, mode="PASV"):
        """RETR, LIST, NLST: the bytes that came."""
        data = self.data(mode)
        self.do(command, 150, 125)
        octets = data.receive()
        self.expect(226, 250)
        return octets

    def store(self, command, octets, mode="PASV"):
        """STOR, APPE: the final reply."""
        data = self.data(mode)
        self.do(command, 150, 125)
        data.send(octets)
        data.finish()
        return self.expect(226, 250)

    def lines(self, command, mode="PASV"):
        """LIST, NLST: the lines, each of which must end in CRLF."""
        octets = self.retrieve(command, mode)
        assert not octets or octets.endswith(b"\r\n"), f"the last line has no CRLF: {octets[-80:]!r}"
        lines = octets.split(b"\r\n")[:-1]
        for line in lines:
            assert not _CONTROL_CHARACTER.search(line), f"control characters in a listing: {line!r}"
        return [line.decode("utf-8", "surrogateescape") for line in lines]

    # ---- ends ----

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        for data in self.opened:
            data.close()
        self.socket.close()

    def reset(self):
        """The control connection and all its data connections end with RST."""
        for data in self.opened:
            data.reset()
        set_reset_on_close(self.socket)
        self.socket.close()


class Data:
    def __init__(self, control, mode):
        self.mode = mode
        self.listener = None
        self.connection = None
        if mode in ("PASV", "EPSV"):
            host, port = control.pasv() if mode == "PASV" else control.epsv()
            self.connection = socket.create_connection(
                (host, port), timeout=BOUND, source_address=(control.source, 0) if control.source else None)
        else:
            family = socket.AF_INET6 if ":" in control.local_host else socket.AF_INET
            self.listener = socket.create_server((control.local_host, 0), family=family)
            self.listener.settimeout(BOUND)
            control.do(active_command(mode, control.local_host, self.listener.getsockname()[1]), 200)

    @property
    def socket(self):
        """The connection; in an active mode the server's call is taken first."""
        if self.connection is None:
            self.connection, self.server_address = self.listener.accept()
            self.connection.settimeout(BOUND)
            self.listener.close()
        return self.connection

    def receive(self):
        octets = receive_all(self.socket)
        self.close()
        return octets

    def receive_exactly(self, count):
        octets = b""
        while len(octets) < count:
            piece = self.socket.recv(count - len(octets))
            assert piece, f"the data connection ended after {len(octets)} of {count} bytes"
            octets += piece
        return octets

    def send(self, octets):
        self.socket.sendall(octets)

    def send_until_refused(self, octets=bytes(65536), limit=1 << 28):
        """Goes on sending until the server ends the connection; the count of bytes that were taken."""
        sent = 0
        try:
            while sent < limit:
                sent += self.socket.send(octets)
        except ConnectionError:
            return sent
        raise AssertionError(f"the server took {sent} bytes and did not end the data connection")

    def finish(self):
        """The end of an upload: FIN."""
        self.socket.shutdown(socket.SHUT_WR)
        self.close()

    def close(self):
        for one in (self.listener, self.connection):
            if one is not None:
                one.close()

    def reset(self):
        if self.connection is not None and self.connection.fileno() >= 0:
            set_reset_on_close(self.connection)
        self.close()


def port_command(host, port):
    return f"PORT {host.replace('.', ',')},{port >> 8},{port & 255}"


def eprt_command(host, port):
    return f"EPRT |{2 if ':' in host else 1}|{host}|{port}|"


def active_command(mode, host, port):
    return port_command(host, port) if mode == "PORT" else eprt_command(host, port)
