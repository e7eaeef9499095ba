"""What all cells have in common."""

import dataclasses

from ..poolers.pooler import Need


@dataclasses.dataclass(frozen=True)
class Measure:
    """One figure of a cell."""

    key: str
    title: str
    unit: str
    #: Which is better: "less" or "more".
    better: str = "less"
    digits: int = 1
    #: Keys of the parts that a bar is stacked from, with their names.
    parts: tuple = ()


class Cell:
    """Something that is measured of every pooler in turn. Subclasses say what and how."""

    #: Name on the command line and in results, and the group it is shown in.
    name = ""
    title = ""
    group = ""
    #: How it was measured, for a reader of the page.
    explanation = ""
    measures = ()
    #: What a pooler must be able to do.
    needs = frozenset({"trust"})
    #: Whether it measures only what the pooler itself spends, so that a direct connection has no part in it.
    measures_pooler_only = True
    #: Only for poolers that share their servers between clients, in one process for all of them.
    many_clients = False
    #: Rounds, if not as many as the others have.
    rounds = None

    def need(self):
        """What the pooler is started with."""
        return Need(clients=1)

    def objection(self, pooler):
        """Why this pooler has no part in this cell, or None."""
        missing = self.needs - pooler.abilities
        if missing:
            return f"not set up for {', '.join(sorted(missing))}"
        if pooler.only_cells is not None and self.name not in pooler.only_cells:
            return ""
        if self.measures_pooler_only and pooler.key == "direct":
            return ""
        if self.many_clients and pooler.pools != "transactions":
            return "it would need a server of PostgreSQL's for each of the clients"
        if self.many_clients and pooler.forks:
            return "it would need a process for each of the clients"
        return None

    def duration(self, options):
        """Seconds that one run will take, roughly, all in all."""
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
