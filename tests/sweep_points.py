"""Points of sweeps for the tests: made of a few numbers, as training would leave them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from autoenc.schema import BaselineCurve, BaselinePoint, Point, State, TrainConfig

N_PIXELS = 784


def pca(losses: Mapping[int, float], dataset: str = "mnist") -> BaselineCurve:
    """PCA of some images with these errors by numbers in the code."""
    why = "although its encoder is as linear as PCA's: the sigmoid at the end of its decoder does that"
    return BaselineCurve("pca", "PCA", dataset, 60_000, True, points_of(losses), 1.0, why)


def mean_image(mse: float, dataset: str = "mnist") -> BaselineCurve:
    return BaselineCurve("mean_image", "mean image", dataset, 60_000, False, points_of({0: mse}), 1.0)


def points_of(losses: Mapping[int, float]) -> tuple[BaselinePoint, ...]:
    return tuple(BaselinePoint(k, mse) for k, mse in losses.items())


PCA = pca({1: 0.06, 2: 0.05, 4: 0.04, 8: 0.03, 16: 0.02, 32: 0.015, 64: 0.008, 128: 0.003})
MEAN_IMAGE = mean_image(0.067)
BASELINES = (PCA, MEAN_IMAGE)


def point(
    model: str = "mlp",
    latent_size: int = 16,
    loss: float | None = 0.02,
    seconds: float = 5.0,
    layers: int = 1,
    **more: Any,
) -> Point:
    """A finished run of MNIST; strides of 2 leave 14 x 14 and 7 x 7 places."""
    config = TrainConfig(model=model, latent_size=latent_size, layers=layers)
    n_latents = latent_size if model == "mlp" else latent_size * (14 if layers == 1 else 7) ** 2
    values: dict[str, Any] = {
        "state": State.FINISHED,
        "epochs_done": 10,
        "done": 1.0,
        "train_loss": loss,
        "test_mse": loss,
        "seconds": seconds,
        "device": "cpu",
        "threads": 2,
        "concurrent_jobs": 0,
    }
    run_id = config.run_id("0" * 8)
    return Point(run_id, config, n_latents, N_PIXELS, 100 * latent_size, **(values | more))


def line(
    model: str, losses: Mapping[int, float], seconds: Sequence[float] = (), layers: int = 1
) -> list[Point]:
    """Finished runs of these sizes and losses, of 1, 2, 3 ... seconds where no others are given."""
    times = seconds or range(1, len(losses) + 1)
    return [
        point(model, k, loss, float(s), layers) for (k, loss), s in zip(losses.items(), times, strict=True)
    ]


def seeded(losses: Mapping[int, Sequence[float]], model: str = "mlp", **settings: Any) -> list[Point]:
    """A run for each size and seed, of 10, 11, 12 ... seconds."""
    return [
        replace(
            one := point(model, size, loss, 10.0 + seed),
            config=(config := replace(one.config, seed=seed, **settings)),
            run_id=config.run_id("0" * 8),
        )
        for size, of_seeds in losses.items()
        for seed, loss in enumerate(of_seeds)
    ]
