"""Under a service manager: readiness, reloads, the end, and a worker that fails."""

import os
import re
import resource
import signal
import socket
import subprocess
import time

import pytest

from support.pooler import binary, is_weir
from support.waiting import DEADLINE
from support.wire import PeerError
from support.variants import ACCOUNT, as_root, name_of

pytestmark = pytest.mark.weir  # PgBouncer needs to be built with libsystemd for this


class Manager:
    """A stand-in for systemd's side of the notification socket."""

    def __init__(self, folder, abstract=False):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(DEADLINE)
        path = f"{folder}/notify"
        self.name = "@" + path if abstract else path
        self.socket.bind("\0" + path if abstract else path)
        if not abstract:
            os.chmod(path, 0o777)

    def told(self):
        """The next message, as a dictionary."""
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def was_told_nothing(self):
        self.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            self.socket.recv(4096)


@pytest.fixture(params=["path", "abstract"])
def manager(request, folder):
    manager = Manager(folder, request.param == "abstract")
    yield manager
    manager.socket.close()


def test_ready_once_clients_are_served(start_variant, manager):
    pooler = start_variant({"environment": {"NOTIFY_SOCKET": manager.name}}, wait=False)
    assert manager.told() == {"READY": "1"}
    assert pooler.login().value("select 1") == "1"
    assert "process up" in pooler.log()


@pytest.mark.parametrize("is_broken", [False, True], ids=["reload", "failed reload"])
def test_reload(start_variant, manager, is_broken):
    pooler = start_variant({"environment": {"NOTIFY_SOCKET": manager.name}})
    assert manager.told() == {"READY": "1"}
    if is_broken:
        os.unlink(pooler.ini)
    before = time.clock_gettime(time.CLOCK_MONOTONIC)
    pooler.signal("HUP")
    told = manager.told()
    assert told.pop("RELOADING") == "1"
    assert before * 1e6 - 1 <= int(told.pop("MONOTONIC_USEC")) <= time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6
    assert not told
    assert manager.told() == {"READY": "1"}


def test_reload_by_the_console(start_variant, manager):
    pooler = start_variant({"environment": {"NOTIFY_SOCKET": manager.name}})
    assert manager.told() == {"READY": "1"}
    pooler.console("reload")
    assert manager.told()["RELOADING"] == "1"
    assert manager.told() == {"READY": "1"}


@pytest.mark.parametrize("name", ["TERM", "INT", "QUIT"])
def test_stopping(start_variant, manager, name):
    pooler = start_variant({"environment": {"NOTIFY_SOCKET": manager.name}})
    assert manager.told() == {"READY": "1"}
    pooler.signal(name)
    assert manager.told() == {"STOPPING": "1"}
    assert pooler.ends() == 0


def test_start_that_fails_is_never_ready(fails, manager):
    status, _ = fails({"environment": {"NOTIFY_SOCKET": manager.name}}, pidfile="/nowhere/pid")
    assert status == 1
    manager.was_told_nothing()


@pytest.mark.parametrize("name", ["/nowhere/notify", "vsock:2:1", ""])
def test_socket_that_cannot_be_reached_is_no_reason_to_stop(start_variant, name):
    pooler = start_variant({"environment": {"NOTIFY_SOCKET": name}})
    pooler.console("reload")


# A worker that fails

def few_files(count):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


@pytest.mark.parametrize("engine", ["epoll", "auto"])
def test_worker_without_an_engine_ends_the_process(fails, manager, engine):
    """Sixty workers need more than fifty files."""
    started = time.monotonic()
    status, said = fails({"environment": {"NOTIFY_SOCKET": manager.name}, "limits": few_files(50)}, workers=60,
                         io_engine=engine)
    assert status == 1
    assert time.monotonic() - started < 4
    assert re.search(r" FATAL worker \d+: \w+: Too many open files", said)
    assert "process up" not in said
    manager.was_told_nothing()


@as_root
def test_thread_that_cannot_be_started_ends_the_process(fails, manager):
    """The account's other processes, PostgreSQL among them, use up the limit."""
    def no_threads():
        resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
    status, said = fails({"environment": {"NOTIFY_SOCKET": manager.name}, "limits": no_threads})
    assert status == 1
    assert "FATAL could not start " in said
    assert "process up" not in said
    manager.was_told_nothing()


def test_socket_file_of_a_start_that_failed_is_removed(fails, folder):
    status, _ = fails({"limits": few_files(50)}, workers=60, io_engine="epoll", unix_socket_dir=folder)
    assert status == 1
    assert os.listdir(folder) == []


# The unit that Debian ships

#: What pgbouncer.service of Debian 12 (1.18.0-1+deb12u1) says, apart from its dependencies and documentation.
UNIT = {
    "Type": "notify",
    "User": "postgres",
    "ExecStart": "/usr/sbin/pgbouncer /etc/pgbouncer/pgbouncer.ini",
    "ExecReload": "/bin/kill -HUP $MAINPID",
    "KillSignal": "SIGINT",
}


@pytest.fixture
def unit(start_variant, manager, folder):
    """The unit's process, with the binary replaced by a symbolic link and the folders moved."""
    program = folder / UNIT["ExecStart"].split()[0].rpartition("/")[2]
    program.symlink_to(binary())
    environment = {"NOTIFY_SOCKET": manager.name} if UNIT["Type"] == "notify" else {}
    if ACCOUNT:
        assert ACCOUNT.pw_name in (UNIT["User"], "nobody")
    return start_variant({"program": str(program), "arguments": (), "environment": environment},
                         listen_addr="localhost", auth_type="md5", pidfile=folder / "pid", wait=False)


@pytest.mark.skipif(not is_weir(), reason="is about the replacement")
def test_debians_unit(unit, manager):
    assert manager.told() == {"READY": "1"}
    assert unit.login(password="secret-alice").value("select 1") == "1"

    reload = UNIT["ExecReload"].replace("$MAINPID", str(unit.process.pid)).split()
    subprocess.run(reload, check=True, timeout=DEADLINE)
    assert manager.told()["RELOADING"] == "1"
    assert manager.told() == {"READY": "1"}

    for client in unit.clients:
        client.terminate()
    unit.process.send_signal(getattr(signal, UNIT["KillSignal"]))
    assert manager.told() == {"STOPPING": "1"}
    assert unit.ends() == 0


@pytest.mark.skipif(not is_weir(), reason="is about the replacement")
def test_process_is_found_by_the_name_of_the_link(unit, manager):
    manager.told()
    assert name_of(unit.process.pid) == "pgbouncer"
    found = subprocess.run(["pgrep", "--exact", "pgbouncer"], capture_output=True, text=True, check=True).stdout
    assert str(unit.process.pid) in found.split()


def test_reload_that_fails_is_an_error_on_the_console(start_variant, manager):
    pooler = start_variant({"environment": {"NOTIFY_SOCKET": manager.name}})
    assert manager.told() == {"READY": "1"}
    os.unlink(pooler.ini)
    with pytest.raises(PeerError):
        pooler.console("reload")
    assert manager.told()["RELOADING"] == "1"
    assert manager.told() == {"READY": "1"}
