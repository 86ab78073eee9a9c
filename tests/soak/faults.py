"""What goes wrong on networks, and what rude clients do: each function is one fault, on an idle Session.

Each waits for what the server must do about it, within the daemon's time limit and BOUND. It returns False
where the session is over. A cut upload leaves a first part of a new file, and harms no file that was there.
"""

import contextlib
import os
import select
import socket
import ssl

from contents import MIB, POOL, choose_piece
from harness import PASSWORD
from operations import expect_on_disk, finish_torn, real_path, some_file
from raw_client import BOUND, Control, Data, eprt_command, is_closed_by_peer, receive_all, set_reset_on_close
from secured import first_flight

TCP_REPAIR = 19  # of <linux/tcp.h>: a socket that is closed while it is set says nothing to its peer


def begin_download(session, mode=None):
    size = session.source(at_least=5 * MIB)
    data = session.data(mode)
    session.do(f"RETR /pub/{size}", 150)
    return data


def begin_upload(session, at_most=5 * MIB):
    """Of a new file, or over one that is there. Until settle_torn() nobody touches either."""
    client = session.client
    pieces = (choose_piece(session.rng, at_most),)
    if session.rng.random() < 0.5:
        path = client.new_name("torn")
        client.torn[path] = pieces
    else:
        path = some_file(session)
        client.frozen[path] = client.kept.pop(path)
    data = session.data()
    session.do(f"STOR {path}", 150)
    session.transmit(data, pieces)
    return data, path


def begin_transfer(session):
    if session.is_writer and session.rng.random() < 0.5:
        return begin_upload(session)[0]
    return begin_download(session)


def settle_torn(session, path):
    """The server has answered: the file is as it will be."""
    client = session.client
    if path in client.torn:
        return finish_torn(session, path, client.torn.pop(path))
    client.kept[path] = client.frozen.pop(path)
    expect_on_disk(session, path)


def expect_hang_up(control, *codes):
    """The server ends the session, perhaps behind a last reply."""
    replies = control.remaining_replies()
    assert all(reply.code in codes for reply in replies), [str(reply) for reply in replies]


