"""Databases and users that come and go: made from `*`, removed by RELOAD, looked up by a host name."""

import os
import shutil
import socket
import subprocess
import threading

import pytest

from support.pooler import Pooler
from support.waiting import eventually


def target(postgres, *options):
    return " ".join([f"host=127.0.0.1 port={postgres.port}", *options])


def names(pooler):
    return {row["name"]: row["database"] for row in pooler.console("show databases") if row["name"] != "pgbouncer"}


def test_a_database_removed_by_reload_goes_although_there_is_a_fallback(start_pooler, postgres):
    """As observed from PgBouncer 1.25.2."""
    pooler = start_pooler(databases={"app": target(postgres, "dbname=app"), "two": target(postgres, "dbname=app"),
                                     "*": target(postgres, "dbname=other")})
    client = pooler.login(database="two")
    client.value("select 1")
    assert pooler.login(database="auto").value("select current_database()") == "other"
    del pooler.databases["two"]
    pooler.write()
    assert pooler.admin().ask("reload").tags == ["RELOAD"]
    assert client.fails().text == "database removed"
    pooler.logged("WARNING.*dropping database 'two' as it does not exist anymore or inactive auto-database")
    assert names(pooler) == {"app": "app", "auto": "other"}
    assert pooler.login(database="two").value("select current_database()") == "other"


def test_an_automatic_database_may_become_an_entry(start_pooler, postgres):
    pooler = start_pooler(databases={"*": target(postgres, "dbname=other")})
    client = pooler.login(database="two")
    assert client.value("select current_database()") == "other"
    pooler.databases["two"] = target(postgres, "dbname=app")
    pooler.write()
    pooler.console("reload")
    assert pooler.login(database="two").value("select current_database()") == "app"


def test_an_automatic_database_is_forgotten(start_pooler, postgres):
    pooler = start_pooler(databases={"app": target(postgres, "dbname=app"), "*": target(postgres, "dbname=other")},
                          autodb_idle_timeout=1, server_idle_timeout=1)
    pooler.login(database="auto").terminate()
    pooler.login(database="used").value("select 1")
    pooler.console("pause kept")
    eventually(lambda: "auto" not in names(pooler), "a forgotten database")
    assert set(names(pooler)) == {"app", "used", "kept"}
    pooler.logged("dropping database 'auto' as it does not exist anymore or inactive auto-database")
    assert "auto" not in {row["database"] for row in pooler.console("show pools")}
    assert "auto" not in {row["database"] for row in pooler.console("show stats")}
    assert pooler.login(database="auto").value("select 1") == "1"


@pytest.mark.weir
def test_a_client_that_cycles_names_does_not_fill_the_process(start_pooler, postgres):
    """PgBouncer keeps each name for autodb_idle_timeout."""
    pooler = start_pooler(databases={"*": target(postgres)})
    for number in range(1100):
        assert pooler.refused(database=f"none{number}").errors[-1].code == "3D000"
    lists = {row["list"]: int(row["items"]) for row in pooler.console("show lists")}
    assert lists["databases"] <= 1010 and lists["pools"] <= 1010


# A host name with another address

class NamingPooler(Pooler):
    """Sees its own hosts file."""

    def __init__(self, postgres, **options):
        self.hosts = None
        super().__init__(postgres, **options)

    def name(self, address):
        """The host name `db.test` resolves to `address` from now on."""
        with open(self.hosts, "w", encoding="utf-8") as file:
            file.write(f"127.0.0.1 localhost\n{address} db.test\n")

    def command(self):
        self.hosts = os.path.join(self.folder, "hosts")
        self.name("127.0.0.1")
        run = " ".join(super().command())
        return ["unshare", "-rm", "sh", "-c", f"mount --bind {self.hosts} /etc/hosts && exec unshare -U --map-user=1000 {run}"]


def may_mount():
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rm", "mount", "--bind", "/etc/hosts", "/etc/hosts"], capture_output=True,
                          check=False).returncode == 0


class Relay:
    """Forwards connections from another loopback address."""

    def __init__(self, address, destination):
        self.destination = destination
        self.listener = socket.create_server(address)
        self.sockets = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                one, _ = self.listener.accept()
            except OSError:
                return
            other = socket.create_connection(self.destination)
            self.sockets += [one, other]
            for source, sink in ((one, other), (other, one)):
                threading.Thread(target=self.copy, args=(source, sink), daemon=True).start()

    @staticmethod
    def copy(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        for each in (self.listener, *self.sockets):
            each.close()


@pytest.mark.weir
@pytest.mark.skipif(not may_mount(), reason="no private mount namespace here")
def test_servers_at_an_address_that_left_the_name_are_closed(postgres):
    relay = Relay(("127.0.0.2", postgres.port), postgres.address)
    pooler = NamingPooler(postgres, pool_mode="transaction", dns_max_ttl=1,
                          databases={"app": f"host=db.test port={postgres.port} dbname=app"})
    try:
        client, holder = pooler.login(), pooler.login()
        holder.ask("begin")
        client.value("select 1")

        def addresses():
            return {row["addr"] for row in pooler.console("show servers") if row["database"] == "app"}
        assert addresses() == {"127.0.0.1"}
        pooler.name("127.0.0.2")
        # Though no server is opened meanwhile.
        eventually(lambda: pooler.pool()["sv_idle"] == 0, "no idle server at the old address")
        assert client.value("select 1") == "1"
        assert addresses() == {"127.0.0.1", "127.0.0.2"}, "one is in a transaction"
        holder.ask("commit")
        eventually(lambda: addresses() <= {"127.0.0.2"}, "the new address")
        pooler.logged("its address is not among those of db.test any more")
    finally:
        pooler.remove()
        relay.close()
