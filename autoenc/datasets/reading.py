"""Each kind of data set has its reader."""

from __future__ import annotations

from autoenc.datasets import colours, embedded, raw
from autoenc.datasets.raw import Arrays
from autoenc.datasets.spec import Known

_EMBEDDED = {"digits": embedded.read_digits, "photos": embedded.read_photos}


def read(entry: Known) -> Arrays:
    """The images and labels of a data set that is no image folder, checked; takes seconds.

    Raises:
        DatasetMissing: the files are not there.
        DatasetError: they are not what they should be.
    """
    match entry.kind:
        case "mnist":
            return raw.read_mnist(entry)
        case "cifar":
            return colours.read_cifar(entry)
        case "svhn":
            return colours.read_svhn(entry)
    return _EMBEDDED[entry.name]()


def check_files(entry: Known) -> None:
    """Looks at what can be seen at once; raises as `read` does."""
    match entry.kind:
        case "mnist":
            raw.check_files(entry)
        case "cifar":
            colours.check_cifar(entry)
        case "svhn":
            colours.check_svhn(entry)
