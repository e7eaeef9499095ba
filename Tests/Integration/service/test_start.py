"""The start: what is printed, the exit status, and which account owns the files."""

import os
import re
import signal
import stat
import subprocess

import pytest

from support import account
from support.pooler import binary, is_weir
from support.waiting import DEADLINE, eventually
from support.variants import ACCOUNT, as_root, is_gone, name_of

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \S+ \[\d+\] (FATAL|ERROR|WARNING|LOG) ")
FOREGROUND, QUIET, BACKGROUND = (), ("-q",), ("-d",)
#: The parent of PgBouncer's -d does not wait: it ends with 0 before the start has failed.
WAITED_FOR = pytest.param(BACKGROUND, marks=pytest.mark.weir, id="background")


def lines(said):
    """(level, text) of each line; every line must have both."""
    found = []
    for line in said.splitlines():
        match = LINE.match(line)
        assert match, line
        found.append((match[1], line[match.end():]))
    return found


def owner(path):
    status = os.stat(path)
    return status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)


# What is said

def test_each_cause_has_its_own_line(fails):
    status, said = fails(change=lambda pooler: append(pooler.ini, "%include /nowhere/more.ini\n"))
    assert status == 1
    found = lines(said)
    assert [level for level, _ in found] == ["ERROR", "ERROR", "FATAL"]
    assert found[0][1] == 'could not load file "/nowhere/more.ini": No such file or directory'
    assert re.fullmatch(r"error processing include file in configuration \(\S+:\d+\), stopping loading", found[1][1])
    assert found[2][1] == "cannot load config file"


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def test_missing_file_is_named_once(fails):
    status, said = fails({"arguments": FOREGROUND}, change=lambda pooler: os.unlink(pooler.ini))
    assert status == 1
    assert len(re.findall("pooler.ini", said)) == 1
    assert lines(said)[-1] == ("FATAL", "cannot load config file")


@pytest.mark.parametrize("settings, complaint", [
    ({"server_tls_protocols": "foo"}, "invalid server_tls_protocols: foo"),
    ({"client_tls_sslmode": "allow"},
     "To allow TLS connections from clients, client_tls_key_file and client_tls_cert_file must be set."),
    ({"client_tls_sslmode": "prefer", "client_tls_cert_file": "/nowhere/c", "client_tls_key_file": "/nowhere/k"},
     'TLS setup failed: failed to load certificate file "/nowhere/c": '),
    ({"client_tls_sslmode": "allow", "client_tls_cert_file": "/etc/passwd", "client_tls_key_file": "/etc/passwd"},
     'TLS setup failed: failed to load certificate file "/etc/passwd": '),
])
def test_tls_settings_that_are_refused(fails, settings, complaint):
    status, said = fails({"arguments": FOREGROUND}, logfile="", **settings)
    assert status == 1
    assert ("FATAL", "TLS setup failed") in lines(said)
    assert [text for level, text in lines(said) if level == "ERROR"][0].startswith(complaint)


def test_server_files_are_not_looked_at_until_they_are_used(start_variant):
    start_variant(server_tls_ca_file="/nowhere/ca", server_tls_cert_file="/nowhere/c", server_tls_key_file="/nowhere/k")


def test_missing_auth_file_is_logged_and_tolerated(start_variant):
    pooler = start_variant(auth_file="/nowhere/users", wait=False)
    pooler.logged(r" ERROR could not open auth_file /nowhere/users: No such file or directory$")
    pooler.logged(r" LOG process up")


def test_users_before_a_broken_line_are_known_at_the_start(start_variant):
    class Broken:
        def write(self, extra=""):
            super(type(self), self).write(extra)
            append(self.userlist, '"half\n')
    pooler = start_variant({"write": Broken.write}, auth_type="plain")
    pooler.logged(r" ERROR broken auth file")
    assert pooler.login(password="secret-alice").value("select 1") == "1"


@pytest.mark.weir
def test_warnings_about_what_is_not_there_yet(start_variant):
    pooler = start_variant(databases={"app": "host=127.0.0.1 auth_user=joe", "*": "host=127.0.0.1 auth_user=joe"})
    pooler.logged(r" WARNING settings accepted but without effect yet: app.auth_user, \*.auth_user$")
    pooler.logged(r" WARNING connections to servers are not encrypted: .*prefer, the default")


@pytest.mark.weir
def test_no_warning_about_what_is_done_anyway(start_variant):
    pooler = start_variant(server_tls_sslmode="disable", client_tls_sslmode="disable", max_prepared_statements=0,
                           auth_hba_file="/nowhere/hba")
    pooler.logged(r" LOG process up")
    assert "WARNING" not in pooler.log()


