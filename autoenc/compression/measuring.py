"""How many bytes the test images take, and how near to the originals they come back: real files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from autoenc.compression import codec as codecs
from autoenc.compression import tables as of_tables
from autoenc.compression.codec import Codec, Pixels
from autoenc.compression.files import CompressedFile
from autoenc.errors import StepTooFine
from autoenc.schema import N_QUANTILES, USUAL_BITS, RatePoint, Run, Step

BITS = (1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0)  # of the number spread most widely
N_LOOKED_AT = 256  # images, of a run whose file does not say how its code is spread
TRAINED_STEPS = (4.0, 3.0, 2.0, 1.5, 1.0, 0.75, 0.5, 0.35)  # of a model that is trained for its bytes


@dataclass(frozen=True, eq=False)
class Returned:
    """Images as they come back."""

    x_hat: Pixels = field(repr=False)  # (N, C, H, W)
    n_bytes: tuple[float, ...]  # of each; empty: nobody can tell what one of them takes
    n_tiles: int = 0  # of the large picture from which they are cut; 0: they are cut from none


def spread(codec: Codec) -> float:
    """The range of the number of a code that is spread most widely, without a hundredth at either end."""
    assert codec.quantiles is not None
    rows = np.frombuffer(codec.quantiles.data, "<i2").reshape(-1, N_QUANTILES).astype(np.int64)
    return math.ldexp(float((rows[:, -2] - rows[:, 1]).max()), codec.quantiles.exponent)


def steps(codec: Codec, bits: Iterable[float] = BITS) -> tuple[Step, ...]:
    """The steps that make this many bits of the most widely spread number, the largest first."""
    wide = spread(codec) or 1.0
    return tuple(codec.step(wide / 2**n) for n in bits)


def trained_bits(codec: Codec) -> float:
    """To a tenth, the bits of the same number at the step for which a model is trained for its bytes: 1."""
    return max(0.0, round(math.log2(spread(codec) or 1.0), 1))


def usual_step(codec: Codec, run: Run, images: Pixels) -> Step:
    """The step to begin with: the one for which the model was trained, or that of USUAL_BITS.

    Args:
        images: that are to be compressed; all numbers of their codes together tell how widely the code of
            a run of an earlier version is spread.
    """
    if run.config.rate_weight is not None:
        return codec.step(1.0)
    if codec.quantiles is not None:
        return steps(codec, (USUAL_BITS,))[0]
    low, high = np.quantile(codecs.codes_of(codec, images[:N_LOOKED_AT]), (0.01, 0.99))
    return codec.step(float(high - low) / 2**USUAL_BITS or 1.0)


def points(codec: Codec, images: Pixels, steps: Iterable[Step]) -> Iterator[RatePoint]:
    """The images in one file for each step, the largest first; a step that is too fine ends it.

    Raises:
        StepTooFine: all of them are.
    """
    for n, step in enumerate(steps):
        try:
            yield point(codec, images, step)
        except StepTooFine:
            if n == 0:
                raise
            return


def point(codec: Codec, images: Pixels, step: Step) -> RatePoint:
    """All images, uint8 (N, C, H, W), in one file.

    Raises:
        CompressionError: the step is too fine, or the images are too many.
    """
    file = codecs.compress(codec, images, step)
    n_bytes_head = file.n_bytes_head + file.n_bytes_tables
    return RatePoint(step.value, len(images), file.n_bytes, mse_of(file, codec, images), n_bytes_head)


def returned(codec: Codec, images: Pixels, step: Step) -> Returned:
    """What a codec with quantiles gives back, and what its tables say that each image takes in a file."""
    assert codec.quantiles is not None
    numbers = codecs.numbers_of(codec, images, step)
    bits = codecs.estimated_bits(numbers, of_tables.from_quantiles(codec.quantiles, step))
    return Returned(codecs.pictures(codec, numbers, step), tuple(float(n) / 8 for n in bits))


def mse_of(file: CompressedFile, codec: Codec, images: Pixels) -> float:
    """The mean squared error per pixel of what a file gives back, against the images that went into it."""
    squares, at = 0.0, 0
    for x_hat in codecs.decompress(file, codec):
        difference = images[at : at + len(x_hat)].astype(np.float32) - x_hat
        squares += float(np.square(difference, dtype=np.float64).sum()) / 255**2
        at += len(x_hat)
    return squares / images.size


def decoder_bytes(run: Run) -> int:
    """What a file needs on the other machine: the decoder's weights as float32, and the quantiles."""
    tables = 0 if run.quantiles is None else len(run.quantiles.data)
    return 4 * sum(layer.n_parameters for layer in run.model.layers if layer.part == "decoder") + tables
