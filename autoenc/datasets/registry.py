"""A name -> what is known of the data set: cheap, no image is read and nothing heavy imported."""

from __future__ import annotations

from autoenc.datasets.folders import folder_entry, folder_names
from autoenc.datasets.published import KNOWN
from autoenc.datasets.spec import Known
from autoenc.errors import DatasetUnknown


def known(name: str) -> Known:
    """The data set of this name.

    Raises:
        DatasetUnknown: there is none.
        DatasetError: it is an image folder that cannot be read.
    """
    entry = KNOWN.get(name) or folder_entry(name)
    if entry is None:
        raise DatasetUnknown(f"unknown dataset {name!r:.80}; known: {', '.join(names())}")
    return entry


def names() -> tuple[str, ...]:
    """Every name that `load` knows, present or not; image folders come last."""
    return (*KNOWN, *folder_names())


def check_name(name: str) -> None:
    """Passes where `load` knows the name.

    Raises:
        DatasetUnknown: it does not.
    """
    known(name)


def default_name() -> str:
    """`mnist` where its files are, else `digits`, which is always there."""
    return "mnist" if KNOWN["mnist"].present else "digits"
