"""A running pooler."""

import contextlib
import os
import signal
import subprocess
import time

from support import account
from support.wire import Disconnected, PeerError, Wire

from .. import database
from ..measure import memory, processes, processor


class PoolerFailed(Exception):
    """A pooler did not start, or ended; the text is the end of its output."""


class Running:
    """A pooler and its resource usage. A context manager that stops it at the end."""

    def __init__(self, pooler, process, site):
        self.pooler = pooler
        self.process = process
        self.site = site
        self.address = ("127.0.0.1", site.port)
        self.seconds_to_start = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # Clients

    def login(self):
        """Logs in a client, as the cell requires."""
        if self.site.need.auth == "trust":
            return Wire.login(self.address, user=database.USER, database=database.NAME)
        return Wire.login(self.address, user=database.SCRAM_USER, database=database.NAME,
                          password=database.SCRAM_PASSWORD)

    def wait_until_ready(self, deadline):
        """Returns once a query has been answered."""
        end = time.monotonic() + deadline
        while True:
            if self.process.poll() is not None:
                raise PoolerFailed(f"ended with {self.process.returncode}: {self.output_end()}")
            try:
                with self.login() as client:
                    client.value("select 1")
                    client.terminate()
                    return
            except (OSError, PeerError, Disconnected) as error:
                if time.monotonic() > end:
                    raise PoolerFailed(f"no answer in {deadline:.0f} s ({error}): {self.output_end()}") from error
            time.sleep(0.001)

    def warm(self, size):
        """Opens `size` servers, so that no measurement includes that."""
        clients = []
        try:
            for _ in range(size):
                clients.append(self.login())
            for command in ("begin", "commit"):
                for client in clients:
                    client.ask(command)
        finally:
            for client in clients:
                with contextlib.suppress(OSError):
                    client.terminate()

    # Resource usage

    def pids(self):
        return processes.members(self.process.pid) if self.pooler.forks else [self.process.pid]

    def processor(self):
        return processor.spent(self.pids())

    def resident(self):
        return memory.resident(self.pids())

    def ensure_alive(self):
        if self.process.poll() is not None:
            raise PoolerFailed(f"ended with {self.process.returncode}: {self.output_end()}")

    def output_end(self):
        """The end of its output."""
        said = ""
        for name in ("output", "log"):
            with contextlib.suppress(OSError), open(self.site.path(name), encoding="utf-8", errors="replace") as file:
                said += file.read()
        lines = [line for line in said.splitlines() if line.strip()]
        return " | ".join(lines[-4:])[-600:] or "no output"

    # The end

    def stop(self):
        pids = processes.members(self.process.pid)
        self.process.send_signal(self.pooler.stop_signal)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # Children that outlived it, only those still in its session: a process ID may have been reused.
        for pid in pids:
            if processes.session(pid) == self.process.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        account.remove(self.site.folder)


class RunningDirect:
    """Stands in for a pooler: a direct connection, which has no cost."""

    process = None
    seconds_to_start = 0.0

    def __init__(self, pooler, base):
        self.pooler = pooler
        self.address = base.address

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def warm(self, size):
        """Nothing is pooled."""

    def processor(self):
        return processor.ProcessorTime()

    def ensure_alive(self):
        """Nothing to check: clients would notice the end of PostgreSQL."""
