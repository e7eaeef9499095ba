"""The log: what other programs read from it."""

import os
import re
import struct
import unicodedata

from support.waiting import eventually
from support.wire import startup

STAMP = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Z]+ \[\d+\] "
PEER = r"0x[0-9a-f]+: app/alice@127\.0\.0\.1:\d+ "


def test_every_line_has_the_same_prefix(start_pooler):
    pooler = start_pooler()
    pooler.login().value("select 1")
    lines = pooler.log().splitlines()
    assert len(lines) > 4
    for line in lines:
        assert re.match(STAMP + r"(LOG|WARNING|ERROR|NOISE|DEBUG|FATAL) ", line), line
        assert f"[{pooler.process.pid}]" in line


def test_start(start_pooler):
    pooler = start_pooler()
    pooler.logged(STAMP + rf"LOG listening on 127\.0\.0\.1:{pooler.port}$")
    pooler.logged(STAMP + rf"LOG listening on unix:{re.escape(pooler.socket_path)}$")
    pooler.logged(STAMP + r"LOG process up: \S+ \d+\.\d+")


def test_life_of_a_connection(start_pooler):
    pooler = start_pooler(pool_mode="transaction")
    client = pooler.login()
    client.value("select 1")
    client.terminate()
    pooler.logged(STAMP + "LOG C-" + PEER + r"login attempt: db=app user=alice tls=no replication=no$")
    pooler.logged(STAMP + "LOG S-" + PEER + r"new connection to server \(from 127\.0\.0\.1:\d+\)$")
    pooler.logged(STAMP + "LOG C-" + PEER + r"closing because: client close request \(age=\d+s\)$")


def test_client_that_disconnected(start_pooler):
    pooler = start_pooler()
    pooler.login().close()
    pooler.logged("LOG C-" + PEER + r"closing because: client unexpected eof \(age=\d+s\)$")


def test_pooler_error(start_pooler):
    pooler = start_pooler()
    pooler.refused(database="nowhere")
    peer = r"C-0x[0-9a-f]+: \(nodb\)/alice@127\.0\.0\.1:\d+ "
    pooler.logged(peer + r"closing because: no such database: nowhere \(age=\d+s\)$")
    pooler.logged(STAMP + "WARNING " + peer + "pooler error: no such database: nowhere$")


def test_connections_are_not_logged_when_not_wanted(start_pooler):
    pooler = start_pooler(log_connections=0, log_disconnections=0, log_pooler_errors=0)
    pooler.login().terminate()
    pooler.refused(database="nowhere")
    pooler.console("reload")
    pooler.logged("RELOAD command issued")
    assert "login attempt" not in pooler.log()
    assert "closing because" not in pooler.log()
    assert "pooler error" not in pooler.log()


def test_statistics_line(start_pooler):
    pooler = start_pooler(stats_period=1, pool_mode="transaction")
    pooler.login().value("select 1")
    pooler.logged(STAMP + r"LOG stats: \d+ xacts/s, \d+ queries/s, \d+ client parses/s, "
                  r"\d+ server parses/s, \d+ binds/s, \d+ client logins/s, in \d+ B/s, out \d+ B/s, "
                  r"xact \d+ us, query \d+ us, wait \d+ us$")


def test_no_statistics_line_when_not_wanted(start_pooler):
    silent = start_pooler(stats_period=1, log_stats=0)
    silent.login().value("select 1")
    # A pooler started later with the line shows when the period has passed.
    start_pooler(stats_period=1).logged("LOG stats: ")
    assert "stats:" not in silent.log()


def test_rotation(start_pooler):
    """logrotate: rename, then SIGHUP."""
    pooler = start_pooler()
    os.rename(pooler.logfile, pooler.logfile + ".1")
    pooler.signal("HUP")
    eventually(lambda: pooler.login().value("select 1") and "login attempt: db=app" in pooler.log(), "a new file")


def test_secrets_and_queries_stay_out(start_pooler):
    pooler = start_pooler(auth_type="plain")
    client = pooler.login(password="secret-alice")
    client.value("select 'confidential'")
    pooler.refused(password="mistyped-password")
    for word in ("secret-alice", "confidential", "mistyped-password"):
        assert word not in pooler.log()


def test_control_characters_do_not_reach_the_log(start_pooler):
    """Names of clients that are not logged in."""
    pooler = start_pooler()
    for name in ("rub\x7fout", "next\x85line", "red\x9b31m", "two\nlines\x1b[31m", "Jürgen 日本"):
        client = pooler.raw()
        client.send(startup(user=name, database=name))
        client.closed_by_peer()
    raw = pooler.raw()
    body = struct.pack("!i", 3 << 16) + b"user\0raw\x9b\xff\0database\0app\0\0"
    raw.send(struct.pack("!i", len(body) + 4) + body)
    raw.closed_by_peer()
    pooler.logged("no such user: raw")
    with open(pooler.logfile, "rb") as file:
        text = file.read().decode("utf-8")
    assert not [char for char in text if char != "\n" and unicodedata.category(char) == "Cc"]
    assert "no such user: rub out" in text and "no such user: Jürgen 日本" in text
    assert all(re.match(STAMP, line) for line in text.splitlines())


def test_control_characters_of_a_query_s_error_do_not_reach_the_log(start_pooler):
    pooler = start_pooler()
    console = pooler.admin()
    console.ask("show \x7f\x85\x9b")
    pooler.logged("invalid command 'show")
    assert not re.search("[\x7f\x80-\x9f]", pooler.log())
