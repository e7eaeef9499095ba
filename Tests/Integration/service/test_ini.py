"""What an ini may say, and how the console shows it. Every value was observed from PgBouncer 1.25.2 first."""

import pytest

from support.wire import PeerError


def shown(pooler, name):
    return next(row["value"] for row in pooler.console("show config") if row["key"] == name)


def row(pooler, what, name, key="name"):
    return next(row for row in pooler.console(f"show {what}") if row[key] == name)


@pytest.mark.parametrize("name, text, value", [
    ("default_pool_size", "-1", "-1"), ("default_pool_size", "2147483648", "-2147483648"),
    ("default_pool_size", "99999999999999999999", "-1"), ("default_pool_size", "4294967300", "4"),
    ("stats_period", "0", "0"), ("stats_period", "-1", "-1"), ("peer_id", "16384", "16384"),
    ("max_prepared_statements", "-1", "-1"), ("verbose", "-1", "-1"), ("unix_socket_mode", "99999", "99999"),
    ("listen_backlog", "-1", "-1"), ("log_connections", "4294967296", "0"), ("max_packet_size", "-1", "4294967295"),
    ("query_timeout", "inf", "0"), ("query_timeout", "nan", "9.22337e+12"), ("query_timeout", "1e20", "0"),
    ("server_lifetime", "1e13", "1e+13"), ("idle_transaction_timeout", "infinity", "0"),
])
def test_numbers_in_show_config(start_variant, name, text, value):
    pooler = start_variant(**{name: text})
    assert shown(pooler, name) == value
    assert pooler.login().value("select 1") == "1"


@pytest.mark.parametrize("name, text", [
    ("default_pool_size", "08"), ("default_pool_size", "1.5"), ("query_timeout", "-1"), ("query_timeout", "1e400"),
    ("query_timeout", "10s"), ("unix_socket_mode", "0o777"), ("listen_port", "-1"), ("tcp_keepidle", "-1"),
    ("tcp_user_timeout", "-1"),
])
def test_numbers_that_are_refused(fails, name, text):
    status, said = fails(**{name: text})
    assert status == 1
    assert " FATAL " in said


@pytest.mark.parametrize("separator", ["; ", ";", ",", "\t", "x"])
def test_one_byte_after_a_closing_quote_is_skipped(start_variant, postgres, separator):
    pooler = start_variant(databases={"app": f"host='127.0.0.1'{separator}port={postgres.port} dbname=app"})
    assert pooler.login().value("select 1") == "1"


@pytest.mark.parametrize("entry, expected", [
    ("host=x", {"host": "x", "load_balance_hosts": None}),
    ("host='x, y'", {"host": "x, y", "load_balance_hosts": "round-robin"}),
    ("host='x , y' load_balance_hosts=disable", {"host": "x , y", "load_balance_hosts": "disable"}),
    ("host=x load_balance_hosts=disable", {"load_balance_hosts": None}),
    ("host=x,", {"host": "x,", "load_balance_hosts": "round-robin"}),
    ("", {"host": None, "load_balance_hosts": None}),
    ("host=x port=65536", {"port": "65536"}),
    ("host=x port=-1", {"port": "-1"}),
    ("host=x port=99999999999", {"port": "1215752191"}),
    ("host=x server_lifetime=-5", {"server_lifetime": "-140462616"}),
    ("host=x server_lifetime=1.9 pool_size=3abc", {"server_lifetime": "1", "pool_size": "3"}),
    ("host=x pool_size=-7 max_db_connections=-3", {"pool_size": "20", "max_connections": "0"}),
    ("host=x user=" + 130 * "u", {"force_user": 127 * "u"}),
])
def test_show_databases(start_variant, entry, expected):
    pooler = start_variant(databases={"odd": entry})
    found = row(pooler, "databases", "odd")
    assert {key: found[key] for key in expected} == expected


def test_port_beyond_16_bits_leads_to_its_lower_ones(start_variant, postgres):
    pooler = start_variant(databases={"app": f"host=127.0.0.1 port={65536 + postgres.port} dbname=app"})
    assert pooler.login().value("select 1") == "1"


