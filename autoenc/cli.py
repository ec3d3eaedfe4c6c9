"""The command line: the same jobs and the same checkpoints as the dashboard.

Progress goes to stderr, results to stdout. Exit code 0; 1 for a failure told in one line; 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Any, NoReturn

import torch
from tqdm import tqdm

from autoenc import checkpoints, cores, datasets, memory
from autoenc.errors import AutoencError, CheckpointError, ConfigError
from autoenc.jobs import DownloadJob, TrainJob, stored_run
from autoenc.schema import DEVICES, MODELS, Download, EpochRecord, Noise, Run, RunSummary, TrainConfig


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        chosen = _parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], None] = chosen.command
        command(chosen)
        print(end="", flush=True)  # a closed pipe or a full disk shows here
    except ConfigError as error:
        return _fail(str(error), 2)
    except AutoencError as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("stopped; finished epochs are kept, the same command continues", 1)
    except OSError as error:  # of stdout; Python would complain of it once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1 if isinstance(error, BrokenPipeError) else _fail(str(error), 1)  # `| head` has seen enough
    return 0


def _fail(sentence: str, code: int) -> int:
    print(f"autoenc: {sentence}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Wrong usage in one line instead of two dozen."""
        self.exit(2, f"autoenc: {message}; `{self.prog} --help` tells more\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m autoenc", description="Autoencoders for a classroom.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_train(commands.add_parser("train", help="train a model, or continue one"))
    runs = commands.add_parser("runs", help="the runs on disk").add_subparsers(required=True, metavar="WHAT")
    _add(runs.add_parser("list", help="all runs, newest first"), list_runs)
    show = runs.add_parser("show", help="one run: settings, model, losses")
    show.add_argument("run_id", metavar="RUN_ID")
    _add(show, show_run)
    delete = runs.add_parser("delete", help="remove runs for good")
    delete.add_argument("run_ids", metavar="RUN_ID", nargs="+")
    _add(delete, delete_runs)
    data = commands.add_parser("data", help="the data sets").add_subparsers(required=True, metavar="WHAT")
    _add(data.add_parser("list", help="what is known and what is here"), list_data)
    download = data.add_parser("download", help="bring a data set to this machine")
    download.add_argument("name", metavar="NAME")
    download.set_defaults(command=download_data)
    _add(commands.add_parser("bench", help="training speed against the lab's own loop"), bench)
    return parser


def _add(parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace], None]) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(command=command)


def _add_train(parser: argparse.ArgumentParser) -> None:
    usual = TrainConfig()
    parser.add_argument("--dataset", help="default: mnist where it is on this machine, else digits")
    parser.add_argument("--model", default=usual.model, help=" or ".join(MODELS))
    parser.add_argument(
        "--latent-size", type=int, default=usual.latent_size, help="MLP: numbers; conv: channels"
    )
    parser.add_argument(
        "--layers", type=int, default=usual.layers, help="1 to 4 in the encoder, and in the decoder"
    )
    parser.add_argument("--stride", type=int, default=usual.stride, help="1 or 2, of each convolution")
    parser.add_argument("--epochs", type=int, help="default: 10; digits: 100")
    parser.add_argument("--batch-size", type=int, default=usual.batch_size)
    parser.add_argument("--learning-rate", type=float, default=usual.learning_rate)
    parser.add_argument("--noise", help="KIND:LEVEL, such as gaussian:0.3: learn to take this noise away")
    parser.add_argument("--train-images", type=int, help="use the first so many; default: all")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--device", default="auto", help=", ".join(DEVICES))
    _add(parser, train)


# ---------------------------------------------------------------- train


def train(chosen: argparse.Namespace) -> None:
    name = chosen.dataset if chosen.dataset is not None else datasets.default_name()
    datasets.check_name(name)
    config = TrainConfig(
        dataset=name,
        model=chosen.model,
        latent_size=chosen.latent_size,
        layers=chosen.layers,
        stride=chosen.stride,
        epochs=chosen.epochs if chosen.epochs is not None else _default_epochs(name),
        batch_size=chosen.batch_size,
        learning_rate=chosen.learning_rate,
        noise=None if chosen.noise is None else Noise.parse(chosen.noise),
        train_images=chosen.train_images,
        seed=chosen.seed,
    )
    run = _follow(TrainJob(config, chosen.device))
    print(json.dumps(run_as_json(run), indent=1) if chosen.json else _told(run))


def _default_epochs(name: str) -> int:
    return next(info.default_epochs for info in datasets.catalogue() if info.name == name)


def _follow(job: TrainJob) -> Run:
    """Do the job here and now, with a bar on a terminal and a line an epoch elsewhere."""
    run: Run | None = None
    memory.check_fits(job.needed_bytes(), memory.free_bytes())
    with cores.joined(torch.get_num_threads()) as mine, closing(_Progress()) as progress:
        torch.set_num_threads(1)
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
                    torch.set_num_threads(mine.wait(job.threads))
    assert run is not None
    return run


