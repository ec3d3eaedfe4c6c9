"""Photographs that come with scikit-image and scikit-learn: nothing is downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple

import numpy as np

from autoenc.errors import ConfigError, PictureError
from autoenc.pictures import open_picture
from autoenc.pictures.opening import Picture


class Example(NamedTuple):
    """A file of a library."""

    title: str
    package: str
    path: str
    cut: tuple[slice, slice] = (slice(None), slice(None))  # rows, columns
    in_photos: bool = False  # the data set `photos` trains on patches of it


_FACE = (slice(0, 240), slice(105, 345))

EXAMPLES: Mapping[str, Example] = {
    "face": Example("A face", "skimage", "data/astronaut.png", _FACE, in_photos=True),
    "astronaut": Example("An astronaut", "skimage", "data/astronaut.png", in_photos=True),
    "cat": Example("A cat", "skimage", "data/chelsea.png", in_photos=True),
    "coffee": Example("A cup of coffee", "skimage", "data/coffee.png"),
    "flower": Example("A flower", "sklearn", "datasets/images/flower.jpg", in_photos=True),
    "temple": Example("A temple in China", "sklearn", "datasets/images/china.jpg"),
    "page": Example("A page of text", "skimage", "data/page.png"),
    "horse": Example("A horse, black on white", "skimage", "data/horse.png"),
}


def example(name: str) -> Picture:
    """One of EXAMPLES, as `open_picture` gives it: (C, H, W) uint8.

    Raises:
        ConfigError: the name is unknown.
        PictureError: this version of the library has no such file.
    """
    if name not in EXAMPLES:
        raise ConfigError(f"unknown example {name[:40]!r}; known: {', '.join(EXAMPLES)}")
    title, package, path, (rows, columns), _ = EXAMPLES[name]
    file = resources.files(package).joinpath(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PictureError(f"{package} on this machine has no {path}; choose another example") from error
    return np.ascontiguousarray(open_picture(content, title)[:, rows, columns])
