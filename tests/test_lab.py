"""What the report printed, and for which settings it stands beside ours."""

from dataclasses import replace
from typing import Any

import pytest

from autoenc.lab import LAB_FIGURES, LabFigures, reported
from autoenc.schema import Noise, TrainConfig


@pytest.mark.parametrize(
    ("setting", "figures"),
    [
        ({"latent_size": 1}, (0.070, None, None)),
        ({"latent_size": 128}, (0.02, None, None)),
        ({"model": "conv", "latent_size": 1}, (0.009, 0.55, None)),
        ({"model": "conv", "latent_size": 1024}, (None, None, 240.0)),
        ({"model": "conv", "latent_size": 64}, (0.0003, 0.019, 91.8)),
        ({"model": "conv", "latent_size": 128}, (0.0001, 0.006, 107.3)),
        ({"model": "conv", "latent_size": 64, "layers": 2}, (0.0001, 0.007, 137.6)),
        ({"model": "conv", "latent_size": 128, "layers": 2}, (0.000027, 0.0016, 147.64)),
    ],
)
def test_the_figures_are_those_of_the_report(setting: dict[str, Any], figures: tuple[float, ...]) -> None:
    assert reported(TrainConfig(**setting)) == LabFigures(*figures)
    assert len(LAB_FIGURES) == 8


@pytest.mark.parametrize(
    "other",
    [
        {"dataset": "kmnist"},
        {"epochs": 20},
        {"batch_size": 64},
        {"learning_rate": 0.01},
        {"noise": Noise("gaussian", 0.3)},
        {"train_images": 1000},
        {"latent_size": 2},
        {"layers": 3},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_setting_that_the_report_does_not_have_gets_no_figures(other: dict[str, Any]) -> None:
    assert reported(replace(TrainConfig(model="conv", latent_size=64), **other)) is None


def test_seed_and_stride_which_the_report_does_not_tell_may_be_any() -> None:
    config = TrainConfig(model="conv", latent_size=64, seed=7, stride=1)
    assert reported(config) == LAB_FIGURES["conv", 1, 64]
