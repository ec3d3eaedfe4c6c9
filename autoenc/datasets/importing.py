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
from pathlib import Path

from filelock import FileLock, Timeout

from autoenc.datasets.entry import data_dir
from autoenc.datasets.folders import FOLDER_SPLITS, SUFFIXES, check_free, files, printable
from autoenc.datasets.gathering import LARGEST_SIDE, NOTES, square
from autoenc.datasets.prepared import load
from autoenc.datasets.unpacking import MAX_BYTES, MAX_FILE_BYTES, MAX_FILES, Packed, Source, opened
from autoenc.errors import ConfigError, DatasetError, PictureError
from autoenc.schema import Download

SIDES = (8, LARGEST_SIDE)  # to which pictures may be made, pixels
TEST_EVERY = 6  # of a class: every sixth picture is for the test where nothing else is said
CHUNK_BYTES = 1 << 16


def bring_in(source: Source, name: str, side: int | None = None) -> Generator[Download, None, None]:
    """Makes a data set of pictures; closing the generator stops it, nothing half-written stays.

    Args:
        source: a folder, a .zip or a .tar, packed or not, with {train,test}/CLASS/PICTURE or CLASS/PICTURE at
            its top or one folder down; a path, or a file that is open for reading bytes.
        side: the pictures are made so many pixels wide and high; None: they stay as they are.
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
    return _bring_in(source, name, side)


def _bring_in(source: Source, name: str, side: int | None) -> Generator[Download, None, None]:
    yield Download(name)
    folder = data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep_up(folder)
        with FileLock(folder / f".{name}.lock", blocking=False, thread_local=False):
            check_free(name)  # another process may just have finished
            yield from _bring(source, folder / f".{name}.partial", folder / name, side)
    except Timeout:
        raise DatasetError(f"another process is bringing in {name}; wait for it to finish") from None
    except OSError as error:
        raise DatasetError(
            f"{name} cannot be brought in: {error.strerror or error}; make room in {folder}, or set "
            f"AUTOENC_DATA_DIR to a folder that can be written"
        ) from error


def _bring(source: Source, partial: Path, target: Path, side: int | None) -> Iterator[Download]:
    """Into a folder beside, then to its place; needs the lock."""
    partial.mkdir()
    last = Download(target.name)
    try:
        with opened(source) as packed:
            for last in _written(packed, partial / "all", target.name, side):
                yield last
        root = _root(partial / "all")
        notes = [f"when brought in, cut to their centre square and resized to {side}x{side}"] * bool(side)
        if _split(root):
            notes.append(f"of each class every {TEST_EVERY}th picture has been put aside for the test")
        (root / NOTES).write_text("\n".join(notes), encoding="utf-8")
        root.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    try:
        load(target.name)
    except DatasetError:
        shutil.rmtree(target, ignore_errors=True)
        raise
    yield Download(target.name, last.n_bytes_total or 1, last.n_bytes_total or 1)


# ---------------------------------------------------------------- from the source to the disk


def _written(packed: Iterable[Packed], folder: Path, name: str, side: int | None) -> Iterator[Download]:
    """Every picture in its place below the folder."""
    folder.mkdir()
    n_files = n_bytes = 0
    for one in packed:
        if (place := _place(one.name)) is not None:
            n_files += 1
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            n_bytes += _write(one, path, side, MAX_BYTES - n_bytes)
            if n_files > MAX_FILES:
                raise DatasetError(f"there are more than {MAX_FILES:,} pictures; bring in fewer")
        yield Download(name, min(one.n_bytes_read, one.n_bytes_total), one.n_bytes_total)
    if not n_files:
        raise DatasetError(
            "there are no pictures; they should be in train/CLASS and test/CLASS, or in CLASS alone, at the "
            "top or one folder down"
        )


def _place(name: str) -> Path | None:
    """Where a file comes to lie; None: it is no picture, or a hidden file.

    Raises:
        DatasetError: it would lie outside the folder.
    """
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith(("/", "\\")) or ".." in parts or "\0" in name or (parts and ":" in parts[0][:2]):
        raise DatasetError(
            f"the archive has a file {printable(name)!r:.80} outside its own folder; it is not used"
        )
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return None
    is_picture = bool(parts) and os.path.splitext(parts[-1])[1].lower() in SUFFIXES
    return Path(*parts) if is_picture else None


def _write(one: Packed, path: Path, side: int | None, room: int) -> int:
    """The picture, made small if that is wanted; returns its bytes."""
    n_bytes, chunks = 0, []
    with one.open() as source, path.open("wb") as target:
        while chunk := source.read(CHUNK_BYTES):
            n_bytes += len(chunk)
            if n_bytes > min(MAX_FILE_BYTES, room):
                most = MAX_FILE_BYTES if n_bytes > MAX_FILE_BYTES else MAX_BYTES
                raise DatasetError(
                    f"the pictures unpack to more than {most / 1e6:,.0f} MB; bring in fewer, or smaller"
                )
            chunks.append(chunk) if side else target.write(chunk)
        if side:
            target.write(_small(b"".join(chunks), side))
    return n_bytes


def _small(content: bytes, side: int) -> bytes:
    """A PNG of a picture's centre square; what cannot be read stays, and is told of by `load`."""
    from PIL import Image

    from autoenc.pictures import open_picture

    try:
        picture = square(open_picture(content, longest=8 * side), side)
    except PictureError:
        return content
    packed = BytesIO()
    Image.fromarray(picture[0] if len(picture) == 1 else picture.transpose(1, 2, 0)).save(packed, "PNG")
    return packed.getvalue()


# ---------------------------------------------------------------- the folders


def _root(folder: Path) -> Path:
    """The folder that has the splits or the classes: itself, or the only one inside."""
    inside = [path.name for path in folder.iterdir()]
    if len(inside) == 1 and inside[0] not in FOLDER_SPLITS and (folder / inside[0]).is_dir():
        below = list((folder / inside[0]).iterdir())
        if any(path.is_dir() for path in below):
            return folder / inside[0]
    return folder


def _split(root: Path) -> bool:
    """Where there are classes alone, every sixth picture of each goes to the test; whether it was so."""
    if any((root / split).is_dir() for split in FOLDER_SPLITS):
        return False
    classes = sorted(path for path in root.iterdir() if path.is_dir())
    (root / "train").mkdir()
    (root / "test").mkdir()
    for path in classes:
        (root / "test" / path.name).mkdir()
        moved = path.rename(root / "train" / path.name)
        for entry in files(root, "train", moved.name)[TEST_EVERY - 1 :: TEST_EVERY]:
            os.rename(entry.path, root / "test" / path.name / entry.name)
    return True


def _sweep_up(folder: Path) -> None:
    """Removes what processes that were killed have left; where one is still at it, it holds its lock."""
    for partial in folder.glob(".*.partial"):
        with suppress(Timeout), FileLock(partial.with_suffix(".lock"), blocking=False, thread_local=False):
            shutil.rmtree(partial, ignore_errors=True)
