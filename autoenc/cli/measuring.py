"""What the commands share that measure finished runs: which runs fit together, and how they are measured."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import torch
from tqdm import tqdm

from autoenc import checkpoints, cores, datasets
from autoenc.cli.printing import waiting
from autoenc.errors import AutoencError, ConfigError
from autoenc.jobs import Job
from autoenc.numerals import out_of
from autoenc.schema import Curve, Probe, ReadingCurve, Run


def finished_runs(run_ids: Sequence[str]) -> tuple[Run, ...]:
    """These runs, each once.

    Raises:
        ConfigError: they were trained on different images.
        AutoencError: one is not finished, not here, or damaged.
    """
    runs = tuple(_finished(run_id) for run_id in dict.fromkeys(run_ids))
    if len({run.config.dataset for run in runs}) > 1:
        datasets_by_run = ", ".join(f"{run.run_id} on {run.config.dataset}" for run in runs)
        raise ConfigError(
            f"the runs were trained on different images: {datasets_by_run}; choose those of one data set"
        )
    return runs


def _finished(run_id: str) -> Run:
    run = checkpoints.read(run_id)
    if not run.finished:
        n = out_of(len(run.epochs), run.config.epochs, "epoch")
        raise AutoencError(f"{run_id} has {n}; train it to the end first")
    return run


Measured = Curve | ReadingCurve | Probe


def measured(jobs: Mapping[Job, str]) -> dict[Job, Any]:
    """What each job has measured, here and now, with a bar on a terminal and a line a job elsewhere.

    Args:
        jobs: each with the name of what it measures.
    """
    values: dict[Job, Measured] = {}
    form = "{percentage:3.0f}% |{bar}| {elapsed} elapsed, {remaining} left{postfix}"
    quiet = not sys.stderr.isatty()
    with (
        cores.joined(torch.get_num_threads()) as mine,
        tqdm(total=float(len(jobs)), bar_format=form, leave=False, disable=quiet) as bar,
    ):
        torch.set_num_threads(mine.wait(lambda share: share, tell=waiting()))
        for n, (job, name) in enumerate(jobs.items()):
            if (dataset := job.needed_dataset()) is not None:
                datasets.load(dataset)
            bar.set_postfix_str(name)
            values[job] = _value(job, bar, n)
            tqdm.write(f"{name}: measured ({n + 1:,} of {len(jobs):,})", file=sys.stderr)
    return values


def _value(job: Job, bar: tqdm, n_before: int) -> Measured:  # type: ignore[type-arg]
    """The last record; a whole one counts even where the cache cannot keep it."""
    stored = job.stored()
    value = None if stored is None else stored.value
    if value is None:
        try:
            with closing(job.run()) as records:
                for record in records:
                    value = record if isinstance(record, Measured) else None
                    bar.update(n_before + (value.done if value else 0.0) - bar.n)
        except AutoencError as error:
            if value is None or value.done < 1:
                raise
            tqdm.write(f"autoenc: {error}; it will be measured again next time", file=sys.stderr)
    assert isinstance(value, Measured), "such a job yields nothing else"
    return value
