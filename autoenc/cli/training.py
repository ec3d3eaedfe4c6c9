"""`train`: a model is trained here and now, or continued."""

from __future__ import annotations

import argparse
import json

from autoenc import recipes
from autoenc.cli.following import Wording, trained
from autoenc.cli.printing import Commands, add_command, run_summary
from autoenc.cli.settings import add_settings, dataset_info, given_settings, suited_help
from autoenc.export import run_as_json
from autoenc.jobs import TrainJob
from autoenc.schema import DEVICES, MODELS, Run, TrainConfig


def add_to(commands: Commands) -> None:
    parser = commands.add_parser("train", help="train a model, or continue one")
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
    add_command(parser, train)


def train(args: argparse.Namespace) -> None:
    wording = Wording(_size, _epoch, _test_loss)
    run = trained(TrainJob(train_config(args), args.device), Run, wording)
    print(json.dumps(run_as_json(run), indent=1) if args.json else run_summary(run))


def train_config(args: argparse.Namespace) -> TrainConfig:
    """What the arguments of `train` ask for; raises ConfigError."""
    settings = given_settings(args, "latent_size", "layers")
    return recipes.train_config(dataset_info(args), args.model, **settings)


def _size(run: Run) -> str:
    return f"{run.model.n_parameters:,} parameters, {run.model.n_latents:,} numbers in the code"


def _epoch(run: Run) -> str:
    return f"train loss {run.epochs[-1].train_loss:.5f}, {_test_loss(run)}"


def _test_loss(run: Run) -> str:
    return f"test loss {run.epochs[-1].test_loss:.5f}"
