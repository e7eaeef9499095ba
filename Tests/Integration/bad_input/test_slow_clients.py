"""Clients that are slow, silent, or never read."""

import pytest

from support.waiting import DEADLINE, eventually
from support.wire import SYNC, bind, execute, parse, query, startup


@pytest.fixture
def pooler(start_pooler, bystander):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    bystander(pooler)
    return pooler


def test_client_that_says_nothing(pooler):
    # For this client only: on a busy machine others may need longer to log in.
    admin = pooler.admin()
    assert not admin.ask("set client_login_timeout = 1").errors
    silent = pooler.raw()
    assert b"client_login_timeout" in silent.closed_by_peer()
    assert not admin.ask("set client_login_timeout = 60").errors


def test_one_byte_at_a_time(start_pooler, bystander):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    bystander(pooler)
    client = pooler.raw()
    for byte in startup(user="alice", database="app"):
        client.send(bytes([byte]))
    client.authenticate("alice", None)
    for packet in (query("select 'slow'"), parse("", "select 'slow'") + bind("", "") + execute() + SYNC):
        for byte in packet:
            client.send(bytes([byte]))
        assert client.answer().value == "slow"


def test_half_a_start_up_packet_then_leaving(pooler):
    packet = startup(user="alice", database="app")
    for size in range(len(packet)):
        client = pooler.raw()
        client.send(packet[:size])
        client.close()


def test_half_a_query_then_leaving(pooler):
    packet = query("select pg_backend_pid()")
    for size in range(1, len(packet)):
        client = pooler.login()
        client.send(packet[:size])
        client.close()
    assert pooler.login().value("select 1") == "1"


def test_half_a_query_then_silence_holds_no_server_in_another_pool(pooler):
    client = pooler.login()
    client.send(query("select 1")[:7])
    assert pooler.login(user="bob").value("select 2") == "2"


def resident(pooler):
    with open(f"/proc/{pooler.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def test_client_that_never_reads_a_large_answer(start_pooler, bystander):
    """The pooler must stop reading from PostgreSQL instead of keeping the answer in memory."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=2)
    bystander(pooler)
    before = resident(pooler)
    greedy = [pooler.raw(receive_buffer=8192) for _ in range(2)]
    for client in greedy:
        client.send(startup(user="alice", database="app"))
        client.authenticate("alice", None)
        client.send(query("select repeat('z', 100000) from generate_series(1, 3000)"))
    pooler.pool_becomes(sv_active=2)
    for client in greedy:
        assert client.pending(DEADLINE)
    other = pooler.login(user="bob")
    for number in range(300):
        assert other.value(f"select {number}") == str(number)
    assert resident(pooler) - before < 20_000_000
    for client in greedy:
        client.close()
    eventually(lambda: pooler.pool()["sv_active"] == 0, "free servers")


def test_client_that_reads_late_gets_everything(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    client = pooler.raw(receive_buffer=8192)
    client.send(startup(user="alice", database="app"))
    client.authenticate("alice", None)
    client.send(query("select n, repeat('z', 10000) from generate_series(1, 1000) n"))
    other = pooler.login(user="bob")
    assert all(other.value("select 1") == "1" for _ in range(50))
    rows = client.answer().rows
    assert [int(row[0]) for row in rows] == list(range(1, 1001))
    assert all(len(row[1]) == 10000 for row in rows)


@pytest.mark.weir
def test_client_that_keeps_sending_and_never_reads(start_pooler, bystander):
    """Each answer comes whole and gives its server back; the client is read no further while it does not take them."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=2, tcp_socket_buffer=4096)
    bystander(pooler)
    client = pooler.raw(receive_buffer=4096)
    client.send(startup(user="alice", database="app"))
    client.authenticate("alice", None)
    for _ in range(300):
        client.send(query("select repeat('z', 4000)"))
        eventually(lambda: pooler.pool()["sv_active"] == 0, "the end of the query, or of reading")
    asked = next(row["total_query_count"] for row in pooler.console("show stats") if row["database"] == "app")
    assert int(asked) < 150
    client.close()
    eventually(lambda: pooler.pool()["sv_active"] == 0, "free servers")
