"""Executes a plan. A failure in one cell is recorded and does not stop the others."""

import subprocess

from support.wire import Disconnected, PeerError

from .clients.pgbench import LoadFailed
from .poolers.pooler import PoolerFailed
from .progress import Progress

#: The errors that a pooler can cause. Any other is a bug of the benchmark and ends the run.
FAILURES = (PoolerFailed, LoadFailed, PeerError, Disconnected, OSError, AssertionError, subprocess.SubprocessError)


def run(plan, base, options, results):
    """Adds the outcome of every run to `results`, which may be written whenever this ends."""
    progress = Progress(plan.runs, options)
    for one in plan.runs:
        progress.start(one)
        if failed_twice(results, one):
            results.add_failure(one, "not tried again")
            progress.end(one, "not tried again")
            continue
        try:
            figures = one.cell.run(one.pooler, base, options)
        except FAILURES as error:
            reason = str(error) or type(error).__name__
            results.add_failure(one, reason)
            progress.end(one, f"FAILED: {reason}")
        else:
            results.add(one, figures)
            progress.end(one, summary(one.cell, figures))


def failed_twice(results, one):
    outcomes = results.outcomes(one.cell.name, one.pooler.key)
    return len(outcomes) >= 2 and all("failed" in outcome for outcome in outcomes)


def summary(cell, figures):
    shown = [measure for measure in cell.measures if measure.key in figures]
    return ", ".join(f"{figures[measure.key]:,.{measure.digits}f} {measure.unit}" for measure in shown)
