"""Options of the commands that train: train, sweep, report."""

from __future__ import annotations

from pathlib import Path

from autoenc import recipes
from autoenc.cli import commands
from autoenc.cli.arguments.adding import Subparsers, add_command, add_csv
from autoenc.cli.settings import add_dataset, add_lists, add_settings, suited_help
from autoenc.schema import DEVICES, MODELS, TrainConfig

ONE_AT_A_TIME_NOTE = " on its own"  # where several models are compared, all have plain settings


def add_train(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("train", help="train a model, or continue one")
    usual = TrainConfig()
    parser.add_argument(
        "--model", default=usual.model, help=f"one of {', '.join(MODELS)}; default: {usual.model}"
    )
    parser.add_argument(
        "--latent-size",
        type=int,
        help=f"numbers in the code; conv: its channels; default: {usual.latent_size}",
    )
    parser.add_argument(
        "--layers",
        type=int,
        help=f"1 to 4 in the encoder, and as many in the decoder; {suited_help('layers')}",
    )
    add_settings(parser)
    parser.add_argument("--device", default="auto", help=", ".join(DEVICES))
    add_command(parser, commands.train)


def add_sweep(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "sweep", help="train many models at once: loss, time and size against latent size"
    )
    models = ",".join(recipes.SWEPT_MODELS)
    parser.add_argument("--models", default=models, help=f"some of {', '.join(MODELS)}; default: {models}")
    sizes = ",".join(map(str, recipes.SWEPT_SIZES))
    parser.add_argument("--latent-sizes", default=sizes, help=f"default: {sizes}")
    parser.add_argument("--layers", help=f"such as 1,2; {suited_help('layers', ONE_AT_A_TIME_NOTE)}")
    add_dataset(parser)
    add_lists(parser, ONE_AT_A_TIME_NOTE)
    parser.add_argument(
        "--one-at-a-time",
        action="store_true",
        help="train one run at a time, so that times can be compared",
    )
    add_csv(parser, "one line for each run")
    add_command(parser, commands.sweep)


def add_report(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "report", help="write the lab report's experiments, done again, to one HTML file"
    )
    parser.add_argument(
        "--size", default="lesson", help="lesson: fewer images and epochs; full: all; default: lesson"
    )
    parser.add_argument(
        "--out", metavar="FILE.html", type=Path, required=True, help="opens anywhere, without a network"
    )
    parser.add_argument("--csv", metavar="DIR", type=Path, help="also write all its numbers to this folder")
    parser.add_argument(
        "--run", action="store_true", help="first train and measure what is missing; may take hours"
    )
    add_command(parser, commands.report)
