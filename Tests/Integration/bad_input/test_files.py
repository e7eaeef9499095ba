"""Files and ports that are not as they should be."""

import os
import socket

import pytest

from support.pooler import Pooler
from support.wire import PeerError


def fails_to_start(postgres, change=None, **settings):
    """Starts a pooler that must exit without a signal; returns (status, its output)."""
    pooler = Pooler(postgres, wait=False, **settings)
    try:
        if change:
            pooler.process.kill()
            pooler.process.wait()
            change(pooler)
            pooler.start(wait=False)
        status = pooler.ends()
        return status, pooler.said() + pooler.log()
    finally:
        pooler.remove()


@pytest.mark.parametrize("line, complaint", [
    ("no_such_setting = 1", "no_such_setting"),
    ("default_pool_size = many", "default_pool_size"),
    ("pool_mode = sometimes", "pool_mode"),
    ("this is no setting", "syntax error in configuration"),
    ("[nonsense]\na = b", "nonsense"),
    ("[databases]\nbroken = host=", "syntax error in connection string"),
    ("[databases]\nbroken = host=x colour=blue", "colour"),
    ("[databases]\npgbouncer = host=x", "pgbouncer"),
    ("%include /does/not/exist", "/does/not/exist"),
])
def test_bad_line_at_start(postgres, line, complaint):
    status, said = fails_to_start(postgres, lambda pooler: pooler.write(line + "\n"))
    assert status == 1
    assert complaint in said


def test_missing_file(postgres):
    status, _ = fails_to_start(postgres, lambda pooler: os.unlink(pooler.ini))
    assert status == 1


@pytest.mark.parametrize("line", ["no_such_setting = 1", "default_pool_size = many", "this is no setting"])
def test_bad_line_at_reload_changes_nothing_that_runs(start_pooler, line):
    pooler = start_pooler(pool_mode="transaction")
    client = pooler.login()
    pooler.write(line + "\n")
    with pytest.raises(PeerError) as refusal:
        pooler.console("reload")
    assert refusal.value.code == "F0000"
    assert refusal.value.text == "RELOAD failed, see logs for additional details"
    assert client.value("select 1") == "1"
    assert pooler.login().value("select 1") == "1"
    pooler.write()
    pooler.console("reload")


def test_port_in_use(postgres):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, said = fails_to_start(postgres, listen_port=taken.getsockname()[1], unix_socket_dir="")
    assert status != 0
    assert "Address already in use" in said


def test_second_pooler_on_the_same_port_leaves_the_first_alone(start_pooler, postgres):
    first = start_pooler()
    status, said = fails_to_start(postgres, listen_port=first.port, unix_socket_dir=first.folder)
    assert status != 0 and "in use" in said
    assert first.login().value("select 1") == "1"


def test_broken_userlist_lines_are_skipped(start_pooler):
    pooler = start_pooler(auth_type="plain")
    with open(pooler.userlist, "a", encoding="utf-8") as file:
        file.write('"half\n; a comment\n"bob2" "x"\n')
    try:
        pooler.console("reload")
    except PeerError as refusal:
        assert refusal.code == "F0000"
    assert pooler.login(password="secret-alice").value("select 1") == "1"


def test_process_ends_with_a_status(postgres):
    """A configuration without an address to listen on is refused."""
    status, _ = fails_to_start(postgres, listen_addr="", unix_socket_dir="")
    assert status == 1
