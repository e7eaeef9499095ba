"""When a server is taken and given back, by pool mode."""

import pytest

from support.wire import SYNC, bind, execute, parse, query


def test_session_keeps_the_server_until_the_client_leaves(start_pooler):
    pooler = start_pooler(pool_mode="session", default_pool_size=1)
    first, second = pooler.login(), pooler.login()
    backend = first.backend()
    second.send(query("select pg_backend_pid()"))
    pooler.pool_becomes(cl_waiting=1, sv_active=1)
    assert first.backend() == backend
    first.terminate()
    assert int(second.answer().value) == backend


def test_session_takes_a_server_with_the_first_query_only(start_pooler):
    pooler = start_pooler(pool_mode="session", default_pool_size=1)
    pooler.login()
    second = pooler.login()
    assert second.value("select 1") == "1"


def test_transaction_gives_the_server_back_at_its_end(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    first, second = pooler.login(), pooler.login()
    backend = first.backend()
    assert second.backend() == backend
    assert first.ask("begin").status == "T"
    second.send(query("select pg_backend_pid()"))
    pooler.pool_becomes(cl_waiting=1, sv_active=1)
    assert first.backend() == backend
    assert first.ask("commit").status == "I"
    assert int(second.answer().value) == backend


def test_transaction_keeps_the_server_in_a_failed_transaction(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    first, second = pooler.login(), pooler.login()
    first.ask("begin")
    assert first.ask("select 1/0").status == "E"
    second.send(query("select 7"))
    pooler.pool_becomes(cl_waiting=1, sv_active=1)
    assert first.ask("rollback").status == "I"
    assert second.answer().value == "7"


def test_statement_gives_the_server_back_after_each_query(start_pooler):
    pooler = start_pooler(pool_mode="statement", default_pool_size=1)
    first, second = pooler.login(), pooler.login()
    assert first.backend() == second.backend()
    pooler.pool_becomes(sv_idle=1, sv_active=0)


def test_statement_refuses_transactions(start_pooler):
    pooler = start_pooler(pool_mode="statement", default_pool_size=1)
    client, other = pooler.login(), pooler.login()
    client.send(query("begin"))
    end = client.fails()
    assert "transaction blocks not allowed in statement pooling mode" in end.text
    assert other.value("select 1") == "1"


@pytest.mark.weir  # PgBouncer runs it first
@pytest.mark.parametrize("sql", ["begin; create table never_made ()", "create table never_made (); /* */ Start transaction"])
@pytest.mark.parametrize("ask", [query, lambda sql: query("select 1") + query(sql)], ids=["alone", "pipelined"])
def test_statement_refuses_transactions_before_they_run(start_pooler, postgres, sql, ask):
    pooler = start_pooler(pool_mode="statement", default_pool_size=1)
    client = pooler.login()
    client.send(ask(sql))
    assert "transaction blocks not allowed in statement pooling mode" in client.fails().text
    assert postgres.sql("select to_regclass('never_made')").rows == [(None,)]


def test_statement_takes_a_query_that_ends_its_transaction(start_pooler):
    client = start_pooler(pool_mode="statement", default_pool_size=1).login()
    assert client.ask("begin; select 1; commit").status == "I"


@pytest.mark.parametrize("mode", ["session", "transaction", "statement"])
def test_extended_queries_share_a_server(start_pooler, mode):
    pooler = start_pooler(pool_mode=mode, default_pool_size=1)
    client = pooler.login()
    client.send(parse("", "select $1::int + 1"), bind("", "", ["41"]), execute(), SYNC)
    assert client.answer().value == "42"
    if mode != "session":
        pooler.pool_becomes(sv_idle=1)
        assert pooler.login().value("select 1") == "1"


def test_mode_of_database_and_of_user_win(start_pooler, postgres):
    target = f"host=127.0.0.1 port={postgres.port} dbname=app"
    pooler = start_pooler(
        pool_mode="session", users={"bob": "pool_mode=statement"},
        databases={"app": target, "tx": target + " pool_mode=transaction"})
    modes = {}
    for database, user in (("app", "alice"), ("tx", "alice"), ("app", "bob"), ("tx", "bob")):
        pooler.login(user=user, database=database).value("select 1")
        modes[database, user] = pooler.pool(database, user)["pool_mode"]
    assert modes == {("app", "alice"): "session", ("tx", "alice"): "transaction",
                     ("app", "bob"): "statement", ("tx", "bob"): "statement"}


def test_forced_user_shares_one_pool(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app user=pooled"})
    backends = set()
    for user in ("alice", "bob"):
        client = pooler.login(user=user)
        assert client.value("select current_user") == "pooled"
        backends.add(client.backend())
    assert len(backends) == 1


def test_wildcard_database(start_pooler, postgres):
    pooler = start_pooler(databases={"*": f"host=127.0.0.1 port={postgres.port}"})
    assert pooler.login(database="other").value("select current_database()") == "other"
    assert "does not exist" in pooler.refused(database="nowhere").text
    assert pooler.login(database="app").value("select current_database()") == "app"
