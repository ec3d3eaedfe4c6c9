"""Pictures on their way to the browser: many images in one small file, many files in one message."""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from autoenc.once import once

MAX_BYTES = 32_000_000  # bytes of files: a film of each of a dozen runs


@dataclass(frozen=True)
class Sprite:
    """Images side by side in one lossless file."""

    id: str  # equal for equal images: the browser decodes them once
    file: bytes


def _id(images: np.ndarray) -> str:
    content = hashlib.blake2b(repr(images.shape).encode(), digest_size=8)
    content.update(np.ascontiguousarray(images).data)
    return content.hexdigest()


@once(maxsize=MAX_BYTES, key=_id, size=lambda sprite: len(sprite.file))
def sprite(images: np.ndarray) -> Sprite:
    """All images in one WebP: a tenth smaller than PNG, and written faster.

    They stand in rows of `across(B)`. Many browsers look at the same run, and the originals never change: the
    latest files are kept, and each is written once.

    Args:
        images: uint8 (B, C, H, W), one or three channels.
    """
    return Sprite(_id(images), _webp(images))


def across(n: int) -> int:
    """Images in a row of a sprite of n: nearly a square, because WebP ends at 16,383 pixels a side."""
    return max(1, math.ceil(math.sqrt(n)))


def packed(head: Mapping[str, Any], files: Sequence[bytes]) -> bytes:
    """One message: the length of the head, the head as JSON with the sizes of the files, the files.

    As text they would be a third larger.
    """
    text = json.dumps({**head, "sizes": [len(file) for file in files]}).encode()
    return b"".join([len(text).to_bytes(4, "big"), text, *files])


def side_by_side(images: np.ndarray) -> Image.Image:
    """In rows of `across(B)`, black where the last one ends: uint8 (B, C, H, W), one or three channels."""
    b, c, h, w = images.shape
    columns = across(b)
    rows = -(-b // columns)
    whole = np.zeros((rows * columns, c, h, w), np.uint8)
    whole[:b] = images
    whole = whole.reshape(rows, columns, c, h, w).transpose(0, 3, 1, 4, 2).reshape(rows * h, columns * w, c)
    return Image.fromarray(whole[:, :, 0] if c == 1 else whole)


def _webp(images: np.ndarray) -> bytes:
    file = io.BytesIO()
    # More effort than this saves nothing and takes five times as long.
    side_by_side(images).save(file, "WEBP", lossless=True, method=2, quality=20)
    return file.getvalue()
