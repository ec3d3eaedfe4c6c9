"""The frames of a run's film in words."""

from __future__ import annotations

import math

import numpy as np

from autoenc.captions.recognition import share
from autoenc.numerals import counted, decibels
from autoenc.schema import Images, Preview, Run, psnr_of_mse


def moment(run: Run, preview: Preview) -> str:
    """`untrained`, `after 20 steps`, `after epoch 3 of 10`."""
    if preview.step == 0:
        return "untrained"
    if preview.epoch is None:
        return f"after {counted(preview.step, 'step')}"
    return f"after epoch {preview.epoch:,} of {run.config.epochs:,}"


def frame(run: Run, preview: Preview, reading: str = "") -> str:
    """`after epoch 3 of 10: 17.2 dB, 14 of 16 recognised`."""
    mse = float(((_array(run.x) / 255.0 - _array(preview.x_hat) / 255.0) ** 2).mean())
    figures = f"{moment(run, preview)}: {decibels(psnr_of_mse(mse))}"
    return ", ".join(filter(None, (figures, reading)))


def reading(n_right: int, n_images: int, n_classes: int) -> str:
    """`14 of 16 recognised`; empty where that may be luck."""
    return f"{n_right} of {n_images} recognised" if n_right >= _fewest(n_images, n_classes) else ""


def reading_caption(n_images: int, n_classes: int, accuracy: float | None = None) -> str:
    """Who recognises, and what guessing would get.

    Args:
        accuracy: of a recogniser on the original test images; None: nearest neighbours are compared.
    """
    who = "a nearest-neighbour comparison, blind to contrast, names the class"
    if accuracy is not None:
        who = f"the recogniser names the class; it knows {share(accuracy)} of the original test images"
    return (
        f"Recognised: {who}. Shown from {_fewest(n_images, n_classes)} of {n_images} on; guessing would get "
        f"{max(1, round(n_images / n_classes))}."
    )


def _fewest(n_images: int, n_classes: int) -> int:
    """Half of the images, and three standard deviations more than guesses get.

    Pure noise is read too: in each frame as few other digits, of which some are right.
    """
    guessed = n_images / n_classes
    deviation = math.sqrt(guessed * (1 - 1 / n_classes))
    return min(n_images, math.ceil(max(n_images / 2, guessed + 3 * deviation)))


def _array(images: Images) -> np.ndarray:
    return np.frombuffer(images.data, np.uint8).reshape(images.shape)
