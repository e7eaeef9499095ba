"""The chart of one or more cells: a row for each pooler, a column for each measure."""

from .. import results
from . import style
from .markup import label, tag

LABELS = 172
COLUMN = 232
#: The number of columns that fit on the page.
COLUMNS = 4
ROW = 23
HEAD = 44
BAR = 13
#: The room for a figure to the right of the longest bar.
FIGURE = 72
#: A bar longer than this multiple of Weir's and PgBouncer's longest is cut, so that those stay comparable.
CUT = 2.5


def draw(content, cells):
    """SVG. With more than one cell, each has its title above its columns."""
    keys = [key for key in content["poolers"] if any(key in cell["runs"] for cell in cells)]
    columns = [(cell, measure) for cell in cells for measure in cell["measures"]]
    head = HEAD if len(cells) == 1 else HEAD + 24
    width, height = LABELS + COLUMN * len(columns), head + ROW * len(keys) + 6
    parts = [row(content, key, head + ROW * index, width) for index, key in enumerate(keys)]
    for index, (cell, measure) in enumerate(columns):
        x = LABELS + COLUMN * index
        if len(cells) > 1 and measure is cell["measures"][0]:
            parts.append(label(capital(cell["title"]), x, 15, class_="title"))
        parts.append(column(cell, keys, measure, x, head))
    names = "; ".join(f"{cell['title']}: {measure['title']}" for cell, measure in columns)
    return tag("svg", *parts, viewBox=f"0 0 {width} {height}", width=width, height=height, role="img", aria_label=names)


def row(content, key, y, width):
    """The background of a pooler's bars: its name, and a band for Weir."""
    ours = style.is_ours(key)
    band = tag("rect", class_="band", x=0, y=y, width=width, height=ROW) if ours else ""
    return band + label(style.name(content, key), 6, y + 16, class_="ours" if ours else None)


def column(cell, keys, measure, x, head):
    aim = "less is better" if measure["better"] == "less" else "more is better"
    unit = f"{measure['unit']}, " if measure["unit"] else ""
    parts = [label(measure["title"], x, head - 29, class_="head"), label(f"{unit}{aim}", x, head - 13, class_="soft")]
    measured = [key for key in keys if measure["key"] in cell["medians"].get(key, {})]
    longest = scale(cell, measured, measure["key"]) if measured else 1.0
    for index, key in enumerate(keys):
        y = head + ROW * index
        if key in measured:
            parts.append(bar(cell, key, measure, x, y, longest))
        elif key in cell["runs"] and key not in cell["medians"] and measure is cell["measures"][0]:
            parts.append(label("failed, see below", x + 7, y + 16, class_="wrong"))
    parts.append(tag("line", class_="axis", x1=x, x2=x, y1=head, y2=head + ROW * len(keys)))
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
    top = y + (ROW - BAR) / 2

    def at(value):
        return x + room * min(max(value / longest, 0.0), 1.0)

    parts = pieces(cell["medians"][key], key, measure, at, top)
    end = at(median)
    if median > longest:
        # Two slanted gaps mark a bar that is cut.
        for shift in (14, 21):
            parts.append(tag("path", class_="cut", d=f"M{end - shift - 3:.1f},{top + BAR + 1:.1f} l6,{-BAR - 2} h3 "
                                                     f"l-6,{BAR + 2} z"))
    elif len(figures) > 1:
        low, high, middle = at(min(figures)), at(max(figures)), top + BAR / 2
        parts.append(tag("path", class_="whisker",
                         d=f"M{low:.1f},{middle - 3:.1f} v6 M{low:.1f},{middle:.1f} H{high:.1f} m0,-3 v6"))
        end = max(end, high)
    parts.append(label(f"{median:,.{measure['digits']}f}", end + 7, y + 16, class_="number"))
    return "".join(parts)


def pieces(medians, key, measure, at, top):
    """The bar itself: one rectangle, or one for each part of the measure."""
    parts = measure["parts"] or [[measure["key"], ""]]
    drawn, sum_so_far, begin = [], 0.0, at(0.0)
    for name, title in parts:
        sum_so_far += medians.get(name, 0.0)
        # The last part ends at the median: medians of parts may not add up to it.
        end = at(medians[measure["key"]] if name == parts[-1][0] else min(sum_so_far, medians[measure["key"]]))
        drawn.append(tag("rect", class_=f"of-{key}{' system' if title == 'system' else ''}", style="stroke:none",
                         x=begin, y=top, width=max(end - begin, 0.0), height=BAR))
        begin = end
    return drawn


def capital(words):
    return words[0].upper() + words[1:]
