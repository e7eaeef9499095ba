"""The plan of a run: which pooler is measured in which cell, and in which order."""

import dataclasses
import fnmatch

from . import cells, poolers
from .cells.cell import Cell
from .poolers.pooler import Need, NotFound, Pooler, PoolerFailed

#: The poolers and cells that a quick run omits unless they are named.
NOT_QUICK = {"weir-2-workers", "pgbouncer-system", "pgpool", "odyssey", "pgagroal", "floor-epoll"}


class UsageError(Exception):
    """A name on the command line does not exist."""


@dataclasses.dataclass(frozen=True)
class Run:
    cell: Cell
    pooler: Pooler
    round: int


@dataclasses.dataclass
class Plan:
    cells: list
    poolers: list
    #: Pooler key -> what to install.
    missing: dict
    #: Cell name -> {pooler key: why it is excluded}; an empty reason is not shown.
    objections: dict
    runs: list


def make(options):
    known_cells, known_poolers = cells.all_cells(options), poolers.all_poolers()
    chosen_cells = choose(known_cells, [cell.name for cell in known_cells], options.only, "cell")
    chosen_poolers = choose(known_poolers, [pooler.key for pooler in known_poolers], options.poolers, "pooler")
    if options.quick and not options.poolers:
        chosen_poolers = [pooler for pooler in chosen_poolers if pooler.key not in NOT_QUICK]
    found, missing = find(chosen_poolers)
    objections = {cell.name: {pooler.key: cell.objection(pooler) for pooler in found
                              if cell.objection(pooler) is not None} for cell in chosen_cells}
    runs = list(order(chosen_cells, found, objections, options.rounds))
    return Plan(chosen_cells, found, missing, objections, runs)


def choose(things, keys, patterns, kind):
    if not patterns:
        return things
    for pattern in patterns:
        if not fnmatch.filter(keys, pattern):
            raise UsageError(f"no {kind} is named {pattern}; available: {', '.join(keys)}")
    return [thing for thing, key in zip(things, keys) if any(fnmatch.fnmatch(key, pattern) for pattern in patterns)]


def without_broken(plan, base):
    """The plan without poolers that fail to start."""
    for pooler in list(plan.poolers):
        try:
            with pooler.start(base, Need(clients=1)):
                pass
        except PoolerFailed as error:
            plan.poolers.remove(pooler)
            plan.missing[pooler.key] = f"it does not start: {error}"
    keys = {pooler.key for pooler in plan.poolers}
    plan.runs = [run for run in plan.runs if run.pooler.key in keys]


def find(chosen):
    found, missing = [], {}
    for pooler in chosen:
        try:
            pooler.find()
            found.append(pooler)
        except NotFound as error:
            missing[pooler.key] = str(error)
    return found, missing


def order(chosen_cells, found, objections, rounds):
    """Round by round inside a cell, each with another pooler first: a machine that slows down favors none."""
    for cell in chosen_cells:
        taking_part = [pooler for pooler in found if pooler.key not in objections[cell.name]]
        for turn in range(cell.rounds or rounds):
            first = turn * max(1, len(taking_part) // 3) % max(1, len(taking_part))
            turns = taking_part[first:] + taking_part[:first]
            for pooler in turns if turn % 2 == 0 else reversed(turns):
                yield Run(cell, pooler, turn + 1)
