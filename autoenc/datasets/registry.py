"""A name -> the specification of the data set: cheap, no image is read and nothing heavy imported."""

from __future__ import annotations

from autoenc.datasets.folders import folder_names, folder_spec
from autoenc.datasets.published import PUBLISHED
from autoenc.datasets.spec import DatasetSpec
from autoenc.errors import DatasetUnknown


def dataset_spec(name: str) -> DatasetSpec:
    """The data set of this name.

    Raises:
        DatasetUnknown: there is none.
        DatasetError: it is an image folder that cannot be read.
    """
    spec = PUBLISHED.get(name) or folder_spec(name)
    if spec is None:
        raise DatasetUnknown(f"unknown dataset {name!r:.80}; known: {', '.join(names())}")
    return spec


def names() -> tuple[str, ...]:
    """Every name that `load` knows, present or not; image folders come last."""
    return (*PUBLISHED, *folder_names())


def check_name(name: str) -> None:
    """Passes where `load` knows the name.

    Raises:
        DatasetUnknown: it does not.
    """
    dataset_spec(name)


def default_name() -> str:
    """`mnist` where its files are, else `digits`, which is always there."""
    return "mnist" if PUBLISHED["mnist"].present else "digits"
