"""The cache: each data set once as memory-mapped arrays, shared by all worker processes.

`<cache>/datasets/<name>-<stamp>/` holds one .npy file an array and a meta.json. The stamp is made of the raw
files' names, sizes and times, so that files swapped or cut after the preparation are noticed. What was found
out about an image folder stands in meta.json too. A folder that is damaged is made again from the raw files,
and a note says so.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from filelock import Timeout

from autoenc import locks
from autoenc.datasets.decoding import SIDE, decode, import_notes
from autoenc.datasets.folders import survey
from autoenc.datasets.raw import Arrays, Bytes
from autoenc.datasets.reading import read
from autoenc.datasets.registry import dataset_spec
from autoenc.datasets.spec import DatasetSpec, Shape
from autoenc.datasets.storing import read_meta, store, stored
from autoenc.errors import DatasetError
from autoenc.places import cache_dir

FORMAT = 1  # of the prepared folder: another number prepares everything again
MAX_WAIT_SECONDS = 120.0  # for another process that prepares the same data set; it takes a few seconds

log = logging.getLogger(__name__)


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
    spec = dataset_spec(name)
    folder = _folder(spec)
    return _open(spec, folder) or _prepare(spec, folder)


@dataclass(frozen=True)
class Facts:
    """What a prepared data set is, without its images; of an image folder nobody knows it before."""

    n_train: int
    n_test: int
    image_shape: Shape
    title: str
    source: str
    notes: tuple[str, ...]


def facts(spec: DatasetSpec) -> Facts | None:
    """Of an image folder that is prepared; None: it is not.

    Raises:
        DatasetError: the folder cannot be read.
    """
    return _facts(spec, _folder(spec))


def notes(spec: DatasetSpec) -> tuple[str, ...]:
    """What there is to say of the prepared data set; nothing where it is not prepared."""
    try:
        return _notes(read_meta(_folder(spec)))
    except (OSError, ValueError, TypeError, LookupError, DatasetError):
        return ()


def _notes(meta: Mapping[str, Any]) -> tuple[str, ...]:
    notes = meta.get("notes")
    return tuple(map(str, notes)) if isinstance(notes, list) else ()


def _facts(spec: DatasetSpec, folder: Path) -> Facts | None:
    try:
        meta = read_meta(folder)
        c, h, w = map(int, meta["image_shape"])
        side = f", resized to {SIDE}x{SIDE}" if meta["resized"] else ""
        return Facts(
            n_train=int(meta["n_train"]),
            n_test=int(meta["n_test"]),
            image_shape=(c, h, w),
            title=f"{spec.title}{side}",
            source=f"{spec.source}{', each picture cut to its centre square' if side else ''}{side}",
            notes=_notes(meta),
        )
    except (OSError, ValueError, TypeError, LookupError):
        return None


def _folder(spec: DatasetSpec) -> Path:
    """Where the prepared arrays are, or will be."""
    stamp = survey(spec.name).stamp if spec.kind == "folder" else _stamp(spec)
    return cache_dir() / "datasets" / f"{spec.name}-{stamp}"


def _stamp(spec: DatasetSpec) -> str:
    spec.check_present()
    try:
        stats = [path.stat() for path in spec.files]
    except OSError as error:
        raise DatasetError(
            f"the files of {spec.name} in {spec.folder} cannot be read: {error.strerror}"
        ) from error
    facts = [
        (path.name, stat.st_size, stat.st_mtime_ns) for path, stat in zip(spec.files, stats, strict=True)
    ]
    return hashlib.sha256(repr((FORMAT, facts)).encode()).hexdigest()[:16]


def _open(spec: DatasetSpec, folder: Path) -> Dataset | None:
    """The prepared folder as it is; None where it is not there, or not as it was written."""
    on_disk = stored(folder)
    described = _facts(spec, folder) if spec.kind == "folder" else spec
    if on_disk is None or described is None or not _fit(described, on_disk.arrays):
        return None
    return Dataset(
        name=spec.name,
        title=described.title,
        source=described.source,
        class_names=spec.class_names,
        fingerprint=on_disk.fingerprint,
        notes=_notes(on_disk.meta),
        **on_disk.arrays._asdict(),
    )


def _fit(described: DatasetSpec | Facts, arrays: Arrays) -> bool:
    """Whether the arrays have the shapes of this data set; an image folder has its number of images too."""
    if isinstance(described, Facts) and (described.n_train, described.n_test) != (
        len(arrays.train),
        len(arrays.test),
    ):
        return False
    pairs = ((arrays.train, arrays.train_labels), (arrays.test, arrays.test_labels))
    return all(x.shape == (*labels.shape, *described.image_shape) and labels.ndim == 1 for x, labels in pairs)


def _prepare(spec: DatasetSpec, folder: Path) -> Dataset:
    """One process writes the folder, those that came at the same time wait for it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locks.held(folder.parent / f"{spec.name}.lock", MAX_WAIT_SECONDS):
            if not (dataset := _open(spec, folder)):
                arrays, more = _read(spec)
                if folder.exists():
                    more["notes"] = [*more["notes"], _damage_note(spec, folder)]
                store(folder, arrays, more)
                _remove_others(spec, folder)
                dataset = _open(spec, folder)
    except Timeout:
        raise DatasetError(
            f"another process has been preparing {spec.name} for two minutes; try again"
        ) from None
    except OSError as error:
        problem = locks.cure(error, cache_dir(), "AUTOENC_CACHE_DIR")
        raise DatasetError(f"{spec.name} cannot be prepared in {cache_dir()}: {problem}") from error
    if not dataset:
        raise DatasetError(
            f"{spec.name} cannot be prepared in {cache_dir()}: the written files cannot be read back; set "
            "AUTOENC_CACHE_DIR to another folder"
        )
    return dataset


def _read(spec: DatasetSpec) -> tuple[Arrays, dict[str, Any]]:
    """The arrays, and what there is to know of them besides."""
    if spec.kind != "folder":
        arrays = read(spec)
        notes = import_notes(spec) if spec.kind == "arrays" else _count_notes(spec, arrays)
        return arrays, {"notes": notes}
    decoded = decode(spec)
    return decoded.arrays, {
        "n_train": len(decoded.arrays.train),
        "n_test": len(decoded.arrays.test),
        "image_shape": decoded.arrays.train.shape[1:],
        "resized": decoded.resized,
        "notes": list(decoded.notes),
    }


def _count_notes(spec: DatasetSpec, arrays: Arrays) -> list[str]:
    """A sentence where a data set that everybody knows has another number of images here."""
    here, published = (len(arrays.train), len(arrays.test)), (spec.n_train, spec.n_test)
    if here == published:
        return []
    counts = [f"{train:,} training and {test:,} test images" for train, test in (here, published)]
    return [f"the files on this machine hold {counts[0]}; the published set has {counts[1]}"]


def _damage_note(spec: DatasetSpec, folder: Path) -> str:
    """Log the damage; returns the note for everyone who looks at the data set later."""
    log.warning("the prepared images of %s in %s were damaged; preparing them again", spec.name, folder)
    return (
        f"the prepared copy of these images was damaged; it was made again on {date.today().isoformat()}; "
        "if this happens again, have the disk checked"
    )


def _remove_others(spec: DatasetSpec, folder: Path) -> None:
    """Removes what was prepared from files that have changed since; on Windows one that is in use stays."""
    ours = re.compile(rf"{re.escape(spec.name)}-[0-9a-f]{{16}}(\.partial)?")
    for path in folder.parent.iterdir():
        if path != folder and ours.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
