"""What a sentence about two pictures claims, checked by measures of its own.

`false_claims` can be asked of the test images of any model; it does not use what the captions measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

Image = NDArray[np.uint8]  # (C, H, W)
Check = Callable[["Pair"], bool]


class Pair:
    """Two pictures, in figures that have been agreed on elsewhere."""

    def __init__(self, x: Image, x_hat: Image) -> None:
        a, b = x / 255, x_hat / 255
        self.psnr_db = -10 * float(np.log10(max(1e-12, ((a - b) ** 2).mean())))
        self.structure = float(structural_similarity(a, b, channel_axis=0, data_range=1.0))
        self.brighter = float((b - a).mean())
        self.deviation = float(a.std((1, 2)).max())
        self.range, self.range_hat = (float(image.mean(0).std()) for image in (a, b))
        self.colour = float(np.abs((a - a.mean(0)) - (b - b.mean(0))).max(0).mean())
        self.roughness, self.roughness_hat = (_roughness(image.mean(0)) for image in (a, b))
        dark = a < 0.1
        self.light_on_dark = float((b - a)[dark].mean()) if dark.any() else 0.0


def _roughness(plane: NDArray[np.float64]) -> float:
    """The noise in a picture, by the median of its second differences (Immerkaer's mask)."""
    second = np.diff(np.diff(plane, 2, axis=0), 2, axis=1)
    return float(np.abs(second).mean())


# A part of a sentence -> what has to be so where it is said.
CLAIMS: Mapping[str, Check] = {
    "no difference can be seen": lambda pair: pair.psnr_db > 34,
    "hardly any difference": lambda pair: pair.psnr_db > 26,
    "small differences": lambda pair: pair.psnr_db > 15,
    "nothing is left": lambda pair: pair.deviation > 0.05 and pair.range_hat < pair.range / 5,
    "more than noise is left": lambda pair: pair.structure < 0.6 and pair.roughness_hat > 0.05,
    "blurred patches": lambda pair: pair.psnr_db < 26 and pair.structure < 0.75 and pair.deviation > 0.05,
    "grey cloud": lambda pair: pair.psnr_db < 20 and pair.structure < 0.75,
    "only rough shapes": lambda pair: pair.psnr_db < 26 and pair.structure < 0.9 and pair.deviation > 0.05,
    "fine detail is lost": lambda pair: pair.structure < 0.97,
    "little contrast": lambda pair: pair.range_hat < pair.range,
    "closer together": lambda pair: pair.range_hat < pair.range,
    "a pattern appears": lambda pair: pair.range_hat > pair.range,
    "brighter": lambda pair: pair.brighter > 0.05,
    "darker": lambda pair: pair.brighter < -0.05,
    "black has turned grey": lambda pair: pair.light_on_dark > 0.03,
    "colours": lambda pair: pair.colour > 0.01,
    "grainy": lambda pair: pair.roughness_hat > pair.roughness,
    "strokes": lambda pair: pair.psnr_db < 27,
    "the shape has changed": lambda pair: pair.psnr_db < 20,
    "no longer looks": lambda pair: pair.psnr_db < 20,
    "recogniser now sees": lambda pair: pair.psnr_db < 27,
    "recogniser is no": lambda pair: pair.psnr_db < 34,
}


def false_claims(pairs: Iterable[tuple[Image, Image, str]]) -> list[tuple[int, str]]:
    """The sentences that their pictures do not bear out, with the number of each."""
    return [
        (i, sentence)
        for i, (x, x_hat, sentence) in enumerate(pairs)
        if (claimed := [check for words, check in CLAIMS.items() if words in sentence])
        and not all(check(Pair(x, x_hat)) for check in claimed)
    ]
