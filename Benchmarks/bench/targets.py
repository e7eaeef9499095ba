"""Weir's targets, and whether this run meets them."""

import dataclasses

RING, EPOLL, OTHER = "weir-io_uring", "weir-epoll", "pgbouncer"
#: The PgBouncer version for which the ratios were set.
OTHER_VERSION = "1.25"
PROTOCOLS = ("simple", "extended")


@dataclasses.dataclass(frozen=True)
class Target:
    """The ratio of `weir` to PgBouncer, or a figure of Weir alone, with its limit."""

    title: str
    cell: str
    measure: str
    weir: str
    limit: float
    more_is_better: bool = False
    #: Whether the limit applies to the ratio to PgBouncer's figure, or else to Weir's figure.
    is_ratio: bool = True
    unit: str = ""
    digits: int = 1


def targets():
    yield from processor_time(RING, (("1", 0.95), ("16", 0.90), ("64", 0.70), ("1000", 0.60)))
    yield from processor_time(EPOLL, (("1", 1.00), ("16", 1.00), ("64", 1.00), ("1000", 1.00)))
    for protocol in PROTOCOLS:
        for clients, limit in (("1", 1.0), ("16", 1.0), ("64", 1.15), ("1000", 1.20)):
            yield Target(f"transactions per second, {protocol}, {plural(clients)}", f"{protocol}-{clients}", "tps",
                         RING, limit, more_is_better=True, unit="/s", digits=0)
    yield Target("processor time per GB, COPY out", "copy-out", "s_per_gb", RING, 0.60, unit="s", digits=3)
    yield Target("resident bytes per idle client", "idle-memory", "bytes", RING, 0.85, unit="B", digits=0)
    yield Target("resident bytes per idle client", "idle-memory", "bytes", RING, 2000, is_ratio=False, unit="B",
                 digits=0)
    for protocol in PROTOCOLS:
        yield Target(f"added latency, 99th percentile, {protocol}, 1 client", f"added-{protocol}", "p99_us", RING, 1.0,
                     unit="µs")
    for weir in (RING, EPOLL):
        yield Target("processor time per transaction, crowded : alone", "crowd", "ratio", weir, 1.10, is_ratio=False,
                     digits=3)
    for weir in (RING, EPOLL):
        yield Target("memory growth while clients come and go", "churn", "growth_percent", weir, 1.0, is_ratio=False,
                     unit="%", digits=2)


def processor_time(weir, limits):
    for protocol in PROTOCOLS:
        for clients, limit in limits:
            yield Target(f"processor time per transaction, {protocol}, {plural(clients)}", f"{protocol}-{clients}",
                         "us", weir, limit, unit="µs")


def plural(clients):
    return "1 client" if clients == "1" else f"{int(clients):,} clients"


@dataclasses.dataclass(frozen=True)
class Verdict:
    target: Target
    #: Weir's median and PgBouncer's; None when not measured.
    weir: float | None
    other: float | None
    #: The value compared with the limit.
    value: float | None
    #: None if unknown.
    passed: bool | None


def judge(content):
    """A verdict on every target whose cell is in the results."""
    return [verdict(target, content["cells"][target.cell]) for target in targets() if target.cell in content["cells"]]


def verdict(target, cell):
    weir = cell["medians"].get(target.weir, {}).get(target.measure)
    other = cell["medians"].get(OTHER, {}).get(target.measure)
    value = weir
    if target.is_ratio:
        value = weir / other if weir is not None and other is not None and other > 0 else None
    if value is None:
        passed = None
    else:
        passed = value >= target.limit if target.more_is_better else value <= target.limit
    return Verdict(target, weir, other, value, passed)
