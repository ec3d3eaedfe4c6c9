"""The step to which codes are rounded: where the slider stands."""

from __future__ import annotations

import math
from dataclasses import replace

from autoenc.compression import Codec, measuring
from autoenc.schema import USUAL_BITS, Run, Step
from ui.components.live_code import Bits
from ui.compress import settings
from ui.core import codecs

LEAST_BITS, MOST_BITS = 1.0, 8.0  # of the number that is spread most widely


def slider(run: Run) -> Bits:
    """Where it stands, and its ends; raises AutoencError where the run cannot be used."""
    codec = codecs.codec(run)
    assert codec.quantiles is not None
    exponent = codec.quantiles.exponent
    trained = measuring.trained_bits(codec) if run.config.rate_weight is not None else None
    usual = USUAL_BITS if trained is None else trained
    least, most = min(LEAST_BITS, usual), max(MOST_BITS, usual)
    wanted = settings.BITS.get()
    level = min(most, max(least, usual if wanted is None else wanted))
    spread = round(math.ldexp(measuring.spread(codec) or 1.0, -exponent))
    return Bits(codec.content_hash, level, least, most, spread, exponent, trained)


def usual(bits: Bits) -> Bits:
    """With the slider where it begins."""
    return replace(bits, level=USUAL_BITS if bits.trained is None else bits.trained)


def step_at(codec: Codec, bits: Bits) -> Step:
    """The step there, in units of this codec."""
    if bits.level == bits.trained:
        return codec.step(1.0)
    return codec.step(math.ldexp(bits.spread, bits.exponent) / 2**bits.level)
