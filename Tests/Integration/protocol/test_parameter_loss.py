"""Servers that are lost, or refuse, while they take over a client's parameters; and values that are hard to quote."""

import pytest

from support.postgres import Postgres, programs_of_18
from support.proxy import Proxy
from support.wire import query


@pytest.fixture
def lossy(start_pooler, postgres):
    """A pool that connects through a proxy; it closes the first `losses` connections on which a parameter is set."""
    started = []

    def start(losses):
        left = [losses]

        def passes(connection, data):
            if b"SET application_name" in data and left[0] > 0:
                left[0] -= 1
                connection.close()
                return False
            return True
        proxy = Proxy(postgres.address, passes=passes)
        started.append(proxy)
        return start_pooler(pool_mode="transaction", default_pool_size=1, databases={
            "app": f"host=127.0.0.1 port={proxy.port} dbname=app"})
    yield start
    for proxy in started:
        proxy.__exit__()


# PgBouncer disconnects the client.
@pytest.mark.weir
def test_a_server_lost_while_parameters_are_set_is_replaced(lossy):
    pooler = lossy(losses=1)
    client = pooler.login(application_name="mine")
    assert client.value("show application_name") == "mine"


@pytest.mark.weir
def test_servers_are_not_opened_forever(lossy):
    pooler = lossy(losses=1000)
    client = pooler.login(application_name="mine")
    client.send(query("select 1"))
    end = client.fails()
    assert end.text == "server conn crashed?"
    assert pooler.login().value("select 2") == "2"


def test_a_value_that_postgresql_refuses_disconnects_its_client(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    client = pooler.login(TimeZone="Nowhere/Land")
    client.send(query("select 1"))
    assert client.fails().text == "invalid server parameter"
    assert pooler.login().value("select 2") == "2"


@pytest.fixture(scope="module")
def postgres_18():
    """It reports search_path, which older versions do not."""
    server = Postgres(programs=programs_of_18())
    yield server
    server.remove()


@pytest.fixture(params=["postgres", "postgres_18"])
def server(request):
    return request.getfixturevalue(request.param)


PATHS = [
    "''", "'\"\"'", "'', public", '"a b", public', '"a,b"', '"it\'s", "say ""hi"""', "'back\\slash'", "public, pg_catalog",
    '"$user", public', "'MixedCase', \"MixedCase\"", "'a;b'",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_search_path_follows_its_client(start_pooler, postgres_18, path):
    pooler = start_pooler(postgres_18, pool_mode="transaction", default_pool_size=1, track_extra_parameters="search_path",
                          databases={"app": f"host=127.0.0.1 port={postgres_18.port} dbname=app"})
    first, second = pooler.login(), pooler.login()
    assert not first.ask(f"set search_path = {path}").errors
    wanted = first.value("show search_path")
    for _ in range(2):
        assert second.value("show search_path") == '"$user", public'
        assert first.value("show search_path") == wanted


@pytest.mark.parametrize("value", ["", "ISO", "it's", "back\\slash", "x" * 500, "a\nb", "$1", "--", "/*", "é"])
def test_an_application_name_follows_its_client(start_pooler, server, value):
    pooler = start_pooler(server, pool_mode="transaction", default_pool_size=1, databases={
        "app": f"host=127.0.0.1 port={server.port} dbname=app"})
    first, second = pooler.login(application_name=value), pooler.login(application_name="other")
    with server.login(application_name=value) as direct:
        wanted = direct.value("show application_name")
    for _ in range(2):
        assert second.value("show application_name") == "other"
        assert first.value("show application_name") == wanted
