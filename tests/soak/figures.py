"""What the soak counts: operations with their durations, faults, bytes. Figures of many clients add up; the
table of all of them is made here. It must not judge: what must hold is in claims.py."""

import array
import collections


class Figures:
    def __init__(self):
        self.durations = collections.defaultdict(lambda: array.array("d"))  # of each kind of operation
        self.faults = collections.Counter()
        self.sessions = 0
        self.bytes_up = 0
        self.bytes_down = 0

    def __getstate__(self):
        return self.__dict__ | {"durations": dict(self.durations)}

    def add(self, other):
        for kind, durations in other.durations.items():
            self.durations[kind].extend(durations)
        self.faults += other.faults
        self.sessions += other.sessions
        self.bytes_up += other.bytes_up
        self.bytes_down += other.bytes_down

    def operations(self):
        return sum(len(durations) for durations in self.durations.values())


def percentile(sorted_values, percent):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * percent / 100))]


def mebibytes(count):
    return f"{count / (1 << 20):,.1f} MiB"


def operations_table(figures):
    lines = ["| operation | count | p50 ms | p99 ms | slowest ms |", "|---|---:|---:|---:|---:|"]
    for kind, durations in sorted(figures.durations.items()):
        ordered = sorted(durations)
        row = [percentile(ordered, 50), percentile(ordered, 99), ordered[-1]]
        told = [f"{1000 * value:,.1f}" for value in row]
        lines.append(f"| {kind} | {len(ordered):,} | {' | '.join(told)} |")
    return lines


def faults_table(figures):
    return ["| fault | count |", "|---|---:|",
            *(f"| {kind} | {count:,} |" for kind, count in sorted(figures.faults.items()))]


def totals_table(figures, seconds, rows):
    """`rows`: pairs of what was measured at the daemon."""
    return ["| what | |", "|---|---:|",
            f"| time | {seconds:.0f} s |",
            f"| sessions | {figures.sessions:,} |",
            f"| operations | {figures.operations():,} |",
            f"| faults | {figures.faults.total():,} |",
            f"| sent to the server | {mebibytes(figures.bytes_up)} |",
            f"| fetched from it | {mebibytes(figures.bytes_down)} |",
            *(f"| {name} | {value} |" for name, value in rows)]
