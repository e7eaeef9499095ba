"""Which users may use the console, and what each may do there."""

import pytest

from support.wire import Disconnected, Wire

FORBIDDEN = ["show fds", "reload", "pause", "resume", "disable app", "kill app", "set verbose = 0", "shutdown"]


@pytest.mark.parametrize("by", ["tcp", "unix socket"])
def test_any_gives_unlisted_users_read_access_only(start_pooler, postgres, by):
    """Observed from PgBouncer 1.25.2, over both kinds of socket."""
    pooler = start_pooler(auth_type="any", databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app user=pooled"})
    address = pooler.address if by == "tcp" else pooler.socket_path
    for user in ("mallory", "stats"):
        with Wire.login(address, user=user, database="pgbouncer") as console:
            assert console.ask("show config").tags == ["SHOW"]
            assert console.ask("show clients").tags == ["SHOW"]
            for command in FORBIDDEN:
                assert [error.text for error in console.ask(command).errors] == ["admin access needed"], command
    with Wire.login(address, user="admin", database="pgbouncer") as console:
        assert console.ask("reload").tags == ["RELOAD"]
    assert pooler.login(user="mallory").value("select 1") == "1"


@pytest.mark.parametrize("auth_type", ["plain", "md5", "scram-sha-256"])
def test_an_unlisted_user_is_asked_for_a_password_before_it_is_refused(start_pooler, auth_type):
    """A guess at a password, not the name of a user, is what the console answers."""
    pooler = start_pooler(auth_type=auth_type)
    seen = []
    for user in ("alice", "admin", "mallory"):
        end = pooler.refused(user=user, database="pgbouncer", password="guess")
        seen.append({**end.errors[0].fields, "M": end.text.replace(user, "USER")})
    assert seen[0] == seen[1] == seen[2]
    assert seen[0]["C"] == "28P01"
    end = pooler.refused(user="alice", database="pgbouncer", password=pooler.secrets["alice"])
    assert end.text == "not allowed"


def test_trust_requires_a_listed_user(start_pooler):
    pooler = start_pooler()
    assert pooler.refused(database="pgbouncer").text == "not allowed"
    assert pooler.refused(user="mallory", database="pgbouncer").text == '"trust" authentication failed'


def test_console_requires_a_password_too(start_pooler):
    pooler = start_pooler(auth_type="md5")
    with pytest.raises(Disconnected):
        Wire.login(pooler.address, "guess", user="admin", database="pgbouncer")


def test_own_account_is_an_administrator_over_the_unix_socket_only(start_pooler):
    pooler = start_pooler(auth_type="md5")
    end = pooler.refused(user="pgbouncer", database="pgbouncer", password="guess")
    assert "password authentication failed" in end.text
