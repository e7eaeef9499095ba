"""Clients that disconnect at a bad moment: the next client must not notice."""

import pytest

from support.waiting import eventually
from support.wire import SYNC, bind, execute, parse, query


@pytest.fixture(params=["session", "transaction"])
def pooler(request, start_pooler, bystander):
    pooler = start_pooler(pool_mode=request.param, default_pool_size=1)
    bystander(pooler)
    return pooler


@pytest.fixture(params=["close", "reset", "terminate"])
def leave(request):
    return lambda client: getattr(client, request.param)()


def test_in_the_middle_of_a_transaction(pooler, postgres, leave):
    postgres.sql("drop table if exists half; create table half (id int)")
    client = pooler.login()
    client.ask("begin; insert into half values (1); set local work_mem = '77kB'")
    leave(client)
    other = pooler.login()
    assert other.ask("select * from half").rows == []
    assert other.value("show work_mem") == "4MB"
    assert other.ask("commit").notices == ["there is no transaction in progress"]


def test_in_a_failed_transaction(pooler, leave):
    client = pooler.login()
    client.ask("begin")
    client.ask("select 1/0")
    leave(client)
    assert pooler.login().value("select 1") == "1"


def test_in_the_middle_of_a_query(pooler, leave):
    client = pooler.login()
    client.send(query("select 'not yours', pg_sleep(1)"))
    pooler.pool_becomes(sv_active=1)
    leave(client)
    assert pooler.login().ask("select 'mine'").rows == [("mine",)]


def test_before_sync(pooler, leave):
    client = pooler.login()
    client.send(parse("", "select 'not yours'"), bind("", ""), execute())
    leave(client)
    other = pooler.login()
    other.send(parse("", "select 'mine'"), bind("", ""), execute(), SYNC)
    assert other.answer().rows == [("mine",)]


def test_while_an_answer_is_on_its_way(pooler, leave):
    for _ in range(5):
        client = pooler.login()
        client.send(*[query("select 'not yours', repeat('x', 20000)")] * 20)
        client.read()
        leave(client)
        after = pooler.login()
        assert after.ask("select 'mine'").rows == [("mine",)]
        after.terminate()


def test_while_waiting_for_a_server(pooler, leave):
    holder, waiting, next_one = pooler.login(), pooler.login(), pooler.login()
    holder.ask("begin")
    waiting.send(query("select 'not yours'"))
    next_one.send(query("select 'mine'"))
    pooler.pool_becomes(cl_waiting=2)
    leave(waiting)
    assert holder.ask("commit").status == "I"
    holder.terminate()
    assert next_one.answer().rows == [("mine",)]


# PgBouncer does not read from a waiting client, keeps it in the queue and then does its work.
@pytest.mark.weir
def test_waiting_client_that_disconnected_is_forgotten(pooler):
    holder, waiting = pooler.login(), pooler.login()
    holder.ask("begin")
    waiting.send(query("create table should_not_exist ()"))
    pooler.pool_becomes(cl_waiting=1)
    waiting.reset()
    eventually(lambda: pooler.pool()["cl_waiting"] == 0, "an empty queue")
    assert holder.ask("commit").status == "I"
    assert holder.ask("select to_regclass('should_not_exist')").rows == [(None,)]


# PgBouncer only closes the connection: the query of a client that has gone runs on in PostgreSQL.
@pytest.mark.weir
def test_query_of_a_client_that_left_is_cancelled(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    client = pooler.login()
    client.send(query("select pg_sleep(600) /* orphan */"))
    find = "select 1 from pg_stat_activity where state = 'active' and query = 'select pg_sleep(600) /* orphan */'"
    eventually(lambda: postgres.sql(find).rows, "a running query")
    client.close()
    eventually(lambda: not postgres.sql(find).rows, "the end of the query")
