"""Whether the pooler and its databases are paused, after any sequence of commands. Every row of the table was observed
from PgBouncer 1.25.2."""

import pytest

from support.waiting import eventually
from support.wire import query

ALREADY = "already suspended/paused"
NOT_PAUSED = "pooler is not paused/suspended"
APP_NOT_PAUSED = "database app is not paused"
PAUSED_DATABASES = "cannot suspend with paused databases"

#: The commands with their answers, the word of SHOW STATE, and the databases that SHOW DATABASES calls paused.
TABLE = [
    ({"resume": NOT_PAUSED}, "active", []),
    ({"resume app": APP_NOT_PAUSED}, "active", []),
    ({"pause": "PAUSE"}, "paused", []),
    ({"pause": "PAUSE", "resume": "RESUME"}, "active", []),
    ({"pause": "PAUSE", "pause app": ALREADY}, "paused", []),
    ({"pause": "PAUSE", "resume app": APP_NOT_PAUSED}, "paused", []),
    ({"pause": "PAUSE", "suspend": ALREADY}, "paused", []),
    ({"pause": "PAUSE", "kill": ALREADY}, "paused", []),
    ({"pause": "PAUSE", "kill app": ALREADY}, "paused", []),
    ({"pause app": "PAUSE"}, "active", ["app"]),
    ({"pause app": "PAUSE", "PAUSE app": "PAUSE"}, "active", ["app"]),
    ({"pause app": "PAUSE", "resume": NOT_PAUSED}, "active", ["app"]),
    ({"pause app": "PAUSE", "resume app": "RESUME"}, "active", []),
    ({"pause app": "PAUSE", "pause": "PAUSE"}, "paused", ["app"]),
    ({"pause app": "PAUSE", "pause": "PAUSE", "resume": "RESUME"}, "active", ["app"]),
    ({"pause app": "PAUSE", "suspend": PAUSED_DATABASES}, "active", ["app"]),
    ({"kill app": "KILL"}, "active", ["app"]),
    ({"kill app": "KILL", "resume": NOT_PAUSED}, "active", ["app"]),
    ({"kill app": "KILL", "resume app": "RESUME"}, "active", []),
    ({"kill app": "KILL", "suspend": PAUSED_DATABASES}, "active", ["app"]),
    ({"kill": "KILL"}, "active", ["app", "two"]),
    ({"kill": "KILL", "resume": NOT_PAUSED}, "active", ["app", "two"]),
    ({"kill": "KILL", "resume app": "RESUME"}, "active", ["two"]),
    ({"kill": "KILL", "KILL": "KILL"}, "active", ["app", "two"]),
    ({"kill": "KILL", "pause": "PAUSE"}, "paused", ["app", "two"]),
    ({"kill": "KILL", "pause": "PAUSE", "resume": "RESUME"}, "active", ["app", "two"]),
    ({"kill": "KILL", "suspend": PAUSED_DATABASES}, "active", ["app", "two"]),
    ({"suspend": "SUSPEND"}, "suspended", []),
    ({"suspend": "SUSPEND", "resume": "RESUME"}, "active", []),
    ({"suspend": "SUSPEND", "SUSPEND": ALREADY}, "suspended", []),
    ({"suspend": "SUSPEND", "pause": ALREADY}, "suspended", []),
    ({"suspend": "SUSPEND", "pause app": ALREADY}, "suspended", []),
    ({"suspend": "SUSPEND", "kill": ALREADY}, "suspended", []),
    ({"suspend": "SUSPEND", "resume app": APP_NOT_PAUSED}, "suspended", []),
]


@pytest.fixture
def pooler(start_pooler, postgres):
    target = f"host=127.0.0.1 port={postgres.port} dbname=app"
    return start_pooler(pool_mode="transaction", databases={"app": target, "two": target, "unused": target})


def state(admin):
    words = [row["key"] for row in admin.ask("show state").dicts() if row["value"] == "yes"]
    paused = [row["name"] for row in admin.ask("show databases").dicts() if row["paused"] == "1"]
    return words, paused


def say(admin, command):
    answer = admin.ask(command)
    return answer.errors[0].text if answer.errors else answer.tags[0]


@pytest.mark.parametrize("commands, word, paused", TABLE, ids=["; ".join(row[0]) for row in TABLE])
def test_state_after(pooler, commands, word, paused):
    for database in ("app", "two"):
        pooler.login(database=database).value("select 1")
    admin = pooler.admin()
    assert {command: say(admin, command) for command in commands} == commands
    assert state(admin) == ([word], paused)


