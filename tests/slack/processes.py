"""Programs that run for the tests, and waiting for what is to come."""

import collections
import subprocess
import threading
import time

PATIENCE = 20.0


def eventually(look, what="something", patience=PATIENCE):
    """The first value of `look` that counts as true; no sleep is ever the proof of anything."""
    until = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < until, f"{what} did not come; last: {found!r}"
        time.sleep(0.05)


class Program:
    """A process whose output is kept, so that a failure can be explained."""

    def __init__(self, name, command, ready, **options):
        self.name = name
        self.lines = collections.deque(maxlen=400)
        self.is_ready = threading.Event()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **options,
        )
        self.reader = threading.Thread(target=self._read, args=(ready,), daemon=True)
        self.reader.start()
        if not self.is_ready.wait(60) or self.process.poll() is not None:
            self.stop()
            raise AssertionError(f"{name} did not start:\n" + "\n".join(self.lines))

    def _read(self, ready):
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if ready in line:
                self.is_ready.set()
        self.is_ready.set()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.reader.join(5)
