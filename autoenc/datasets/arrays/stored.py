"""`<data folder>/<name>/arrays.npz` is a data set of that name: uint8 images and labels.

`np.load` reads it: train_images (N, C, H, W), train_labels (N,), test_images, test_labels, class_names. The
file is looked at whenever data sets are listed: its heads are read again only where it has changed.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autoenc import durable
from autoenc.datasets.arrays.heads import MAX_HEAD_BYTES, Head, read_head
from autoenc.datasets.raw import Arrays
from autoenc.datasets.spec import DatasetSpec, Shape
from autoenc.errors import DatasetError
from autoenc.once import once

FILE = "arrays.npz"
MAX_BYTES = 2_000_000_000  # of the images of a split
MAX_NAMES_BYTES = 1_000_000
_CHUNK_BYTES = 1 << 20
_KEYS = ("train_images", "train_labels", "test_images", "test_labels")  # in the order of Arrays
_NAMES = "class_names"
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, LookupError, RuntimeError)  # of a wrong .zip


@dataclass(frozen=True)
class Contents:
    """What the heads in the file say."""

    class_names: tuple[str, ...]  # any text
    n_train: int
    n_test: int
    image_shape: Shape


def is_here(folder: Path) -> bool:
    """Whether the folder holds such a file."""
    path = folder / FILE
    return path.is_file() and not path.is_symlink()


def contents(folder: Path) -> Contents:
    """What is in the file of the folder, before an image is read.

    Raises:
        DatasetError: it cannot be read, or its arrays have other forms.
    """
    path = folder / FILE
    try:
        facts = path.stat()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}; check its permissions") from error
    return _contents(path, (facts.st_ino, facts.st_size, facts.st_mtime_ns))


def complaint(folder: Path) -> str:
    """What is wrong with the file of the folder; "": nothing, or there is none."""
    try:
        if is_here(folder):
            contents(folder)
    except DatasetError as error:
        return str(error)
    return ""


def check(spec: DatasetSpec) -> None:
    """Looks at the heads; raises as `contents` does."""
    contents(spec.folder)


def read(spec: DatasetSpec) -> Arrays:
    """The images and labels.

    Raises:
        DatasetError: the file is damaged, or a label has no class.
    """
    inside = contents(spec.folder)
    path = spec.folder / FILE
    with _readable(path), np.load(path, allow_pickle=False) as file:
        arrays = Arrays(*(file[key] for key in _KEYS))
    for labels in (arrays.train_labels, arrays.test_labels):
        if labels.max() >= len(inside.class_names):
            raise _damaged(path, f"a label {labels.max()} has no class")
    return arrays


def write(
    folder: Path, arrays: Sequence[npt.NDArray[np.uint8]], class_names: Sequence[str]
) -> Iterator[None]:
    """Write such a file in many steps.

    Args:
        arrays: in the order of `Arrays`; maps of files will do.
    """
    names = np.array(class_names, dtype=np.str_)
    with zipfile.ZipFile(
        folder / FILE, "w", zipfile.ZIP_DEFLATED, compresslevel=1
    ) as archive:  # 6: twice as slow
        for key, array in zip((*_KEYS, _NAMES), (*arrays, names), strict=True):
            with archive.open(f"{key}.npy", "w", force_zip64=True) as file:
                described = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape}
                np.lib.format.write_array_header_1_0(file, described)
                step = max(1, _CHUNK_BYTES // max(1, array[:1].nbytes))
                for i in range(0, len(array), step):
                    file.write(array[i : i + step].tobytes())
                    yield
    durable.sync_file(folder / FILE)


@once(maxsize=64)
def _contents(path: Path, _facts: tuple[int, ...]) -> Contents:
    with _readable(path), zipfile.ZipFile(path) as archive:
        heads = {key: _head(archive, key) for key in (*_KEYS, _NAMES)}
        _check(path, heads)
        with archive.open(f"{_NAMES}.npy") as file:
            names = np.lib.format.read_array(file, allow_pickle=False)
        _, c, h, w = heads["train_images"].shape
        n_train, n_test = heads["train_labels"].shape[0], heads["test_labels"].shape[0]
        return Contents(tuple(map(str, names.tolist())), n_train, n_test, (c, h, w))


def _head(archive: zipfile.ZipFile, key: str) -> Head:
    """Of an array in the archive, whose size agrees."""
    member = archive.getinfo(f"{key}.npy")
    with archive.open(member) as file:
        head = read_head(
            file.read(MAX_HEAD_BYTES), key, MAX_NAMES_BYTES if key == _NAMES else MAX_BYTES + MAX_HEAD_BYTES
        )
    if head.n_bytes != member.file_size:
        raise ValueError(f"{key} has another length than its head says")
    return head


def _check(path: Path, heads: Mapping[str, Head]) -> None:
    train, train_labels, test, test_labels, names = (heads[key] for key in (*_KEYS, _NAMES))
    are_bytes = all(np.dtype(heads[key].dtype) == np.uint8 and not heads[key].in_columns for key in _KEYS)
    shapes: list[tuple[Any, ...]] = [(*x.shape[:1], *train.shape[1:]) for x in (train_labels, test_labels)]
    if (
        not are_bytes
        or [train.shape, test.shape] != shapes
        or (len(train.shape), len(train_labels.shape), len(test_labels.shape)) != (4, 1, 1)
        or train.shape[1] not in (1, 3)
        or not np.prod(train.shape) * np.prod(test.shape)
        or (np.dtype(names.dtype).kind, len(names.shape)) != ("U", 1)
    ):
        raise _damaged(path, "its arrays have other forms")


def _damaged(path: Path, problem: str) -> DatasetError:
    return DatasetError(
        f"{path} is not as this program writes it: {problem:.80}; move it elsewhere and import it with "
        " `python -m autoenc data import`"
    )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Whatever is wrong with the file, to the person at the screen it is one failure."""
    try:
        yield
    except DatasetError:
        raise
    except OSError as error:
        raise DatasetError(
            f"{path} cannot be read: {error.strerror or error}; check its permissions"
        ) from error
    except _ERRORS as error:
        raise _damaged(path, " ".join(str(error).split()) or type(error).__name__) from error
