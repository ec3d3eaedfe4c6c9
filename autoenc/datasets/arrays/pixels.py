"""Images as people save them -> uint8 (N, C, H, W), some at a time: they need not fit into memory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from autoenc.datasets.arrays.receiving import ArrayFile
from autoenc.datasets.decoding import square
from autoenc.datasets.raw import Bytes
from autoenc.errors import DatasetError
from autoenc.numerals import short

CHUNK_BYTES = 16_000_000  # of an array, looked at at once
MIN_SIDE = 4  # pixels: what is smaller is one picture, or no pictures
MIN_WHITE = 128  # of numbers up to 255: where all are smaller, nobody knows what they mean
Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Layout:
    """Where an array has its colours and sides."""

    channels: int
    height: int
    width: int
    channels_last: bool


@dataclass(frozen=True)
class Scale:
    """How a pixel becomes 0 to 255: times this, after adding that."""

    factor: float
    offset: float = 0.0
    note: str = ""


def layout_of(file: ArrayFile) -> Layout:
    """Of an array of images.

    Raises:
        DatasetError: it has no images, or they have another form.
    """
    shape = file.shape
    called = f"{file.name} has the shape {'x'.join(map(str, shape))}"
    if len(shape) == 2:
        raise DatasetError(f"{called}; reshape it to (N, H, W), as images are")
    if not shape[0]:
        raise DatasetError(f"{file.name} has no images; save it again")
    if len(shape) == 3:
        layout = Layout(1, shape[1], shape[2], False)
    elif len(shape) == 4 and shape[3] in (1, 3):
        layout = Layout(shape[3], shape[1], shape[2], True)
    elif len(shape) == 4 and shape[1] in (1, 3):
        layout = Layout(shape[1], shape[2], shape[3], False)
    else:
        raise DatasetError(f"{called}; allowed: (N, H, W), (N, H, W, 3) or (N, 3, H, W), grey or RGB")
    if min(layout.height, layout.width) < MIN_SIDE:
        raise DatasetError(f"{called}, so sides of less than {MIN_SIDE} pixels; arrange it as (N, H, W)")
    return layout


def ranges(files: Sequence[ArrayFile], seen: list[tuple[float, float]]) -> Iterator[None]:
    """Puts the smallest and the largest number of each array into a list, in many steps.

    Raises:
        DatasetError: there are some that are no numbers.
    """
    for file in files:
        least, most = math.inf, -math.inf
        for chunk in _chunks(file, None):
            least, most = min(least, float(chunk.min())), max(most, float(chunk.max()))
            if not math.isfinite(least + most):
                raise DatasetError(
                    f"{file.name} has pixels that are not numbers (NaN, infinity); replace them"
                )
            yield
        seen.append((least, most))


def scale_for(files: Sequence[ArrayFile], seen: Sequence[tuple[float, float]]) -> Scale:
    """By what numbers there are in all arrays of a data set, so that they stay comparable.

    Raises:
        DatasetError: nobody can tell which number is white.
    """
    least, most = min(pair[0] for pair in seen), max(pair[1] for pair in seen)
    kinds = {file.kind for file in files}
    if kinds <= set("US"):
        raise DatasetError(f"{files[0].name} holds text; allowed: numbers")
    if least >= 0 and most <= 1:
        note = "" if kinds <= {"b", "f"} else "pixels of 0 and 1 are shown as black and white"
        return Scale(255, note=note)
    if kinds == {"f"} and -1 <= least < 0 and most <= 1:
        return Scale(127.5, 1.0, "pixels from -1 to 1 are shown from black to white")
    if least >= 0 and most <= 255 and (most >= MIN_WHITE or _are_bytes(files)):
        return Scale(1)
    raise DatasetError(
        f"the pixels in {files[0].name} run from {short(least, 3)} to {short(most, 3)}; "
        "allowed: 0 to 255, 0 to 1 or -1 to 1; scale them"
    )


def _are_bytes(files: Sequence[ArrayFile]) -> bool:
    return all(np.dtype(file.head.dtype) == np.uint8 for file in files)


def images_of(
    file: ArrayFile, order: npt.NDArray[np.int64] | None, scale: Scale, side: int | None
) -> Iterator[Bytes]:
    """Its images, some at a time.

    Args:
        order: indices of those that are wanted; None: all.
        side: to which their centre squares are resized; None: they stay as they are.
    """
    layout = layout_of(file)
    for chunk in _chunks(file, order):
        images = _scaled(_with_channels(chunk, layout), scale)
        yield images if side is None else np.stack([square(image, side) for image in images])


def _chunks(file: ArrayFile, order: npt.NDArray[np.int64] | None) -> Iterator[Numbers]:
    numbers, n = file.opened(), file.shape[0] if order is None else len(order)
    step = max(1, CHUNK_BYTES // max(1, math.prod(file.shape[1:]) * numbers.itemsize))
    for i in range(0, n, step):
        yield numbers[i : i + step] if order is None else numbers[order[i : i + step]]


def _with_channels(chunk: Numbers, layout: Layout) -> Numbers:
    if chunk.ndim == 3:
        return chunk[:, np.newaxis]
    return np.moveaxis(chunk, 3, 1) if layout.channels_last else chunk


def _scaled(images: Numbers, scale: Scale) -> Bytes:
    if (scale.factor, scale.offset) == (1, 0) and images.dtype.kind in "iu":
        return np.ascontiguousarray(images, np.uint8)
    scaled = (images.astype(np.float64) + scale.offset) * scale.factor
    return np.ascontiguousarray(np.rint(scaled).clip(0, 255), np.uint8)
