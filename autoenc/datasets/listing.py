"""Every data set as it stands now: cheap, for lists and menus."""

from __future__ import annotations

from dataclasses import dataclass

from autoenc.datasets.folders import folder_entry, folder_names
from autoenc.datasets.prepared import Facts, facts, notes
from autoenc.datasets.published import KNOWN
from autoenc.datasets.registry import known
from autoenc.datasets.spec import Known, Shape
from autoenc.errors import DatasetError


@dataclass(frozen=True)
class DatasetInfo:
    """A data set on paper."""

    name: str
    title: str
    source: str
    present: bool  # its files are there
    downloadable: bool
    n_train: int
    n_test: int
    image_shape: Shape  # C, H, W; a guess as long as an image folder is not prepared
    default_epochs: int  # enough to see a good result
    prepared: bool = True  # False: an image folder whose pictures nobody has opened yet
    notes: tuple[str, ...] = ()  # a sentence each, such as which files could not be read


def catalogue() -> tuple[DatasetInfo, ...]:
    """Every data set as it stands now, in the order of `names`."""
    return tuple(_info(entry) for entry in (*KNOWN.values(), *_folders()))


def info(name: str) -> DatasetInfo:
    """The data set of this name as it stands now.

    Raises:
        DatasetUnknown: there is none.
        DatasetError: it is an image folder that cannot be read.
    """
    return _info(known(name))


def title(name: str) -> str:
    """For people; of a data set that is not here any more its name."""
    try:
        return info(name).title
    except DatasetError:
        return name


def _folders() -> list[Known]:
    """Those that cannot be read, or have gone a moment ago, are left out."""
    entries = []
    for name in folder_names():
        try:
            entries.append(folder_entry(name))
        except DatasetError:
            continue
    return [entry for entry in entries if entry is not None]


def _info(entry: Known) -> DatasetInfo:
    found = facts(entry) if entry.kind == "folder" else None
    told: Known | Facts = found or entry
    return DatasetInfo(
        name=entry.name,
        title=told.title,
        source=told.source,
        present=entry.present,
        downloadable=entry.torchvision_class is not None,
        n_train=told.n_train,
        n_test=told.n_test,
        image_shape=told.image_shape,
        default_epochs=entry.default_epochs,
        prepared=entry.kind != "folder" or found is not None,
        notes=found.notes if found else notes(entry),
    )
