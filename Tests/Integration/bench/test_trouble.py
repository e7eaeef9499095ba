"""Failures are reported and counted, and do not end a run that has begun."""

import json
import signal

import pytest

from support.postgres import PASSWORD_USERS, password_of
from support.waiting import DEADLINE, eventually, free_port
from support.wire import Disconnected


@pytest.mark.parametrize("user", PASSWORD_USERS)
def test_passwords(bench, postgres, user):
    right = bench.uri(user, password_of(user))
    assert bench.report("-t", 10, right)["transactions"] == 10
    assert bench.report("-t", 10, bench.uri(user), env={"PGPASSWORD": password_of(user)})["transactions"] == 10

    passfile = bench.folder / ".pgpass"
    passfile.write_text(f"{postgres.host}:*:app:{user}:{password_of(user)}\n", encoding="utf-8")
    passfile.chmod(0o600)
    assert bench.report("-t", 10, bench.uri(user))["transactions"] == 10
    passfile.unlink()

    done = bench.run("-t", 10, bench.uri(user, "wrong"))
    assert done.returncode == 1 and "password authentication failed" in done.stderr
    assert "wrong" not in done.stderr + done.stdout
    done = bench.run("-t", 10, bench.uri(user))
    assert done.returncode == 1 and "no password supplied" in done.stderr


def test_the_environment_names_the_target(bench, postgres):
    env = {"PGHOST": postgres.folder, "PGPORT": str(postgres.port), "PGUSER": "bob", "PGDATABASE": "app"}
    report = bench.report("-t", 5, env=env)
    assert report["transactions"] == 5 and report["target"].startswith("bob@")


def test_a_server_that_is_not_there(bench):
    port = free_port()
    done = bench.run(f"postgresql://alice@127.0.0.1:{port}/app")
    assert done.returncode == 1
    assert done.stderr == f"weir bench: connection to 127.0.0.1:{port} failed: Connection refused\n"


def test_a_database_that_is_not_there(bench):
    done = bench.run(bench.uri(database="nowhere"))
    assert done.returncode == 1 and 'database "nowhere" does not exist' in done.stderr


def test_errors_are_counted_by_code(bench):
    report = bench.report("-t", 200, "-c", 2, "-q", "select 1 / {random:0:1}", bench.uri(), code=1)
    assert report["transactions"] + report["failed"] == 200
    assert report["transactions"] > 0 and report["connections"]["lost"] == 0
    [error] = report["errors"]
    assert error == {"stage": "statement", "code": "22012", "count": report["failed"],
                     "first_message": "ERROR: division by zero"}


@pytest.mark.parametrize("protocol", ["simple", "extended", "prepared"])
def test_a_failed_block_is_rolled_back(bench, protocol):
    report = bench.report("-t", 20, "-c", 2, "-M", protocol, bench.uri(), code=1,
                          *("-q", "begin; select 1 / {random:0:0}; commit"))
    assert [error["code"] for error in report["errors"]] == ["22012"]
    assert report["errors"][0]["count"] == report["failed"] == 20


def test_too_many_clients(bench, postgres):
    limit = int(postgres.sql("show max_connections").rows[0][0])
    report = bench.report("-c", limit + 20, "-T", "500ms", "--warm-up", "0", bench.uri(), code=1)
    assert 0 < report["connections"]["clients_at_start"] <= limit
    assert {error["code"] for error in report["errors"]} == {"53300"}
    assert report["transactions"] > 0 and report["failed"] == 0


def test_a_server_that_is_killed_in_the_middle(bench, own_postgres):
    """The server closes all connections, recovers and accepts them again; the run continues."""
    process = bench.start("-c", 4, "-T", "10m", "--warm-up", "0", "--json", "-", "--quiet",
                          bench.uri("postgres", server=own_postgres, database="app"))
    eventually(lambda: len(own_postgres.connections()) == 4, "four clients")
    before = set(own_postgres.connections())
    own_postgres.kill(min(before))
    eventually(lambda: returned(own_postgres, before), "four new connections after the recovery")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1, errors
    report = json.loads(output)
    assert report["connections"]["lost"] >= 4
    assert report["connections"]["made"] >= 8
    assert report["failed"] > 0 and report["transactions"] > 0 and report["interrupted"]


def returned(postgres, before):
    try:
        return len(set(postgres.connections()) - before) == 4
    except (OSError, Disconnected):
        return False  # The server recovers.


def test_a_server_that_stays_away(bench, own_postgres):
    process = bench.start("-c", 4, "-T", "10s", "--warm-up", "0", "--json", "-", "--quiet",
                          bench.uri("postgres", server=own_postgres, database="app"))
    eventually(lambda: len(own_postgres.connections()) == 4, "four clients")
    own_postgres.stop("immediate")
    try:
        output, errors = process.communicate(timeout=DEADLINE)
    finally:
        own_postgres.start()
    assert process.returncode == 1, errors
    report = json.loads(output)
    assert report["connections"]["lost"] == 4 and report["connections"]["failed"] > 0
    assert "ECONNREFUSED" in {error["code"] for error in report["errors"]}


@pytest.mark.parametrize("name", ["INT", "TERM"])
def test_an_interrupted_run_reports(bench, postgres, name):
    process = bench.start("-c", 3, "-T", "10m", "--warm-up", "0", "--json", "-", bench.uri("carol"))
    eventually(lambda: len(postgres.connections("carol")) == 3, "three clients")
    process.send_signal(getattr(signal, "SIG" + name))
    output, errors = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, errors
    report = json.loads(output)
    assert report["interrupted"] and report["elapsed_seconds"] < 60
    assert "Ended early" in errors  # the table, for JSON has the output
    eventually(lambda: not postgres.connections("carol"), "no client left connected")


@pytest.mark.parametrize("arguments, words", [
    (["sslmode=require"], "requires TLS"),
    (["postgresql://x:y"], "y"),
    (["--clients", "0"], "--clients"),
    (["--rate", "5", "--think-time", "1s"], "--think-time applies to the closed loop"),
    (["--duration", "soon"], "soon"),
    (["--nonsense"], "--nonsense"),
    (["-q", "\\sleep 1"], "\\sleep is not supported"),
    (["-q", "select :x"], ":x has not been set"),
    (["-f", "/nowhere.sql"], "/nowhere.sql"),
    (["-D", "x"], "--define"),
    (["--json", "/nowhere/report.json"], "/nowhere/report.json"),
])
def test_a_wrong_call_ends_with_2(bench, arguments, words):
    done = bench.run(*arguments)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr and done.stdout == ""


def test_without_a_terminal_progress_is_lines(bench):
    done = bench.run("-T", "6s", "--warm-up", "0", "-R", "20", bench.uri())
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert 1 <= len(lines) <= 2 and lines[0].startswith("measuring 5.") and "\x1b" not in done.stderr
