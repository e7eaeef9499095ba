"""pgpool-II: a process for each client, which keeps the server of its previous client."""

import signal

from .. import database
from .pooler import NotFound, Pooler, executable, in_path


class Pgpool(Pooler):
    key = "pgpool"
    title = "pgpool-II"
    pools = "sessions"
    forks = True
    stop_signal = signal.SIGINT
    install = "apt-get install pgpool2 (script/bootstrap --bench)"
    note = ("It pools sessions, not transactions: as many processes and servers as clients, in every cell. "
            "Replication, balancing and health checks are off.")

    def find(self):
        self.binary = executable(in_path("pgpool"))
        if not self.binary:
            raise NotFound(f"no pgpool in PATH; {self.install}")

    def version(self):
        return super().version().removeprefix("pgpool-II version ").partition(" ")[0]

    def command(self, site):
        scram = site.need.auth != "trust"
        settings = {
            "backend_clustering_mode": "raw", "listen_addresses": "127.0.0.1", "port": site.port,
            "pcp_listen_addresses": "", "pcp_port": site.port, "socket_dir": site.folder,
            "pcp_socket_dir": site.folder, "unix_socket_directories": site.folder, "work_dir": site.folder,
            "pid_file_name": site.path("pid"), "logdir": site.folder, "log_min_messages": "error",
            "backend_hostname0": "127.0.0.1", "backend_port0": site.database.port, "backend_weight0": 1,
            "num_init_children": self.servers_for(site.need.clients), "max_pool": 1, "connection_cache": "on",
            "listen_backlog_multiplier": 2, "reserved_connections": 0, "child_life_time": 0,
            "child_max_connections": 0, "connection_life_time": 0, "client_idle_limit": 0,
            "load_balance_mode": "off", "health_check_period": 0, "sr_check_period": 0, "use_watchdog": "off",
            "memory_cache_enabled": "off", "enable_pool_hba": "on" if scram else "off",
            "pool_passwd": "pool_passwd" if scram else "", "failover_on_backend_error": "off"}
        # Its names for one folder differ between releases; it only warns about those that it does not know.
        site.write("pool_passwd", f"{database.SCRAM_USER}:TEXT{database.SCRAM_PASSWORD}\n")
        hba = site.write("pool_hba.conf", "host all all 127.0.0.1/32 scram-sha-256\n")
        pcp = site.write("pcp.conf", "")
        path = site.write("pgpool.conf", "".join(f"{name} = '{value}'\n" for name, value in settings.items()))
        return [self.binary, "-n", "-f", path, "-a", hba, "-F", pcp]
