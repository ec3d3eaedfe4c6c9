"""Each kind of data set has its reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from autoenc.datasets import colours, embedded, raw
from autoenc.datasets.arrays import stored
from autoenc.datasets.raw import Arrays
from autoenc.datasets.spec import DatasetSpec, Kind

EMBEDDED: Mapping[str, Callable[[], Arrays]] = {
    "digits": embedded.read_digits,
    "photos": embedded.read_photos,
}


def _nothing_to_check(spec: DatasetSpec) -> None:
    """A library has its images whole."""


class _Reader(NamedTuple):
    read: Callable[[DatasetSpec], Arrays]
    check_files: Callable[[DatasetSpec], None]  # what can be seen at once; raises as `read` does


READERS: Mapping[Kind, _Reader] = {
    "mnist": _Reader(raw.read_mnist, raw.check_files),
    "cifar": _Reader(colours.read_cifar, colours.check_cifar),
    "svhn": _Reader(colours.read_svhn, colours.check_svhn),
    "arrays": _Reader(stored.read, stored.check),
    "embedded": _Reader(lambda spec: EMBEDDED[spec.name](), _nothing_to_check),
}


def read(spec: DatasetSpec) -> Arrays:
    """The images and labels of a data set that is no image folder, checked; takes seconds.

    Raises:
        DatasetMissing: the files are not there.
        DatasetError: they are not what they should be.
    """
    return READERS[spec.kind].read(spec)


def check_files(spec: DatasetSpec) -> None:
    """Looks at what can be seen at once; raises as `read` does."""
    READERS[spec.kind].check_files(spec)
