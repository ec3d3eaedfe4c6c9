"""Codes under the finger: a slider sets the step to which they are rounded; the decoder draws them at once.

Images, codes and the decoder are handed over once and stay in the window. What only the server can say (true
bytes, the image codecs, what a model too large for the browser draws) is of the place where the slider rests,
and is dimmed or hidden while it stands elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st

from autoenc.errors import ConfigError, ShapeError
from autoenc.schema import CodeQuantiles
from ui.components import fetched, inline, live_rows
from ui.components.readings import WORKER
from ui.components.save_picture import PngText, png_data
from ui.components.sprites import packed

if TYPE_CHECKING:
    pass

MAX_IMAGES = 16


@dataclass(frozen=True, eq=False)
class CodeScene:
    """The images that are looked at, their codes, and how the values of a code are spread.

    Raises:
        ShapeError: it is not 1 to 16 images of one or three channels, and a code of finite numbers for each.
    """

    x: np.ndarray = field(repr=False)  # uint8 (B, C, H, W)
    z: np.ndarray = field(repr=False)  # float32 (B, n_latents)
    quantiles: CodeQuantiles = field(repr=False)

    def __post_init__(self) -> None:
        live_rows.check_images(self.x)
        fits = self.z.ndim == 2 and len(self.z) == len(self.x) <= MAX_IMAGES and self.z.dtype == np.float32
        if not fits or not np.isfinite(self.z).all() or self.z.shape[1] % self.quantiles.n_tables:
            raise ShapeError(
                f"a scene has images {self.x.shape} and codes {self.z.dtype} {self.z.shape}; allowed: at "
                f"most {MAX_IMAGES} images, and finite float32 (B, n_latents), a multiple of the "
                f"{self.quantiles.n_tables:,} tables"
            )

    @property
    def id(self) -> str:
        """Equal for equal scenes."""
        content = hashlib.blake2b(repr((self.x.shape, self.z.shape)).encode(), digest_size=8)
        for part in (np.ascontiguousarray(self.x).data, np.ascontiguousarray(self.z).data):
            content.update(part)
        content.update(self.quantiles.data)
        return content.hexdigest()


@dataclass(frozen=True)
class Bits:
    """The slider: bits of the number that is spread most widely.

    Raises:
        ConfigError: it does not stand between its ends.
    """

    of: str  # equal as long as the slider may stay where it is: of this run
    level: float  # where it stands at first, and what the rows from the server are of
    least: float
    most: float
    spread: int  # of that number, in units of the quantiles
    exponent: int  # of the unit: 2**exponent
    trained: float | None = None  # where the step is 1, for which the model was trained

    def __post_init__(self) -> None:
        if not self.least <= self.level <= self.most:
            raise ConfigError(
                f"bits are {self.level!r}; allowed for this code: from {self.least} to {self.most}"
            )


@dataclass(frozen=True, eq=False)
class CodeRow:
    """One row of pictures; figures and pictures are of the place where the slider rests.

    Raises:
        ShapeError: it has neither a source in the browser nor pictures, or not a figure for each picture.
    """

    label: str
    colour: str  # of the key beside the label, #rrggbb
    live: Literal["original", "code"] | None = None  # None: pictures from the server
    pictures: np.ndarray | None = field(default=None, repr=False)  # uint8 (B, C, H, W), where live is None
    n_bytes: tuple[int, ...] = ()  # B; of each image
    psnr: tuple[float, ...] = ()  # B, decibels; of its live row the browser shows its own
    marked: tuple[bool, ...] = ()  # B; these bytes have a star, which `says` explains
    says: str = ""  # a short addition to the label
    mean: str = ""  # over these images: "13.8 bytes, 22.1 dB"

    def __post_init__(self) -> None:
        live_rows.check_row(self, {"bytes": self.n_bytes, "PSNR": self.psnr, "marks": self.marked})


def preload(scene: CodeScene) -> None:
    """Give the browser a scene, unseen. Once a run of the script, before the fragment that shows it."""
    files = [np.ascontiguousarray(scene.x).tobytes(), scene.z.astype("<f4").tobytes(), scene.quantiles.data]
    _give({"id": scene.id, "shape": scene.x.shape}, files)


def live_code(
    scene_id: str,
    decoder_id: str | None,
    bits: Bits,
    rows: Sequence[CodeRow],
    *,
    key: str,
    png: PngText | None = None,
) -> float:
    """A slider and below it the rows, computed again while it is dragged; those of this key are kept.

    Args:
        scene_id, decoder_id: what is handed over; no decoder: the model is too large for the browser.
        bits: where the slider stands. Another place than the visitor chose moves the slider; one that was
            chosen before leaves it where it is.
        rows: the first that is drawn of codes has the bytes.
        png: a button saves the rows as they are seen, with these words around them.
    Returns:
        The bits at which the reader has let it rest since the last run of the script, once; otherwise
        `bits.level`. To show the rows there, call again with it.
    Raises:
        ShapeError: the rows differ in the number or size of their images.
    """
    data = message(scene_id, decoder_id, bits, rows, key, png)
    rested = _mount(key=key, data=data, on_rested_change=lambda: None).rested  # {kind, level}
    return _level(rested, bits)


def _level(rested: Any, bits: Bits) -> float:
    """What a browser sends may be anything."""
    if not isinstance(rested, dict) or rested.get("kind") != bits.of:
        return bits.level
    level = rested.get("level")
    if isinstance(level, int | float) and bits.least <= level <= bits.most:
        return float(level)
    return bits.level


def message(
    scene_id: str,
    decoder_id: str | None,
    bits: Bits,
    rows: Sequence[CodeRow],
    key: str,
    png: PngText | None = None,
) -> bytes:
    """What `live_code` sends to the browser."""
    live_rows.check_alike(rows)
    slider = asdict(bits)
    head = {
        **{"key": key, "scene": scene_id, "network": decoder_id, "kind": slider.pop("of"), **slider},
        "rows": [_row_data(row) for row in rows],
        "bytes": next((row.n_bytes for row in rows if row.n_bytes), ()),
        "worker": WORKER,
        "png": png_data(png),
    }
    return live_rows.message_of(head, rows)


# The browser fetches one file for both, so that they share what is handed over.
_parts = (
    *("keep.js", "sprites.js", "levels.js", "save_picture.js", "assets.js", "code_tables.js"),
    *("worker_pool.js", "live_slider.js", "live_rows.js", "live_code.js"),
)
_mount = st.components.v2.component(
    "live_code",
    js=fetched("live_code", *_parts),
    css=inline("sprites.css", "save_picture.css", "live_model.css", "live_code.css"),
)
_assets = st.components.v2.component(
    "code_assets",
    js=fetched("live_code", *_parts, seen=False),
    css=live_rows.HIDDEN_CSS,
    isolate_styles=False,  # it hides what stands around it
)


def _give(head: dict[str, Any], files: list[bytes]) -> None:
    _assets(key=f"code-assets-{head['id']}", data=packed({"assets": True, **head}, files))


def _row_data(row: CodeRow) -> dict[str, Any]:
    marked = row.marked or (False,) * len(row.n_bytes)
    stars = [f"{n:,}{'*' * is_marked}" for n, is_marked in zip(row.n_bytes, marked, strict=True)]
    return live_rows.texts_of(row) | {"bytes": stars, "psnr": list(map(live_rows.number, row.psnr))}
