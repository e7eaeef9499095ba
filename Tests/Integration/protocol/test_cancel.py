"""Cancel requests."""

import os

import pytest

from support.waiting import eventually
from support.wire import query, send_cancel


def running(postgres, mark):
    sleep = f"select pg_sleep(600) /* {mark} */"
    return postgres.sql(f"select 1 from pg_stat_activity where state = 'active' and query = '{sleep}'").rows


def sleeper(pooler, postgres, mark):
    client = pooler.login()
    client.send(query(f"select pg_sleep(600) /* {mark} */"))
    eventually(lambda: running(postgres, mark), "a running query")
    return client


@pytest.mark.parametrize("mode", ["session", "transaction", "statement"])
def test_cancel_reaches_the_query_of_its_client(start_pooler, postgres, mode):
    pooler = start_pooler(pool_mode=mode, default_pool_size=3)
    one, two = sleeper(pooler, postgres, "one"), sleeper(pooler, postgres, "two")
    one.cancel()
    assert one.answer().errors[0].code == "57014"
    assert one.value("select 1") == "1"
    assert running(postgres, "two")
    two.cancel()
    assert two.answer().errors[0].code == "57014"


@pytest.mark.parametrize("key", [b"\0" * 8, b"\x7f" * 8, b"\xff" * 8], ids=["zeros", "some", "ones"])
def test_key_that_matches_no_client(start_pooler, postgres, key):
    pooler = start_pooler(pool_mode="transaction")
    client = sleeper(pooler, postgres, "safe")
    send_cancel(pooler.address, key)
    assert running(postgres, "safe")
    client.cancel()
    assert client.answer().errors[0].code == "57014"


@pytest.mark.parametrize("size", [0, 4, 7, 9, 12, 60])
def test_key_of_a_wrong_length(start_pooler, size):
    pooler = start_pooler(pool_mode="transaction")
    client = pooler.login()
    send_cancel(pooler.address, os.urandom(size))
    assert client.value("select 1") == "1"


def test_half_a_key_does_not_cancel(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction")
    client = sleeper(pooler, postgres, "half")
    send_cancel(pooler.address, client.key[:4] + bytes(4))
    send_cancel(pooler.address, bytes(4) + client.key[4:])
    assert running(postgres, "half")
    client.cancel()
    assert client.answer().errors[0].code == "57014"


def test_cancel_of_an_idle_client_affects_no_client(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    idle = pooler.login()
    assert idle.value("select 1") == "1"
    other = sleeper(pooler, postgres, "other")
    idle.cancel()
    assert running(postgres, "other")
    other.cancel()
    assert other.answer().errors[0].code == "57014"


def test_cancel_inside_a_transaction(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    client = pooler.login()
    client.ask("begin")
    client.send(query("select pg_sleep(600) /* tx */"))
    eventually(lambda: running(postgres, "tx"), "a running query")
    client.cancel()
    answer = client.answer()
    assert answer.errors[0].code == "57014" and answer.status == "E"
    assert client.ask("rollback").status == "I"


def test_keys_differ(start_pooler):
    pooler = start_pooler(pool_mode="transaction")
    assert len({pooler.login().key for _ in range(50)}) == 50


def test_cancel_of_a_waiting_client_does_not_reach_a_server(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    holder, waiting = pooler.login(), pooler.login()
    holder.ask("begin")
    waiting.send(query("select 1"))
    pooler.pool_becomes(cl_waiting=1)
    waiting.cancel()
    assert holder.value("select 2") == "2"
    holder.ask("commit")
    assert pooler.login().value("select 3") == "3"
