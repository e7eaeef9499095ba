"""The results: every run, and the medians of the rounds. This is the content of the JSON file."""

import datetime
import json
import os
import statistics

from .measure import machine
from .poolers.pooler import POOL_SIZE

#: The version of the JSON's structure.
SCHEMA = 2


class Results:
    def __init__(self, plan, options, base):
        now = datetime.datetime.now(datetime.timezone.utc)
        self.content = {
            "schema": SCHEMA, "when": now.isoformat(timespec="seconds"), "name": options.name, "complete": False,
            "machine": machine.describe(), "postgres": base.version, "pool_size": POOL_SIZE,
            "options": {"rounds": options.rounds, "seconds": options.seconds, "scale": options.scale,
                        "quick": options.quick},
            "poolers": {pooler.key: {"title": pooler.title, "version": pooler.version(), "note": pooler.note}
                        for pooler in plan.poolers},
            "missing": plan.missing,
            "cells": {cell.name: self._describe(cell, plan) for cell in plan.cells}}

    @staticmethod
    def _describe(cell, plan):
        return {"title": cell.title, "group": cell.group, "explanation": cell.explanation,
                "measures": [vars(measure) for measure in cell.measures],
                "not_measured": {key: reason for key, reason in plan.objections[cell.name].items() if reason},
                "runs": {}}

    def add(self, run, figures):
        self._runs(run).append({"round": run.round, **figures})

    def add_failure(self, run, reason):
        self._runs(run).append({"round": run.round, "failed": reason})

    def outcomes(self, cell, pooler):
        return self.content["cells"][cell]["runs"].get(pooler, [])

    def _runs(self, run):
        return self.content["cells"][run.cell.name]["runs"].setdefault(run.pooler.key, [])

    def finish(self, complete):
        """Adds the figures computed from the runs."""
        self.content["complete"] = complete
        add_latency(self.content["cells"])
        for cell in self.content["cells"].values():
            cell["medians"] = {key: medians(runs) for key, runs in cell["runs"].items() if good(runs)}

    def write(self, folder):
        """Writes the JSON file under an unused name; returns its path."""
        os.makedirs(folder, exist_ok=True)
        stem = os.path.join(folder, f"{self.content['when'][:10]}-{self.content['name']}")
        path, number = f"{stem}.json", 1
        while os.path.exists(path):
            number += 1
            path = f"{stem}-{number}.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.content, file, indent=1, ensure_ascii=False)
            file.write("\n")
        return path


def good(runs):
    """The runs that did not fail."""
    return [run for run in runs if "failed" not in run]


def medians(runs):
    runs = good(runs)
    keys = [key for key, value in runs[0].items() if key != "round" and isinstance(value, (int, float))]
    return {key: statistics.median(run[key] for run in runs) for key in keys}


def values(cell, pooler, measure):
    """A measure of a pooler in every round that did not fail."""
    return [run[measure] for run in good(cell["runs"].get(pooler, [])) if measure in run]


def add_latency(cells):
    """The cells of added latency: how much longer one client waits than without a pooler, in the same round."""
    for protocol in ("simple", "extended"):
        cell = cells.get(f"{protocol}-1")
        if not cell or "direct" not in cell["runs"]:
            continue
        direct = {run["round"]: run for run in good(cell["runs"]["direct"])}
        runs = {key: [{"round": run["round"], **{f"{name}_us": (run[f"{name}_ms"] - direct[run["round"]][f"{name}_ms"])
                                                 * 1000 for name in ("p50", "p99")}}
                      for run in good(outcomes) if run["round"] in direct]
                for key, outcomes in cell["runs"].items() if key != "direct"}
        cells[f"added-{protocol}"] = {
            "title": f"{protocol} protocol, 1 client", "group": "Added latency",
            "explanation": "The latency of the query cell minus that of a direct connection in the same round",
            "measures": [{"key": f"{name}_us", "title": title, "unit": "µs", "better": "less", "digits": 1, "parts": ()}
                         for name, title in (("p50", "added to the median"), ("p99", "added to the 99th percentile"))],
            "not_measured": {}, "runs": {key: outcomes for key, outcomes in runs.items() if outcomes}}
