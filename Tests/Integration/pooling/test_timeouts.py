"""Everything a client may not do for too long."""

import pytest

from support.waiting import eventually
from support.wire import query, startup


def test_query_wait_timeout(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, query_wait_timeout=1)
    holder, waiting = pooler.login(), pooler.login()
    holder.ask("begin")
    waiting.send(query("select 1"))
    end = waiting.fails()
    assert end.text == "query_wait_timeout"
    assert end.errors[-1].severity == "FATAL"
    assert holder.ask("commit").status == "I"


def test_query_wait_notify(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, query_wait_notify=1)
    holder, waiting = pooler.login(), pooler.login()
    holder.ask("begin")
    waiting.send(query("select 1"))
    tag, body = waiting.read()
    assert tag == "N" and b"No server connection available" in body
    holder.ask("commit")
    assert waiting.answer().value == "1"


def test_query_timeout(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, query_timeout=1)
    client, other = pooler.login(), pooler.login()
    client.send(query("select pg_sleep(600)"))
    assert client.fails().text == "query timeout"
    pooler.set("query_timeout", 0)
    assert other.value("select 1") == "1"


@pytest.mark.weir
def test_query_that_ran_too_long_is_cancelled_in_postgresql(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, query_timeout=1)
    pooler.login().send(query("select pg_sleep(600)"))
    pooler.logged("closing because: query timeout")
    eventually(lambda: not postgres.connections("alice"), "an idle PostgreSQL")


def test_idle_transaction_timeout(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, idle_transaction_timeout=1)
    client, other = pooler.login(), pooler.login()
    client.ask("begin")
    assert client.fails().text == "idle transaction timeout"
    assert other.value("select 1") == "1"


def test_idle_transaction_timeout_leaves_a_busy_transaction(start_pooler):
    pooler = start_pooler(pool_mode="transaction", idle_transaction_timeout=1)
    client = pooler.login()
    client.send(query("begin"))
    # All at once, so that the transaction is never idle, however slow the client is.
    client.send(query("select pg_sleep(1.8)"), query("commit"))
    assert [client.answer().status for _ in range(2)] == ["T", "T"]
    assert client.answer().status == "I"


def test_transaction_timeout(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, transaction_timeout=1)
    client, other = pooler.login(), pooler.login()
    client.ask("begin")
    client.send(query("select pg_sleep(600)"))
    assert client.fails().text == "transaction timeout"
    assert other.value("select 1") == "1"


def test_client_idle_timeout(start_pooler):
    pooler = start_pooler(pool_mode="transaction", client_idle_timeout=1)
    client = pooler.login()
    assert client.value("select 1") == "1"
    assert client.fails().text == "client_idle_timeout"


def test_client_idle_timeout_leaves_a_client_in_a_transaction(start_pooler):
    pooler = start_pooler(pool_mode="transaction", client_idle_timeout=1)
    idle, busy = pooler.login(), pooler.login()
    busy.ask("begin")
    assert idle.fails().text == "client_idle_timeout"
    assert busy.ask("select pg_sleep(1.5)").status == "T"


@pytest.mark.parametrize("setting, text", [
    ("query_timeout", "query timeout"),
    ("idle_transaction_timeout", "idle transaction timeout"),
    ("transaction_timeout", "transaction timeout"),
])
def test_transaction_limits_of_one_user(start_pooler, setting, text):
    pooler = start_pooler(pool_mode="transaction", users={"bob": f"{setting}=1"})
    strict, free = pooler.login(user="bob"), pooler.login(user="alice")
    free.ask("begin")
    strict.ask("begin")
    if setting == "query_timeout":
        strict.send(query("select pg_sleep(600)"))
    assert strict.fails().text == text
    assert free.value("select 1") == "1"


def test_query_wait_timeout_of_one_user(start_pooler):
    pooler = start_pooler(pool_mode="transaction", users={"bob": "query_wait_timeout=1"})
    strict, free = pooler.login(user="bob"), pooler.login(user="alice")
    pooler.console("pause app")
    free.send(query("select 1"))
    strict.send(query("select 1"))
    assert strict.fails().text == "query_wait_timeout"
    pooler.console("resume app")
    assert free.answer().value == "1"


# PgBouncer applies a limit of zero to every other user as soon as one user has a limit.
@pytest.mark.weir
def test_client_idle_timeout_of_one_user_spares_the_others(start_pooler):
    pooler = start_pooler(pool_mode="transaction", users={"bob": "client_idle_timeout=1"})
    strict, free = pooler.login(user="bob"), pooler.login(user="alice")
    assert strict.fails().text == "client_idle_timeout"
    assert free.value("select 1") == "1"


def test_client_login_timeout(start_pooler):
    pooler = start_pooler(client_login_timeout=1, auth_type="plain")
    silent = pooler.raw()
    silent.send(startup(user="alice", database="app"))
    assert silent.fails().text == "client_login_timeout"


def test_server_connect_timeout(start_pooler, silent_server):
    pooler = start_pooler(databases={"app": f"host=127.0.0.1 port={silent_server} dbname=app"},
                          server_connect_timeout=1, query_wait_timeout=5)
    # The pooler tries again until the client has waited too long.
    assert pooler.refused().text == "query_wait_timeout"
    pooler.logged("closing because: connect timeout")
