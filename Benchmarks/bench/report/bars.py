"""The chart of a cell: a row for each pooler, a column for each measure."""

from .. import results
from . import style
from .markup import label, tag

LABELS = 172
COLUMN = 232
ROW = 23
HEAD = 44
BAR = 13
#: Room for a figure right of the longest bar.
FIGURE = 72
#: A bar longer than this many times the longest of Weir's and PgBouncer's is cut, so that those can be compared.
CUT = 2.5


def draw(content, cell):
    """SVG."""
    keys = [key for key in content["poolers"] if key in cell["runs"]]
    measures = cell["measures"]
    width, height = LABELS + COLUMN * len(measures), HEAD + ROW * len(keys) + 6
    parts = []
    for index, key in enumerate(keys):
        y = HEAD + ROW * index
        if style.is_ours(key):
            parts.append(tag("rect", class_="band", x=0, y=y, width=width, height=ROW))
        parts.append(label(style.name(content, key), 6, y + 16, class_="ours" if style.is_ours(key) else None))
        if key not in cell["medians"]:
            parts.append(label("failed (see below)", LABELS, y + 16, class_="wrong"))
    for index, measure in enumerate(measures):
        parts.append(column(cell, keys, measure, LABELS + COLUMN * index))
    return tag("svg", *parts, viewBox=f"0 0 {width} {height}", width=width, height=height, role="img",
               aria_label=f"{cell['title']}: {', '.join(measure['title'] for measure in measures)}")


def column(cell, keys, measure, x):
    measured = [key for key in keys if measure["key"] in cell["medians"].get(key, {})]
    aim = "less is better" if measure["better"] == "less" else "more is better"
    unit = f"{measure['unit']}, " if measure["unit"] else ""
    parts = [label(measure["title"], x, 15, class_="head"), label(f"{unit}{aim}", x, 31, class_="soft")]
    if not measured:
        return "".join(parts)
    longest = scale(cell, measured, measure["key"])
    for index, key in enumerate(keys):
        if key in measured:
            parts.append(bar(cell, key, measure, x, HEAD + ROW * index, longest))
    parts.append(tag("line", class_="axis", x1=x, x2=x, y1=HEAD, y2=HEAD + ROW * len(keys)))
    return "".join(parts)


def scale(cell, keys, measure):
    """The value of the longest bar."""
    highest = {key: max(results.values(cell, key, measure)) for key in keys}
    compared = [value for key, value in highest.items() if style.is_ours(key) or key.startswith("pgbouncer")]
    longest = max(highest.values())
    if compared and max(compared) > 0:
        longest = min(longest, CUT * max(compared))
    return max(longest, 1e-9)


def bar(cell, key, measure, x, y, longest):
    """The median, with a whisker from the lowest round to the highest."""
    room = COLUMN - FIGURE - 14
    figures = results.values(cell, key, measure["key"])
    median = cell["medians"][key][measure["key"]]

    def at(value):
        return x + room * min(max(value / longest, 0), 1)

    top = y + (ROW - BAR) / 2
    parts = []
    start, begun = 0.0, x
    pieces = measure["parts"] or [(measure["key"], "")]
    for name, title in pieces:
        start += cell["medians"][key].get(name, 0)
        ends = at(median) if name == pieces[-1][0] else min(at(start), at(median))
        parts.append(tag("rect", class_=f"of-{key}{' system' if title == 'system' else ''}", stroke="none",
                         x=begun, y=top, width=max(ends - begun, 0.0), height=BAR))
        begun = ends
    end = at(median)
    if median > longest:
        # Two slanted gaps: the bar goes on.
        for shift in (14, 21):
            parts.append(tag("path", class_="cut", d=f"M{end - shift - 3:.1f},{top + BAR + 1:.1f} l6,{-BAR - 2} "
                                                     f"h3 l-6,{BAR + 2} z"))
    elif len(figures) > 1:
        low, high, middle = at(min(figures)), at(max(figures)), top + BAR / 2
        parts.append(tag("path", class_="whisker", d=f"M{low:.1f},{middle - 3:.1f} v6 M{low:.1f},{middle:.1f} H{high:.1f} "
                                                     f"m0,-3 v6"))
        end = max(end, high)
    parts.append(label(f"{median:,.{measure['digits']}f}", end + 7, y + 16, class_="number"))
    return "".join(parts)
