"""`train`: a model is trained here and now, or continued."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from typing import NoReturn

import torch
from tqdm import tqdm

from autoenc import cores, memory, recipes
from autoenc.cli.printing import Commands, add_command, run_summary, waiting
from autoenc.cli.settings import add_settings, dataset_info, given_settings, suited_help
from autoenc.export import run_as_json
from autoenc.jobs import TrainJob
from autoenc.schema import DEVICES, MODELS, EpochRecord, Run, TrainConfig


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
    run = _follow(TrainJob(train_config(args), args.device))
    print(json.dumps(run_as_json(run), indent=1) if args.json else run_summary(run))


def train_config(args: argparse.Namespace) -> TrainConfig:
    """What the arguments of `train` ask for; raises ConfigError."""
    settings = given_settings(args, "latent_size", "layers")
    return recipes.train_config(dataset_info(args), args.model, **settings)


def _follow(job: TrainJob) -> Run:
    """Do the job here and now, with a bar on a terminal and a line an epoch elsewhere."""
    run: Run | None = None
    memory.check_fits(job.needed_bytes(), memory.free_bytes())
    with cores.joined(torch.get_num_threads()) as mine, closing(_Progress()) as progress:
        torch.set_num_threads(1)
        say = waiting()
        with closing(job.run()) as records:
            for record in records:
                run = record if isinstance(record, Run) else run and run.after(record)
                assert run is not None, "the first record of a training job is its run"
                if isinstance(record, Run):
                    progress.begin(run)
                elif isinstance(record, EpochRecord):
                    progress.epoch(run)
                progress.show(run.done)
                if isinstance(record, Run | EpochRecord) and not run.finished:
                    torch.set_num_threads(mine.wait(job.threads, tell=say))
    assert run is not None
    return run


class _Progress:
    def __init__(self) -> None:
        self.bar: tqdm[NoReturn] | None = None

    def begin(self, run: Run) -> None:
        if run.finished:
            note = "is already on disk"
        elif run.resumed_from_epoch:
            note = f"continues after epoch {run.resumed_from_epoch:,} of {run.config.epochs:,}"
        else:
            note = (
                f"starts: {run.model.n_parameters:,} parameters, {run.model.n_latents:,} numbers in the code"
            )
        print(f"{run.run_id} {note}", file=sys.stderr)
        if sys.stderr.isatty() and not run.finished:
            form = "{percentage:3.0f}% |{bar}| {elapsed} elapsed, {remaining} left{postfix}"
            self.bar = tqdm(total=1.0, initial=run.done, bar_format=form, leave=False)

    def epoch(self, run: Run) -> None:
        last = run.epochs[-1]
        if self.bar is not None:
            self.bar.set_postfix_str(f"epoch {len(run.epochs):,}, test loss {last.test_loss:.5f}")
            return
        print(
            f"epoch {len(run.epochs):,} of {run.config.epochs:,}: train loss {last.train_loss:.5f}, "
            f"test loss {last.test_loss:.5f}, {last.seconds + last.test_seconds:.2f} s",
            file=sys.stderr,
            flush=True,
        )

    def show(self, done: float) -> None:
        if self.bar is not None:
            self.bar.update(done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
