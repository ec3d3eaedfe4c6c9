"""What the student's lab report printed, to stand beside our figures (MNIST, 10 epochs, Adam 1e-3, MSE)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autoenc.schema import TrainConfig


@dataclass(frozen=True)
class LabFigures:
    """One setting of the report; None where it is silent.

    Its test losses are about sixty times its training losses, probably sums over batches: they are shown as
    printed and never drawn on an axis of ours.
    """

    train_loss: float | None
    test_loss_as_printed: float | None = None
    seconds: float | None = None  # training, on the lab's machine


# (model, layers, latent_size); sections 2.2, 3.2, 3.3 and the table of 3.6
LAB_FIGURES: Mapping[tuple[str, int, int], LabFigures] = {
    ("mlp", 1, 1): LabFigures(0.070),
    ("mlp", 1, 128): LabFigures(0.02),
    ("conv", 1, 1): LabFigures(0.009, 0.55),
    ("conv", 1, 64): LabFigures(0.0003, 0.019, 91.8),
    ("conv", 1, 128): LabFigures(0.0001, 0.006, 107.3),
    ("conv", 2, 64): LabFigures(0.0001, 0.007, 137.6),
    ("conv", 2, 128): LabFigures(0.000027, 0.0016, 147.64),
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
