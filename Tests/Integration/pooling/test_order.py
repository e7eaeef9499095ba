"""Who is served first, and by which server."""

import pytest

from support.pooler import workers
from support.waiting import eventually
from support.wire import query


def test_clients_are_served_in_the_order_they_began_to_wait(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, **workers(1))
    holder = pooler.login()
    holder.ask("begin")
    waiting = [pooler.login() for _ in range(8)]
    for number, client in enumerate(waiting, start=1):
        client.send(query(f"begin; select {number}"))
        pooler.pool_becomes(cl_waiting=number)
    holder.ask("commit")
    for number, client in enumerate(waiting, start=1):
        assert client.answer().value == str(number)
        assert not any(later.pending() for later in waiting[number:])
        client.ask("commit")


def three_servers(pooler):
    """Opens three servers and gives them back one after the other; their process ids in that order."""
    clients = [pooler.login() for _ in range(3)]
    for client in clients:
        client.ask("begin")
    backends = [client.backend() for client in clients]
    for number, client in enumerate(clients, start=1):
        client.ask("commit")
        pooler.pool_becomes(sv_idle=number)
    return backends


def test_the_server_last_used_is_used_first(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=3, **workers(1))
    backends = three_servers(pooler)
    client = pooler.login()
    assert [client.backend() for _ in range(4)] == [backends[-1]] * 4
    client.ask("begin")
    assert pooler.login().backend() == backends[-2]


def test_server_round_robin(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=3, server_round_robin=1)
    backends = three_servers(pooler)
    client = pooler.login()
    assert [client.backend() for _ in range(6)] == backends * 2


@pytest.mark.weir
def test_an_empty_pool_fills_in_parallel(start_pooler, postgres):
    """All servers are in their connect_query at the same time: none ends before the test releases the lock."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=20, server_connect_timeout=120, databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app connect_query='select pg_advisory_xact_lock(815)'"})
    clients = [pooler.login() for _ in range(20)]
    first = clients.pop(0)
    assert first.ask("begin").status == "T"
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and objid = 815 and not granted"
    with postgres.login() as holder:
        holder.value("select pg_advisory_lock(815)")
        for client in clients:
            client.send(query("begin"))
        eventually(lambda: postgres.sql(waiting).value == "19", "19 servers in their connect_query")
    for client in clients:
        assert client.answer().status == "T"
    assert len(postgres.connections("alice")) == 20
