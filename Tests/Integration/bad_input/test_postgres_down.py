"""PostgreSQL stopped, restarting, full, or starting up."""

import os
import signal
import socket

from support.waiting import eventually, free_port
from support.wire import Disconnected, query


def served(pooler):
    try:
        return pooler.login().value("select 1") == "1"
    except Disconnected:
        return False


def test_stopped_and_started(start_pooler, own_postgres):
    pooler = start_pooler(own_postgres, pool_mode="transaction", server_login_retry=1, query_wait_timeout=2)
    client = pooler.login()
    assert client.value("select 1") == "1"
    own_postgres.stop()
    try:
        pooler.pool_becomes(sv_idle=0)
        client.send(query("select 2"))
        assert client.fails().errors[0].severity == "FATAL"
        assert pooler.console("show version")
    finally:
        own_postgres.start()
    eventually(lambda: served(pooler), "service")


def test_waiting_client_is_served_after_a_short_outage(start_pooler, own_postgres):
    """A client that asks while everything is paused for a restart only sees a delay."""
    pooler = start_pooler(own_postgres, pool_mode="transaction", server_login_retry=1)
    client = pooler.login()
    client.value("select 1")
    pooler.console("pause")
    client.send(query("select 'waited'"))
    own_postgres.restart()
    pooler.console("resume")
    assert client.answer().value == "waited"


def test_other_databases_are_unaffected(start_pooler, own_postgres, postgres):
    pooler = start_pooler(own_postgres, pool_mode="transaction", server_login_retry=1, query_wait_timeout=2, databases={
        "app": f"host=127.0.0.1 port={own_postgres.port} dbname=app",
        "other": f"host=127.0.0.1 port={postgres.port} dbname=app"})
    healthy, sick = pooler.login(database="other"), pooler.login()
    sick.value("select 1")
    own_postgres.stop()
    try:
        sick.send(query("select 1"))
        for number in range(200):
            assert healthy.value(f"select {number}") == str(number)
    finally:
        own_postgres.start()


def test_too_many_connections_is_passed_on(start_pooler, own_postgres):
    """53300 ends the waiting clients with PostgreSQL's words when the pool has no server at all."""
    own_postgres.sql("alter role bob connection limit 0; alter role bob nosuperuser")
    pooler = start_pooler(own_postgres, pool_mode="transaction", server_login_retry=1)
    healthy = pooler.login(user="alice")
    end = pooler.refused(user="bob")
    assert "too many connections for role" in end.text
    assert end.errors[0].code == "53300"
    assert healthy.value("select 1") == "1"
    own_postgres.sql("alter role bob connection limit -1")
    eventually(lambda: bob_is_served(pooler), "service for bob")


def bob_is_served(pooler):
    try:
        return pooler.login(user="bob").value("select 1") == "1"
    except Disconnected:
        return False


def test_pool_with_servers_survives_a_full_postgresql(start_pooler, own_postgres):
    own_postgres.sql("alter role bob connection limit 1; alter role bob nosuperuser")
    pooler = start_pooler(own_postgres, pool_mode="transaction", server_login_retry=1, default_pool_size=3)
    first, second = pooler.login(user="bob"), pooler.login(user="bob")
    first.ask("begin")
    second.send(query("select 2"))
    pooler.logged("server login failed")
    first.ask("commit")
    assert second.answer().value == "2"
    own_postgres.sql("alter role bob connection limit -1")


def test_starting_up_is_waited_for(start_pooler, own_postgres):
    """57P03 (the database system is starting up, or shutting down) is no reason to fail a waiting client."""
    pooler = start_pooler(own_postgres, pool_mode="transaction", server_login_retry=0.2)
    blocker = own_postgres.login()
    blocker.ask("begin")
    client = pooler.login()
    client.value("select 1")
    pooler.console("reconnect")
    pooler.pool_becomes(sv_idle=0)
    # A smart shutdown refuses new connections and waits for the blocker.
    os.kill(own_postgres.pid(), signal.SIGTERM)
    client.send(query("select 'late'"))
    pooler.logged("server login failed: FATAL the database system is shutting down")
    blocker.close()
    eventually(lambda: not own_postgres.running(), "the end of PostgreSQL")
    own_postgres.start()
    try:
        assert client.answer().value == "late"
    except Disconnected as end:
        # Connections refused between the end and the start may fail the client; 57P03 may not.
        assert "shutting down" not in end.text and "starting up" not in end.text
        eventually(lambda: served(pooler), "service")


def test_connection_is_refused(start_pooler, postgres):
    pooler = start_pooler(query_wait_timeout=1, server_login_retry=1, databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app",
        "none": f"host=127.0.0.1 port={free_port()} dbname=x"})
    end = pooler.refused(database="none")
    assert end.errors[0].severity == "FATAL"
    assert pooler.login().value("select 1") == "1"


def test_host_that_does_not_resolve(start_pooler, postgres):
    pooler = start_pooler(query_wait_timeout=2, server_login_retry=1, databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app", "lost": "host=no-such-host.invalid dbname=x"})
    assert pooler.refused(database="lost").text == "query_wait_timeout"
    assert pooler.login().value("select 1") == "1"


def test_a_host_that_does_not_answer(start_pooler):
    """A listener whose backlog is full leaves connection attempts unanswered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for end in waiting:
            end.setblocking(False)
            end.connect_ex(listener.getsockname())
        pooler = start_pooler(server_connect_timeout=1, query_wait_timeout=3, databases={
            "app": f"host=127.0.0.1 port={listener.getsockname()[1]} dbname=app"})
        assert pooler.refused().text == "query_wait_timeout"
        pooler.logged("S-.*closing because: connect failed")
        for end in waiting:
            end.close()
