"""What is reset on a server between clients."""

import pytest


@pytest.mark.parametrize("mode, always, forgotten", [
    ("session", 0, True), ("session", 1, True), ("transaction", 0, False), ("transaction", 1, True)])
def test_reset_query(start_pooler, mode, always, forgotten):
    pooler = start_pooler(pool_mode=mode, default_pool_size=1, server_reset_query_always=always)
    first = pooler.login()
    backend = first.backend()
    first.ask("set work_mem = '123kB'")
    first.terminate()
    second = pooler.login()
    assert second.backend() == backend
    assert (second.value("show work_mem") == "4MB") == forgotten


def test_empty_reset_query_resets_nothing(start_pooler):
    pooler = start_pooler(pool_mode="session", default_pool_size=1, server_reset_query="")
    first = pooler.login()
    first.ask("set work_mem = '123kB'")
    first.terminate()
    assert pooler.login().value("show work_mem") == "123kB"


@pytest.mark.weir
def test_failing_reset_query_costs_the_server(start_pooler):
    pooler = start_pooler(pool_mode="session", default_pool_size=1, server_reset_query="select 1/0")
    first = pooler.login()
    backend = first.backend()
    first.terminate()
    assert pooler.login().backend() != backend
    pooler.logged("closing because: reset query failed")


def test_temporary_table_is_gone_for_the_next_session(start_pooler):
    pooler = start_pooler(pool_mode="session", default_pool_size=1)
    first = pooler.login()
    first.ask("create temporary table mine as select 1")
    first.terminate()
    assert pooler.login().ask("select * from mine").errors[0].code == "42P01"


def test_connect_query(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app connect_query='set work_mem to ''321kB'''"})
    assert pooler.login().value("show work_mem") == "321kB"

