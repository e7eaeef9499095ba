"""The page: one self-contained HTML file."""

import datetime
import itertools
import os

from . import bars, style, trend, verdicts
from .markup import tag, text

READING = (
    "Every pooler ran in front of the same PostgreSQL in one run, in turn, round by round, each time as a new "
    "process whose pool was already open. A slow machine slows all of them alike, so compare figures of "
    "this page with each other and not with those of another page.",
    "A bar is the median of the rounds and the thin line across its end goes from the lowest round to the highest; "
    "where the lines of two poolers overlap, the run does not distinguish them. A bar with two gaps is longer than the "
    "available space.",
    "Processor time is that of the pooler alone, with all its processes and threads, measured by the kernel's "
    "scheduler in nanoseconds. The fully colored part of a bar was spent in the program, the paler one in the kernel on "
    "its behalf. It is the figure to trust on a machine where the clients and PostgreSQL compete for the same cores; "
    "transactions per second then mostly show how much the pooler leaves to the others.",
    "Latency is measured by pgbench. With at least as many active clients as cores it is mostly queueing time.")


def write(json_path, content):
    """Writes the page beside the JSON file and returns its path."""
    path = f"{os.path.splitext(json_path)[0]}.html"
    with open(path, "w", encoding="utf-8") as file:
        file.write(render(content))
    return path


def render(content):
    groups = [(group, list(cells)) for group, cells in itertools.groupby(
        sorted(content["cells"].values(), key=lambda cell: order(content, cell["group"])),
        key=lambda cell: cell["group"])]
    body = [tag("h1", "Weir compared with other poolers"), opening(content), navigation(groups),
            tag("h2", "Targets", id="targets"),
            tag("p", "Weir’s median divided by PgBouncer’s, or Weir’s own figure where the target is one. The bold "
                "side of each scale passes; the tick is 1.0, where both are equal."),
            verdicts.draw(content), overview(content)]
    for group, cells in groups:
        body.append(tag("h2", text(group), id=anchor(group)))
        body.append(sections(content, cells))
    body += [tag("h2", "How to read this", id="reading"), *[tag("p", text(words)) for words in READING],
             tag("h2", "Poolers", id="poolers"), poolers(content)]
    head = tag("head", '<meta charset="utf-8"><meta name="viewport" content="width=device-width">',
               tag("title", f"Weir compared with other poolers, {content['when'][:10]}"), tag("style", style.sheet()))
    return "<!doctype html>\n" + tag("html", head, tag("body", tag("main", *body)), lang="en") + "\n"


def order(content, group):
    """Groups in the order of their first cells, added latency right after the queries it is computed from."""
    seen = list(dict.fromkeys(cell["group"] for cell in content["cells"].values()))
    return seen.index("Queries") + 0.5 if group == "Added latency" and "Queries" in seen else seen.index(group)


def opening(content):
    when = datetime.datetime.fromisoformat(content["when"]).strftime("%-d %B %Y, %H:%M UTC")
    options = content["options"]
    rounds = "one round" if options["rounds"] == 1 else f"{options['rounds']} rounds"
    weir = next((about["version"] for key, about in content["poolers"].items() if style.is_ours(key)), "")
    words = [f"Weir {weir}, {when}. {content['machine']['words']}",
             f"PostgreSQL {content['postgres']}; pools of {content['pool_size']} servers; {rounds}, "
             f"{options['seconds']:g} s measured in each; pgbench scale {options['scale']}."]
    if not content["complete"]:
        words.append("The run was ended early: some cells have fewer rounds than others.")
    return "".join(tag("p", text(line), class_="lead") for line in words)


def navigation(groups):
    places = [("Targets", "targets"), *[(group, anchor(group)) for group, _ in groups],
              ("How to read this", "reading"), ("Poolers", "poolers")]
    return tag("nav", *[tag("a", text(words), href=f"#{place}") for words, place in places])


def overview(content):
    drawn = [trend.draw(content, protocol, measure, f"{title}, {protocol} protocol", unit)
             for protocol in ("simple", "extended")
             for measure, title, unit in (("us", "Processor time per transaction", "µs, less is better"),
                                          ("tps", "Transactions per second", "more is better"))]
    if not any(drawn):
        return ""
    columns = "display:grid;grid-template-columns:repeat(auto-fit,minmax(500px,1fr));gap:28px 8px"
    return (tag("h2", "At a glance", id="glance") + trend.legend(content)
            + tag("figure", tag("div", *drawn, style=columns)))


def sections(content, cells):
    """One chart for all the cells of a group if they fit, else one for each."""
    if sum(len(cell["measures"]) for cell in cells) <= bars.COLUMNS:
        cells_of_charts = [cells]
    else:
        cells_of_charts = [[cell] for cell in cells]
    return "".join(section(content, chart) for chart in cells_of_charts)


def section(content, cells):
    words = []
    if len(cells) == 1:
        words += [tag("h3", text(bars.capital(cells[0]["title"])))]
        words += [tag("p", text(cells[0]["explanation"]) + ".", class_="small")]
    else:
        words += [tag("p", tag("b", text(bars.capital(cell["title"]))), f": {text(cell['explanation'])}.",
                      class_="small") for cell in cells]
    words.append(tag("figure", bars.draw(content, cells)))
    for cell in cells:
        words += footnotes(content, cell, cell["title"] if len(cells) > 1 else "")
    return "".join(words)


def footnotes(content, cell, title):
    """The poolers excluded from a cell, and its failures."""
    prefix = f"{bars.capital(title)}: " if title else ""
    skipped = {}
    for key, reason in cell["not_measured"].items():
        if key in content["poolers"]:
            skipped.setdefault(reason, []).append(style.name(content, key))
    yield from (tag("p", text(f"{prefix}Without {', '.join(names)}: {reason}."), class_="small")
                for reason, names in skipped.items())
    yield from (tag("p", text(f"{prefix}{style.name(content, key)}, round {run['round']}: {run['failed']}"),
                    class_="wrong") for key, runs in cell["runs"].items() for run in runs if "failed" in run)


def poolers(content):
    rows = [tag("tr", tag("td", tag("b", text(style.name(content, key)))), tag("td", text(about["note"])))
            for key, about in content["poolers"].items()]
    rows += [tag("tr", tag("td", text(key)), tag("td", text(f"not measured: {reason}"), class_="small"))
             for key, reason in content["missing"].items()]
    return tag("table", *rows)


def anchor(group):
    return group.lower().replace(" ", "-")
