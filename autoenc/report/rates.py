"""Bytes against quality as the chart draws it, and what it says: for the page Compress and the report."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from autoenc import compression
from autoenc.captions import compression as in_words
from autoenc.captions import configs
from autoenc.captions.compression import Rival
from autoenc.compression import CODECS, FAMILIES
from autoenc.datasets import distinct_names
from autoenc.plots import CODEC_COLOURS, CODEC_SYMBOLS, COLOUR, SEVERAL_COLOURS, RateLine
from autoenc.schema import RateCurve, RunSummary


def names_of(runs: Sequence[RunSummary]) -> dict[str, str]:
    """By their ids: `MLP 48, few bytes (0.04)`."""
    names = distinct_names(configs.short_names([run.config for run in runs]))
    return dict(zip((run.run_id for run in runs), names, strict=True))


def lines(measured: Sequence[RateCurve], names: Mapping[str, str]) -> tuple[RateLine, ...]:
    """One for each curve: runs bright and bold, in their order; codecs earthen, a colour a family.

    Args:
        names: of the runs, by run_id.
    """
    return tuple(_line(curve, i, names) for i, curve in enumerate(measured))


def _line(curve: RateCurve, place: int, names: Mapping[str, str]) -> RateLine:
    if curve.source not in CODECS:
        name = names[curve.source]
        return RateLine(name, name, SEVERAL_COLOURS[place], curve, is_run=True, knob="step")
    source = CODECS[curve.source]
    family = FAMILIES.index(source.family)
    if source.lossless:
        return RateLine(
            source.family, source.title, COLOUR["original"], curve, alone=source.alone, lossless=True
        )
    colour, symbol = (table[family % len(table)] for table in (CODEC_COLOURS, CODEC_SYMBOLS))
    return RateLine(source.family, source.title, colour, curve, symbol, alone=source.alone, knob=source.knob)


def sentences(run: RunSummary, measured: Sequence[RateCurve], names: Mapping[str, str]) -> Iterator[str]:
    """Against what shares its head as a code does, against a file for each image, without any error.

    Args:
        measured: the curve of the run first.
        names: of the runs, by run_id.
    """
    own, *others = measured
    exact = {source for source, codec in CODECS.items() if codec.lossless}
    alone = {source for source, codec in CODECS.items() if codec.alone}
    lossy = [_rival(own, curve, names) for curve in others if curve.source not in exact]
    known = (
        in_words.large_code_caption(
            configs.short(run.config), run.n_latents, math.prod(run.image_shape), own
        ),
        in_words.rates_caption(own, [rival for rival in lossy if rival.curve.source not in alone]),
        in_words.rates_caption(own, [rival for rival in lossy if rival.curve.source in alone]),
        in_words.exact_caption([(name_of(curve, names), curve) for curve in others if curve.source in exact]),
    )
    return filter(None, known)


def _rival(own: RateCurve, curve: RateCurve, names: Mapping[str, str]) -> Rival:
    return Rival(name_of(curve, names), curve, compression.compared(own.points, curve.points))


def name_of(curve: RateCurve, names: Mapping[str, str]) -> str:
    """In a sentence: `WebP tiled`, `MLP 48 (few bytes (0.04))`."""
    if curve.source in CODECS:
        return CODECS[curve.source].title.replace(",", "")
    model, _, more = names[curve.source].partition(", ")
    return f"{model} ({more})" if more else model
