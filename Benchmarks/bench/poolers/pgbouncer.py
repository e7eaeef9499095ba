"""PgBouncer: the one that PGBOUNCER= names, else the installed one. The targets compare Weir with this one."""

import os
import re
import signal

from .. import database
from .pooler import POOL_SIZE, NotFound, Pooler, executable, in_path, named_by


class PgBouncer(Pooler):
    title = "PgBouncer"
    stop_signal = signal.SIGQUIT
    install = "apt-get install pgbouncer (script/bootstrap --bench)"
    note = f"Transaction pooling, {POOL_SIZE} servers; one process with one thread, the only mode it has."

    def __init__(self, key, system=False):
        """`system`: whether this is the installed one, if PGBOUNCER= names another."""
        self.key = key
        self.is_system = system

    def find(self):
        system = executable(in_path("pgbouncer"))
        if not self.is_system:
            self.binary = named_by("PGBOUNCER", system)
        elif os.environ.get("PGBOUNCER"):
            self.binary = system
            if system and os.path.samefile(system, os.environ["PGBOUNCER"]):
                raise NotFound("the same as PGBOUNCER=")
        else:
            raise NotFound("the installed one is already measured; set PGBOUNCER= to compare another one")
        if not self.binary:
            raise NotFound(f"no pgbouncer in PATH; {self.install}, or set PGBOUNCER=")
        number = re.search(r"(\d+)\.(\d+)", self.version())
        if number and (int(number[1]), int(number[2])) >= (1, 21):
            self.abilities = self.abilities | {"prepared"}

    def version(self):
        return super().version().removeprefix("PgBouncer ")

    def command(self, site):
        return [self.binary, "-q", self.configuration(site)]

    def configuration(self, site, **extra):
        """Writes the two files, with settings that PgBouncer 1.18 knows; returns the path of the first."""
        settings = {
            "listen_addr": "127.0.0.1", "listen_port": site.port, "listen_backlog": 4096,
            "unix_socket_dir": site.folder, "auth_type": site.need.auth, "auth_file": site.path("userlist.txt"),
            "admin_users": "admin", "logfile": site.path("log"), "log_connections": 0, "log_disconnections": 0,
            "pool_mode": "transaction", "default_pool_size": POOL_SIZE, "max_client_conn": site.need.clients + 100,
            "ignore_startup_parameters": "extra_float_digits", "client_login_timeout": 0, **extra}
        site.write("userlist.txt", f'"{database.USER}" ""\n"admin" ""\n'
                                   f'"{database.SCRAM_USER}" "{site.database.scram_secret}"\n')
        return site.write("pooler.ini", f"[databases]\n{database.NAME} = host=127.0.0.1 port={site.database.port} "
                          f"dbname={database.NAME} user={database.USER}\n[pgbouncer]\n"
                          + "".join(f"{name} = {value}\n" for name, value in settings.items()))
