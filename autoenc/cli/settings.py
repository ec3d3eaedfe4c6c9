"""The settings of a training run on the command line: the same for one run and for many."""

from __future__ import annotations

import argparse

from autoenc import datasets
from autoenc.schema import Noise, TrainConfig


def add_settings(parser: argparse.ArgumentParser) -> None:
    """All but model, layers and latent size."""
    usual = TrainConfig()
    parser.add_argument("--dataset", help="default: mnist where it is on this machine, else digits")
    parser.add_argument(
        "--stride", type=int, default=usual.stride, help="1 or 2, of the convolutions of conv"
    )
    parser.add_argument("--epochs", type=int, help="default: 10; digits: 100, photos: 30")
    parser.add_argument("--batch-size", type=int, default=usual.batch_size)
    parser.add_argument("--learning-rate", type=float, default=usual.learning_rate)
    parser.add_argument(
        "--decay-epochs", type=int, help="the learning rate falls to zero over so many; default: it stays"
    )
    parser.add_argument("--noise", help="KIND:LEVEL, such as gaussian:0.3: learn to take this noise away")
    parser.add_argument("--train-images", type=int, help="use the first so many; default: all")
    parser.add_argument("--seed", type=int, default=usual.seed)


def chosen_config(chosen: argparse.Namespace) -> TrainConfig:
    """What `add_settings` was answered with; model, layers and latent size as usual.

    Raises:
        ConfigError: a value is not allowed.
    """
    name = chosen.dataset if chosen.dataset is not None else datasets.default_name()
    datasets.check_name(name)
    return TrainConfig(
        dataset=name,
        stride=chosen.stride,
        epochs=chosen.epochs if chosen.epochs is not None else _default_epochs(name),
        batch_size=chosen.batch_size,
        learning_rate=chosen.learning_rate,
        decay_epochs=chosen.decay_epochs,
        noise=None if chosen.noise is None else Noise.parse(chosen.noise),
        train_images=chosen.train_images,
        seed=chosen.seed,
    )


def _default_epochs(name: str) -> int:
    return next(info.default_epochs for info in datasets.catalogue() if info.name == name)
