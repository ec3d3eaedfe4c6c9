"""How near each method comes to the clean images, by the level of the noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from plotly.graph_objects import Figure

from autoenc.plots.denoising.parts import (
    MEASURES,
    Chart,
    Measure,
    Trace,
    images_caption,
    level_title,
    scatter,
    y_axis_of,
)
from autoenc.plots.drawing import axis, reach
from autoenc.plots.references import DOT_SIZE
from autoenc.schema import NOISES, Curve


@dataclass(frozen=True)
class Line:
    """A method in the figure of the curves."""

    name: str
    colour: str  # #rrggbb
    curve: Curve
    dash: str = "solid"


def quality_curves(
    lines: Sequence[Line],
    measure: Literal["psnr", "ssim"],
    *,
    spread: bool = False,
    caption: str = "",
) -> Figure:
    """How near each method comes to the clean images at each level, as far as it is measured.

    Args:
        lines: all of the same noise.
        spread: a band behind each line holds the middle 80 % of the images.
        caption: what the figure shows, for those who cannot see it.
    Returns:
        First all bands, then all lines, there from the first moment on. A click on a point answers its level.
    """
    shown = MEASURES[measure]
    bands = [_band(line, shown, spread) for line in lines]
    drawn = [_line(line, shown) for line in lines]
    noise = lines[0].curve.noise if lines else ""
    x_axis = axis(level_title(noise), "~g") | reach(0, NOISES[noise].most if lines else 1)
    y = y_axis_of(shown, [*bands, *drawn], images_caption([line.curve for line in lines]))
    x_axis["uirevision"] = noise or "none"  # another noise does not inherit the zoom
    y["yaxis"]["uirevision"] = f"{noise} {measure}"
    chart = Chart(f"{shown.name} by level of noise", [*bands, *drawn], {"xaxis": x_axis} | y)
    return chart.figure([line.curve for line in lines], caption)


def _line(line: Line, shown: Measure) -> Trace:
    points = [(point, shown.of(point)) for point in line.curve.points]
    middle = [
        f"{low:.{shown.digits}f} to {high:.{shown.digits}f}{shown.unit}" for _, (low, _, high) in points
    ]
    value = f"%{{y:.{shown.digits}f}}{shown.unit}"
    return scatter(line.name, [(point.level, mean) for point, (_, mean, _) in points]) | {
        "uid": f"line {line.curve.method}",  # what the reader has hidden stays hidden among other lines
        "legendgroup": line.curve.method,
        "customdata": [point.level for point, _ in points] or None,  # what a click answers
        "hovertext": middle or None,
        "hovertemplate": f"<b>{line.name}</b> at %{{x:~g}}{NOISES[line.curve.noise].suffix}: {value}<br>"
        f"8 of 10 images: %{{hovertext}}<br>{line.curve.n_images:,} test images<extra></extra>",
        "line": {"color": line.colour, "width": 3, "dash": line.dash},
        "marker": {"color": line.colour, "size": 0.8 * DOT_SIZE},
    }


def _band(line: Line, shown: Measure, spread: bool) -> Trace:
    """From the 10th to the 90th percentile of the images, once around."""
    quality = [(point.level, shown.of(point)) for point in line.curve.points] if spread else []
    quality = [(level, of) for level, of in quality if math.isfinite(of[0]) and math.isfinite(of[2])]
    around = [(level, low) for level, (low, _, _) in quality]
    around += [(level, high) for level, (_, _, high) in reversed(quality)]
    red, green, blue = (int(line.colour[i : i + 2], 16) for i in (1, 3, 5))
    return scatter(line.name, around) | {
        "uid": f"band {line.curve.method}",
        "legendgroup": line.curve.method,
        "showlegend": False,
        "mode": "lines",
        "fill": "toself",
        "fillcolor": f"rgba({red},{green},{blue},0.16)",
        "hoverinfo": "skip",
        "line": {"width": 0},
    }
