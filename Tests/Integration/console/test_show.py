"""SHOW: names, order and types of every column."""

import subprocess

import pytest

from support.pooler import binary
from support.wire import fields_of, query

TEXT, INT4, INT8, NUMERIC = 25, 23, 20, 1700
SOCKET = ("type:s user:s database:s replication:s state:s addr:s port:i local_addr:s local_port:i connect_time:s "
          "request_time:s wait:i wait_us:i close_needed:i ptr:s link:s remote_pid:i tls:s application_name:s "
          "prepared_statements:i id:i")
BUFFERS = " recv_pos:i pkt_pos:i pkt_remain:i send_pos:i send_remain:i pkt_avail:i send_avail:i"
COUNTERS = ("server_assignment_count xact_count query_count received sent xact_time query_time wait_time "
            "client_parse_count server_parse_count bind_count client_login_count").split()


def numerics(prefix, names):
    return " ".join(f"{prefix}{name}:n" for name in names)


AVERAGES = [{"received": "recv"}.get(name, name) for name in COUNTERS]
SPELLED = [{"received": "bytes_received", "sent": "bytes_sent"}.get(name, name) for name in COUNTERS]
COLUMNS = {
    "clients": SOCKET, "servers": SOCKET, "sockets": SOCKET + BUFFERS, "active_sockets": SOCKET + BUFFERS,
    "pools": ("database:s user:s cl_active:i cl_waiting:i cl_active_cancel_req:i cl_waiting_cancel_req:i sv_active:i "
              "sv_active_cancel:i sv_being_canceled:i sv_idle:i sv_used:i sv_tested:i sv_login:i maxwait:i "
              "maxwait_us:i pool_mode:s load_balance_hosts:s"),
    "databases": ("name:s host:s port:i database:s force_user:s pool_size:i min_pool_size:i reserve_pool_size:i "
                  "server_lifetime:i pool_mode:s load_balance_hosts:s max_connections:i current_connections:i "
                  "max_client_connections:i current_client_connections:i paused:i disabled:i"),
    "users": ("name:s pool_size:s reserve_pool_size:s pool_mode:s max_user_connections:i current_connections:i "
              "max_user_client_connections:i current_client_connections:i"),
    "peers": "peer_id:i host:s port:i pool_size:i",
    "peer_pools": "peer_id:i cl_active_cancel_req:i cl_waiting_cancel_req:i sv_active_cancel:i sv_login:i",
    "lists": "list:s items:i",
    "config": "key:s value:s default:s changeable:s",
    "mem": "name:s size:i used:i free:i memtotal:i",
    "state": "key:s value:s",
    "dns_hosts": "hostname:s ttl:q addrs:s",
    "dns_zones": "zonename:s serial:q count:i",
    "version": "version:s",
    "totals": "name:s value:n",
    "stats": f"database:s {numerics('total_', COUNTERS)} {numerics('avg_', AVERAGES)}",
    "stats_totals": f"database:s {numerics('', SPELLED)}",
    "stats_averages": f"database:s {numerics('', SPELLED[:8])} {numerics('avg_', SPELLED[8:])}",
}
OIDS = {"s": TEXT, "i": INT4, "q": INT8, "n": NUMERIC}


@pytest.fixture
def pooler(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=2,
                          users={"bob": "pool_size=7 pool_mode=statement"})
    pooler.login(application_name="me").ask("begin")
    pooler.login().value("select 1")
    # A client has its answer a moment before its server is free, as another worker sees it.
    pooler.pool_becomes(sv_active=1, sv_idle=1)
    return pooler


@pytest.mark.parametrize("what", sorted(COLUMNS))
def test_columns(pooler, what):
    answer = pooler.admin().ask(f"show {what}")
    assert list(zip(answer.columns, answer.types)) == \
        [(name, OIDS[kind]) for name, kind in (column.split(":") for column in COLUMNS[what].split())]
    assert answer.tags == ["SHOW"]
    assert all(len(row) == len(answer.columns) for row in answer.rows)


@pytest.mark.parametrize("command", ["SHOW CLIENTS", "show clients;", "  Show   Clients  ", "SELECT clients"])
def test_spelling(pooler, command):
    assert len(pooler.console(command)) >= 2


def test_clients(pooler):
    rows = {row["application_name"]: row for row in pooler.console("show clients") if row["database"] == "app"}
    row = rows["me"]
    assert (row["type"], row["user"], row["state"]) == ("C", "alice", "active")
    assert (row["replication"], row["tls"]) == ("none", "")
    assert row["link"] and row["addr"] == "127.0.0.1" and int(row["local_port"]) == pooler.port
    assert rows[""]["state"] == "idle" and not rows[""]["link"]


