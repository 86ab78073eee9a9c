"""What the tests of FTPS share: certificates, a raw client that speaks TLS, and a server that offers it.

TlsControl and TlsData are raw_client.py's, under TLS when they are told to. They are strict: each connection must end
with close_notify. Certificates are made with the openssl command, once for all tests of a process.
"""

import functools
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import unittest

from harness import PASSWORD, ServerTest, give_to_nobody, merged
from raw_client import BOUND, Control, Data

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"


# ---- certificates ----

class Certificates:
    """A directory of NAME.crt and NAME.key, which the daemon may read."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="uvftpd-certificates-")
        self.directory = self._directory.name
        os.chmod(self.directory, 0o755)
        give_to_nobody(self.directory)

    def path(self, name):
        return os.path.join(self.directory, name)

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.directory, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=BOUND, check=False)
        assert done.returncode == 0, done.stderr

    def make_authority(self, name):
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                      "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}")

    def make(self, name, authority="authority", days=30):
        """With negative days it has expired."""
        with open(self.path("names"), "w", encoding="ascii") as file:
            file.write(NAMES)
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                      f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key",
                      "-days", str(days), "-extfile", "names", "-out", f"{name}.crt")
        give_to_nobody(self.path(f"{name}.key"), self.path(f"{name}.crt"))

    def der(self, name):
        with open(self.path(f"{name}.crt"), encoding="ascii") as file:
            return ssl.PEM_cert_to_DER_cert(file.read())

    def pair(self, name):
        return {"certificate": self.path(f"{name}.crt"), "key": self.path(f"{name}.key")}


@functools.cache
def certificates():
    """authority has signed server."""
    if shutil.which("openssl") is None:
        raise unittest.SkipTest("openssl is not installed")
    made = Certificates()
    made.make_authority("authority")
    made.make("server")
    return made


def client_context(version=None, certificate=None, alpn=(), maker=ssl.SSLContext):
    """Trusts the authority; speaks only `version` of TLS where one is given; has a `certificate` of certificates()."""
    context = maker(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificates().path("authority.crt"))
    if version:
        context.minimum_version = context.maximum_version = VERSIONS[version]
    if certificate:
        context.load_cert_chain(certificates().path(f"{certificate}.crt"), certificates().path(f"{certificate}.key"))
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


# ---- the client ----

class TlsControl(Control):
    """A control connection that can be secured. Data connections resume its session, unless `reuses` is False."""

    def __init__(self, address, context=None, implicit=False, source=None):
        self.context = context or client_context()
        self.data_context = self.context
        self.protected = False
        self.reuses = True
        super().__init__(address, source, greeting=() if implicit else (220,))
        if implicit:
            self.shake_hands()
            self.greeting = self.expect(220)

    def shake_hands(self):
        self.socket = self.context.wrap_socket(self.socket, server_hostname=self.peer[0], suppress_ragged_eofs=False)

    def secure(self, mechanism="TLS"):
        self.do(f"AUTH {mechanism}", 234)
        assert not self.received, f"behind 234: {self.received!r}"
        self.shake_hands()
        return self

    def protect(self):
        self.do("PBSZ 0", 200)
        self.do("PROT P", 200)
        self.protected = True
        return self

    def expose(self):
        """Ends TLS as the server has, and goes on in the clear."""
        self.socket = self.socket.unwrap()
        self.protected = False

    def session(self):
        return self.socket.session if self.reuses else None

    def data(self, mode="PASV"):
        if not self.protected:
            return super().data(mode)
        connection = TlsData(self, mode)
        self.opened.append(connection)
        return connection


class TlsData(Data):
    """The handshake is done when it is first used, which must be behind the 150."""

    def __init__(self, control, mode):
        self.control = control
        self.is_secured = False
        super().__init__(control, mode)

    @property
    def clear(self):
        """The connection as TCP has it."""
        return super().socket

    @property
    def socket(self):
        if not self.is_secured:
            self.is_secured = True
            self.connection = self.control.data_context.wrap_socket(
                self.clear, server_hostname=self.control.peer[0], session=self.control.session(),
                suppress_ragged_eofs=False)
        return self.connection

    def finish(self):
        """The end of an upload: close_notify, and the server's."""
        self.connection = self.socket.unwrap()
        self.close()

    def cut(self):
        """The end of an upload without close_notify: FIN."""
        self.socket.shutdown(socket.SHUT_WR)


# ---- the server ----

class TlsTest(ServerTest):
    """Tests that share a server with TLS: the class's `tls` overlays [tls], its `changes` the rest."""

    tls = {}

    @classmethod
    def setUpClass(cls):
        cls.changes = cls.with_tls(cls.tls, cls.changes or {})
        super().setUpClass()

    @staticmethod
    def with_tls(tls, changes):
        return merged({"tls": certificates().pair("server") | {"mode": "allow"} | tls}, changes)

    def start_tls(self, changes=None, **tls):
        """A server with TLS for one test only."""
        return self.start(self.with_tls(tls, changes or {}))

    def connect_tls(self, server=None, family=4, implicit=False, context=None):
        """A control connection without a login: in the clear, or under implicit TLS."""
        address = (server or self.server).address(family, tls="implicit" if implicit else "")
        control = TlsControl(address, context, implicit)
        self.addCleanup(control.close)
        return control

    def secured(self, server=None, family=4, implicit=False, **options):
        """A control connection under TLS. `version` and so on are client_context()'s."""
        control = self.connect_tls(server, family, implicit, client_context(**options))
        return control if implicit else control.secure()

    def protected(self, server=None, family=4, implicit=False, **options):
        """A client that is logged in, with data connections under TLS."""
        return self.secured(server, family, implicit, **options).login("alice", PASSWORD).protect()
