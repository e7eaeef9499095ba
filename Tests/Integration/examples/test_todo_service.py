"""The Hummingbird service of Examples/TodoService, as its users see it."""

import http.client
import json
import signal
import threading

import pytest

from support.waiting import DEADLINE, eventually, free_port


class Service:
    def __init__(self, start, uri, *arguments, pooler=None):
        self.pooler = pooler
        self.port = free_port()
        self.process = start("todo-service", "--port", self.port, "--database", uri, *arguments)
        eventually(self.answers, "an answer of the service")

    def answers(self):
        try:
            return self.ask("GET", "/pool")
        except OSError:
            if self.process.poll() is not None:
                raise AssertionError(self.process.stdout.read()) from None
            return None

    def ask(self, method, path, body=None):
        """Status and JSON, if there is any."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def end(self):
        self.process.send_signal(signal.SIGINT)
        output, _ = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, output


def uri(server, database="app", **more):
    options = "&".join(f"{key}={value}" for key, value in more.items())
    return f"postgresql://alice@{server.host}:{server.port}/{database}?{options}"


@pytest.fixture(params=["directly", "through the pooler"])
def service(request, start, own_postgres, start_pooler):
    own_postgres.sql("drop table if exists todos")
    if request.param == "directly":
        return Service(start, uri(own_postgres, connection_limit=4))
    pooler = start_pooler(own_postgres, pool_mode="transaction", default_pool_size=2)
    return Service(start, uri(pooler, connection_limit=4, pgbouncer="true"), pooler=pooler)


def test_todos_are_made_changed_and_removed(service):
    assert service.ask("POST", "/todos", {"title": "one"}) == (201, {"id": 1, "title": "one", "done": False})
    status, error = service.ask("POST", "/todos", {"title": "one"})
    assert status == 409 and "todos_title_key" not in str(error)
    assert service.ask("POST", "/todos", {"title": ""})[0] == 400
    assert service.ask("POST", "/todos", {})[0] == 400
    status, two = service.ask("POST", "/todos", {"title": "two'); DROP TABLE todos; --"})
    assert status == 201
    assert service.ask("PATCH", f"/todos/{two['id']}", {"done": True}) == (200, {**two, "done": True})
    assert [todo["title"] for todo in service.ask("GET", "/todos?done=false")[1]] == ["one"]
    assert len(service.ask("GET", "/todos")[1]) == 2
    assert service.ask("POST", "/todos/finish") == (200, {"finished": 1})
    assert service.ask("GET", "/todos/1") == (200, {"id": 1, "title": "one", "done": True})
    assert service.ask("DELETE", "/todos/1")[0] == 204
    assert service.ask("GET", "/todos/1")[0] == 404
    assert service.end()[0] == 0


def test_a_lost_connection_is_not_noticed(service, own_postgres):
    assert service.ask("GET", "/todos") == (200, [])
    for backend in own_postgres.connections():
        own_postgres.sql(f"select pg_terminate_backend({backend})")
    # A request that is already with a backend when that ends does fail.
    eventually(lambda: not own_postgres.connections(), "that the backends are gone")
    if service.pooler:
        service.pooler.pool_becomes(sv_idle=0, sv_used=0)
    assert service.ask("GET", "/todos") == (200, [])


def test_without_postgresql_it_answers_503_and_recovers(start, own_postgres):
    service = Service(start, uri(own_postgres, connection_limit=4))
    own_postgres.stop()
    try:
        assert service.ask("GET", "/todos")[0] == 503
    finally:
        own_postgres.start()
    eventually(lambda: service.ask("GET", "/todos")[0] == 200, "that it works again")
    code, output = service.end()
    assert code == 0
    assert "no connection was free within 2" in output and "TodoRepository.swift" in output


def test_a_request_under_way_is_answered_before_it_ends(start, own_postgres):
    service = Service(start, uri(own_postgres))
    answers = []
    request = threading.Thread(target=lambda: answers.append(service.ask("GET", "/todos")))
    with own_postgres.login() as locker:
        locker.ask("begin")
        locker.ask("lock table todos")
        request.start()
        eventually(lambda: own_postgres.sql("select 1 from pg_locks where not granted").rows, "a waiting request")
        service.process.send_signal(signal.SIGINT)
        locker.ask("commit")
    request.join(DEADLINE)
    assert [status for status, _ in answers] == [200]
    assert service.end()[0] == 0


def test_it_does_not_start_without_its_database(start, own_postgres):
    process = start("todo-service", "--port", free_port(), "--database", uri(own_postgres, database="nonesuch"))
    output, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode != 0
    assert 'database "nonesuch" does not exist' in output
