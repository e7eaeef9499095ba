"""The table of targets."""

from .. import targets
from . import style
from .markup import tag, text
from .table import limit
from .table import text as figure

WIDTH, HEIGHT = 120, 22
#: The value at the right end of the scale.
FULL = 1.5


def draw(content):
    verdicts = targets.judge(content)
    if not verdicts:
        return tag("p", "No cell of this run has a target.")
    other = style.name(content, targets.OTHER) if targets.OTHER in content["poolers"] else "PgBouncer"
    rows = [tag("tr", *[tag("th", text(words), class_=kind) for words, kind in (
        ("", None), ("engine", None), ("Weir", "figure"), (other, "figure"), ("ratio", "figure"), ("", None),
        ("target", "figure"), ("", None))])]
    return summary(verdicts) + meant_for(content) + tag("table", *rows, *[row(verdict) for verdict in verdicts])


def meant_for(content):
    """A warning if this run's PgBouncer is not the version for which the targets were set."""
    version = content["poolers"].get(targets.OTHER, {}).get("version", targets.OTHER_VERSION)
    if version.startswith(targets.OTHER_VERSION):
        return ""
    return tag("p", f"The targets are for PgBouncer {targets.OTHER_VERSION}; this run had {text(version)}: read "
               "the ratios with care.", class_="wrong")


def summary(verdicts):
    passed = sum(verdict.passed is True for verdict in verdicts)
    failed = sum(verdict.passed is False for verdict in verdicts)
    unknown = len(verdicts) - passed - failed
    words = f"{passed} of {len(verdicts)} targets are met in this run, {failed} are not"
    return tag("p", words + (f", {unknown} unknown" if unknown else "") + ".")


def row(verdict):
    target = verdict.target
    words, kind = {True: ("pass", "pass"), False: ("fail", "fail"), None: ("not measured", "none")}[verdict.passed]
    ratio = f"{verdict.value:.3f}" if target.is_ratio and verdict.value is not None else ""
    return tag(
        "tr", tag("td", text(target.title)), tag("td", text(target.weir.removeprefix("weir-"))),
        tag("td", text(figure(verdict.weir, target)), class_="figure"),
        tag("td", text(figure(verdict.other, target)) if target.is_ratio else "", class_="figure"),
        tag("td", ratio, class_="figure"), tag("td", scale(verdict) if ratio else ""),
        tag("td", text(limit(target)), class_="figure"), tag("td", tag("span", words, class_=f"chip {kind}")))


def scale(verdict):
    """A dot on a line from 0 to 1.5; the side of the limit that passes is drawn bold."""
    def x(value):
        return 4 + (WIDTH - 8) * min(max(value / FULL, 0), 1)

    target = verdict.target
    good = (x(target.limit), x(FULL)) if target.more_is_better else (x(0), x(target.limit))
    dot = "var(--good)" if verdict.passed else "var(--bad)"
    return tag(
        "svg", tag("line", class_="rule", x1=x(0), x2=x(FULL), y1=11, y2=11),
        tag("line", x1=good[0], x2=good[1], y1=11, y2=11, stroke="var(--good)", stroke_width=3, stroke_opacity=0.35),
        tag("line", class_="axis", x1=x(1.0), x2=x(1.0), y1=6, y2=16),
        tag("circle", cx=x(verdict.value), cy=11, r=4.5, fill=dot),
        viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH, height=HEIGHT, role="img",
        aria_label=f"ratio {verdict.value:.2f}, target {limit(target)}")
