"""Two data sets at equal compression: which of their runs can be compared, and a sweep of such runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from autoenc.pareto import usable
from autoenc.schema import (
    MODELS,
    BaselineCurve,
    Point,
    RunSummary,
    Subject,
    Sweep,
    TrainConfig,
)
from autoenc.sweeps.following import point_of

RATIOS = (96, 48, 24, 12)  # image to code
REPORT_MODELS = ("mlp", "conv")


def subject(
    name: str,
    fingerprint: str,
    n_pixels: int,
    runs: Sequence[RunSummary],
    baselines: Sequence[BaselineCurve] = (),
) -> Subject:
    """What the runs tell of a data set: of each model those that differ only in their latent size.

    All images, no noise, not trained for few bytes; examples only where the user has no such run. Where a
    model was trained at several settings, those with the most sizes; of equally many, the newest.

    Args:
        runs: the newest of equal settings first.
    """
    usable_runs = [run for run in runs if _is_usable(run, fingerprint)]
    own = [run for run in usable_runs if not run.example]
    alike: dict[TrainConfig, dict[int, Point]] = {}
    for run in own or usable_runs:
        same = replace(run.config, latent_size=1, seed=0)
        alike.setdefault(same, {}).setdefault(run.config.latent_size, point_of(run))
    best: dict[str, dict[int, Point]] = {}
    for config, points in alike.items():
        if len(points) > len(best.get(config.model, ())):
            best[config.model] = points
    lines = (best[model] for model in MODELS if model in best)
    ordered = tuple(tuple(line[k] for k in sorted(line)) for line in lines)
    return Subject(name, n_pixels, ordered, tuple(baselines))


def like_the_report(runs: Sequence[RunSummary]) -> tuple[Point, ...]:
    """The runs of which the main figure of the lab report can be drawn: its models, by model and latent size.

    They are of one data set and differ only in their latent size, as in `subject`. Where there are several
    such data sets, one with your own runs of at least two sizes comes before the examples, MNIST before
    others, and then the one with the most runs.

    Args:
        runs: the newest of equal settings first, examples after your own.
    Returns:
        empty where there is no finished run of these models.
    """
    own = {run.run_id for run in runs if not run.example}
    found = list[tuple[Point, ...]]()
    for data in dict.fromkeys(
        (run.config.dataset, run.fingerprint, math.prod(run.image_shape)) for run in runs
    ):
        lines = subject(*data, runs).lines
        found.append(tuple(point for line in lines for point in line if point.config.model in REPORT_MODELS))

    def rank(points: tuple[Point, ...]) -> tuple[bool, bool, int]:
        names = {point.run_id for point in points} & own
        return len(names) > 1, bool(points) and points[0].config.dataset == "mnist", len(points)

    return max(found, key=rank, default=())


def _is_usable(run: RunSummary, fingerprint: str) -> bool:
    config = run.config
    plain = config.train_images is None and config.noise is None and config.rate_weight is None
    return run.finished and plain and run.fingerprint == fingerprint and usable(run.test_mse)


def equal_sizes(n_pixels: int) -> tuple[int, ...]:
    """Latent sizes that compress such an image about RATIOS times: powers of two, as sweeps usually have."""
    return tuple(2 ** max(0, round(math.log2(n_pixels / ratio))) for ratio in RATIOS)


def equal_sweep(base: TrainConfig, n_pixels: int) -> Sweep:
    """The runs of this model that can be compared with those of images of another size."""
    return Sweep(base, (base.model,), tuple(sorted(set(equal_sizes(n_pixels)))), (base.layers,))
