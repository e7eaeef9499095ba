"""The start-up time of a pooler."""

import statistics

from .cell import Cell, Measure

TIMES = 5


class Start(Cell):
    name = "start"
    title = "start-up"
    group = "Starting"
    explanation = (f"From starting the program to the answer to the first query through it, which includes its first "
                   f"connection to PostgreSQL; the median of {TIMES} starts")
    measures = (Measure("ms", "until the first answer", "ms"),)

    def duration(self, options):
        return TIMES * 0.05

    def run(self, pooler, base, options):
        times = []
        for _ in range(TIMES):
            with pooler.start(base, self.need()) as running:
                times.append(running.seconds_to_start * 1000)
        return {"ms": statistics.median(times), "series": times}
