"""`runs list`: what is on disk."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from autoenc import heads
from autoenc.cli.printing import split, table
from autoenc.numerals import counted
from autoenc.runs import Selection
from autoenc.schema import RunSummary
from autoenc.schema.written import as_written


def list_runs(args: argparse.Namespace) -> None:
    selection = Selection(args.find, split(args.dataset), split(args.model), args.finished, args.sort)
    every, complaints = heads.summaries()
    _check_datasets(set(selection.datasets) - {run.config.dataset for run in every})
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
        print(f"no runs in {heads.folder().absolute()} yet; `python -m autoenc train` makes one")


def _check_datasets(names: Iterable[str]) -> None:
    """Raises DatasetUnknown; asked only of those that no run has: a run may outlive its data set."""
    for name in names:
        from autoenc import datasets  # here: it loads NumPy, which a list of runs has no use for

        datasets.check_name(name)


def _row(run: RunSummary) -> tuple[str, ...]:
    mse = "" if run.test_mse is None else f"{run.test_mse:.5f}"
    epochs = f"{run.epochs_done:,} of {run.config.epochs:,}"
    return run.run_id, epochs, mse, f"{run.seconds:,.1f}", f"{run.n_latents:,}", f"{run.n_parameters:,}"
