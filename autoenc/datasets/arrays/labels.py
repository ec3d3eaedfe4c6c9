"""Labels as people save them -> indices of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autoenc.datasets.arrays.receiving import ArrayFile
from autoenc.datasets.folders import MAX_CLASSES, as_text
from autoenc.datasets.raw import Bytes
from autoenc.errors import DatasetError

MAX_LABEL_BYTES = 500_000_000  # of an array of labels
MAX_NAME = 100  # letters of a class
MAX_LABEL = 2**31
Row = npt.NDArray[Any]


def classes_of(files: Sequence[ArrayFile], names: Sequence[str]) -> tuple[list[Bytes], tuple[str, ...]]:
    """(N,) indices for each array of labels, and the names of the classes.

    Args:
        names: a name for each label from 0; none: the labels are the names, and those that no image has do
            not count.
    Raises:
        DatasetError: they are not labels, or of too many classes.
    """
    rows = [_row(file) for file in files]
    if len({row.dtype.kind for row in rows}) > 1:
        raise DatasetError(f"{files[0].name} and {files[1].name} differ: numbers and texts; use one of them")
    values, indices = np.unique(np.concatenate(rows), return_inverse=True)
    class_names = tuple(as_text(str(value)[:MAX_NAME]).strip() or "(none)" for value in values)
    if names and values.dtype.kind == "i":
        if len(values) and values[-1] >= len(names):
            raise DatasetError(
                f"{files[0].name} has a label {values[-1]}, names given: {len(names)}; give one for "
                "each label from 0"
            )
        class_names, indices = tuple(names), np.concatenate(rows)
    if len(class_names) > MAX_CLASSES:
        raise DatasetError(
            f"there are {len(class_names):,} classes in {files[0].name}; allowed: at most {MAX_CLASSES}; put "
            "some together"
        )
    ends = np.cumsum([len(row) for row in rows])[:-1]
    return np.split(indices.reshape(-1).astype(np.uint8), ends), class_names


def names_in(file: ArrayFile) -> tuple[str, ...]:
    """The names of classes that are written there."""
    row = _texts(file, _small(file).reshape(-1))
    return tuple(as_text(str(name)[:MAX_NAME]).strip() or str(number) for number, name in enumerate(row))


def _small(file: ArrayFile) -> Row:
    if file.head.n_bytes > MAX_LABEL_BYTES:
        raise DatasetError(
            f"{file.name} has {file.head.n_bytes / 1e6:,.0f} MB, too many for labels; save it again"
        )
    return np.asarray(file.opened())


def _row(file: ArrayFile) -> Row:
    """(N,) whole numbers from 0, or texts."""
    row = _small(file)
    if row.ndim == 2 and row.shape[1] == 1:
        row = row[:, 0]
    if file.kind in "US" and row.ndim == 1:
        return _texts(file, row)
    numbers = _whole(file, row)
    if numbers.ndim == 1:
        return numbers
    if numbers.ndim != 2:
        raise DatasetError(f"{file.name} has {numbers.ndim} dimensions; labels should be one number an image")
    if numbers.max(initial=0) > 1 or (numbers.sum(1) != 1).any():
        raise DatasetError(
            f"{file.name} has several labels for an image; choose one of them for each, such as with argmax"
        )
    indices: Row = numbers.argmax(1)
    return indices


def _texts(file: ArrayFile, row: Row) -> Row:
    if row.dtype.kind == "S":
        return np.array([name.decode("utf-8", "replace") for name in row.tolist()], dtype=np.str_)
    try:
        return np.array([str(name) for name in row.tolist()], dtype=np.str_)
    except (ValueError, UnicodeError) as error:
        raise DatasetError(f"{file.name} has text that is no Unicode; save it again") from error


def _whole(file: ArrayFile, row: Row) -> npt.NDArray[np.int64]:
    if file.kind == "f" and (not np.isfinite(row).all() or (row != np.rint(row)).any()):
        raise DatasetError(f"{file.name} has labels that are not whole numbers; number the classes from 0")
    if not row.size:
        return row.astype(np.int64)
    least, most = row.min(), row.max()
    if least < 0 or most > MAX_LABEL:
        raise DatasetError(
            f"{file.name} has a label {least if least < 0 else most:.0f}; number the classes from 0"
        )
    return row.astype(np.int64)
