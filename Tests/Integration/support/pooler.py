"""The program under test: its files, its process, its console and its log."""

import os
import re
import signal
import subprocess
import tempfile

import pytest

from . import account
from .waiting import DEADLINE, eventually, free_port
from .postgres import TRUST_USERS, password_of
from .wire import Disconnected, Wire

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))


def binary():
    return os.path.abspath(os.environ.get("WEIR") or os.path.join(ROOT, ".build", "release", "weir"))


def is_weir():
    return "pgbouncer" not in os.path.basename(binary())


def io_engine():
    """The setting that WEIR_IO_ENGINE asks for; PgBouncer does not have it."""
    engine = os.environ.get("WEIR_IO_ENGINE")
    return {"io_engine": engine} if engine and is_weir() else {}


def workers(count):
    """The setting, which PgBouncer does not have. One where a test is about an order that is exact per worker."""
    return {"workers": count} if is_weir() else {}


def not_yet(what):
    """Marks what PgBouncer does and Weir does not; strict, so that the mark has to go when Weir does it too."""
    return pytest.mark.xfail(is_weir(), strict=True, reason=f"not supported yet: {what}")


def _section(name, entries):
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())


class Pooler:
    """Writes pgbouncer.ini and userlist.txt, runs the binary on them, and always cleans up."""

    host = "127.0.0.1"

    def __init__(self, postgres, databases=None, users=None, secrets=None, wait=True, **settings):
        self.postgres = postgres
        self.folder = tempfile.mkdtemp(prefix="weir-")
        os.chmod(self.folder, 0o755)
        self.ini = os.path.join(self.folder, "pooler.ini")
        self.userlist = os.path.join(self.folder, "userlist.txt")
        self.logfile = os.path.join(self.folder, "log")
        self.port = free_port()
        self.process = None
        self.clients = []
        self.databases = databases if databases is not None else {"app": self.target("app")}
        self.users = users or {}
        self.secrets = {name: password_of(name) for name in (*TRUST_USERS, "admin", "stats")}
        self.secrets.update(secrets or {})
        self.settings = {
            "listen_addr": self.host,
            "listen_port": self.port,
            "unix_socket_dir": self.folder,
            "auth_type": "trust",
            "auth_file": self.userlist,
            "admin_users": "admin",
            "stats_users": "stats",
            "logfile": self.logfile,
            "pool_mode": "session",
            **io_engine(),
            **settings,
        }
        try:
            self.write()
            account.give(self.folder)
            self.start(wait)
        except BaseException:
            self.remove()
            raise

    address = property(lambda self: (self.host, self.port))
    socket_path = property(lambda self: os.path.join(self.folder, f".s.PGSQL.{self.port}"))

    def target(self, database="app", **more):
        """The right-hand side of a [databases] line that leads to the test's PostgreSQL."""
        options = {"host": self.postgres.host, "port": self.postgres.port, "dbname": database, **more}
        return " ".join(f"{key}={value}" for key, value in options.items())

    # Files

    def write(self, extra=""):
        """(Re)writes the files from the dictionaries."""
        with open(self.ini, "w", encoding="utf-8") as file:
            file.write(_section("databases", self.databases))
            if self.users:
                file.write(_section("users", self.users))
            file.write(_section("pgbouncer", self.settings))
            file.write(extra)
        with open(self.userlist, "w", encoding="utf-8") as file:
            file.writelines('"%s" "%s"\n' % (name, secret) for name, secret in self.secrets.items())

    def log(self):
        try:
            with open(self.logfile, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def logged(self, pattern, deadline=DEADLINE):
        """Waits until a line of the log matches; returns the match."""
        try:
            return eventually(lambda: re.search(pattern, self.log(), re.M), f"log line /{pattern}/", deadline)
        except AssertionError as never:
            raise AssertionError(f"{never}, in\n{self.log()}") from None

    # Process

    def command(self):
        """What is run."""
        return [binary(), "-q", self.ini]

    def popen_options(self):
        """How it is run."""
        return account.popen_options()

    def start(self, wait=True):
        self.output = open(os.path.join(self.folder, "output"), "w+b")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(self.command(), cwd=self.folder, stdin=subprocess.DEVNULL,
                                        stdout=self.output, stderr=self.output, **self.popen_options())
        self.expected_to_end = False
        if wait:
            eventually(self.accepts, "a pooler that accepts clients")

    def accepts(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the pooler ended with {self.process.returncode}:\n{self.said()}\n{self.log()}")
        try:
            self.console("show version")
            return True
        except (OSError, Disconnected):
            return False

    def said(self):
        """What it wrote to its standard output and error."""
        self.output.seek(0)
        return self.output.read().decode("utf-8", "replace")

    def signal(self, name):
        self.process.send_signal(getattr(signal, "SIG" + name))

    def ends(self):
        """Waits for the process to end; returns its exit status."""
        self.expected_to_end = True
        return self.process.wait(DEADLINE)

    def stop(self):
        """Ends the process at once; complains if it had already gone."""
        for client in self.clients:
            client.close()
        if self.process is None:
            return
        gone = self.process.poll()
        if gone is None:
            self.signal("QUIT")
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("SIGQUIT did not end the pooler") from None
        elif not self.expected_to_end:
            raise AssertionError(f"the pooler died with {gone}:\n{self.said()}\n{self.log()[-4000:]}")

    def remove(self):
        try:
            self.stop()
        finally:
            if self.process is not None:
                self.output.close()
            account.remove(self.folder)

    # Clients

    def login(self, user="alice", database="app", password=None, version=(3, 0), **parameters):
        """A raw client that has logged in; closed at the end of the test."""
        return self.keep(Wire.login(self.address, password, version, user=user, database=database, **parameters))

    def raw(self, **options):
        """A raw client that has sent nothing yet."""
        return self.keep(Wire(self.address, **options))

    def keep(self, client):
        self.clients.append(client)
        return client

    def refused(self, **options):
        """A login that must fail; returns the Disconnected."""
        try:
            self.login(**options)
        except Disconnected as end:
            return end
        raise AssertionError("the login was expected to fail")

    # Console

    def admin(self, user="admin"):
        """A console session that stays."""
        return self.login(user=user, database="pgbouncer", password=self.secrets.get(user))

    def console(self, command, user="admin"):
        """One command in its own console session; rows as dictionaries, errors raised."""
        with Wire.login(self.address, self.secrets.get(user), user=user, database="pgbouncer") as wire:
            return wire.ask(command).dicts()

    def set(self, name, value):
        self.console(f"set {name} = '{value}'")

    def pool(self, database="app", user="alice"):
        """The row of SHOW POOLS, numbers as int; zeros when there is no such pool."""
        for row in self.console("show pools"):
            if row["database"] == database and row["user"] == user:
                return {key: int(value) if value and value.isdigit() else value for key, value in row.items()}
        return dict.fromkeys(("cl_active", "cl_waiting", "sv_active", "sv_idle", "sv_used", "sv_login"), 0)

    def pool_becomes(self, database="app", user="alice", **counts):
        """Waits until the pool's counters have these values."""
        def reached():
            pool = self.pool(database, user)
            return pool if all(pool[key] == value for key, value in counts.items()) else None
        return eventually(reached, f"pool with {counts}, but {self.pool(database, user)}")
