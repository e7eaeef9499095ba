"""Measures whether idle connections make a transaction more expensive."""

from ..clients import idle, pgbench
from ..poolers.pooler import Need
from .cell import Cell, Measure, processor_figures


class Crowd(Cell):
    name = "crowd"
    group = "Many clients"
    many_clients = True
    measures = (
        Measure("ratio", "crowded : alone", "", digits=3),
        Measure("us_crowded", "per transaction, crowded", "µs"),
        Measure("us_alone", "per transaction, alone", "µs"))

    def __init__(self, connected, active):
        self.connected = connected
        self.active = active
        self.title = f"{connected:,} connected, {active} of them active"
        self.explanation = (f"Processor time with pgbench -S -c {active}, through one process: alone, then beside "
                            f"{connected - active:,} idle clients, then alone again; alone is the mean of the two")

    def need(self):
        return Need(self.connected)

    def duration(self, options):
        return 3 * options.seconds + 3 + self.connected / 5000

    def measure(self, running, base, options):
        def measured():
            return processor_figures(pgbench.measure(running, base, options.seconds, self.active))["us"]

        before = measured()
        with idle.clients(running.address, self.connected - self.active):
            crowded = measured()
        alone = (before + measured()) / 2
        return {"ratio": crowded / alone, "us_alone": alone, "us_crowded": crowded}
