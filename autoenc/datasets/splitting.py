"""Folders as people make them -> {train,test}/CLASS/PICTURE: which pictures train and which test."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from autoenc.datasets.folders import MAX_CLASSES, files
from autoenc.errors import DatasetError

# As the two splits may be called, in small or capital letters; where there are several the first is taken.
TRAIN = ("train", "training")
TEST = ("test", "testing", "eval", "evaluation", "val", "valid", "validation", "dev")
N_FOR_TEST = 4  # of these names; the others are of validation
TEST_EVERY = 6  # of a class: every sixth picture is for the test where nothing else is said
WANTED_FOLDERS = (
    "they should be in train/CLASS and test/CLASS, or only in CLASS with two or more of each, at the top or "
    "one folder down"
)


def arrange_splits(source: Path, into: Path) -> list[str]:
    """Move the pictures below a folder to {train,test}/CLASS below another.

    Returns:
        a note for each decision that the user should read. Pictures in other places stay. Without
        a folder for the test, a part of those to train is put aside.
    Raises:
        DatasetError: there are no pictures for one of the two, or too many classes.
    """
    root = _root(source)
    train, test = _split_folder(root, TRAIN), _split_folder(root, TEST)
    if train and not test:
        counts, notes = _put_aside(_folders(train), into)
    elif train or test:
        counts = [_moved(_folders(split), into / to) for split, to in ((train, "train"), (test, "test"))]
        notes = _test_note(test)
    else:
        classes = _folders(root)
        if all(path.name.casefold() in TRAIN + TEST for path in classes):
            raise DatasetError(f"the pictures are not in class folders; {WANTED_FOLDERS}")
        counts, notes = _put_aside(classes, into)
    for n, split in zip(counts, ("train", "test"), strict=True):
        if not n:
            raise DatasetError(f"there are no pictures for {split}; {WANTED_FOLDERS}")
    return notes


def _test_note(test: Path | None) -> list[str]:
    if test is None or test.name.casefold() in TEST[:N_FOR_TEST]:
        return []
    return [f"the pictures in {test.name} are used for testing"]


def _folders(path: Path | None) -> list[Path]:
    return [] if path is None else sorted(entry for entry in path.iterdir() if entry.is_dir())


def _root(source: Path) -> Path:
    """The folder that has the splits or the classes: itself, or the only one inside."""
    inside = _folders(source)
    if len(inside) == 1 and inside[0].name.casefold() not in TRAIN + TEST and _folders(inside[0]):
        return inside[0]
    return source


def _split_folder(root: Path, names: Iterable[str]) -> Path | None:
    """A folder of this name that has folders of classes; a class may be called train, too."""
    named = {path.name.casefold(): path for path in _folders(root) if _folders(path)}
    return next((named[name] for name in names if name in named), None)


def _put_aside(classes: list[Path], into: Path) -> tuple[list[int], list[str]]:
    """Without splits, every sixth picture of a class goes to the test, of fewer than six the last."""
    n_train, n_test, small = 0, 0, False
    for path in _checked(classes):
        names = [entry.name for entry in files(path.parent, "", path.name)]
        test = set(names[TEST_EVERY - 1 :: TEST_EVERY] or names[1:][-1:])
        for name in names:
            move(path / name, into / ("test" if name in test else "train") / path.name / name)
        n_train, n_test = n_train + len(names) - len(test), n_test + len(test)
        small |= 0 < len(names) < TEST_EVERY
    return [n_train, n_test], [put_aside_note(small)]


def put_aside_note(small: bool) -> str:
    """What is done where nothing is said of a test; small: there is a class of fewer than TEST_EVERY."""
    note = f"of each class every {TEST_EVERY}th picture is used for testing"
    return f"{note}; of smaller classes the last one" if small else note


def _moved(classes: list[Path], into: Path) -> int:
    n = 0
    for path in _checked(classes):
        for entry in files(path.parent, "", path.name):
            move(Path(entry.path), into / path.name / entry.name)
            n += 1
    return n


def _checked(classes: list[Path]) -> list[Path]:
    if len(classes) > MAX_CLASSES:
        raise DatasetError(f"there are {len(classes):,} classes; allowed: at most {MAX_CLASSES}")
    return classes


def move(picture: Path, to: Path) -> None:
    """To another place below the folder that is being imported; makes the folders on the way."""
    to.parent.mkdir(parents=True, exist_ok=True)
    os.rename(picture, to)
