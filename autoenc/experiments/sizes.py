"""How much of the report is done again: a lesson, or all of it; and on which images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autoenc import recipes
from autoenc.errors import ConfigError
from autoenc.numerals import counted
from autoenc.recipes import FEW_IMAGES
from autoenc.schema import DatasetInfo, TrainConfig

MNIST, CIFAR10, CIFAR100 = "mnist", "cifar10", "cifar100"
CIFAR10_IMAGES = "cifar10-images"  # the same pictures as an image folder
DIGITS = "digits"  # comes with the program, and stands in for MNIST


@dataclass(frozen=True)
class LabSize:
    """How long models are trained, on how many images, and which of them."""

    name: str
    title: str
    says: str  # one sentence, for who chooses
    epochs: int
    train_images: int | None  # the first N; None: all
    mlp_sizes: tuple[int, ...]
    conv_sizes: tuple[int, ...]
    colour_mlp_sizes: tuple[int, ...]
    colour_conv_sizes: tuple[int, ...]
    more_epochs: int  # the longest training beside the usual one
    deep_channels: int = 64  # of the models with more layers


def _powers(last: int) -> tuple[int, ...]:
    """1, 2, 4 ... last."""
    return tuple(2**i for i in range(last.bit_length()))


LESSON = LabSize(
    "lesson",
    "Lesson",
    "About half of the images, half of the epochs: all figures within a lesson.",
    epochs=5,
    train_images=30_000,
    mlp_sizes=_powers(1024),
    conv_sizes=_powers(256),
    colour_mlp_sizes=_powers(512),
    colour_conv_sizes=(1, 4, 16, 64),
    more_epochs=20,
)
FULL = LabSize(
    "full",
    "Full",
    "The report's own settings: ten epochs of all images, sizes up to 1,024. For a night.",
    epochs=10,
    train_images=None,
    mlp_sizes=_powers(1024),
    conv_sizes=_powers(1024),
    colour_mlp_sizes=_powers(1024),
    colour_conv_sizes=_powers(256),
    more_epochs=50,
)
SIZES: Mapping[str, LabSize] = {size.name: size for size in (LESSON, FULL)}


@dataclass(frozen=True)
class Lab:
    """The report's experiments in one size, on the images of this machine."""

    size: LabSize
    grey: DatasetInfo  # MNIST, or what stands in for it
    colour: DatasetInfo  # CIFAR-10, or what stands in for it
    hundred: DatasetInfo  # CIFAR-100

    @property
    def lab_id(self) -> str:
        """The same for the same work; a file name."""
        return id_of(self.size.name, self.grey.name, self.colour.name)

    @property
    def data(self) -> tuple[DatasetInfo, ...]:
        """All that it needs, each once."""
        return tuple(dict.fromkeys((self.grey, self.colour, self.hundred)))

    @property
    def is_the_reports(self) -> bool:
        """Whether the grey images are those of the report, so that its numbers can stand beside ours."""
        return self.grey.name == MNIST

    def config(self, data: DatasetInfo, model: str = "mlp", **settings: Any) -> TrainConfig:
        """The settings of one run of the lab: the report's, but for what its size says.

        A data set of few images, which stands in for another, is trained on as everywhere else.
        """
        usual: dict[str, Any] = {"epochs": self.epochs(data), "train_images": self._train_images(data)}
        return TrainConfig(dataset=data.name, model=model, **{**usual, **settings})

    def epochs(self, data: DatasetInfo) -> int:
        return data.default_epochs if data.n_train < FEW_IMAGES else self.size.epochs

    def more_epochs(self, data: DatasetInfo) -> int:
        """Of the longest training."""
        return self.epochs(data) * self.size.more_epochs // self.size.epochs

    def conditions(self, data: DatasetInfo, epochs: Sequence[int] | None = None) -> str:
        """What is said on every figure: `MNIST: 30,000 of 60,000 training images, 5 epochs`.

        Args:
            epochs: of the models in it, rising; None: the usual ones; empty: nothing is trained for it.
        """
        if epochs is None:
            epochs = (self.epochs(data),)
        if not epochs:
            return f"{data.short_title}: {data.n_train:,} training images"
        n = self._train_images(data)
        images = f"{n:,} of {data.n_train:,}" if n else f"all {data.n_train:,}"
        before = "".join(f"{n:,} and " for n in epochs[:-1])
        return f"{data.short_title}: {images} training images, {before}{counted(epochs[-1], 'epoch')}"

    def _train_images(self, data: DatasetInfo) -> int | None:
        n = self.size.train_images
        return n if n is not None and n < data.n_train and data.n_train >= FEW_IMAGES else None


def id_of(size: str, grey: str, colour: str) -> str:
    """Of the lab of this size on these data sets."""
    return f"{size}-{grey}-{colour}"


def lab_here(size: LabSize | str, infos: Iterable[DatasetInfo]) -> Lab:
    """The lab on the images of this machine: MNIST and CIFAR-10 where they are here, else what stands in.

    Raises:
        ConfigError: there is no such size.
    """
    if isinstance(size, str):
        if size not in SIZES:
            raise ConfigError(f"size is {size[:40]!r}; known: {', '.join(SIZES)}")
        size = SIZES[size]
    infos = tuple(infos)
    by_name = {info.name: info for info in infos}
    grey = by_name[MNIST] if by_name[MNIST].present else by_name[DIGITS]
    folder = by_name.get(CIFAR10_IMAGES)
    if not by_name[CIFAR10].present and folder is not None and folder.present:
        colour = folder
    else:
        colour = by_name[recipes.colour_dataset(infos)]
    return Lab(size, grey, colour, by_name[CIFAR100])
