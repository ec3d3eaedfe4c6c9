"""What each model reaches at each level of noise, whatever it was trained with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from plotly.graph_objects import Figure

from autoenc.numerals import decibels, setting
from autoenc.plots.denoising.parts import PSNR, Chart, Trace, between, of_images
from autoenc.plots.drawing import axis
from autoenc.plots.references import GREY
from autoenc.plots.scales import SMALL_FONT
from autoenc.schema import NOISES, Curve, Noise, training_noise

Place = tuple[int, int]  # row, column
# From few decibels to many: viridis.
SCALE = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")


@dataclass(frozen=True)
class MatrixRow:
    """A trained model by the noise of its training."""

    noise: Noise | None
    run_id: str
    curve: Curve

    @property
    def name(self) -> str:
        return training_noise(self.noise)


def transfer_matrix(rows: Sequence[MatrixRow], columns: Sequence[float], caption: str = "") -> Figure:
    """What each model reaches at each level of noise, as a number in a coloured cell.

    Args:
        rows: from the top down.
        columns: the levels of the test, from the left.
        caption: what the figure shows, for those who cannot see it.
    Returns:
        The cells and their numbers; what is not measured is empty, the best of each column has a frame. A
        click on a cell answers the run_id of its row and the level of its column.
    """
    cells = _cells(rows, columns)
    low, high = PSNR.range(list(cells.values()))
    colours = dict(zip(cells, between(SCALE, _shares(cells, low, high)), strict=True))
    inks = {place: _ink(colour) for place, colour in colours.items()}
    noise = rows[0].curve.noise if rows else ""
    tested = (
        f"tested at ({NOISES[noise].title}{', px' if NOISES[noise].unit else ''})" if rows else "tested at"
    )
    arranged = {
        "xaxis": _cell_axis(tested, [setting(level) for level in columns]),
        "yaxis": _cell_axis("trained at", [row.name for row in rows], down=True),
        "shapes": [_frame(place, inks[place]) for place in _best(cells)],
        "margin": _cell_margin(rows),
    }
    traces = [_heat(rows, columns, cells, (low, high)), _numbers(cells, inks, len(columns))]
    figure = Chart("PSNR by training noise", traces, arranged).figure([row.curve for row in rows], caption)
    figure.layout.title.pad.t = 34  # plotly lifts a title by 28 where there is a horizontal colour bar
    return figure


def _cells(rows: Sequence[MatrixRow], columns: Sequence[float]) -> dict[Place, float]:
    """PSNR of what is measured."""
    cells = {
        (i, j): quality.psnr_db
        for i, row in enumerate(rows)
        for j, level in enumerate(columns)
        if (quality := row.curve.at(level)) is not None
    }
    return {place: psnr for place, psnr in cells.items() if math.isfinite(psnr)}


def _heat(
    rows: Sequence[MatrixRow],
    columns: Sequence[float],
    cells: Mapping[Place, float],
    ends: tuple[float, float],
) -> Trace:
    across = range(len(columns))
    return {
        "type": "heatmap",
        "name": "PSNR",
        "x": list(across),
        "y": list(range(len(rows))),
        "z": [[cells.get((i, j)) for j in across] for i in range(len(rows))],
        "customdata": [[(row.run_id, level) for level in columns] for row in rows],
        "hovertext": [[_cell_text(row, level) for level in columns] for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverongaps": False,
        "zmin": ends[0],
        "zmax": ends[1],
        "xgap": 1,
        "ygap": 1,
        "colorscale": list(zip(np.linspace(0, 1, len(SCALE)).tolist(), SCALE, strict=True)),
        "colorbar": {
            "title": {"text": "PSNR (dB)", "side": "top", "font": {"size": SMALL_FONT}},
            "orientation": "h",
            "x": 1,
            "xanchor": "right",
            "y": 1,
            "yanchor": "bottom",
            "len": 0.5,
            "thickness": 10,
            "tickfont": {"size": SMALL_FONT},
        },
    }


def _cell_text(row: MatrixRow, level: float) -> str:
    quality = row.curve.at(level)
    if quality is None:
        return ""
    unit = NOISES[row.curve.noise].suffix
    middle = f"{decibels(quality.psnr_low)} to {decibels(quality.psnr_high)}"
    return (
        f"trained at {row.name}, tested at {setting(level)}{unit}: {decibels(quality.psnr_db)}<br>"
        f"8 of 10 images: {middle}<br>{of_images(row.curve.n_images)}"
    )


def _numbers(cells: Mapping[Place, float], inks: Mapping[Place, str], n_columns: int) -> Trace:
    """Written on the cells, in black or white."""
    small = SMALL_FONT if n_columns > 8 else SMALL_FONT + 2
    return {
        "type": "scatter",
        "name": "numbers",
        "mode": "text",
        "x": [j for _, j in cells] or [None],
        "y": [i for i, _ in cells] or [None],
        "text": [f"{psnr:.1f}" for psnr in cells.values()] or None,
        "textfont": {"size": small, "color": [inks[place] for place in cells] or GREY},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _best(cells: Mapping[Place, float]) -> list[Place]:
    """Of each column that has two at least; of equals the upper."""
    columns: dict[int, list[Place]] = {}
    for place in cells:
        columns.setdefault(place[1], []).append(place)
    return [max(column, key=lambda at: (cells[at], -at[0])) for column in columns.values() if len(column) > 1]


def _frame(place: Place, ink: str) -> Trace:
    i, j = place
    box = {"x0": j - 0.48, "x1": j + 0.48, "y0": i - 0.43, "y1": i + 0.43}
    return {"type": "rect", **box, "line": {"color": ink, "width": 2}}


def _cell_axis(title: str, names: Sequence[str], *, down: bool = False) -> Trace:
    ends = [-0.5, max(len(names), 1) - 0.5]
    return axis(title, "") | {
        "range": ends[::-1] if down else ends,
        "tickvals": list(range(len(names))),
        "ticktext": list(names),
        "tickfont": {"size": SMALL_FONT + 1},
        "tickangle": 0,
        "showgrid": False,
        "fixedrange": True,
    }


def _cell_margin(rows: Sequence[MatrixRow]) -> Trace:
    """As wide on the left as the longest name needs."""
    longest = max((len(row.name) for row in rows), default=0)
    return {"l": 38 + 7 * longest, "r": 16, "t": 72, "b": 56, "autoexpand": False}


def _ink(colour: str) -> str:
    """Black or white, whichever has more contrast."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "#000000" if np.dot(linear, [0.2126, 0.7152, 0.0722]) > 0.179 else "#ffffff"


def _shares(cells: Mapping[Place, float], low: float, high: float) -> list[float]:
    """Where each stands between the ends, 0 to 1."""
    return [(psnr - low) / max(high - low, 1e-9) for psnr in cells.values()]
