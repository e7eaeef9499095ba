"""The results as Markdown, for the terminal."""

from .. import results, targets
from . import style


def render(content):
    lines = []
    for name, cell in content["cells"].items():
        lines += ["", f"### {name}: {cell['group'].lower()}, {cell['title']}", ""]
        lines += grid([["", *[heading(measure) for measure in cell["measures"]]],
                       *[row(content, cell, key) for key in content["poolers"] if key in cell["runs"]]])
    verdicts = targets.judge(content)
    if verdicts:
        lines += ["", "### Targets (medians; weir : PgBouncer)", ""]
        lines += grid([["", "weir", "PgBouncer", "ratio or figure", "target", ""],
                       *[target_row(verdict) for verdict in verdicts]])
    return "\n".join(lines)


def heading(measure):
    return f"{measure['title']}{', ' if measure['unit'] else ''}{measure['unit']}"


def row(content, cell, key):
    failed = [run["failed"] for run in cell["runs"][key] if "failed" in run]
    if len(failed) == len(cell["runs"][key]):
        return [style.name(content, key), f"failed: {failed[0][:60]}", *[""] * (len(cell["measures"]) - 1)]
    return [style.name(content, key), *[spread(cell, key, measure) for measure in cell["measures"]]]


def spread(cell, key, measure):
    figures = results.values(cell, key, measure["key"])
    if not figures:
        return "–"
    middle = number(cell["medians"][key][measure["key"]], measure["digits"])
    if len(figures) == 1:
        return middle
    return f"{middle} [{number(min(figures), measure['digits'])} – {number(max(figures), measure['digits'])}]"


def target_row(verdict):
    target = verdict.target
    weir = f"{target.weir.removeprefix('weir-')}: {text(verdict.weir, target)}"
    other = text(verdict.other, target) if target.is_ratio else ""
    value = "–" if verdict.value is None else f"{verdict.value:.3f}" if target.is_ratio else text(verdict.value, target)
    return [target.title, weir, other, value, limit(target), {None: "not measured", True: "pass", False: "FAIL"}[
        verdict.passed]]


def limit(target):
    sign = "≥" if target.more_is_better else "≤"
    return f"{sign} {target.limit:.2f}" if target.is_ratio else f"{sign} {text(target.limit, target)}"


def text(figure, target):
    return "–" if figure is None else f"{number(figure, target.digits)} {target.unit}".strip()


def number(figure, digits):
    return f"{figure:,.{digits}f}"


def grid(rows):
    """A Markdown table with aligned columns."""
    widths = [max(3, *(len(row[index]) for row in rows)) for index in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) if index == 0 else cell.rjust(width)
                               for index, (cell, width) in enumerate(zip(row, widths))) + " |" for row in rows]
    rule = "|" + "|".join("-" * (width + 2) if index == 0 else "-" * (width + 1) + ":"
                          for index, width in enumerate(widths)) + "|"
    return [lines[0], rule, *lines[1:]]
