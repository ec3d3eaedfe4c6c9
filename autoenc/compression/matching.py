"""The same images by the codecs of the Internet: about as many bytes, or about as good a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autoenc.compression.codec import Pixels
from autoenc.compression.codecs.avif import AVIF_CODEC
from autoenc.compression.codecs.images import ImageCodec, picture_of, through
from autoenc.compression.codecs.jpeg import JPEG_CODEC
from autoenc.compression.codecs.png import PNG_CODEC
from autoenc.compression.codecs.webp import WEBP_CODEC
from autoenc.compression.weighing import psnr_of_each

IMAGE_CODECS: Mapping[str, ImageCodec] = {"jpeg": JPEG_CODEC, "webp": WEBP_CODEC, "avif": AVIF_CODEC}
QUALITY_STEP = 6  # between two qualities that are tried: 1 to 2 dB
EQUAL_DB = 0.25  # a picture that misses its PSNR by less is as good

By = Literal["bytes", "psnr"]
Bytes = NDArray[np.int64]
Decibels = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trials:
    """A few images as files of an image codec, at qualities from the lowest up: Q qualities, N images."""

    codec: ImageCodec
    images: Pixels = field(repr=False)  # (N, C, H, W)
    qualities: tuple[int, ...]  # Q
    n_bytes: Bytes = field(repr=False)  # (Q, N)
    psnr_db: Decibels = field(repr=False)  # (Q, N)


@dataclass(frozen=True, eq=False)
class Matched:
    """Of each image the file that comes nearest to what was asked for."""

    pictures: Pixels = field(repr=False)  # (N, C, H, W)
    n_bytes: tuple[int, ...]
    psnr_db: tuple[float, ...]
    at_limit: tuple[bool, ...]  # the codec can go no lower, or make none better


def trials(codec: ImageCodec, images: Pixels) -> Trials:
    """Each image as a file of its own, at every QUALITY_STEP."""
    qualities = tuple(range(codec.qualities[0], 100, QUALITY_STEP))
    n_bytes, psnr_db = [], []
    for quality in qualities:
        pictures, sizes = _files(codec, images, [quality] * len(images))
        n_bytes.append(sizes)
        psnr_db.append(psnr_of_each(images, pictures))
    return Trials(codec, images, qualities, np.array(n_bytes, np.int64), np.array(psnr_db))


def matched(tried: Trials, wanted: Sequence[float], by: By) -> Matched:
    """Of each image the file whose bytes are nearest, or the smallest one whose picture is as good.

    Args:
        wanted: N numbers of bytes, or PSNR in decibels.
    """
    choose = _nearest_in_bytes if by == "bytes" else _smallest_as_good
    chosen = [choose(tried.n_bytes[:, i], tried.psnr_db[:, i], want) for i, want in enumerate(wanted)]
    qualities = [tried.qualities[at] for at, _ in chosen]
    pictures, sizes = _files(tried.codec, tried.images, qualities)
    at_limit = tuple(is_limit for _, is_limit in chosen)
    return Matched(pictures, tuple(sizes), psnr_of_each(tried.images, pictures), at_limit)


def png_bytes(images: Pixels) -> tuple[int, ...]:
    """What each takes where nothing may be lost."""
    return tuple(len(PNG_CODEC.write(picture_of(image), 100)) for image in images)


def _nearest_in_bytes(n_bytes: Bytes, psnr_db: Decibels, want: float) -> tuple[int, bool]:
    """Its place, and whether all files are larger."""
    return int(np.abs(n_bytes - want).argmin()), bool(n_bytes.min() > want)


def _smallest_as_good(n_bytes: Bytes, psnr_db: Decibels, want: float) -> tuple[int, bool]:
    """Its place, and whether no picture is as good: then the best one."""
    good = np.flatnonzero(psnr_db >= want - EQUAL_DB)
    if not len(good):
        return int(psnr_db.argmax()), True
    return int(good[n_bytes[good].argmin()]), False


def _files(codec: ImageCodec, images: Pixels, qualities: Sequence[int]) -> tuple[Pixels, list[int]]:
    """What comes back of a file of each image, and its bytes."""
    pictures, sizes = np.empty_like(images), []
    for i, (image, quality) in enumerate(zip(images, qualities, strict=True)):
        n_bytes, pictures[i] = through(codec, image, quality)
        sizes.append(n_bytes)
    return pictures, sizes
