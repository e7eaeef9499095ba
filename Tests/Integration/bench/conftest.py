import json
import os
import subprocess
from urllib.parse import quote

import pytest

from support.pooler import binary


class Bench:
    """Runs `weir bench` to its end."""

    def __init__(self, postgres, folder):
        self.postgres = postgres
        self.folder = folder

    def uri(self, user="alice", password=None, server=None, database="app"):
        server = server or self.postgres
        secret = f":{quote(password)}" if password else ""
        return f"postgresql://{user}{secret}@{server.host}:{server.port}/{database}"

    def start(self, *arguments, env=None, **options):
        """The running process; its environment says nothing about PostgreSQL but what `env` does."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        clean.update({"HOME": str(self.folder), **(env or {})})
        return subprocess.Popen([binary(), "bench", *map(str, arguments)], env=clean, text=True, cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run(self, *arguments, env=None):
        """The finished process."""
        process = self.start(*arguments, env=env)
        output, errors = process.communicate(timeout=50)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def report(self, *arguments, code=0, env=None):
        """The report, read from JSON on the output."""
        done = self.run("--json", "-", "--quiet", *arguments, env=env)
        assert done.returncode == code, done.stderr + done.stdout
        return json.loads(done.stdout)


@pytest.fixture
def bench(postgres, tmp_path):
    return Bench(postgres, tmp_path)


@pytest.fixture
def counter(postgres):
    """A sequence; its value is how often somebody asked for the next one."""
    postgres.sql("create sequence bench_counter minvalue 0 start 0")

    class Counter:
        sql = "select nextval('bench_counter')"

        @staticmethod
        def value():
            return int(postgres.sql(Counter.sql).rows[0][0])
    yield Counter
    postgres.sql("drop sequence bench_counter")
