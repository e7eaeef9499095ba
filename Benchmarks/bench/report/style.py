"""Colors and fonts of the page. Every pooler has the same color everywhere."""

#: Pooler -> its color on a light and on a dark page. Related poolers have similar colors.
COLOURS = {
    "weir-io_uring": ("#0b7a75", "#2dd4bf"),
    "weir-epoll": ("#4aa8a0", "#14938a"),
    "weir-2-workers": ("#8ccfc5", "#0f6b66"),
    "pgbouncer": ("#d9730d", "#f59e42"),
    "pgbouncer-system": ("#eeb06c", "#b4682a"),
    "odyssey": ("#7c4dbd", "#a98be0"),
    "pgagroal": ("#c2417c", "#e07aa8"),
    "pgpool": ("#3b6fc4", "#7aa5ee"),
    "floor-io_uring": ("#6b7280", "#9aa3b0"),
    "floor-epoll": ("#9aa1ac", "#707987"),
    "direct": ("#c3c8d0", "#4b5361"),
}

BASE = """
:root { --ink: #1d2329; --soft: #5d6670; --faint: #e4e7eb; --paper: #ffffff; --band: #f1f8f7; --good: #11734b;
  --good-back: #e2f4ea; --bad: #b3261e; --bad-back: #fbe9e7; --none-back: #eef0f2; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 6px; }
h2 { font-size: 23px; letter-spacing: -0.01em; margin: 60px 0 8px; padding-top: 18px;
  border-top: 2px solid var(--ink); }
h3 { font-size: 17px; margin: 34px 0 0; }
p { max-width: 75ch; margin: 8px 0; }
.lead { color: var(--soft); max-width: 85ch; }
.small { color: var(--soft); font-size: 13.5px; margin: 2px 0 8px; max-width: 120ch; }
.small b { color: var(--ink); }
.wrong { color: var(--bad); font-size: 14px; margin: 2px 0; max-width: 110ch; overflow-wrap: anywhere; }
nav { margin: 20px 0 0; font-size: 14.5px; }
nav a { margin-right: 18px; }
a { color: var(--good); }
code { font-family: ui-monospace, "SFMono-Regular", Menlo, "DejaVu Sans Mono", monospace; font-size: 0.88em; }
figure { margin: 6px 0 0; overflow-x: auto; }
svg { display: block; font-size: 12.5px; fill: var(--ink); }
svg .soft { fill: var(--soft); font-size: 11.5px; }
svg .head { font-weight: 600; }
svg .title { font-weight: 700; font-size: 14px; }
svg .wrong { fill: var(--bad); }
svg .ours { font-weight: 650; }
svg .band { fill: var(--band); }
svg .rule { stroke: var(--faint); stroke-width: 1; }
svg .axis { stroke: var(--soft); stroke-width: 1; }
svg .whisker { stroke: var(--ink); stroke-width: 1.2; fill: none; }
svg .number { font-variant-numeric: tabular-nums; }
svg .system { fill-opacity: 0.55; }
svg .cut { fill: var(--paper); }
svg .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
table { border-collapse: collapse; font-size: 14px; margin: 12px 0; width: 100%; }
th { text-align: left; font-weight: 600; border-bottom: 1.5px solid var(--ink); padding: 5px 10px 5px 0; }
td { border-bottom: 1px solid var(--faint); padding: 4px 10px 4px 0; vertical-align: middle; }
td:last-child, th:last-child { padding-right: 0; }
td:first-child { white-space: nowrap; }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.chip { display: inline-block; min-width: 88px; text-align: center; border-radius: 20px; padding: 0 9px;
  font-size: 12.5px; font-weight: 600; white-space: nowrap; }
.pass { color: var(--good); background: var(--good-back); }
.fail { color: var(--bad); background: var(--bad-back); }
.none { color: var(--soft); background: var(--none-back); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 13.5px; margin: 10px 0 4px; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 7px;
  vertical-align: -1px; }
"""

DARK = """
:root { --ink: #e6e9ec; --soft: #9aa4af; --faint: #2b3138; --paper: #14181c; --band: #17262a; --good: #5fd39a;
  --good-back: #123524; --bad: #ff9a90; --bad-back: #451d19; --none-back: #262b31; }
"""


def sheet():
    """The style sheet, for light and for dark screens."""
    return BASE + colours(0) + "@media (prefers-color-scheme: dark) {" + DARK + colours(1) + "}\n"


def colours(which):
    return "".join(f".of-{key} {{ fill: {pair[which]}; stroke: {pair[which]}; background: {pair[which]}; }}\n"
                   for key, pair in COLOURS.items())


def is_ours(key):
    return key.startswith("weir")


def name(content, key):
    """A pooler's title with its version."""
    about = content["poolers"][key]
    return f"{about['title']} {about['version']}".strip() if not is_ours(key) else about["title"]
