"""The finished runs of a sweep as a table, the lab report's figures beside them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

import numpy as np
from tabulate import tabulate

from autoenc import lab
from autoenc.captions.remarks import EARLIER_MARK, EARLIER_NOTE
from autoenc.lab import LabFigures
from autoenc.schema import BaselineCurve, Point, psnr_of_mse
from autoenc.schema.written import written_name

Baselines = Sequence[BaselineCurve]

LAB_NOTE = "(*) As printed in the lab report: probably sums over batches, not means over images."


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


# ---------------------------------------------------------------- as text


def as_csv(points: Sequence[Point], baselines: Baselines = ()) -> str:
    """A line a run, as RFC 4180 has it; numbers come back exactly, what is not known is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    *names, _ = (written_name(field.name) for field in fields(Row))
    writer.writerow((*names, *(f"{curve.baseline}_test_mse" for curve in columns_of(baselines))))
    for *values, baseline_mse in map(astuple, rows(points, baselines)):
        writer.writerow((*values, *baseline_mse))
    return text.getvalue()


def as_markdown(points: Sequence[Point], baselines: Baselines = ()) -> str:
    """With rounded numbers; the report's columns and the note about them only where it gives figures."""
    columns, notes = _columns(rows(points, baselines), columns_of(baselines))
    shown = {head: [cell.replace("|", "\\|") for cell in cells] for head, cells in columns.items()}
    return "\n\n".join((_tabulated(shown, "github"), *(note.replace("*", "\\*") for note in notes)))


def as_latex(points: Sequence[Point], baselines: Baselines = ()) -> str:
    """As `as_markdown`, for LaTeX with the package booktabs."""
    columns, notes = _columns(rows(points, baselines), columns_of(baselines))
    below = (f"\\par{{\\footnotesize {note}}}" for note in notes)
    return "\n".join((_tabulated(columns, "latex_booktabs"), *below))


def _tabulated(columns: dict[str, list[str]], tablefmt: str) -> str:
    sides = ["left" if head in ("model", "device") else "right" for head in columns]
    lines = list(zip(*columns.values(), strict=True))
    return tabulate(lines, list(columns), tablefmt, colalign=sides if lines else None, disable_numparse=True)


def _columns(table: Sequence[Row], baselines: Baselines) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Heads and cells, and the notes below."""
    ours: dict[str, Callable[[Row], Any]] = {
        "model": lambda row: row.model,
        "layers": lambda row: str(row.layers),
        "latent size": lambda row: f"{row.latent_size:,}",
        "numbers in the code": lambda row: f"{row.n_latents:,}",
        "times smaller": lambda row: _short(row.ratio),
        "parameters": lambda row: f"{row.n_parameters:,}",
        "epochs": lambda row: f"{row.epochs:,}",
        "training time (s)": lambda row: f"{row.seconds:,.1f}",
        "training loss (MSE)": lambda row: _short(row.train_loss),
        "test loss (MSE)": lambda row: f"{_short(row.test_mse)} {EARLIER_MARK * row.earlier_test}".strip(),
        "PSNR (dB)": lambda row: "" if row.test_psnr_db is None else f"{row.test_psnr_db:.1f}",
        "threads": lambda row: str(row.threads or ""),
        "concurrent runs": lambda row: "" if row.concurrent_jobs is None else str(row.concurrent_jobs),
        "device": lambda row: row.device,
    }
    report: dict[str, Callable[[Row], Any]] = {
        "lab: training time (s)": lambda row: _short(row.lab_seconds, 5),
        "lab: training loss": lambda row: _short(row.lab_train_loss),
        "lab: test loss (*)": lambda row: _short(row.lab_test_loss_as_printed),
    }
    cells = {head: [cell(row) for row in table] for head, cell in ours.items()}
    given = {
        f"{curve.title}: test loss": [_short(row.baseline_mse[i]) for row in table]
        for i, curve in enumerate(baselines)
    }
    given |= {head: [cell(row) for row in table] for head, cell in report.items()}
    given = {head: values for head, values in given.items() if any(values)}
    notes = {LAB_NOTE: "lab: test loss (*)" in given, EARLIER_NOTE: any(row.earlier_test for row in table)}
    return cells | given, tuple(note for note, needed in notes.items() if needed)


def _short(value: float | None, digits: int = 3) -> str:
    if value is None:
        return ""
    return np.format_float_positional(value, precision=digits, fractional=False, trim="-")
