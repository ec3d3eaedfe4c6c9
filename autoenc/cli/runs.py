"""`runs`: what is on disk is listed, shown, deleted, taken elsewhere and brought from there."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from autoenc import checkpoints, datasets
from autoenc.cli.printing import Commands, add_command, run_summary, split, table
from autoenc.errors import CheckpointError
from autoenc.export import export, run_as_json
from autoenc.jobs import stored_run
from autoenc.numerals import counted
from autoenc.runs import SORTS, Selection
from autoenc.schema import RunSummary
from autoenc.schema.written import as_written

T = TypeVar("T", str, Path)


def add_to(commands: Commands) -> None:
    runs = commands.add_parser("runs", help="list, show, delete, export or import runs").add_subparsers(
        required=True, metavar="WHAT"
    )
    listed = runs.add_parser("list", help="list all runs, or those that match")
    listed.add_argument(
        "--find", default="", metavar="WORDS", help="parts of a run's name, such as 'conv k16'"
    )
    listed.add_argument("--dataset", default="", metavar="NAMES", help="such as mnist,digits; default: all")
    listed.add_argument("--model", default="", metavar="NAMES", help="such as mlp,conv; default: all")
    listed.add_argument("--finished", action="store_true", help="only finished runs")
    listed.add_argument("--sort", default="newest", help=f"{', '.join(SORTS)}; default: newest")
    add_command(listed, list_runs)
    show = runs.add_parser("show", help="show one run: settings, model, losses")
    show.add_argument("run_id", metavar="RUN_ID")
    add_command(show, show_run)
    delete = runs.add_parser("delete", help="delete runs for good")
    delete.add_argument("run_ids", metavar="RUN_ID", nargs="+")
    add_command(delete, delete_runs)
    out = runs.add_parser(
        "export", help="export a run for other programs: CSV, JSON, PNG, TensorBoard, its file"
    )
    out.add_argument("run_id", metavar="RUN_ID")
    out.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        required=True,
        help="folder to write to; each run gets its own folder in it",
    )
    out.add_argument("--tensorboard", action="store_true", help="also write a TensorBoard folder")
    add_command(out, export_run)
    bring = runs.add_parser("import", help="import runs from another machine")
    bring.add_argument("files", metavar="FILE", type=Path, nargs="+")
    add_command(bring, import_runs)


def list_runs(args: argparse.Namespace) -> None:
    selection = Selection(args.find, split(args.dataset), split(args.model), args.finished, args.sort)
    every, complaints = checkpoints.summaries()
    for name in set(selection.datasets) - {run.config.dataset for run in every}:
        datasets.check_name(name)  # a run may outlive its data set
    for complaint in complaints:
        print(f"autoenc: {complaint}", file=sys.stderr)
    runs = selection.of(every)
    if args.json:
        print(json.dumps([as_written(run) | {"config": run.config.to_json()} for run in runs], indent=1))
    elif runs:
        print(
            table(("run", "epochs", "test MSE", "seconds", "numbers in code", "parameters"), map(_row, runs))
        )
    elif every:
        print(f"none of the {counted(len(every), 'run')} matches")
    else:
        print(f"no runs in {checkpoints.folder().absolute()} yet; `python -m autoenc train` makes one")


def _row(run: RunSummary) -> tuple[str, ...]:
    mse = "" if run.test_mse is None else f"{run.test_mse:.5f}"
    epochs = f"{run.epochs_done:,} of {run.config.epochs:,}"
    return run.run_id, epochs, mse, f"{run.seconds:,.1f}", f"{run.n_latents:,}", f"{run.n_parameters:,}"


def show_run(args: argparse.Namespace) -> None:
    snapshot = stored_run(args.run_id)
    run = checkpoints.read(args.run_id) if snapshot is None or snapshot.run is None else snapshot.run
    if args.json:
        print(json.dumps(run_as_json(run), indent=1))
        return
    epochs = (
        (str(i), f"{e.train_loss:.5f}", f"{e.test_loss:.5f}", f"{e.seconds:.2f}")
        for i, e in enumerate(run.epochs, 1)
    )
    print(
        run_summary(run),
        str(run.model),
        table(("epoch", "train loss", "test loss", "seconds"), epochs),
        sep="\n\n",
    )


def delete_runs(args: argparse.Namespace) -> None:
    _for_each(args.run_ids, _deleted, "deleted", args.json)


def _deleted(run_id: str) -> str:
    checkpoints.delete(run_id)
    return run_id


def import_runs(args: argparse.Namespace) -> None:
    _for_each(args.files, checkpoints.import_file, "imported", args.json)


def _for_each(those: Iterable[T], do: Callable[[T], str], done: str, as_json: bool) -> None:
    """One that is refused does not save the others; what was done is printed in any case, by its run_id."""
    run_ids: list[str] = []
    refusals: list[str] = []
    for one in dict.fromkeys(those):
        try:
            run_ids.append(do(one))
        except CheckpointError as error:
            refusals.append(str(error))
    if as_json:
        print(json.dumps({done: run_ids}, indent=1))
    else:
        print(end="".join(f"{done} {run_id}\n" for run_id in run_ids))
    if refusals:
        raise CheckpointError("; ".join(refusals))


def export_run(args: argparse.Namespace) -> None:
    files = export(args.run_id, args.out, tensorboard=args.tensorboard)
    folder = args.out / args.run_id
    if args.json:
        file_names = [str(path) for path in files]
        print(json.dumps({"run_id": args.run_id, "folder": str(folder), "files": file_names}, indent=1))
    else:
        print(f"exported {args.run_id}: {len(files)} files in {folder}")
