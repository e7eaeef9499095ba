"""The resident memory of a pooler."""

import os
import re
import time

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pids):
    """In bytes. For several processes, the sum of their proportional shares (Pss): shared memory counts once."""
    if len(pids) == 1:
        with open(f"/proc/{pids[0]}/statm", encoding="utf-8") as file:
            return int(file.read().split()[1]) * PAGE
    return sum(share(pid) for pid in pids)


def share(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as file:
            return int(re.search(r"^Pss:\s+(\d+) kB", file.read(), re.MULTILINE)[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0


def settled(read, pause=0.2, limit=10):
    """The first value that `read()` returns twice in a row; after `limit` seconds, the last one."""
    end = time.monotonic() + limit
    last = read()
    while time.monotonic() < end:
        time.sleep(pause)
        now = read()
        if now == last:
            break
        last = now
    return last
