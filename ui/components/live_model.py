"""Autoencoders that are computed in the browser while a slider is dragged: noisy images, and what comes back.

Images and weights are handed over once and stay in the window; what only the server can say (large models,
SSIM) is of the level at which the slider rests, and is dimmed or hidden while it stands elsewhere. The slider
tells its window where it stands, and is moved, by the events of a film (see pictures), at a level.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from autoenc.errors import ConfigError, ShapeError
from autoenc.numerals import setting
from autoenc.schema import NOISES
from ui.components import fetched, inline, live_rows
from ui.components.readings import WORKER, BrowserReader
from ui.components.save_picture import PngText, png_data
from ui.components.sprites import packed

if TYPE_CHECKING:
    pass

MAX_IMAGES = 16


@dataclass(frozen=True, eq=False)
class Scene:
    """The images that are looked at, and all the randomness of their noise.

    Raises:
        ShapeError: it is not 1 to 16 images of one or three channels, and a finite number for each of theirs.
    """

    x: np.ndarray  # uint8 (B, C, H, W)
    unit: np.ndarray  # float32 (B, C, H, W), standard normal

    def __post_init__(self) -> None:
        live_rows.check_images(self.x)
        fits = self.unit.shape == self.x.shape and self.unit.dtype == np.float32
        if not fits or len(self.x) > MAX_IMAGES or not np.isfinite(self.unit).all():
            raise ShapeError(
                f"a scene has images {self.x.shape} and noise {self.unit.dtype} {self.unit.shape}; allowed: "
                f"at most {MAX_IMAGES} images, and finite float32 of the same shape"
            )

    @property
    def id(self) -> str:
        """Equal for equal scenes."""
        content = hashlib.blake2b(repr(self.x.shape).encode(), digest_size=8)
        content.update(np.ascontiguousarray(self.x).data)
        content.update(np.ascontiguousarray(self.unit).data)
        return content.hexdigest()


@dataclass(frozen=True)
class SceneReader:
    """Who reads the pictures of all rows, and what would be right.

    Raises:
        ConfigError: a label is none of the reader's classes.
    """

    reader: BrowserReader
    labels: tuple[int, ...]  # true class of each image, an index of the reader's classes

    def __post_init__(self) -> None:
        n = len(self.reader.classes)
        if wrong := [label for label in self.labels if not 0 <= label < n]:
            raise ConfigError(f"the class {wrong[0]} is none of the {n} that are read")


@dataclass(frozen=True, eq=False)
class LiveRow:
    """One row of pictures; figures and pictures are of the level at which the slider rests.

    Raises:
        ShapeError: it has neither a source in the browser nor pictures, or not a figure for each picture.
    """

    label: str
    colour: str  # of the key beside the label, #rrggbb
    live: str | None = None  # "original", "noisy", or the id of a network; None: pictures from the server
    pictures: np.ndarray | None = None  # uint8 (B, C, H, W), needed where live is None
    psnr: tuple[float, ...] = ()  # B, decibels; empty: not known; of a live row the browser shows its own
    ssim: tuple[float, ...] = ()  # B; empty: not known
    says: str = ""  # a short addition to the label
    mean: str = ""  # over these images: "21.4 dB, 0.83"

    def __post_init__(self) -> None:
        live_rows.check_row(self, {"PSNR": self.psnr, "SSIM": self.ssim})


def preload(scene: Scene) -> None:
    """Give the browser a scene, unseen. Once a run of the script, before the fragment that shows it."""
    x, unit = np.ascontiguousarray(scene.x), np.ascontiguousarray(scene.unit)
    _give({"id": scene.id, "shape": x.shape}, [x.tobytes(), unit.astype("<f4").tobytes()])


def live_model(
    scene_id: str,
    kind: str,
    level: float,
    rows: Sequence[LiveRow],
    *,
    key: str,
    reader: SceneReader | None = None,
    png: PngText | None = None,
) -> float:
    """A slider and below it the rows, computed again while it is dragged; those of this key are kept.

    Args:
        scene_id: of a scene that is handed over; so are all networks that the rows name.
        kind: one of NOISES.
        level: where the slider stands at first, and what the rows from the server are of. Another one than
            the visitor chose moves the slider; one that was chosen before leaves it where it is.
        reader: under each picture stands what it reads in it; its network is handed over as those of rows.
        png: a button saves the rows as they are seen, with these words around them.
    Returns:
        The level at which the reader has let it rest since the last run of the script, once; otherwise
        `level`. To show the rows of that level, call again with it.
    Raises:
        ConfigError: the kind is unknown, or the level is not from 0 to the largest of its kind.
        ShapeError: the rows differ in the number or size of their images.
    """
    _check(kind, level, rows)
    data = message(scene_id, kind, level, rows, key, reader, png)
    rested = _mount(key=key, data=data, on_rested_change=lambda: None).rested  # {kind, level}
    return float(rested["level"]) if rested and rested["kind"] == kind else float(level)


def message(
    scene_id: str,
    kind: str,
    level: float,
    rows: Sequence[LiveRow],
    key: str,
    reader: SceneReader | None = None,
    png: PngText | None = None,
) -> bytes:
    """What `live_model` sends to the browser."""
    noise = NOISES[kind]
    head = {
        **{"key": key, "scene": scene_id, "kind": kind, "level": float(level), "most": noise.most},
        **{"title": noise.title, "meaning": noise.level, "unit": noise.unit},
        "rows": [_row_data(row) for row in rows],
        "worker": WORKER,
        "reader": None if reader is None else asdict(reader.reader),
        "labels": [] if reader is None else reader.labels,
        "png": png_data(png),
    }
    return live_rows.message_of(head, rows)


# The browser fetches one file for both, so that they share what is handed over.
_parts = (
    *("keep.js", "sprites.js", "levels.js", "save_picture.js", "readings.js", "assets.js", "noise.js"),
    *("worker_pool.js", "live_slider.js", "live_rows.js", "live_readings.js", "live_model.js"),
)
_mount = st.components.v2.component(
    "live_model",
    js=fetched("live_model", *_parts),
    css=inline("sprites.css", "save_picture.css", "readings.css", "live_model.css"),
)
_assets = st.components.v2.component(
    "assets",
    js=fetched("live_model", *_parts, seen=False),
    css=live_rows.HIDDEN_CSS,
    isolate_styles=False,  # it hides what stands around it
)


def _give(head: dict[str, Any], files: list[bytes]) -> None:
    _assets(key=f"assets-{head['id']}", data=packed({"assets": True, **head}, files))


def _row_data(row: LiveRow) -> dict[str, Any]:
    return live_rows.texts_of(row) | {
        "psnr": list(map(live_rows.number, row.psnr)),
        "ssim": list(map(live_rows.number, row.ssim)),
    }


def _check(kind: str, level: float, rows: Sequence[LiveRow]) -> None:
    if kind not in NOISES:
        raise ConfigError(f"unknown noise {kind!r}; known: {', '.join(NOISES)}")
    if not 0 <= level <= NOISES[kind].most:
        raise ConfigError(f"level is {level!r}; allowed for {kind}: from 0 to {setting(NOISES[kind].most)}")
    live_rows.check_alike(rows)
