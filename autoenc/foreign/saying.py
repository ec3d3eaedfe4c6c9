"""Where a picture stands among the test images, in plain words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoenc.foreign.standing import Standing, standing
from autoenc.numerals import decibels, short
from autoenc.schema import psnr_of_mse

EDGE = 0.05  # of the test images: whoever is worse than all but these stands at the edge


def standing_words(found: Standing, *, noisy: bool = False) -> str:
    """One sentence, or two.

    Args:
        noisy: the test images were noisy, as the model's training was.
    """
    tests = f"{found.n:,} test images"
    if found.beyond_all:
        times = found.mse / found.greatest if found.greatest > 0 else math.inf
        how = f", {short(times)} times the error of the worst" if 1.05 <= times < math.inf else ""
        said = f"Worse than all {tests}{how}: this model has never seen such an image."
    elif found.n_worse == found.n:
        said = f"Better than all {tests}: easier than anything that this model was tested on."
    elif found.n_worse >= found.n / 2:
        said = f"Better than {_share(found.n_worse, found.n)} of the {tests}: nothing strange to this model."
    elif found.n_worse >= EDGE * found.n:
        said = f"Better than {_share(found.n_worse, found.n)} of the {tests}: harder than most of them."
    else:
        said = (
            f"Worse than {_share(found.n_better, found.n)} of the {tests}: "
            "at the edge of what this model has learnt."
        )
    return f"{said} (Those were noisy, as in its training; this picture is not.)" if noisy else said


def tiles_words(
    whole_mse: float, tile_mse: NDArray[Any], test_mse: NDArray[Any], *, noisy: bool = False
) -> str:
    """How many tiles are strange to the model, and where the whole picture stands."""
    whole = standing(whole_mse, test_mse)
    n, n_beyond = len(tile_mse), int((np.nan_to_num(tile_mse, nan=np.inf) > whole.greatest).sum())
    tests = f"worse than all {whole.n:,} test images"
    which = (
        f"None of the {n:,} tiles is {tests}"
        if not n_beyond
        else f"The only tile is {tests}"
        if n == 1
        else f"All {n:,} tiles are {tests}"
        if n_beyond == n
        else f"{n_beyond:,} of {n:,} tiles ({_share(n_beyond, n)}) {'is' if n_beyond == 1 else 'are'} {tests}"
    )
    where = (
        "more than that of any test image"
        if whole.beyond_all
        else "less than that of any test image"
        if whole.n_worse == whole.n
        else f"less than that of {_share(whole.n_worse, whole.n)} of the test images"
        if whole.n_worse
        else "no less than that of any test image"
    )
    reach = f"theirs reach from {short(whole.least)} to {short(whole.greatest)}"
    said = f"{which}. The error of the whole picture, {short(whole_mse)}, is {where}; {reach}."
    return f"{said} (Those were noisy, as in its training; this picture is not.)" if noisy else said


def figures(mse: float) -> str:
    """`MSE 0.0123, PSNR 19.1 dB`."""
    return f"MSE {short(mse, 3)}, PSNR {decibels(psnr_of_mse(mse))}"


def _share(part: int, whole: int) -> str:
    """In whole percent; all and nothing are said of nothing less."""
    percent = int(np.floor(100 * part / whole + 0.5))
    if percent == 100 and part < whole:
        return "over 99 %"
    return "under 1 %" if percent == 0 and part else f"{percent} %"
