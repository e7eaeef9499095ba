"""Limits: how many servers and how many clients."""

import pytest

from support.pooler import is_weir
from support.waiting import eventually
from support.wire import Disconnected, query


#: What a client is refused with: Weir uses PostgreSQL's own code for too many connections.
TOO_MANY = ("FATAL", "53300" if is_weir() else "08P01")


def busy(pooler, count, **login):
    """Clients that each hold a server inside a transaction."""
    clients = [pooler.login(**login) for _ in range(count)]
    for client in clients:
        assert client.ask("begin").status == "T"
    return clients


def test_pool_size_is_never_exceeded(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=3)
    clients = [pooler.login() for _ in range(10)]
    for client in clients:
        client.send(query("begin"))
    pooler.pool_becomes(cl_waiting=7, sv_active=3)
    assert len(postgres.connections("alice")) == 3
    served = 0
    while served < 10:
        for client in list(clients):
            if client.pending(0.01):
                assert client.answer().status == "T"
                assert len(postgres.connections("alice")) <= 3
                client.ask("commit")
                clients.remove(client)
                served += 1
    pooler.pool_becomes(cl_waiting=0, sv_idle=3)


def test_pool_size_of_database_and_of_user_win(start_pooler, postgres):
    target = f"host=127.0.0.1 port={postgres.port} dbname=app"
    pooler = start_pooler(
        pool_mode="transaction", default_pool_size=1, users={"bob": "pool_size=3"},
        databases={"app": target, "wide": target + " pool_size=2"})
    for database, user, size in (("app", "alice", 1), ("wide", "alice", 2), ("wide", "bob", 3)):
        clients = [pooler.login(user=user, database=database) for _ in range(4)]
        for client in clients:
            client.send(query("begin"))
        pooler.pool_becomes(database, user, sv_active=size, cl_waiting=4 - size)


def test_reserve_pool_opens_after_its_timeout(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, reserve_pool_size=1, reserve_pool_timeout=0.3)
    busy(pooler, 1)
    second, third = pooler.login(), pooler.login()
    second.send(query("begin"))
    assert second.answer().status == "T"
    pooler.logged("taking connection from reserve_pool")
    third.send(query("begin"))
    pooler.pool_becomes(sv_active=2, cl_waiting=1)


def test_reserve_pool_stays_closed_before_its_timeout(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, reserve_pool_size=1, reserve_pool_timeout=60)
    (first,) = busy(pooler, 1)
    second = pooler.login()
    second.send(query("select 1"))
    pooler.pool_becomes(sv_active=1, cl_waiting=1)
    first.ask("commit")
    assert second.answer().value == "1"
    assert pooler.pool()["sv_idle"] == 1


def test_max_client_conn(start_pooler):
    pooler = start_pooler(max_client_conn=3)
    clients = [pooler.login() for _ in range(3)]
    end = pooler.refused()
    assert end.text == "no more connections allowed (max_client_conn)"
    assert (end.errors[0].severity, end.errors[0].code) == TOO_MANY
    clients.pop().terminate()
    eventually(lambda: pooler_accepts(pooler), "room for a client again")
    assert clients[0].value("select 1") == "1"


def pooler_accepts(pooler):
    try:
        return pooler.login().value("select 1") == "1"
    except Disconnected as refusal:
        assert "max_client_conn" in refusal.text
        return False


def test_console_is_open_beyond_max_client_conn(start_pooler):
    pooler = start_pooler(max_client_conn=2)
    for _ in range(2):
        pooler.login()
    assert pooler.console("show version")


@pytest.mark.parametrize("setting", ["max_db_connections", "max_user_connections"])
def test_limit_across_pools(start_pooler, postgres, setting):
    target = f"host=127.0.0.1 port={postgres.port} dbname=app"
    pooler = start_pooler(pool_mode="transaction", databases={"app": target, "two": target}, **{setting: 2})
    if setting == "max_db_connections":
        names = [{"user": "alice"}, {"user": "bob"}]
    else:
        names = [{"database": "app"}, {"database": "two"}]
    # Logs in first: the first login of a pool itself waits for a server, whose parameters it passes on.
    waiting = pooler.login(**names[1])
    busy(pooler, 2, **names[0])
    waiting.send(query("select 1"))
    pooler.pool_becomes(cl_waiting=1, sv_active=0, sv_login=0, **names[1])
    assert not waiting.pending()


@pytest.mark.parametrize("setting", ["max_db_connections", "max_user_connections"])
def test_limit_across_pools_evicts_an_idle_server(start_pooler, postgres, setting):
    target = f"host=127.0.0.1 port={postgres.port} dbname=app"
    pooler = start_pooler(pool_mode="transaction", databases={"app": target, "two": target}, **{setting: 1})
    names = [{"user": "alice"}, {"user": "bob"}] if setting == "max_db_connections" else \
        [{"database": "app"}, {"database": "two"}]
    for name in names + names:
        assert pooler.login(**name).value("select 1") == "1"
    pooler.logged("closing because: evicted")
    assert len(postgres.connections("alice")) + len(postgres.connections("bob")) == 1


def test_limit_of_the_database_entry(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app max_db_connections=1"})
    busy(pooler, 1)
    second = pooler.login()
    second.send(query("select 1"))
    pooler.pool_becomes(cl_waiting=1, sv_active=1)


@pytest.mark.parametrize("setting", ["max_db_client_connections", "max_user_client_connections"])
def test_client_limits(start_pooler, setting):
    pooler = start_pooler(**{setting: 2})
    pooler.login()
    pooler.login()
    end = pooler.refused()
    assert end.text == f"client connections exceeded ({setting})"
    assert (end.errors[0].severity, end.errors[0].code) == TOO_MANY


def test_min_pool_size_is_kept_warm(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", min_pool_size=3)
    pooler.login()
    pooler.pool_becomes(sv_idle=3)
    assert len(postgres.connections("alice")) == 3


def test_min_pool_size_with_a_forced_user_needs_no_client(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app user=pooled min_pool_size=2"})
    pooler.pool_becomes(user="pooled", sv_idle=2)
    assert len(postgres.connections("pooled")) == 2
