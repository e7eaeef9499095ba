"""Large transfers: the pooler's cost for each gigabyte."""

import time

from ..clients import bulk
from ..measure.processor import ProcessorTime
from .cell import Cell, Measure


class Bulk(Cell):
    group = "Large transfers"
    measures = (Measure("s_per_gb", "processor time per GB", "s", digits=3,
                        parts=(("user_s", "user"), ("system_s", "system"))),)

    def duration(self, options):
        return options.seconds + 2

    def measure(self, running, base, options):
        spent, volume = ProcessorTime(), 0
        end = time.monotonic() + options.seconds
        with bulk.emptied(base), bulk.login(running) as client:
            while not volume or time.monotonic() < end:
                self.prepare(base)
                before = running.processor()
                volume += self.transfer(client)
                spent += running.processor() - before
            client.terminate()
        total, user, system = spent.per(volume, 1e9)
        return {"s_per_gb": total, "user_s": user, "system_s": system, "bytes": volume}

    def prepare(self, base):
        """Prepares each transfer."""

    def transfer(self, client):
        """One transfer; returns its bytes."""
        raise NotImplementedError


class CopyOut(Bulk):
    name = "copy-out"
    title = "COPY to the client"
    explanation = "COPY lines TO STDOUT, 106 MB, repeatedly; rows of 100 characters"

    def transfer(self, client):
        return bulk.receive(client, "copy lines to stdout")


class CopyIn(Bulk):
    name = "copy-in"
    title = "COPY from the client"
    explanation = "COPY copied FROM STDIN, 98 MB in CopyData messages of 8 kB, as psql sends them, repeatedly"

    def prepare(self, base):
        base.command("truncate copied")

    def transfer(self, client):
        return bulk.send(client, "copy copied from stdin")


class LargeSelect(Bulk):
    name = "select"
    title = "SELECT of a million rows"
    explanation = "select * from lines, 111 MB in rows of 100 characters, repeatedly; simple protocol"

    def transfer(self, client):
        return bulk.receive(client, "select * from lines")
