"""The progress of a run, and the remaining time."""

import shutil
import sys
import time


class Progress:
    """Prints a line on standard error for the current run, and one for each run that has ended."""

    def __init__(self, runs, options):
        self.expected = [run.cell.duration(options) for run in runs]
        self.total = sum(self.expected)
        self.done = 0.0
        self.count = 0
        self.began = time.monotonic()
        self.is_terminal = sys.stderr.isatty()

    def start(self, run):
        self.status(f"[{self.count + 1}/{len(self.expected)}, {minutes(self.left())} left] "
                    f"{run.cell.name}, round {run.round}: {run.pooler.key} …")

    def end(self, run, outcome):
        self.done += self.expected[self.count]
        self.count += 1
        self.line(f"{run.cell.name}, round {run.round}, {run.pooler.key}: {outcome}")

    def left(self):
        """The remaining seconds: the estimate, corrected by its accuracy so far."""
        elapsed = time.monotonic() - self.began
        pace = elapsed / self.done if self.done > 20 else 1.0
        return (self.total - self.done) * pace

    def status(self, text):
        if self.is_terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{text[:width]}", end="", file=sys.stderr, flush=True)

    def line(self, text):
        clear = "\r\033[K" if self.is_terminal else f"[{self.count}/{len(self.expected)}, {minutes(self.left())} left] "
        print(f"{clear}{text}", file=sys.stderr, flush=True)


def minutes(seconds):
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
