"""script/bench, from the command line to the written results."""

import json
import os
import signal
import sys

from . import ROOT, database, options as command_line, plan as planning, progress, runner
from .clients.idle import raise_file_limit
from .report import page, table
from .results import SCHEMA, Results


#: These signals act like Ctrl-C: everything that was started is stopped.
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt(*_):
    """Acts only the first time, so that repeated signals leave nothing running."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main():
    options = command_line.parse()
    if options.page:
        return rewrite_page(options.page)
    try:
        plan = planning.make(options)
        # A pooler holds its clients and a few servers; the floor holds a server for each client of the query cells.
        raise_file_limit(max(options.idle, 2 * max(options.clients)) + 1000)
    except (planning.UsageError, PermissionError) as error:
        return complain(error)
    if options.list:
        announce(plan, options)
        return 0
    for number in ENDINGS:
        signal.signal(number, interrupt)
    return measure(plan, options)


def measure(plan, options):
    results, complete = None, False
    try:
        base = database.Database(options.scale, max([*options.clients, 200]))
        try:
            planning.without_broken(plan, base)
            announce(plan, options)
            if not plan.runs:
                return complain("nothing to run")
            results = Results(plan, options, base)
            runner.run(plan, base, options, results)
            complete = True
        finally:
            base.remove()
    except KeyboardInterrupt:
        print("\ninterrupted: everything is stopped", file=sys.stderr)
    if results is None or not any(cell["runs"] for cell in results.content["cells"].values()):
        return 130
    results.finish(complete)
    path = results.write(options.output or os.path.join(ROOT, "Benchmarks", "results"))
    print(table.render(results.content))
    print(f"\nEvery figure: {os.path.relpath(path)}")
    print(f"The page:     {os.path.relpath(page.write(path, results.content))}")
    return 0 if complete else 130


def rewrite_page(path):
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    if content.get("schema") != SCHEMA:
        return complain(f"{path} was not written by this version of the benchmark")
    print(page.write(path, content))
    return 0


def announce(plan, options):
    for pooler in plan.poolers:
        print(f"{pooler.key}: {pooler.title} {pooler.version()}".rstrip(), file=sys.stderr)
    for key, reason in plan.missing.items():
        print(f"{key}: not measured: {reason}", file=sys.stderr)
    seconds = sum(run.cell.duration(options) for run in plan.runs)
    print(f"cells: {', '.join(cell.name for cell in plan.cells)}", file=sys.stderr)
    print(f"{len(plan.runs)} runs, about {progress.minutes(seconds)}\n", file=sys.stderr)


def complain(error):
    print(f"script/bench: {error}", file=sys.stderr)
    return 2
