"""The processor time of a pooler, including all its processes and threads."""

import dataclasses
import os

from . import processes

TICK = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass(frozen=True)
class ProcessorTime:
    """The processor seconds since the processes began.

    `total` comes from the scheduler, in nanoseconds. The kernel counts `user` and `system` in hundredths of a second;
    they only give the proportion in which the total is divided.
    """

    total: float = 0.0
    user: float = 0.0
    system: float = 0.0

    def __add__(self, other):
        return ProcessorTime(self.total + other.total, self.user + other.user, self.system + other.system)

    def __sub__(self, earlier):
        return ProcessorTime(self.total - earlier.total, self.user - earlier.user, self.system - earlier.system)

    def per(self, count, scale=1.0):
        """(total, user, system), each divided by `count` and multiplied by `scale`."""
        ticks = self.user + self.system
        share = self.user / ticks if ticks > 0 else 0.0
        total = self.total * scale / count
        return total, total * share, total * (1 - share)


def spent(pids):
    """The processor time of these processes and of their children that have ended."""
    total = ProcessorTime()
    for pid in pids:
        fields = processes.stat(pid)
        if fields is None:
            continue
        user, system, ended_user, ended_system = (int(field) / TICK for field in fields[11:15])
        # The larger of the two: schedstat omits threads that have ended, stat is rounded down.
        own = max(scheduled(pid), user + system)
        total += ProcessorTime(own + ended_user + ended_system, user + ended_user, system + ended_system)
    return total


def scheduled(pid):
    """The seconds that the living threads of a process have run."""
    nanoseconds = 0
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/schedstat", encoding="utf-8") as file:
                nanoseconds += int(file.read().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return nanoseconds / 1e9
