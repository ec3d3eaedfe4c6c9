"""The preview images of a run, each by a name of its own: for those who hear the page, and the pointer."""

from __future__ import annotations

import numpy as np

from autoenc import datasets
from autoenc.numerals import decibels
from autoenc.schema import Run, psnr_of_mse
from ui.components import pixels
from ui.core import catalogue


def originals(run: Run, row: str = "original") -> tuple[str, ...]:
    """`7, original` for each; without the class where the run's data set is not here."""
    return tuple(f"{name}{row}" for name in _class_names(run))


def reconstructions(run: Run, x_hat: np.ndarray) -> tuple[str, ...]:
    """`7, reconstruction, 18.3 dB` for each, frame after frame.

    Args:
        x_hat: uint8 (B, C, H, W), or a film (F, B, C, H, W).
    """
    x = pixels.array(run.x) / 255
    mse = ((x - x_hat / 255) ** 2).mean(axis=(-3, -2, -1)).reshape(-1, len(x))
    return tuple(
        f"{name}reconstruction, {decibels(psnr_of_mse(float(error)))}"
        for frame in mse
        for name, error in zip(_class_names(run), frame, strict=True)
    )


def _class_names(run: Run) -> list[str]:
    """`7, ` for each preview image."""
    n = run.x.shape[0]
    if catalogue.is_present(run.config.dataset):
        data = datasets.load(run.config.dataset)
        if data.fingerprint == run.fingerprint:
            return [f"{data.class_names[label]}, " for label in data.test_labels[:n]]
    return [""] * n
