import os
import subprocess

import pytest

from support.examples import program


@pytest.fixture
def start(tmp_path):
    """Starts examples, whose environment says nothing about PostgreSQL; what still runs after the test is killed."""
    started = []

    def start(name, *arguments):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        process = subprocess.Popen(
            [program(name), *map(str, arguments)], env={**clean, "HOME": str(tmp_path)}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        started.append(process)
        return process
    yield start
    for process in started:
        process.kill()
        process.communicate()
