"""What is executed, cancelled or answered when a client leaves, compared with a client connected to PostgreSQL itself."""

import socket

import pytest

from support.waiting import eventually
from support.wire import SYNC, Wire, bind, execute, message, parse, query, startup


@pytest.fixture(params=["session", "transaction"])
def pooler(request, start_pooler):
    return start_pooler(pool_mode=request.param, default_pool_size=1)


@pytest.fixture
def table(postgres):
    postgres.sql("drop table if exists leaving; create table leaving (id int)")
    return lambda: postgres.sql("select id from leaving").rows


def torn_by_terminate(sql):
    """A Query without its last two bytes, which the first two of Terminate would complete: the rest is a comment."""
    return query(sql + " -- " + " " * 20_000 + "X")[:-2]


@pytest.mark.parametrize("leave", ["close", "reset"])
def test_an_incomplete_message_is_never_completed(pooler, postgres, table, leave):
    client = pooler.login()
    assert client.value("select 1") == "1"
    backend = client.backend()
    client.send(torn_by_terminate("insert into leaving values (1)"))
    # Its server is taken for it as soon as enough of the message has come.
    pooler.pool_becomes(sv_active=1)
    getattr(client, leave)()
    eventually(lambda: backend not in postgres.connections(), "the end of the server")
    assert pooler.login().value("select 2") == "2"
    assert table() == []


def test_an_incomplete_message_in_a_transaction_is_never_completed(pooler, postgres, table):
    client = pooler.login()
    client.ask("begin")
    backend = client.backend()
    client.send(query("insert into leaving values (1); commit --X")[:-2])
    client.close()
    eventually(lambda: backend not in postgres.connections(), "the end of the server")
    assert table() == []


REQUESTS = {
    "simple": query("insert into leaving select 1 from pg_sleep(0.5)"),
    "extended": parse("", "insert into leaving select 1 from pg_sleep(0.5)") + bind("", "") + execute() + SYNC,
    "two": query("insert into leaving select 0 from pg_sleep(0.3)") + query("insert into leaving values (1)"),
}


@pytest.mark.parametrize("request_bytes", REQUESTS.values(), ids=REQUESTS.keys())
def test_a_statement_before_terminate_is_finished(pooler, table, request_bytes):
    client = pooler.login()
    client.send(request_bytes, message("X"))
    client.close()
    # The server counts until it has finished, and serves the next client then.
    pooler.pool_becomes(sv_active=1)
    other = pooler.login()
    assert other.value("select 3") == "3"
    assert table()[-1] == ("1",)
    other.close()
    pooler.pool_becomes(sv_active=0)


def test_a_transaction_before_terminate_is_rolled_back(pooler, table):
    client = pooler.login()
    client.send(query("begin; insert into leaving select 1 from pg_sleep(0.2)"), message("X"))
    client.close()
    assert pooler.login().value("select 4") == "4"
    assert table() == []


def test_a_batch_that_was_not_synced_before_terminate_is_rolled_back(pooler, table):
    client = pooler.login()
    client.send(parse("", "insert into leaving values (1)"), bind("", ""), execute(), message("X"))
    client.close()
    assert pooler.login().value("select 5") == "5"
    assert table() == []


def test_a_copy_before_terminate_ends(pooler, table):
    client = pooler.login()
    client.send(query("copy leaving from stdin"))
    assert client.read()[0] == "G"
    client.send(message("d", b"1\n"), message("X"))
    client.close()
    assert pooler.login().value("select 6") == "6"
    assert table() == []


# PgBouncer closes the connection of a client that has closed its sending side.
@pytest.mark.weir
@pytest.mark.parametrize("over", ["tcp", "unix"])
def test_a_client_that_closes_its_sending_side_gets_its_answer(pooler, over):
    client = pooler.keep(Wire.login(pooler.address if over == "tcp" else pooler.socket_path, user="alice", database="app"))
    client.send(query("select 'answer', pg_sleep(0.3)"), query("select 'another'"))
    client.socket.shutdown(socket.SHUT_WR)
    assert client.answer().value == "answer"
    assert client.answer().value == "another"
    assert client.closed_by_peer() == b""
    pooler.pool_becomes(cl_active=0, sv_active=0)


@pytest.mark.weir
def test_a_waiting_client_that_closes_its_sending_side_gets_its_answer(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    holder, client = pooler.login(), pooler.login()
    holder.ask("begin")
    client.send(query("select 'answer'"))
    client.socket.shutdown(socket.SHUT_WR)
    pooler.pool_becomes(cl_waiting=1)
    holder.ask("commit")
    assert client.answer().value == "answer"
    assert client.closed_by_peer() == b""


@pytest.mark.weir
def test_an_idle_client_that_closes_its_sending_side_is_disconnected(pooler):
    client = pooler.login()
    client.socket.shutdown(socket.SHUT_WR)
    assert client.closed_by_peer() == b""
    other = pooler.raw()
    other.send(startup(user="alice", database="app")[:10])
    other.socket.shutdown(socket.SHUT_WR)
    assert other.closed_by_peer() == b""