class _Progress:
    def __init__(self) -> None:
        self.bar: tqdm[NoReturn] | None = None

    def begin(self, run: Run) -> None:
        if run.finished:
            note = "is on disk already"
        elif run.resumed_from_epoch:
            note = f"continues after epoch {run.resumed_from_epoch} of {run.config.epochs}"
        else:
            note = (
                f"begins: {run.model.n_parameters:,} parameters, {run.model.n_latents:,} numbers in the code"
            )
        print(f"{run.run_id} {note}", file=sys.stderr)
        if sys.stderr.isatty() and not run.finished:
            form = "{percentage:3.0f}% |{bar}| {elapsed} gone, {remaining} to go{postfix}"
            self.bar = tqdm(total=1.0, initial=run.done, bar_format=form, leave=False)

    def epoch(self, run: Run) -> None:
        last = run.epochs[-1]
        if self.bar is not None:
            self.bar.set_postfix_str(f"epoch {len(run.epochs)}, test loss {last.test_loss:.5f}")
            return
        print(
            f"epoch {len(run.epochs)} of {run.config.epochs}: train loss {last.train_loss:.5f}, "
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


def run_as_json(run: Run) -> dict[str, Any]:
    """What `train --json` and `runs show --json` print; losses and times have one value an epoch."""
    psnr_db = run.test_psnr_db
    return {
        "run_id": run.run_id,
        "config": run.config.to_json(),
        "train_loss": [e.train_loss for e in run.epochs],
        "test_loss": [e.test_loss for e in run.epochs],
        "test_mse": run.test_mse,
        "test_psnr_db": psnr_db if psnr_db is not None and math.isfinite(psnr_db) else None,
        "epoch_seconds": [e.seconds for e in run.epochs],
        "seconds": run.seconds,
        "images_per_second": run.images_per_second,
        "n_parameters": run.model.n_parameters,
        "n_latents": run.model.n_latents,
        "device": run.device,
        "threads": run.epochs[-1].threads if run.epochs else None,
        "checkpoint": str(checkpoints.path_of(run.run_id)),
        "resumed_from_epoch": run.resumed_from_epoch,
    }


def _told(run: Run) -> str:
    ratio = run.model.n_pixels / run.model.n_latents
    lines = [f"{run.run_id}: {len(run.epochs)} of {run.config.epochs} epochs"]
    if run.test_mse is not None and run.test_psnr_db is not None:
        lines.append(f"test MSE {run.test_mse:.5f} per pixel, PSNR {run.test_psnr_db:.1f} dB")
        lines.append(f"{run.seconds:.1f} s, {run.images_per_second:,.0f} images a second on {run.device}")
    lines.append(
        f"{run.model.n_latents:,} numbers in the code of {run.model.n_pixels:,} pixels, ratio {ratio:.3g}"
    )
    lines.append(str(checkpoints.path_of(run.run_id)))
    return "\n".join(lines)


# ---------------------------------------------------------------- runs, data, bench


def list_runs(chosen: argparse.Namespace) -> None:
    runs, complaints = checkpoints.summaries()
    for complaint in complaints:
        print(f"autoenc: {complaint}", file=sys.stderr)
    if chosen.json:
        print(json.dumps([asdict(run) | {"config": run.config.to_json()} for run in runs], indent=1))
    elif runs:
        print(
            _table(("run", "epochs", "test MSE", "seconds", "numbers in code", "parameters"), map(_row, runs))
        )
    else:
        print(f"no runs in {checkpoints.folder()} yet; `python -m autoenc train` makes one")


def _row(run: RunSummary) -> tuple[str, ...]:
    mse = "" if run.test_mse is None else f"{run.test_mse:.5f}"
    epochs = f"{run.epochs_done} of {run.config.epochs}"
    return run.run_id, epochs, mse, f"{run.seconds:.1f}", f"{run.n_latents:,}", f"{run.n_parameters:,}"


def show_run(chosen: argparse.Namespace) -> None:
    snapshot = stored_run(chosen.run_id)
    run = checkpoints.read(chosen.run_id) if snapshot is None or snapshot.run is None else snapshot.run
    if chosen.json:
        print(json.dumps(run_as_json(run), indent=1))
        return
    epochs = (
        (str(i), f"{e.train_loss:.5f}", f"{e.test_loss:.5f}", f"{e.seconds:.2f}")
        for i, e in enumerate(run.epochs, 1)
    )
    print(
        _told(run),
        str(run.model),
        _table(("epoch", "train loss", "test loss", "seconds"), epochs),
        sep="\n\n",
    )


def delete_runs(chosen: argparse.Namespace) -> None:
    """One that cannot be deleted does not save the others; what was deleted is told in any case."""
    deleted: list[str] = []
    refusals: list[str] = []
    for run_id in dict.fromkeys(chosen.run_ids):
        try:
            checkpoints.delete(run_id)
            deleted.append(run_id)
        except CheckpointError as error:
            refusals.append(str(error))
    if chosen.json:
        print(json.dumps({"deleted": deleted}, indent=1))
    else:
        print(end="".join(f"deleted {run_id}\n" for run_id in deleted))
    if refusals:
        raise CheckpointError("; ".join(refusals))


def list_data(chosen: argparse.Namespace) -> None:
    infos = datasets.catalogue()
    if chosen.json:
        print(json.dumps([asdict(info) for info in infos], indent=1))
        return
    rows = (
        (i.name, "here" if i.present else "to download", f"{i.n_train:,} + {i.n_test:,}", i.source)
        for i in infos
    )
    print(_table(("data set", "where", "images", "source"), rows))


def download_data(chosen: argparse.Namespace) -> None:
    datasets.check_name(chosen.name)
    with tqdm(unit="B", unit_scale=True, disable=not sys.stderr.isatty(), leave=False) as bar:
        for record in DownloadJob(chosen.name).run():
            if isinstance(record, Download):
                bar.total = record.n_bytes_total or None
                bar.update(record.n_bytes - bar.n)
    print(f"{chosen.name} is here")


def bench(chosen: argparse.Namespace) -> None:
    try:
        from benchmarks import training_speed  # not part of the package: it stands beside it in the project
    except ImportError:
        raise AutoencError("the benchmarks are not here; run this in the project's folder") from None
    training_speed.run(as_json=chosen.json)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
