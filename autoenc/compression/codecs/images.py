"""Pillow's image codecs: a file an image, or all images as tiles of one large picture."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from autoenc.compression.codec import Pixels
from autoenc.compression.codecs.source import RateSource
from autoenc.compression.measuring import Returned
from autoenc.datasets import Dataset
from autoenc.schema import RatePoint

N_ALONE = 1000  # test images that become a file each; their mean differs from that of 10,000 by 1 %
MAX_SIDE = 16_000  # pixels of the large picture; WebP allows 16,383
MAX_PIXELS = 40_000_000
N_RETURNED = 1000  # images of a large picture that is made to show some of them


@dataclass(frozen=True)
class ImageCodec:
    """One of Pillow's formats."""

    format: str  # as Pillow calls it
    title: str
    qualities: tuple[int, ...]  # of its knob, rising
    settings: Mapping[str, Any]  # the others of `Image.save`
    grey_settings: Mapping[str, Any] | None = None  # for grey images; None: the same
    lossless: bool = False
    threaded: bool = False

    def write(self, picture: Image.Image, quality: int) -> bytes:
        settings = self.settings
        if picture.mode == "L" and self.grey_settings is not None:
            settings = self.grey_settings
        file = io.BytesIO()
        knob = {} if self.lossless else {"quality": quality}
        picture.save(file, self.format, **knob, **settings)
        return file.getvalue()

    def sources(self, name: str) -> tuple[RateSource, RateSource]:
        """Alone, a file an image; and tiled."""
        return (
            RateSource(
                name,
                f"{self.title}, alone",
                "each image a file of its own",
                partial(_points, self, alone),
                partial(_returned_alone, self),
                len(self.qualities),
                lossless=self.lossless,
                max_images=N_ALONE,
                threaded=self.threaded,
            ),
            RateSource(
                f"{name}-tiled",
                f"{self.title}, tiled",
                "all images side by side in one large picture, which share its head and tables",
                partial(_points, self, tiled),
                partial(_returned_tiled, self),
                len(self.qualities),
                lossless=self.lossless,
                threaded=self.threaded,
            ),
        )


Way = Callable[[ImageCodec, Pixels, int], RatePoint]


def _points(codec: ImageCodec, way: Way, data: Dataset) -> Iterator[RatePoint]:
    for quality in codec.qualities:
        yield way(codec, data.test, quality)


def alone(codec: ImageCodec, images: Pixels, quality: int) -> RatePoint:
    """The first N_ALONE images, a file each."""
    images = images[:N_ALONE]
    n_bytes, squares = 0, 0.0
    for image in images:
        n, back = through(codec, image, quality)
        n_bytes += n
        squares += _squares(image, back)
    return RatePoint(float(quality), len(images), n_bytes, squares / images.size)


def tiled(codec: ImageCodec, images: Pixels, quality: int) -> RatePoint:
    """As many images as one large picture holds, in rows."""
    images, large = _side_by_side(images)
    n_bytes, back = through(codec, large, quality)
    return RatePoint(float(quality), len(images), n_bytes, _squares(large, back) / large.size)


def _returned_alone(codec: ImageCodec, data: Dataset, knob: float, n: int) -> Returned:
    files = [through(codec, image, int(knob)) for image in data.test[:n]]
    return Returned(np.stack([back for _, back in files]), tuple(float(n_bytes) for n_bytes, _ in files))


def _returned_tiled(codec: ImageCodec, data: Dataset, knob: float, n: int) -> Returned:
    """Of a picture of N_RETURNED images: all of them would take seconds."""
    images, large = _side_by_side(data.test[:N_RETURNED])
    _, back = through(codec, large, int(knob))
    _, channels, height, width = images.shape
    rows, columns = back.shape[1] // height, back.shape[2] // width
    tiles = back.reshape(channels, rows, height, columns, width).transpose(1, 3, 0, 2, 4)
    return Returned(tiles.reshape(images.shape)[:n], (), len(images))


def _side_by_side(images: Pixels) -> tuple[Pixels, Pixels]:
    """The images that find room in one large picture, and this picture, (C, H, W)."""
    _, channels, height, width = images.shape
    columns = max(1, min(math.isqrt(len(images)), MAX_SIDE // width))
    rows = max(1, min(len(images) // columns, MAX_SIDE // height, MAX_PIXELS // (columns * width * height)))
    images = images[: rows * columns]
    large = images.reshape(rows, columns, channels, height, width).transpose(2, 0, 3, 1, 4)
    return images, large.reshape(channels, rows * height, columns * width)


def through(codec: ImageCodec, image: Pixels, quality: int) -> tuple[int, Pixels]:
    """The bytes of a picture (C, H, W) as a file, and what comes back."""
    picture = picture_of(image)
    data = codec.write(picture, quality)
    return len(data), opened(data, picture.mode)


def picture_of(image: Pixels) -> Image.Image:
    """(C, H, W) as Pillow's."""
    return Image.fromarray(image[0] if len(image) == 1 else np.ascontiguousarray(image.transpose(1, 2, 0)))


def opened(data: bytes, mode: str) -> Pixels:
    with Image.open(io.BytesIO(data)) as picture:
        pixels = np.asarray(picture.convert(mode))
    return pixels[None] if mode == "L" else pixels.transpose(2, 0, 1)


def _squares(image: Pixels, back: Pixels) -> float:
    """The sum of the squared errors, pixels in [0, 1]."""
    difference = image.astype(np.float32) - back
    return float(np.square(difference, dtype=np.float64).sum()) / 255**2
