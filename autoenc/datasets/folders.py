"""Image folders: `<data folder>/<name>/{train,test}/<class>/<image>` is a data set of that name.

So is `<name>/arrays.npz` (`arrays/stored.py`).

They are looked at often, on each rerun of a page: so the names of the folders and their times are read each
time, the files only where one of these has changed. A file that is overwritten in its place changes no
folder: that is noticed when the program starts again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from autoenc.datasets.arrays import stored
from autoenc.datasets.published import PUBLISHED
from autoenc.datasets.spec import DatasetSpec, data_dir
from autoenc.errors import ConfigError, DatasetError
from autoenc.kinds import HEAD_BYTES, ending_for, is_hidden_name, is_named_as_picture
from autoenc.once import once
from autoenc.schema.config import DATASET_NAME

FOLDER_SPLITS = ("train", "test")
MAX_CLASSES = 255  # labels are single bytes
MAX_IMAGES = 2_000_000  # of a split

SHORT_TITLES = {"cifar10-images": "CIFAR-10 (JPEG)"}  # of the folders that our documents measure
# Folders that hold, or may come to hold, the files of published data sets.
_PUBLISHED_NAMES = {
    place.casefold() for spec in PUBLISHED.values() for place in (spec.name, spec.place.split("/")[0])
}


@dataclass(frozen=True)
class LeftOut:
    """What lies in an image folder and is not used: paths below it; hidden files are not worth a word."""

    others: list[str] = field(default_factory=list)  # files of classes that are no pictures
    loose: list[str] = field(default_factory=list)  # files and folders beside those of the classes
    links: list[str] = field(default_factory=list)  # and devices
    deeper: list[str] = field(default_factory=list)  # classes with folders inside


@dataclass(frozen=True)
class _Contents:
    """What is in a folder, hidden files aside, each in the order of their names."""

    pictures: list[os.DirEntry[str]]
    others: list[str]
    links: list[str]
    folders: list[str]


@dataclass(frozen=True)
class Survey:
    """What is in an image folder, before a picture is opened."""

    stamp: str  # of all files' names, sizes and times
    class_names: tuple[str, ...]  # as the folders are called; may hold anything that a file name may
    empty: tuple[str, ...]  # folders without pictures, which are no classes
    left_out: LeftOut
    counts: tuple[tuple[int, ...], tuple[int, ...]]  # files of each class, train and test


def folder_names() -> tuple[str, ...]:
    """The image folders of the data folder, in the order of the alphabet."""
    return tuple(name for name in _candidates() if is_allowed(name))


def complaints() -> tuple[str, ...]:
    """A sentence for each folder whose name no data set can have, or whose arrays cannot be read."""
    refused = (
        f"{data_dir() / printable(name)} is not used: {_refusal(name)}; rename the folder"
        for name in _candidates()
        if not is_allowed(name)
    )
    return (*refused, *filter(None, (stored.complaint(data_dir() / name) for name in folder_names())))


def is_allowed(name: str) -> bool:
    return not _refusal(name)


def check_free(name: str) -> None:
    """Passes where a new image folder may be called so.

    Raises:
        ConfigError: no data set can be called so.
        DatasetError: something is called so already.
    """
    if refusal := _refusal(name):
        raise ConfigError(f"{refusal}; choose another name")
    folder = data_dir()
    if os.path.lexists(folder / name) or name.casefold() in map(str.casefold, _candidates()):
        raise DatasetError(
            f"there is already a {name} in {folder}; choose another name, or delete that folder"
        )


def _refusal(name: str) -> str:
    """Why no image folder may be called so; "": it may."""
    if not DATASET_NAME.fullmatch(name):
        return f"{printable(name)!r:.80} is not a name for a data set; use only letters, digits and hyphens"
    return f"{name!r} is the name of a built-in data set" if name.casefold() in _PUBLISHED_NAMES else ""


def folder_spec(name: str) -> DatasetSpec | None:
    """The folder of this name; None: there is none. The shape of pictures is a guess until then."""
    if not is_allowed(name) or not _is_candidate(data_dir() / name):
        return None
    if not any(_is_folder(data_dir() / name / split) for split in FOLDER_SPLITS):
        return _arrays_spec(name)
    seen = survey(name)
    n_train, n_test = (sum(counts) for counts in seen.counts)
    return DatasetSpec(
        name=name,
        title=name,
        source="an image folder in the data folder",
        class_names=distinct_names(map(printable, seen.class_names)),
        n_train=n_train,
        n_test=n_test,
        short_title=SHORT_TITLES.get(name, ""),
        kind="folder",
        place=name,
        image_shape=(3, 32, 32),
    )


def _arrays_spec(name: str) -> DatasetSpec:
    inside = stored.contents(data_dir() / name)
    return DatasetSpec(
        name=name,
        title=name,
        source="arrays in the data folder",
        class_names=distinct_names(map(as_text, inside.class_names)),
        n_train=inside.n_train,
        n_test=inside.n_test,
        kind="arrays",
        place=name,
        file_names=(stored.FILE,),
        image_shape=inside.image_shape,
    )


def survey(name: str) -> Survey:
    """What is in the image folder.

    Raises:
        DatasetError: it cannot be read.
    """
    folder = data_dir() / name
    try:
        return _survey(folder, _folders_stamp(folder))
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error.strerror}; check its permissions") from error


def files(folder: Path, split: str, class_name: str) -> list[os.DirEntry[str]]:
    """The pictures of a class, in the order of their names; none where there is no such folder."""
    return _contents(folder / split / class_name).pictures


def printable(name: str) -> str:
    """A file's name as text, whatever it is."""
    return as_text(os.fsencode(name).decode("utf-8", "replace"))


