"""What the system says about a process, and pgbench beside a test."""

import os
import re
import subprocess

from . import account
from .postgres import newest_programs


def memory(pid, field="VmRSS"):
    """MiB; `VmHWM` is the most that has been resident."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(re.search(rf"^{field}:\s+(\d+) kB", file.read(), re.M).group(1)) / 1024


class Pgbench:
    """pgbench through the pooler, from now until `result()`."""

    def __init__(self, pooler, seconds, clients=4, user="carol"):
        self.folder = pooler.folder
        self.script = os.path.join(self.folder, "bench.sql")
        with open(self.script, "w", encoding="utf-8") as file:
            file.write("select 1;\n")
        self.prefix = os.path.join(self.folder, "bench")
        self.process = subprocess.Popen(
            [os.path.join(newest_programs(), "pgbench"), "-n", "-h", pooler.host, "-p", str(pooler.port), "-U", user,
             "-c", str(clients), "-T", str(seconds), "-f", self.script, "-l", "--log-prefix", self.prefix, "app"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder, **account.popen_options())

    def result(self):
        """Waits for the end. Returns milliseconds of the slowest, of the 99th percentile, and transactions."""
        output, _ = self.process.communicate(timeout=50)
        assert self.process.returncode == 0, output
        assert "aborted" not in output and "ERROR" not in output, output
        times = []
        for name in os.listdir(self.folder):
            if name.startswith("bench."):
                path = os.path.join(self.folder, name)
                if path != self.script:
                    with open(path, encoding="utf-8") as file:
                        times += [int(line.split()[2]) / 1000 for line in file]
        times.sort()
        assert times, output
        return {"max": times[-1], "p99": times[int(len(times) * 0.99)], "count": len(times)}


def report(name, **figures):
    """A line that `pytest -s` shows."""
    print(f"\n{name}:", {key: round(value, 1) for key, value in figures.items()})
