"""No pooler: clients connect directly to PostgreSQL."""

from .pooler import Pooler
from .running import RunningDirect


class Direct(Pooler):
    key = "direct"
    title = "no pooler"
    pools = None
    abilities = Pooler.abilities | {"prepared"}
    note = "Clients connect directly to PostgreSQL, one server connection each."

    def find(self):
        pass

    def version(self):
        return ""

    def start(self, base, need):
        return RunningDirect(self, base)
