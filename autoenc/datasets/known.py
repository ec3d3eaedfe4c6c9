"""What each data set is and where its files are: cheap, no image is read and nothing heavy imported."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autoenc.errors import ConfigError, DatasetMissing

# The two splits as the files call them, and the four files of a data set in the MNIST layout.
SPLITS = ("train", "t10k")
RAW_FILES = tuple(f"{split}-{kind}-ubyte" for split in SPLITS for kind in ("images-idx3", "labels-idx1"))


@dataclass(frozen=True)
class Known:
    """One line of the list of data sets."""

    name: str
    title: str  # for people
    source: str  # where it came from
    class_names: tuple[str, ...]
    n_train: int
    n_test: int
    torchvision_class: str | None = None  # also the name of its folder; None: embedded, nothing to download
    image_shape: tuple[int, int, int] = (1, 28, 28)  # C, H, W
    default_epochs: int = 10

    @property
    def folder(self) -> Path:
        """Where torchvision looks for the raw files; they need not be there."""
        return data_dir() / str(self.torchvision_class) / "raw"

    @property
    def files(self) -> tuple[Path, ...]:
        """The raw files, there or not; none for an embedded data set."""
        return tuple(self.folder / file for file in RAW_FILES) if self.torchvision_class else ()

    @property
    def present(self) -> bool:
        """Whether `load` would find the files; it may still find them broken."""
        return not self.missing

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the raw files that are not there."""
        return tuple(path.name for path in self.files if not os.path.isfile(path))

    def check_present(self) -> None:
        """Passes where every raw file is there.

        Raises:
            DatasetMissing: one is not; the sentence says which and how to get it.
        """
        if missing := self.missing:
            what = self.name if len(missing) == len(RAW_FILES) else f"{missing[0]} of {self.name}"
            raise DatasetMissing(
                f"{what} is not in {self.folder}; get it with `python -m autoenc data download {self.name}` "
                f"or the Download button, or use digits, which needs no download"
            )


@dataclass(frozen=True)
class DatasetInfo:
    """A data set on paper, for lists and menus."""

    name: str
    title: str
    source: str
    present: bool  # its files are there
    downloadable: bool
    n_train: int
    n_test: int
    image_shape: tuple[int, int, int]  # C, H, W
    default_epochs: int  # enough to see a good result


_TEN_DIGITS = tuple("0123456789")
_CLOTHES = (
    "T-shirt",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_HIRAGANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")

KNOWN: Mapping[str, Known] = {
    known.name: known
    for known in (
        Known(
            name="mnist",
            title="MNIST handwritten digits",
            source="LeCun, Cortes and Burges",
            class_names=_TEN_DIGITS,
            n_train=60_000,
            n_test=10_000,
            torchvision_class="MNIST",
        ),
        Known(
            name="fashion-mnist",
            title="Fashion-MNIST clothes and shoes",
            source="Zalando Research",
            class_names=_CLOTHES,
            n_train=60_000,
            n_test=10_000,
            torchvision_class="FashionMNIST",
        ),
        Known(
            name="kmnist",
            title="Kuzushiji-MNIST cursive Japanese characters",
            source="Center for Open Data in the Humanities, ROIS",
            class_names=_HIRAGANA,
            n_train=60_000,
            n_test=10_000,
            torchvision_class="KMNIST",
        ),
        Known(
            name="digits",
            title="UCI handwritten digits, 8x8 enlarged to 28x28",
            source="Alpaydin and Kaynak, UCI; comes with scikit-learn",
            class_names=_TEN_DIGITS,
            n_train=1_437,
            n_test=360,
            default_epochs=100,  # an epoch has 12 steps of 128 images where MNIST has 469
        ),
    )
}


def data_dir() -> Path:
    """The folder of the raw files: AUTOENC_DATA_DIR, or `data`; it may be read-only, or not exist."""
    return Path(os.path.expanduser(os.environ.get("AUTOENC_DATA_DIR") or "data"))


def known(name: str) -> Known:
    """The data set of this name.

    Raises:
        ConfigError: there is none.
    """
    if name not in KNOWN:
        raise ConfigError(f"unknown dataset {name!r}; known: {', '.join(KNOWN)}")
    return KNOWN[name]


def names() -> tuple[str, ...]:
    """Every name that `load` knows, present or not."""
    return tuple(KNOWN)


def check_name(name: str) -> None:
    """Passes where `load` knows the name.

    Raises:
        ConfigError: it does not.
    """
    known(name)


def catalogue() -> tuple[DatasetInfo, ...]:
    """Every data set as it stands now, in the order of `names`."""
    return tuple(
        DatasetInfo(
            name=entry.name,
            title=entry.title,
            source=entry.source,
            present=entry.present,
            downloadable=entry.torchvision_class is not None,
            n_train=entry.n_train,
            n_test=entry.n_test,
            image_shape=entry.image_shape,
            default_epochs=entry.default_epochs,
        )
        for entry in KNOWN.values()
    )


def default_name() -> str:
    """`mnist` where its files are, else `digits`, which is always there."""
    return "mnist" if KNOWN["mnist"].present else "digits"
