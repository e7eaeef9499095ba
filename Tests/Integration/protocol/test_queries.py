"""Simple and extended queries, pipelines and the function call, in every mode."""

import struct

import pytest

from support.wire import FLUSH, SYNC, bind, close, describe, execute, message, parse, query


@pytest.fixture(params=["session", "transaction", "statement"])
def client(request, start_pooler):
    return start_pooler(pool_mode=request.param, default_pool_size=1).login()


def test_several_statements_in_one_query(client):
    answer = client.ask("select 1; select 2; select 3")
    assert answer.rows == [("1",), ("2",), ("3",)]
    assert answer.tags == ["SELECT 1"] * 3


def test_empty_query(client):
    assert client.ask("").kinds == "IZ"


def test_error_then_more(client):
    answer = client.ask("select 1/0")
    assert answer.errors[0].code == "22012"
    assert client.value("select 5") == "5"


def test_notice_passes(client):
    assert client.ask("do $$ begin raise notice 'look'; end $$").notices == ["look"]


def test_many_queries_in_one_packet(client):
    client.send(*[query(f"select {number}") for number in range(200)])
    assert [client.answer().value for _ in range(200)] == [str(number) for number in range(200)]


def test_extended_query(client):
    client.send(parse("", "select $1::text, $2::int"), describe("S", ""), bind("", "", ["x", None]),
                describe("P", ""), execute(), SYNC)
    answer = client.answer()
    assert answer.kinds == "1tT2TDCZ"
    assert answer.rows == [("x", None)]


def test_pipeline_of_many_extended_queries(client):
    for number in range(100):
        client.send(parse("", "select $1::int"), bind("", "", [str(number)]), execute(), SYNC)
    assert [client.answer().value for _ in range(100)] == [str(number) for number in range(100)]


def test_one_sync_for_a_whole_pipeline(client):
    client.send(*[parse("", "select $1::int") + bind("", "", [str(n)]) + execute() for n in range(50)], SYNC)
    assert [row[0] for row in client.answer().rows] == [str(n) for n in range(50)]


def test_error_in_a_pipeline_skips_to_sync(client):
    client.send(parse("", "select 1"), bind("", ""), execute(),
                parse("", "select nonsense"), bind("", ""), execute(),
                parse("", "select 3"), bind("", ""), execute(), SYNC, query("select 4"))
    answer = client.answer()
    assert answer.rows == [("1",)] and answer.errors[0].code == "42703"
    assert client.answer().value == "4"


def test_flush_answers_without_sync(client):
    client.send(parse("", "select 9"), describe("S", ""), FLUSH)
    assert client.until("T") == "1tT"
    client.send(bind("", ""), execute(), SYNC)
    assert client.answer().value == "9"


def test_portal_with_a_row_limit(client):
    client.send(parse("", "select generate_series(1, 5)"), bind("p", ""), execute("p", 2), FLUSH)
    assert client.until("s") == "12DDs"
    client.send(execute("p", 0), close("P", "p"), SYNC)
    assert client.answer().kinds == "DDDC3Z"


def test_large_query_and_large_answer(client):
    big = "x" * 3_000_000
    assert client.value(f"select '{big}'") == big


def test_answer_of_many_rows(client):
    answer = client.ask("select n, md5(n::text) from generate_series(1, 30000) n")
    assert len(answer.rows) == 30000
    assert answer.rows[-1][0] == "30000"


def test_function_call(client):
    oid = int(client.value("select 'int4pl'::regproc::oid"))
    arguments = b"".join(struct.pack("!i", 4) + struct.pack("!i", number) for number in (40, 2))
    client.send(message("F", struct.pack("!ihhh", oid, 1, 1, 2) + arguments + struct.pack("!h", 1)))
    tag, body = client.read()
    assert (tag, struct.unpack("!ii", body)) == ("V", (4, 42))
    assert client.read() == ("Z", b"I")
    assert client.value("select 1") == "1"


def test_notification_in_session_mode(start_pooler):
    pooler = start_pooler(pool_mode="session")
    listener, speaker = pooler.login(), pooler.login()
    listener.ask("listen news")
    speaker.ask("notify news, 'extra'")
    tag, body = listener.read()
    assert tag == "A" and body[4:] == b"news\0extra\0"


def test_disable_pqexec(start_pooler):
    """Simple queries are refused, the extended protocol is open. PgBouncer refuses them on the console too."""
    pooler = start_pooler(disable_pqexec=1, pool_mode="transaction", wait=False)
    pooler.logged("process up")
    client = pooler.login()
    client.send(parse("", "select 1"), bind("", ""), execute(), SYNC)
    assert client.answer().value == "1"
    client.send(query("select 1"))
    assert client.fails().text == "PQexec disallowed"


def test_error_longer_than_anything_kept(start_pooler):
    """The text of an error is passed on however long it is."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    client = pooler.login()
    client.send(query("do $$ begin raise exception '%', repeat('long', 1000000); end $$"))
    answer = client.answer()
    assert len(answer.errors[0].text) == 4_000_000
    assert client.value("select 1") == "1"
