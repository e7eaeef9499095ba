"""The cells: what is measured, one file for each kind."""

from .bulk import CopyIn, CopyOut, LargeSelect
from .churn import Churn
from .crowd import Crowd
from .idle_memory import IdleMemory
from .logins import Logins
from .start import Start
from .throughput import Throughput

#: Prepared statements in transaction mode and TLS get their lines here, and the word in their poolers' `abilities`.
PROTOCOLS = ("simple", "extended")


def all_of_them(options):
    """Every cell, in the order in which they are run and shown."""
    cells = [Throughput(protocol, clients) for protocol in PROTOCOLS for clients in options.clients]
    cells += [CopyOut(), CopyIn(), LargeSelect()]
    cells += [Logins("trust"), Logins("scram-sha-256")]
    cells += [IdleMemory(options.idle), Crowd(options.idle, min(100, options.idle)), Start()]
    return cells + [Churn(options.churn_minutes)]