def test_clients_of_a_killed_pooler_come_back_database_by_database(pooler):
    for database in ("app", "two"):
        pooler.login(database=database).value("select 1")
    admin = pooler.admin()
    assert say(admin, "kill") == "KILL"
    for database in ("app", "two"):
        assert say(admin, f"resume {database}") == "RESUME"
        assert pooler.login(database=database).value("select 1") == "1"


def test_signals_and_console_agree(pooler):
    admin = pooler.admin()
    pooler.signal("USR1")
    eventually(lambda: state(admin) == (["paused"], []), "a paused pooler")
    assert say(admin, "resume") == "RESUME"
    assert say(admin, "suspend") == "SUSPEND"
    pooler.signal("USR2")
    eventually(lambda: state(admin) == (["active"], []), "an active pooler")
    assert "continuing from SUSPEND" in pooler.log()
    pooler.signal("USR2")
    pooler.logged("got SIGUSR2, but not paused/suspended")


@pytest.mark.weir
@pytest.mark.parametrize("pause, resume", [("pause", "resume"), ("pause app", "resume app"), ("suspend", "resume")])
def test_a_pause_that_is_superseded_is_answered(pooler, pause, resume):
    """PgBouncer never answers it."""
    client = pooler.login()
    client.ask("begin")
    waiting, other = pooler.admin(), pooler.admin()
    waiting.send(query(pause))
    eventually(lambda: state(other) != (["active"], []), "a pause")
    assert not waiting.pending()
    assert say(other, resume) == "RESUME"
    error = waiting.answer().errors[0]
    assert (error.code, error.text) == ("57014", "canceling statement due to RESUME")
    assert say(waiting, "show version") == "SHOW"
    assert client.ask("commit").status == "I"


@pytest.mark.weir
def test_a_pause_that_is_interrupted_ends(pooler):
    """PgBouncer leaves the pause of one database in force, and does not answer."""
    client = pooler.login()
    client.ask("begin")
    admin, other = pooler.admin(), pooler.admin()
    admin.send(query("pause app"))
    eventually(lambda: state(other) == (["active"], ["app"]), "a pause")
    admin.cancel()
    assert admin.answer().errors[0].code == "57014"
    assert state(admin) == (["active"], [])


def test_suspend_ends_with_its_console(pooler):
    client = pooler.login()
    client.value("select 1")
    admin = pooler.admin()
    assert say(admin, "suspend") == "SUSPEND"
    client.send(query("select 'later'"))
    assert not client.pending(0.3)
    admin.close()
    assert client.answer().value == "later"
    pooler.logged("admin disappeared when suspended, doing RESUME")


@pytest.mark.weir
def test_suspend_ends_with_its_console_though_others_stay(pooler):
    """PgBouncer waits until all consoles are gone; a monitoring connection would keep it suspended."""
    admin, other = pooler.admin(), pooler.admin()
    assert say(admin, "suspend") == "SUSPEND"
    assert state(other) == (["suspended"], [])
    admin.terminate()
    eventually(lambda: state(other) == (["active"], []), "an active pooler")


@pytest.mark.parametrize("pause, expected", [("pause", (["paused"], [])), ("pause app", (["active"], ["app"]))])
def test_a_pause_stays_when_its_console_leaves(pooler, pause, expected):
    admin, other = pooler.admin(), pooler.admin()
    assert say(admin, pause) == "PAUSE"
    admin.terminate()
    eventually(lambda: len(pooler.console("show clients")) == 2, "one console that stayed, and the one that asks")
    assert state(other) == expected


@pytest.mark.weir
def test_resume_works_while_a_shutdown_waits_for_clients(pooler):
    """PgBouncer refuses it, so that paused clients can never disconnect on their own."""
    client, admin = pooler.login(), pooler.admin()
    client.value("select 1")
    assert say(admin, "pause") == "PAUSE"
    client.send(query("select 'last'"))
    assert say(admin, "shutdown wait_for_clients") == "SHUTDOWN"
    assert say(admin, "resume") == "RESUME"
    assert client.answer().value == "last"
    client.terminate()
    admin.terminate()
    assert pooler.ends() == 0


def test_resume_is_refused_while_a_shutdown_waits_for_servers(pooler):
    client, admin = pooler.login(), pooler.admin()
    client.ask("begin")
    assert say(admin, "shutdown wait_for_servers") == "SHUTDOWN"
    assert say(admin, "resume") == "pooler is shutting down"
    assert state(admin)[0] == ["paused"]
    client.close()
    assert pooler.ends() == 0
