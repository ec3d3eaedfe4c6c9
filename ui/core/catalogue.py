"""The data sets, as this machine has them."""

from __future__ import annotations

from collections.abc import Iterable

from autoenc import datasets, recipes
from autoenc.datasets import DatasetInfo, distinct_names
from autoenc.errors import AutoencError
from autoenc.schema import TrainConfig
from ui.core.caching import shared
from ui.core.text import plain
from ui.core.workspace import in_colour

MAX_CHOICE = 30  # letters that a chooser shows at 1280 pixels


@shared(max_entries=1, seconds=2.0)
def infos() -> tuple[DatasetInfo, ...]:
    """What is known of the data sets, at most two seconds old: it asks the disk for each file of each."""
    return datasets.catalogue()


def offered() -> tuple[DatasetInfo, ...]:
    """Those that the page lets its visitor choose from."""
    return tuple(info for info in infos() if is_colour(info)) if in_colour() else infos()


def is_colour(info: DatasetInfo) -> bool:
    return info.image_shape[0] == 3


def default_dataset() -> str:
    return recipes.colour_dataset(infos()) if in_colour() else datasets.default_name()


def default_epochs(dataset: str) -> int:
    """Enough to see a good result."""
    return next((info.default_epochs for info in infos() if info.name == dataset), TrainConfig().epochs)


def usual_epochs() -> dict[str, int]:
    """Of each data set, as `default_epochs`."""
    return {info.name: info.default_epochs for info in infos()}


def is_present(dataset: str) -> bool:
    """Whether the data set can be used: its files are on this machine; pictures have been opened once."""
    return any(info.name == dataset and info.present and info.prepared for info in infos())


def fingerprint_of(dataset: str) -> str | None:
    """Of the images that are here at this moment; None: they are not, or have not been opened yet."""
    try:
        return datasets.load(dataset).fingerprint if is_present(dataset) else None
    except AutoencError:  # gone since somebody looked, or damaged, which the form tells
        return None


def class_names(dataset: str) -> tuple[str, ...]:
    """Of its images; those of digits where they are not here."""
    name = dataset if is_present(dataset) else "digits"
    return datasets.load(name).class_names


def info_of(dataset: str) -> DatasetInfo:
    """Raises DatasetMissing where there is none of this name any more."""
    datasets.check_name(dataset)
    if all(info.name != dataset for info in infos()):
        infos.clear()  # it has come a moment ago
    return next(info for info in infos() if info.name == dataset)


def prepare(dataset: str) -> DatasetInfo:
    """Have its pictures opened once; seconds, or a minute.

    Raises:
        DatasetError: they cannot be used.
    """
    datasets.load(dataset)
    infos.clear()
    return info_of(dataset)


def choice_titles(infos: Iterable[DatasetInfo]) -> dict[str, str]:
    """By their names, titles that a chooser of a form has room for, each another one."""
    infos = tuple(infos)
    return dict(zip((info.name for info in infos), distinct_names(map(_choice_title, infos)), strict=True))


def _choice_title(info: DatasetInfo) -> str:
    """Its title, or as much of it as there is room for, or its short one."""
    missing = "" if info.present else " (missing)"
    titles = (info.title, info.title.partition(",")[0], info.short_title)
    fitting = (title for title in titles if len(title + missing) <= MAX_CHOICE)
    return next(fitting, info.short_title) + missing


def data_title(dataset: str) -> str:
    """For people."""
    return next((info.title for info in infos() if info.name == dataset), plain(dataset))
