"""A code under the hand: its numbers as bars, or as maps, and what is drawn of them while they move.

The decoder is handed over once and computes in the browser. Of a model that is too large for that, the server
draws where the hand rests. What was moved stays while the component is on the page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from autoenc.errors import ShapeError
from ui.components import fetched, inline
from ui.components.readings import WORKER, BrowserReader
from ui.components.save_picture import PngText, png_data
from ui.components.sprites import packed

MAX_MOVED = 4096  # numbers of a code that a browser may have moved
MAX_VALUE = 1e30
MAX_MAPS = 64  # that are shown

Moved = Mapping[str, float]  # the name of a bar, or the index of a number of maps -> where it stands


@dataclass(frozen=True)
class Bar:
    """One number of a code, or a direction along which several move."""

    name: str  # of itself in what was moved: `18`, `g1`
    title: str  # `Value 18`
    at: float  # where it stands in the untouched code
    low: float  # between which nearly all images are
    high: float
    unit: float  # one standard deviation
    index: int | None  # of the number in the code; None: the next of the axes


@dataclass(frozen=True, eq=False)
class Bars:
    """A code as a row of numbers; distances as `autoenc.latent.Distance`."""

    bars: tuple[Bar, ...]
    axes: np.ndarray = field(repr=False)  # float32 (G, K)
    constant: float
    linear: np.ndarray = field(repr=False)  # float32 (B,)
    square: np.ndarray = field(repr=False)  # float32 (B, B)
    words: Sequence[tuple[float, str]] = field(repr=False)  # what is said up to each distance


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """A code as a stack of maps."""

    shape: tuple[int, int, int]  # channels, rows, columns
    order: Sequence[int] = field(repr=False)  # of the channels
    usual: np.ndarray = field(repr=False)  # (channels, 2) between which nearly all values are
    stride: tuple[int, int]  # where a place reaches, as `autoenc.latent.Reach`
    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True, eq=False)
class CodeScene:
    """An image and its code.

    Raises:
        ShapeError: image or code are not what they should be.
    """

    of: str  # equal as long as what was moved may stay: of this run and image
    x: np.ndarray = field(repr=False)  # uint8 (C, H, W)
    z: np.ndarray = field(repr=False)  # float32 (K,)
    touch: Bars | FeatureMaps
    decoder: str | None = None  # the id under which the browser has it
    # Without a decoder uint8 (2, C, H, W): of the untouched code, and of what was moved.
    drawn: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        is_image = self.x.dtype == np.uint8 and self.x.ndim == 3 and self.x.shape[0] in (1, 3)
        if not is_image or self.z.dtype != np.float32 or self.z.ndim != 1 or not np.isfinite(self.z).all():
            raise ShapeError(
                f"an image {self.x.dtype} {self.x.shape} with a code {self.z.dtype} {self.z.shape} was "
                "given; allowed: uint8 (1 or 3, H, W), and finite float32 (K,)"
            )

    def allowed(self, moved: Moved) -> dict[str, float]:
        """Of what was moved: that which this code has."""
        touch = self.touch
        names = {bar.name for bar in touch.bars} if isinstance(touch, Bars) else None
        return {name: value for name, value in moved.items() if self._is_of_maps(name, names)}

    def _is_of_maps(self, name: str, names: set[str] | None) -> bool:
        if names is not None:
            return name in names
        return name.isascii() and name.isdigit() and len(name) <= 7 and int(name) < len(self.z)

    def code(self, moved: Moved) -> np.ndarray:
        """With what was moved: float32 (K,)."""
        z = self.z.copy()
        bars = {bar.name: bar for bar in self.touch.bars} if isinstance(self.touch, Bars) else {}
        groups = [name for name, bar in bars.items() if bar.index is None]
        for name, value in self.allowed(moved).items():
            bar = bars.get(name)
            if bar is None:
                z[int(name)] = value
            elif bar.index is not None:
                z[bar.index] = value
            elif isinstance(self.touch, Bars):
                z += np.float32(value - bar.at) * self.touch.axes[groups.index(name)]
        return z


def code_bars(
    scene: CodeScene,
    moved: Moved,
    *,
    key: str,
    opened: int = 0,
    reader: BrowserReader | None = None,
    png: PngText | None = None,
) -> dict[str, float] | None:
    """The code of this key, to be changed.

    Args:
        moved: where its bars stand at first, and what `scene.drawn` is of.
        opened: another number moves the bars to `moved`, though the scene is of the same.
        reader: who reads what is drawn; its network is handed over too.
        png: a button saves what is seen, with these words around it.
    Returns:
        Where the bars that were moved stand, once the hand rests; None: nothing new.
    """
    data = message(scene, moved, key, opened, reader, png)
    return read_moved(_mount(key=key, data=data, on_moved_change=lambda: None).moved, scene)


def read_moved(sent: Any, scene: CodeScene) -> dict[str, float] | None:
    """What a browser sends may be anything."""
    if not isinstance(sent, dict) or sent.get("of") != scene.of:
        return None
    moved = sent.get("moved")
    if not isinstance(moved, dict) or len(moved) > MAX_MOVED:
        return None
    numbers = {
        name: float(value)
        for name, value in moved.items()
        if isinstance(name, str) and isinstance(value, int | float) and abs(value) < MAX_VALUE  # and no NaN
    }
    return scene.allowed(numbers)


def message(
    scene: CodeScene,
    moved: Moved,
    key: str,
    opened: int,
    reader: BrowserReader | None,
    png: PngText | None,
) -> bytes:
    """What `code_bars` sends to the browser."""
    head = {
        **{"key": key, "of": scene.of, "opened": opened, "moved": dict(scene.allowed(moved))},
        **{"shape": scene.x.shape, "network": scene.decoder, "worker": WORKER, "png": png_data(png)},
        "reader": asdict(reader) if reader else None,
        "served": scene.drawn is not None,
    }
    files = [np.ascontiguousarray(scene.x).tobytes(), _floats(scene.z)]
    files.append(b"" if scene.drawn is None else np.ascontiguousarray(scene.drawn).tobytes())
    if isinstance(scene.touch, Bars):
        head |= _bars_data(scene.touch)
        files += [_floats(part) for part in (scene.touch.axes, scene.touch.linear, scene.touch.square)]
    else:
        maps = {"order": scene.touch.order[:MAX_MAPS], "usual": scene.touch.usual.tolist()}
        head["maps"] = asdict(scene.touch) | maps
    return packed(head, files)


def _bars_data(bars: Bars) -> dict[str, Any]:
    words = [[limit if math.isfinite(limit) else None, text] for limit, text in bars.words]
    of_bars = [asdict(bar) | {"places": _places(bar.high - bar.low)} for bar in bars.bars]
    return {"bars": of_bars, "constant": bars.constant, "words": words}


def _places(width: float) -> int:
    """Digits behind the point, so that a hundredth of the bar can be told."""
    return min(6, max(0, 2 - math.floor(math.log10(width)))) if width > 0 else 2


def _floats(numbers: np.ndarray) -> bytes:
    return np.ascontiguousarray(numbers, "<f4").tobytes()


_mount = st.components.v2.component(
    "code_bars",
    js=fetched(
        "code_bars",
        *("keep.js", "sprites.js", "levels.js", "save_picture.js", "assets.js", "worker_pool.js"),
        *("readings.js", "code_hand.js", "code_pictures.js", "feature_maps.js", "code_bars.js"),
    ),
    css=inline("sprites.css", "save_picture.css", "readings.css", "code_bars.css"),
)
