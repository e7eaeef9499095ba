"""Whether a transaction costs more because others are connected."""

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
        self.explanation = (f"Processor time with pgbench -S -c {active}, twice through the same process: first alone, "
                            f"then beside {connected - active:,} idle clients")

    def need(self):
        return Need(self.connected)

    def duration(self, options):
        return 2 * options.seconds + 2 + self.connected / 5000

    def measure(self, running, base, options):
        alone = pgbench.measure(running, base, options.seconds, self.active)
        with idle.clients(running.address, self.connected - self.active):
            crowded = pgbench.measure(running, base, options.seconds, self.active)
        us_alone, us_crowded = (processor_figures(window)["us"] for window in (alone, crowded))
        return {"ratio": us_crowded / us_alone, "us_alone": us_alone, "us_crowded": us_crowded,
                "tps_alone": alone.rate, "tps_crowded": crowded.rate}
