"""pgbench, measured in a window that excludes connecting, warming up and ending."""

import contextlib
import dataclasses
import glob
import math
import os
import shutil
import signal
import subprocess
import tempfile
import time

from .. import database
from ..measure.processor import ProcessorTime

#: The time limit, in seconds, for the first transaction and for the end.
TIME_LIMIT = 60


def settling(clients):
    """Seconds from the first transactions to the window, in which new servers fill their caches."""
    return 0.3 + clients / 1000


class LoadFailed(Exception):
    """The load could not be run through the pooler; the text is pgbench's or the peer's error."""


@dataclasses.dataclass(frozen=True)
class Window:
    """The transactions of the window."""

    seconds: float
    #: Latencies in microseconds, ascending, from sending a transaction to its end, by pgbench's clock.
    latencies: list
    processor: ProcessorTime

    transactions = property(lambda self: len(self.latencies))
    rate = property(lambda self: len(self.latencies) / self.seconds)

    def percentile(self, share):
        """The latency, in microseconds, that this share of the transactions does not exceed."""
        return self.latencies[min(len(self.latencies) - 1, math.ceil(share * len(self.latencies)) - 1)]


def measure(running, base, seconds, clients, script=("-S",), protocol="simple", user=database.USER, password=None,
            reconnecting=False):
    """Runs pgbench through a pooler and returns the Window."""
    folder = tempfile.mkdtemp(prefix="weir-bench-load-")
    process = None
    try:
        command = [base.program("pgbench"), "-n", *script, "-M", protocol, "-c", str(clients),
                   "-j", str(min(clients, 2)), "-T", str(math.ceil(seconds + TIME_LIMIT)), "-l",
                   "--log-prefix", os.path.join(folder, "log"), *(["-C"] if reconnecting else []),
                   "-h", running.address[0], "-p", str(running.address[1]), "-U", user, database.NAME]
        environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
        with open(os.path.join(folder, "said"), "w+", encoding="utf-8", errors="replace") as said:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment)
            await_first_transaction(folder, process, said)
            time.sleep(settling(clients))
            before, began = running.processor(), time.time()
            time.sleep(seconds)
            after, ended = running.processor(), time.time()
            # As at the end of -T: every client finishes its transaction, and the log is complete.
            process.send_signal(signal.SIGALRM)
            process.wait(TIME_LIMIT)
            check(process, said)
        latencies = sorted(within(folder, began, ended))
        if not latencies:
            raise LoadFailed("no transaction ended in the window")
        return Window(ended - began, latencies, after - before)
    finally:
        if process and process.poll() is None:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def await_first_transaction(folder, process, said):
    """Waits for the first log line: pgbench begins when all its clients are connected."""
    end = time.monotonic() + TIME_LIMIT
    while not any(os.path.getsize(path) for path in glob.glob(os.path.join(folder, "log*"))):
        if process.poll() is not None:
            check(process, said)
            return
        if time.monotonic() > end:
            raise LoadFailed(f"no transaction in {TIME_LIMIT} s")
        time.sleep(0.01)


def check(process, said):
    said.seek(0)
    text = said.read()
    complaints = [line for line in text.splitlines() if "error" in line or "aborted" in line]
    if process.returncode or complaints:
        raise LoadFailed(" | ".join(complaints[:3]) or f"pgbench ended with {process.returncode}: {text[-300:]}")


def within(folder, began, ended):
    """Latencies of the transactions that ended in the window, from pgbench's log.

    A line is: client, number, microseconds, script, and the end in seconds and microseconds since 1970.
    """
    for path in glob.glob(os.path.join(folder, "log*")):
        with open(path, encoding="ascii") as file:
            fields = file.read().split()
        for latency, second, micro in zip(fields[2::6], fields[4::6], fields[5::6]):
            if began <= int(second) + int(micro) / 1e6 < ended:
                with contextlib.suppress(ValueError):
                    yield int(latency)
