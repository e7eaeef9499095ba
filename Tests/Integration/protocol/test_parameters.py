"""Parameters that follow a client from server to server."""

import pytest

from support.wire import SYNC, bind, execute, parse, query, startup

TRACKED = [
    ("client_encoding", "LATIN1", "SQL_ASCII"),
    ("DateStyle", "German, DMY", "SQL, MDY"),
    ("TimeZone", "Asia/Tokyo", "America/New_York"),
    ("standard_conforming_strings", "off", "on"),
    ("application_name", "first app", "it's \"second\" \\"),
    ("IntervalStyle", "iso_8601", "sql_standard"),
]


@pytest.fixture(params=["transaction", "statement"])
def pooler(request, start_pooler):
    return start_pooler(pool_mode=request.param, default_pool_size=1)


@pytest.mark.parametrize("name, one, two", TRACKED)
def test_given_at_login(pooler, name, one, two):
    first, second = pooler.login(**{name: one}), pooler.login(**{name: two})
    for _ in range(2):
        assert first.value(f"show {name}") == one
        assert second.value(f"show {name}") == two
    assert first.backend() == second.backend()


@pytest.mark.parametrize("name, one, two", TRACKED)
def test_changed_by_set(pooler, name, one, two):
    first, second = pooler.login(), pooler.login()
    original = second.value(f"show {name}")
    assert not first.ask(f"select set_config('{name}', $v${one}$v$, false)").errors
    assert first.parameters[name] == one
    assert second.value(f"show {name}") == original
    assert first.value(f"show {name}") == one


def test_reported_at_login(pooler):
    client = pooler.login(application_name="me", TimeZone="Asia/Tokyo", client_encoding="LATIN1")
    assert client.parameters["application_name"] == "me"
    assert client.parameters["TimeZone"] == "Asia/Tokyo"
    assert client.parameters["client_encoding"] == "LATIN1"


def test_names_are_not_case_sensitive(pooler):
    client = pooler.login(datestyle="German", timezone="Asia/Tokyo")
    assert client.value("show datestyle") == "German, DMY"
    assert client.value("show timezone") == "Asia/Tokyo"


def test_extended_query_gets_them_too(pooler):
    first, second = pooler.login(TimeZone="Asia/Tokyo"), pooler.login(TimeZone="America/New_York")
    for client, expected in ((first, "Asia/Tokyo"), (second, "America/New_York")) * 2:
        client.send(parse("", "show timezone"), bind("", ""), execute(), SYNC)
        answer = client.answer()
        assert answer.value == expected
        assert answer.kinds == "12DCZ"


def test_invalid_value_fails_the_login_or_the_query(pooler):
    healthy = pooler.login()
    client = pooler.raw()
    client.send(startup(user="alice", database="app", TimeZone="Nowhere/Land"), query("select 1"))
    end = client.fails()
    assert (end.errors[0].severity, end.text) == ("FATAL", "invalid server parameter")
    assert healthy.value("select 1") == "1"


def test_track_extra_parameters(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1,
                          track_extra_parameters="default_transaction_read_only")
    first, second = pooler.login(), pooler.login()
    first.ask("set default_transaction_read_only = on")
    assert second.value("show default_transaction_read_only") == "off"
    assert first.value("show default_transaction_read_only") == "on"


def test_application_name_add_host(start_pooler):
    pooler = start_pooler(pool_mode="transaction", application_name_add_host=1)
    client = pooler.login(application_name="me")
    host, port = client.socket.getsockname()
    assert client.value("show application_name") == f"me - {host}:{port}"


def test_parameters_of_the_database_entry(start_pooler, postgres):
    pooler = start_pooler(databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app "
               "client_encoding=LATIN1 timezone=Asia/Tokyo datestyle=German"})
    client = pooler.login()
    assert client.value("show client_encoding") == "LATIN1"
    assert client.value("show timezone") == "Asia/Tokyo"
    assert client.value("show datestyle") == "German, DMY"
