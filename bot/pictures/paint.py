"""Draws one picture: JSON of a `Picture` on standard input, a PNG on standard output. Run by `draw`, and then gone."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

# Colours that are told apart by most eyes, also without colour by their lightness (after Okabe and Ito).
COLOURS = ("#2f6fb0", "#e08a00", "#1f9e77", "#c44e52", "#8c6bb1", "#8a6d3b", "#d48ab8", "#6f7a85")
LOOKS = {
    False: {"back": "#ffffff", "ink": "#23272e", "faint": "#8b939c"},
    True: {"back": "#2b2d31", "ink": "#f0f1f3", "faint": "#9aa1a9"},
}
#: Tried in this order for each letter, where the machine has them: the first knows Latin, Greek and Cyrillic.
FONTS = ("DejaVu Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "Noto Sans", "Unifont")
WIDTH, ROW, LABEL = 8.0, 0.45, 28  # inches, inches, characters


def paint(picture: dict[str, Any]) -> Figure:
    """The figure of a picture."""
    look = LOOKS[bool(picture["dark"])]
    known = set(font_manager.get_font_names())
    mpl.rcParams.update(
        {
            "font.family": [name for name in FONTS if name in known],
            "font.size": 12,
            "text.parse_math": False,  # a "$" is a dollar
            "text.color": look["ink"],
            "axes.labelcolor": look["ink"],
            "xtick.color": look["ink"],
            "ytick.color": look["ink"],
        }
    )
    charts = picture["charts"]
    layout = ConstrainedLayoutEngine(h_pad=0.12, w_pad=0.12, hspace=0.08)
    heights = [_height(chart) for chart in charts]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.5), dpi=150, facecolor=look["back"], layout=layout)
    if picture["title"]:
        figure.suptitle(picture["title"], fontweight="bold", x=0.02, ha="left")
    grid = figure.subplots(len(charts), 1, squeeze=False, gridspec_kw={"height_ratios": heights})
    for chart, axes in zip(charts, grid[:, 0], strict=True):
        axes.set_facecolor(look["back"])
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        axes.set_title(chart["title"], loc="left", fontsize=12, color=look["ink"])
        KINDS[chart["kind"]](axes, chart, look)
        if len(chart["series"]) > 1:
            _legend(axes, chart)
    return figure


def _height(chart: dict[str, Any]) -> float:
    rows = len(chart["labels"]) if chart["kind"] == "across" else 5
    names, columns = _legend_of(chart)
    return 0.6 + ROW * max(rows, 1) + 0.25 * -(-len(names) // columns)


def _legend_of(chart: dict[str, Any]) -> tuple[list[str], int]:
    """What the legend says, and in how many columns: one that is too wide would take the room of the bars."""
    if len(chart["series"]) < 2:
        return [], 1
    # A label that begins with "_" would be left out.
    names = [
        f"\N{NO-BREAK SPACE}{textwrap.shorten(one['name'], 44, placeholder='…')}" for one in chart["series"]
    ]
    return names, min(max(60 // (max(map(len, names)) + 5), 1), len(names))


def _legend(axes: Axes, chart: dict[str, Any]) -> None:
    names, columns = _legend_of(chart)
    handles = [mpl.patches.Patch(color=_colour(n)) for n in range(len(names))]
    axes.legend(
        handles, names, loc="upper left", bbox_to_anchor=(0, -0.08 if chart["kind"] != "across" else 0),
        ncols=columns, frameon=False, fontsize=10, handlelength=1, columnspacing=1, borderpad=0,
    )  # fmt: skip


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _across(axes: Axes, chart: dict[str, Any], look: dict[str, str]) -> None:
    places = range(len(chart["labels"]))
    ends = [0.0] * len(chart["labels"])
    longest = max([sum(one["values"][n] for one in chart["series"]) for n in places], default=0) or 1
    for number, one in enumerate(chart["series"]):
        axes.barh(places, one["values"], left=ends, color=_colour(number), height=0.7)
        for place, value in enumerate(one["values"]):
            if len(chart["series"]) > 1 and value / longest > 0.05:
                axes.text(
                    ends[place] + value / 2, place, _told(value, chart), ha="center", va="center",
                    color="#ffffff", fontsize=10,
                )  # fmt: skip
            ends[place] += value
    if len(chart["series"]) == 1:
        for place, end in enumerate(ends):
            axes.text(end + longest * 0.01, place, _told(end, chart), va="center", fontsize=10)
    axes.set_yticks(places, [_wrapped(label) for label in chart["labels"]], fontsize=11)
    axes.set_xticks([])
    axes.set_xlim(0, longest * 1.1)
    axes.axvline(0, color=look["faint"], linewidth=1)
    axes.set_ylim(len(chart["labels"]) - 0.5, -0.6)


def _columns(axes: Axes, chart: dict[str, Any], look: dict[str, str]) -> None:
    places = range(len(chart["labels"]))
    tops = [0.0] * len(chart["labels"])
    for number, one in enumerate(chart["series"]):
        axes.bar(places, one["values"], bottom=tops, color=_colour(number), width=0.8)
        tops = [top + value for top, value in zip(tops, one["values"], strict=True)]
    _over_time(axes, chart, look)


def _lines(axes: Axes, chart: dict[str, Any], look: dict[str, str]) -> None:
    places = range(len(chart["labels"]))
    for number, one in enumerate(chart["series"]):
        axes.plot(places, one["values"], color=_colour(number), linewidth=2.2, marker="o", markersize=4)
    axes.set_ylim(bottom=0)
    _over_time(axes, chart, look)


def _over_time(axes: Axes, chart: dict[str, Any], look: dict[str, str]) -> None:
    """At most twelve labels below; a few lines to hold the eye."""
    every = -(-len(chart["labels"]) // 12) or 1
    shown = range(0, len(chart["labels"]), every)
    axes.set_xticks(
        shown, [textwrap.shorten(chart["labels"][n], 10, placeholder="…") for n in shown], fontsize=9
    )
    axes.tick_params(axis="y", labelsize=10)
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=not chart["percent"]))
    if chart["percent"]:
        axes.yaxis.set_major_formatter(mpl.ticker.PercentFormatter(1, decimals=0))
    axes.grid(axis="y", color=look["faint"], alpha=0.35, linewidth=0.8)
    axes.set_axisbelow(True)


def _wrapped(label: str) -> str:
    """A label on at most two lines."""
    return textwrap.fill(label, LABEL, max_lines=2, placeholder="…") or "–"


def _told(value: float, chart: dict[str, Any]) -> str:
    return f"{value:.0%}" if chart["percent"] else f"{value:g}"


KINDS = {"across": _across, "columns": _columns, "lines": _lines}


if __name__ == "__main__":
    paint(json.load(sys.stdin)).savefig(sys.stdout.buffer, format="png", metadata={"Software": None})
