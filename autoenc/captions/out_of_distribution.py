"""How well a model knows a picture, in plain words."""

from __future__ import annotations

import numpy as np

from autoenc.numerals import counted, decibels, percent, short
from autoenc.out_of_distribution.error_rank import (
    MIN_VARIANCE,
    Standing,
    TestErrors,
    loss_shares,
    plain_mse,
    standing,
)
from autoenc.out_of_distribution.reconstruction import Looked, LookedTiles
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
    "It has learnt too little to tell the familiar from the strange."
)
_NOISY_NOTE = "(The test images were noisy, as in its training; this picture is not.)"


def picture_words(looked: Looked, tests: TestErrors, *, noisy: bool = False) -> str:
    """What one picture says of the model, or why it says nothing.

    Args:
        noisy: the test images were noisy, as the model's training was.
    """
    said = _picture(looked, tests)
    return f"{said} {_NOISY_NOTE}" if noisy else said


def _picture(looked: Looked, tests: TestErrors) -> str:
    if not tests.is_useful:
        return _NO_MODEL_NOTE
    plain, back = (float(plain_mse(images[None])[0]) for images in (looked.x, looked.x_hat))
    if plain < MIN_VARIANCE:
        return _plain_tone(looked.mse)
    errors = f"its error: {short(looked.mse)}; a plain square in the picture's mean tone: {short(plain)}"
    if back < MIN_CONTRAST * plain:
        square = _square(float(looked.x_hat.mean() / 255))
        return f"The model gave back {square}: the picture is lost ({errors})."
    if not looked.mse < plain:
        return (
            "A plain square would be closer: what this model has learnt does not help with this picture "
            f"({errors})."
        )
    return _among(standing(looked.mse / plain, tests.lost))


def _square(tone: float) -> str:
    """What a reconstruction without contrast looks like."""
    return "a black square" if tone < 0.1 else "a white square" if tone > 0.9 else "a plain square"


def _plain_tone(mse: float) -> str:
    """Of a picture without contrast."""
    tone = "This picture is almost one plain tone"
    if mse > FAR_OFF_SHARE:
        return f"{tone}, and not even that comes back: this model has never seen such an image."
    return f"No verdict: {tone[0].lower()}{tone[1:]}, which has no contrast to lose."


def _among(found: Standing) -> str:
    """What is lost, and of how many test images more or less is."""
    lost, tests = f"{percent(found.lost)} of the contrast is lost", f"{found.n:,} test images"
    if found.beyond_all:
        return f"{lost}, more than in all {tests}: this model has never seen such an image."
    if found.n_worse == found.n:
        return f"{lost}, less than in all {tests}: easier than anything that this model was tested on."
    if found.n_worse >= found.n / 2:
        less = percent(found.n_worse / found.n)
        return f"{lost}, less than in {less} of the {tests}: nothing strange to this model."
    if found.n_worse >= EDGE_SHARE * found.n:
        more = percent(found.n_better / found.n)
        return f"{lost}, more than in {more} of the {tests}: harder than most of them."
    more = percent(found.n_better / found.n)
    return f"{lost}, more than in {more} of the {tests}: at the edge of what this model has learnt."


def tiles_words(looked: LookedTiles, tests: TestErrors, *, noisy: bool = False) -> str:
    """How many tiles are strange to the model, and what is lost of the whole picture."""
    said = _tiles(looked, tests)
    return f"{said} {_NOISY_NOTE}" if noisy else said


def _tiles(looked: LookedTiles, tests: TestErrors) -> str:
    if not tests.is_useful:
        return _NO_MODEL_NOTE
    plain = plain_mse(looked.tiles.images)
    drawn = plain >= MIN_VARIANCE
    n, n_tests = int(drawn.sum()), len(tests.lost)
    if not n:
        return "No verdict: every tile is almost one plain tone, which has no contrast to lose."
    lost = np.nan_to_num(loss_shares(looked.mse, looked.tiles.images), nan=np.inf)[drawn]
    greatest = standing(0, tests.lost).greatest
    n_beyond = int((lost > min(greatest, 1)).sum())
    which = f"{f'{n_beyond:,}' if n_beyond else 'none'} of {counted(n, 'tile')}"
    if greatest < 1:
        verb = "lose" if n_beyond > 1 else "loses"
        said = f"{which} {verb} more contrast than the worst of {n_tests:,} test images."
    else:
        said = f"a plain square would be closer in {which}."
    said = f"{said[0].upper()}{said[1:]} {_whole(whole_loss(looked))}"
    if n < len(drawn):
        said += f" Not counted: {counted(len(drawn) - n, 'tile')} of one plain tone."
    return said


def _whole(lost: float) -> str:
    """Of all tiles together."""
    if lost < 1:
        return f"Of the whole picture {percent(lost)} of the contrast within the tiles is lost."
    return (
        f"For the whole picture, plain tiles would be closer: the model has {short(lost)} times their error."
    )


def whole_loss(looked: LookedTiles) -> float:
    """The error of the whole picture as a share of that of plain tiles, each in its own mean tone."""
    return looked.whole_mse / max(float(plain_mse(looked.tiles.images).mean()), MIN_VARIANCE)


def figures(mse: float) -> str:
    """`MSE 0.0123, PSNR 19.1 dB`."""
    return f"MSE {short(mse, 3)}, PSNR {decibels(psnr_of_mse(mse))}"
