"""Weir, on either engine: .build/release/weir, or the one that WEIR= names."""

import os
import re

from .. import ROOT
from ..measure import processes
from .pgbouncer import PgBouncer
from .pooler import POOL_SIZE, NotFound, PoolerFailed, named_by


class Weir(PgBouncer):
    install = "swift build -c release --product weir"

    def __init__(self, key, engine, workers=1):
        """`engine`: "epoll", "io_uring", or "auto" for Weir's choice."""
        super().__init__(key)
        self.engine = engine
        self.workers = workers
        self.has_engine_setting = True
        self.abilities = self.abilities | {"prepared"}
        self.title = f"Weir ({engine})" if workers == 1 else f"Weir ({workers} workers)"
        self.note = f"Transaction pooling, {POOL_SIZE} servers, {workers} worker{'s' if workers > 1 else ''}."
        if workers > 1:
            # One worker is the like-for-like comparison; more are shown where clients wait for servers.
            self.only_cells = {"simple-64", "simple-1000", "extended-64", "extended-1000"}

    def find(self):
        self.binary = named_by("WEIR", os.path.join(ROOT, ".build", "release", "weir"))
        if not self.binary:
            raise NotFound(f"not built; {self.install}, or set WEIR=")

    def version(self):
        said = super().version()
        ours = re.search(r"\((Weir [^)]*)\)", said)
        return (ours[1] if ours else said).removeprefix("Weir ")

    def command(self, site):
        engine = {"io_engine": self.engine} if self.has_engine_setting else {}
        return [self.binary, "-q", self.configuration(site, workers=self.workers, **engine)]

    def start(self, base, need):
        try:
            return super().start(base, need)
        except PoolerFailed as error:
            # A Weir older than the setting has only epoll.
            if "unknown parameter" not in str(error) or "io_engine" not in str(error) or self.engine == "io_uring":
                raise
            self.has_engine_setting = False
            return super().start(base, need)

    def check(self, running):
        """Checks the engine in use by the descriptors that are open."""
        opened = processes.descriptors(running.process.pid)
        has_ring = any("io_uring" in name for name in opened)
        if self.engine == "io_uring" and not has_ring and any("eventpoll" in name for name in opened):
            raise PoolerFailed("io_uring was requested, but it uses epoll")
        if self.engine == "epoll" and has_ring:
            raise PoolerFailed("epoll was requested, but it uses io_uring")
