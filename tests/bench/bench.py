"""The bench: uvftpd beside its peers, row by row, in rounds with the servers in turn; tests/bench/run builds what
it needs and starts it. It prints progress on stderr and tables on stdout.
"""

import argparse
import fnmatch
import json
import os
import pathlib
import resource
import signal
import sys
import time

import goals
import growth
import machine
import place
import servers
import table
from load import LoadFailed
from rows import ROWS, Context, Sample

HERE = pathlib.Path(__file__).resolve().parent


def options():
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=__doc__)
    parser.add_argument("--rows", default="*", help="patterns of row names, with commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.2, help="of each measurement")
    parser.add_argument("--servers", default=",".join(servers.NAMES), help="names, with commas")
    parser.add_argument("--build", type=pathlib.Path, default=HERE / "../../build/release")
    parser.add_argument("--work", type=pathlib.Path, default=HERE / "../../build/bench",
                        help="where the peers are, and the files that must be on a disk")
    parser.add_argument("--json", type=pathlib.Path, help="where the raw figures go")
    parser.add_argument("--results", type=pathlib.Path, help="a file whose marked parts become the new tables")
    parser.add_argument("--growth", action="store_true", help="how uvftpd's costs grow, in place of the comparison")
    parser.add_argument("--goals", action="store_true", help="rows with a goal only; status 1 if one is missed")
    parser.add_argument("--divisor", type=int, default=1, help="of sizes and counts: for a test of the bench, its figures say nothing")
    chosen = parser.parse_args()
    # Without the paths that tests/bench/run adds in front.
    told = [word for word in sys.argv[1:] if word not in ("--build", str(chosen.build), "--work", str(chosen.work))]
    chosen.command = " ".join(["tests/bench/run", *told])
    chosen.servers = chosen.servers.split(",")
    unknown = set(chosen.servers) - set(servers.NAMES)
    if unknown:
        parser.error(f"no such server: {', '.join(unknown)}")
    chosen.patterns = chosen.rows.split(",")
    chosen.rows = [name for name in goals.with_what_they_need(ROWS if not chosen.goals else goals.GOALS)
                   if is_chosen(chosen, name)]
    if not chosen.rows and not chosen.growth:
        parser.error(f"no such row; there are {', '.join(ROWS)}")
    return chosen


def is_chosen(chosen, name):
    return any(fnmatch.fnmatch(name, pattern) for pattern in chosen.patterns)


class Bench:
    def __init__(self, chosen, is_apart):
        self.chosen = chosen
        self.place = place.Place(chosen.work.resolve() / "files", is_apart)
        build = chosen.build.resolve()
        self.servers = servers.Servers(self.place, build / "uvftpd", chosen.work.resolve() / "peers",
                                       are_alone=chosen.divisor == 1)
        self.context = Context(self.place, build / "tests/bench-load", chosen.seconds, chosen.divisor)
        self.cannot = {}  # server -> why
        self.without_tls = set()
        self.present = []
        self.results = {}
        self.failed = False  # where it must not: uvftpd itself

    def close(self):
        self.servers.close()
        self.place.close()

    def verify(self):
        """Each server once, before anything is measured; who cannot run is left out."""
        for name in self.chosen.servers:
            why = self.why_not(name, with_tls=False)
            if why:
                print(f"{name} is left out: {why}", file=sys.stderr)
                self.cannot[name] = why
        self.verify_with_tls([name for name in self.chosen.rows if ROWS[name].with_tls])

    def verify_with_tls(self, rows):
        for name in self.chosen.servers:
            if name in self.cannot or not any(servers.can(name, row) for row in rows):
                continue
            why = self.why_not(name, with_tls=True)
            if why:
                print(f"{name} is left out of rows with TLS: {why}", file=sys.stderr)
                self.without_tls.add(name)

    def why_not(self, name, with_tls):
        """None of a server that can run."""
        try:
            with self.servers.running(name, with_tls) as daemon:
                servers.verify(daemon)
        except (servers.Missing, RuntimeError, OSError, *servers.FTP_ERRORS) as error:
            if name == "uvftpd":
                raise
            return str(error) or type(error).__name__
        return None

    def run(self):
        self.verify()
        self.present = [name for name in self.chosen.servers if name not in self.cannot]
        for turn, name in enumerate(self.chosen.rows):
            row = ROWS[name]
            self.results[name] = {server: [] for server in self.present}
            for number in range(min(self.chosen.rounds, row.rounds)):
                first = (number + turn) % len(self.present)
                for server in self.present[first:] + self.present[:first]:
                    self.measure(row, server)
            print(name, {server: table.cell(samples) for server, samples in self.results[name].items()},
                  file=sys.stderr, flush=True)

    def measure(self, row, server):
        samples = self.results[row.name][server]
        if isinstance(samples, str):
            return
        if not servers.can(server, row.name) or row.with_tls and server in self.without_tls:
            self.results[row.name][server] = "no"
            return
        try:
            with self.servers.running(server, row.with_tls) as daemon:
                samples.append(row.measure(self.context, daemon))
        except place.NotHere as error:
            print(f"{row.name}: {error}", file=sys.stderr)
            self.results[row.name][server] = "no"
        except (LoadFailed, RuntimeError) as error:
            print(f"{row.name}, {server}: {error}", file=sys.stderr)
            self.results[row.name][server] = "fails"
            if server == "uvftpd":
                self.failed = True

    def versions(self):
        return {server: self.servers.version(server) for server in self.present}

    def dump(self):
        return {name: {server: samples if isinstance(samples, str) else [vars(sample) for sample in samples]
                       for server, samples in of_row.items()} for name, of_row in self.results.items()}

    def growth(self):
        text, raw = growth.run(self.context, self.servers, self.chosen.rounds,
                               lambda name: is_chosen(self.chosen, name))
        return text, {name: {str(step): figures for step, figures in steps.items()} for name, steps in raw.items()}


def replace_part(path, name, text):
    """What stands between two marks in a file of results."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    old = path.read_text(encoding="utf-8")
    head, begun, rest = old.partition(begin)
    _, ended, tail = rest.partition(end)
    if not begun or not ended:
        raise RuntimeError(f"{path} has no part {name}")
    path.write_text(head + begin + text + end + tail, encoding="utf-8")


def run(bench, chosen):
    """The exit status."""
    load = os.getloadavg()
    if chosen.growth:
        name, (tables, raw) = "growth", bench.growth()
    else:
        try:
            bench.run()
        except KeyboardInterrupt:
            bench.results.popitem()
            print("interrupted: the rows that are complete are told", file=sys.stderr)
        name, raw = "comparison", bench.dump()
        tables = table.comparison(bench.results, bench.present, bench.versions(), chosen.divisor == 1)
    about = machine.description(bench.servers.account.name, load)
    about += f"- `{chosen.command}`, {time.strftime('%Y-%m-%d')}\n"
    print(f"{about}\n{tables}")
    if chosen.results:
        replace_part(chosen.results, name, f"{about}\n{tables}")
    if chosen.json:
        chosen.json.write_text(json.dumps({"about": about, "figures": raw}, indent=1), encoding="utf-8")
    missed = chosen.goals and goals.missed(bench.results)
    return 1 if missed or bench.failed else 0


def main():
    chosen = options()
    is_apart = place.enter_namespaces()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = Bench(chosen, is_apart)
    try:
        return run(bench, chosen)
    finally:
        bench.close()


if __name__ == "__main__":
    sys.exit(main())
