"""What the figures of denoising are put together from: measures, lines, axes, the room above the plot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from autoenc.numerals import counted
from autoenc.plots.drawing import FONT_SIZE, axis, layout
from autoenc.plots.scales import rounded
from autoenc.schema import NOISES, SLOW_METHODS, Curve, Quality

Trace = dict[str, Any]

ENTRY_LENGTHS, LETTER, ROW = 47, 6.6, 25  # pixels of a legend: a symbol, a letter, the height of a row
HALF_SIZE, PHONE_WIDTH = 492, 242  # pixels: the width of a plot on half a page, and on a telephone
PHONE_LETTERS = 0.8  # of the size that they have elsewhere


@dataclass(frozen=True)
class Measure:
    """What is drawn of a Quality."""

    name: str
    unit: str
    digits: int  # behind the point
    step: float  # of the axis: it widens by so much
    least: tuple[float, float]  # what the axis shows at least
    of: Callable[[Quality], tuple[float, float, float]]  # 10th percentile, mean, 90th percentile

    @property
    def title(self) -> str:
        return f"{self.name} ({self.unit.strip()})" if self.unit else self.name

    def range(self, values: Sequence[float]) -> tuple[float, float]:
        """From a multiple of the step to another; of no values the least."""
        low, high = min(values, default=self.least[0]), max(values, default=self.least[1])
        return self.step * math.floor(low / self.step), self.step * math.ceil(high / self.step)


PSNR = Measure("PSNR", " dB", 1, 5, (10, 30), lambda q: (q.psnr_low, q.psnr_db, q.psnr_high))
SSIM = Measure("SSIM", "", 2, 0.2, (0, 1), lambda q: (q.ssim_low, q.ssim, q.ssim_high))
MEASURES = {"psnr": PSNR, "ssim": SSIM}


@dataclass(frozen=True)
class Chart:
    """What is put together to a figure."""

    title: str
    traces: Sequence[Trace]
    layout: dict[str, Any]
    legend: str = ""  # before its entries

    def figure(self, every: Sequence[Curve], caption: str) -> Figure:
        dataset = every[0].dataset if every else "no"
        name = f"{dataset}-{every[0].noise if every else 'no'}-{self.title.lower().replace(' ', '-')}"
        meta = {"caption": caption, "name": name.replace(",", "")}
        arranged = layout(self.title, hovermode="closest", meta=meta) | self.above() | self.layout
        return Figure(data=self.traces, layout=arranged)

    def above(self) -> Trace:
        """Room above the plot for the title, and under it the rows of the legend.

        A page of half width has no title, a telephone smaller letters: both use its row for the legend.
        """
        names = [one["name"] for one in self.traces if one.get("showlegend", True)]
        names = [f"{self.legend} {names[0]}", *names[1:]] if names else []
        rows = max(1 + _rows(names, HALF_SIZE), _rows(names, PHONE_WIDTH, PHONE_LETTERS))
        above = {"y": 1, "yref": "container", "yanchor": "top", "x": 0, "xref": "paper", "pad": {"t": 6}}
        return {
            "title": {"text": self.title, **above},
            "legend": {
                "orientation": "h",
                "x": 1,
                "xanchor": "right",
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "traceorder": "grouped",  # an entry is as wide as its name, not as the longest
                "tracegroupgap": 0,
                "title": {"text": self.legend, "font": {"size": FONT_SIZE}},
            },
            "margin": {"l": 88, "r": 20, "t": 13 + ROW * rows, "b": 56, "autoexpand": False},
        }


def _rows(names: Sequence[str], width: float, letters: float = 1) -> int:
    """How many rows of a legend they fill."""
    rows, taken = 1, 0.0
    for name in names:
        entry = ENTRY_LENGTHS + LETTER * letters * len(name)
        if taken and taken + entry > width:
            rows, taken = rows + 1, 0.0
        taken += entry
    return rows


def scatter(name: str, points: Sequence[tuple[float, float]]) -> Trace:
    """A line with a dot at each point; what is not finite is a gap. Without points its entry is invisible."""
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines+markers",
        "x": [rounded(x) for x, _ in points] or [None],
        "y": [rounded(y) if math.isfinite(y) else None for _, y in points] or [None],
        "cliponaxis": False,  # a dot on the edge is whole
    }


def y_axis_of(shown: Measure, traces: Sequence[Trace], images: str) -> dict[str, Any]:
    """The axis, and an unseen line as long as it has to be: it widens by steps and stands between them.

    A range of its own would undo the reader's zoom at each step.
    """
    heights = [y for one in traces for y in one["y"] if y is not None]
    low, high = shown.range([*heights, *shown.least])
    y_axis = axis(
        shown.title + (f"<br><span style='font-size:0.8em'>{images}</span>" if images else ""), "~g"
    )
    y_axis["title"]["standoff"] = 12
    y_axis["autorangeoptions"] = {"clipmin": low, "clipmax": high}
    unseen = {"type": "line", "line": {"width": 0}, "xref": "paper", "x0": 0, "x1": 0, "y0": low, "y1": high}
    return {"yaxis": y_axis, "shapes": [unseen]}


def between(colours: Sequence[str], shares: Sequence[float] | np.ndarray) -> list[str]:
    """Colours on the way from the first (0) to the last (1)."""
    channels = [[int(colour[i : i + 2], 16) for colour in colours] for i in (1, 3, 5)]
    at = np.linspace(0, 1, len(colours))
    mixed = np.rint([np.interp(shares, at, channel) for channel in channels]).astype(int)
    return ["#" + "".join(f"{value:02x}" for value in rgb) for rgb in mixed.T]


def level_title(noise: str) -> str:
    return f"{NOISES[noise].title}: {NOISES[noise].axis}" if noise else "level of noise"


def of_images(n: int) -> str:
    return counted(n, "test image")


def images_caption(every: Sequence[Curve]) -> str:
    """How many images all were measured on; empty where that cannot be said in a few words."""
    slow, others = (
        {curve.n_images for curve in every if curve.points and (curve.method in SLOW_METHODS) == is_slow}
        for is_slow in (True, False)
    )
    if len(slow | others) == 1:
        return of_images(*(slow | others))
    if len(slow) == len(others) == 1:
        return f"{of_images(*others)} (slow filters: {min(slow):,})"
    return ""
