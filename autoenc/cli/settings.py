"""The settings of a training run on the command line: the same for one run and for many.

What the user does not say is what `recipes` says; so the options have no defaults of their own.
"""

from __future__ import annotations

import argparse
from typing import Any

from autoenc.numerals import setting
from autoenc.recipes import PLAIN, RATED, RECIPES
from autoenc.schema import DEFAULT_EPOCHS, DatasetInfo, Noise, TrainConfig

_SHARED = (
    "stride",
    "epochs",
    "batch_size",
    "learning_rate",
    "decay_epochs",
    "noise",
    "train_images",
    "rate_weight",
    "beta",
    "seed",
)


def add_settings(parser: argparse.ArgumentParser, alone: str = "") -> None:
    """All but model, layers and latent size.

    Args:
        alone: said of what suits a single model, where there may be several.
    """
    usual = TrainConfig()
    parser.add_argument("--dataset", help="default: mnist where it is on this machine, else digits")
    parser.add_argument(
        "--stride", type=int, help=f"1 or 2, for the convolutions of conv; default: {usual.stride}"
    )
    parser.add_argument("--epochs", type=int, help=_epochs_help())
    parser.add_argument("--batch-size", type=int, help=f"default: {usual.batch_size}")
    parser.add_argument("--learning-rate", type=float, help=suited_help("learning_rate", alone))
    decaying = [f"; {model}{alone}: all epochs" for model, recipe in RECIPES.items() if recipe.decays]
    decaying.append("; with --rate-weight: all epochs")
    parser.add_argument(
        "--decay-epochs",
        type=int,
        help="cosine decay of the learning rate to zero over this many epochs; 0 keeps it constant; "
        f"default: 0{''.join(decaying)}",
    )
    parser.add_argument("--noise", help="KIND:LEVEL, such as gaussian:0.3: learn to remove this noise")
    parser.add_argument("--train-images", type=int, help="train on only the first N images; default: all")
    parser.add_argument(
        "--rate-weight",
        type=float,
        metavar="W",
        help="train for few bytes: loss = MSE + W x bits per pixel; for mlp and conv-bottleneck; default: 0",
    )
    parser.add_argument(
        "--beta",
        type=float,
        help="of vae: loss = squared error of an image + BETA x KL; larger: smoother maps, blurrier images; "
        f"default: {setting(usual.beta)}",
    )
    parser.add_argument("--seed", type=int, help=f"default: {usual.seed}")


def suited_help(name: str, alone: str = "") -> str:
    """`default: 1; conv-bottleneck: 2; with --rate-weight: 2`."""
    usual = getattr(PLAIN, name)
    values = {model: getattr(recipe, name) for model, recipe in RECIPES.items()}
    others = [f"; {model}{alone}: {value}" for model, value in values.items() if value != usual]
    others.append(f"; with --rate-weight: {getattr(RATED, name)}")
    return f"default: {usual}{''.join(others)}"


def _epochs_help() -> str:
    """`default: 10; digits: 100, photos: 30`."""
    usual = TrainConfig().epochs
    others = [f"{name}: {epochs}" for name, epochs in DEFAULT_EPOCHS.items()]
    return f"default: {usual}; {', '.join(others)}"


def dataset_info(args: argparse.Namespace) -> DatasetInfo:
    """The data set of `--dataset`, or the default one; raises as `datasets.info` does."""
    from autoenc import datasets  # here: it loads NumPy, which no list of runs and no --help needs

    return datasets.info(args.dataset if args.dataset is not None else datasets.default_name())


def given_settings(args: argparse.Namespace, *more: str) -> dict[str, Any]:
    """What the user has said, by fields of TrainConfig.

    Args:
        more: names of further options.
    Raises:
        ConfigError: the noise is none.
    """
    given = {name: value for name in (*_SHARED, *more) if (value := getattr(args, name)) is not None}
    if "noise" in given:
        given["noise"] = Noise.parse(given["noise"])
    if given.get("decay_epochs") == 0:
        given["decay_epochs"] = None
    if given.get("rate_weight") == 0:
        given["rate_weight"] = None
    return given
