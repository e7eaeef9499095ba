"""Measures whether memory grows while clients connect and disconnect."""

import threading
import time

from ..clients import pgbench
from ..poolers.pooler import Need
from .cell import Cell, Measure
from .logins import CLIENTS, one_query

#: Seconds between two readings of the memory.
INTERVAL = 0.5


class Churn(Cell):
    name = "churn"
    group = "Memory"
    many_clients = True
    rounds = 1
    measures = (
        Measure("growth_percent", "growth in the second half", "%", digits=2),
        Measure("end_mb", "resident at the end", "MB"))

    def __init__(self, minutes):
        self.minutes = minutes
        self.title = f"{minutes:g} minute{'s' if minutes != 1 else ''} of connecting and disconnecting"
        self.explanation = (f"{CLIENTS} clients connect, send select 1 and disconnect, repeatedly; the largest "
                            "resident memory of the last quarter compared with that of the second quarter")

    def need(self):
        return Need(CLIENTS)

    def duration(self, options):
        return self.minutes * 60 + 4

    def measure(self, running, base, options):
        with one_query() as path, Watch(running) as watch:
            window = pgbench.measure(running, base, self.minutes * 60, CLIENTS, ("-f", path), reconnecting=True)
        quarter = max(1, len(watch.sizes) // 4)
        early, late = max(watch.sizes[quarter:2 * quarter] or watch.sizes), max(watch.sizes[-quarter:])
        return {"growth_percent": (late / early - 1) * 100, "end_mb": watch.sizes[-1] / 1e6,
                "logins": window.transactions, "series": [round(size / 1e6, 3) for size in watch.sizes]}


class Watch:
    """Reads a pooler's memory at intervals, on a separate thread."""

    def __init__(self, running):
        self.running = running
        self.sizes = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def look(self):
        began = time.monotonic()
        while self.running.process.poll() is None:
            self.sizes.append(self.running.resident())
            if self.ended.wait(INTERVAL - (time.monotonic() - began) % INTERVAL):
                break
