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
