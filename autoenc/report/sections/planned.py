"""Runs of a lab as points of a chart, those that are not trained yet included."""

from __future__ import annotations

from collections.abc import Sequence

from autoenc import models
from autoenc.experiments import settings, steps
from autoenc.report.results import Results
from autoenc.schema import BaselineCurve, DatasetInfo, Point, TrainConfig


def points(results: Results, data: DatasetInfo, configs: Sequence[TrainConfig]) -> tuple[Point, ...]:
    """One for each of these settings, so that axes reach to the last and captions say what is missing.

    Nothing where the images are not here, or no run is finished.
    """
    finished = {point.config: point for point in results.points(configs)}
    images = results.data(data)
    if images is None or not finished:
        return ()
    return tuple(
        finished.get(config) or _on_paper(config, images.fingerprint, images.image_shape)
        for config in configs
    )


def _on_paper(config: TrainConfig, fingerprint: str, shape: tuple[int, int, int]) -> Point:
    info = models.describe(config, shape)
    return Point(config.run_id(fingerprint), config, info.n_latents, info.n_pixels, info.n_parameters)


def baselines(results: Results, data: DatasetInfo, train_images: int | None) -> tuple[BaselineCurve, ...]:
    """Those that are measured, fitted on as many images as the models."""
    every = (steps.baseline(name, data, train_images) for name in settings.BASELINES)
    return tuple(results.values(every))
