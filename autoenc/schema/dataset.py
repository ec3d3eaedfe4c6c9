"""A data set on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Where 10 are too few to see a good result: an epoch of few images has few steps.
DEFAULT_EPOCHS: Mapping[str, int] = {"digits": 100, "photos": 30}


@dataclass(frozen=True)
class DatasetInfo:
    """A data set on paper."""

    name: str
    title: str
    short_title: str  # in a legend and in a sentence
    source: str
    present: bool  # its files are there
    downloadable: bool
    n_train: int
    n_test: int
    image_shape: tuple[int, int, int]  # C, H, W; a guess as long as an image folder is not prepared
    default_epochs: int  # enough to see a good result
    prepared: bool = True  # False: an image folder whose pictures nobody has opened yet
    notes: tuple[str, ...] = ()  # a sentence each, such as which files could not be read
