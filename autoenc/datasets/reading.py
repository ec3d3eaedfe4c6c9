"""Each kind of data set has its reader."""

from __future__ import annotations

from autoenc.datasets import colours, embedded, raw
from autoenc.datasets.raw import Arrays
from autoenc.datasets.spec import DatasetSpec

_EMBEDDED = {"digits": embedded.read_digits, "photos": embedded.read_photos}


def read(spec: DatasetSpec) -> Arrays:
    """The images and labels of a data set that is no image folder, checked; takes seconds.

    Raises:
        DatasetMissing: the files are not there.
        DatasetError: they are not what they should be.
    """
    match spec.kind:
        case "mnist":
            return raw.read_mnist(spec)
        case "cifar":
            return colours.read_cifar(spec)
        case "svhn":
            return colours.read_svhn(spec)
    return _EMBEDDED[spec.name]()


def check_files(spec: DatasetSpec) -> None:
    """Looks at what can be seen at once; raises as `read` does."""
    match spec.kind:
        case "mnist":
            raw.check_files(spec)
        case "cifar":
            colours.check_cifar(spec)
        case "svhn":
            colours.check_svhn(spec)
