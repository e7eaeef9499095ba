"""Client authentication: every auth_type with every kind of stored secret."""

import pytest

from support.pooler import not_yet
from support.postgres import password_of
from support.scram import md5_secret, scram_secret
from support.wire import Disconnected, Wire, startup

PASSWORD = "correct horse"
SECRETS = {
    "plain": PASSWORD,
    "md5": md5_secret("alice", PASSWORD),
    "scram": scram_secret(PASSWORD),
}
CLEARTEXT, MD5, SASL = 3, 5, 10


def pooler_with(start_pooler, auth_type, kind, **settings):
    return start_pooler(auth_type=auth_type, secrets={"alice": SECRETS[kind]}, pool_mode="transaction", **settings)


@pytest.mark.parametrize("auth_type, kind, asked", [
    ("trust", "plain", None), ("trust", "md5", None), ("trust", "scram", None),
    ("plain", "plain", CLEARTEXT), ("plain", "md5", CLEARTEXT), ("plain", "scram", CLEARTEXT),
    ("md5", "plain", MD5), ("md5", "md5", MD5), ("md5", "scram", SASL),
    ("scram-sha-256", "plain", SASL), ("scram-sha-256", "scram", SASL),
])
def test_accepts_the_right_password(start_pooler, auth_type, kind, asked):
    client = pooler_with(start_pooler, auth_type, kind).login(password=PASSWORD)
    assert client.methods[0] == (asked or 0)
    assert client.methods[-1] == 0
    assert client.value("select current_user") == "alice"


@pytest.mark.parametrize("auth_type, kind", [
    ("plain", "plain"), ("plain", "md5"), ("plain", "scram"), ("md5", "plain"), ("md5", "md5"), ("md5", "scram"),
    ("scram-sha-256", "plain"), ("scram-sha-256", "md5"), ("scram-sha-256", "scram")])
def test_refuses_a_wrong_password(start_pooler, auth_type, kind):
    pooler = pooler_with(start_pooler, auth_type, kind)
    wrong = PASSWORD if (auth_type, kind) == ("scram-sha-256", "md5") else "incorrect"
    end = pooler.refused(password=wrong)
    # PostgreSQL's words; PgBouncer's follow as the detail of a SCRAM exchange.
    uses_sasl = "scram" in (auth_type, kind) if auth_type == "md5" else "scram" in auth_type
    assert end.text == 'password authentication failed for user "alice"'
    assert (end.errors[0].severity, end.errors[0].code) == ("FATAL", "28P01")
    assert end.errors[0].fields.get("D") == ("SASL authentication failed" if uses_sasl else None)
    assert pooler.pool()["sv_idle"] == 0


@pytest.mark.parametrize("auth_type", ["plain", "md5", "scram-sha-256"])
def test_unknown_user_and_wrong_password_look_the_same(start_pooler, auth_type):
    """A client that guesses does not learn which user names exist."""
    pooler = pooler_with(start_pooler, auth_type, "plain")
    seen = []
    for user in ("alice", "mallory"):
        client = pooler.raw()
        client.send(startup(user=user, database="app"))
        with pytest.raises(Disconnected) as end:
            client.authenticate(user, "guess")
        error = end.value.errors[0]
        seen.append((client.methods, {**error.fields, "M": error.text.replace(user, "USER")}))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("auth_type", ["plain", "md5", "scram-sha-256"])
def test_unknown_database_is_reported_only_to_authorized_users(start_pooler, auth_type):
    pooler = pooler_with(start_pooler, auth_type, "plain")
    assert "authentication failed" in pooler.refused(database="nowhere", password="guess").text
    assert pooler.refused(database="nowhere", password=PASSWORD).text == "no such database: nowhere"


def test_trust_requires_a_known_user(start_pooler):
    pooler = pooler_with(start_pooler, "trust", "plain")
    assert pooler.refused(user="mallory").text == '"trust" authentication failed'


def test_any_requires_a_forced_user(start_pooler, postgres):
    pooler = start_pooler(auth_type="any", databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app user=pooled",
        "bare": f"host=127.0.0.1 port={postgres.port} dbname=app"})
    assert pooler.login(user="whoever").value("select current_user") == "pooled"
    assert pooler.refused(user="whoever", database="bare").text == "bouncer config error"


@pytest.mark.parametrize("auth_type, kind", [
    ("plain", "plain"), ("md5", "md5"), ("md5", "scram"), ("scram-sha-256", "plain")])
def test_empty_password(start_pooler, auth_type, kind):
    pooler = pooler_with(start_pooler, auth_type, kind)
    assert pooler.refused(password="").errors[0].severity == "FATAL"


def test_scram_offers_no_channel_binding_without_tls(start_pooler):
    client = pooler_with(start_pooler, "scram-sha-256", "plain").login(password=PASSWORD)
    assert client.mechanisms == ["SCRAM-SHA-256"]


def test_scram_refuses_another_mechanism(start_pooler):
    pooler = pooler_with(start_pooler, "scram-sha-256", "plain")
    client = pooler.raw()
    client.send(startup(user="alice", database="app"))
    client.read()
    client.send(b"p\0\0\0\x11SCRAM-MD5\0\0\0\0\0"[:18])
    end = client.fails()
    assert (end.errors[0].severity, end.errors[0].code) == ("FATAL", "08P01")


def test_scram_iterations_of_a_plain_secret(start_pooler):
    pooler = pooler_with(start_pooler, "scram-sha-256", "plain", scram_iterations=5000)
    client = pooler.raw()
    client.send(startup(user="alice", database="app"))
    tag, _ = client.read()
    assert tag == "R"
    first = b"n,,n=,r=abcdefgh"
    body = b"SCRAM-SHA-256\0" + len(first).to_bytes(4, "big") + first
    client.send(b"p" + (len(body) + 4).to_bytes(4, "big") + body)
    tag, body = client.read()
    assert tag == "R" and body.endswith(b",i=5000")


def test_userlist_is_read_again_on_reload(start_pooler):
    pooler = pooler_with(start_pooler, "md5", "plain")
    pooler.secrets["alice"] = "new one"
    pooler.write()
    pooler.console("reload")
    assert pooler.refused(password=PASSWORD).text == 'password authentication failed for user "alice"'
    assert pooler.login(password="new one").value("select 1") == "1"


def test_quotes_in_userlist(start_pooler):
    pooler = start_pooler(auth_type="plain", secrets={"alice": 'say ""hello""'})
    assert pooler.login(password='say "hello"').value("select 1") == "1"


@not_yet("auth_query")
def test_auth_query(start_pooler, postgres):
    pooler = start_pooler(auth_type="scram-sha-256", auth_user="pooled", databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app"})
    client = pooler.login(user="scram_user", password=password_of("scram_user"))
    assert client.value("select current_user") == "scram_user"
    assert pooler.refused(user="scram_user", password="guess").errors[0].code == "28P01"


def test_console_requires_a_password_too(start_pooler):
    pooler = pooler_with(start_pooler, "md5", "plain")
    with pytest.raises(Disconnected) as end:
        Wire.login(pooler.address, "guess", user="admin", database="pgbouncer")
    assert end.value.text.startswith("password authentication failed")


def test_console_is_for_admin_and_stats_users(start_pooler):
    pooler = start_pooler()
    assert pooler.refused(database="pgbouncer").text == "not allowed"
    assert pooler.console("show version", user="stats")
