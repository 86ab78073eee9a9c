"""One load generator that runs: ready, go, figures. It must not know what is measured with it."""

import select
import signal
import subprocess

PATIENCE = 600  # seconds for each of its lines: 10,000 logins take some servers minutes


class LoadFailed(Exception):
    pass


class Load:
    """`binary kind key=value...` as a process; used with `with`, so that none outlives its row."""

    def __init__(self, binary, kind, **options):
        self.command = [str(binary), kind, *(f"{key}={value}" for key, value in options.items())]
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        try:
            self._line()  # "ready"
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                pipe.close()
            except OSError:
                pass

    def go(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def figures(self):
        """What it measured, by name; it then waits, its sessions still there."""
        return {key: float(value) for key, value in (word.split("=") for word in self._line().split())}

    def run(self):
        self.go()
        return self.figures()

    def _line(self):
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        if not readable:
            raise LoadFailed(f"{' '.join(self.command)}: no answer within {PATIENCE} s")
        line = self.process.stdout.readline()
        if not line:
            raise LoadFailed(f"{' '.join(self.command)}: {self.process.stderr.read().strip()}")
        return line
