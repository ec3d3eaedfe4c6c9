"""The finished runs of a sweep as rows and as CSV, the lab report's figures beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from autoenc import lab
from autoenc.csv_text import csv_text
from autoenc.lab import LabFigures
from autoenc.schema import BaselineCurve, Noise, Point, Swept, TrainConfig, differing, psnr_of_mse
from autoenc.schema.written import written_name

Baselines = Sequence[BaselineCurve]


@dataclass(frozen=True)
class Row:
    """One finished run; None where something is not known, or is no number."""

    run_id: str
    model: str
    layers: int
    latent_size: int
    n_latents: int
    ratio: float  # how many times smaller the code is than the image
    n_parameters: int
    epochs: int
    seconds: float  # training and tests
    train_loss: float | None
    test_mse: float | None
    test_psnr_db: float | None
    threads: int | None
    concurrent_jobs: int | None  # other jobs on the machine meanwhile, at most
    device: str
    lab_seconds: float | None  # on the report's machine
    lab_train_loss: float | None
    lab_test_loss_as_printed: float | None
    earlier_test: bool  # its test error is of noisy images that other models were not given
    baseline_mse: tuple[float | None, ...] = ()  # of as many numbers, one for each of `columns_of`


def columns_of(baselines: Baselines) -> tuple[BaselineCurve, ...]:
    """Those that can have another error in each row."""
    return tuple(curve for curve in baselines if curve.has_code)


def rows(points: Sequence[Point], baselines: Baselines = ()) -> tuple[Row, ...]:
    """The finished ones, in their order."""
    return tuple(_row(point, columns_of(baselines)) for point in points if point.finished)


def _row(point: Point, baselines: Baselines) -> Row:
    config, mse = point.config, _number(point.test_mse)
    report = lab.reported(config) or LabFigures(None)
    return Row(
        run_id=point.run_id,
        model=config.model,
        layers=config.layers,
        latent_size=config.latent_size,
        n_latents=point.n_latents,
        ratio=point.ratio,
        n_parameters=point.n_parameters,
        epochs=point.epochs_done,
        seconds=point.seconds,
        train_loss=_number(point.train_loss),
        test_mse=mse,
        test_psnr_db=None if mse is None else _number(psnr_of_mse(mse)),
        threads=point.threads or None,
        concurrent_jobs=point.concurrent_jobs,
        device=point.device,
        lab_seconds=report.seconds,
        lab_train_loss=report.train_loss,
        lab_test_loss_as_printed=report.test_loss_as_printed,
        earlier_test=point.earlier_test,
        baseline_mse=tuple(curve.mse_at(point.n_latents) for curve in baselines),
    )


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


# ---------------------------------------------------------------- as CSV


def as_csv(points: Sequence[Point], baselines: Baselines = ()) -> str:
    """A line a run, as RFC 4180 has it; numbers come back exactly, what is not known is empty.

    The last columns are the further settings in which the runs differ, such as `seed`: empty where a run has
    none, as without noise, or no beta where its model has no prior.
    """
    *names, _ = (written_name(field.name) for field in fields(Row))
    more = [one for one in differing(p.config for p in points) if one.field not in names]
    finished = [point for point in points if point.finished]
    lines = []
    for point, row in zip(finished, rows(points, baselines), strict=True):
        *values, baseline_mse = astuple(row)
        lines.append((*values, *baseline_mse, *(_setting(one, point.config) for one in more)))
    beside = (f"{curve.baseline}_test_mse" for curve in columns_of(baselines))
    return csv_text((*names, *beside, *(one.field for one in more)), lines)


def _setting(swept: Swept, config: TrainConfig) -> object:
    value = getattr(config, swept.field) if swept.concerns(config.kind) else None
    return str(value) if isinstance(value, Noise) else value
