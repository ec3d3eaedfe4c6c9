"""From the raw files of CIFAR and SVHN to arrays, in the layout that torchvision has.

CIFAR's files are pickles. They are not unpickled, which could run any program: `pickletools` lists what is
written in them, and the pixels and labels are picked from this list.
"""

from __future__ import annotations

import pickletools
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from autoenc.datasets.raw import MAX_FILE_BYTES, Arrays, Bytes, cure, what_instead
from autoenc.datasets.spec import DatasetSpec
from autoenc.errors import DatasetError

SHAPE = (3, 32, 32)
_N_PIXELS = 3 * 32 * 32
_MAX_LABELS = 60_000  # of a file: CIFAR-100 has 50,000
_MAX_OPCODES = 1_000_000  # which take a second
_NUMBERS = {"double", "single", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}
_LABELS = ("labels", "fine_labels")  # of CIFAR-10, of CIFAR-100


def read_cifar(spec: DatasetSpec) -> Arrays:
    """The images and labels of CIFAR-10 or CIFAR-100, the last file for the test.

    Raises:
        DatasetMissing: a file is not there.
        DatasetError: one is not what it should be.
    """
    check_cifar(spec)
    *train, test = (_read_batch(spec, path) for path in spec.files)
    images, labels = (np.concatenate(parts) for parts in zip(*train, strict=True))
    return Arrays(images, labels, *test)


def check_cifar(spec: DatasetSpec) -> None:
    """Looks only at the files' sizes; raises as `read_cifar` does."""
    spec.check_present()
    for path in spec.files:
        _check_size(spec, path, _N_PIXELS)


def read_svhn(spec: DatasetSpec) -> Arrays:
    """The images and labels of SVHN; its files call a zero 10. Raises as `read_cifar` does."""
    check_svhn(spec)
    train, test = (_read_matrices(spec, path) for path in spec.files)
    return Arrays(*train, *test)


def check_svhn(spec: DatasetSpec) -> None:
    """Looks only at the files' sizes and first bytes; raises as `read_svhn` does."""
    spec.check_present()
    for path in spec.files:
        _check_size(spec, path, 128)
        try:
            with path.open("rb") as file:
                head = file.read(10)
        except OSError as error:
            raise DatasetError(f"{path} cannot be read: {error.strerror}; check its permissions") from error
        if head != b"MATLAB 5.0":
            raise DatasetError(f"{path} is not a MATLAB 5.0 file; {cure(spec)}")


def _check_size(spec: DatasetSpec, path: Path, least: int) -> None:
    if what := what_instead(path):
        raise DatasetError(f"{path} is {what}; {cure(spec)}")
    n_bytes = path.stat().st_size
    if not least < n_bytes <= MAX_FILE_BYTES:
        raise DatasetError(
            f"{path} has {n_bytes:,} bytes, which is not a valid size for {spec.name}; {cure(spec)}"
        )


def _checked(
    spec: DatasetSpec, path: Path, images: Bytes, labels: npt.NDArray[np.int64]
) -> tuple[Bytes, Bytes]:
    n_classes = len(spec.class_names)
    if not len(images) or len(images) != len(labels):
        problem = f"has {len(images):,} images and {len(labels):,} labels"
        raise DatasetError(f"{path} {problem}; {cure(spec)}")
    for label in (labels.min(), labels.max()):
        if not 0 <= label < n_classes:
            raise DatasetError(f"{path} has a label {label}; allowed: 0 to {n_classes - 1}; {cure(spec)}")
    return images, labels.astype(np.uint8)


# ---------------------------------------------------------------- CIFAR


def _read_batch(spec: DatasetSpec, path: Path) -> tuple[Bytes, Bytes]:
    """(N, 3, 32, 32) and (N,)."""
    try:
        with path.open("rb") as file:
            pixels, labels = _picked(pickletools.genops(file))
    except (
        Exception
    ) as error:  # whatever is wrong with the file, to the person at the screen it is one failure
        raise DatasetError(f"{path} cannot be read ({type(error).__name__}); {cure(spec)}") from error
    if len(pixels) % _N_PIXELS:
        raise DatasetError(f"{path} has {len(pixels):,} bytes of pixels, no whole images; {cure(spec)}")
    images = np.frombuffer(pixels, np.uint8).reshape(-1, *SHAPE)
    return _checked(spec, path, images, np.array(labels, np.int64))


def _picked(written: Iterable[tuple[pickletools.OpcodeInfo, object, int | None]]) -> tuple[bytes, list[int]]:
    """The longest text is the pixels, row by row; the numbers after the word `labels` are the labels.

    Raises:
        ValueError: the pixels are in another order, or there is far more in the file.
    """
    pixels, labels, in_labels, before, by_rows = "", list[int](), False, "", False
    for n, (opcode, value, _) in enumerate(written):
        if n >= _MAX_OPCODES or len(labels) > _MAX_LABELS:
            raise ValueError("it is too long")
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


def _read_matrices(spec: DatasetSpec, path: Path) -> tuple[Bytes, Bytes]:
    """(N, 3, 32, 32) and (N,) of a MATLAB file with X (32, 32, 3, N) and y (N, 1)."""
    from scipy.io import loadmat

    try:
        shapes = _shapes(path)
        matrices = loadmat(path, variable_names=["X", "y"])
        images, labels = matrices["X"], matrices["y"]
        if (images.shape, labels.shape) != shapes or images.dtype != np.uint8:
            raise ValueError("the file is not what its head says")
        if labels.dtype.kind not in "uif" or not np.isin(labels, range(1, 11)).all():
            raise ValueError("the labels are not whole numbers from 1 to 10")
    except Exception as error:  # as above
        raise DatasetError(f"{path} cannot be read ({type(error).__name__}); {cure(spec)}") from error
    # On disk the pixels of a column follow each other, and all images lie inside one another.
    images = np.ascontiguousarray(images.transpose(3, 2, 0, 1))
    return _checked(spec, path, images, labels[:, 0].astype(np.int64) % 10)


def _shapes(path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of X and y, only from the headers: a file may claim any size, and lists in lists end the program.

    Raises:
        ValueError: they are not of numbers, not of the shapes of SVHN, too large, or there twice.
    """
    from scipy.io import whosmat

    heads = whosmat(path)
    kinds = {name: (shape, kind) for name, shape, kind in heads}
    (x, x_kind), (y, y_kind) = kinds["X"], kinds["y"]
    if len(kinds) < len(heads) or x_kind != "uint8" or y_kind not in _NUMBERS:
        raise ValueError(f"X is {x_kind}, y is {y_kind}")
    if x != (32, 32, 3, y[0]) or y != (y[0], 1) or y[0] * _N_PIXELS > 2 * MAX_FILE_BYTES:
        raise ValueError(f"X is {x}, y is {y}")
    return x, y
