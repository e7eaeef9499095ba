"""The base class of all cells."""

import dataclasses

from ..poolers.pooler import Need


@dataclasses.dataclass(frozen=True)
class Measure:
    """One figure of a cell."""

    key: str
    title: str
    unit: str
    #: The better direction: "less" or "more".
    better: str = "less"
    digits: int = 1
    #: Keys and names of the parts that make up a bar.
    parts: tuple = ()


class Cell:
    """A measurement of every pooler in turn. Subclasses define what is measured, and how."""

    #: The name on the command line and in results, and the group in which it is shown.
    name = ""
    title = ""
    group = ""
    #: A description of the measurement, for readers of the page.
    explanation = ""
    measures = ()
    #: The abilities that a pooler needs.
    needs = frozenset({"trust"})
    #: Whether it measures only the pooler's own cost, so that a direct connection is excluded.
    measures_pooler_only = True
    #: Whether it is only for poolers that share servers among clients, in a single process.
    many_clients = False
    #: The number of rounds, if it differs from the others'.
    rounds = None

    def need(self):
        """The requirements with which the pooler is started."""
        return Need(clients=1)

    def objection(self, pooler):
        """Why this pooler is excluded from this cell, or None."""
        missing = self.needs - pooler.abilities
        if missing:
            return f"not set up for {', '.join(sorted(missing))}"
        if pooler.only_cells is not None and self.name not in pooler.only_cells:
            return ""
        if self.measures_pooler_only and pooler.key == "direct":
            return ""
        if self.many_clients and pooler.pools != "transactions":
            return "it would need a PostgreSQL connection for each client"
        if self.many_clients and pooler.forks:
            return "it would need a process for each client"
        return None

    def duration(self, options):
        """The approximate total seconds of one run."""
        raise NotImplementedError

    def run(self, pooler, base, options):
        """Starts the pooler, measures, stops it; returns {key: figure}."""
        need = self.need()
        with pooler.start(base, need) as running:
            if pooler.pools == "transactions":
                running.warm(pooler.servers_for(need.clients))
            figures = self.measure(running, base, options)
            running.ensure_alive()
            return figures

    def measure(self, running, base, options):
        raise NotImplementedError


PROCESSOR_PARTS = (("user_us", "user"), ("system_us", "system"))


def processor_figures(window, scale=1e6):
    """Processor time per transaction of a pgbench window, in microseconds."""
    total, user, system = window.processor.per(window.transactions, scale)
    return {"us": total, "user_us": user, "system_us": system}