def test_without_arguments(folder):
    done = subprocess.run([binary()], capture_output=True, text=True, timeout=DEADLINE, check=False, cwd=folder)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [f"{binary()}: no configuration file specified",
                                        f'Try "{binary()} --help" for more information.']


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--version"]])
def test_help_and_version_are_no_failure(words):
    assert subprocess.run([binary(), *words], capture_output=True, timeout=DEADLINE, check=False).returncode == 0


# The log file

@pytest.mark.parametrize("arguments", [FOREGROUND, QUIET, WAITED_FOR], ids=["foreground", "quiet", None])
def test_log_file_that_cannot_be_opened_stops_the_start(fails, folder, arguments):
    status, said = fails({"arguments": arguments}, logfile="/nowhere/log", pidfile=folder / "pid")
    assert status == 1
    assert "FATAL Cannot open logfile: '/nowhere/log': No such file or directory" in said


@pytest.mark.parametrize("umask, mode", [(0o022, 0o644), (0o077, 0o600), (0o027, 0o640)])
def test_umask_decides_who_may_read_the_log(start_variant, umask, mode):
    pooler = start_variant({"limits": lambda: os.umask(umask) and None})
    assert owner(pooler.logfile)[2] == mode


@as_root
def test_files_belong_to_the_account_that_is_changed_to(start_variant, folder):
    pooler = start_variant({"is_root": True}, user=ACCOUNT.pw_name, pidfile=folder / "pid")
    assert owner(folder / "pid") == (ACCOUNT.pw_uid, ACCOUNT.pw_gid, 0o644)
    assert owner(pooler.logfile) == (ACCOUNT.pw_uid, ACCOUNT.pw_gid, 0o644)
    os.rename(pooler.logfile, pooler.logfile + ".1")
    pooler.console("reload")
    pooler.login().value("select 1")
    assert "login attempt: db=app" in eventually(pooler.log, "a new file")
    assert owner(pooler.logfile) == (ACCOUNT.pw_uid, ACCOUNT.pw_gid, 0o644)
    assert "Permission denied" not in pooler.log()


@as_root
def test_account_on_the_command_line(start_variant):
    pooler = start_variant({"is_root": True, "arguments": ("-q", "-u", ACCOUNT.pw_name)})
    assert owner(pooler.logfile)[:2] == (ACCOUNT.pw_uid, ACCOUNT.pw_gid)
    assert os.stat(f"/proc/{pooler.process.pid}").st_uid == ACCOUNT.pw_uid


@as_root
def test_root_without_an_account_to_change_to(fails):
    status, said = fails({"is_root": True})
    assert status == 1
    assert "FATAL PgBouncer should not run as root" in said


@as_root
def test_account_that_does_not_exist(fails):
    status, said = fails({"is_root": True}, user="no_such_account")
    assert status == 1
    assert "could not find user 'no_such_account' to switch to" in said


# In the background

def test_background_is_ready_when_the_parent_ends(start_variant, folder):
    pidfile = folder / "pid"
    program = folder / "pgbouncer"
    program.symlink_to(binary())
    pooler = start_variant({"arguments": BACKGROUND, "program": str(program)}, wait=False, pidfile=pidfile)
    assert pooler.ends() == 0
    # PgBouncer's parent does not wait for the file.
    eventually(lambda: is_weir() or pidfile.exists() and pooler.accepts, "a pooler that serves")
    process = int(pidfile.read_text())
    try:
        assert pooler.login().value("select 1") == "1"
        assert name_of(process) == "pgbouncer"
        pooler.logged(rf" \[{process}\] LOG process up")
        if account.unprivileged():
            assert os.stat(pidfile).st_uid == account.unprivileged().pw_uid
    finally:
        os.kill(process, signal.SIGTERM)
        for client in pooler.clients:
            client.close()
        is_gone(process)
    assert not pidfile.exists()


def test_background_needs_a_pidfile(fails):
    status, said = fails({"arguments": BACKGROUND})
    assert status == 1
    assert "FATAL daemon needs pidfile configured" in said


@pytest.mark.parametrize("arguments", [FOREGROUND, WAITED_FOR], ids=["foreground", None])
def test_pidfile_that_cannot_be_written(fails, arguments):
    status, said = fails({"arguments": arguments}, pidfile="/nowhere/pid")
    assert status == 1
    assert "FATAL could not open pidfile '/nowhere/pid': No such file or directory" in said
    assert "process up" not in said


def test_pidfile_of_a_process_that_runs(fails, folder):
    pidfile = folder / "pid"
    pidfile.write_text(f"{os.getpid()}\n")
    status, said = fails(pidfile=pidfile)
    assert status == 1
    assert f"FATAL pidfile '{pidfile}' exists, another instance running?" in said
    assert pidfile.read_text() == f"{os.getpid()}\n"


