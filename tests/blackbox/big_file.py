#!/usr/bin/env python3
"""Run by hand: a 2 GiB file both ways, in both modes, byte for byte, while another session lists all the time.

    UVFTPD=build/release/uvftpd tests/blackbox/big_file.py [mebibytes] [--ipv6]

Needs three times the size as free space where temporary files go. Ends with 0 and a line for each transfer, or with an error.
"""

import sys
import threading
import time
import zlib

from harness import PASSWORD, Server
from raw_client import Control

MIB = 1 << 20


def block(number):
    """The file's mebibyte number `number`: cheap to make, and no two are the same."""
    return (number.to_bytes(8, "big") + bytes(range(256)) * 4096)[:MIB]


def checksum_of_file(path):
    checksum = 0
    with open(path, "rb") as file:
        while piece := file.read(4 * MIB):
            checksum = zlib.crc32(piece, checksum)
    return checksum


class Lister(threading.Thread):
    """A session that lists without a pause; its worst answer counts."""

    def __init__(self, address):
        super().__init__()
        self.control = Control(address).login("alice", PASSWORD)
        self.over = threading.Event()
        self.count = 0
        self.worst = 0.0
        self.failure = None

    def run(self):
        try:
            while not self.over.is_set():
                begin = time.monotonic()
                lines = self.control.lines("LIST many", "EPSV")
                assert len(lines) == 100, f"{len(lines)} lines instead of 100"
                self.worst = max(self.worst, time.monotonic() - begin)
                self.count += 1
        except Exception as error:
            self.failure = error


def download(control, mode, size, expected):
    data = control.data(mode)
    control.do("RETR big.bin", 150)
    checksum = received = 0
    buffer = bytearray(4 * MIB)
    while count := data.socket.recv_into(buffer):
        checksum = zlib.crc32(memoryview(buffer)[:count], checksum)
        received += count
    data.close()
    control.expect(226)
    assert (received, checksum) == (size * MIB, expected), f"{received} bytes of {size * MIB}, or other ones"


def upload(control, mode, size, server, expected):
    data = control.data(mode)
    control.do("STOR up.bin", 150)
    for number in range(size):
        data.send(block(number))
    data.finish()
    control.expect(226)
    assert checksum_of_file(server.path("up.bin")) == expected, "other bytes on the disk"


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--ipv6"]
    size = int(arguments[0]) if arguments else 2048
    family = 6 if "--ipv6" in sys.argv else 4
    server = Server()
    try:
        expected = 0
        with open(server.path("big.bin"), "wb") as file:
            for number in range(size):
                file.write(block(number))
                expected = zlib.crc32(block(number), expected)
        for number in range(100):
            server.write(f"many/{number}")
        lister = Lister(server.address(family))
        lister.start()
        try:
            for mode in ("EPSV", "EPRT") if family == 6 else ("PASV", "PORT"):
                for name in ("RETR", "STOR"):
                    control = Control(server.address(family)).login("alice", PASSWORD)
                    begin = time.monotonic()
                    if name == "RETR":
                        download(control, mode, size, expected)
                    else:
                        upload(control, mode, size, server, expected)
                    seconds = time.monotonic() - begin
                    print(f"{name} {mode}: {size} MiB the same, {size / seconds:.0f} MiB/s", flush=True)
                    control.do("QUIT", 221)
                    control.close()
        finally:
            lister.over.set()
            lister.join()
            lister.control.close()
        if lister.failure:
            raise lister.failure
        print(f"meanwhile {lister.count} listings, the slowest {lister.worst * 1000:.0f} ms")
        server.stop()
    finally:
        server.kill()


if __name__ == "__main__":
    main()
