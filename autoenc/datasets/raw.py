"""Raw files in the MNIST layout -> arrays: what is wrong is refused in a sentence that names the file."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from autoenc.datasets.spec import SPLITS, DatasetSpec, data_dir
from autoenc.errors import DatasetError
from autoenc.kinds import HEAD_BYTES, what_else

Bytes = npt.NDArray[np.uint8]

# Nothing that we read or unpack is larger: the largest, of SVHN, has 182 MB.
MAX_FILE_BYTES = 200_000_000


class Arrays(NamedTuple):
    """A whole data set, uint8; the same order everywhere: in the cache and in the fingerprint."""

    train: Bytes  # (N, C, H, W)
    train_labels: Bytes  # (N,)
    test: Bytes
    test_labels: Bytes


def read_mnist(spec: DatasetSpec) -> Arrays:
    """The images and labels of a data set in the MNIST layout, checked; takes seconds.

    Raises:
        DatasetMissing: the files are not there.
        DatasetError: they are not what they should be.
    """
    check_files(spec)
    train, test = (_read_split(spec, split) for split in SPLITS)
    return Arrays(*train, *test)


def torchvision_class(spec: DatasetSpec) -> Any:
    """The class that declares this data set's mirrors and files, and reads them; the import takes seconds."""
    import torchvision.datasets

    return getattr(torchvision.datasets, str(spec.torchvision_class))


def check_files(spec: DatasetSpec) -> None:
    """Looks only at headers and sizes: quick, and names the wrong file, which torchvision does not.

    Raises:
        DatasetMissing: a file is not there.
        DatasetError: a file is cut, is of another kind, or does not fit to the other one of its split.
    """
    spec.check_present()
    for split in SPLITS:
        images, labels = (path for path in spec.files if path.name.startswith(split))
        n_images, *size = _idx_shape(images, 3, spec)
        (n_labels,) = _idx_shape(labels, 1, spec)
        if tuple(size) != spec.image_shape[1:]:
            problem = f"has images of {_by(size)} pixels where {spec.name} has {_by(spec.image_shape[1:])}"
            raise DatasetError(f"{images} {problem}; {cure(spec)}")
        if n_images != n_labels:
            problem = f"has {n_images:,} images but {labels.name} has {n_labels:,} labels, as if swapped"
            raise DatasetError(f"{images} {problem}; {cure(spec, 'both')}")


def _idx_shape(path: Path, n_dimensions: int, spec: DatasetSpec) -> tuple[int, ...]:
    """What the header of an IDX file of bytes says, once the file's size agrees; never an empty array."""
    n_header = 4 + 4 * n_dimensions
    try:
        with path.open("rb") as file:
            header = file.read(n_header)
        n_bytes = path.stat().st_size
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}; {cure(spec)}") from error
    magic = bytes([0, 0, 8, n_dimensions])  # 8: unsigned bytes
    if what := what_instead(path):
        raise DatasetError(f"{path} is {what}; {cure(spec)}")
    if len(header) < n_header or header[:4] != magic:
        kind = {1: "labels", 3: "images"}[n_dimensions]
        raise DatasetError(f"{path} is not an IDX file of {kind}; {cure(spec)}")
    shape = struct.unpack(f">{n_dimensions}I", header[4:])
    n_expected = n_header + math.prod(shape)
    if n_bytes != n_expected:
        raise DatasetError(f"{path} has {n_bytes:,} bytes where its header says {n_expected:,}; {cure(spec)}")
    if not n_header < n_bytes <= MAX_FILE_BYTES:
        raise DatasetError(
            f"{path} has {n_bytes:,} bytes, which is not a valid size for {spec.name}; {cure(spec)}"
        )
    return shape


def what_instead(path: Path) -> str:
    """What people get instead of a file of a data set; "": it is none of that."""
    try:
        with path.open("rb") as file:
            return what_else(file.read(HEAD_BYTES))
    except OSError:  # whoever reads it next tells of it
        return ""


def cure(spec: DatasetSpec, what: str = "it") -> str:
    """What to do about files that are broken."""
    return f"delete {what} and run `python -m autoenc data download {spec.name}`, or use digits"


def _by(size: Sequence[int]) -> str:
    return "x".join(map(str, size))


def _read_split(spec: DatasetSpec, split: str) -> tuple[Bytes, Bytes]:
    """(N, 1, H, W) images and (N,) labels through torchvision."""
    declared = torchvision_class(spec)
    # Old versions of torchvision left pickled copies in `processed/`; the class would still prefer them.
    reader = type(declared.__name__, (declared,), {"_check_legacy_exist": lambda self: False})
    try:
        files = reader(data_dir(), train=split == "train", download=False)
        images, labels = files.data.numpy()[:, np.newaxis], files.targets.numpy()
    except (
        Exception
    ) as error:  # asserts, casts and file errors alike: to the person at the screen it is one failure
        problem = f"the {split} files of {spec.name} in {spec.folder} cannot be read"
        raise DatasetError(f"{problem} ({type(error).__name__}); {cure(spec, 'them')}") from error
    n_classes = len(spec.class_names)
    if labels.max() >= n_classes:
        path = spec.folder / f"{split}-labels-idx1-ubyte"
        raise DatasetError(f"{path} has a label {labels.max()}; allowed: 0 to {n_classes - 1}; {cure(spec)}")
    return images, labels.astype(np.uint8)
