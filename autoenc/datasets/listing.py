"""Every data set as it stands now: cheap, for lists and menus."""

from __future__ import annotations

from autoenc.datasets.folders import folder_names, folder_spec
from autoenc.datasets.prepared import Facts, facts, notes
from autoenc.datasets.published import PUBLISHED
from autoenc.datasets.registry import dataset_spec
from autoenc.datasets.spec import DatasetSpec
from autoenc.errors import DatasetError
from autoenc.schema import DatasetInfo


def catalogue() -> tuple[DatasetInfo, ...]:
    """Every data set as it stands now, in the order of `names`."""
    return tuple(_info(spec) for spec in (*PUBLISHED.values(), *_folders()))


def info(name: str) -> DatasetInfo:
    """The data set of this name as it stands now.

    Raises:
        DatasetUnknown: there is none.
        DatasetError: it is an image folder that cannot be read.
    """
    return _info(dataset_spec(name))


def title(name: str) -> str:
    """For people; of a data set that is not here any more its name."""
    try:
        return info(name).title
    except DatasetError:
        return name


def short_title(name: str) -> str:
    """As in a legend; of a data set that is not here any more its name."""
    try:
        return info(name).short_title
    except DatasetError:
        return name


def _folders() -> list[DatasetSpec]:
    """Those that cannot be read, or have gone a moment ago, are left out."""
    entries = []
    for name in folder_names():
        try:
            entries.append(folder_spec(name))
        except DatasetError:
            continue
    return [spec for spec in entries if spec is not None]


def _info(spec: DatasetSpec) -> DatasetInfo:
    prepared = facts(spec) if spec.kind == "folder" else None
    described: DatasetSpec | Facts = prepared or spec
    return DatasetInfo(
        name=spec.name,
        title=described.title,
        short_title=spec.short_title or spec.name,
        source=described.source,
        present=spec.present,
        downloadable=spec.torchvision_class is not None,
        n_train=described.n_train,
        n_test=described.n_test,
        image_shape=described.image_shape,
        default_epochs=spec.default_epochs,
        prepared=spec.kind != "folder" or prepared is not None,
        notes=prepared.notes if prepared else notes(spec),
    )
