"""`runs show`, `delete`, `import` and `export`: what is done with the file of a run."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from autoenc import checkpoints
from autoenc.cli.printing import Result, check_csv, give, table
from autoenc.cli.run_summary import run_summary
from autoenc.errors import CheckpointError
from autoenc.export import export, history_csv, run_as_json
from autoenc.jobs import stored_run
from autoenc.schema import Run

T = TypeVar("T", str, Path)


def show_run(args: argparse.Namespace) -> None:
    check_csv(args)
    snapshot = stored_run(args.run_id)
    run = checkpoints.read(args.run_id) if snapshot is None or snapshot.run is None else snapshot.run
    result = Result(
        text=lambda: _as_text(run), document=lambda: run_as_json(run), csv=lambda: history_csv(run)
    )
    give(args, result)


def _as_text(run: Run) -> str:
    epochs = (
        (str(i), f"{e.train_loss:.5f}", f"{e.test_loss:.5f}", f"{e.seconds:.2f}")
        for i, e in enumerate(run.epochs, 1)
    )
    history = table(("epoch", "train loss", "test loss", "seconds"), epochs)
    return "\n\n".join((run_summary(run), str(run.model), history))


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
    wanted = {name: getattr(args, name) for name in ("tensorboard", "onnx", "torch_export")}
    files = export(args.run_id, args.out, **wanted)
    folder = args.out / args.run_id
    if args.json:
        file_names = [str(path) for path in files]
        print(json.dumps({"run_id": args.run_id, "folder": str(folder), "files": file_names}, indent=1))
    else:
        print(f"exported {args.run_id}: {len(files)} files in {folder}")
