"""pgagroal: the one that PGAGROAL= names, else the installed one. Its configuration follows its documentation."""

from .. import database
from .pooler import POOL_SIZE, NotFound, Pooler, executable, in_path, named_by


class Pgagroal(Pooler):
    key = "pgagroal"
    title = "pgagroal"
    forks = True
    # SCRAM requires a file of encrypted passwords that only its own pgagroal-admin can write.
    abilities = Pooler.abilities - {"scram-sha-256"}
    install = "apt-get install pgagroal (if the distribution has it), or set PGAGROAL="
    note = f"Its transaction pipeline, {POOL_SIZE} servers; a process for each client. Metrics and management are off."

    def find(self):
        self.binary = named_by("PGAGROAL", executable(in_path("pgagroal")))
        if not self.binary:
            raise NotFound(f"no pgagroal in PATH; {self.install}")

    def version(self):
        return super().version().removeprefix("pgagroal ")

    def command(self, site):
        settings = {
            "host": "127.0.0.1", "port": site.port, "unix_socket_dir": site.folder, "pidfile": site.path("pid"),
            "metrics": 0, "management": 0, "log_type": "file", "log_level": "warn", "log_path": site.path("log"),
            "pipeline": "transaction", "max_connections": POOL_SIZE, "blocking_timeout": 0, "idle_timeout": 0,
            "validation": "off", "backlog": 4096, "update_process_title": "never"}
        path = site.write("pgagroal.conf", "[pgagroal]\n"
                          + "".join(f"{name} = {value}\n" for name, value in settings.items())
                          + f"\n[primary]\nhost = 127.0.0.1\nport = {site.database.port}\n")
        hba = site.write("pgagroal_hba.conf", "host all all all trust\n")
        limits = site.write("pgagroal_databases.conf", f"{database.NAME} {database.USER} {POOL_SIZE} 0 0\n")
        return [self.binary, "-c", path, "-a", hba, "-l", limits]
