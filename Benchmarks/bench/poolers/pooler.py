"""What all poolers have in common."""

import dataclasses
import os
import shutil
import signal
import subprocess
import tempfile
import time

from support import account
from support.waiting import DEADLINE

from .. import database, ports
from .running import PoolerFailed, Running

#: Servers in the pool.
POOL_SIZE = 20


class NotFound(Exception):
    """The pooler is not on this machine; the text says what to do about it."""


@dataclasses.dataclass(frozen=True)
class Need:
    """What a cell asks of the pooler it measures."""

    clients: int
    auth: str = "trust"


@dataclasses.dataclass(frozen=True)
class Site:
    """Where a pooler is started: its folder, its port, and what is behind it."""

    folder: str
    port: int
    database: database.Database
    need: Need

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o600):
        """Writes a file of the pooler's configuration and returns its path."""
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)


class Pooler:
    """A program to measure. Subclasses say what is special about theirs."""

    #: Name on the command line and in results.
    key = ""
    #: Name for people, without a version.
    title = ""
    #: What it pools: "transactions", "sessions", or None when it connects each client to a server of its own.
    pools = "transactions"
    #: Whether its work is spread over processes.
    forks = False
    #: What it can do, of what cells may ask for.
    abilities = frozenset({"simple", "extended", "trust", "scram-sha-256"})
    #: Cells in which it runs although others like it do; None for all.
    only_cells = None
    stop_signal = signal.SIGTERM
    #: Installed with.
    install = ""
    #: One line about how it was set up, for the page.
    note = ""

    binary = None

    def find(self):
        """Sets `binary`; raises NotFound."""
        raise NotImplementedError

    def version(self):
        """What `--version` says, in short."""
        said = subprocess.run([self.binary, "--version"], capture_output=True, text=True, check=False)
        return (said.stdout or said.stderr).partition("\n")[0].strip()

    def command(self, site):
        """Writes the configuration into `site.folder`; returns the command line."""
        raise NotImplementedError

    def check(self, running):
        """Raises PoolerFailed when the pooler runs, but not as it was asked to."""

    def servers_for(self, clients):
        """How many servers a pool for so many clients needs."""
        return POOL_SIZE if self.pools == "transactions" else clients + 8

    def start(self, base, need):
        """Starts it and waits until a query has been answered through it. Use as a context manager."""
        folder = tempfile.mkdtemp(prefix="weir-bench-")
        os.chmod(folder, 0o755)
        site = Site(folder, ports.free(), base, need)
        try:
            command = self.command(site)
            account.give(folder)
            with open(site.path("output"), "wb") as output:
                began = time.perf_counter()
                process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                           start_new_session=True, **account.popen_options())
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        running = Running(self, process, site)
        try:
            running.wait_until_ready(DEADLINE)
            running.seconds_to_start = time.perf_counter() - began
            self.check(running)
        except BaseException:
            running.stop()
            raise
        return running


def executable(path):
    """The absolute path of a program that can be run, or None."""
    return os.path.abspath(path) if path and os.access(path, os.X_OK) and os.path.isfile(path) else None


def in_path(name):
    """A program in PATH or where the system keeps daemons."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def named_by(variable, fallback=None):
    """The program that an environment variable names, else `fallback`; raises NotFound if the name is wrong."""
    named = os.environ.get(variable)
    if not named:
        return executable(fallback)
    if not executable(named):
        raise NotFound(f"{variable}={named} is not a program")
    return executable(named)


__all__ = ["POOL_SIZE", "Need", "NotFound", "Pooler", "PoolerFailed", "Site", "executable", "in_path", "named_by"]
