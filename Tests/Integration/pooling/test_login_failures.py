"""Which clients receive the error of a failed log-in, and for how long."""

import time

import pytest

from support.waiting import eventually
from support.wire import query, startup


def target(postgres, database):
    return f"host=127.0.0.1 port={postgres.port} dbname={database}"


@pytest.mark.weir
def test_the_first_client_after_an_outage_gets_in(start_pooler, own_postgres):
    """PgBouncer gives it the error of the outage, although server_login_retry is over."""
    pooler = start_pooler(own_postgres, pool_mode="transaction", server_login_retry=2, query_wait_timeout=1)
    clients = [pooler.login() for _ in range(4)]
    clients[0].value("select 1")
    own_postgres.stop()
    try:
        pooler.pool_becomes(sv_idle=0)
        attempt = time.monotonic()
        clients[0].send(query("select 1"))
        pooler.logged("closing because: connect failed")
        clients[1].send(query("select 1"))
        assert "server login has been failing" in clients[1].fails().text
        assert clients[0].fails().text == "query_wait_timeout"
    finally:
        own_postgres.start()
    eventually(lambda: time.monotonic() > attempt + 2.2, "the end of server_login_retry")
    assert clients[2].value("select 1") == "1"
    assert clients[3].value("select 1") == "1"


@pytest.mark.weir
def test_a_client_that_waited_for_a_failed_attempt_receives_the_error(start_pooler, own_postgres):
    """It does not wait for query_wait_timeout."""
    pooler = start_pooler(own_postgres, pool_mode="transaction", server_login_retry=1)
    first, second = pooler.login(), pooler.login()
    first.value("select 1")
    own_postgres.stop()
    try:
        pooler.pool_becomes(sv_idle=0)
        first.send(query("select 1"))
        pooler.logged("closing because: connect failed")

        def is_told():
            client = pooler.login()
            client.send(query("select 1"))
            return "server login has been failing" in client.fails().text
        assert is_told()
        # Now at a moment when the next attempt is due.
        attempts = pooler.log().count("connect failed")
        eventually(lambda: pooler.log().count("connect failed") > attempts, "another attempt")
        second.send(query("select 1"))
        assert "server login has been failing" in second.fails().text
    finally:
        own_postgres.start()


@pytest.mark.weir
@pytest.mark.parametrize("what", ["database", "role"])
def test_what_is_created_after_a_refusal_can_be_used_at_once(start_pooler, postgres, what):
    """PgBouncer lets the client wait for server_login_retry."""
    pooler = start_pooler(databases={"app": target(postgres, "app"), "late": target(postgres, "late_db")},
                          server_login_retry=60, secrets={"late_user": "x"})
    options = {"database": "late"} if what == "database" else {"user": "late_user", "password": "x"}
    code = "3D000" if what == "database" else "28000"
    name = "late_db" if what == "database" else "late_user"
    for _ in range(2):
        assert pooler.refused(**options).errors[-1].code == code
    postgres.sql(f"create {what} {name} {'' if what == 'database' else 'login'}")
    try:
        assert pooler.login(**options).value("select 1") == "1"
    finally:
        for pid in postgres.connections(database="late_db"):
            postgres.sql(f"select pg_terminate_backend({pid})")
        pooler.stop()
        pooler.expected_to_end = True
        eventually(lambda: not postgres.sql(f"drop {what} if exists {name}").errors, "no trace")


def test_a_wrong_password_is_remembered(start_pooler, postgres):
    """Attempts with a wrong password may lock an account."""
    pooler = start_pooler(databases={"app": target(postgres, "app") + " user=scram_user password=wrong"},
                          server_login_retry=60)
    assert pooler.refused().errors[-1].code == "28P01"
    attempts = pooler.log().count("new connection to server")
    late = pooler.raw()
    late.send(startup(user="alice", database="app"))
    assert not late.pending(1)
    assert pooler.log().count("new connection to server") == attempts


def test_a_connect_query_that_fails_is_logged_and_ignored(start_pooler, postgres):
    pooler = start_pooler(databases={"app": target(postgres, "app") + " connect_query='select 1/0'"})
    assert pooler.login().value("select 1") == "1"
    pooler.logged("ERROR division by zero")


def test_a_connect_query_that_ends_the_session_is_a_failure(start_pooler, postgres):
    pooler = start_pooler(
        databases={"app": target(postgres, "app") + " connect_query='select pg_terminate_backend(pg_backend_pid())'"},
        server_login_retry=1, query_wait_timeout=2, client_login_timeout=2)
    assert pooler.refused().errors[-1].severity == "FATAL"
