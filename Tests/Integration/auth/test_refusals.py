"""The log lines for log-ins that fail: PgBouncer 1.25.2's lines, observed."""

import re

import pytest

from support.postgres import password_of
from support.pooler import is_weir
from support.scram import md5_secret, scram_secret
from support.wire import startup

WRONG = "closing because: password authentication failed"
SASL = "closing because: SASL authentication failed"
UNKNOWN = "no such user: mallory"

CASES = [
    # auth_type, user, password, database, log lines
    ("plain", "alice", "guess", "app", [WRONG]),
    ("plain", "mallory", "guess", "app", [UNKNOWN, WRONG]),
    ("plain", "alice", "", "app", ["closing because: empty password returned by client"]),
    ("plain", "has_md5", "guess", "app", [WRONG]),
    ("plain", "has_scram", "guess", "app", [WRONG]),
    ("md5", "alice", "guess", "app", [WRONG]),
    ("md5", "mallory", "guess", "app", [UNKNOWN, WRONG]),
    ("md5", "has_scram", "guess", "app", ["ERROR .*password authentication failed", SASL]),
    ("scram-sha-256", "alice", "guess", "app", ["ERROR .*password authentication failed", SASL]),
    ("scram-sha-256", "mallory", "guess", "app", [UNKNOWN, "ERROR .*password authentication failed", SASL]),
    ("scram-sha-256", "has_md5", "right", "app", ["SCRAM authentication failed: user has MD5 secret", SASL]),
    ("trust", "mallory", "guess", "app", [UNKNOWN, 'closing because: "trust" authentication failed']),
    ("md5", "alice", None, "nowhere", ["login failed: db=nowhere user=alice", "closing because: no such database: nowhere"]),
    ("md5", "alice", "guess", "nowhere", [WRONG]),
    ("md5", "mallory", "guess", "nowhere", [UNKNOWN, WRONG]),
]


@pytest.mark.parametrize("auth_type, user, password, database, lines", CASES)
def test_the_log_says_why(start_pooler, auth_type, user, password, database, lines):
    pooler = start_pooler(auth_type=auth_type, secrets={
        "has_md5": md5_secret("has_md5", "right"), "has_scram": scram_secret("right")})
    pooler.refused(user=user, password=password_of(user) if password is None else password, database=database)
    for line in lines:
        pooler.logged(line)
    if (user, is_weir()) != ("mallory", False):
        assert ("no such user" in pooler.log()) == (user == "mallory")


def test_a_host_that_is_not_found_is_named(start_pooler):
    pooler = start_pooler(databases={"app": "host=nowhere.invalid port=5432 dbname=app"})
    # The client waits: the next attempt may find the host.
    pooler.raw().send(startup(user="alice", database="app"))
    pooler.logged(r"WARNING .*DNS lookup failed: nowhere\.invalid: ")
    pooler.logged("closing because: server DNS lookup failed")


@pytest.mark.parametrize("user, secret, line", [
    ("md5_user", scram_secret("x"), "cannot do MD5 authentication: wrong password type"),
    ("scram_user", scram_secret("x"), "cannot do SCRAM authentication: password is SCRAM secret but client "
                                      "authentication did not provide SCRAM keys"),
    ("scram_user", md5_secret("scram_user", "x"), "cannot do SCRAM authentication: wrong password type"),
    ("clear_user", md5_secret("clear_user", "x"), "cannot do cleartext authentication: wrong password type"),
])
def test_a_secret_that_cannot_open_the_server_is_named(start_pooler, user, secret, line):
    pooler = start_pooler(secrets={user: secret})
    assert "server login failed: wrong password type" in pooler.refused(user=user).text
    pooler.logged(re.escape(line))
