"""Short queries: their rate, their latency and their cost in the pooler."""

from ..clients import pgbench
from ..poolers.pooler import Need
from .cell import PROCESSOR_PARTS, Cell, Measure, processor_figures


class Throughput(Cell):
    group = "Queries"
    measures = (
        Measure("us", "processor time per transaction", "µs", parts=PROCESSOR_PARTS),
        Measure("tps", "transactions per second", "/s", better="more", digits=0),
        Measure("p50_ms", "latency, median", "ms", digits=3),
        Measure("p99_ms", "latency, 99th percentile", "ms", digits=3))
    measures_pooler_only = False

    def __init__(self, protocol, clients):
        self.protocol = protocol
        self.clients = clients
        self.name = f"{protocol}-{clients}"
        self.needs = frozenset({"trust", protocol})
        self.title = f"{protocol} protocol, {clients:,} client{'s' if clients > 1 else ''}"
        self.explanation = f"pgbench -S -M {protocol} -c {clients} -j {min(clients, 2)}"

    def need(self):
        return Need(self.clients)

    def duration(self, options):
        return options.seconds + 0.9 + self.clients / 300

    def measure(self, running, base, options):
        window = pgbench.measure(running, base, options.seconds, self.clients, protocol=self.protocol)
        figures = {"tps": window.rate, "transactions": window.transactions,
                   "p50_ms": window.percentile(0.50) / 1000, "p99_ms": window.percentile(0.99) / 1000}
        return {**figures, **processor_figures(window)} if running.process else figures
