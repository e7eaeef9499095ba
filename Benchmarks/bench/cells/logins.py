"""Clients that connect, send one query and disconnect."""

import contextlib
import os
import tempfile

from .. import database
from ..clients import pgbench
from ..poolers.pooler import Need
from .cell import PROCESSOR_PARTS, Cell, Measure, processor_figures

CLIENTS = 8


class Logins(Cell):
    group = "Log-ins"
    measures = (
        Measure("us", "processor time per log-in", "µs", parts=PROCESSOR_PARTS),
        Measure("logins", "log-ins per second", "/s", better="more", digits=0))
    measures_pooler_only = False

    def __init__(self, auth):
        self.auth = auth
        self.name = "logins-trust" if auth == "trust" else "logins-scram"
        self.title = "trusted" if auth == "trust" else "SCRAM-SHA-256"
        self.needs = frozenset({auth})
        self.explanation = f"pgbench -C, {CLIENTS} clients: connect, select 1, disconnect"
        if auth != "trust":
            self.explanation += ("; the client's part of SCRAM takes most of the time, so the processor time is "
                                 "more informative than the rate")

    def need(self):
        return Need(CLIENTS, self.auth)

    def duration(self, options):
        return options.seconds + 1.0

    def measure(self, running, base, options):
        with one_query() as path:
            window = pgbench.measure(running, base, options.seconds, CLIENTS, ("-f", path), reconnecting=True,
                                     **self.identity())
        figures = {"logins": window.rate}
        return {**figures, **processor_figures(window)} if running.process else figures

    def identity(self):
        if self.auth == "trust":
            return {}
        return {"user": database.SCRAM_USER, "password": database.SCRAM_PASSWORD}


@contextlib.contextmanager
def one_query():
    """The path of a pgbench script with one short query."""
    with tempfile.NamedTemporaryFile("w", prefix="weir-bench-", suffix=".sql", encoding="utf-8") as file:
        file.write("select 1;\n")
        file.flush()
        yield os.path.abspath(file.name)
