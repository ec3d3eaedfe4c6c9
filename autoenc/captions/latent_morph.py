"""What lies between two images, in words."""

from __future__ import annotations

from dataclasses import dataclass

from autoenc.captions.readings import SURE, sure
from autoenc.numerals import listed, percent, with_article

ALIKE = 0.2  # of the distance of the two images: ways that are no further apart look alike
NEAR = 0.05  # between two shares that differ by less nobody sees a difference


@dataclass(frozen=True)
class MiddlesRead:
    """In how many of the pairs a recogniser is sure of what is halfway."""

    n_pairs: int
    sure_code: int
    sure_pixels: int


@dataclass(frozen=True)
class MiddleRead:
    """What a recogniser reads in one image."""

    name: str  # of the class
    confidence: float  # 0 to 1


def middles_caption(apart: float, read: MiddlesRead | None) -> str:
    """What the way through the code of this model is worth, beside the one through the pixels.

    Args:
        apart: how far the ways are apart halfway, as a share of the distance of the two images.
        read: None: nobody reads these images.
    """
    begins = "Each point on the line between two codes is a code too, and the decoder draws it."
    if apart <= ALIKE:
        begins += (
            " With this model it is much like fading the pixels: halfway, the two ways differ by only "
            f"{percent(apart)} of the difference between the images."
        )
    if read is None:
        return begins
    code, pixels = (n / read.n_pairs for n in (read.sure_code, read.sure_pixels))
    if code > pixels + NEAR:
        means = "what this decoder draws between images is clearer than a fade"
    elif code < pixels - NEAR:
        means = "no image lies there, and this decoder never learnt to draw a clear one"
    else:
        means = "neither way is clearer"
    return (
        f"{begins} Halfway between two images of different classes, the recogniser is at least "
        f"{percent(SURE)} sure in {percent(code)} of {read.n_pairs:,} pairs through the code, in "
        f"{percent(pixels)} through the pixels: {means}."
    )


def halfway_caption(first: str, last: str, code: MiddleRead | None, pixels: MiddleRead | None) -> str:
    """What is read halfway between these two images.

    Args:
        first, last: what they are: `this 9`, `your drawing`.
    """
    if code is None or pixels is None:
        return ""
    ways = {"code": code, "pixels": pixels}
    said = [f"{_read(one)} through the {way}" for way, one in ways.items()]
    return f"Halfway between {first} and {last}, the recogniser reads {listed(said)}."


def _read(one: MiddleRead) -> str:
    return f"{with_article(one.name)} ({sure(one.confidence)} sure)"
