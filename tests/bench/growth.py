"""How uvftpd's costs grow: idle sessions beside the load, entries of a directory, sizes of files, streams. A table
of each, with one line for each step; no other server is started.

The steps of a table are taken in turn, round after round, so that a slow minute of the machine falls on all.
"""

import dataclasses
import statistics
import typing

from place import KIB, MIB
from rows import GIB, bulk, measured, transfer_options
from table import told


@dataclasses.dataclass
class Growth:
    name: str
    title: str
    steps: tuple
    measure: typing.Callable  # (Context, Daemon, step) -> {column: figure}
    goals: tuple = ()  # a text, and a function of {step: {column: figure}}


class Peak:
    """The most memory of a server's processes while this is held, beyond what they had before; None where it cannot
    be told."""

    def __init__(self, daemon):
        self.processes = daemon.processes()
        try:
            for process in self.processes:
                with open(f"/proc/{process}/clear_refs", "w", encoding="ascii") as file:
                    file.write("5")  # the peak begins anew
            self.before = self._status("VmRSS")
        except OSError:
            self.before = None

    def grown(self):
        return None if self.before is None else (self._status("VmHWM") - self.before) / KIB

    def _status(self, field):
        return sum(self._status_of(process, field) for process in self.processes)

    @staticmethod
    def _status_of(process, field):
        with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
            return next(int(line.split()[1]) * KIB for line in file if line.startswith(field + ":"))


def beside_idle(context, daemon, sessions):
    figures = {}
    count = sessions // context.divisor
    before = daemon.memory()
    with context.start("hold", daemon, streams=count) as held:
        accepted = held.run()
        if count:
            figures = {"s until all are in": accepted["seconds"],
                       "private bytes each": (daemon.memory() - before) / count}
        with context.start("login", daemon, streams=8) as load:
            logins, seconds = measured(load, daemon)
        with context.start("latency", daemon) as load:
            commands = load.run()
    return {"logins/s": logins["logins"] / logins["seconds"], "CPU us a login": seconds / logins["logins"] * 1e6,
            "command p50 us": commands["p50"] * 1e6} | figures


def listing(verb):
    def measure(context, daemon, entries):
        entries = context.small(entries)
        path = context.place.directory(entries)
        with context.start("transfer", daemon, verb=verb, streams=1, path=path) as load:
            peak = Peak(daemon)
            figures, seconds = measured(load, daemon)
        return {"ms": figures["p50"] * 1e3, "us an entry": figures["p50"] / entries * 1e6,
                "CPU us an entry": seconds / figures["files"] / entries * 1e6,
                "ms to the first byte": figures["first"] * 1e3, "KiB of memory more": peak.grown()}
    return measure


def file_size(verb):
    def measure(context, daemon, size):
        size = context.small(size)
        with context.start("transfer", daemon, **transfer_options(context, verb, 1, size)) as load:
            peak = Peak(daemon)
            figures, seconds = measured(load, daemon)
        return {"CPU us a file": seconds / figures["files"] * 1e6, "CPU s/GiB": seconds / (figures["bytes"] / GIB),
                "MB/s": figures["bytes"] / figures["seconds"] / 1e6, "KiB of memory more": peak.grown()}
    return measure


def streams(verb):
    def measure(context, daemon, count):
        sample = bulk(verb, count, 16 * MIB)(context, daemon)
        return {"MB/s": sample.value, "CPU s/GiB": sample.cost}
    return measure


def against(column, step, other):
    """How much higher a column is at one step than at another."""
    return lambda steps: steps[step][column] / steps[other][column]


def highest(column):
    return lambda steps: max(figures[column] for figures in steps.values())


ENTRIES = (1000, 10_000, 100_000, 1_000_000)
SIZES = (KIB, 16 * KIB, 256 * KIB, MIB, 16 * MIB, 256 * MIB, GIB)
STREAMS = (1, 2, 4, 8, 16, 32, 64)
GROWTHS = (
    Growth("sessions", "Idle sessions beside the load", (0, 1000, 10_000), beside_idle,
           (("CPU of a login with 10,000 <= 1.1 of none", against("CPU us a login", 10_000, 0), 1.1),
            ("p50 with 10,000 <= 1.1 of none", against("command p50 us", 10_000, 0), 1.1))),
    *(Growth(verb.lower(), f"Entries of a directory, {verb}", ENTRIES, listing(verb),
             (("us an entry <= 2", highest("us an entry"), 2),)) for verb in ("LIST", "MLSD")),
    Growth("nlst", "Entries of a directory, NLST", ENTRIES, listing("NLST")),
    Growth("get", "Size of a file, get", SIZES, file_size("RETR")),
    Growth("put", "Size of a file, put", SIZES, file_size("STOR")),
    *(Growth(f"{word}-streams", f"Streams, {word} of 16 MiB", STREAMS, streams(verb),
             (("CPU per GiB of 64 <= 1.15 of 8", against("CPU s/GiB", 64, 8), 1.15),))
      for word, verb in (("get", "RETR"), ("put", "STOR"))),
)


def medians(rounds):
    """Of each column, over the rounds of one step."""
    figures = {}
    for column in rounds[0]:
        values = [figures_of_round[column] for figures_of_round in rounds]
        figures[column] = None if None in values else statistics.median(values)
    return figures


def size_told(step):
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if step >= unit:
            return f"{step // unit} {name}"
    return str(step)


def markdown(growth, steps):
    columns = list(max(steps.values(), key=len))
    lines = [f"### {growth.title}", "", "| | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for step, figures in steps.items():
        name = size_told(step) if growth.steps is SIZES else f"{step:,}"
        lines.append(f"| {name} | " + " | ".join(told(figures.get(column)) for column in columns) + " |")
    lines.append("")
    for text, figure, bound in growth.goals:
        value = figure(steps)
        lines.append(f"{text}: {'met' if value <= bound else '**missed**'} ({told(value)})")
    return "\n".join(lines) + "\n"


def run(context, servers, rounds, names):
    """The tables, as text, and the raw figures: growth -> step -> rounds."""
    texts, raw = [], {}
    for growth in GROWTHS:
        if not names(growth.name):
            continue
        figures = {step: [] for step in growth.steps}
        for _ in range(rounds):
            for step in growth.steps:
                with servers.running("uvftpd") as daemon:
                    figures[step].append(growth.measure(context, daemon, step))
        if growth.steps is ENTRIES:
            context.place.forget_directory(context.small(ENTRIES[-1]))
        raw[growth.name] = figures
        texts.append(markdown(growth, {step: medians(of_step) for step, of_step in figures.items()}))
    return "\n".join(texts), raw
