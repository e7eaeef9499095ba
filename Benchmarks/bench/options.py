"""The command line."""

import argparse

DESCRIPTION = """\
Measures Weir, other poolers and a direct connection in one run, alternating, for several rounds.
Writes every figure to Benchmarks/results/DATE-NAME.json, and a page with the results beside it."""

EPILOGUE = """\
WEIR, PGBOUNCER, ODYSSEY and PGAGROAL name programs to measure; WEIR's is .build/release/weir by default, the
others' is the installed one. Benchmarks/README.md explains how to read the results."""


def parse(arguments=None):
    parser = argparse.ArgumentParser(prog="script/bench", description=DESCRIPTION, epilog=EPILOGUE,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true",
                        help="about five minutes: one round, short runs, Weir, PgBouncer, floor and no pooler only")
    parser.add_argument("--rounds", type=positive, help="runs of each pooler in each cell (3; quick: 1)")
    parser.add_argument("--seconds", type=positive_seconds, help="measured seconds of one run (4; quick: 2)")
    parser.add_argument("--only", type=names, metavar="CELL,…", help="only these cells; * and ? match (see --list)")
    parser.add_argument("--poolers", type=names, metavar="NAME,…", help="only these poolers (see --list)")
    parser.add_argument("--clients", type=counts, default=[1, 16, 64, 1000], metavar="N,…",
                        help="clients of the query cells (1,16,64,1000)")
    parser.add_argument("--idle", type=positive, default=10_000, help="clients of the crowded cells (10000)")
    parser.add_argument("--churn-minutes", type=positive_seconds, help="length of the churn cell (1; quick: 0.2)")
    parser.add_argument("--scale", type=positive, default=10, help="pgbench scale (10)")
    parser.add_argument("--name", help="last part of the file name of the results (full or quick)")
    parser.add_argument("--output", metavar="FOLDER", help="where results go (Benchmarks/results)")
    parser.add_argument("--list", action="store_true", help="list the planned runs and their duration, and exit")
    parser.add_argument("--page", metavar="FILE.json", help="write the page of an earlier run again, and exit")
    options = parser.parse_args(arguments)
    for name, full, quick in (("rounds", 3, 1), ("seconds", 4.0, 2.0), ("churn_minutes", 1.0, 0.2),
                              ("name", "full", "quick")):
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else full)
    return options


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return number


def positive_seconds(text):
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return number


def counts(text):
    return [positive(part) for part in names(text)]


def names(text):
    return [part.strip() for part in text.split(",") if part.strip()]
