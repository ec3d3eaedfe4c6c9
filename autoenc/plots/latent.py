"""How the values of a code vary together, as coloured cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plotly.graph_objects import Figure

from autoenc.plots.drawing import FONT_SIZE, axis, layout

# From a covariance below zero to one above; over the page's own background, so that zero is no colour.
BELOW, NONE, ABOVE = "rgb(27,127,196)", "rgba(140,147,156,0.1)", "rgb(213,94,0)"
MAX_LABELS = 24  # letters of all numbers at an axis
LETTER = 8  # pixels


def covariance(matrix: NDArray[np.float32], numbers: Sequence[int], caption: str = "") -> Figure:
    """The covariance of code values, on a scale on which zero is in the middle.

    Args:
        matrix: (n, n).
        numbers: (n,) which code values these are, from 0.
        caption: what the figure shows, for those who cannot see it.
    """
    reach = float(np.abs(matrix).max(initial=0)) or 1.0
    places = list(range(len(numbers)))
    heat = {
        "type": "heatmap",
        "x": places,
        "y": places,
        "z": np.round(matrix / reach, 4) * reach,
        "customdata": [[f"{a + 1:,} and {b + 1:,}" for b in numbers] for a in numbers],
        "hovertemplate": "values %{customdata}: %{z:.3~g}<extra></extra>",
        "zmin": -reach,
        "zmax": reach,
        "colorscale": [(0, BELOW), (0.5, NONE), (1, ABOVE)],
        "colorbar": {"thickness": 14, "outlinewidth": 0, "tickformat": "~g", "nticks": 5, "len": 1},
    }
    laid_out = layout(
        "",
        xaxis=_numbers_axis(numbers),
        yaxis=_numbers_axis(numbers) | {"autorange": "reversed", "scaleanchor": "x", "constrain": "domain"},
        hovermode="closest",
        meta={"caption": caption, "name": "covariance"},
    )
    laid_out["xaxis"]["constrain"] = "domain"
    laid_out["margin"] = {"l": 36 + LETTER * _letters(numbers), "r": 8, "t": 8, "b": 52, "autoexpand": True}
    return Figure(data=[heat], layout=laid_out)


def _letters(numbers: Sequence[int]) -> int:
    return max((len(f"{number + 1:,}") for number in numbers), default=1)


def _numbers_axis(numbers: Sequence[int]) -> dict[str, Any]:
    step = -(-len(numbers) * _letters(numbers) // MAX_LABELS)
    ticks = list(range(0, len(numbers), step))
    return axis("code value", "") | {
        "tickvals": ticks,
        "ticktext": [f"{numbers[i] + 1:,}" for i in ticks],
        "tickfont": {"size": FONT_SIZE - 3},
        "tickangle": 0,
        "showgrid": False,
        "fixedrange": True,
    }
