"""The axes of a sweep's figures."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autoenc.groups import along, variant_of
from autoenc.plots.drawing import Floats, loss_axis
from autoenc.plots.scales import size_axis
from autoenc.schema import CODE_UNITS, GRID, MODELS, QUESTION, Point


@dataclass(frozen=True)
class Axes:
    """Which axes are logarithmic. Times are drawn as the sizes are."""

    log_size: bool = True
    log_loss: bool = True


def first_x(points: Sequence[Point], axes: Axes) -> dict[str, Any]:
    """That of the first figures: the latent sizes; or a setting, where all runs have one size."""
    if (setting := along(points)) != "latent_size":
        values = [x_of(point, setting) for point in points]
        planned = size_axis(setting_title(setting), values, log=axes.log_size, ticks=axes.log_size)
        return planned | {"tickformat": ",~g"}
    return size_x(points, axes)


def size_x(points: Sequence[Point], axes: Axes) -> dict[str, Any]:
    """The latent sizes, and what they count."""
    units = [CODE_UNITS[model] for model in MODELS if model in {p.config.model for p in points}]
    unit = " or ".join(f"{unit}s" for unit in dict.fromkeys(units))
    sizes = [p.config.latent_size for p in points]
    return size_axis(f"latent size ({unit or 'numbers'})", sizes, log=axes.log_size, ticks=axes.log_size)


def x_of(point: Point, setting: str) -> float:
    """The value of a numeric setting."""
    value: float = getattr(point.config, setting)
    return value


def aside(point: Point, setting: str) -> str:
    """What a dot says of the x axis: nothing of its latent size, which it says anyway."""
    return "" if setting == "latent_size" else variant_of(point.config, [setting])


def setting_title(name: str) -> str:
    """`learning rate`, `epochs`, `training images`."""
    nouns = {one.field: one.noun for one in (*QUESTION, *GRID)}
    return nouns[name].removeprefix("number of ")


def loss_y(losses: Floats, axes: Axes, points: Sequence[Point]) -> dict[str, Any]:
    y = loss_axis(losses, losses, axes.log_loss)
    y["yaxis"]["title"]["standoff"] = 8  # the labels are longer than those of a single run
    low, high = y["shapes"][0]["y0"], y["shapes"][0]["y1"]
    if axes.log_loss and high > 200 * low:
        y["yaxis"]["dtick"] = 1
    y["yaxis"]["uirevision"] = revision(points, axes.log_loss)
    return y


def revision(points: Sequence[Point], log: bool) -> str:
    """Another sweep does not inherit the zoom, nor another unit."""
    return f"{zlib.crc32(' '.join(p.run_id for p in points).encode()):x} {log}"


def unseen(axis: str, low: float, high: float) -> dict[str, Any]:
    """A line that an axis has to show."""
    other = "x" if axis == "y" else "y"
    ends = {f"{axis}0": low, f"{axis}1": high, f"{other}0": 0, f"{other}1": 0}
    return {"type": "line", "line": {"width": 0}, f"{other}ref": "paper", **ends}
