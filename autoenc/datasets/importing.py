"""Pictures or arrays -> a data set in the data folder: whole, or not at all.

What a source says is not believed: only regular files with the names of pictures and plain arrays are taken,
none outside its own folder, and what it may unpack to is bounded.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from autoenc import locks
from autoenc.datasets.arrays.assembling import WHOLE, assemble
from autoenc.datasets.decoding import LARGEST_SIDE, NOTES
from autoenc.datasets.extraction import BESIDE_ARRAYS, NO_ROW, OUTSIDE_CLASSES, LeftOut
from autoenc.datasets.folders import check_free
from autoenc.datasets.prepared import load
from autoenc.datasets.receiving import Receiver
from autoenc.datasets.several import open_sources
from autoenc.datasets.spec import data_dir
from autoenc.datasets.splitting import arrange_splits
from autoenc.datasets.unpacking import Source
from autoenc.errors import ConfigError, DatasetError
from autoenc.schema import Download

SIDES = (8, LARGEST_SIDE)  # to which pictures may be made, pixels


@dataclass(frozen=True)
class _Order:
    """What is to be imported, and how."""

    sources: tuple[Source, ...]
    side: int | None
    class_names: tuple[str, ...]

    @property
    def called(self) -> str:
        """The sources, for people."""
        is_folder = isinstance(self.sources[0], Path) and os.path.isdir(self.sources[0])
        return "the folder" if is_folder else "the archive" if len(self.sources) == 1 else "the files"


def import_dataset(
    source: Source | Sequence[Source], name: str, side: int | None = None, class_names: Sequence[str] = ()
) -> Generator[Download, None, None]:
    """Makes a data set of pictures; closing the generator stops it, nothing half-written stays.

    Args:
        source: a folder, a .zip or a .tar, packed or not, with {train,test}/CLASS/PICTURE or CLASS/PICTURE at
            its top or one folder down, or with arrays of images: .npz, .npy, idx; or such arrays themselves,
            one or several; paths, or files that are open for reading bytes.
        side: width and height of the pictures in pixels; None: they stay unchanged.
        class_names: for the labels of arrays, from 0; none: as the source calls them.
    Returns:
        Records whose `done` never falls; 1 at the end, when the data set can be loaded.
    Raises:
        ConfigError: no data set can be called so, the size is not allowed, or nothing is given.
        DatasetError: there is one of this name; while iterating: the source cannot be read, has no pictures
            or too many, there is no room, or another process is at it.
    """
    check_free(name)
    if side is not None and not SIDES[0] <= side <= SIDES[1]:
        raise ConfigError(f"size is {side}; allowed: {SIDES[0]} to {SIDES[1]} pixels")
    sources = tuple(source) if isinstance(source, Sequence) else (source,)
    if not sources:
        raise ConfigError("no file is given; choose one or more")
    return _import_dataset(_Order(sources, side, tuple(class_names)), name)


def _import_dataset(order: _Order, name: str) -> Generator[Download, None, None]:
    yield Download(name)
    folder = data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep_up(folder)
        with locks.held(folder / f".{name}.lock"):
            check_free(name)  # another process may just have finished
            yield from _bring(order, folder / f".{name}.partial", folder / name)
    except Timeout:
        raise DatasetError(f"another process is importing {name}; wait for it to finish") from None
    except OSError as error:
        raise DatasetError(
            f"{name} cannot be imported: {locks.cure(error, folder, 'AUTOENC_DATA_DIR')}"
        ) from error


def _bring(order: _Order, partial: Path, target: Path) -> Iterator[Download]:
    """Into a folder beside, then to its place; needs the lock."""
    partial.mkdir()
    last = Download(target.name)
    receiver = Receiver(partial, order.side)
    try:
        with open_sources(order.sources) as packed:
            for last in receiver.receive(packed, target.name):
                yield last
        for _ in _arranged(order, receiver, partial / WHOLE):
            yield last
        (partial / WHOLE).rename(target)
    finally:
        _remove(partial)
    _try(target, order.called)
    yield Download(target.name, last.n_bytes_total or 1, last.n_bytes_total or 1)


def _arranged(order: _Order, receiver: Receiver, whole: Path) -> Generator[None, None, None]:
    """What came in -> the folder of the data set, with the notes about it."""
    left_out = receiver.left_out
    if receiver.is_of_arrays:
        if receiver.n_pictures:
            left_out.add(BESIDE_ARRAYS, _first_file(receiver.pictures), receiver.n_pictures)
        notes = yield from assemble(receiver.arrays.files, whole.parent, order.side, order.class_names)
    else:
        for array in receiver.arrays.files:
            left_out.add_other(array.name)
        notes = _arrange(order, receiver, whole)
    (whole / NOTES).write_text("\n".join([*notes, *left_out.sentences()]), encoding="utf-8")


def _arrange(order: _Order, receiver: Receiver, whole: Path) -> tuple[str, ...]:
    """The pictures -> the image folder; returns the notes."""
    if order.class_names:
        raise DatasetError("the classes of pictures are called like their folders; rename these instead")
    source = receiver.pictures
    if receiver.metadata.labels:
        labelled = whole.with_name("labelled")
        if receiver.metadata.sort_into(source, labelled, receiver.left_out):
            _count_rest(source, NO_ROW, receiver.left_out)
            source = labelled
    split_notes = arrange_splits(source, whole)
    _count_rest(source, OUTSIDE_CLASSES, receiver.left_out)
    resized = f"on import, cut to their centre square and resized to {order.side}x{order.side}"
    return (*[resized] * bool(order.side), *split_notes)


def _count_rest(folder: Path, reason: str, left_out: LeftOut) -> None:
    rest = [path for path in folder.rglob("*") if path.is_file()]
    if rest:
        left_out.add(reason, rest[0].relative_to(folder).as_posix(), len(rest))


def _first_file(folder: Path) -> str:
    return next((path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()), "")


def _try(target: Path, called: str) -> None:
    """Prepares the data set: where that fails, whatever the reason, it is as if it had never been there."""
    try:
        load(target.name)
    except DatasetError as error:
        _remove(target)
        # That folder is gone: what was given has the same inside.
        raise DatasetError(
            str(error).replace(f"{target}{os.sep}", "").replace(str(target), called)
        ) from error
    except BaseException:
        _remove(target)
        raise


# ---------------------------------------------------------------- what is to go


def _sweep_up(folder: Path) -> None:
    """Removes what processes that were killed have left; where one is still at it, it holds its lock."""
    for partial in folder.glob(".*.partial"):
        with suppress(Timeout), locks.held(partial.with_suffix(".lock")):
            _remove(partial)


def _remove(folder: Path) -> None:
    """As far as that can be done: Python gives up on folders in a thousand folders."""
    with suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
