"""What the student's lab report printed, to stand beside our figures (MNIST, 10 epochs, Adam 1e-3, MSE)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

from autoenc.schema import TrainConfig

Setting = tuple[str, int, int]  # model, layers, latent size
Measure = Literal["train_loss", "test_loss", "seconds"]

N_TEST_IMAGES = 10_000  # of MNIST


@dataclass(frozen=True)
class ReportNumber:
    """A number in the report's text or table."""

    section: str  # of the report
    printed: str  # as it has it
    value: float


@dataclass(frozen=True)
class RunNumber(ReportNumber):
    """One that belongs to a single model."""

    setting: Setting
    measure: Measure


def _table(setting: Setting, seconds: str, train_loss: str, test_loss: str) -> tuple[RunNumber, ...]:
    """A column of the table in section 3.6; most of its numbers have a decimal comma."""
    cells: tuple[tuple[Measure, str], ...] = (
        ("seconds", seconds),
        ("train_loss", train_loss),
        ("test_loss", test_loss),
    )
    return tuple(
        RunNumber("3.6", text, float(text.replace(",", ".")), setting, measure) for measure, text in cells
    )


# In the report's order. Of Conv 128 it prints two training losses and two test losses.
RUN_NUMBERS: tuple[RunNumber, ...] = (
    RunNumber("2.2", "0.070", 0.070, ("mlp", 1, 1), "train_loss"),
    RunNumber("2.2", "0.02", 0.02, ("mlp", 1, 128), "train_loss"),
    RunNumber("3.2", "0.009", 0.009, ("conv", 1, 1), "train_loss"),
    RunNumber("3.2", "0.00009", 0.00009, ("conv", 1, 128), "train_loss"),
    RunNumber("3.3", "0.55", 0.55, ("conv", 1, 1), "test_loss"),
    RunNumber("3.3", "0.005", 0.005, ("conv", 1, 128), "test_loss"),
    RunNumber("3.5", "4 minutes", 240.0, ("conv", 1, 1024), "seconds"),
    *_table(("conv", 1, 64), "91,8", "0,0003", "0,019"),
    *_table(("conv", 1, 128), "107,3", "0,0001", "0,006"),
    *_table(("conv", 2, 64), "137,6", "0,0001", "0,007"),
    *_table(("conv", 2, 128), "147,64", "0.000027", "0.0016"),
)

MLP_FALL = ReportNumber("2.2", "about three times less", 3.0)  # training loss of MLP 1 over MLP 128
CONV_FALL = ReportNumber("3.2", "100 times less", 100.0)  # likewise of the convolutions
MLP_SECONDS = ReportNumber("3.5", "less than 90 seconds", 90.0)  # at every size
COLOUR_SECONDS = ReportNumber("5.2", "30 minutes", 1800.0)  # "to compile just a few models" of CIFAR-10


@dataclass(frozen=True)
class LabFigures:
    """One setting of the report; None where it is silent.

    Its test losses are about sixty times its training losses, probably sums over batches: they are shown as
    printed and never drawn on an axis of ours.
    """

    train_loss: float | None
    test_loss_as_printed: float | None = None
    seconds: float | None = None  # training, on the lab's machine


def _figures(setting: Setting) -> LabFigures:
    """Where it prints two numbers, that of its table."""
    numbers = {number.measure: number.value for number in RUN_NUMBERS if number.setting == setting}
    return LabFigures(numbers.get("train_loss"), numbers.get("test_loss"), numbers.get("seconds"))


LAB_FIGURES: Mapping[Setting, LabFigures] = {
    setting: _figures(setting) for setting in dict.fromkeys(number.setting for number in RUN_NUMBERS)
}


def reported(config: TrainConfig) -> LabFigures | None:
    """The report's figures for this setting; None where it gives none."""
    same = TrainConfig(
        model=config.model,
        latent_size=config.latent_size,
        layers=config.layers,
        stride=config.stride,
        seed=config.seed,
    )
    return LAB_FIGURES.get((config.model, config.layers, config.latent_size)) if config == same else None


def sum_factor() -> float:
    """How many times its training loss a test loss of the report is: the median where it prints both.

    It is about the same for losses that differ three hundredfold, as if each were a sum over the batches of
    the test set: then it is the number of these batches.
    """
    both = [f for f in LAB_FIGURES.values() if f.train_loss and f.test_loss_as_printed]
    return median((f.test_loss_as_printed or 0) / (f.train_loss or 1) for f in both)
