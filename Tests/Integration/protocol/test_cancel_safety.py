"""Cancel requests must end the request they were meant for and no other."""

import pytest

from support.proxy import Proxy
from support.waiting import eventually
from support.wire import SYNC, bind, execute, parse, query


@pytest.fixture
def table(postgres):
    postgres.sql("drop table if exists canceled; create table canceled (id int)")
    return lambda: postgres.sql("select id from canceled").rows


@pytest.fixture
def held(start_pooler):
    """A pool whose only server is in use, and a client that will wait."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    holder, client = pooler.login(), pooler.login()
    holder.ask("begin")
    return pooler, holder, client


# PgBouncer disconnects the client.
@pytest.mark.weir
@pytest.mark.parametrize("asked", [
    query("insert into canceled values (1)"),
    parse("", "insert into canceled values (1)") + bind("", "") + execute() + SYNC,
    query("insert into canceled values (1) -- " + " " * 50_000),
], ids=["simple", "extended", "long"])
def test_a_waiting_request_is_answered_at_once_and_never_runs(held, table, asked):
    pooler, holder, client = held
    client.send(asked)
    pooler.pool_becomes(cl_waiting=1)
    client.cancel()
    answer = client.answer()
    assert [error.code for error in answer.errors] == ["57014"]
    assert answer.errors[0].text == "canceling statement due to user request"
    assert answer.status == "I"
    pooler.pool_becomes(cl_waiting=0)
    client.send(query("select 'next'"))
    holder.ask("commit")
    assert client.answer().value == "next"
    assert table() == []


@pytest.mark.weir
def test_only_the_first_of_several_waiting_requests_is_cancelled(held, table):
    pooler, holder, client = held
    client.send(query("insert into canceled values (1)"), query("insert into canceled values (2)"))
    pooler.pool_becomes(cl_waiting=1)
    client.cancel()
    assert client.answer().errors[0].code == "57014"
    holder.ask("commit")
    assert not client.answer().errors
    assert table() == [("2",)]


@pytest.mark.weir
def test_a_waiting_batch_is_skipped_to_its_sync(held, table):
    pooler, holder, client = held
    client.send(parse("", "insert into canceled values (1)"), bind("", ""))
    pooler.pool_becomes(cl_waiting=1)
    client.cancel()
    assert client.read()[0] == "E"
    client.send(execute(), parse("", "insert into canceled values (2)"), bind("", ""), execute(), SYNC)
    assert client.answer().kinds == "Z"
    holder.ask("commit")
    assert client.value("select 'next'") == "next"
    assert table() == []


def test_a_server_whose_cancel_connection_broke_serves_no_other_client(start_pooler, postgres):
    """The request may have been passed on, and its signal may still come."""
    resets = []

    def opened(connection):
        if connection.is_cancel:
            resets.append(connection.reset())
        return not connection.is_cancel
    with Proxy(postgres.address, opened) as proxy:
        pooler = start_pooler(pool_mode="transaction", default_pool_size=1, databases={
            "app": f"host=127.0.0.1 port={proxy.port} dbname=app"})
        client = pooler.login()
        backend = client.backend()
        client.send(query("select 'done', pg_sleep(1)"))
        pooler.pool_becomes(sv_active=1)
        client.cancel()
        eventually(lambda: resets, "a cancel request")
        assert client.answer().value == "done"
        assert pooler.login().backend() != backend


def test_a_cancel_request_that_is_not_answered_in_time(start_pooler, postgres):
    held = []

    def opened(connection):
        if connection.is_cancel:
            held.append(connection)
        return not connection.is_cancel
    with Proxy(postgres.address, opened) as proxy:
        pooler = start_pooler(pool_mode="transaction", default_pool_size=1, cancel_wait_timeout=1, databases={
            "app": f"host=127.0.0.1 port={proxy.port} dbname=app"})
        client = pooler.login()
        backend = client.backend()
        client.send(query("select 'done', pg_sleep(3)"))
        pooler.pool_becomes(sv_active=1)
        client.cancel()
        assert held
        pooler.logged("closing because: cancel_wait_timeout")
        assert client.answer().value == "done"
        assert pooler.login().backend() != backend