def vanish(connection):
    """No FIN, no RST: as when the client's machine loses its power. Where that is not permitted: closed."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    connection.close()


# ---- resets ----

def reset_control(session):
    session.control.reset()
    return False


def reset_control_in_transfer(session):
    """The data connection ends with the control connection (RFC 959, section 3.2)."""
    data = begin_transfer(session)
    set_reset_on_close(session.control.socket)
    session.control.socket.close()
    with contextlib.suppress(ConnectionError):
        data.receive()
    return False


def reset_both_in_transfer(session):
    begin_transfer(session)
    session.control.reset()
    return False


def reset_download(session):
    data = begin_download(session)
    data.receive_exactly(1000)
    data.reset()
    session.expect(426)


def reset_upload(session):
    data, path = begin_upload(session)
    data.reset()
    session.expect(426)
    settle_torn(session, path)


# ---- stalls ----

def stall_download(session):
    """Reads a little and no more; 32 MiB is more than the buffers between here and there."""
    data = session.data()
    session.do(f"RETR /pub/{32 * MIB}", 150)
    data.receive_exactly(1000)
    session.expect(426)
    data.close()


def stall_upload(session):
    data, path = begin_upload(session)
    session.expect(426)
    data.close()
    settle_torn(session, path)


def idle(session):
    session.expect(421)
    session.control.expect_end()
    return False


def silent_stranger(session):
    """Connects and says nothing, or half a line."""
    with contextlib.closing(session.client.connect()) as control:
        if session.rng.random() < 0.5:
            control.send_bytes(b"USER al")
        control.expect(421)
        control.expect_end()
    return False  # the session had the same time to be idle


def never_reading_replies(session):
    """Sends until nothing goes any more, and does not read until the server has given up."""
    control = session.control
    control.socket.settimeout(1)
    with contextlib.suppress(TimeoutError, ConnectionError):
        while True:
            control.send_bytes(b"FEAT\r\n" * 500)
    over = select.poll()
    over.register(control.socket, 0)  # POLLERR and POLLHUP are always told
    bound = session.client.place.patience + BOUND
    assert over.poll(1000 * bound), f"the server keeps a client that has read no reply for {bound:.0f} s"
    return False


# ---- vanishing ----

def vanish_idle(session):
    vanish(session.control.socket)
    return False


def vanish_in_transfer(session):
    data = begin_transfer(session)
    vanish(data.socket)
    vanish(session.control.socket)
    return False


def close_without_quit(session):
    session.control.close()
    return False


def close_in_transfer(session):
    """The same, with an orderly end."""
    data = begin_transfer(session)
    session.control.socket.close()
    with contextlib.suppress(ConnectionError):
        data.receive()
    return False


def half_close(session):
    session.control.half_close()
    session.control.expect_end()
    return False


def vanish_at_login(session):
    name = b"USER alice\r\n"
    for lines in (b"", name, name + b"PASS wonderland\r\n", name + b"PASS wrong\r\n"):
        source = session.client.second_address
        control = Control(session.client.place.addresses[4], source=source, greeting=None)
        control.send_bytes(lines)
        if session.rng.random() < 0.5:
            control.reset()
        control.close()


def knock(session):
    """Connections that are gone before anything was said."""
    address = session.client.place.addresses[4]
    for _ in range(20):
        connection = socket.create_connection(address, BOUND, (session.client.address, 0))
        if session.rng.random() < 0.5:
            set_reset_on_close(connection)
        connection.close()


# ---- data connections ----

def never_connect(session):
    verb = session.rng.choice(("RETR /pub/100", "LIST /many", "NLST /busy"))
    session.do("EPSV", 229)
    session.do(verb, 150)
    session.expect(425)


def port_that_refuses(session):
    host = session.control.local_host
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as bound:  # and nobody listens
        bound.bind((host, 0))
        session.do(eprt_command(host, bound.getsockname()[1]), 200)
        session.do("RETR /pub/100", 150)
        session.expect(425)


def port_and_away(session):
    """A passive port, perhaps connected to, that no command follows."""
    session.data(session.rng.choice(("EPSV", "EPRT")))
    session.control.reset()
    return False


def strangers_at_the_data_port(session):
    """They are sent away, and the right client gets its file. Over IPv4: of ::1 there is only one."""
    client, size = session.client, session.source(at_most=MIB)
    with contextlib.closing(client.connect(4).login("alice", PASSWORD)) as control:
        address = control.pasv()
        for _ in range(3):
            with socket.create_connection(address, BOUND, (client.second_address, 0)) as stranger:
                assert is_closed_by_peer(stranger), "a stranger got something from a data port"
        with socket.create_connection(address, BOUND, (client.address, 0)) as connection:
            control.do(f"RETR /pub/{size}", 150)
            assert receive_all(connection) == POOL[:size], "a download beside strangers differs"
            control.expect(226)


# ---- rubbish ----

def garbage_lines(session):
    for _ in range(5):
        rubbish = session.rng.randbytes(session.rng.randrange(1, 600)).translate(None, b"\r\n\xff")
        session.send(b"~" + rubbish)  # no verb begins so
        session.expect(500, 501)


def garbage_without_end(session):
    """64 KiB without an end of line: hung up."""
    with contextlib.suppress(ConnectionError):
        session.control.send_bytes(session.rng.randbytes(80_000).translate(None, b"\r\n\xff"))
    expect_hang_up(session.control, 500, 421)
    return False


def long_line(session):
    session.do("RETR " + "x" * 5000, 500, 501)
    session.do("NOOP", 200)


def too_much_rubbish(session):
    session.control.send_bytes(b"XYZZY\r\n" * 60)
    expect_hang_up(session.control, 500, 421)
    return False


def storm_of_aborts(session):
    data = begin_download(session)
    session.control.send_bytes(b"ABOR\r\nABOR\r\nNOOP\r\nABOR\r\n")
    session.expect(426, 226)
    for codes in ((225, 226), (225, 226), (200,), (225, 226)):
        session.expect(*codes)
    data.close()


def delete_in_upload(session):
    """Somebody deletes the file on the server's side: what is sent is there afterwards all the same."""
    path, pieces = some_file(session), (choose_piece(session.rng, 5 * MIB),)
    data = session.data()
    session.do(f"STOR {path}", 150)
    session.transmit(data, pieces)
    os.unlink(real_path(session, path))
    data.finish()
    session.expect(226)
    session.client.kept[path] = pieces
    expect_on_disk(session, path)


