"""What comes of codes that are drawn at random, and how the codes of images lie, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autoenc.captions.readings import SURE, Classes, Confidences, shortened
from autoenc.captions.recognition import share
from autoenc.numerals import counted, percent, short
from autoenc.schema import MIN_ACTIVE_VARIANCE

UNSURE = "?"  # under a picture
MIN_LEGIBLE = 0.3  # of the reconstructions: with fewer, it is not the holes that make images illegible
MIN_GAP = 0.1  # of two shares: less is no difference to speak of
WITHOUT_READER = (
    "What does the decoder draw from a code that no image has? If the code has holes, places between the "
    "codes of the images, it draws nonsense there."
)
FROM: Mapping[str, str] = {
    "gaussian": "the Gaussian of its codes",
    "uniform": "the box of the codes",
    "normal": "N(0, I)",
}


@dataclass(frozen=True)
class Invented:
    """What a recogniser makes of the images that one model invents."""

    name: str  # `VAE 16, 2 layers`
    kind: str  # `VAE`
    has_prior: bool
    source: str  # what its codes are drawn from: of FROM
    n: int  # images
    share: float  # of which the recogniser is sure, 0 to 1
    reconstructions: float  # the same of reconstructions
    originals: float  # and of the test images themselves


def lesson(model: Invented, beside: Invented | None = None) -> str:
    """How many of the images can be read, and what that says of the code."""
    if beside is not None:
        return _pair(model, beside)
    drawn = (
        f"Of {counted(model.n, 'image')} drawn from {FROM[model.source]}, the recogniser is sure of "
        f"{share(model.share)}; of real test images, {share(model.originals)}."
    )
    return f"{drawn} {_reason(model)}"


def _reason(model: Invented) -> str:
    if model.reconstructions < MIN_LEGIBLE:
        return (
            f"But it is sure of only {share(model.reconstructions)} of its reconstructions too: this code "
            "is too small for legible images, with holes or without."
        )
    if model.share >= model.reconstructions - MIN_GAP:
        return (
            "That is about as many as of its reconstructions: wherever a code falls, the decoder knows what "
            "to draw."
        )
    if model.has_prior:
        return (
            "Training pulled its codes towards N(0, I), but some places still mean nothing, and strokes are "
            "blurred: a smaller beta sharpens them and opens more holes."
        )
    return "Its code has holes: places between the codes of images, where the decoder never learnt to draw."


def _pair(model: Invented, beside: Invented) -> str:
    better, worse = sorted((model, beside), key=lambda one: -one.share)
    drawn = (
        f"The recogniser is sure of {share(better.share)} of the images that {better.name} invents from "
        f"{FROM[better.source]}, and of {share(worse.share)} of those that {worse.name} invents from "
        f"{FROM[worse.source]}"
    )
    if better.share < worse.share + MIN_GAP:
        return f"{drawn}: no great difference."
    times = f": {short(better.share / worse.share)} times as many" if worse.share else ""
    if better.has_prior and not worse.has_prior:
        return f"{drawn}{times}. Only the {better.kind} was trained to leave no holes in its code."
    return f"{drawn}{times}."


def notes(names: tuple[str, ...], classes: Classes, confidences: Confidences) -> tuple[str, ...]:
    """Under each picture what it is taken for, or UNSURE."""
    pairs = zip(classes, confidences, strict=True)
    return tuple(shortened(names[index]) if sure >= SURE else UNSURE for index, sure in pairs)


def counting_note(n: int, n_of_class: int) -> str:
    """How the shares were counted."""
    return (
        f"Below each picture: what the recogniser takes it for; {UNSURE} where it is less than "
        f"{percent(SURE)} sure. Beside a name: the share of {counted(n, 'image')} that it is sure of; for a "
        f"class, the share of {counted(n_of_class, 'image')} that it surely takes for this class. It has "
        "only learnt from real images: now and then it is sure of nonsense."
    )


def covariance_caption(
    covariance: NDArray[np.float32], n_latents: int, n_axes: int, *, has_prior: bool
) -> str:
    """How the numbers of a code vary, and how they hang together.

    Args:
        covariance: of all numbers, or of those that vary most.
        n_axes: directions along which codes are drawn.
    """
    variances = np.diag(covariance).astype(np.float64)
    if not variances.size or variances.max() <= 0:
        return "All images have the same code."
    if n_latents == 1:
        return f"The code is one number, of variance {short(float(variances[0]))}."
    text = f"The variances run from {short(float(variances.min()))} to {short(float(variances.max()))}"
    varied = variances > 1e-6 * variances.max()
    together = _correlations(covariance[np.ix_(varied, varied)])
    if together.size:
        text += (
            f"; two values correlate by {short(float(together.mean()))} on average, "
            f"by {short(float(together.max()))} at most"
        )
    return " ".join(filter(None, (f"{text}.", _prior_note(variances, has_prior), _kept(n_latents, n_axes))))


def _correlations(covariance: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of each pair of numbers, without the sign."""
    deviations = np.sqrt(np.diag(covariance).astype(np.float64))
    correlations = np.abs(covariance / np.outer(deviations, deviations))
    pairs: NDArray[np.float64] = correlations[np.triu_indices(len(covariance), 1)]
    return np.minimum(pairs, 1)


def _prior_note(variances: NDArray[np.float64], has_prior: bool) -> str:
    if not has_prior:
        return "Nothing in its loss makes the values alike or independent."
    unused = int((variances < MIN_ACTIVE_VARIANCE).sum())
    pull = "Its loss pulls the codes towards N(0, I): variances of 1 and no correlation."
    if not unused:
        return pull
    return f"{pull} {counted(unused, 'code value')} {'carries' if unused == 1 else 'carry'} nothing."


def _kept(n_latents: int, n_axes: int) -> str:
    if n_axes >= min(n_latents, 1024):
        return ""
    return (
        f"Codes are drawn along the {n_axes:,} directions that vary most; with {n_latents:,} values, more "
        "would take too long."
    )
