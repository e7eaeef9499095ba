"""SHOW of what all workers know: the tables are made apart from the workers, for many consoles at a time."""

import pytest

from support.waiting import eventually
from support.wire import SYNC, Disconnected, bind, close, execute, parse, query

TABLES = {"clients": "prepared_statements", "servers": "prepared_statements", "lists": "items",
          "stats": "total_xact_count", "stats_totals": "bytes_sent", "totals": "value", "version": "version",
          "sockets": "send_avail", "pools": "maxwait_us"}


def prepared(pooler, table):
    """The counts of the pool's connections, by `id`."""
    return [int(row["prepared_statements"]) for row in pooler.console(f"show {table}") if row["database"] == "app"]


def test_prepared_statements_are_counted(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, max_prepared_statements=3)
    first, second = pooler.login(), pooler.login()
    assert prepared(pooler, "clients") == [0, 0]
    for number in range(2):
        first.send(parse(f"s{number}", f"select {number}"), SYNC)
        first.answer()
    assert (prepared(pooler, "clients"), prepared(pooler, "servers")) == ([2, 0], [2])
    # The text of s0 under a name of its own is on the server already.
    second.send(parse("mine", "select 0"), bind("", "mine"), execute(), SYNC)
    assert second.answer().value == "0"
    assert (prepared(pooler, "clients"), prepared(pooler, "servers")) == ([2, 1], [2])
    first.send(close("S", "s0"), SYNC)
    first.answer()
    assert (prepared(pooler, "clients"), prepared(pooler, "servers")) == ([1, 1], [2])
    # The server keeps no more than the setting allows, the client has all its own.
    for number in range(10, 14):
        first.send(parse(f"s{number}", f"select {number}"), SYNC)
        first.answer()
    assert (prepared(pooler, "clients"), prepared(pooler, "servers")) == ([5, 1], [3])


def test_session_mode_counts_none(start_pooler):
    pooler = start_pooler(pool_mode="session", max_prepared_statements=0)
    client = pooler.login()
    client.send(parse("s", "select 1"), SYNC)
    client.answer()
    assert (prepared(pooler, "clients"), prepared(pooler, "servers")) == ([0], [0])


def test_each_console_gets_its_answers_in_order(start_pooler):
    pooler = start_pooler(pool_mode="transaction")
    client = pooler.login()
    client.value("select 1")
    names = list(TABLES)
    orders = [names[start:] + names[:start] for start in range(len(names))]
    consoles = [pooler.admin() for _ in orders]
    for _ in range(5):
        for console, order in zip(consoles, orders):
            console.send(*(query(f"show {name}") for name in order))
        for console, order in zip(consoles, orders):
            for name in order:
                answer = console.answer()
                assert TABLES[name] in answer.columns, name
                assert answer.tags == ["SHOW"]


def test_an_answer_shows_what_was_done_before(start_pooler):
    """While other consoles are answered, none gets an answer from before its question."""
    pooler = start_pooler(pool_mode="transaction")
    others = [pooler.admin() for _ in range(8)]
    console = pooler.admin()
    client = pooler.login()
    for number in range(1, 30):
        for other in others:
            other.send(query("show stats"))
        assert client.value("select 1") == "1"
        rows = console.ask("show stats").dicts()
        assert [row["total_query_count"] for row in rows if row["database"] == "app"] == [str(number)]
        for other in others:
            assert other.answer().tags == ["SHOW"]


def test_consoles_that_leave_before_their_answer(start_pooler):
    pooler = start_pooler(pool_mode="transaction", max_client_conn=500)
    clients = [pooler.login() for _ in range(100)]
    staying = pooler.admin()
    for _ in range(10):
        leaving = [pooler.admin() for _ in range(10)]
        for console in leaving:
            console.send(query("show sockets"))
        staying.send(query("show sockets"))
        for number, console in enumerate(leaving):
            console.reset() if number % 2 else console.terminate()
        assert len(staying.answer().rows) > 100
    assert all(client.value("select 1") == "1" for client in clients[:3])
    eventually(lambda: [row["user"] for row in pooler.console("show clients")].count("admin") == 2,
               "no console but the two that remain")


def test_a_shutdown_while_tables_are_made(start_pooler):
    pooler = start_pooler(pool_mode="transaction")
    consoles = [pooler.admin() for _ in range(20)]
    for console in consoles:
        console.send(*[query("show sockets")] * 50)
    with pytest.raises((Disconnected, OSError)):
        pooler.admin().ask("shutdown")
    assert pooler.ends() == 0