def test_servers(pooler, postgres):
    rows = pooler.console("show servers")
    assert sorted(row["state"] for row in rows) == ["active", "idle"]
    assert sorted(int(row["remote_pid"]) for row in rows) == postgres.connections("alice")
    assert {int(row["port"]) for row in rows} == {postgres.port}


def test_client_and_server_name_each_other(pooler):
    client = next(row for row in pooler.console("show clients") if row["application_name"] == "me")
    server = next(row for row in pooler.console("show servers") if row["state"] == "active")
    assert (client["link"], server["link"]) == (server["ptr"], client["ptr"])


def test_pools(pooler):
    pool = pooler.pool()
    assert (pool["cl_active"], pool["cl_waiting"], pool["sv_active"], pool["sv_idle"]) == (2, 0, 1, 1)
    console = pooler.pool("pgbouncer", "pgbouncer")
    assert console["pool_mode"] == "statement"


def test_databases(pooler, postgres):
    row = next(row for row in pooler.console("show databases") if row["name"] == "app")
    assert (row["host"], row["port"], row["database"]) == ("127.0.0.1", str(postgres.port), "app")
    assert (row["pool_size"], row["current_connections"], row["paused"], row["disabled"]) == ("2", "2", "0", "0")


def test_users(pooler):
    rows = {row["name"]: row for row in pooler.console("show users")}
    assert rows["bob"]["pool_size"].strip() == "7" and rows["bob"]["pool_mode"] == "statement"
    assert rows["alice"]["current_connections"] == "2"


def test_lists(pooler):
    rows = {row["list"]: int(row["items"]) for row in pooler.console("show lists")}
    assert list(rows) == ["databases", "users", "peers", "pools", "peer_pools", "free_clients", "used_clients",
                          "login_clients", "free_servers", "used_servers", "dns_names",
                          "dns_zones", "dns_queries", "dns_pending"]
    assert (rows["databases"], rows["used_servers"], rows["used_clients"]) == (2, 2, 3)


def test_state(pooler):
    def states():
        return {row["key"]: row["value"] for row in pooler.console("show state")}
    assert states() == {"active": "yes", "paused": "no", "suspended": "no"}


def test_config_knows_every_setting(pooler):
    rows = {row["key"]: row for row in pooler.console("show config")}
    assert len(rows) >= 100
    assert rows["default_pool_size"] == {"key": "default_pool_size", "value": "2", "default": "20", "changeable": "yes"}
    assert rows["listen_port"]["changeable"] == "no"
    assert rows["pool_mode"]["value"] == "transaction"
    assert rows["server_reset_query"]["default"] == "DISCARD ALL"


def test_version(pooler):
    said = subprocess.run([binary(), "--version"], check=True, capture_output=True, text=True).stdout
    assert pooler.console("show version") == [{"version": said.splitlines()[0]}]


def test_help(pooler):
    fields = []
    admin = pooler.admin()
    admin.send(query("show help"))
    while (message := admin.read())[0] != "Z":
        if message[0] == "N":
            fields.append(fields_of(message[1]))
    assert [notice["M"] for notice in fields] == ["Console usage"]
    assert "SHOW HELP|CONFIG|DATABASES" in fields[0]["D"]


def test_stats_count(start_pooler):
    pooler = start_pooler(pool_mode="transaction")
    client = pooler.login()
    client.value("select 1")
    client.ask("begin")
    client.ask("select 2")
    client.ask("commit")
    row = next(row for row in pooler.console("show stats") if row["database"] == "app")
    assert (row["total_xact_count"], row["total_query_count"], row["total_client_login_count"]) == ("2", "4", "1")
    assert row["total_server_assignment_count"] == "2"
    assert int(row["total_received"]) > 40 and int(row["total_sent"]) > 100


@pytest.mark.parametrize("name", ["client_encoding", "standard_conforming_strings", "datestyle", "timezone",
                                  "default_transaction_isolation"])
def test_what_drivers_probe(pooler, name):
    assert len(pooler.console(f"show {name}")) == 1


def test_console_parameters(pooler):
    parameters = pooler.admin().parameters
    assert parameters["server_version"].endswith("/bouncer")
    assert (parameters["client_encoding"], parameters["DateStyle"], parameters["TimeZone"]) == ("UTF8", "ISO", "GMT")
