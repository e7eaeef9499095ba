import pathlib
import shutil
import tempfile

import pytest

from support.variants import variant


@pytest.fixture
def start_variant(postgres):
    """Starts a pooler with the attributes and settings given; it is stopped after the test."""
    started = []

    def start(attributes=None, **options):
        pooler = variant(**(attributes or {}))(postgres, **options)
        started.append(pooler)
        return pooler
    yield start
    for pooler in started:
        pooler.remove()


@pytest.fixture
def fails(postgres):
    """Starts a pooler that must exit without a signal; returns (status, its output)."""
    def start(attributes=None, change=None, **options):
        class Failing(variant(**(attributes or {}))):
            def write(self, extra=""):
                super().write(extra)
                if change:
                    change(self)
        pooler = Failing(postgres, wait=False, **options)
        try:
            status = pooler.ends()
            return status, pooler.said() + pooler.log()
        finally:
            pooler.remove()
    return start


@pytest.fixture
def folder():
    """A folder in which every account may write; pytest's own are closed to others."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="weir-"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path, ignore_errors=True)
