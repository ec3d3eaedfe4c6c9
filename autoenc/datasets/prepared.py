"""The cache: each data set once as memory-mapped arrays, shared by all worker processes.

`<cache>/datasets/<name>-<stamp>/` holds one .npy file an array and a meta.json. The stamp is made of the raw
files' names, sizes and times, so that files swapped or cut after the preparation are noticed. What was found
out about an image folder stands in meta.json too.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from filelock import Timeout

from autoenc import locks
from autoenc.datasets.entry import Known, Shape
from autoenc.datasets.folders import survey
from autoenc.datasets.gathering import SIDE, gather
from autoenc.datasets.known import known
from autoenc.datasets.raw import Arrays, Bytes
from autoenc.datasets.reading import read
from autoenc.errors import DatasetError

FORMAT = 1  # of the prepared folder: another number prepares everything anew
PATIENCE_SECONDS = 120.0  # for another process that prepares the same data set; it takes a few seconds


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels; what `load` gives are private maps of the cache: writing to them changes no file."""

    name: str
    title: str  # for people
    source: str  # where it came from
    train: Bytes = field(repr=False)  # (N, C, H, W)
    train_labels: Bytes = field(repr=False)  # (N,) indices of class_names
    test: Bytes = field(repr=False)
    test_labels: Bytes = field(repr=False)
    class_names: tuple[str, ...]
    fingerprint: str  # 16 hex digits: equal means equal arrays
    notes: tuple[str, ...] = ()  # a sentence each, such as which files could not be read

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        _, c, h, w = self.train.shape
        return c, h, w


def load(name: str) -> Dataset:
    """The data set: seconds the first time, milliseconds ever after.

    Raises:
        ConfigError: there is no data set of this name.
        DatasetMissing: its files are not on this machine.
        DatasetError: its files are broken, or the cache folder cannot be written.
    """
    entry = known(name)
    folder = _folder(entry)
    return _open(entry, folder) or _prepare(entry, folder)


def cache_dir() -> Path:
    """AUTOENC_CACHE_DIR, or the user's cache folder; it need not exist."""
    given = os.environ.get("AUTOENC_CACHE_DIR")
    return Path(os.path.expanduser(given)) if given else platformdirs.user_cache_path("autoenc")


def fingerprint_of(arrays: Iterable[Bytes]) -> str:
    """16 hex digits of a sha256 over the shapes and bytes.

    Args:
        arrays: train, train_labels, test, test_labels.
    """
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Facts:
    """What a prepared data set is, without its images; of an image folder nobody knows it before."""

    n_train: int
    n_test: int
    image_shape: Shape
    title: str
    source: str
    notes: tuple[str, ...]


def facts(entry: Known) -> Facts | None:
    """Of an image folder that is prepared; None: it is not.

    Raises:
        DatasetError: the folder cannot be read.
    """
    return _facts(entry, _folder(entry) / "meta.json")


def _facts(entry: Known, path: Path) -> Facts | None:
    try:
        meta = json.loads(path.read_bytes())
        c, h, w = map(int, meta["image_shape"])
        side = f", resized to {SIDE}x{SIDE}" if meta["resized"] else ""
        return Facts(
            n_train=int(meta["n_train"]),
            n_test=int(meta["n_test"]),
            image_shape=(c, h, w),
            title=f"{entry.title}{side}",
            source=f"{entry.source}{', each picture cut to its centre square' if side else ''}{side}",
            notes=tuple(map(str, meta["notes"])),
        )
    except (OSError, ValueError, TypeError, LookupError):
        return None


def _folder(entry: Known) -> Path:
    """Where the prepared arrays are, or will be."""
    stamp = survey(entry.name).stamp if entry.kind == "folder" else _stamp(entry)
    return cache_dir() / "datasets" / f"{entry.name}-{stamp}"


def _stamp(entry: Known) -> str:
    entry.check_present()
    try:
        stats = [path.stat() for path in entry.files]
    except OSError as error:
        raise DatasetError(
            f"the files of {entry.name} in {entry.folder} cannot be read: {error.strerror}"
        ) from error
    facts = [
        (path.name, stat.st_size, stat.st_mtime_ns) for path, stat in zip(entry.files, stats, strict=True)
    ]
    return hashlib.sha256(repr((FORMAT, facts)).encode()).hexdigest()[:16]


