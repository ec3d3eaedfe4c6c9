"""The numbers of runs as tables: what charts and pictures show, exactly as the files have it."""

from __future__ import annotations

from collections.abc import Sequence

from autoenc.plots import LOSS
from autoenc.report.blocks import Cell, Table
from autoenc.schema import MODEL_NAMES, BaselineCurve, Curve, Point, Run


def epochs(key: str, runs: Sequence[Run]) -> Table:
    """A row an epoch."""
    columns = (
        "run",
        "epoch",
        f"training {LOSS}",
        f"test {LOSS}",
        "training seconds",
    )
    rows = tuple(
        (run.run_id, n, epoch.train_loss, epoch.test_loss, epoch.seconds)
        for run in runs
        for n, epoch in enumerate(run.epochs, 1)
    )
    return Table(key, "Epoch by epoch", columns, rows)


def steps(key: str, run: Run) -> Table:
    """A row a training step; the test loss where an epoch ends."""
    last = {n * run.steps_per_epoch: epoch.test_loss for n, epoch in enumerate(run.epochs, 1)}
    columns = ("run", "step", "epoch", f"training {LOSS}", f"test {LOSS}")
    rows = tuple(
        (run.run_id, n, (n - 1) // run.steps_per_epoch + 1, loss, last.get(n))
        for n, loss in enumerate(run.step_losses, 1)
    )
    return Table(key, "Step by step", columns, rows)


def sizes(key: str, points: Sequence[Point], baselines: Sequence[BaselineCurve] = ()) -> Table:
    """A row for each finished run, then one for each measured point of a baseline."""
    columns = (
        "run",
        "latent size",
        "layers",
        "numbers in the code",
        "parameters",
        f"training {LOSS}",
        f"test {LOSS}",
        "seconds",
    )
    rows = tuple(
        (
            point.run_id,
            point.config.latent_size,
            point.config.layers,
            point.n_latents,
            point.n_parameters,
            point.train_loss,
            point.test_mse,
            point.seconds,
        )
        for point in points
        if point.finished
    )
    return Table(key, "By latent size", columns, rows + _baselines(baselines))


def _baselines(baselines: Sequence[BaselineCurve]) -> tuple[tuple[Cell, ...], ...]:
    """They have neither layers nor training; one without a code has no size either."""
    return tuple(
        (curve.title, None, None, point.n_latents or None, None, None, point.test_mse, None)
        for curve in baselines
        for point in curve.measured
    )


def layers(key: str, points: Sequence[Point]) -> Table:
    """A row for each finished run: what the report's table of layers has, and the size of the code."""
    columns = (
        "layers",
        "latent size",
        "training time (s)",
        "last training loss",
        "test loss",
        "numbers in the code",
        "run",
    )
    rows = tuple(
        (
            point.config.layers,
            point.config.latent_size,
            point.seconds,
            point.train_loss,
            point.test_mse,
            point.n_latents,
            point.run_id,
        )
        for point in points
        if point.finished
    )
    return Table(key, "Time, loss and size of the code", columns, rows)


def curves(key: str, measured: Sequence[Curve]) -> Table:
    """A row for each level of each method of denoising."""
    columns = (
        "run or method",
        "noise",
        "level",
        "MSE per pixel",
        "PSNR (dB)",
        "PSNR, 10th percentile",
        "PSNR, 90th percentile",
        "SSIM",
        "test images",
    )
    rows = tuple(
        (
            curve.method,
            curve.noise,
            quality.level,
            quality.mse,
            quality.psnr_db,
            quality.psnr_low,
            quality.psnr_high,
            quality.ssim,
            curve.n_images,
        )
        for curve in measured
        for quality in curve.points
    )
    return Table(key, "By level of noise", columns, rows)


def picture_errors(key: str, names: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]]) -> Table:
    """A row for each picture of each run.

    Args:
        names: of the pictures, such as their classes.
        rows: a run or a method, and the PSNR of each picture in decibels.
    """
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (run, n, name, value)
        for run, values in rows
        for n, (name, value) in enumerate(zip(names, values, strict=True), 1)
    )
    return Table(key, "Picture by picture", ("run or method", "picture", "class", "PSNR (dB)"), cells)


def data_sets(key: str, points: Sequence[tuple[str, Point]]) -> Table:
    """A row for each finished run of several data sets, each with the name of its own."""
    columns = (
        "data set",
        "model",
        "latent size",
        "numbers in the code",
        "times smaller",
        f"training {LOSS}",
        f"test {LOSS}",
        "seconds",
        "run",
    )
    rows = tuple(
        (
            name,
            MODEL_NAMES[point.config.model],
            point.config.latent_size,
            point.n_latents,
            point.ratio,
            point.train_loss,
            point.test_mse,
            point.seconds,
            point.run_id,
        )
        for name, point in points
        if point.finished
    )
    return Table(key, "Both data sets", columns, rows)