def as_text(text: str) -> str:
    """Without what cannot be shown."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def distinct_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names, and a number behind each that looks like one before it."""
    seen: set[str] = set()
    apart = []
    for name in names:
        other, n = name, 1
        while (look := " ".join(other.split())) in seen:
            n += 1
            other = f"{name} ({n})"
        seen.add(look)
        apart.append(other)
    return tuple(apart)


def _candidates() -> list[str]:
    """Folders with a train or a test folder or an arrays.npz inside."""
    try:
        with os.scandir(data_dir()) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
    places = {spec.place.split("/")[0] for spec in PUBLISHED.values()}
    return [
        name
        for name in names
        if not name.startswith(".") and name not in places and _is_candidate(data_dir() / name)
    ]


def _is_candidate(folder: Path) -> bool:
    has_splits = any(_is_folder(folder / split) for split in FOLDER_SPLITS)
    return _is_folder(folder) and (has_splits or stored.is_here(folder))


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)  # False, too, where nobody may look


def _contents(folder: Path) -> _Contents:
    """Nothing where there is no such folder, or a link to one."""
    contents = _Contents([], [], [], [])
    if os.path.islink(folder):
        return contents
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if is_hidden_name(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                contents.folders.append(entry.name)
            elif not entry.is_file(follow_symlinks=False):
                contents.links.append(entry.name)
            elif _is_picture(entry):
                contents.pictures.append(entry)
            else:
                contents.others.append(entry.name)
    return contents


def _is_picture(file: os.DirEntry[str]) -> bool:
    """By its name, so that most files need not be opened; by its first bytes where the name does not say."""
    if is_named_as_picture(file.name):
        return True
    try:
        with open(file.path, "rb", buffering=0) as content:
            return bool(ending_for(file.name, content.read(HEAD_BYTES)))
    except OSError:
        return True  # it may be one; whoever opens it next names it among those that cannot be read


def _class_folders(folder: Path, split: str) -> Iterator[os.DirEntry[str]]:
    if _is_folder(folder / split):
        with os.scandir(folder / split) as entries:
            yield from (e for e in entries if not is_hidden_name(e.name) and e.is_dir(follow_symlinks=False))


def _folders_stamp(folder: Path) -> tuple[object, ...]:
    """Of all folders: another one where a file has come or gone."""
    facts: list[object] = [folder.stat().st_mtime_ns]
    for split in FOLDER_SPLITS:
        if _is_folder(folder / split):
            facts.append((split, (folder / split).stat().st_mtime_ns))
        facts += sorted(
            (split, entry.name, entry.stat(follow_symlinks=False).st_mtime_ns)
            for entry in _class_folders(folder, split)
        )
    return tuple(facts)


@once(maxsize=64)
def _survey(folder: Path, _folders: tuple[object, ...]) -> Survey:
    names = {entry.name for split in FOLDER_SPLITS for entry in _class_folders(folder, split)}
    digest = hashlib.sha256()
    counts: dict[str, list[int]] = {}
    left_out = LeftOut()
    top = _contents(folder)  # such as a valid/ that nobody asks for; a README is no loss
    left_out.loose.extend(f"{name}/" for name in top.folders if name not in FOLDER_SPLITS)
    left_out.loose.extend(entry.name for entry in top.pictures)
    left_out.links.extend(top.links)
    for split in FOLDER_SPLITS:
        in_split = _contents(folder / split)
        left_out.loose.extend(
            f"{split}/{name}" for name in [*(e.name for e in in_split.pictures), *in_split.others]
        )
        left_out.links.extend(f"{split}/{name}" for name in in_split.links)
    for name in sorted(names):
        counts[name] = []
        for split in FOLDER_SPLITS:
            inside = _contents(folder / split / name)
            facts = [(e.name, (s := e.stat()).st_size, s.st_mtime_ns) for e in inside.pictures]
            digest.update(repr((split, name, facts)).encode("utf-8", "surrogateescape"))
            counts[name].append(len(facts))
            left_out.others.extend(f"{split}/{name}/{other}" for other in inside.others)
            left_out.links.extend(f"{split}/{name}/{link}" for link in inside.links)
            if inside.folders:
                left_out.deeper.append(f"{split}/{name}")
    classes = {name: pair for name, pair in counts.items() if any(pair)}
    train, test = (tuple(pair[i] for pair in classes.values()) for i in (0, 1))
    if left_out != LeftOut():
        digest.update(repr(left_out).encode("utf-8", "surrogateescape"))
    empty = tuple(name for name in counts if name not in classes)
    return Survey(digest.hexdigest()[:16], tuple(classes), empty, left_out, (train, test))
