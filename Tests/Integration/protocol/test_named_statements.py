"""Named prepared statements in transaction and statement mode, while they do not follow their client: refused, so that
no client meets the statement of another."""

import psycopg
import pytest

from support.pooler import is_weir, workers
from support.wire import SYNC, bind, close, describe, execute, message, parse, query

# PgBouncer has them follow their client.
pytestmark = pytest.mark.skipif(not is_weir(), reason="Weir only")

NAMED = {
    "parse": parse("s", "select 1"),
    "bind": bind("", "s"),
    "bind to a named portal": bind("portal", "s"),
    "describe": describe("S", "s"),
    "close": close("S", "s"),
}


def refusal(answer):
    (error,) = answer.errors
    assert error.code == "0A000"
    assert error.severity == "ERROR"
    assert "named prepared statements are not supported in pool_mode" in error.text
    assert "max_prepared_statements = 0" in error.fields["H"]
    return answer


@pytest.fixture(params=["transaction", "statement"])
def pooler(request, start_pooler):
    return start_pooler(pool_mode=request.param, default_pool_size=1)


@pytest.mark.parametrize("part", NAMED.values(), ids=NAMED.keys())
def test_refused_and_the_session_goes_on(pooler, part):
    client = pooler.login()
    client.send(part, SYNC)
    assert refusal(client.answer()).status == "I"
    assert client.value("select 1") == "1"
    client.send(parse("", "select 2"), bind("", ""), execute(), SYNC)
    assert client.answer().value == "2"
    assert pooler.login().value("select 3") == "3"


@pytest.mark.parametrize("part", NAMED.values(), ids=NAMED.keys())
def test_refused_byte_by_byte(pooler, part):
    client = pooler.login()
    for byte in part + SYNC + query("select 4"):
        client.send(bytes([byte]))
    refusal(client.answer())
    assert client.answer().value == "4"


def test_the_rest_of_the_batch_is_skipped(pooler):
    client = pooler.login()
    client.send(parse("s", "select 1"), bind("", "s"), describe("P", ""), execute(), SYNC)
    assert refusal(client.answer()).kinds == "EZ"
    client.send(SYNC)
    assert client.answer().kinds == "Z"


def test_a_batch_fails_as_a_whole(pooler, postgres):
    postgres.sql("drop table if exists batch; create table batch (id int)")
    client = pooler.login()
    client.send(parse("", "insert into batch values (1)"), bind("", ""), execute(), parse("s", "select 1"), SYNC,
                parse("", "select 5"), bind("", ""), execute(), SYNC)
    assert refusal(client.answer()).kinds == "12CEZ"
    assert client.answer().value == "5"
    assert postgres.sql("select * from batch").rows == []


def test_a_transaction_fails(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    postgres.sql("drop table if exists whole; create table whole (id int)")
    client = pooler.login()
    client.ask("begin; insert into whole values (1)")
    client.send(parse("s", "select 1"), SYNC)
    assert refusal(client.answer()).status == "E"
    assert client.ask("commit").tags == ["ROLLBACK"]
    assert postgres.sql("select * from whole").rows == []


def test_behind_a_query_that_runs(pooler):
    client = pooler.login()
    client.send(query("select 6, pg_sleep(0.2)"), parse("s", "select 1"), SYNC, query("select 7"))
    assert client.answer().value == "6"
    refusal(client.answer())
    assert client.answer().value == "7"


def test_a_long_message_is_dropped_whole(pooler):
    client = pooler.login()
    client.send(parse("s", "select '" + "x" * 200_000 + "'"), SYNC)
    refusal(client.answer())
    assert client.value("select 8") == "8"


def test_a_name_that_does_not_end(pooler):
    client = pooler.login()
    client.send(message("B", b"p" * 40_000))
    client.closed_by_peer()
    assert pooler.login().value("select 1") == "1"


def test_an_error_of_another_message_is_passed_on(pooler):
    client = pooler.login()
    client.send(parse("", "select no_such_column"), parse("s", "select 1"), SYNC)
    (error,) = client.answer().errors
    assert error.code == "42703"
    assert client.value("select 1") == "1"


def test_zero_passes_them_on(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, max_prepared_statements=0)
    client = pooler.login()
    client.send(parse("s", "select 9"), bind("", "s"), execute(), SYNC)
    assert client.answer().value == "9"


def test_session_mode_has_them(start_pooler):
    client = start_pooler(pool_mode="session").login()
    client.send(parse("s", "select 10"), bind("", "s"), execute(), SYNC)
    assert client.answer().value == "10"


def test_two_clients_of_psycopg_never_meet(start_pooler):
    """Both give their statements the same names; without a refusal one of them got the answer of the other."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=2, **workers(1))
    clients = [psycopg.connect(host="127.0.0.1", port=pooler.port, user="alice", dbname="app", autocommit=True)
               for _ in range(2)]
    refused = 0
    for number in range(12):
        for client, name in zip(clients, "AB"):
            try:
                assert client.execute(f"select '{name}', %s::int", (number,)).fetchone() == (name, number)
            except psycopg.errors.FeatureNotSupported:
                refused += 1
    assert refused
    for client in clients:
        client.close()
