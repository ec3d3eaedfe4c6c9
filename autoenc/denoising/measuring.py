"""A method measured on the test set, level by level; the cache keeps the curve for the next time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields, replace

import numpy as np
import torch
from torch import Tensor

from autoenc import cache, inspection, metrics, noise, training
from autoenc.datasets import Dataset
from autoenc.denoising.classical import Denoise, fitted
from autoenc.errors import AutoencError, ConfigError
from autoenc.inspection import Trained
from autoenc.numerals import out_of
from autoenc.schema import CLASSICAL_METHODS, SLOW_METHODS, Curve, Quality

DEFINITION_VERSION = 1  # count up where a noise, a filter or a measure changes: all curves are measured again
MAX_SLOW_IMAGES = 1000  # test images for the slow methods
CHUNK_IMAGES = (
    1000  # images with noise of one draw: the same pixels for all methods, whatever they are measured on
)


def denoiser(method: str, data: Dataset, kind: str, level: float) -> Denoise:
    """What the method makes of images with this noise.

    Args:
        method: one of METHODS, or a run_id.
    Raises:
        AutoencError: there is no such method or run, or the run is of other images or not finished.
    """
    if method == "noisy":
        return lambda x: x
    if method in CLASSICAL_METHODS:
        return fitted(method, data, kind, level)
    return model_denoiser(opened(method, data))


def opened(run_id: str, data: Dataset) -> Trained:
    """A finished run of these images.

    Raises:
        AutoencError: it is not one.
    """
    trained = inspection.open_run(run_id)
    run = trained.run
    if run.fingerprint != data.fingerprint:
        raise ConfigError(f"{run_id} was trained on {run.config.dataset}; choose a run of {data.name}")
    if not run.finished:
        raise AutoencError(
            f"{run_id} has {out_of(len(run.epochs), run.config.epochs, 'epoch')}; train it to the end first"
        )
    return trained


def model_denoiser(trained: Trained) -> Denoise:
    """A model as a method: as many images at once as suit the cache."""
    size = training.chunk(trained.run.config, trained.data.image_shape)

    @torch.inference_mode()
    def denoise(x: Tensor) -> Tensor:
        return torch.cat([trained.model(part) for part in torch.split(x, size)])

    return denoise


def measure(method: str, data: Dataset, kind: str, levels: tuple[float, ...]) -> Iterator[Curve]:
    """The method at each level, on all test images; if it is in SLOW_METHODS, on the first MAX_SLOW_IMAGES.

    Raises:
        AutoencError: as `denoiser` does.
    """
    n = min(MAX_SLOW_IMAGES, len(data.test)) if method in SLOW_METHODS else len(data.test)
    curve = Curve(data.name, kind, method, n)
    yield curve
    for i, level in enumerate(levels):
        denoise = denoiser(method, data, kind, level)
        chunks: list[Tensor] = []
        for start in range(0, n, CHUNK_IMAGES):
            x = training.as_float(torch.from_numpy(data.test[start : min(n, start + CHUNK_IMAGES)]))
            chunks.append(qualities(x, denoise(noise.apply(kind, x, level, test_unit(x, start)))))
            yield replace(curve, done=(i + min(1.0, (start + CHUNK_IMAGES) / n)) / len(levels) * 0.999)
        point = _summary(level, torch.cat(chunks, 1))
        curve = replace(curve, points=(*curve.points, point), done=(i + 1) / len(levels))
        yield curve


def test_unit(x: Tensor, start: int) -> Tensor:
    """The unit noise of these test images, the first of them number `start`: the same at every call."""
    draws = training.seeded("cpu", 0, start, "denoising test")
    return torch.randn((CHUNK_IMAGES, *x.shape[1:]), generator=draws)[: len(x)]


def qualities(x: Tensor, x_hat: Tensor) -> Tensor:
    """(2, B): MSE and SSIM of each image."""
    return torch.stack([metrics.mse(x, x_hat), metrics.ssim(x, x_hat)])


def _summary(level: float, qualities: Tensor) -> Quality:
    mse, ssim = qualities.double().numpy()
    mse = np.maximum(mse, 1e-10)  # an image that came back exactly counts 100 dB
    psnr = -10 * np.log10(mse)
    psnr_low, psnr_high = map(float, np.percentile(psnr, (10, 90)))
    ssim_low, ssim_high = map(float, np.percentile(ssim, (10, 90)))
    return Quality(level, float(mse.mean()), psnr_low, psnr_high, float(ssim.mean()), ssim_low, ssim_high)


# ---------------------------------------------------------------- kept for the next time


def stored_curve(name: str, levels: tuple[float, ...]) -> Curve | None:
    """A whole curve at these levels; None: none that can be read."""
    values = cache.load_cached(name) or {}
    try:
        points = tuple(
            Quality(**{f.name: float(point[f.name]) for f in fields(Quality)}) for point in values["points"]
        )
        dataset, kind, method = (str(values[name]) for name in ("dataset", "noise", "method"))
        curve = Curve(dataset, kind, method, int(values["n_images"]), points, 1.0)
    except (ValueError, TypeError, LookupError):
        return None
    is_whole = tuple(point.level for point in points) == levels
    is_sound = all(point.mse > 0 and np.isfinite(list(asdict(point).values())).all() for point in points)
    return curve if is_whole and is_sound else None


def keep_curve(name: str, curve: Curve) -> None:
    """Have it found by `stored_curve`.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    cache.save(name, asdict(curve))
