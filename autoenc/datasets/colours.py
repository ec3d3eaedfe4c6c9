"""From the raw files of CIFAR and SVHN to arrays, in the layout that torchvision has.

CIFAR's files are pickles. They are not unpickled, which could run any program: `pickletools` lists what is
written in them, and the pixels and labels are picked from this list.
"""

from __future__ import annotations

import pickletools
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from autoenc.datasets.entry import Known
from autoenc.datasets.raw import MAX_FILE_BYTES, Arrays, Bytes, cure
from autoenc.errors import DatasetError

SHAPE = (3, 32, 32)
_N_PIXELS = 3 * 32 * 32
_LABELS = ("labels", "fine_labels")  # of CIFAR-10, of CIFAR-100


def read_cifar(entry: Known) -> Arrays:
    """The images and labels of CIFAR-10 or CIFAR-100, the last file for the test.

    Raises:
        DatasetMissing: a file is not there.
        DatasetError: one is not what it should be.
    """
    check_cifar(entry)
    *train, test = (_read_batch(entry, path) for path in entry.files)
    images, labels = (np.concatenate(parts) for parts in zip(*train, strict=True))
    return Arrays(images, labels, *test)


def check_cifar(entry: Known) -> None:
    """Looks at the files' sizes alone; raises as `read_cifar` does."""
    entry.check_present()
    for path in entry.files:
        _check_size(entry, path, _N_PIXELS)


def read_svhn(entry: Known) -> Arrays:
    """The images and labels of SVHN; its files call a zero 10. Raises as `read_cifar` does."""
    check_svhn(entry)
    train, test = (_read_matrices(entry, path) for path in entry.files)
    return Arrays(*train, *test)


def check_svhn(entry: Known) -> None:
    """Looks at the files' sizes and first bytes alone; raises as `read_svhn` does."""
    entry.check_present()
    for path in entry.files:
        _check_size(entry, path, 128)
        with path.open("rb") as file:
            if not file.read(10).startswith(b"MATLAB 5.0"):
                raise DatasetError(f"{path} is not a MATLAB 5.0 file; {cure(entry)}")


def _check_size(entry: Known, path: Path, least: int) -> None:
    n_bytes = path.stat().st_size
    if not least < n_bytes <= MAX_FILE_BYTES:
        raise DatasetError(f"{path} has {n_bytes:,} bytes, which is no size for {entry.name}; {cure(entry)}")


def _checked(entry: Known, path: Path, images: Bytes, labels: Bytes) -> tuple[Bytes, Bytes]:
    n_classes = len(entry.class_names)
    if not len(images) or len(images) != len(labels):
        problem = f"has {len(images):,} images and {len(labels):,} labels"
        raise DatasetError(f"{path} {problem}; {cure(entry)}")
    if labels.max() >= n_classes:
        raise DatasetError(f"{path} has a label {labels.max()}; allowed: 0 to {n_classes - 1}; {cure(entry)}")
    return images, labels


# ---------------------------------------------------------------- CIFAR


def _read_batch(entry: Known, path: Path) -> tuple[Bytes, Bytes]:
    """(N, 3, 32, 32) and (N,)."""
    try:
        with path.open("rb") as file:
            pixels, labels = _picked(pickletools.genops(file))
    except (
        Exception
    ) as error:  # whatever is wrong with the file, to the person at the screen it is one failure
        raise DatasetError(f"{path} cannot be read ({type(error).__name__}); {cure(entry)}") from error
    if len(pixels) % _N_PIXELS:
        raise DatasetError(f"{path} has {len(pixels):,} bytes of pixels, no whole images; {cure(entry)}")
    images = np.frombuffer(pixels, np.uint8).reshape(-1, *SHAPE)
    return _checked(entry, path, images, np.array(labels, np.uint8))


def _picked(written: Iterable[tuple[pickletools.OpcodeInfo, object, int | None]]) -> tuple[bytes, list[int]]:
    """The longest text is the pixels, row by row; the numbers after the word `labels` are the labels.

    Raises:
        ValueError: the pixels are in another order.
    """
    pixels, labels, in_labels, before, by_rows = "", list[int](), False, "", False
    for opcode, value, _ in written:
        if isinstance(value, str) and opcode.name != "GLOBAL":
            in_labels = value in _LABELS
            if len(value) > len(pixels):
                pixels, by_rows = value, before == "NEWFALSE"  # not by columns, NumPy says just before
        elif in_labels and opcode.name.startswith("BININT"):
            labels.append(int(str(value)))
        if "PUT" not in opcode.name:
            before = opcode.name
    if not by_rows:
        raise ValueError("the pixels are not row by row")
    return pixels.encode("latin-1"), labels


# ---------------------------------------------------------------- SVHN


def _read_matrices(entry: Known, path: Path) -> tuple[Bytes, Bytes]:
    """(N, 3, 32, 32) and (N,) of a MATLAB file with X (32, 32, 3, N) and y (N, 1)."""
    from scipy.io import loadmat, whosmat

    try:
        shapes = {name: shape for name, shape, _ in whosmat(path)}  # heads alone: a file may claim any size
        n = shapes["y"][0]
        if shapes["X"] != (32, 32, 3, n) or shapes["y"] != (n, 1) or n * _N_PIXELS > 2 * MAX_FILE_BYTES:
            raise ValueError(f"X is {shapes['X']}, y is {shapes['y']}")
        matrices = loadmat(path, variable_names=["X", "y"])
        images, labels = matrices["X"], matrices["y"][:, 0]
        if (
            images.dtype != np.uint8
            or labels.dtype.kind not in "uif"
            or labels.max() > 10
            or labels.min() < 1
        ):
            raise ValueError("the numbers are of another type")
    except Exception as error:  # as above
        raise DatasetError(f"{path} cannot be read ({type(error).__name__}); {cure(entry)}") from error
    # On disk the pixels of a column follow each other, and all images lie inside one another.
    return _checked(
        entry, path, np.ascontiguousarray(images.transpose(3, 2, 0, 1)), (labels % 10).astype(np.uint8)
    )
