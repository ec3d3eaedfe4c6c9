"""Where a model errs, class by class and colour by colour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autoenc.inspection import CHANNELS, ClassError, ColourError
from autoenc.numerals import percent, short

_MIN_CLEAR_RATIO = 1.1  # times the error: less is no difference worth a sentence


def class_caption(errors: Sequence[ClassError]) -> str:
    """`Easiest: sky. Hardest: cat, with 2.1 times the error.`; empty for a single class."""
    if len(errors) < 2 or not errors[0].mse > 0 or not np.isfinite(errors[-1].mse):
        return ""
    best, worst = errors[0], errors[-1]
    ratio = worst.mse / best.mse
    if ratio < _MIN_CLEAR_RATIO:
        return "The model reconstructs all classes about equally well."
    return f"Easiest: {best.name}. Hardest: {worst.name}, with {short(ratio)} times the error."


def colour_caption(error: ColourError) -> str:
    """Which channel is worst, and what the model keeps: brightness or colour."""
    mse = dict(zip(CHANNELS, error.mse, strict=True))
    worst, best = max(mse, key=mse.__getitem__), min(mse, key=mse.__getitem__)
    if not all(np.isfinite(v) and v > 0 for v in mse.values()):
        return ""
    ratio = mse[worst] / mse[best]
    caption = (
        "The model reconstructs red, green and blue about equally well."
        if ratio < _MIN_CLEAR_RATIO
        else f"{worst.capitalize()} has the largest error: {short(ratio)} times that of {best}."
    )
    lost = f"{percent(error.brightness_lost)} in brightness and {percent(error.colour_lost)} in colour"
    caption += f" Of the differences between images it loses {lost}"
    if error.colour_lost >= _MIN_CLEAR_RATIO * error.brightness_lost:
        return f"{caption}: it spends its code on brightness first."
    if error.brightness_lost >= _MIN_CLEAR_RATIO * error.colour_lost:
        return f"{caption}: the fine detail it cannot keep is more brightness than colour."
    return f"{caption}: about as much of each."
