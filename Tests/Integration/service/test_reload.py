"""A reload or a SET that fails changes nothing."""

import os
import shutil

import pytest

from support.waiting import eventually
from support.wire import PeerError
from support.variants import ACCOUNT, as_root


def in_ini(line):
    """Adds a line to [pgbouncer], and another size that must not come into force."""
    def change(pooler):
        pooler.write("default_pool_size = 11\n" + line + "\n")
    change.__name__ = line.splitlines()[0]
    return change


def without_userlist(pooler):
    os.unlink(pooler.userlist)


def unreadable_userlist(pooler):
    os.chown(pooler.userlist, 0, 0) if os.geteuid() == 0 else None
    os.chmod(pooler.userlist, 0)


def userlist_with_half_a_line(pooler):
    with open(pooler.userlist, "a", encoding="utf-8") as file:
        file.write('"eve" "x"\n"half\n')


def userlist_without_quotes(pooler):
    with open(pooler.userlist, "w", encoding="utf-8") as file:
        file.write("alice secret-alice\n")


def userlist_that_is_a_folder(pooler):
    os.unlink(pooler.userlist)
    os.mkdir(pooler.userlist)


def without_ini(pooler):
    os.unlink(pooler.ini)


CHANGES = [
    (without_userlist, r"could not open auth_file \S+/userlist.txt: No such file or directory$"),
    (unreadable_userlist, r"could not open auth_file \S+/userlist.txt: Permission denied$"),
    (userlist_with_half_a_line, r"broken auth file"),
    (userlist_without_quotes, r"broken auth file"),
    (userlist_that_is_a_folder, r"could not open auth_file \S+/userlist.txt: Is a directory$"),
    (without_ini, r'could not load file "\S+/pooler.ini": No such file or directory$'),
    (in_ini("no_such_setting = 1"), r"unknown parameter: pgbouncer/no_such_setting$"),
    (in_ini("this is no setting"), r"syntax error in configuration \(\S+/pooler.ini:\d+\), stopping loading$"),
    (in_ini("%include /nowhere/more.ini"), r'could not load file "/nowhere/more.ini": No such file or directory$'),
    (in_ini("auth_file = /nowhere/users"), r"could not open auth_file /nowhere/users: No such file or directory$"),
    (in_ini("logfile = /nowhere/log"), r"Cannot open logfile: '/nowhere/log': No such file or directory$"),
    (in_ini("server_tls_protocols = foo"), r"invalid server_tls_protocols: foo$"),
    (in_ini("client_tls_sslmode = allow\nclient_tls_cert_file = /nowhere/c\nclient_tls_key_file = /nowhere/k"),
     r'failed to load certificate file "/nowhere/c": No such file or directory$'),
    (in_ini("server_tls_sslmode = require"), r"server_tls_sslmode = require: TLS is not supported yet$"),
    (in_ini("auth_type = hba\nauth_hba_file = /nowhere/hba"), r"auth_type = hba is not supported yet$"),
]


@pytest.fixture
def pooler(start_variant):
    return start_variant(auth_type="plain", pool_mode="transaction")


def serves_as_before(pooler, client):
    assert client.value("select 1") == "1"
    assert pooler.login(password="secret-alice").value("select 2") == "2"
    assert pooler.refused(user="alice", password="wrong").text
    assert pooler.refused(user="eve", password="x").text
    sizes = {row["key"]: row["value"] for row in pooler.console("show config")}
    assert (sizes["default_pool_size"], sizes["auth_type"]) == ("20", "plain")


@pytest.mark.weir
@pytest.mark.parametrize("change, complaint", CHANGES, ids=lambda value: getattr(value, "__name__", ""))
def test_failed_reload_changes_nothing(pooler, change, complaint):
    client = pooler.login(password="secret-alice")
    console = pooler.admin()
    change(pooler)
    with pytest.raises(PeerError) as refusal:
        console.ask("reload").dicts()
    assert (refusal.value.code, refusal.value.text) == ("F0000", "RELOAD failed, see logs for additional details")
    pooler.logged(" ERROR .*" + complaint)
    pooler.logged(" WARNING config file loading failed$")
    pooler.logged(" ERROR RELOAD Failed, see logs for more details$")
    serves_as_before(pooler, client)

    pooler.signal("HUP")
    eventually(lambda: pooler.log().count("WARNING config file loading failed") == 2, "the second failure")
    serves_as_before(pooler, client)


@pytest.mark.weir
def test_reload_after_the_repair(pooler):
    userlist_that_is_a_folder(pooler)
    with pytest.raises(PeerError):
        pooler.console("reload")
    shutil.rmtree(pooler.userlist)
    pooler.secrets["eve"] = "new"
    pooler.settings["default_pool_size"] = 11
    pooler.write()
    pooler.console("reload")
    assert next(r["value"] for r in pooler.console("show config") if r["key"] == "default_pool_size") == "11"
    assert "eve" in [row["name"] for row in pooler.console("show users")]


def test_tls_failure_is_logged_as_one(pooler):
    in_ini("server_tls_protocols = foo")(pooler)
    with pytest.raises(PeerError):
        pooler.console("reload")
    pooler.logged(" ERROR TLS configuration could not be reloaded, keeping old configuration$")


@pytest.mark.weir
@pytest.mark.parametrize("name, value", [
    ("auth_file", "/nowhere/users"), ("logfile", "/nowhere/log"), ("conffile", "/nowhere/pooler.ini"),
    ("server_tls_protocols", "foo"), ("client_tls_sslmode", "allow"), ("server_tls_sslmode", "require"),
    ("default_pool_size", "many"),
])
def test_failed_set_changes_nothing(pooler, name, value):
    client = pooler.login(password="secret-alice")
    before = pooler.console("show config")
    with pytest.raises(PeerError) as refusal:
        pooler.set(name, value)
    assert refusal.value.text == "SET failed"
    assert pooler.console("show config") == before
    serves_as_before(pooler, client)
    pooler.console("reload")


@pytest.mark.weir
def test_set_reads_the_auth_file_that_it_puts_to_use(start_variant):
    pooler = start_variant(auth_type="any", auth_file="/nowhere/users")
    with pytest.raises(PeerError):
        pooler.set("auth_type", "plain")
    pooler.set("auth_file", pooler.userlist)
    pooler.set("auth_type", "plain")
    assert pooler.login(password="secret-alice").value("select 1") == "1"
    assert pooler.refused(user="alice", password="wrong").text


@as_root
@pytest.mark.weir
@pytest.mark.parametrize("which", ["ini", "userlist"])
def test_files_that_only_root_can_read(start_variant, which):
    """They are read at the start, before the change of account; afterwards they cannot be."""
    def protect(pooler):
        os.chown(getattr(pooler, which), 0, 0)
        os.chmod(getattr(pooler, which), 0o600)
    pooler = start_variant({"is_root": True, "start": after(protect)}, auth_type="plain", user=ACCOUNT.pw_name)
    client = pooler.login(password="secret-alice")
    with pytest.raises(PeerError):
        pooler.console("reload")
    pooler.logged(" ERROR .*Permission denied$")
    serves_as_before(pooler, client)


def after(change):
    """Start, but only after a change to the files."""
    def start(self, wait=True):
        change(self)
        super(type(self), self).start(wait)
    return start
