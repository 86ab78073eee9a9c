"""The rows of the table: what is measured, in which unit, and what a run of it is.

A measurement is given a server that was just started, and returns a Sample. Nothing is compared here.
"""

import dataclasses
import subprocess
import time
import typing

from load import Load
from place import KIB, MIB, evict

GIB = 1 << 30
MOST_UPLOADED = 4 * GIB  # in a second


@dataclasses.dataclass
class Sample:
    value: float
    cost: float | None = None  # the second figure of a cell, in brackets
    more: dict = dataclasses.field(default_factory=dict)  # told in the raw figures only


@dataclasses.dataclass
class Row:
    name: str
    title: str
    unit: str
    more_is_better: bool
    measure: typing.Callable  # (Context, Daemon) -> Sample
    rounds: int = 1000  # at most so many: memory does not vary as times do
    with_tls: bool = False


@dataclasses.dataclass
class Context:
    """How long and how large: the smoke test has the same rows in their shortest form."""
    place: object
    load: object  # the path of the load generator
    seconds: float = 1.2
    divisor: int = 1  # of sizes and counts

    def small(self, number):
        return max(number // self.divisor, 1)

    def start(self, kind, daemon, **options):
        options = {"seconds": self.seconds, "tls": int(daemon.with_tls)} | options
        return Load(self.load, kind, port=daemon.port, **options)


def measured(load, daemon):
    """The load's figures, and the server's seconds meanwhile."""
    before = daemon.seconds()
    figures = load.run()
    return figures, daemon.seconds() - before


def transfer_options(context, verb, streams, size):
    options = {"verb": verb, "streams": streams, "size": size}
    if verb == "STOR":
        # What has begun when the time is over is finished; and the load generator has its file in memory, too.
        context.place.touch_memory(context.small(int(MOST_UPLOADED * context.seconds)) + (streams + 1) * size)
        return options | {"path": "in/#"}
    return options | {"path": context.place.file(f"file-{size}", size)}


def verify_uploads(context, verb, figures, size):
    """A server that says 226 has all of it."""
    if verb == "STOR" and context.place.uploads() != [size] * int(figures["files"]):
        raise RuntimeError("uploads are not what was sent")


def bulk(verb, streams, size, **more):
    def measure(context, daemon):
        options = transfer_options(context, verb, streams, context.small(size))
        with context.start("transfer", daemon, **options, **more) as load:
            figures, seconds = measured(load, daemon)
        verify_uploads(context, verb, figures, options["size"])
        return Sample(figures["bytes"] / figures["seconds"] / 1e6, seconds / (figures["bytes"] / GIB), figures)
    return measure


def small(verb, streams, size):
    def measure(context, daemon):
        options = {"verb": verb, "streams": streams, "size": size, "path": "in/#"}
        if verb == "RETR":
            count = context.small(1000)
            options |= {"path": context.place.small_files(size, count), "files": count}
        with context.start("transfer", daemon, **options) as load:
            figures, seconds = measured(load, daemon)
        verify_uploads(context, verb, figures, size)
        return Sample(figures["files"] / figures["seconds"], seconds / figures["files"] * 1e6, figures)
    return measure


def login(streams):
    def measure(context, daemon):
        with context.start("login", daemon, streams=streams) as load:
            figures, seconds = measured(load, daemon)
        return Sample(figures["logins"] / figures["seconds"], seconds / figures["logins"] * 1e6, figures)
    return measure


def idle(sessions):
    def measure(context, daemon):
        count = context.small(sessions)
        before = daemon.memory()
        with context.start("hold", daemon, streams=count) as load:
            figures = load.run()
            time.sleep(0.3)
            return Sample((daemon.memory() - before) / count, figures["seconds"], figures)
    return measure


def listing(verb, entries):
    def measure(context, daemon):
        options = {"verb": verb, "streams": 1, "path": context.place.directory(context.small(entries))}
        with context.start("transfer", daemon, **options) as load:
            figures, seconds = measured(load, daemon)
        return Sample(figures["p50"] * 1e3, seconds / figures["files"] * 1e3, figures)
    return measure


def latency(verb=None, streams=8, size=0, entries=0):
    """Of a command, while other sessions do something."""
    def probe(context, daemon):
        with context.start("latency", daemon, seconds=context.seconds * 1.5) as load:
            figures = load.run()
        return Sample(figures["p99"] * 1e6, figures["p50"] * 1e6, figures)

    def measure(context, daemon):
        if verb is None:
            return probe(context, daemon)
        options = (transfer_options(context, verb, streams, context.small(size)) if size else
                   {"verb": verb, "streams": streams, "path": context.place.directory(context.small(entries))})
        with context.start("transfer", daemon, **options | {"seconds": 3600}) as load:
            load.go()
            time.sleep(0.1)
            return probe(context, daemon)
    return measure


def beside_slow(readers):
    """A fast reader's rate, while others read 64 KiB a second each."""
    def measure(context, daemon):
        fast = bulk("RETR", 1, 256 * MIB)
        if readers == 0:
            return fast(context, daemon)
        path = context.place.file("for-the-slow", context.small(512 * MIB))
        with context.start("slow", daemon, streams=context.small(readers), path=path, verb="RETR",
                           rate=context.small(64 * KIB)) as load:
            load.go()
            daemon.wait_until_it_rests(0.01)  # what 200 sockets hold at once is not what slow readers cost
            return fast(context, daemon)
    return measure


def uncached(context, daemon):
    """A download from the disk, and how long a command takes meanwhile."""
    size = context.small(512 * MIB)
    name, path = context.place.uncached_file(size)
    evict(path)
    with context.start("transfer", daemon, verb="RETR", path=name, size=size, seconds=0) as load:
        with context.start("latency", daemon, seconds=context.seconds / 4) as probe:
            load.go()
            commands = probe.run()
        figures = load.figures()
    return Sample(figures["bytes"] / figures["seconds"] / 1e6, commands["p99"] * 1e6, figures | commands)


def start(context, daemon):
    """From exec to the first 220: another one of the same server, which the load generator starts."""
    command = daemon.another_command()
    program = [str(context.load), "start", f"port={command.port}", "--", *map(str, command.arguments)]
    account = daemon.account
    process = account.start(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            env=command.environment)
    try:
        line = process.communicate(timeout=60)[0]
    finally:
        process.kill()
    return Sample(float(line.split("=")[1]) * 1e3)


def counted(number, word):
    return f"{number} {word}{'s' if number != 1 else ''}"


def _rows():
    for streams, size in ((1, 256 * MIB), (8, 64 * MIB), (64, 16 * MIB)):
        yield Row(f"get{streams}", f"get, {counted(streams, 'stream')}", "MB/s [CPU s/GiB]", True, bulk("RETR", streams, size))
    yield Row("get1_asleep", "get, 1 stream, by a client that sleeps", "MB/s [CPU s/GiB]", True,
              bulk("RETR", 1, 256 * MIB, sleeping=1))
    yield Row("active1", "get, active", "MB/s [CPU s/GiB]", True, bulk("RETR", 1, 256 * MIB, active=1))
    for streams, size in ((1, 256 * MIB), (8, 64 * MIB), (64, 16 * MIB)):
        yield Row(f"put{streams}", f"put, {counted(streams, 'stream')}", "MB/s [CPU s/GiB]", True, bulk("STOR", streams, size))
    for verb, word in (("RETR", "get"), ("STOR", "put")):
        for size in (1, 16):
            for streams in (1, 8):
                yield Row(f"{word}{size}k_{streams}", f"{word} {size} KiB files, {counted(streams, 'connection')}",
                          "files/s [CPU us/file]", True, small(verb, streams, size * KIB))
    for streams in (1, 32):
        yield Row(f"login{streams}", f"logins, {streams} at once", "1/s [CPU us]", True, login(streams))
    for sessions in (100, 1000, 10000):
        yield Row(f"idle{sessions}", f"idle sessions, {sessions:,}", "private bytes each [s until all are in]",
                  False, idle(sessions), rounds=1)
    for verb in ("LIST", "NLST", "MLSD"):
        for entries in (1000, 10000, 100000):
            yield Row(f"{verb.lower()}{entries // 1000}k", f"{verb} of {entries:,}", "ms [CPU ms]", False,
                      listing(verb, entries))
    commands = "p99 us [p50 us]"
    yield Row("lat_idle", "a command, nothing else", commands, False, latency())
    yield Row("lat_get8", "a command, 8 others get", commands, False, latency("RETR", 8, 64 * MIB))
    yield Row("lat_put8", "a command, 8 others put", commands, False, latency("STOR", 8, 64 * MIB))
    yield Row("lat_list", "a command, another lists 100,000", commands, False, latency("LIST", 1, entries=100000))
    yield Row("slow0", "a fast reader alone", "MB/s [CPU s/GiB]", True, beside_slow(0))
    yield Row("slow200", "a fast reader beside 200 slow ones", "MB/s [CPU s/GiB]", True, beside_slow(200))
    yield Row("uncached", "get of a file on disk, not in memory", "MB/s [p99 us of a command]", True, uncached)
    yield from _tls_rows()
    yield Row("start", "exec to the first 220", "ms", False, start)


def _tls_rows():
    for verb, word in (("RETR", "get"), ("STOR", "put")):
        for streams, size in ((1, 256 * MIB), (8, 64 * MIB)):
            yield Row(f"tls_{word}{streams}", f"TLS: {word}, {counted(streams, 'stream')}", "MB/s [CPU s/GiB]", True,
                      bulk(verb, streams, size), with_tls=True)
    yield Row("tls_login8", "TLS: logins with full handshakes, 8 at once", "1/s [CPU us]", True, login(8),
              with_tls=True)
    yield Row("tls_get16k_8", "TLS: get 16 KiB files, 8 connections", "files/s [CPU us/file]", True,
              small("RETR", 8, 16 * KIB), with_tls=True)


ROWS = {row.name: row for row in _rows()}
