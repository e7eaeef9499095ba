"""Commands of the console that change something."""

import pytest

from support.pooler import is_weir
from support.waiting import eventually
from support.wire import SYNC, Disconnected, PeerError, parse, query, startup


@pytest.fixture
def pooler(start_pooler, postgres):
    target = f"host=127.0.0.1 port={postgres.port} dbname=app"
    return start_pooler(pool_mode="transaction", default_pool_size=2, server_login_retry=1,
                        databases={"app": target, "two": target})


def refusal(pooler, command, user="admin"):
    with pytest.raises(PeerError) as error:
        pooler.console(command, user=user)
    return error.value


def test_set(pooler):
    admin = pooler.admin()
    for command, value in (("set query_timeout = 5", "5"), ("set query_timeout=6", "6"),
                           ("SET query_timeout TO '7'", "7"), ("set query_timeout = '0.5';", "0.5")):
        assert not admin.ask(command).errors, command
        assert config(pooler)["query_timeout"] == value


def config(pooler):
    return {row["key"]: row["value"] for row in pooler.console("show config")}


@pytest.mark.parametrize("command", [
    "set default_pool_size = 'many'", "set no_such_setting = 1", "set pool_mode = 'never'"])
def test_set_refuses(pooler, command):
    before = config(pooler)
    assert refusal(pooler, command).code == "08P01"
    assert config(pooler) == before


def test_set_of_a_fixed_setting_changes_nothing(pooler):
    pooler.admin().ask("set listen_port = 1")
    assert config(pooler)["listen_port"] == str(pooler.port)


@pytest.mark.parametrize("command", [
    "BEGIN", "SELECT 1", "SHOW foo", "nonsense", "PAUSE a b c", "SHOW CLIENTS; SHOW POOLS"])
def test_unknown_commands(pooler, command):
    error = refusal(pooler, command)
    assert (error.code, error.text) == ("08P01", f"invalid command '{command}', use SHOW HELP;")


def test_console_survives_an_error(pooler):
    admin = pooler.admin()
    assert admin.ask("nonsense").errors
    assert admin.ask("show version").rows


def test_extended_protocol_is_refused(pooler):
    admin = pooler.admin()
    admin.send(parse("", "show version"), SYNC)
    said = admin.closed_by_peer()
    assert b"extended query protocol not supported by admin console" in said


@pytest.mark.parametrize("command", [
    "set verbose = 0", "pause", "reload", "kill app", "shutdown", "suspend", "kill_client 1"])
def test_stats_user_may_only_look(pooler, command):
    assert "admin access needed" in refusal(pooler, command, user="stats").text
    assert pooler.console("show pools", user="stats")


def test_reload(pooler, postgres):
    pooler.settings["default_pool_size"] = 9
    pooler.databases["three"] = f"host=127.0.0.1 port={postgres.port} dbname=other"
    pooler.write()
    assert pooler.admin().ask("reload").tags == ["RELOAD"]
    assert config(pooler)["default_pool_size"] == "9"
    assert pooler.login(database="three").value("select current_database()") == "other"


def test_reload_of_a_changed_database(pooler, postgres):
    client = pooler.login()
    client.value("select 1")
    pooler.databases["app"] = f"host=127.0.0.1 port={postgres.port} dbname=other"
    pooler.write()
    pooler.console("reload")
    eventually(lambda: client.value("select current_database()") == "other", "the new database")


def test_reload_without_a_database(pooler):
    client = pooler.login(database="two")
    client.value("select 1")
    del pooler.databases["two"]
    pooler.write()
    pooler.console("reload")
    assert client.fails().text == "database removed"
    assert pooler.refused(database="two").text == "no such database: two"


def test_pause_waits_for_transactions_and_resume_lets_them_go(pooler, postgres):
    client, idle = pooler.login(), pooler.login()
    client.ask("begin")
    admin = pooler.admin()
    admin.send(query("pause app"))
    idle.send(query("select 'after'"))
    pooler.pool_becomes(cl_waiting=1)
    assert not admin.pending()
    client.ask("commit")
    assert admin.answer().tags == ["PAUSE"]
    eventually(lambda: not postgres.connections("alice"), "no servers")
    assert not idle.pending()
    assert pooler.login(database="two", user="bob").value("select 1") == "1"
    assert admin.ask("resume app").tags == ["RESUME"]
    assert idle.answer().value == "after"


def test_pause_everything(pooler):
    client = pooler.login()
    client.value("select 1")
    admin = pooler.admin()
    assert admin.ask("pause").tags == ["PAUSE"]
    states = {row["key"]: row["value"] for row in admin.ask("show state").dicts()}
    assert states == {"active": "no", "paused": "yes", "suspended": "no"}
    client.send(query("select 2"))
    pooler.pool_becomes(cl_waiting=1)
    assert admin.ask("pause").errors[0].text == "already suspended/paused"
    admin.ask("resume")
    assert client.answer().value == "2"
    assert admin.ask("resume").errors[0].text == "pooler is not paused/suspended"


