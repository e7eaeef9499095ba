"""Who is served first, and by which server."""

import time

import pytest

from support.pooler import workers
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
    """Twenty servers whose connect_query takes 0.5 s: one after the other would take 10 s."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=20, databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app connect_query='select pg_sleep(0.5)'"})
    clients = [pooler.login() for _ in range(21)]
    first = clients.pop(0)
    assert first.value("select 1") == "1"
    begun = time.monotonic()
    first.ask("begin")
    for client in clients[:19]:
        client.send(query("begin"))
    for client in clients[:19]:
        assert client.answer().status == "T"
    assert time.monotonic() - begun < 4
    assert len(postgres.connections("alice")) == 20
