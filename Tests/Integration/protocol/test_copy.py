"""COPY in both directions and both protocols."""

import pytest

from support.wire import SYNC, bind, describe, execute, message, parse, query

DONE = message("c")
ROWS = [f"{number}\tname {number}\n".encode() for number in range(2000)]


@pytest.fixture(params=["session", "transaction"])
def pooler(request, start_pooler):
    return start_pooler(pool_mode=request.param, default_pool_size=2)


@pytest.fixture
def client(pooler):
    client = pooler.login()
    client.ask("drop table if exists copied; create table copied (id int check (id >= 0), name text)")
    return client


def begin(client, how, sql):
    """Starts the COPY; returns what must follow CopyDone."""
    if how == "simple":
        client.send(query(sql))
        return b""
    client.send(parse("", sql), bind("", ""), describe("P", ""), execute())
    return SYNC


both = pytest.mark.parametrize("how", ["simple", "extended"])


@both
def test_copy_in(client, how):
    end = begin(client, how, "copy copied from stdin")
    client.send(*[message("d", row) for row in ROWS], DONE, end)
    answer = client.answer()
    assert answer.tags == ["COPY 2000"] and answer.status == "I"
    assert client.value("select count(*) from copied") == "2000"


@both
def test_copy_out(client, how):
    client.ask("insert into copied select n, 'name ' || n from generate_series(0, 1999) n")
    end = begin(client, how, "copy copied to stdout")
    client.send(end)
    answer = client.answer()
    assert answer.copied == b"".join(ROWS)
    assert answer.tags == ["COPY 2000"]


@both
def test_copy_fail(client, how):
    end = begin(client, how, "copy copied from stdin")
    client.send(message("d", ROWS[0]), message("f", b"no more\0"), end)
    assert "no more" in client.answer().errors[0].text
    assert client.value("select count(*) from copied") == "0"


@both
def test_error_before_copy_done(pooler, client, how):
    """PostgreSQL gives up after a bad row while the client continues to send."""
    end = begin(client, how, "copy copied from stdin")
    client.send(message("d", b"not a number\tx\n"))
    kinds = "E"
    while client.read()[0] not in kinds:
        pass
    client.send(*[message("d", row) for row in ROWS], DONE, end)
    # With the simple protocol the ReadyForQuery has come already; what follows is ignored by PostgreSQL.
    assert client.answer().status == "I"
    assert client.value("select count(*) from copied") == "0"
    assert pooler.login().value("select 1") == "1"


@both
def test_error_after_copy_done(client, how):
    end = begin(client, how, "copy copied from stdin")
    client.send(message("d", b"1\ta\n-1\tb\n"), DONE, end)
    answer = client.answer()
    assert answer.errors[0].code == "23514" and answer.status == "I"
    assert client.value("select count(*) from copied") == "0"


def test_copy_in_a_transaction_keeps_the_server(pooler, client):
    client.ask("begin")
    client.send(query("copy copied from stdin"))
    client.send(message("d", ROWS[1]), DONE)
    assert client.answer().status == "T"
    assert client.ask("commit").status == "I"
    assert pooler.login().value("select count(*) from copied") == "1"


def test_big_copy_out(client):
    client.send(query("copy (select repeat('y', 1000) from generate_series(1, 20000)) to stdout"))
    assert client.answer().copied == (b"y" * 1000 + b"\n") * 20000


def test_client_that_leaves_in_the_middle_of_copy_in(pooler, client):
    client.send(query("copy copied from stdin"), message("d", ROWS[0]))
    client.until("G")
    client.close()
    other = pooler.login()
    assert other.value("select count(*) from copied") == "0"
    assert other.ask("insert into copied values (1, 'x')").status == "I"


def test_client_that_leaves_in_the_middle_of_copy_out(pooler, client):
    client.send(query("copy (select repeat('y', 1000) from generate_series(1, 200000)) to stdout"))
    client.until("d")
    client.reset()
    other = pooler.login()
    assert [other.value("select 'mine'") for _ in range(3)] == ["mine"] * 3
