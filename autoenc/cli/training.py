"""`train`: a model is trained here and now, or continued."""

from __future__ import annotations

import argparse
import json

from autoenc import recipes
from autoenc.cli.following import Wording, trained
from autoenc.cli.run_summary import run_summary
from autoenc.cli.settings import dataset_info, given_settings
from autoenc.export import run_as_json
from autoenc.jobs import TrainJob
from autoenc.schema import Run, TrainConfig


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
    kl = f", KL {run.kl:.2f} nats" if run.kl is not None else ""
    return f"train loss {run.epochs[-1].train_loss:.5f}, {_test_loss(run)}{kl}"


def _test_loss(run: Run) -> str:
    return f"test loss {run.epochs[-1].test_loss:.5f}"
