"""Odyssey: the one that ODYSSEY= names, else the installed one. Its configuration follows its documentation."""

import signal

from .. import database
from .pooler import POOL_SIZE, NotFound, Pooler, executable, in_path, named_by


class Odyssey(Pooler):
    key = "odyssey"
    title = "Odyssey"
    stop_signal = signal.SIGINT
    install = "apt-get install odyssey (Debian 13 and later), or set ODYSSEY="
    note = f"Transaction pooling, {POOL_SIZE} servers, 1 worker; statements are not reserved, parameters are kept."

    def find(self):
        self.binary = named_by("ODYSSEY", executable(in_path("odyssey")))
        if not self.binary:
            raise NotFound(f"no odyssey in PATH; {self.install}")

    def version(self):
        return super().version().removeprefix("odyssey ")

    def command(self, site):
        if site.need.auth == "trust":
            rule = 'authentication "none"'
        else:
            rule = f'authentication "scram-sha-256"\n        password "{site.database.scram_secret}"'
        return [self.binary, site.write("odyssey.conf", f"""\
daemonize no
unix_socket_dir "{site.folder}"
unix_socket_mode "0644"
locks_dir "{site.folder}"
log_format "%p %t %l (%c) %m\\n"
log_to_stdout yes
log_config no
log_debug no
log_session no
log_query no
log_stats no
workers 1
resolvers 1
client_max {site.need.clients + 100}
listen {{
    host "127.0.0.1"
    port {site.port}
    backlog 4096
    tls "disable"
}}
storage "postgres_server" {{
    type "remote"
    host "127.0.0.1"
    port {site.database.port}
    tls "disable"
}}
database default {{
    user default {{
        {rule}
        storage "postgres_server"
        storage_db "{database.NAME}"
        storage_user "{database.USER}"
        pool "transaction"
        pool_size {POOL_SIZE}
        pool_timeout 0
        pool_ttl 0
        pool_discard no
        pool_cancel no
        pool_rollback yes
        client_fwd_error yes
    }}
}}
""")]
