"""The specification of a data set, known before an image is read: cheap, nothing heavy is imported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autoenc.errors import DatasetMissing
from autoenc.places import folder_of

# The two splits as the files call them, and the four files of a data set in the MNIST layout.
SPLITS = ("train", "t10k")
RAW_FILES = tuple(f"{split}-{kind}-ubyte" for split in SPLITS for kind in ("images-idx3", "labels-idx1"))

Kind = Literal["mnist", "cifar", "svhn", "embedded", "folder", "arrays"]  # how its files are read
Shape = tuple[int, int, int]  # C, H, W


@dataclass(frozen=True)
class DatasetSpec:
    """One row of the list of data sets."""

    name: str
    title: str  # for people
    source: str  # where it came from
    class_names: tuple[str, ...]
    n_train: int
    n_test: int
    kind: Kind = "embedded"
    torchvision_class: str | None = None  # which declares mirrors and files; None: nothing to download
    place: str = ""  # its folder below the data folder, where torchvision looks too
    file_names: tuple[str, ...] = ()  # in that folder
    image_shape: Shape = (1, 28, 28)  # of an image folder a guess, until it is prepared
    default_epochs: int = 10
    short_title: str = ""  # in a legend; empty: its name

    @property
    def folder(self) -> Path:
        """Where the raw files are looked for; they need not be there."""
        return data_dir() / self.place

    @property
    def files(self) -> tuple[Path, ...]:
        """The raw files, there or not; none for an embedded data set and for an image folder."""
        folder = self.folder
        return tuple(folder / file for file in self.file_names)

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
            if packed := next((name for name in missing if os.path.isfile(self.folder / f"{name}.gz")), None):
                raise DatasetMissing(
                    f"{packed} of {self.name} is still packed in {self.folder}; unpack it with "
                    f"`gunzip --keep {self.folder / packed}.gz`"
                )
            what = self.name if len(missing) == len(self.files) else f"{missing[0]} of {self.name}"
            raise DatasetMissing(
                f"{what} is not in {self.folder}; get it with `python -m autoenc data download {self.name}` "
                f"or the Download button, or use digits, which needs no download"
            )


def data_dir() -> Path:
    """The folder of the raw files: AUTOENC_DATA_DIR, or `data` beside the project; it need not exist."""
    return folder_of("AUTOENC_DATA_DIR", "data")
