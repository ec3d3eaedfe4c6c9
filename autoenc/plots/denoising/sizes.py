"""Which size of the code denoises best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from plotly.graph_objects import Figure

from autoenc.numerals import counted, setting
from autoenc.plots.denoising.parts import (
    PSNR,
    Chart,
    Trace,
    between,
    images_caption,
    scatter,
    y_axis_of,
)
from autoenc.plots.references import DOT_SIZE, GREY
from autoenc.plots.scales import size_axis
from autoenc.schema import NOISES, Curve

# From little noise to much. Lightness falls from step to step, for every kind of colour vision, and the ends
# show on a white page and on a black one.
RAMP = ("#f0a53c", "#e37a45", "#cb5668", "#974796", "#523498")


@dataclass(frozen=True)
class SizeCurve:
    """A trained model among others of the same kind and another code."""

    run_id: str
    n_latents: int
    latent_size: int
    curve: Curve


def quality_by_size(runs: Sequence[SizeCurve], levels: Sequence[float], caption: str = "") -> Figure:
    """Which size of the code denoises best at each of a few levels.

    Args:
        runs: all that are planned, as far as they are measured.
        caption: what the figure shows, for those who cannot see it.
    Returns:
        A line a level, from light to strong as the noise grows, and a ring around the best run of each.
    """
    runs = sorted(runs, key=lambda run: (run.n_latents, run.latent_size))
    colours = between(RAMP, np.linspace(0, 1, max(len(levels), 2)))[: len(levels)]
    lines = [_at_level(runs, level, colour) for level, colour in zip(levels, colours, strict=True)]
    rings = _rings(lines, colours)
    x_axis = size_axis("numbers in the code", [run.n_latents for run in runs], log=True, ticks=True)
    y = y_axis_of(PSNR, lines, images_caption([run.curve for run in runs]))
    noise = runs[0].curve.noise if runs else ""
    y["yaxis"]["uirevision"] = f"{noise} {x_axis['uirevision']}"
    unit = f" ({NOISES[noise].unit})" if noise and NOISES[noise].unit else ""
    chart = Chart("PSNR by size of the code", [*lines, rings], {"xaxis": x_axis} | y, f"noise{unit}:")
    return chart.figure([run.curve for run in runs], caption)


def _at_level(runs: Sequence[SizeCurve], level: float, colour: str) -> Trace:
    measured = [(run, quality) for run in runs if (quality := run.curve.at(level)) is not None]
    sizes = [f"{counted(run.n_latents, 'number')} (latent size {run.latent_size:,})" for run, _ in measured]
    unit = NOISES[runs[0].curve.noise].suffix if runs else ""
    return scatter(setting(level), [(run.n_latents, quality.psnr_db) for run, quality in measured]) | {
        "legendgroup": setting(level),
        "customdata": [run.run_id for run, _ in measured] or None,
        "hovertext": sizes or None,
        "hovertemplate": f"%{{hovertext}}<br>at {setting(level)}{unit}: %{{y:.1f}} dB<extra></extra>",
        "line": {"color": colour, "width": 3},
        "marker": {"color": colour, "size": DOT_SIZE},
    }


def _rings(lines: Sequence[Trace], colours: Sequence[str]) -> Trace:
    """Around the best point of each line; of those equal to a tenth of a decibel the smallest code."""
    best = []
    for line, colour in zip(lines, colours, strict=True):
        points = [(x, y) for x, y in zip(line["x"], line["y"], strict=True) if y is not None]
        if points:
            best.append((*max(points, key=lambda point: (round(point[1], 1), -point[0])), colour))
    return scatter("best", [(x, y) for x, y, _ in best]) | {
        "legendgroup": "best",
        "mode": "markers",
        "hoverinfo": "skip",
        "marker": {
            "color": [colour for *_, colour in best] or GREY,
            "size": 2.2 * DOT_SIZE,
            "symbol": "circle-open",
            "line": {"width": 3},
        },
    }
