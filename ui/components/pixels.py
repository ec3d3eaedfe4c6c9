"""Numbers as pictures: uint8 images for the screen."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image

from autoenc.schema import Images

# Plus and minus, far apart for the colour-blind too; nothing is in the middle, a grey.
PLUS_COLOUR, MINUS_COLOUR, ZERO_COLOUR = (213, 94, 0), (27, 127, 196), (236, 236, 236)


def array(images: Images) -> np.ndarray:
    """uint8 (B, C, H, W)."""
    return np.frombuffer(images.data, np.uint8).reshape(images.shape)


def signed(values: np.ndarray) -> np.ndarray:
    """Signed values in two colours, each image by its own greatest.

    Args:
        values: (B, C, H, W); over channels the mean is shown.
    Returns:
        uint8 (B, 3, H, W).
    """
    values = values.mean(axis=1, dtype=np.float64)[..., None]  # (B, H, W, 1)
    part = values / np.maximum(np.abs(values).max(axis=(1, 2, 3), keepdims=True), 1e-12)
    colour = np.where(part > 0, PLUS_COLOUR, MINUS_COLOUR)
    mixed = ZERO_COLOUR + np.abs(part) * (colour - np.array(ZERO_COLOUR))
    pixels: np.ndarray = mixed.round().astype(np.uint8)
    return pixels.transpose(0, 3, 1, 2)


def bright(values: np.ndarray) -> np.ndarray:
    """Values of 0 and more, brighter where larger, each image by its own greatest.

    Args:
        values: (B, H, W).
    Returns:
        uint8 (B, 1, H, W).
    """
    part: np.ndarray = values / np.maximum(values.max(axis=(1, 2), keepdims=True), 1e-12)
    return (255 * part.clip(0, 1)).round().astype(np.uint8)[:, None]


def mosaic(values: np.ndarray, most: int = 16) -> np.ndarray:
    """The numbers in a layer as one grey picture.

    Args:
        values: (k,), drawn as a near square of pixels, or (k, H, W), of which the first `most` stand side by
            side.
    Returns:
        uint8 (1, height, width).
    """
    low, high = float(values.min()), float(values.max())
    grey = (255 * (values - low) / max(high - low, 1e-12)).round().astype(np.uint8)
    n = len(grey) if grey.ndim == 1 else min(len(grey), most)
    rows, columns = _near_square(n)
    if grey.ndim == 1:
        return np.pad(grey, (0, rows * columns - n)).reshape(1, rows, columns)
    _, height, width = grey.shape
    tiles = np.zeros((rows * columns, height + 1, width + 1), np.uint8)  # a dark line between tiles
    tiles[:n, :height, :width] = grey[:n]
    return (
        tiles.reshape(rows, columns, height + 1, width + 1).swapaxes(1, 2).reshape(1, rows * (height + 1), -1)
    )


def _near_square(n: int) -> tuple[int, int]:
    """Rows and columns for n things: without an empty place where that is not much longer than high."""
    rows = next(rows for rows in range(math.isqrt(n), 0, -1) if n % rows == 0)
    if n <= 3 * rows * rows:
        return rows, n // rows
    columns = math.ceil(math.sqrt(n))
    return math.ceil(n / columns), columns


def film(frames: Sequence[Images]) -> np.ndarray:
    """uint8 (F, B, C, H, W)."""
    return np.stack([array(images) for images in frames])


def png(image: np.ndarray) -> bytes:
    """uint8 (C, H, W), one or three channels, as a file."""
    file = io.BytesIO()
    Image.fromarray(image[0] if len(image) == 1 else image.transpose(1, 2, 0)).save(
        file, "PNG", compress_level=3
    )
    return file.getvalue()


def heat(values: np.ndarray, colour: str) -> np.ndarray:
    """Values from 0 to 1, from black over the colour to white, as the pictures in the browser.

    Args:
        values: (H, W).
        colour: #rrggbb.
    Returns:
        uint8 (3, H, W).
    """
    middle = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])[:, None, None]
    part = values.clip(0, 1)[None]
    mixed: np.ndarray = np.where(part < 0.5, 2 * part * middle, middle + (2 * part - 1) * (255 - middle))
    return mixed.round().astype(np.uint8)
