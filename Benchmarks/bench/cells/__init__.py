"""The cells, the measurements of a run: one file for each kind."""

from .bulk import CopyIn, CopyOut, LargeSelect
from .churn import Churn
from .crowd import Crowd
from .idle_memory import IdleMemory
from .logins import Logins
from .start import Start
from .throughput import Throughput

#: TLS gets a line here, and a word in the poolers' `abilities`.
PROTOCOLS = ("simple", "extended", "prepared")


def all_cells(options):
    """Every cell, in the order of running and showing them."""
    cells = [Throughput(protocol, clients) for protocol in PROTOCOLS for clients in options.clients]
    cells += [CopyOut(), CopyIn(), LargeSelect()]
    cells += [Logins("trust"), Logins("scram-sha-256")]
    cells += [IdleMemory(options.idle), Crowd(options.idle, min(100, options.idle)), Start()]
    return cells + [Churn(options.churn_minutes)]
