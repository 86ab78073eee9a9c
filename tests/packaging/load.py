"""Clients without a pause, until SIGTERM or for half an hour at most: load.py PORT CLIENTS.

Each logs in, fetches /hello, and says good-bye.

Prints what became of them as one line of JSON. Lost is who was refused, reset or closed before the 220.
"""

import collections
import ftplib
import json
import signal
import sys
import threading

PORT, CLIENTS = map(int, sys.argv[1:])
HELLO = b"hello\n"
is_over = threading.Event()


def one_session():
    ftp = ftplib.FTP(timeout=60)
    try:
        ftp.connect("127.0.0.1", PORT)
    except (OSError, EOFError) as error:
        return "lost", error
    except ftplib.Error as error:
        return "greeted otherwise", error
    try:
        received = bytearray()
        ftp.login()
        ftp.retrbinary("RETR /hello", received.extend)
        ftp.quit()
        return ("served", None) if received == HELLO else ("wrong content", bytes(received))
    except ftplib.error_temp as error:
        return f"told {str(error)[:3]}", error
    except (OSError, EOFError, ftplib.Error) as error:
        return "cut off", error
    finally:
        ftp.close()


class Client(threading.Thread):
    def __init__(self):
        super().__init__()
        self.counts = collections.Counter()
        self.examples = {}  # texts: an exception would keep its frames, and what these hold, for as long as the load lasts

    def run(self):
        while not is_over.is_set():
            what, why = one_session()
            self.counts[what] += 1
            if why is not None:
                self.examples.setdefault(what, repr(why))


for number in (signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, lambda *_: is_over.set())
signal.alarm(1800)  # whoever was to end it may have gone
clients = [Client() for _ in range(CLIENTS)]
for client in clients:
    client.start()
for client in clients:
    client.join()
counts = sum((client.counts for client in clients), collections.Counter())
examples = {what: why for client in clients for what, why in client.examples.items()}
print(json.dumps({"counts": counts, "examples": examples}))
