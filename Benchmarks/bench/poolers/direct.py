"""No pooler: clients connect to PostgreSQL itself."""

from .pooler import Pooler
from .running import RunningNothing


class Direct(Pooler):
    key = "direct"
    title = "no pooler"
    pools = None
    abilities = Pooler.abilities | {"prepared"}
    note = "Clients connect straight to PostgreSQL, one server each."

    def find(self):
        pass

    def version(self):
        return ""

    def start(self, base, need):
        return RunningNothing(self, base)
