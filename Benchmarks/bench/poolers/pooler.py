"""The base class of all poolers."""

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

#: The number of servers in the pool.
POOL_SIZE = 20


class NotFound(Exception):
    """The pooler is not installed; the text contains a remedy."""


@dataclasses.dataclass(frozen=True)
class Need:
    """A cell's requirements for the pooler."""

    clients: int
    auth: str = "trust"


@dataclasses.dataclass(frozen=True)
class Site:
    """The environment of a pooler: its folder, its port, and the database behind it."""

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
    """A program to measure. Subclasses define the differences."""

    #: The name on the command line and in results.
    key = ""
    #: The displayed name, without a version.
    title = ""
    #: The pooling mode: "transactions", "sessions", or None if each client has a separate server.
    pools = "transactions"
    #: Whether it uses several processes.
    forks = False
    #: Its abilities, of those that cells may require.
    abilities = frozenset({"simple", "extended", "trust", "scram-sha-256"})
    #: The only cells in which it runs; None for all.
    only_cells = None
    stop_signal = signal.SIGTERM
    #: The command that installs it.
    install = ""
    #: One line about its configuration, for the page.
    note = ""

    binary = None

    def find(self):
        """Sets `binary`; raises NotFound."""
        raise NotImplementedError

    def version(self):
        """A short version, from `--version`."""
        said = subprocess.run([self.binary, "--version"], capture_output=True, text=True, check=False)
        return (said.stdout or said.stderr).partition("\n")[0].strip()

    def command(self, site):
        """Writes the configuration into `site.folder`; returns the command line."""
        raise NotImplementedError

    def check(self, running):
        """Raises PoolerFailed if the pooler runs with another configuration than requested."""

    def servers_for(self, clients):
        """The number of servers that a pool for that many clients needs."""
        return POOL_SIZE if self.pools == "transactions" else clients + 8

    def start(self, base, need):
        """Starts it and waits until it has answered a query. Use as a context manager."""
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
    """The absolute path of an executable program, or None."""
    return os.path.abspath(path) if path and os.access(path, os.X_OK) and os.path.isfile(path) else None


def in_path(name):
    """A program in PATH or in the system's folders for daemons."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def named_by(variable, fallback=None):
    """The program that an environment variable names, else `fallback`; raises NotFound if it is not a program."""
    named = os.environ.get(variable)
    if not named:
        return executable(fallback)
    if not executable(named):
        raise NotFound(f"{variable}={named} is not a program")
    return executable(named)


__all__ = ["POOL_SIZE", "Need", "NotFound", "Pooler", "PoolerFailed", "Site", "executable", "in_path", "named_by"]
