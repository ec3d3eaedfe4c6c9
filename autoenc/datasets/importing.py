"""An archive or a folder with pictures -> an image folder in the data folder: whole, or not at all.

What an archive says is not believed: only regular files with the names of pictures are taken, none outside
its own folder, and what it may unpack to is bounded.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from itertools import chain
from pathlib import Path

from filelock import Timeout

from autoenc import locks
from autoenc.datasets.decoding import LARGEST_SIDE, NOTES, square
from autoenc.datasets.extraction import OUTSIDE_CLASSES, SAME_NAME, LeftOut, Places, is_hidden
from autoenc.datasets.folders import check_free
from autoenc.datasets.prepared import load
from autoenc.datasets.spec import data_dir
from autoenc.datasets.splitting import WANTED_FOLDERS, arrange_splits
from autoenc.datasets.unpacking import MAX_BYTES, MAX_FILE_BYTES, MAX_FILES, Packed, Source, open_source
from autoenc.errors import ConfigError, DatasetError, PictureError
from autoenc.kinds import ending_for, is_named_as_picture
from autoenc.schema import Download

SIDES = (8, LARGEST_SIDE)  # to which pictures may be made, pixels


def import_dataset(source: Source, name: str, side: int | None = None) -> Generator[Download, None, None]:
    """Makes a data set of pictures; closing the generator stops it, nothing half-written stays.

    Args:
        source: a folder, a .zip or a .tar, packed or not, with {train,test}/CLASS/PICTURE or CLASS/PICTURE at
            its top or one folder down; a path, or a file that is open for reading bytes.
        side: width and height of the pictures in pixels; None: they stay unchanged.
    Returns:
        Records whose `done` never falls; 1 at the end, when the data set can be loaded.
    Raises:
        ConfigError: no data set can be called so, or the size is not allowed.
        DatasetError: there is one of this name; while iterating: the source cannot be read, has no pictures
            or too many, there is no room, or another process is at it.
    """
    check_free(name)
    if side is not None and not SIDES[0] <= side <= SIDES[1]:
        raise ConfigError(f"size is {side}; allowed: {SIDES[0]} to {SIDES[1]} pixels")
    return _import_dataset(source, name, side)


def _import_dataset(source: Source, name: str, side: int | None) -> Generator[Download, None, None]:
    yield Download(name)
    folder = data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep_up(folder)
        with locks.held(folder / f".{name}.lock"):
            check_free(name)  # another process may just have finished
            yield from _bring(source, folder / f".{name}.partial", folder / name, side)
    except Timeout:
        raise DatasetError(f"another process is importing {name}; wait for it to finish") from None
    except OSError as error:
        raise DatasetError(
            f"{name} cannot be imported: {locks.cure(error, folder, 'AUTOENC_DATA_DIR')}"
        ) from error


def _bring(source: Source, partial: Path, target: Path, side: int | None) -> Iterator[Download]:
    """Into a folder beside, then to its place; needs the lock."""
    partial.mkdir()
    last = Download(target.name)
    left_out = LeftOut()
    try:
        with open_source(source) as packed:
            for last in _written(packed, partial / "all", target.name, side, left_out):
                yield last
        _arrange(partial / "all", partial / "whole", side, left_out)
        (partial / "whole").rename(target)
    finally:
        _remove(partial)
    _try(target, "the folder" if isinstance(source, Path) and os.path.isdir(source) else "the archive")
    yield Download(target.name, last.n_bytes_total or 1, last.n_bytes_total or 1)


def _arrange(source: Path, whole: Path, side: int | None, left_out: LeftOut) -> None:
    """The written pictures -> the image folder, with the notes about them."""
    split_notes = arrange_splits(source, whole)
    rest = [path for path in source.rglob("*") if path.is_file()]
    if rest:
        left_out.add(OUTSIDE_CLASSES, rest[0].relative_to(source).as_posix(), len(rest))
    notes = [f"on import, cut to their centre square and resized to {side}x{side}"] * bool(side)
    (whole / NOTES).write_text("\n".join([*notes, *split_notes, *left_out.sentences()]), encoding="utf-8")


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


# ---------------------------------------------------------------- from the source to the disk


def _written(
    packed: Iterable[Packed], folder: Path, name: str, side: int | None, left_out: LeftOut
) -> Iterator[Download]:
    """Every picture in its place below the folder."""
    folder.mkdir()
    places = Places(left_out)
    n_files = n_bytes = 0
    for one in packed:
        name_, chunks = _named(one)
        if (place := places.place(name_, one.open is not None)) is not None:
            n_files += 1
            if n_files > MAX_FILES:
                raise DatasetError(f"there are more than {MAX_FILES:,} pictures; import fewer")
            if _is_free(folder / place):
                n_bytes += _write(chunks, folder / place, side, MAX_BYTES - n_bytes)
            else:
                left_out.add(SAME_NAME, one.name)
        yield Download(name, min(one.n_bytes_read, one.n_bytes_total), one.n_bytes_total)
    if not n_files:
        raise DatasetError("; ".join(["there are no pictures", *left_out.sentences(), WANTED_FOLDERS]))


def _named(one: Packed) -> tuple[str, Iterator[bytes]]:
    """The file's name, with a picture's ending where it has none but is a picture, and what is in it."""
    chunks = one.chunks()
    if one.open is None or is_hidden(one.name) or is_named_as_picture(one.name):
        return one.name, chunks
    head = next(chunks, b"")
    return one.name + ending_for(one.name, head), chain([head], chunks)


def _is_free(path: Path) -> bool:
    """Makes its folder; False where a file is called as that folder, or something as the file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return False
    return not path.exists()


def _write(content: Iterable[bytes], path: Path, side: int | None, room: int) -> int:
    """The picture, made small if that is wanted; returns its bytes."""
    n_bytes, chunks = 0, []
    with path.open("wb") as target:
        for chunk in content:
            n_bytes += len(chunk)
            if n_bytes > min(MAX_FILE_BYTES, room):
                most = MAX_FILE_BYTES if n_bytes > MAX_FILE_BYTES else MAX_BYTES
                raise DatasetError(
                    f"the pictures unpack to more than {most / 1e6:,.0f} MB; import fewer, or smaller"
                )
            chunks.append(chunk) if side else target.write(chunk)
        if side:
            target.write(_small(b"".join(chunks), side))
    return n_bytes


def _small(content: bytes, side: int) -> bytes:
    """A PNG of a picture's centre square; what cannot be read stays, and `load` reports it."""
    from PIL import Image

    from autoenc.pictures import open_picture

    try:
        picture = square(open_picture(content, longest=8 * side), side)
    except PictureError:
        return content
    packed = BytesIO()
    Image.fromarray(picture[0] if len(picture) == 1 else picture.transpose(1, 2, 0)).save(packed, "PNG")
    return packed.getvalue()


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