def test_pause_of_a_console_that_leaves_is_undone(pooler):
    client, idle = pooler.login(), pooler.login()
    client.ask("begin")
    admin = pooler.admin()
    admin.send(query("pause"))
    idle.send(query("select 1"))
    pooler.pool_becomes(cl_waiting=1)
    admin.cancel()
    assert client.ask("commit").status == "I"
    assert idle.answer().value == "1"


def test_kill(pooler):
    victim, other = pooler.login(), pooler.login(database="two")
    victim.value("select 1")
    assert pooler.admin().ask("kill app").tags == ["KILL"]
    # PgBouncer says "database removed", as if it had been.
    assert victim.fails().text == ("admin forced disconnect" if is_weir() else "database removed")
    assert other.value("select 1") == "1"
    waiting = pooler.raw()
    waiting.send(startup(user="alice", database="app") + query("select 'back'"))
    pooler.console("resume app")
    waiting.authenticate("alice", None)
    assert waiting.answer().value == "back"


def test_kill_everything(pooler):
    victims = [pooler.login(), pooler.login(database="two")]
    admin = pooler.admin()
    assert admin.ask("kill").tags == ["KILL"]
    for victim in victims:
        victim.fails()
    for database in ("app", "two"):
        assert admin.ask(f"resume {database}").tags == ["RESUME"]
        assert pooler.login(database=database).value("select 1") == "1"


def test_kill_client(pooler):
    victim, other = pooler.login(application_name="victim"), pooler.login()
    row = next(row for row in pooler.console("show clients") if row["application_name"] == "victim")
    assert pooler.admin().ask(f"kill_client {row['id']}").tags == ["KILL_CLIENT"]
    assert victim.fails().text == "admin forced disconnect"
    assert other.value("select 1") == "1"
    assert refusal(pooler, "kill_client 987654").text == "client not found"
    assert refusal(pooler, "kill_client abc").text == "invalid client pointer supplied"


def test_disable_and_enable(pooler):
    client = pooler.login()
    assert pooler.admin().ask("disable app").tags == ["DISABLE"]
    assert pooler.refused().text == 'database "app" is disabled'
    assert client.value("select 1") == "1"
    assert pooler.admin().ask("enable app").tags == ["ENABLE"]
    assert pooler.login().value("select 1") == "1"


def test_reconnect_and_wait_close(pooler):
    client, holder = pooler.login(), pooler.login()
    holder.ask("begin")
    held, backend = holder.backend(), client.backend()
    assert pooler.admin().ask("reconnect app").tags == ["RECONNECT"]
    admin = pooler.admin()
    admin.send(query("wait_close app"))
    assert client.backend() != backend
    assert holder.backend() == held
    assert not admin.pending()
    holder.ask("commit")
    assert admin.answer().tags == ["WAIT_CLOSE"]
    assert holder.backend() != held


@pytest.mark.parametrize("command", ["pause", "resume", "disable", "enable", "kill", "reconnect", "wait_close"])
def test_unknown_database(pooler, command):
    error = refusal(pooler, f"{command} nowhere")
    assert (error.code, error.text) == ("08P01", "no such database: nowhere")


def test_quoted_names(start_pooler, postgres):
    pooler = start_pooler(databases={"'My-Db'": f"host=127.0.0.1 port={postgres.port} dbname=app"})
    assert pooler.admin().ask('reconnect "My-Db"').tags == ["RECONNECT"]
    assert pooler.login(database="My-Db").value("select 1") == "1"


def test_suspend_and_resume(pooler):
    client = pooler.login()
    client.value("select 1")
    admin = pooler.admin()
    assert admin.ask("suspend").tags == ["SUSPEND"]
    client.send(query("select 'later'"))
    assert not client.pending(0.3)
    assert admin.ask("resume").tags == ["RESUME"]
    assert client.answer().value == "later"


def test_shutdown(pooler):
    client = pooler.login()
    client.ask("begin")
    with pytest.raises(Disconnected):
        pooler.admin().ask("shutdown")
    client.fails()
    assert pooler.ends() == 0


def test_shutdown_wait_for_servers(pooler):
    client, idle = pooler.login(), pooler.login()
    client.ask("begin")
    assert pooler.admin().ask("shutdown wait_for_servers").tags == ["SHUTDOWN"]
    assert client.value("select 1") == "1"
    client.send(query("commit"))
    client.fails()
    idle.fails()
    assert pooler.ends() == 0


def test_shutdown_wait_for_clients(pooler):
    client = pooler.login()
    admin = pooler.admin()
    assert admin.ask("shutdown wait_for_clients").tags == ["SHUTDOWN"]
    admin.close()
    eventually(lambda: not listens(pooler), "a closed port")
    assert [client.value(f"select {n}") for n in range(3)] == ["0", "1", "2"]
    client.terminate()
    assert pooler.ends() == 0


def listens(pooler):
    try:
        pooler.raw()
        return True
    except OSError:
        return False
