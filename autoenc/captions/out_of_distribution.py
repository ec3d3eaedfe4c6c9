"""How well a model knows a picture, in plain words."""

from __future__ import annotations

import numpy as np

from autoenc.numerals import counted, decibels, percent, short
from autoenc.out_of_distribution.error_rank import (
    MIN_VARIANCE,
    ErrorRank,
    TestErrors,
    loss_shares,
    plain_mse,
    rank_error,
)
from autoenc.out_of_distribution.reconstruction import Reconstruction, TileReconstructions
from autoenc.schema import psnr_of_mse

EDGE_SHARE = 0.05  # of the test images: whoever is worse than all but these stands at the edge
MIN_CONTRAST = 0.05  # of the picture's variance: a reconstruction with less is a plain square
MEASURE_NOTE = (
    "Contrast lost: the error divided by the error of a plain square in the picture's mean tone. "
    "0 % is an exact copy, 100 % is no better than the plain square."
)
FAR_OFF_SHARE = 0.01  # MSE: a tenth of the way from black to white
_NO_MODEL_NOTE = (
    "No verdict: even for its own test images this model is hardly better than their average picture. "
    "It has learnt too little to tell familiar images from unusual ones."
)
_NOISY_NOTE = "(The test images were noisy, as in its training; this picture is not.)"


def picture_caption(reconstruction: Reconstruction, tests: TestErrors, *, noisy: bool = False) -> str:
    """What one picture says of the model, or why it says nothing.

    Args:
        noisy: the test images were noisy, as the model's training was.
    """
    caption = _picture(reconstruction, tests)
    return f"{caption} {_NOISY_NOTE}" if noisy else caption


def _picture(reconstruction: Reconstruction, tests: TestErrors) -> str:
    if not tests.is_useful:
        return _NO_MODEL_NOTE
    plain, back = (float(plain_mse(images[None])[0]) for images in (reconstruction.x, reconstruction.x_hat))
    if plain < MIN_VARIANCE:
        return _plain_tone(reconstruction.mse)
    errors = (
        f"its error: {short(reconstruction.mse)}; a plain square in the picture's mean tone: {short(plain)}"
    )
    if back < MIN_CONTRAST * plain:
        square = _square(float(reconstruction.x_hat.mean() / 255))
        return f"The model returned {square}: the picture is lost ({errors})."
    if not reconstruction.mse < plain:
        return (
            "A plain square would be closer: what this model has learnt does not help with this picture "
            f"({errors})."
        )
    return _among(rank_error(reconstruction.mse / plain, tests.contrast_lost))


def _square(tone: float) -> str:
    """What a reconstruction without contrast looks like."""
    return "a black square" if tone < 0.1 else "a white square" if tone > 0.9 else "a plain square"


def _plain_tone(mse: float) -> str:
    """Of a picture without contrast."""
    tone = "This picture is almost one plain tone"
    if mse > FAR_OFF_SHARE:
        return f"{tone}, and the model does not even reproduce that tone."
    return f"No verdict: {tone[0].lower()}{tone[1:]}, which has no contrast to lose."


def _among(rank: ErrorRank) -> str:
    """What is lost, and of how many test images more or less is."""
    lost, tests = f"{percent(rank.contrast_lost)} of the contrast is lost", f"{rank.n:,} test images"
    if rank.beyond_all:
        return f"{lost}, more than in all {tests}: harder than any test image."
    if rank.n_worse == rank.n:
        return f"{lost}, less than in all {tests}: easier than any test image."
    if rank.n_worse >= rank.n / 2:
        less = percent(rank.n_worse / rank.n)
        return f"{lost}, less than in {less} of the {tests}: within its usual error."
    if rank.n_worse >= EDGE_SHARE * rank.n:
        more = percent(rank.n_better / rank.n)
        return f"{lost}, more than in {more} of the {tests}: harder than most of them."
    more = percent(rank.n_better / rank.n)
    return f"{lost}, more than in {more} of the {tests}: harder than almost all of them."


def tiles_caption(reconstruction: TileReconstructions, tests: TestErrors, *, noisy: bool = False) -> str:
    """How many tiles are strange to the model, and what is lost of the whole picture."""
    caption = _tiles(reconstruction, tests)
    return f"{caption} {_NOISY_NOTE}" if noisy else caption


def _tiles(reconstruction: TileReconstructions, tests: TestErrors) -> str:
    if not tests.is_useful:
        return _NO_MODEL_NOTE
    plain = plain_mse(reconstruction.tiles.images)
    drawn = plain >= MIN_VARIANCE
    n, n_tests = int(drawn.sum()), len(tests.contrast_lost)
    if not n:
        return "No verdict: every tile is almost one plain tone, which has no contrast to lose."
    lost = np.nan_to_num(loss_shares(reconstruction.mse, reconstruction.tiles.images), nan=np.inf)[drawn]
    greatest = rank_error(0, tests.contrast_lost).greatest
    n_beyond = int((lost > min(greatest, 1)).sum())
    which = f"{f'{n_beyond:,}' if n_beyond else 'none'} of {counted(n, 'tile')}"
    if greatest < 1:
        verb = "lose" if n_beyond > 1 else "loses"
        caption = f"{which} {verb} more contrast than the worst of {n_tests:,} test images."
    else:
        caption = f"a plain square would be closer in {which}."
    caption = f"{caption[0].upper()}{caption[1:]} {_whole(whole_loss(reconstruction))}"
    if n < len(drawn):
        caption += f" Not counted: {counted(len(drawn) - n, 'tile')} of one plain tone."
    return caption


def _whole(lost: float) -> str:
    """Of all tiles together."""
    if lost < 1:
        return f"Of the whole picture {percent(lost)} of the contrast within the tiles is lost."
    return (
        f"For the whole picture, plain tiles would be closer: the model has {short(lost)} times their error."
    )


def whole_loss(reconstruction: TileReconstructions) -> float:
    """The error of the whole picture as a share of that of plain tiles, each in its own mean tone."""
    return reconstruction.whole_mse / max(float(plain_mse(reconstruction.tiles.images).mean()), MIN_VARIANCE)


def figures(mse: float) -> str:
    """`MSE 0.0123, PSNR 19.1 dB`."""
    return f"MSE {short(mse, 3)}, PSNR {decibels(psnr_of_mse(mse))}"
