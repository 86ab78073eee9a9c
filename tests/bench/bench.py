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
    parser.add_argument("--divisor", type=int, default=1, help="of sizes and counts; for a quick look only")
    chosen = parser.parse_args()
    chosen.servers = chosen.servers.split(",")
    unknown = set(chosen.servers) - set(servers.NAMES)
    if unknown:
        parser.error(f"no such server: {', '.join(unknown)}")
    chosen.rows = [name for name in ROWS
                   if any(fnmatch.fnmatch(name, pattern) for pattern in chosen.rows.split(","))]
    if not chosen.rows:
        parser.error(f"no such row; there are {', '.join(ROWS)}")
    return chosen


class Bench:
    def __init__(self, chosen):
        self.chosen = chosen
        self.place = place.Place(chosen.work.resolve() / "files")
        build = chosen.build.resolve()
        self.servers = servers.Servers(self.place, build / "uvftpd", chosen.work.resolve() / "peers")
        self.context = Context(self.place, build / "tests/bench-load", chosen.seconds, chosen.divisor)
        self.cannot = {}  # server -> why
        self.results = {}

    def close(self):
        self.servers.close()
        self.place.close()

    def verify(self):
        """Each server once, before anything is measured; who cannot run is left out."""
        for name in self.chosen.servers:
            try:
                with self.servers.running(name) as daemon:
                    servers.verify(daemon)
            except (servers.Missing, RuntimeError, OSError, *servers.FTP_ERRORS) as error:
                if name == "uvftpd":
                    raise
                print(f"{name} is left out: {error}", file=sys.stderr)
                self.cannot[name] = str(error)

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
        if not servers.can(server, row.name):
            self.results[row.name][server] = "no"
            return
        try:
            with self.servers.running(server) as daemon:
                samples.append(row.measure(self.context, daemon))
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


def main():
    chosen = options()
    place.enter_namespaces()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = Bench(chosen)
    try:
        bench.run()
        print(table.comparison(bench.results, bench.present, bench.versions()))
        if chosen.json:
            chosen.json.write_text(json.dumps({"versions": bench.versions(), "results": bench.dump()}, indent=1),
                                   encoding="utf-8")
    finally:
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
