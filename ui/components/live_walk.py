"""A walk through the code under the finger: from one image in the direction of another, drawn at once.

Images, their codes and the decoder are handed over once and stay in the window. What a model too large for
the browser draws comes from the server, of the place where the slider rests, and is dimmed elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import streamlit as st

from autoenc.errors import ConfigError, ShapeError
from ui.components import fetched, inline, live_rows
from ui.components.readings import WORKER, BrowserReader
from ui.components.save_picture import PngText, png_data
from ui.components.sprites import packed

N_STEPS = 9  # pictures of the film below the slider, evenly from its one end to the other
Way = Literal["code", "pixels"]


@dataclass(frozen=True, eq=False)
class WalkScene:
    """The images that a walk may begin or end at, by their numbers, and their codes.

    Raises:
        ShapeError: there are not as many of each, or a code is not finite.
    """

    numbers: tuple[int, ...]  # of the images, no two alike; below 0: no test image
    titles: tuple[str, ...]  # B
    x: np.ndarray = field(repr=False)  # uint8 (B, C, H, W)
    z: np.ndarray = field(repr=False)  # float32 (B, n_latents)

    def __post_init__(self) -> None:
        live_rows.check_images(self.x)
        n = len(self.x)
        fits = self.z.ndim == 2 and self.z.dtype == np.float32 and bool(np.isfinite(self.z).all())
        if not fits or {len(self.z), len(self.titles), len(set(self.numbers)), len(self.numbers)} != {n}:
            raise ShapeError(
                f"a walk has images {self.x.shape}, codes {self.z.dtype} {self.z.shape}, "
                f"{len(self.numbers)} numbers and {len(self.titles)} titles; allowed: one of each for every "
                "image, no number twice, codes finite float32 (B, n_latents)"
            )

    @property
    def id(self) -> str:
        """Equal for equal scenes."""
        head = repr((self.x.shape, self.z.shape, self.numbers, self.titles))
        content = hashlib.blake2b(head.encode(), digest_size=8)
        for part in (np.ascontiguousarray(self.x).data, np.ascontiguousarray(self.z).data):
            content.update(part)
        return content.hexdigest()


@dataclass(frozen=True)
class Tile:
    """One large picture beside others.

    A slot takes what is dragged into it; a fixed one shows an image of the scene; that of a way follows the
    slider; one that is none of these is a question mark.
    """

    label: str
    colour: str = ""  # of the key beside the label, #rrggbb; empty: none
    slot: Literal["a", "b"] | None = None
    number: int | None = None  # of the image that is fixed
    way: Way | None = None
    sign: str = ""  # before it: + or -


@dataclass(frozen=True)
class Walk:
    """Where it goes: from the image `start`, in the direction from `minus` to `plus`.

    Raises:
        ConfigError: the slider does not stand between its ends.
    """

    of: str  # equal as long as the slider may stay where it is
    start: int  # numbers of images of the scene
    plus: int
    minus: int
    level: int  # percent of the way
    most: int = 100  # percent

    def __post_init__(self) -> None:
        if not 0 <= self.level <= self.most:
            raise ConfigError(f"the slider stands at {self.level} %; allowed: 0 to {self.most}")


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the server has drawn for a model too large for the browser."""

    here: np.ndarray = field(repr=False)  # uint8 (C, H, W), where the slider rests
    film: np.ndarray = field(repr=False)  # uint8 (N_STEPS, C, H, W)


@dataclass(frozen=True, eq=False)
class Stage:
    """What is seen of a walk."""

    tiles: tuple[Tile, ...]
    title: str  # of the slider
    choices: tuple[int, ...] = ()  # numbers of images that can be dragged into the slots
    ends: tuple[int, ...] = ()  # class indices that a reader expects; another one is marked. Empty: any
    reader: BrowserReader | None = None
    drawn: Drawn | None = None  # where the browser has no decoder


@dataclass(frozen=True)
class Rested:
    """What the visitor has let rest: the images in the slots, by their numbers, and the slider."""

    a: int
    b: int
    level: int


def preload(scene: WalkScene) -> None:
    """Give the browser a scene, unseen. Once a run of the script, before the fragment that shows it."""
    files = [np.ascontiguousarray(scene.x).tobytes(), scene.z.astype("<f4").tobytes()]
    head = {"assets": True, "id": scene.id, "shape": scene.x.shape}
    texts = {"numbers": scene.numbers, "titles": scene.titles}
    _assets(key=f"walk-assets-{scene.id}", data=packed(head | texts, files))


def live_walk(
    scene_id: str, decoder_id: str | None, walk: Walk, stage: Stage, *, key: str, png: PngText | None = None
) -> Rested | None:
    """Pictures, a slider and a film, drawn again while it is dragged; those of this key are kept.

    Args:
        scene_id, decoder_id: what is handed over; no decoder: `stage.drawn` has what the server draws.
        png: a button saves what is seen, with these words around it.
    Returns:
        Where the visitor has let it rest since the last run of the script, once; None otherwise. With slots
        the walk begins at a and ends at b.
    """
    data = message(scene_id, decoder_id, walk, stage, key, png)
    return _rested(_mount(key=key, data=data, on_rested_change=lambda: None).rested, walk)


def message(
    scene_id: str, decoder_id: str | None, walk: Walk, stage: Stage, key: str, png: PngText | None = None
) -> bytes:
    """What `live_walk` sends to the browser."""
    where = asdict(walk)
    head = {
        **{"key": key, "scene": scene_id, "network": decoder_id, "kind": where.pop("of"), **where},
        **{"tiles": [asdict(tile) for tile in stage.tiles], "title": stage.title, "choices": stage.choices},
        **{"ends": stage.ends, "reader": None if stage.reader is None else asdict(stage.reader)},
        **{"steps": N_STEPS, "worker": WORKER, "png": png_data(png)},
    }
    return packed(head, _files(stage.drawn))


def _files(drawn: Drawn | None) -> Sequence[bytes]:
    if drawn is None:
        return ()
    return [np.ascontiguousarray(drawn.here).tobytes(), np.ascontiguousarray(drawn.film).tobytes()]


def _rested(rested: Any, walk: Walk) -> Rested | None:
    """What a browser sends may be anything."""
    if not isinstance(rested, Mapping) or rested.get("kind") != walk.of:
        return None
    match rested.get("a"), rested.get("b"), rested.get("level"):
        case int(a), int(b), int(level) if 0 <= level <= walk.most:
            return Rested(a, b, level)
    return None


# The browser fetches one file for both, so that they share what is handed over.
_parts = (
    *("keep.js", "sprites.js", "levels.js", "save_picture.js", "assets.js", "worker_pool.js", "readings.js"),
    *("live_slider.js", "walk_pictures.js", "walk_slots.js", "live_walk.js"),
)
_mount = st.components.v2.component(
    "live_walk",
    js=fetched("live_walk", *_parts),
    css=inline("sprites.css", "save_picture.css", "readings.css", "live_model.css", "live_walk.css"),
)
_assets = st.components.v2.component(
    "walk_assets",
    js=fetched("live_walk", *_parts, seen=False),
    css=live_rows.HIDDEN_CSS,
    isolate_styles=False,  # it hides what stands around it
)
