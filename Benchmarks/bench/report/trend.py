"""The overview: a measure of the query cells over the number of clients."""

import math

from .. import results
from . import style
from .markup import label, tag

WIDTH, HEIGHT = 532, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 18, 46, 34
SHOWN = ("direct", "floor-epoll", "floor-io_uring", "pgbouncer-system", "pgbouncer", "weir-epoll", "weir-io_uring")


def draw(content, protocol, measure, title, unit):
    """SVG; empty if there is only one number of clients."""
    cells = {int(name.rpartition("-")[2]): cell for name, cell in content["cells"].items()
             if name.startswith(f"{protocol}-")}
    clients = sorted(cells)
    series = {key: [(count, cells[count]["medians"][key][measure]) for count in clients
                    if measure in cells[count]["medians"].get(key, {})] for key in SHOWN}
    series = {key: points for key, points in series.items() if len(points) > 1}
    if len(clients) < 2 or not series:
        return ""
    step, top = grid(max(max(results.values(cells[count], key, measure)) for key, points in series.items()
                         for count, _ in points))
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(count):
        return LEFT + inner_width * (clients.index(count) + 0.5) / len(clients)

    def y(value):
        return TOP + inner_height * (1 - value / top)

    parts = [label(title, 0, 15, class_="head"), label(unit, 0, 31, class_="soft")]
    value = 0.0
    while value <= top * 1.001:
        parts.append(tag("line", class_="rule", x1=LEFT, x2=WIDTH - RIGHT, y1=y(value), y2=y(value)))
        parts.append(label(f"{value:,.0f}", LEFT - 8, y(value) + 4, class_="soft number", text_anchor="end"))
        value += step
    for count in clients:
        words = f"{count:,} client{'s' if count > 1 else ''}"
        parts.append(label(words, x(count), HEIGHT - 10, class_="soft", text_anchor="middle"))
    for key, points in series.items():
        path = " ".join(f"{'M' if index == 0 else 'L'}{x(count):.1f},{y(figure):.1f}"
                        for index, (count, figure) in enumerate(points))
        parts.append(tag("path", class_=f"line of-{key}", style="fill:none", d=path))
        for count, figure in points:
            parts.append(tag("circle", class_=f"of-{key}", cx=x(count), cy=y(figure), r=3.4))
            parts.append(spread(cells[count], key, measure, x(count), y))
    return tag("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH, height=HEIGHT, role="img",
               aria_label=f"{title}, {protocol} protocol, over the number of clients")


def spread(cell, key, measure, x, y):
    figures = results.values(cell, key, measure)
    return tag("line", class_=f"of-{key}", stroke_width=1.2, x1=x, x2=x, y1=y(min(figures)), y2=y(max(figures)))


def grid(highest):
    """(distance between lines, value of the highest line)."""
    rough = highest / 5
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    return step, step * math.ceil(highest / step)


def legend(content):
    return tag("div", *[tag("span", tag("i", class_=f"of-{key}"), style.name(content, key))
                        for key in reversed(SHOWN) if key in content["poolers"]], class_="legend")
