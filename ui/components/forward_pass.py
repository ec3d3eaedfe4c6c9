"""What an autoencoder is, in one picture: an image, its code, and what comes back of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st

from autoenc.errors import ShapeError
from autoenc.plots import COLOUR
from ui.components import fetched, inline
from ui.components.readings import ImageReading
from ui.components.save_picture import PngText, png_data
from ui.components.sprites import across, packed, sprite

MAX_MAPS = 64  # feature maps that are drawn


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """One image on its way.

    Raises:
        ShapeError: the images differ in shape or are not uint8 (C, H, W), or the code is of another shape.
    """

    x: np.ndarray  # uint8 (C, H, W), one or three channels
    x_noisy: np.ndarray | None  # what the encoder is given where that is not x
    code: np.ndarray  # any numbers: (k,), drawn as bars, or (k, h, w), as a mosaic of feature maps
    x_hat: np.ndarray
    caption: str  # a sentence below

    def __post_init__(self) -> None:
        images = [self.x, self.x_hat, *([] if self.x_noisy is None else [self.x_noisy])]
        shapes = {(str(image.dtype), image.shape) for image in images}
        shape = self.x.shape
        if shapes != {("uint8", shape)} or len(shape) != 3 or shape[0] not in (1, 3):
            raise ShapeError(
                f"images of a forward pass are {sorted(shapes)}; "
                "allowed: all uint8 (1 or 3, H, W), of one size"
            )
        if self.code.ndim not in (1, 3) or not self.code.size:
            raise ShapeError(
                f"a code is {self.code.shape}; allowed: (k,) or (k, h, w), with at least one number"
            )


_mount = st.components.v2.component(
    "forward_pass",
    js=fetched("forward_pass", "keep.js", "sprites.js", "save_picture.js", "readings.js", "forward_pass.js"),
    css=inline("sprites.css", "save_picture.css", "readings.css", "forward_pass.css"),
)


def forward_pass(
    steps: Sequence[ForwardPass],
    *,
    key: str,
    playing: bool = False,
    caption: str = "",
    difference: str | None = None,
    readings: tuple[ImageReading, ImageReading] | None = None,
    png: PngText | None = None,
) -> None:
    """Show an image on its way, or one after the other.

    Args:
        playing: it moves on by itself, unless the reader wants less motion or presses pause.
        caption: a line above.
        difference: the colour (#rrggbb) of one more picture, the absolute difference between the image and
            what came back, from black over this colour to white.
        readings: of the image and of what came back, where there is one step.
        png: a button saves what is seen, with these words around it.
    Raises:
        ShapeError: there is no step, or the steps differ in the shapes of their images or codes.
    """
    shapes = {(step.x.shape, step.code.shape, step.x_noisy is None) for step in steps}
    if len(shapes) != 1:
        raise ShapeError(
            f"the steps of a forward pass have one shape of image and code; given: {sorted(map(str, shapes))}"
        )
    (c, h, w), code_shape, _ = shapes.pop()
    parts = [("original", "Original", np.stack([step.x for step in steps]))]
    noisy = [step.x_noisy for step in steps if step.x_noisy is not None]
    if noisy:
        parts.append(("noisy", "Noisy", np.stack(noisy)))
    parts.append(("reconstruction", "Reconstruction", np.stack([step.x_hat for step in steps])))
    drawn, files = _code(np.stack([step.code for step in steps]))
    head = {
        "key": key,
        "caption": caption,
        "playing": playing,
        "difference": difference,
        "png": png_data(png),
        "captions": [step.caption for step in steps],
        "images": [
            {"label": label, "colour": COLOUR[kind], "reading": _reading(readings, kind)}
            for kind, label, _ in parts
        ],
        "shape": {"channels": c, "height": h, "width": w, "across": across(len(steps))},
        "code": {"n": int(np.prod(code_shape)), **drawn},
    }
    _mount(key=key, data=packed(head, [sprite(images).file for _, _, images in parts] + files))


def _reading(readings: tuple[ImageReading, ImageReading] | None, kind: str) -> dict[str, Any] | None:
    if readings is None or kind == "noisy":
        return None
    return asdict(readings[kind == "reconstruction"])


def _code(codes: np.ndarray) -> tuple[dict[str, int], list[bytes]]:
    """How the codes are drawn, and a file with their numbers in 8 bits.

    All steps have one scale, so that they can be compared. What is not finite is drawn as nothing.

    Args:
        codes: (S, k) or (S, k, h, w).
    """
    s, k, *size = codes.shape
    codes = np.nan_to_num(codes.astype(np.float64), nan=0, posinf=0, neginf=0)
    if not size:
        greatest = max(np.abs(codes).max(), 1e-12)
        return {"bars": k}, [(127 * codes / greatest).round().astype(np.int8).tobytes()]
    h, w = size
    shown = codes[:, :MAX_MAPS]
    low, high = shown.min(), shown.max()
    levels = (255 * (shown - low) / max(high - low, 1e-12)).round().astype(np.uint8)
    n = levels.shape[1]
    file = sprite(levels.reshape(s * n, 1, h, w)).file
    return {"maps": n, "of": k, "height": h, "width": w, "across": across(s * n)}, [file]
