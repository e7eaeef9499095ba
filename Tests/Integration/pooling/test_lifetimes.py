"""How long servers live."""

from support.waiting import eventually


def test_server_lifetime(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, server_lifetime=1)
    client = pooler.login()
    backend = client.backend()
    pooler.logged("closing because: server lifetime over")
    assert client.backend() != backend


def test_server_lifetime_spares_a_server_in_use(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, server_lifetime=1)
    client, other = pooler.login(), pooler.login()
    client.ask("begin")
    backend = client.backend()
    client.ask("select pg_sleep(1.5)")
    assert client.backend() == backend
    client.ask("commit")
    pooler.logged("closing because: server lifetime over")
    assert other.backend() != backend


def test_server_lifetime_of_the_database(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app server_lifetime=1"})
    pooler.login().backend()
    pooler.logged("closing because: server lifetime over")


def test_server_idle_timeout(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=2, server_idle_timeout=1)
    client = pooler.login()
    client.backend()
    pooler.logged("closing because: server idle timeout")
    eventually(lambda: not postgres.connections("alice"), "no server left")
    assert client.value("select 1") == "1"


def test_server_idle_timeout_respects_min_pool_size(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=3, min_pool_size=1, server_idle_timeout=1)
    clients = [pooler.login() for _ in range(3)]
    for client in clients:
        client.ask("begin")
    for client in clients:
        client.ask("commit")
    pooler.logged("closing because: server idle timeout")
    pooler.pool_becomes(sv_idle=1)


def test_idle_server_is_checked_after_server_check_delay(start_pooler, postgres):
    postgres.sql("drop sequence if exists checks; create sequence checks minvalue 0 start 0")
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, server_check_delay=0,
                          server_check_query="select nextval('checks')")
    client = pooler.login()
    backend = client.backend()
    client.terminate()
    pooler.pool_becomes(sv_used=1)
    assert pooler.login().backend() == backend
    # The next value is the number of checks.
    assert int(postgres.sql("select nextval('checks')").value) > 0


def test_smaller_pool_size_closes_servers(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=3, min_pool_size=3)
    pooler.login()
    pooler.pool_becomes(sv_idle=3)
    pooler.set("min_pool_size", 0)
    pooler.set("default_pool_size", 1)
    eventually(lambda: len(postgres.connections("alice")) == 1, "one server")
    pooler.logged("closing because: too many servers in the pool")
