"""The soak: a daemon of its own, many clients that work and fail for a while, and what must hold afterwards.

Started by tests/soak/run, which sees to the binary. Ends with 0, or with 1 and the first claim that does not
hold. It must not judge by the clock: how long things took is told, and only what never ends is an error.
"""

import argparse
import multiprocessing
import os
import random
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../blackbox")]

import claims  # noqa: E402
import faults  # noqa: E402
import operations  # noqa: E402
from client import Client, Place  # noqa: E402
from contents import KIB, MIB, POOL, SIZES, TEXT  # noqa: E402
from figures import Figures, faults_table, mebibytes, operations_table, totals_table  # noqa: E402
from harness import HAS_IPV6, PASSWORD, Server, is_sanitized, user  # noqa: E402
from raw_client import BOUND, Control  # noqa: E402
from secured import CONTEXTS, SecuredControl, make_certificate  # noqa: E402

PROCESSES = 3
LEAVING_BOUND = 60  # seconds beyond the time limits, for a client to end what it is at


def options():
    parser = argparse.ArgumentParser(prog="tests/soak/run", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--sessions", type=int, default=60, help="clients at one time")
    parser.add_argument("--faults", type=float, default=1, metavar="PERCENT", help="of all operations")
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(1 << 32)))
    return parser.parse_args()


def settings(root, patience, sessions):
    """All time limits are short; innocent clients on a busy machine must keep within them."""
    certificate, key = make_certificate(os.path.dirname(root))
    return {"timeouts": {"idle": patience, "login": patience, "data_open": patience, "stalled": patience},
            "limits": {"sessions": 100 * sessions + 1000, "login_failures_per_address": 10,
                       "login_delay": "100ms"},
            "user": [user(root), user(root, "carol")],
            "tls": {"mode": "allow", "certificate": certificate, "key": key},
            "log": {"level": "debug"}}


def fill(server, clients):
    """The paths of the files that are there from the start."""
    for size in SIZES:
        server.write(f"/pub/{size}", POOL[:size])
    server.write("/pub/text", TEXT)
    server.write_many("/busy", [f"anchor-{number}" for number in range(operations.ANCHORS)])
    server.write_many("/many", [f"entry-{number:06}" for number in range(operations.MANY)])
    for index in range(clients):
        os.makedirs(server.path(f"/own/{index:04}"))
    return {os.path.join(directory, name)[len(server.root):]
            for directory, _, names in os.walk(server.root) for name in names}


def touch(server):
    """What the daemon makes once, such as the threads of its pool, is made now."""
    for context in CONTEXTS:
        control = SecuredControl(server.address(), context=context)
        control.do("QUIT", 221)
        control.expect_end()
        control.close()
    control = Control(server.address()).login("alice", PASSWORD)
    assert control.retrieve(f"RETR /pub/{16 * MIB}") == POOL[:16 * MIB]
    control.store("STOR /touched", POOL[:512 * KIB])
    control.lines("LIST /many")
    for _ in range(8):
        control.do(f"HASH /pub/{MIB + 7}", 213)
    control.do("DELE /touched", 250)
    control.do("QUIT", 221)
    control.expect_end()
    control.close()


def choose(session):
    """What a client does next: its name, whether it is a fault, and the function."""
    is_fault = session.rng.random() < session.client.place.faults
    kinds = dict((faults if is_fault else operations).FOR_ALL)
    if session.is_writer:
        kinds |= (faults if is_fault else operations).FOR_WRITERS
    elif not is_fault:
        kinds |= operations.FOR_READERS
    if is_fault and session.is_secured:
        kinds |= faults.FOR_SECURED | (faults.FOR_SECURED_WRITERS if session.is_writer else {})
    chosen = session.rng.choices(list(kinds), list(kinds.values()))[0]
    return chosen.__name__.replace("_", " "), is_fault, chosen


def work(place, indices, seed, over, results):
    """A process of clients. Tells (figures, accounts, failures) when all have left, or are stuck."""
    clients = [Client(place, index, seed, over, choose) for index in indices]
    for client in clients:
        client.start()
    while not over.value:
        time.sleep(0.1)
    end = time.monotonic() + place.patience + LEAVING_BOUND
    failures = []
    for client in clients:
        client.join(max(0, end - time.monotonic()))
        if client.is_alive():
            failures.append((time.time(), f"{client.name} is stuck in {client.activity!r} for "
                             f"{time.monotonic() - client.since:.0f} s", ""))
        elif client.failure:
            failures.append(client.failure)
    figures = Figures()
    for client in clients:
        figures.add(client.figures)
    results.send((figures, [(client.kept | client.frozen, client.torn) for client in clients], failures))