def _open(entry: Known, folder: Path) -> Dataset | None:
    """The prepared folder as it is; None where it is not there, or not whole."""
    try:
        fingerprint: str = json.loads((folder / "meta.json").read_bytes())["fingerprint"]
        written = bool(re.fullmatch("[0-9a-f]{16}", fingerprint))
        # Copy-on-write: torch.from_numpy takes the arrays without a warning, and processes share the pages.
        maps = [np.load(_npy(folder, name), mmap_mode="c", allow_pickle=False) for name in Arrays._fields]
        arrays = Arrays(*map(np.asarray, maps))
    except Exception:  # noqa: BLE001 - whatever is wrong with a folder of the cache, the cure is a new one
        return None
    told = _facts(entry, folder / "meta.json") if entry.kind == "folder" else entry
    if not written or told is None or not _fit(told.image_shape, arrays):
        return None
    return Dataset(
        name=entry.name,
        title=told.title,
        source=told.source,
        class_names=entry.class_names,
        fingerprint=fingerprint,
        notes=told.notes if isinstance(told, Facts) else (),
        **arrays._asdict(),
    )


def _fit(image_shape: Shape, arrays: Arrays) -> bool:
    """Whether the arrays have the types and shapes of this data set, whatever the number of images."""
    if any(array.dtype != np.uint8 for array in arrays):
        return False
    pairs = ((arrays.train, arrays.train_labels), (arrays.test, arrays.test_labels))
    return all(x.shape == (*labels.shape, *image_shape) and labels.ndim == 1 for x, labels in pairs)


def _prepare(entry: Known, folder: Path) -> Dataset:
    """One process writes the folder, those that came at the same time wait for it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locks.held(folder.parent / f"{entry.name}.lock", PATIENCE_SECONDS):
            if not (dataset := _open(entry, folder)):
                _write(folder, *_read(entry))
                _remove_others(entry, folder)
                dataset = _open(entry, folder)
    except Timeout:
        raise DatasetError(
            f"another process has been preparing {entry.name} for two minutes; try again"
        ) from None
    except OSError as error:
        problem = locks.cure(error, cache_dir(), "AUTOENC_CACHE_DIR")
        raise DatasetError(f"{entry.name} cannot be prepared in {cache_dir()}: {problem}") from error
    if not dataset:
        raise DatasetError(
            f"{entry.name} cannot be prepared in {cache_dir()}: what was written cannot be read back; set "
            "AUTOENC_CACHE_DIR to another folder"
        )
    return dataset


def _read(entry: Known) -> tuple[Arrays, dict[str, Any]]:
    """The arrays, and what there is to know of an image folder."""
    if entry.kind != "folder":
        return read(entry), {}
    found = gather(entry)
    return found.arrays, {
        "n_train": len(found.arrays.train),
        "n_test": len(found.arrays.test),
        "image_shape": found.arrays.train.shape[1:],
        "resized": found.resized,
        "notes": found.notes,
    }


def _write(folder: Path, arrays: Arrays, more: dict[str, Any]) -> None:
    """Writes the folder beside its place and moves it there when it is whole."""
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)  # from a process that was killed
    try:
        partial.mkdir()
        for name, array in arrays._asdict().items():
            _save(_npy(partial, name), np.ascontiguousarray(array))
        (partial / "meta.json").write_text(json.dumps({"fingerprint": fingerprint_of(arrays), **more}))
        shutil.rmtree(folder, ignore_errors=True)  # there, but broken
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _save(path: Path, array: Bytes) -> None:
    """As np.save, whose error on a full disk does not say that the disk is full."""
    with path.open("wb") as file:
        header = np.lib.format.header_data_from_array_1_0(array)
        np.lib.format.write_array_header_1_0(file, header)
        file.write(array.data)


def _npy(folder: Path, array_name: str) -> Path:
    return folder / f"{array_name}.npy"


def _remove_others(entry: Known, folder: Path) -> None:
    """Removes what was prepared from files that have changed since; on Windows one that is in use stays."""
    ours = re.compile(rf"{re.escape(entry.name)}-[0-9a-f]{{16}}(\.partial)?")
    for path in folder.parent.iterdir():
        if path != folder and ours.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
