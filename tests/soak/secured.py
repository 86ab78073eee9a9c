"""FTPS for the soak: a Control and its data connections under TLS, with the calls that those in the clear have.

Data connections take up the control connection's session, and say close_notify. What a server leaves out of its
part, as its own close_notify behind a download, is an error.
"""

import contextlib
import os
import socket
import ssl
import subprocess

from harness import give_to_nobody
from raw_client import Control, Data, receive_all

CERTIFICATE = "soak.crt", "soak.key"


def make_certificate(directory):
    """In files that the configuration names: (certificate, key)."""
    certificate, key = (os.path.join(directory, name) for name in CERTIFICATE)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=localhost", "-days", "2", "-keyout", key, "-out", certificate],
                   check=True, stdin=subprocess.DEVNULL, capture_output=True)
    give_to_nobody(certificate, key)
    return certificate, key


def context(version):
    """Whose certificate it is, is for others to test."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = made.maximum_version = version
    return made


CONTEXTS = context(ssl.TLSVersion.TLSv1_2), context(ssl.TLSVersion.TLSv1_3)


@contextlib.contextmanager
def as_of_tcp():
    """What ends a connection under TLS in the wrong way is, to those who wait for that, a reset."""
    try:
        yield
    except ssl.SSLError as error:
        raise ConnectionResetError(str(error)) from error


class SecuredData(Data):
    secured = None

    def __init__(self, control, mode):
        self.control = control
        super().__init__(control, mode)

    @property
    def socket(self):
        """The server shakes hands once the transfer has begun."""
        if self.secured is None:
            self.connection = self.secured = self.control.context.wrap_socket(
                super().socket, session=self.control.socket.session, suppress_ragged_eofs=False)
        return self.secured

    def receive(self):
        with as_of_tcp():
            octets = receive_all(self.socket)
        self.close()
        return octets

    def finish(self):
        """Both say that it was all."""
        self.connection = self.socket.unwrap()
        self.close()

    def cut(self):
        """The end of an upload without a word."""
        self.socket  # an upload of nothing has not shaken hands yet
        self.connection.shutdown(socket.SHUT_WR)
        self.close()


class SecuredControl(Control):
    """To be secured before the login; its data connections are protected."""

    def __init__(self, *arguments, context, **options):
        super().__init__(*arguments, **options)
        self.context = context
        self.do("AUTH TLS", 234)
        self.socket = context.wrap_socket(self.socket)
        self.do("PBSZ 0", 200)
        self.do("PROT P", 200)

    def send_bytes(self, octets):
        with as_of_tcp():
            super().send_bytes(octets)

    def data(self, mode="PASV"):
        connection = SecuredData(self, mode)
        self.opened.append(connection)
        return connection

    def half_close(self):
        """The end of TLS is said; the server's comes, and then the connection ends."""
        self.socket = self.socket.unwrap()
        super().half_close()


def first_flight():
    """What a client says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        CONTEXTS[1].wrap_bio(incoming, outgoing).do_handshake()
    return outgoing.read()
