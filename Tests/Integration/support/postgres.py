"""A throw-away PostgreSQL."""

import glob
import os
import signal
import subprocess
import sys
import tempfile

from . import account
from .waiting import free_port
from .wire import Wire

#: Users by how PostgreSQL asks for their password; every password is `secret-` + name.
TRUST_USERS = ("alice", "bob", "carol", "dave", "pooled")
PASSWORD_USERS = {"clear_user": "password", "md5_user": "md5", "scram_user": "scram-sha-256"}

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "'32MB'",
    "max_connections": "120",
    "max_wal_size": "'2GB'",
    "log_min_messages": "log",
    "logging_collector": "off",
    "track_activity_query_size": "4096",
}


def password_of(user):
    return f"secret-{user}"


def programs_of_18():
    """The folder of the PostgreSQL 18 that script/bootstrap unpacks beside the Python packages."""
    return os.path.join(os.path.dirname(os.path.dirname(sys.executable)), "postgresql-18", "bin")


def newest_programs():
    """The folder of the newest PostgreSQL that the system has a server of."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if not found:
        raise RuntimeError("no PostgreSQL server under /usr/lib/postgresql")
    return os.path.dirname(max(found, key=lambda path: float(path.split("/")[4])))


class Postgres:
    host = "127.0.0.1"

    def __init__(self, programs=None, **settings):
        self.settings = {**SETTINGS, **settings}
        self.bin = programs or newest_programs()
        self.folder = tempfile.mkdtemp(prefix="weir-pg-")
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "log")
        self.port = free_port()
        os.chmod(self.folder, 0o755)
        account.give(self.folder)
        try:
            self._create()
        except BaseException:
            self.remove()
            raise

    address = property(lambda self: (self.host, self.port))

    def run(self, program, *arguments):
        subprocess.run([os.path.join(self.bin, program), *arguments], check=True, cwd=self.folder,
                       stdout=subprocess.DEVNULL, **account.popen_options())

    def _create(self):
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                 "--no-locale", "--no-sync", "--no-instructions")
        with open(os.path.join(self.data, "postgresql.conf"), "a", encoding="utf-8") as conf:
            conf.write(f"port = {self.port}\nlisten_addresses = '{self.host}'\n")
            conf.write(f"unix_socket_directories = '{self.folder}'\n")
            conf.writelines(f"{name} = {value}\n" for name, value in self.settings.items())
        with open(os.path.join(self.data, "pg_hba.conf"), "w", encoding="utf-8") as hba:
            hba.writelines(f"host all {user} 127.0.0.1/32 {method}\n" for user, method in PASSWORD_USERS.items())
            hba.write("local all all trust\nhost all all 127.0.0.1/32 trust\n")
        self.start()
        with self.login(user="postgres", database="postgres") as admin:
            for user in TRUST_USERS:
                admin.value_of_command(f"create role {user} login superuser")
            for user, method in PASSWORD_USERS.items():
                encryption = "md5" if method == "md5" else "scram-sha-256"
                admin.value_of_command(f"set password_encryption = '{encryption}'")
                admin.value_of_command(f"create role {user} login password '{password_of(user)}'")
            admin.value_of_command("create database app")
            admin.value_of_command("create database other")

    def start(self):
        self.run("pg_ctl", "start", "-s", "-w", "-D", self.data, "-l", self.log)

    def stop(self, mode="fast"):
        if self.running():
            self.run("pg_ctl", "stop", "-s", "-w", "-m", mode, "-D", self.data)

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def running(self):
        return os.path.exists(os.path.join(self.data, "postmaster.pid"))

    def pid(self):
        with open(os.path.join(self.data, "postmaster.pid"), encoding="utf-8") as file:
            return int(file.readline())

    def kill(self, backend):
        """kill -9 of one backend: PostgreSQL then ends all sessions and recovers."""
        os.kill(backend, signal.SIGKILL)

    def login(self, user="postgres", database="app", **parameters):
        """A connection that does not pass through the pooler."""
        return Direct.login(self.address, user=user, database=database, **parameters)

    def sql(self, sql):
        with self.login() as wire:
            return wire.ask(sql)

    def connections(self, user=None, database="app"):
        """Process ids of the backends serving a database (other than the one asking)."""
        where = f"datname = '{database}' and pid <> pg_backend_pid() and backend_type = 'client backend'"
        if user:
            where += f" and usename = '{user}'"
        return sorted(int(row[0]) for row in self.sql(f"select pid from pg_stat_activity where {where}").rows)

    def remove(self):
        try:
            self.stop("immediate")
        finally:
            account.remove(self.folder)


class Direct(Wire):
    def value_of_command(self, sql):
        answer = self.ask(sql)
        if answer.errors:
            raise answer.errors[0]
        return answer.tags[-1]
