"""The PostgreSQL server behind every pooler: private, removed at the end, with the tables that the cells read."""

import os
import subprocess

from support.postgres import Postgres, password_of

NAME = "bench"
USER = "postgres"
#: The user of the SCRAM cells; all others are trusted.
SCRAM_USER = "scram_user"
SCRAM_PASSWORD = password_of(SCRAM_USER)

#: The number of rows in `lines`, 100 characters each: slightly more than 100 MB on the wire.
LINES = 1_000_000


class Database:
    def __init__(self, scale, most_direct_clients):
        # Poolers that keep a server for each client need as many connections as there are clients.
        self.server = Postgres(max_connections=str(most_direct_clients + 100), shared_buffers="'256MB'")
        try:
            self._fill(scale)
        except BaseException:
            self.remove()
            raise

    port = property(lambda self: self.server.port)
    address = property(lambda self: self.server.address)

    def _fill(self, scale):
        with self.server.login(user=USER, database="postgres") as admin:
            admin.value_of_command(f"create database {NAME}")
            self.version = admin.value("show server_version").partition(" ")[0]
            self.scram_secret = admin.value(f"select rolpassword from pg_authid where rolname = '{SCRAM_USER}'")
        subprocess.run([self.program("pgbench"), "-i", "-q", "-s", str(scale), "-h", "127.0.0.1",
                        "-p", str(self.port), "-U", USER, NAME], check=True, capture_output=True)
        self.command("create unlogged table lines as "
                     f"select left(repeat(md5(i::text), 4), 100) as line from generate_series(1, {LINES}) i")
        self.command("create unlogged table copied (line text)")
        self.command("vacuum analyze lines")

    def program(self, name):
        return os.path.join(self.server.bin, name)

    def command(self, sql):
        """Runs a statement without a pooler."""
        with self.server.login(user=USER, database=NAME) as admin:
            return admin.value_of_command(sql)

    def remove(self):
        self.server.remove()