# ---- TLS ----

def begin_handshake(session):
    """On a connection of its own, perhaps behind something that is to be thrown away."""
    control = session.client.connect()
    control.send_bytes(b"AUTH TLS\r\n" + session.rng.choice((b"", b"USER alice\r\n")))
    control.expect(234)
    return control


def reset_in_handshake(session):
    hello = first_flight()
    with contextlib.closing(begin_handshake(session)) as control:
        control.send_bytes(hello[:session.rng.randrange(1, len(hello) + 1)])
        control.reset()


def garbage_for_handshake(session):
    """What is no TLS at all is told so; what begins as TLS does is not."""
    with contextlib.closing(begin_handshake(session)) as control:
        begins_well = session.rng.random() < 0.5
        control.send_bytes((b"\x16\x03\x01\x00\x40" if begins_well else b"~") + session.rng.randbytes(80))
        if begins_well:
            return await_end(control)
        expect_hang_up(control, 421)


def await_end(control):
    """Whatever is said before."""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while control.socket.recv(4096):
            pass


# ---- TLS, of sessions that have it ----

def garbage_under_tls(session):
    """Behind the handshake: nobody knows what it was, and the session is over."""
    os.write(session.control.socket.fileno(), b"NOOP\r\n" + session.rng.randbytes(80))
    await_end(session.control)
    return False


def garbage_for_data_handshake(session):
    data = session.data()
    session.do("RETR /pub/100", 150)
    connection = Data.socket.fget(data)
    connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
    session.expect(522)
    data.close()


def reset_data_handshake(session):
    data = session.data()
    session.do("LIST /many", 150)
    Data.socket.fget(data).sendall(first_flight())
    data.reset()
    session.expect(522, 426)


def silent_data_handshake(session):
    """Nothing comes where a handshake is awaited."""
    data = session.data()
    session.do("LIST /many", 150)
    Data.socket.fget(data).shutdown(socket.SHUT_WR)
    session.expect(522)
    data.close()


def upload_without_close_notify(session):
    """By the default it is taken for whole, and the log tells of it."""
    path = session.client.new_name("cut")
    pieces = (choose_piece(session.rng, MIB),)
    session.client.kept[path] = pieces
    data = session.data()
    session.do(f"STOR {path}", 150)
    session.transmit(data, pieces)
    data.cut()
    session.expect(226)
    expect_on_disk(session, path)


# With how often each comes, beside the others: what must be waited for is rarer than what is quick.
FOR_ALL = {reset_control: 4, reset_control_in_transfer: 4, reset_both_in_transfer: 4, reset_download: 4,
           stall_download: 1, idle: 1, silent_stranger: 1, never_reading_replies: 1,
           vanish_idle: 3, vanish_in_transfer: 3, vanish_at_login: 3, close_without_quit: 3,
           close_in_transfer: 3, half_close: 2, knock: 3, never_connect: 1, port_that_refuses: 3,
           port_and_away: 3, strangers_at_the_data_port: 3, garbage_lines: 3,
           garbage_without_end: 3, long_line: 3, too_much_rubbish: 3, storm_of_aborts: 3,
           reset_in_handshake: 4, garbage_for_handshake: 4}
FOR_WRITERS = {reset_upload: 4, stall_upload: 1, delete_in_upload: 2}
FOR_SECURED = {garbage_for_data_handshake: 4, silent_data_handshake: 4, reset_data_handshake: 4, garbage_under_tls: 3}
FOR_SECURED_WRITERS = {upload_without_close_notify: 6}