def test_row_of_the_console(start_variant):
    pooler = start_variant(max_db_connections=9, server_lifetime=77, max_db_client_connections=44, min_pool_size=1)
    console = row(pooler, "databases", "pgbouncer")
    assert (console["server_lifetime"], console["max_connections"], console["max_client_connections"]) == \
        ("77", "9", "44")
    assert (console["pool_size"], console["min_pool_size"], console["load_balance_hosts"]) == ("2", "0", None)


def test_show_users(start_variant):
    pooler = start_variant(databases={"app": "host=127.0.0.1 auth_user=asker user=forced", "*": "auth_user=star"},
                           users={"zoe": "pool_size=4"}, auth_user="global", max_user_connections=8)
    users = {user["name"]: user for user in pooler.console("show users")}
    assert {"admin", "alice", "asker", "forced", "pgbouncer", "zoe"} <= set(users)
    assert not {"star", "global"} & set(users)
    assert list(users) == sorted(users)
    assert users["asker"]["max_user_connections"] == users["pgbouncer"]["max_user_connections"] == "8"
    assert row(pooler, "lists", "users", "list")["items"] == str(len(users))


def test_auth_file_is_not_read_when_every_user_may_log_in(start_variant):
    pooler = start_variant(auth_type="any", databases={"app": "host=127.0.0.1 user=forced"})
    users = [user["name"] for user in pooler.console("show users")]
    assert "alice" not in users
    assert {"forced", "pgbouncer"} <= set(users)


def test_show_peers(start_variant):
    pooler = start_variant({"write": with_peers})
    assert [tuple(peer.values()) for peer in pooler.console("show peers")] == \
        [("1", "x", "6432", "20"), ("2", "y", "70000", "20"), ("3", "a", "6432", "7")]


def with_peers(self, extra=""):
    super(type(self), self).write(
        extra + "[peers]\n1 = host=x\n2=host=y port=70000 pool_size=-3\n3=host='a' pool_size=7\n")


def test_show_pools_names_load_balancing_for_lists_only(start_variant, postgres):
    one, two = (f"host={hosts} port={postgres.port} dbname=app" for hosts in ("127.0.0.1", "127.0.0.1,127.0.0.1"))
    pooler = start_variant(databases={"one": one, "two": two})
    for database in ("one", "two"):
        pooler.login(database=database).value("select 1")
    assert pooler.pool("one")["load_balance_hosts"] is None
    assert pooler.pool("two")["load_balance_hosts"] == "round-robin"


def test_included_folder_is_empty(start_variant):
    class Including:
        def write(self, extra=""):
            super(type(self), self).write(extra + "%include /tmp/\n")
    start_variant({"write": Including.write})


@pytest.mark.weir
def test_names_in_double_quotes(start_variant, postgres):
    """PgBouncer's manual allows them; its code does not."""
    pooler = start_variant(databases={'"my app"': f"host=127.0.0.1 port={postgres.port} dbname=app"})
    assert pooler.login(database="my app").value("select 1") == "1"


@pytest.mark.weir
def test_removed_line_of_users_has_no_effect(start_variant):
    """PgBouncer keeps the old limits."""
    pooler = start_variant(users={"zoe": "pool_size=4"})
    pooler.users = {}
    pooler.write()
    pooler.console("reload")
    assert not [user for user in pooler.console("show users") if user["pool_size"]]


@pytest.mark.weir
def test_time_that_cannot_be_counted_is_warned_about(start_variant):
    pooler = start_variant(server_lifetime="inf")
    pooler.logged(r" WARNING server_lifetime = inf is more than can be counted, taken as 0")


@pytest.mark.weir
def test_fallback_is_checked_when_it_is_read(fails):
    """PgBouncer finds out when a client asks for a database that it would serve."""
    status, said = fails(databases={"*": "nonsense"})
    assert status == 1 and "syntax error in connection string" in said


def test_unknown_setting_cannot_be_set(start_variant):
    with pytest.raises(PeerError):
        start_variant().set("no_such_setting", "1")
