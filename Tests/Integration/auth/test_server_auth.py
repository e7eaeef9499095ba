"""How the pooler authenticates to PostgreSQL."""

import pytest

from support.postgres import PASSWORD_USERS, password_of
from support.scram import md5_secret, scram_secret


@pytest.mark.parametrize("user", sorted(PASSWORD_USERS))
def test_password_from_the_userlist(start_pooler, user):
    pooler = start_pooler(secrets={user: password_of(user)})
    assert pooler.login(user=user).value("select current_user") == user


@pytest.mark.parametrize("user", sorted(PASSWORD_USERS))
def test_password_of_the_database_entry(start_pooler, postgres, user):
    pooler = start_pooler(databases={
        "app": f"host=127.0.0.1 port={postgres.port} dbname=app user={user} password={password_of(user)}"})
    assert pooler.login().value("select current_user") == user


@pytest.mark.parametrize("user", sorted(PASSWORD_USERS))
@pytest.mark.parametrize("auth_type", ["plain", "md5", "scram-sha-256"])
def test_plain_secret_serves_both_sides(start_pooler, user, auth_type):
    pooler = start_pooler(auth_type=auth_type, secrets={user: password_of(user)})
    assert pooler.login(user=user, password=password_of(user)).value("select current_user") == user


def test_md5_secret_serves_both_sides(start_pooler):
    secret = md5_secret("md5_user", password_of("md5_user"))
    pooler = start_pooler(auth_type="md5", secrets={"md5_user": secret})
    assert pooler.login(user="md5_user", password=password_of("md5_user")).value("select 1") == "1"


def test_scram_pass_through(start_pooler, postgres):
    """With the same stored secret on both sides the keys of the client's proof open the server."""
    secret = postgres.sql("select rolpassword from pg_authid where rolname = 'scram_user'").value
    pooler = start_pooler(auth_type="scram-sha-256", secrets={"scram_user": secret})
    for _ in range(2):
        client = pooler.login(user="scram_user", password=password_of("scram_user"))
        assert client.value("select current_user") == "scram_user"
        pooler.console("reconnect")


def test_scram_pass_through_needs_the_same_secret(start_pooler):
    secret = scram_secret(password_of("scram_user"))
    pooler = start_pooler(auth_type="scram-sha-256", secrets={"scram_user": secret})
    end = pooler.refused(user="scram_user", password=password_of("scram_user"))
    assert end.errors[0].severity == "FATAL"
    assert password_of("scram_user") not in pooler.log()


@pytest.mark.parametrize("user", sorted(PASSWORD_USERS))
def test_wrong_password_is_reported_in_postgresql_s_words(start_pooler, user):
    pooler = start_pooler(secrets={user: "outdated"})
    end = pooler.refused(user=user)
    assert f'password authentication failed for user "{user}"' in end.text
    assert end.errors[0].code == "28P01"
    assert "outdated" not in pooler.log()


def test_missing_password(start_pooler):
    pooler = start_pooler(secrets={"md5_user": ""})
    assert pooler.refused(user="md5_user").errors[0].code == "28P01"


def test_every_login_receives_the_failure(start_pooler):
    """Within server_login_retry the pooler may answer from memory or wait for its next attempt."""
    pooler = start_pooler(secrets={"md5_user": "outdated"}, server_login_retry=1)
    for _ in range(3):
        assert "password authentication failed" in pooler.refused(user="md5_user").text
    assert pooler.log().count("server login failed") <= 3


def test_role_that_may_not_log_in(start_pooler, postgres):
    postgres.sql("drop role if exists retired; create role retired nologin")
    pooler = start_pooler(secrets={"retired": ""})
    assert "is not permitted to log in" in pooler.refused(user="retired").text


def test_unix_socket_to_postgresql(start_pooler, postgres):
    pooler = start_pooler(databases={"app": f"host={postgres.folder} port={postgres.port} dbname=app"})
    client = pooler.login()
    assert client.value("select client_addr is null from pg_stat_activity where pid = pg_backend_pid()") == "t"
