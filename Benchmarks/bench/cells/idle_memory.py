"""Measures the memory of an idle client."""

from ..clients import idle
from ..measure import memory
from ..poolers.pooler import Need
from .cell import Cell, Measure


class IdleMemory(Cell):
    name = "idle-memory"
    group = "Memory"
    many_clients = True

    def __init__(self, clients):
        self.clients = clients
        self.title = f"{clients:,} idle clients"
        self.explanation = ("Resident memory with all of them logged in, minus that of the same process before, "
                            "divided by their number; the pool's servers are open both times. Free memory that a "
                            "pooler retained from its start reduces this figure, so there is a second: the same for the "
                            "later half of the clients")
        self.measures = (
            Measure("bytes", "resident bytes per client", "B", digits=0),
            Measure("later_bytes", "the same, later half", "B", digits=0),
            Measure("empty_mb", "resident before the first", "MB", digits=1))

    def need(self):
        return Need(self.clients)

    def duration(self, options):
        return 2.5 + self.clients / 5000

    def measure(self, running, base, options):
        empty = memory.settled(running.resident)
        half = self.clients // 2
        with idle.clients(running.address, half):
            middle = memory.settled(running.resident)
            with idle.clients(running.address, self.clients - half):
                full = memory.settled(running.resident)
        return {"bytes": (full - empty) / self.clients, "later_bytes": (full - middle) / (self.clients - half),
                "empty_mb": empty / 1e6}
