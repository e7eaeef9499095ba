"""Servers that disconnect at a bad moment."""

import socket
import threading

import pytest

from support.pooler import is_weir
from support.waiting import eventually
from support.wire import Disconnected, query


def test_terminated_in_the_middle_of_an_answer(start_pooler, postgres, bystander):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    bystander(pooler)
    client, other = pooler.login(), pooler.login()
    backend = client.backend()
    client.send(query("select 1, pg_sleep(60)"))
    pooler.pool_becomes(sv_active=1)
    postgres.sql(f"select pg_terminate_backend({backend})")
    end = client.fails()
    assert end.errors[0].code == "57P01"
    assert other.value("select 1") == "1"


def test_terminated_while_idle_is_noticed_before_the_next_client(start_pooler, postgres, bystander):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    bystander(pooler)
    client = pooler.login()
    for _ in range(5):
        backend = client.backend()
        postgres.sql(f"select pg_terminate_backend({backend})")
        pooler.pool_becomes(sv_idle=0)
        assert client.backend() != backend


def test_terminated_in_an_idle_transaction(start_pooler, postgres, bystander):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    bystander(pooler)
    client, other = pooler.login(), pooler.login()
    client.ask("begin")
    postgres.sql(f"select pg_terminate_backend({client.backend()})")
    assert client.fails().errors[0].code == "57P01"
    assert other.value("select 1") == "1"


def test_terminated_while_others_wait(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    holder = pooler.login()
    holder.ask("begin")
    waiting = [pooler.login() for _ in range(5)]
    for number, client in enumerate(waiting):
        client.send(query(f"select {number}"))
    pooler.pool_becomes(cl_waiting=5)
    postgres.sql(f"select pg_terminate_backend({holder.backend()})")
    assert holder.fails().errors[0].code == "57P01"
    assert [client.answer().value for client in waiting] == list("01234")


def test_killed_in_the_middle_of_an_answer(start_pooler, own_postgres):
    """kill -9: the whole server recovers, refusing logins with 57P03 meanwhile; then clients are served again."""
    pooler = start_pooler(own_postgres, pool_mode="transaction", default_pool_size=2, server_login_retry=1)
    client, other = pooler.login(), pooler.login()
    assert other.value("select 1") == "1"
    backend = client.backend()
    client.send(query("select repeat('x', 1000), pg_sleep(0.0001) from generate_series(1, 10000000)"))
    client.until("T")
    own_postgres.kill(backend)
    # In the middle of a row nothing more can be said to the client.
    assert client.fails().text in ("", "server conn crashed?",
                                   "terminating connection because of crash of another server process")

    other.close()
    eventually(lambda: served(pooler), "service after the recovery")


def served(pooler):
    try:
        return pooler.login().value("select 1") == "1"
    except Disconnected:
        return False


@pytest.mark.parametrize("what", [
    b"", b"N", b"E\0\0\0\4", b"R\0\0\0\x08\0\0\0\x63", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"Z\0\0\0\5I", b"R\0\0\0\2",
    b"S\xff\xff\xff\xff", b"R\0\0\0\x08\0\0\0\0S\x7f\xff\xff\xff"])
def test_server_that_is_no_postgresql(start_pooler, impostor, bystander, postgres, what):
    port = impostor(what)
    pooler = start_pooler(query_wait_timeout=1, server_connect_timeout=1, databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app", "odd": f"host=127.0.0.1 port={port} dbname=x"})
    bystander(pooler)
    error = pooler.refused(database="odd").errors[-1]
    assert error.severity == "FATAL"
    # PgBouncer and Weir try again until the client has waited too long; Weir tells the client at once of an
    # ErrorResponse and of a way to authenticate that it does not have.
    at_once = {b"E\0\0\0\4": "server login failed", b"R\0\0\0\x08\0\0\0\x63": "unknown/unsupported auth method"}
    assert error.text == (at_once.get(what, "query_wait_timeout") if is_weir() else "query_wait_timeout")


@pytest.fixture
def impostor():
    """Starts a server that answers every connection with the same bytes and closes it."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)
    said = []

    def serve():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(5)
                try:
                    peer.recv(1000)
                    peer.sendall(said[0])
                except OSError:
                    pass

    def start(what):
        said.append(what)
        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]
    yield start
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
