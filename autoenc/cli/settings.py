"""The settings of a training run on the command line: the same for one run and for many.

What the user does not say is what `recipes` says; so the options have no defaults of their own.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autoenc.cli.printing import split
from autoenc.errors import ConfigError
from autoenc.numerals import setting
from autoenc.recipes import PLAIN, RATED, RECIPES
from autoenc.schema import DEFAULT_EPOCHS, GRID, DatasetInfo, Noise, TrainConfig

ZERO_IS_NONE = ("decay_epochs", "rate_weight")  # settings that 0 turns off
WORDS_FOR_NONE = {"noise": "none", "train_images": "all"}  # in a list, where it stands beside other values
LIST_HELP = {"noise": "; none: of clean images"}  # what only a list can say
PLURALS = {one.field: one.plural for one in GRID}


@dataclass(frozen=True)
class _Option:
    """A setting as `train` takes one value of it."""

    field: str  # of TrainConfig
    read: Callable[[str], Any]
    help: str
    metavar: str | None = None


def _options(alone: str) -> tuple[_Option, ...]:
    """All settings but the data set, model, layers and latent size; they have no defaults of their own."""
    usual = TrainConfig()
    decaying = [f"; {model}{alone}: all epochs" for model, recipe in RECIPES.items() if recipe.decays]
    decaying.append("; with --rate-weight: all epochs")
    return (
        _Option("stride", int, f"1 or 2, for the convolutions of conv; default: {usual.stride}"),
        _Option("epochs", int, _epochs_help()),
        _Option("batch_size", int, f"default: {usual.batch_size}"),
        _Option("learning_rate", float, suited_help("learning_rate", alone)),
        _Option(
            "decay_epochs",
            int,
            "cosine decay of the learning rate to zero over this many epochs; 0 keeps it constant; "
            f"default: 0{''.join(decaying)}",
        ),
        _Option("noise", str, "KIND:LEVEL, such as gaussian:0.3: learn to remove this noise"),
        _Option("train_images", int, "train on only the first N images; default: all"),
        _Option(
            "rate_weight",
            float,
            "train for few bytes: loss = MSE + W x bits per pixel; for mlp and conv-bottleneck; default: 0",
            "W",
        ),
        _Option(
            "beta",
            float,
            "of vae: loss = squared error of an image + BETA x KL; larger: smoother maps, blurrier images; "
            f"default: {setting(usual.beta)}",
        ),
        _Option("seed", int, f"default: {usual.seed}"),
    )


def add_settings(parser: argparse.ArgumentParser) -> None:
    """One value each of all settings but model, layers and latent size."""
    add_dataset(parser)
    for option in _options(""):
        parser.add_argument(_flag(option.field), type=option.read, help=option.help, metavar=option.metavar)


def add_dataset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", help="default: mnist where it is on this machine, else digits")


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
    names = (*(option.field for option in _options("")), *more)
    given = {name: value for name in names if (value := getattr(args, name)) is not None}
    if "noise" in given:
        given["noise"] = Noise.parse(given["noise"])
    return given | {name: None for name in ZERO_IS_NONE if given.get(name) == 0}


# ---------------------------------------------------------------- many runs: lists


def add_lists(parser: argparse.ArgumentParser, alone: str) -> None:
    """Several values each, named as Sweep names them; `--seed 1` is short for `--seeds 1`.

    Args:
        alone: said of what suits a single model, where there may be several.
    """
    group = parser.add_argument_group(
        "settings",
        "Each takes one value or several, separated by commas, such as --seeds 0,1,2: "
        "every combination is trained.",
    )
    for option in _options(alone):
        group.add_argument(
            _flag(PLURALS[option.field]),
            type=_list_of(option),
            help=option.help + LIST_HELP.get(option.field, ""),
            metavar=f"{option.metavar or option.field.upper()},...",
        )


def given_lists(args: argparse.Namespace) -> tuple[dict[str, tuple[Any, ...]], dict[str, Any]]:
    """What the user has said: several values by fields of Sweep, and single ones by fields of TrainConfig."""
    lists, single = dict[str, tuple[Any, ...]](), dict[str, Any]()
    for field, plural in PLURALS.items():
        values = getattr(args, plural)
        if values is None:
            continue
        if len(values) == 1:
            single[field] = values[0]
        else:
            lists[plural] = values
    return lists, single


def _list_of(option: _Option) -> Callable[[str], tuple[Any, ...]]:
    """What reads `0,1,2` for an option; argparse puts the option's name before what it complains of."""

    def read(text: str) -> tuple[Any, ...]:
        parts = split(text)
        if not parts:
            raise argparse.ArgumentTypeError("give at least one value")
        return tuple(_value(option, part) for part in parts)

    return read


def _value(option: _Option, text: str) -> Any:
    if text == WORDS_FOR_NONE.get(option.field):
        return None
    try:
        value = Noise.parse(text) if option.field == "noise" else option.read(text)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    except ValueError:
        kind = "a whole number" if option.read is int else "a number"
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is not {kind}; several are separated by commas"
        ) from None
    return None if option.field in ZERO_IS_NONE and value == 0 else value


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
