import json
import os
import subprocess
from urllib.parse import quote

import pytest

from support.pooler import binary
from support.waiting import DEADLINE


class Bench:
    """Runs `weir bench` to its end."""

    def __init__(self, postgres, folder):
        self.postgres = postgres
        self.folder = folder
        self.processes = []

    def uri(self, user="alice", password=None, server=None, database="app"):
        server = server or self.postgres
        secret = f":{quote(password)}" if password else ""
        return f"postgresql://{user}{secret}@{server.host}:{server.port}/{database}"

    def start(self, *arguments, env=None, **options):
        """The running process; its environment says nothing about PostgreSQL but what `env` does."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        clean.update({"HOME": str(self.folder), **(env or {})})
        process = subprocess.Popen([binary(), "bench", *map(str, arguments)], env=clean, text=True, cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.processes.append(process)
        return process

    def end(self):
        """Kills what still runs after a test that failed."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def run(self, *arguments, env=None):
        """The finished process."""
        process = self.start(*arguments, env=env)
        output, errors = process.communicate(timeout=DEADLINE)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def report(self, *arguments, code=0, env=None):
        """The report, read from JSON on the output."""
        done = self.run("--json", "-", "--quiet", *arguments, env=env)
        assert done.returncode == code, done.stderr + done.stdout
        return json.loads(done.stdout)


@pytest.fixture
def bench(postgres, tmp_path):
    bench = Bench(postgres, tmp_path)
    yield bench
    bench.end()


@pytest.fixture
def counter(postgres):
    """A sequence; its value is how often a client asked for the next one."""
    postgres.sql("drop sequence if exists bench_counter")
    postgres.sql("create sequence bench_counter minvalue 0 start 0")

    class Counter:
        sql = "select nextval('bench_counter')"

        @staticmethod
        def value():
            return int(postgres.sql(Counter.sql).rows[0][0])
    yield Counter
    postgres.sql("drop sequence bench_counter")
