"""What is reported to clients at log-in about servers that have changed since."""

import os
import subprocess

import pytest

from support import account
from support.postgres import Postgres
from support.waiting import eventually
from support.wire import query


class Standby(Postgres):
    """A server in recovery that can be promoted."""

    def __init__(self):
        super().__init__()
        self.stop()
        signal_file = os.path.join(self.data, "standby.signal")
        with open(signal_file, "w", encoding="utf-8"):
            pass
        account.give(signal_file)
        self.start()

    def promote(self):
        self.run("pg_ctl", "promote", "-s", "-w", "-D", self.data)


@pytest.fixture
def standby():
    server = Standby()
    yield server
    server.remove()


@pytest.fixture
def pooler(start_pooler, standby):
    return start_pooler(standby, pool_mode="transaction")


def told(pooler, name, **options):
    with_client = pooler.login(**options)
    value = with_client.parameters[name]
    with_client.terminate()
    return value


@pytest.mark.weir
def test_a_promoted_standby_is_a_primary_for_clients_that_only_log_in(pooler, standby):
    """libpq with target_session_attrs=read-write leaves after the log-in. PgBouncer: refused until the pool is new."""
    assert told(pooler, "in_hot_standby") == "on"
    standby.promote()
    eventually(lambda: told(pooler, "in_hot_standby") == "off", "a primary")


@pytest.mark.weir
def test_libpq_finds_the_promoted_standby(pooler, standby):
    def asks_for_a_primary():
        return subprocess.run(
            ["psql", f"host=127.0.0.1 port={pooler.port} user=alice dbname=app target_session_attrs=read-write",
             "-Atc", "select 1"], capture_output=True, text=True, check=False)
    refused = asks_for_a_primary()
    assert refused.returncode != 0 and "read-only" in refused.stderr
    standby.promote()
    eventually(lambda: asks_for_a_primary().stdout == "1\n", "a primary")


@pytest.mark.weir
def test_a_promotion_that_a_query_sees_is_reported_to_other_clients(pooler, standby):
    client = pooler.login()
    assert client.value("select 1") == "1"
    standby.promote()
    assert client.value("select pg_is_in_recovery()") == "f"
    assert told(pooler, "in_hot_standby") == "off"


@pytest.mark.weir
@pytest.mark.parametrize("command", ["reconnect", "reconnect app"])
def test_after_reconnect_clients_are_told_of_the_new_server(pooler, standby, command):
    client = pooler.login()
    client.ask("begin")
    standby.promote()
    assert pooler.admin().ask(command).tags == ["RECONNECT"]
    assert told(pooler, "in_hot_standby") == "off"
    assert client.ask("commit").status == "I"


def test_reload_to_another_host_reports_that_host(pooler, standby, postgres):
    assert told(pooler, "in_hot_standby") == "on"
    pooler.databases["app"] = f"host=127.0.0.1 port={postgres.port} dbname=app"
    pooler.write()
    assert pooler.admin().ask("reload").tags == ["RELOAD"]
    assert told(pooler, "in_hot_standby") == "off"


def test_a_pool_full_of_marked_servers_still_lets_clients_in(start_pooler, postgres):
    pooler = start_pooler(pool_mode="session", default_pool_size=1)
    client = pooler.login()
    backend = client.backend()
    pooler.admin().ask("reconnect")
    other = pooler.login()
    assert client.backend() == backend
    other.send(query("select 1"))
    assert other.answer().value == "1"


@pytest.mark.weir
def test_a_setting_of_a_client_is_not_reported_to_others(start_pooler, postgres):
    pooler = start_pooler(pool_mode="session", server_reset_query="DISCARD ALL")
    client = pooler.login()
    assert client.ask("set default_transaction_read_only = on; set intervalstyle = 'iso_8601'").tags == ["SET", "SET"]
    assert client.parameters["default_transaction_read_only"] == "on"
    assert told(pooler, "default_transaction_read_only") == "off"
    client.terminate()
    pooler.pool_becomes(sv_active=0)
    assert told(pooler, "IntervalStyle") == "postgres"


@pytest.mark.weir
def test_a_setting_that_the_server_changed_is_reported_once_it_is_checked(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", server_check_delay=0)
    client = pooler.login()
    assert client.value("select 1") == "1"
    try:
        postgres.sql("alter system set intervalstyle = 'sql_standard'")
        postgres.sql("select pg_reload_conf()")
        # By the time that a new connection has the new value, every backend has been sent its signal: the next check, not
        # the client's own query, is then the first to report it.
        eventually(lambda: postgres.sql("show intervalstyle").value == "sql_standard", "a reload")

        def learned():
            client.value("select 1")
            return told(pooler, "IntervalStyle") == "sql_standard"
        eventually(learned, "the new value")
    finally:
        postgres.sql("alter system reset intervalstyle")
        postgres.sql("select pg_reload_conf()")
        eventually(lambda: postgres.sql("show intervalstyle").value == "postgres", "the old value")
