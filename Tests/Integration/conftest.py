"""Fixtures of the integration tests. The binary under test is named by the environment variable WEIR, the engine it runs
on by WEIR_IO_ENGINE."""

import os
import signal
import sys

import pytest

from support.pooler import Pooler, binary, is_weir
from support.postgres import Postgres

#: Seconds a test may take before it is interrupted. Longer than one wait of it may take (`DEADLINE`).
TEST_LIMIT = 180


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true",
                     help="run the load tests at full length: a thousand clients for a minute")


def pytest_configure():
    """SIGTERM ends the run as Ctrl-C does, so that fixtures stop what they have started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def pytest_report_header():
    return f"binary under test: {binary()}"


def pytest_collection_modifyitems(items):
    if not os.access(binary(), os.X_OK):
        pytest.exit(f"{binary()} is not an executable; set WEIR", returncode=2)
    for item in items:
        if item.get_closest_marker("weir") and not is_weir():
            item.add_marker(pytest.mark.xfail(reason="Weir only", strict=False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    marker = item.get_closest_marker("seconds")
    limit = marker.args[0] if marker else TEST_LIMIT

    def interrupt(*_):
        # No test catches this exception. TimeoutError is an OSError, which many wait for.
        pytest.fail(f"the test took longer than {limit} s")
    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(limit)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


@pytest.fixture(scope="session")
def postgres():
    """The PostgreSQL that all tests share. None of them stops it."""
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def own_postgres():
    """A PostgreSQL that a module may stop, restart and kill."""
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture
def start_pooler(postgres):
    """Starts poolers with the given settings, and stops them after the test."""
    started = []

    def start(server=postgres, **options):
        pooler = Pooler(server, **options)
        started.append(pooler)
        return pooler
    yield start
    problems = []
    for pooler in started:
        try:
            pooler.remove()
        except AssertionError as problem:
            problems.append(problem)
    if problems:
        raise problems[0]


@pytest.fixture(scope="session")
def long_run(request):
    return request.config.getoption("--long")