def run_clients(place, options, watch):
    """All of them, for the time that is given: (figures, accounts)."""
    context = multiprocessing.get_context("fork")
    # No Event: so many threads ask for its lock, and so often, that it is hardly to be had.
    over = context.Value("b", 0, lock=False)
    workers = []
    for number in range(min(PROCESSES, options.sessions)):
        ours, theirs = context.Pipe()
        indices = range(number, options.sessions, PROCESSES)
        process = context.Process(target=work, args=(place, indices, options.seed, over, theirs), daemon=True)
        process.start()
        theirs.close()
        workers.append((process, ours))
    watch.begun = time.monotonic()
    while not over.value and time.monotonic() - watch.begun < options.seconds:
        time.sleep(min(1, options.seconds / 100))
        watch.take_sample()
    over.value = 1
    figures, accounts, failures = Figures(), [], []
    for process, results in workers:
        if not results.poll(place.patience + LEAVING_BOUND + BOUND):
            raise claims.Violation("a process of clients does not come to its end")
        of_worker, of_clients, failed = results.recv()
        figures.add(of_worker)
        accounts += of_clients
        failures += failed
        process.join()
    if failures:
        _, text, trace = min(failures)
        raise claims.Violation(f"{text}\n{trace}({len(failures)} clients failed in all; this was the first)")
    return figures, accounts


def soak(options, server, patience):
    given = fill(server, options.sessions)
    touch(server)
    claims.wait_until(lambda: server.log_text().count("event=disconnect") == 3, "the first sessions are over")
    watch = claims.Watch(server)
    addresses = {family: server.address(family) for family in ((4, 6) if HAS_IPV6 else (4,))}
    place = Place(addresses, server.root, patience, options.faults / 100)
    figures, accounts = run_clients(place, options, watch)
    seconds = time.monotonic() - watch.begun
    watch.nothing_is_left_open()
    idle = server.memory("Pss")
    log = claims.Log(server.log_text())
    report(figures, seconds, watch, idle, log)
    watch.memory_is_flat(is_sanitized())
    log.no_error_is_told()
    log.passive_ports_were_to_be_had()
    count = claims.files_are_as_sent(server, accounts, given)
    print(f"{count} complete uploads are on the disk as they were sent")
    claims.no_session_is_left(server)


def report(figures, seconds, watch, idle, log):
    transfers = ", ".join(f"{outcome} {count:,}" for outcome, count in sorted(log.transfers.items()))
    rows = [("descriptors before and after", f"{watch.descriptors} / {watch.server.descriptors()}"),
            ("threads before and after", f"{watch.threads} / {watch.count_threads()}"),
            ("memory (PSS) before the traffic", mebibytes(watch.memory)),
            ("a third into it", mebibytes(watch.between(1 / 3, 0.45))),
            ("in its last tenth", mebibytes(watch.between(0.9, 1))),
            ("the most of all samples", mebibytes(max(memory for _, memory in watch.samples))),
            ("after it", mebibytes(idle)),
            ("connections by the log", f"{log.sessions:,}"),
            ("transfers by the log", transfers)]
    for table in (totals_table(figures, seconds, rows), operations_table(figures), faults_table(figures)):
        print("\n".join(table) + "\n")


def main():
    chosen = options()
    threading.stack_size(512 * KIB)
    print(f"soak: {chosen.seconds:.0f} s, {chosen.sessions} sessions at a time, {chosen.faults} % faults, "
          f"seed {chosen.seed}\n")
    patience = 20 if is_sanitized() else 8
    server = Server(lambda root: settings(root, patience, chosen.sessions))
    try:
        soak(chosen, server, patience)
    except AssertionError as error:
        print(f"soak: FAILED, seed {chosen.seed}: {error}\n--- the daemon's last words:", file=sys.stderr)
        print(server.log_tail()[-2000:], file=sys.stderr)
        return 1
    finally:
        server.kill()
    print("soak: every claim holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
