"""Prepared statements when the server changes under them."""

import pytest

from support.pooler import workers
from support.wire import SYNC, bind, close, describe, execute, parse


def run(client, name, *values):
    client.send(bind("", name, values), execute(), SYNC)
    return client.answer()


def prepare(client, name, sql):
    client.send(parse(name, sql), SYNC)
    answer = client.answer()
    assert answer.kinds == "1Z"


@pytest.fixture
def pooler(start_pooler):
    # One worker: a client then gets the server that was used last, by any client.
    return start_pooler(pool_mode="transaction", default_pool_size=2, max_prepared_statements=3, **workers(1))


def on_both_servers(pooler):
    """Two clients that hold a server each: everything else waits or uses the other one."""
    clients = [pooler.login() for _ in range(2)]
    for client in clients:
        client.ask("begin")
    backends = [client.backend() for client in clients]
    for client in clients:
        client.ask("commit")
    assert len(set(backends)) == 2
    return clients


def test_statement_follows_its_client(pooler):
    client, other = on_both_servers(pooler)
    prepare(client, "mine", "select $1::int * 2, pg_backend_pid()")
    first = run(client, "mine", "21").rows[0]
    other.ask("begin")
    assert other.backend() == int(first[1])
    second = run(client, "mine", "4").rows[0]
    assert (first[0], second[0]) == ("42", "8")
    assert second[1] != first[1]
    other.ask("commit")


def test_same_name_in_two_clients(pooler):
    one, two = pooler.login(), pooler.login()
    prepare(one, "s", "select 'one'")
    prepare(two, "s", "select 'two'")
    for _ in range(3):
        assert run(one, "s").value == "one"
        assert run(two, "s").value == "two"


def test_more_statements_than_a_server_keeps(pooler):
    client = pooler.login()
    for number in range(10):
        prepare(client, f"s{number}", f"select {number}")
    for _ in range(2):
        for number in range(10):
            assert run(client, f"s{number}").value == str(number)
    assert int(client.value("select count(*) from pg_prepared_statements")) <= 3


def test_describe_on_another_server(pooler):
    client, other = on_both_servers(pooler)
    prepare(client, "d", "select $1::int as number")
    other.ask("begin")
    client.send(describe("S", "d"), SYNC)
    assert client.answer().kinds == "tTZ"
    other.ask("commit")


def test_close_and_prepare_again(pooler):
    client = pooler.login()
    prepare(client, "s", "select 1")
    client.send(close("S", "s"), SYNC)
    assert client.answer().kinds == "3Z"
    prepare(client, "s", "select 2")
    assert run(client, "s").value == "2"


@pytest.mark.parametrize("forget", ["deallocate all", "discard all"])
def test_forgetting_all(pooler, forget):
    client = pooler.login()
    prepare(client, "s", "select 1")
    assert not client.ask(forget).errors
    prepare(client, "s", "select 2")
    assert run(client, "s").value == "2"


def test_failed_parse_is_not_kept(pooler):
    client = pooler.login()
    client.send(parse("bad", "select no_such_column"), SYNC)
    assert client.answer().errors[0].code == "42703"
    assert client.value("select 1") == "1"
    assert pooler.login().value("select 1") == "1"


def test_pipeline_of_prepared_statements(pooler):
    client = pooler.login()
    names = [f"p{number}" for number in range(6)]
    client.send(*[parse(name, f"select '{name}'") + bind("", name) + execute() for name in names], SYNC)
    assert [row[0] for row in client.answer().rows] == names
