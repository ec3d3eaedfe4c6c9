"""Two data sets, one in colour and one without, as a visitor compares them at equal compression."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

from autoenc import baselines, datasets, recipes, sweeps
from autoenc.datasets import DatasetInfo
from autoenc.jobs import BaselineJob, TrainJob
from autoenc.schema import Forecast, Snapshot, Subject, Sweep
from ui.core.catalogue import infos, is_colour
from ui.core.sessions import active_of, background, runs_to_show
from ui.core.visitor import DASHBOARD
from ui.sweep.lifecycle import follow_sweep, plan, start_sweep
from ui.sweep.lifecycle import left_of as left_of_sweep
from ui.widgets.training_settings import settings

Pair = tuple[DatasetInfo, DatasetInfo]  # in colour, without
COMPARED_MODELS = recipes.COMPARED_MODELS


def comparable(*, colour: bool) -> tuple[DatasetInfo, ...]:
    """The data sets that are here, in colour or without, those that are chosen at first first."""
    present = [info for info in infos() if info.present and is_colour(info) == colour]
    first = settings()["dataset"] if colour else "mnist"
    return tuple(sorted(present, key=lambda info: info.name != first))


def subject(info: DatasetInfo) -> Subject:
    """What is known of it here: its runs, and the baselines as far as they are measured."""
    name, fingerprint = info.short_title, datasets.load(info.name).fingerprint
    curves = sweeps.baseline_curves(background(), _baseline_jobs(info))
    return sweeps.subject(name, fingerprint, math.prod(info.image_shape), runs_to_show(), curves)


def begin_baselines(infos: Sequence[DatasetInfo]) -> None:
    """Have those measured that the results lack: the runs may come from elsewhere, without a cache."""
    for info in infos:
        compared_runs = chain.from_iterable(subject(info).lines)
        sweeps.begin_missing(background(), _baseline_jobs(info), compared_runs, DASHBOARD)


def _baseline_jobs(info: DatasetInfo) -> tuple[BaselineJob, ...]:
    return tuple(BaselineJob(baseline, info.name) for baseline in baselines.comparable(None))


def equal_sweeps(infos: Sequence[DatasetInfo], models: Sequence[str]) -> tuple[Sweep, ...]:
    """The runs that fill the comparison: each data set with each model, at sizes of equal ratio."""
    return tuple(
        sweeps.equal_sweep(recipes.train_config(info, model), math.prod(info.image_shape))
        for model in models
        for info in infos
    )


def start_equal(wanted: Sequence[Sweep]) -> None:
    """Have all of them trained; raises as `start_sweep` does."""
    for sweep in wanted:
        planned = plan(sweep)
        if planned is not None and planned.to_train:
            start_sweep(sweep, planned, alone=False)


def at_work(wanted: Sequence[Sweep]) -> list[Snapshot]:
    """What is queued or running of these sweeps."""
    return active_of(TrainJob(config) for sweep in wanted for config in sweep.configs())


def left_of(wanted: Sequence[Sweep]) -> Forecast | None:
    """Until nothing of these sweeps is queued or running; None: nobody can know yet."""
    ids = [sweep.sweep_id(datasets.load(sweep.base.dataset).fingerprint) for sweep in wanted]
    followed = [one for sweep_id in ids if (one := follow_sweep(sweep_id)) is not None]
    left = [left_of_sweep(*one) for one in followed]
    known = [one for one in left if one is not None]
    return Forecast.sum(known) if known and len(known) == len(left) else None


def is_active(infos: Sequence[DatasetInfo], wanted: Sequence[Sweep]) -> bool:
    """Whether anything of the comparison is trained or measured now."""
    return bool(at_work(wanted) or measuring(infos))


def measuring(infos: Sequence[DatasetInfo]) -> tuple[str, ...]:
    """The data sets whose baselines are being measured, as people call them."""
    return tuple(info.short_title for info in infos if active_of(_baseline_jobs(info)))
