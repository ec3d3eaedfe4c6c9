"""`runs list` and `runs table`: what is on disk, for people and for other programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from autoenc import heads
from autoenc.cli.printing import STDOUT, Result, check_csv, give, split, table
from autoenc.csv_text import csv_text
from autoenc.numerals import counted, setting
from autoenc.runs import Selection
from autoenc.schema import Noise, RunSummary, TrainConfig
from autoenc.schema.written import as_written

MAX_WIDTH = 120  # characters of a line of the list

Cell = Callable[[RunSummary], str]

_ALWAYS: Mapping[str, Cell] = {
    "run": lambda run: run.run_id,
    "epochs": lambda run: f"{run.epochs_done:,} of {run.config.epochs:,}",
    "test MSE": lambda run: "" if run.test_mse is None else f"{run.test_mse:.5f}",
}
# Settings that no name of a run tells, as text; a column only where one of the runs has an unusual one.
_SETTINGS: Mapping[str, Callable[[Any], str]] = {
    "seed": str,
    "noise": lambda noise: "" if noise is None else _noise(noise),
    "learning_rate": setting,
}
_WHERE_THERE_IS_ROOM: Mapping[str, Cell] = {
    "seconds": lambda run: f"{run.seconds:,.1f}",
    "numbers in code": lambda run: f"{run.n_latents:,}",
    "parameters": lambda run: f"{run.n_parameters:,}",
}


def list_runs(args: argparse.Namespace) -> None:
    check_csv(args)
    every, runs = _selected(args)
    result = Result(
        text=lambda: _as_text(every, runs),
        document=lambda: [as_written(run) | {"config": run.config.to_json()} for run in runs],
        csv=lambda: _as_csv(runs),
    )
    give(args, result)


def table_of_runs(args: argparse.Namespace) -> None:
    if args.csv is None and not args.json:
        args.csv = STDOUT
    check_csv(args)
    _, runs = _selected(args)
    result = Result(text=lambda: "", document=lambda: heads.rows(runs), csv=lambda: _as_csv(runs))
    give(args, result)


def _selected(args: argparse.Namespace) -> tuple[Sequence[RunSummary], Sequence[RunSummary]]:
    """All runs, and those that match; what cannot be read is complained of on stderr."""
    selection = Selection(args.find, split(args.dataset), split(args.model), args.finished, args.sort)
    every, complaints = heads.summaries()
    if args.examples:
        every = (*every, *heads.examples())
    _check_datasets(set(selection.datasets) - {run.config.dataset for run in every})
    for complaint in complaints:
        print(f"autoenc: {complaint}", file=sys.stderr)
    return every, selection.of(every)


def _check_datasets(names: Iterable[str]) -> None:
    """Raises DatasetUnknown; asked only of those that no run has: a run may outlive its data set."""
    for name in names:
        from autoenc import datasets  # here: it loads NumPy, which a list of runs has no use for

        datasets.check_name(name)


def _as_csv(runs: Iterable[RunSummary]) -> str:
    return csv_text(heads.ROW_COLUMNS, (row.values() for row in heads.rows(runs)))


def _as_text(every: Sequence[RunSummary], runs: Sequence[RunSummary]) -> str:
    if runs:
        return _listed(runs)
    if every:
        return f"none of the {counted(len(every), 'run')} matches"
    return f"no runs in {heads.folder().absolute()} yet; `python -m autoenc train` makes one"


def _listed(runs: Sequence[RunSummary]) -> str:
    """A line a run; the last columns are left out where they would make a line longer than MAX_WIDTH."""
    columns = {head: list(map(cell, runs)) for head, cell in _ALWAYS.items()}
    for name, text in _SETTINGS.items():
        values = [getattr(run.config, name) for run in runs]
        if (distinct := set(values)) != {getattr(TrainConfig, name)}:
            texts = {value: text(value) for value in distinct}
            columns[name.replace("_", " ")] = [texts[value] for value in values]
    width = sum(map(_width, columns.items())) - 2
    for head, cell in _WHERE_THERE_IS_ROOM.items():
        cells = list(map(cell, runs))
        width += _width((head, cells))
        if width > MAX_WIDTH:
            break
        columns[head] = cells
    return table(tuple(columns), zip(*columns.values(), strict=True))


def _width(column: tuple[str, Sequence[str]]) -> int:
    """Of a column as `table` has it, with the two spaces before it."""
    head, cells = column
    return max(len(head) + 2, *map(len, cells)) + 2


def _noise(noise: Noise) -> str:
    """`gaussian:0-0.3`."""
    return f"{noise.kind}:{'0-' * noise.up_to}{setting(noise.level)}"
