"""What a map of codes shows of its classes and of the places between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autoenc.numerals import percent

TSNE = (
    "t-SNE moves the images until those with similar codes are neighbours. It takes a while, once for the "
    "whole class."
)
POINTING = "Point at a place to decode it. Drag to move the map; zoom with the wheel or two fingers."
APART = 0.9  # of the nearest points of a class are of the class
MIXED = 0.1  # of the nearest points of a class are of another one
HOLES = 0.05  # of the places of the sheet are without a test image


def classes_caption(names: Sequence[str], shares: NDArray[np.float64]) -> str:
    """Which class keeps to itself, and which two mix most; "": there is only one.

    Args:
        shares: row c: of the ten nearest points around those of class c, the share of each class.
    """
    own = np.diag(shares)
    present = np.flatnonzero(np.isfinite(own))
    if len(present) < 2:
        return ""
    whole = f"Of the ten points nearest to an image, {percent(float(own[present].mean()))} are of its class"
    best = int(present[own[present].argmax()])
    if own[present].min() >= APART:
        return f"{whole}: every class has its own place."
    a, b = _most_mixed(shares, present)
    mix = f"{names[a]} and {names[b]} mix most"
    if shares[a, b] < MIXED:
        mix = f"{names[a]} and {names[b]} touch"
    return f"{whole}: {names[best]} keeps to itself most ({percent(float(own[best]))}), {mix}."


def holes_caption(empty: float, *, decodes: bool) -> str:
    """What there is at places without an image; "": there are hardly any.

    Args:
        empty: share of the places of the sheet.
        decodes: whether the decoder draws there, too.
    """
    if empty < HOLES or not decodes:
        return ""
    return f"{percent(empty)} of the map is empty: the decoder has never learnt what to draw there."


def plane_note(kind: str, n_latents: int, share: float | None, n_images: int, is_line: bool) -> str:
    """What the two directions of the map mean."""
    images = f"{n_images:,} test images"
    if is_line:
        return f"{images}. To the right: the only code value. How high a point lies means nothing."
    if kind == "values":
        return f"{images}. To the right: the first code value; upwards: the second."
    if kind == "pca":
        return (
            f"{images}. PCA: the two directions in which the {n_latents:,} code values vary most, with "
            f"{percent(share or 0.0)} of the variance; the rest is not seen. Every place is a code."
        )
    return (
        f"{images}. t-SNE keeps neighbours together; distances between clusters mean little. A place on this "
        "map is not a code: the decoder draws the mean of the five nearest codes."
    )


def _most_mixed(shares: NDArray[np.float64], present: NDArray[np.intp]) -> tuple[int, int]:
    both = np.where(np.isfinite(shares), shares, 0)
    both = both + both.T
    np.fill_diagonal(both, -1)
    inside = both[np.ix_(present, present)]
    a, b = np.unravel_index(inside.argmax(), inside.shape)
    low, high = sorted((int(present[a]), int(present[b])))
    return low, high
