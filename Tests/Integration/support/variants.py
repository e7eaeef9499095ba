"""Poolers started in other ways than most tests start them, and what is known of their processes."""

import os

import pytest

from . import account
from .pooler import Pooler
from .waiting import eventually

#: The account that a process started as root changes to.
ACCOUNT = account.unprivileged()

as_root = pytest.mark.skipif(ACCOUNT is None, reason="only root can become another account")


class ServicePooler(Pooler):
    """A pooler started with other arguments, another environment or another account."""

    arguments = ("-q",)
    environment = {}
    is_root = False
    limits = None
    program = None

    def command(self):
        return [self.program or super().command()[0], *self.arguments, self.ini]

    def popen_options(self):
        options = {} if self.is_root else super().popen_options()
        options["env"] = {**os.environ, **self.environment}
        if type(self).limits:
            options["preexec_fn"] = type(self).limits  # not bound to the pooler
        return options


def variant(**attributes):
    """A class of poolers with these attributes."""
    return type("Variant", (ServicePooler,), attributes)


def name_of(process):
    """What ps and pkill --exact know a process by."""
    with open(f"/proc/{process}/comm", encoding="ascii") as file:
        return file.read().strip()


def is_gone(process):
    """Whether a process that is not a child of this one has ended."""
    def gone():
        try:
            with open(f"/proc/{process}/stat", encoding="ascii") as file:
                return file.read().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            return True
    return eventually(gone, f"the end of process {process}")
