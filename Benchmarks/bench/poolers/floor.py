"""The floor: Benchmarks/Forwarder, which only forwards bytes on Weir's engine."""

import os
import subprocess

from .. import ROOT
from .pooler import NotFound, Pooler, executable


class Floor(Pooler):
    title = "floor"
    pools = None
    abilities = Pooler.abilities | {"prepared"}
    install = "swift build -c release --product forwarder"

    def __init__(self, key, engine):
        self.key = key
        self.engine = engine
        self.title = f"floor ({engine})"
        self.note = (f"A bare forwarder on Weir's {engine} engine: one server for each client, bytes forwarded "
                     "without inspection. No pooler on this engine can cost less per byte; a pooler can still beat "
                     "it with many clients, because PostgreSQL then has fewer connections.")

    def find(self):
        self.binary = executable(os.path.join(ROOT, ".build", "release", "forwarder"))
        if not self.binary:
            raise NotFound(f"not built; {self.install}")
        asked = subprocess.run([self.binary, "--help"], capture_output=True, text=True, check=False)
        if self.engine not in asked.stdout:
            raise NotFound(f"this build of the forwarder has no {self.engine} engine")

    def version(self):
        return ""

    def command(self, site):
        return [self.binary, "--listen", f"127.0.0.1:{site.port}", "--server", f"127.0.0.1:{site.database.port}",
                "--engine", self.engine]
