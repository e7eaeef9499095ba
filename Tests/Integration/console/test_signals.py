"""Signals."""

import contextlib
import glob
import os
import signal

import pytest

from support.waiting import DEADLINE, eventually
from support.wire import query


@pytest.fixture
def pooler(start_pooler):
    return start_pooler(pool_mode="transaction")


def test_hup_reads_the_files_again(pooler):
    pooler.settings["default_pool_size"] = 11
    pooler.write()
    pooler.signal("HUP")
    pooler.logged("got SIGHUP, re-reading config")

    def size():
        return next(row["value"] for row in pooler.console("show config") if row["key"] == "default_pool_size")
    eventually(lambda: size() == "11", "the new size")


def test_usr1_pauses_and_usr2_resumes(pooler):
    client = pooler.login()
    client.value("select 1")
    pooler.signal("USR1")
    pooler.logged("got SIGUSR1, pausing all activity")
    client.send(query("select 2"))
    pooler.pool_becomes(cl_waiting=1)
    pooler.signal("USR2")
    pooler.logged("got SIGUSR2, continuing from PAUSE")
    assert client.answer().value == "2"
    pooler.signal("USR2")
    pooler.logged("got SIGUSR2, but not paused/suspended")


def test_term_waits_for_clients(pooler):
    client = pooler.login()
    pooler.signal("TERM")
    pooler.logged("got SIGTERM, shutting down, waiting for all clients disconnect")
    assert client.value("select 1") == "1"
    client.terminate()
    assert pooler.ends() == 0
    pooler.logged("client connections dropped, exiting")


def test_second_term_is_immediate(pooler):
    client = pooler.login()
    pooler.signal("TERM")
    pooler.logged("got SIGTERM, shutting down")
    pooler.signal("TERM")
    pooler.logged("got SIGTERM while shutting down, fast exit")
    client.fails()
    assert pooler.ends() == 0


def test_int_waits_for_servers(pooler):
    client = pooler.login()
    client.ask("begin")
    pooler.signal("INT")
    pooler.logged("got SIGINT, shutting down, waiting for all servers connections to be released")
    assert client.value("select 1") == "1"
    client.send(query("commit"))
    client.fails()
    assert pooler.ends() == 0
    pooler.logged("server connections dropped, exiting")


def test_second_int_is_immediate(pooler):
    client = pooler.login()
    client.ask("begin")
    pooler.signal("INT")
    pooler.logged("got SIGINT, shutting down")
    pooler.signal("INT")
    pooler.logged("got SIGINT while shutting down, fast exit")
    client.fails()
    assert pooler.ends() == 0


def test_quit_is_immediate(pooler):
    client = pooler.login()
    client.ask("begin")
    pooler.signal("QUIT")
    client.fails()
    assert pooler.ends() == 0
    assert "got SIGQUIT, fast exit" in pooler.log()


def test_pipe_is_ignored(pooler):
    client = pooler.login()
    pooler.signal("PIPE")
    assert client.value("select 1") == "1"


@pytest.mark.seconds(300)
def test_crash_ends_the_process(pooler):
    """A supervisor can only start it again when it has ended.

    A real fault happens again after the runtime's handler has written its report. A signal that was only sent has to be
    sent again, but not before that: a signal sent while the report is written would meet another handler.
    """
    pooler.expected_to_end = True
    before = blocked_signals(pooler.process.pid)

    def threads_continue():
        """Whether every thread that still exists has the signal mask that it had: those that began later do not count."""
        now = blocked_signals(pooler.process.pid)
        return all(now[thread] == mask for thread, mask in before.items() if thread in now)
    try:
        pooler.signal("SEGV")
        # The report is written by a program that reads all symbols: tens of seconds on a busy machine.
        eventually(lambda: pooler.process.poll() is not None or "Backtrace took" in pooler.said(), "the report", 120)
        eventually(threads_continue, "that its threads continue")
        if pooler.process.poll() is None:
            pooler.signal("SEGV")
        assert pooler.ends() == -signal.SIGSEGV
    finally:
        reporters = children(pooler.process.pid)
        pooler.process.kill()
        pooler.process.wait()
        for reporter in reporters:
            with contextlib.suppress(ProcessLookupError):
                os.kill(reporter, signal.SIGKILL)


def children(process):
    """The processes that a process has started and not waited for."""
    found = []
    for path in glob.glob(f"/proc/{process}/task/*/children"):
        with contextlib.suppress(OSError), open(path, encoding="ascii") as file:
            found += [int(child) for child in file.read().split()]
    return found


def blocked_signals(process):
    """The signals that each thread of a process has blocked, empty when it is gone."""
    found = {}
    for path in glob.glob(f"/proc/{process}/task/*/status"):
        with contextlib.suppress(OSError), open(path, encoding="ascii") as file:
            found[path] = [line for line in file if line.startswith("SigBlk")]
    return found
