"""The numbers of runs as tables: what charts show, exactly as the files have it."""

from __future__ import annotations

from collections.abc import Sequence

from autoenc.plots import LOSS
from autoenc.report.blocks import Table
from autoenc.schema import Point, Run


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


def sizes(key: str, points: Sequence[Point]) -> Table:
    """A row a run."""
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
    )
    return Table(key, "By latent size", columns, rows)
