"""From an image folder to arrays: a picture that cannot be read is left out and named.

Pictures that are all of one small size stay as they are. Others are cut to their centre square and resized.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autoenc.datasets.folders import FOLDER_SPLITS, MAX_CLASSES, Survey, as_text, files, printable, survey
from autoenc.datasets.interleaving import interleaved
from autoenc.datasets.raw import Arrays, Bytes
from autoenc.datasets.spec import DatasetSpec
from autoenc.errors import DatasetError, PictureError
from autoenc.kinds import HEAD_BYTES, HEIC, HEIC_CURE, READABLE_FORMATS, kind_of

SIDE = 32  # pixels, of pictures that are resized
LARGEST_SIDE = 64  # of pictures that stay as they are
MAX_SPLIT_BYTES = 2_000_000_000
NOTES = "notes.txt"  # in the folder: notes to show with the pictures, one sentence a line
MAX_NOTES_BYTES = 2000
MAX_NAMED = 3  # of the files that cannot be read


@dataclass(frozen=True, eq=False)
class DecodedFolder:
    """An image folder as arrays, and the notes about it."""

    arrays: Arrays
    resized: bool  # to SIDE x SIDE
    notes: tuple[str, ...]  # a sentence each


@dataclass(frozen=True)
class _File:
    path: Path
    label: int


@dataclass(frozen=True)
class _Fit:
    """How large the images are, and whether pictures are made so."""

    height: int
    width: int
    resized: bool


_RESIZED = _Fit(SIDE, SIDE, True)


class _OfAnotherSize(Exception):
    """A picture does not have the size of the others."""


def decode(spec: DatasetSpec) -> DecodedFolder:
    """All pictures of an image folder; takes some 10 s for 60,000 small ones.

    Raises:
        DatasetError: it has no pictures, only one split, too many classes or pictures, or none can be read.
    """
    seen = survey(spec.name)
    names = seen.class_names
    _check(spec, names)
    try:
        splits = [_files(spec, split, names) for split in FOLDER_SPLITS]
    except OSError as error:
        raise DatasetError(
            f"{spec.folder} cannot be read: {error.strerror}; check its permissions"
        ) from error
    fit = _first_fit(spec, splits[0])
    try:
        read = [_read(spec, *split, fit) for split in zip(FOLDER_SPLITS, splits, strict=True)]
    except _OfAnotherSize:
        fit = _RESIZED
        read = [_read(spec, *split, fit) for split in zip(FOLDER_SPLITS, splits, strict=True)]
    broken = [path for _, _, _, failed in read for path in failed]
    if not any(coloured for _, _, coloured, _ in read):
        read = [(np.ascontiguousarray(x[:, :1]), labels, coloured, []) for x, labels, coloured, _ in read]
    (train, train_labels, _, _), (test, test_labels, _, _) = read
    return DecodedFolder(
        Arrays(train, train_labels, test, test_labels), fit.resized, _notes(spec, seen, broken)
    )


def square(picture: Bytes, side: int) -> Bytes:
    """The centre square of a picture (C, H, W), resized to (C, side, side)."""
    from PIL import Image

    height, width = picture.shape[1:]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    cut = picture[:, top : top + edge, left : left + edge]
    if edge == side:
        return cut
    planes = [
        Image.fromarray(np.ascontiguousarray(plane)).resize((side, side), Image.Resampling.BICUBIC)
        for plane in cut
    ]
    return np.stack([np.asarray(plane) for plane in planes])


def _check(spec: DatasetSpec, names: Sequence[str]) -> None:
    """Only counts: before a picture is opened."""
    cure = f"the pictures of a data set are in {spec.folder}/train/CLASS and {spec.folder}/test/CLASS"
    if not names:
        raise DatasetError(f"{spec.folder} has no pictures; {cure}")
    for split, n in zip(FOLDER_SPLITS, (spec.n_train, spec.n_test), strict=True):
        if not n:
            raise DatasetError(f"{spec.folder} has no pictures for {split}; {cure}")
        if (n_bytes := n * 3 * SIDE**2) > MAX_SPLIT_BYTES:
            raise DatasetError(_too_large(spec, split, n, n_bytes))
    if len(names) > MAX_CLASSES:
        raise DatasetError(
            f"{spec.folder} has {len(names):,} classes; allowed: at most {MAX_CLASSES}; put some together"
        )


def _too_large(spec: DatasetSpec, split: str, n: int, n_bytes: int) -> str:
    return (
        f"the {n:,} pictures of {spec.folder}/{split} would take {n_bytes / 1e9:.1f} GB; allowed: "
        f"{MAX_SPLIT_BYTES / 1e9:.0f} GB; remove some"
    )


def _files(spec: DatasetSpec, split: str, names: Sequence[str]) -> list[_File]:
    """In the order of the data set."""
    files_of_classes = [files(spec.folder, split, name) for name in names]
    order = interleaved([len(pictures) for pictures in files_of_classes])
    return [_File(Path(files_of_classes[label][rank].path), label) for label, rank in order]


def _first_fit(spec: DatasetSpec, pictures: Sequence[_File]) -> _Fit:
    """By the first picture that can be read: most folders have one size."""
    for file in pictures:
        if (picture := _opened(file.path)) is not None:
            _, height, width = picture.shape
            return _Fit(height, width, False) if max(height, width) <= LARGEST_SIDE else _RESIZED
    cure = HEIC_CURE if any(_is_heic(file.path) for file in pictures) else f"allowed: {READABLE_FORMATS}"
    raise DatasetError(f"none of the pictures of {spec.folder}/train can be read; {cure}")


def _fitted(path: Path, fit: _Fit) -> Bytes | None:
    """(1 or 3, H, W); None: it cannot be read."""
    picture = _opened(path)
    if picture is None or picture.shape[1:] == (fit.height, fit.width):
        return picture
    if not fit.resized:
        raise _OfAnotherSize
    return square(picture, SIDE)


def _opened(path: Path) -> Bytes | None:
    """None: it cannot be read."""
    from autoenc.pictures import open_picture  # loads Pillow, which a prepared data set does not need

    try:
        return open_picture(path, longest=8 * SIDE)  # a photograph is decoded several times quicker so
    except PictureError:
        return None


def _read(
    spec: DatasetSpec, split: str, pictures: Sequence[_File], fit: _Fit
) -> tuple[Bytes, Bytes, bool, list[Path]]:
    """Images in colour, labels, whether one was not grey, and those that could not be read.

    Raises:
        _OfAnotherSize: a picture has another size, and none is to be resized.
    """
    shape = (len(pictures), 3, fit.height, fit.width)
    if (n_bytes := math.prod(shape)) > MAX_SPLIT_BYTES:
        raise DatasetError(_too_large(spec, split, len(pictures), n_bytes))
    x, labels = np.empty(shape, np.uint8), np.empty(len(pictures), np.uint8)
    n, coloured, broken = 0, False, list[Path]()
    for file in pictures:  # threads are no quicker: most of the time of a small picture is Python's own
        if (picture := _fitted(file.path, fit)) is None:
            broken.append(file.path)
            continue
        x[n], labels[n] = picture, file.label  # grey goes to all three channels
        coloured |= len(picture) == 3
        n += 1
    if not n:
        raise DatasetError(f"none of the pictures of {spec.folder}/{split} can be read; remove them")
    return x[:n], labels[:n], coloured, broken


def import_notes(spec: DatasetSpec) -> list[str]:
    """What was to be said of the pictures when they came in, a sentence each."""
    with suppress(OSError), (spec.folder / NOTES).open("rb") as file:
        lines = file.read(MAX_NOTES_BYTES).decode("utf-8", "replace").splitlines()
        return [as_text(line.strip()) for line in lines if line.strip()]
    return []


def _notes(spec: DatasetSpec, seen: Survey, broken: Sequence[Path]) -> tuple[str, ...]:
    notes = import_notes(spec)
    if len(seen.class_names) == 1:
        notes.append("all images are of one class")
    if seen.empty:
        notes.append(f"folders without pictures are not classes: {_named(seen.empty)}")
    if deeper := seen.left_out.deeper:
        notes.append(f"pictures in folders inside a class are left out: {_named(deeper)}")
    if loose := seen.left_out.loose:
        notes.append(f"files outside the class folders are left out: {_named(loose)}")
    if links := seen.left_out.links:
        notes.append(f"links are not followed: {_named(links)}")
    if others := seen.left_out.others:
        which = (
            "1 file is not a picture and is"
            if len(others) == 1
            else f"{len(others):,} files are not pictures and are"
        )
        notes.append(f"{which} left out: {_named(others)}")
    if broken:
        files_ = "1 file" if len(broken) == 1 else f"{len(broken):,} files"
        named = _named([str(path.relative_to(spec.folder)) for path in broken])
        notes.append(f"{files_} cannot be read and {'is' if len(broken) == 1 else 'are'} left out: {named}")
        if any(map(_is_heic, broken)):
            notes.append(HEIC_CURE)
    return tuple(notes)


def _named(paths: Sequence[str]) -> str:
    """The first few of them."""
    more = f" and {len(paths) - MAX_NAMED:,} more" if len(paths) > MAX_NAMED else ""
    return ", ".join(map(printable, paths[:MAX_NAMED])) + more


def _is_heic(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return kind_of(file.read(HEAD_BYTES)) == HEIC
    except OSError:
        return False
