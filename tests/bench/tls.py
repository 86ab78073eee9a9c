"""A certificate for all servers alike, RSA with 2048 bits, and what each server's settings need beyond those of
configurations.py to offer explicit FTPS with it. Versions and ciphers are left as each server has them by itself.

No server insists on a reused session: the bench always offers one, and what is compared is the work with it.
"""

import os
import shutil
import subprocess

from place import FTP


class Certificate:
    """Files below the bench's own directory. It is for 127.0.0.1, and for a day."""

    def __init__(self, place):
        self.certificate = place.work / "certificate.pem"
        self.key = place.work / "key.pem"
        self.both = place.work / "certificate-and-key.pem"
        # For servers that read it as these users: no key is to be read by others than its owner.
        self.key_of_ftp = place.work / "key-of-ftp.pem"
        self.key_of_nobody = place.work / "key-of-nobody.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", self.key, "-out", self.certificate],
                       check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for copy in (self.key_of_ftp, self.key_of_nobody):
            copy.write_bytes(self.key.read_bytes())
        self.both.write_bytes(self.certificate.read_bytes() + self.key.read_bytes())
        self.certificate.chmod(0o644)
        for path in (self.key, self.both, self.key_of_ftp, self.key_of_nobody):
            path.chmod(0o600)
        if place.is_root:
            os.chown(self.key_of_ftp, FTP, FTP)
            shutil.chown(self.key_of_nobody, "nobody")


UVFTPD = """
[tls]
certificate = "{certificate}"
key = "{key_of_nobody}"
mode = "allow"
"""

VSFTPD = """
ssl_enable=YES
allow_anon_ssl=YES
rsa_cert_file={certificate}
rsa_private_key_file={key}
require_ssl_reuse=NO
"""

PROFTPD_MODULES = """
ModulePath {unpacked}/usr/lib/proftpd
LoadModule mod_tls.c
"""

PROFTPD = """
TLSEngine on
TLSRequired off
TLSRSACertificateFile {certificate}
TLSRSACertificateKeyFile {key}
TLSOptions NoSessionReuseRequired
"""

# As an option: --tls=1 is with and without TLS.
PURE_FTPD = "-Y 1 -2 {both}"

PYFTPDLIB = """
from pyftpdlib.handlers import TLS_FTPHandler as FTPHandler
FTPHandler.certfile = "{certificate}"
FTPHandler.keyfile = "{key_of_ftp}"
"""


def settings(name, certificate, unpacked):
    """The parts of a server's template that are empty without TLS."""
    text = {"uvftpd": UVFTPD, "proftpd": PROFTPD, "pure-ftpd": PURE_FTPD, "pyftpdlib": PYFTPDLIB}.get(name, VSFTPD)
    paths = vars(certificate) | {"unpacked": unpacked}
    parts = {"tls": text.format(**paths)}
    if name == "proftpd":
        parts["modules"] = PROFTPD_MODULES.format(**paths)
    return parts
