"""What the eye would notice -> one sentence, the gravest first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from autoenc.captions.images.differences import Image, Measures, measure
from autoenc.numerals import decibels, with_article

MAX_FINDINGS = 2  # in a sentence


@dataclass(frozen=True)
class Reading:
    """How surely a reader takes two pictures for what they are; below 0 where it does not.

    These are probabilities of a recogniser, or margins of a nearest-neighbour comparison.
    """

    label: str  # the name of the class
    x: float
    x_hat: float
    seen: str = ""  # the class that a recogniser sees in x_hat; "": nearest neighbours are compared


@dataclass(frozen=True)
class Verdict:
    """A reconstruction in words."""

    psnr_db: float  # inf: it came back exactly
    sentence: str  # "18.2 dB: still looks like a 7; half of the thin strokes are lost, edges are blurred"
    misread: str = ""  # "not a 7": where no recogniser, but a comparison surely takes it for something else
    measures: Measures = field(repr=False, kw_only=True)


def describe(x: Image, x_hat: Image, reading: Reading | None = None, drawn: bool | None = None) -> Verdict:
    """How x_hat differs from x.

    Args:
        x, x_hat: (C, H, W), uint8, or float in [0, 1].
        reading: by a reliable reader; it counts only where it took x for what it is.
        drawn: whether the data set is one of drawings; None: x is asked.
    Raises:
        ShapeError: the shapes differ, or they are no image's.
    """
    measures = measure(x, x_hat, drawn)
    ruin = _ruin(measures)
    findings = [ruin] if ruin else list(_findings(measures))[:MAX_FINDINGS]
    clauses, misread = [", ".join(findings) or _hardly(measures)], ""
    if reading is not None and reading.x > 0 and not ruin:
        is_seen = measures.largest >= _MIN_VISIBLE_DIFFERENCE
        if reading.seen:  # what it reads stands under the picture anyway
            quoted = _recogniser(reading, is_seen)
        else:
            quoted, misread = _comparison(reading, is_seen)
        clauses = [*filter(None, (quoted,)), *clauses]
    sentence = f"{_decibels(measures.psnr_db)}: {'; '.join(clauses)}"
    return Verdict(measures.psnr_db, sentence, misread, measures=measures)


def _recogniser(reading: Reading, is_seen: bool) -> str:
    """What it says of x_hat; empty: nothing that it had not to say of x."""
    seen = with_article(reading.seen)
    if reading.x_hat >= _MIN_CONFIDENCE:
        return f"the recogniser still sees {seen}"
    if not is_seen:
        return ""
    if reading.x_hat <= -_MIN_CONFIDENCE:
        return f"the recogniser now sees {seen}"
    if reading.x_hat < 0:
        return f"the recogniser is not sure: perhaps {seen}"
    return "the recogniser is no longer sure" if reading.x >= _MIN_CONFIDENCE else ""


def _comparison(reading: Reading, is_seen: bool) -> tuple[str, str]:
    """What a nearest neighbour says of x_hat, and what fits under the picture."""
    one, by = with_article(reading.label), "to a nearest-neighbour comparison"
    if reading.x_hat >= _MIN_MARGIN:
        return f"still looks like {one} {by}", ""
    if reading.x_hat <= -_MIN_MARGIN and is_seen:
        return f"no longer looks like {one} {by}", f"not {one}"
    return "", ""


def note(verdict: Verdict) -> str:
    """What fits under a thumbnail: `18.2 dB`, and in a second line `not a 9` where it was one."""
    return "\n".join(filter(None, (_decibels(verdict.psnr_db), verdict.misread)))


# Shares say how much is lost of what there was. A finding also needs an amount that the eye sees: a plain sky
# has next to nothing to lose, and loses all of it unseen. Found on contact sheets of models of digits,
# photographs and MNIST.
_MIN_CONTRAST = 0.12  # of the contrast: less is an even ground
_MIN_VISIBLE_DIFFERENCE = 0.12  # of a difference: less is hardly seen
_MIN_ALIKE_DB = 26  # a difference of 0.05 everywhere: less is seen side by side
_MIN_SMALL_DB = 18
_LARGE_DIFFERENCE = 0.5  # more is no small one
_EVEN_CONTRAST = 0.03  # own_contrast: less is one even area
_STRUCTURED_CONTRAST = 0.06  # own_contrast: from here on there are shapes in it
_MIN_PATTERN = 0.035  # error in an even area: more is a pattern
_MIN_EDGES_LOST, _MIN_SHAPES_LOST = 0.015, 0.03  # of own_edges, share times amount
_MIN_CONTRAST_LOST = 0.03
_MIN_COLOUR_LOST = 0.02
_MIN_TINT = 0.04
_MIN_GREY_GROUND = 0.15  # haze: more is no black ground, on which a shape is hard to compare
# The nearest neighbour's word, against a small convolutional network that has learnt from blurred, pale and
# noisy digits: where its margin is larger, both agree on 98 of 100 reconstructions of MNIST; below, where it
# sees another digit, the network disagrees three times in four.
_MIN_MARGIN = 0.06
# Surer than this, two recognisers of different seeds agree on 99.5 of 100 reconstructions of MNIST (MLPs with
# 4 to 64 numbers in the code), and on 96 of 100 where the reading has changed; below, on 62 and 56.
_MIN_CONFIDENCE = 0.8


def _ruin(measures: Measures) -> str:
    """What is to be said where nothing more is worth saying; empty: there is something left."""
    has_contrast = measures.drawn or measures.own_contrast >= _STRUCTURED_CONTRAST
    if has_contrast and measures.contrast < _MIN_CONTRAST:
        return "nothing is left of it"
    if not measures.drawn:
        return _ruin_of_picture(measures) if measures.contrast_lost > 0.4 else ""
    is_pale = measures.sharpness < 0.22 and measures.likeness < 0.67 and measures.contrast < 0.67
    is_cloud = is_pale and measures.noise < 0.25 and measures.haze < _MIN_GREY_GROUND
    return "only a grey cloud is left" if is_cloud else ""


def _ruin_of_picture(measures: Measures) -> str:
    if measures.noise > 0.5:
        return "hardly more than noise is left"
    is_blurred = measures.sharpness < 0.08 and measures.likeness < 0.8 and measures.noise < 0.3
    return "only blurred patches are left" if _has_lost_shapes(measures) and is_blurred else ""


def _findings(measures: Measures) -> Iterator[str]:
    if measures.drawn:
        return _of_drawing(measures)
    return _of_even(measures) if measures.own_contrast < _EVEN_CONTRAST else _of_picture(measures)


def _of_drawing(measures: Measures) -> Iterator[str]:
    if measures.haze > _MIN_GREY_GROUND:
        yield "black has turned grey"
    elif measures.likeness < 0.72:
        yield "the shape has changed"
    if measures.lost > 0.25:
        yield f"{_share(measures.lost)} strokes are gone"
    elif measures.lost_thin > 0.15:
        yield f"{_share(measures.lost_thin)} thin strokes are lost"
    if measures.ghosts > 0.15:
        yield "grey shadows appear where nothing was"
    if measures.contrast < 0.6:
        yield "strokes are much paler"
    if measures.sharpness < 0.4:
        yield "edges are very blurred"
    if measures.grain > 1:
        yield "it has become grainy"
    yield from _on_ground(measures)
    if 0.6 <= measures.contrast < 0.8:
        yield "strokes are paler"
    yield from _edges(measures)


def _of_even(measures: Measures) -> Iterator[str]:
    """Of a picture that is one even area, such as a clear sky."""
    error = measures.own_contrast * math.sqrt(measures.contrast_lost)
    if measures.contrast > 1 and error > _MIN_PATTERN:
        yield "a pattern appears where it was even"
    yield from _on_ground(measures)
    yield from _brightness(measures)
    yield from _colours(measures, _MIN_TINT)


def _of_picture(measures: Measures) -> Iterator[str]:
    edges_lost = _edges_lost(measures)
    if measures.own_contrast >= _STRUCTURED_CONTRAST and measures.contrast < 0.3:
        yield "little contrast is left"
    elif measures.sharpness < 0.3 and measures.contrast_lost > 0.15 and _has_lost_shapes(measures):
        yield "only rough shapes are left"
    elif measures.sharpness < 0.6 and edges_lost > _MIN_EDGES_LOST:
        yield "fine detail is lost"
    elif measures.largest >= _LARGE_DIFFERENCE:
        yield "some parts have changed"
    yield from _colours(measures, max(_MIN_TINT, 0.3 * measures.own_colour))
    if measures.grain > 1:
        yield "it has become grainy"
    yield from _brightness(measures)
    if (
        0.3 <= measures.contrast < 0.75
        and measures.own_contrast * (1 - measures.contrast) > _MIN_CONTRAST_LOST
    ):
        yield "light and dark are closer together"
    yield from _on_ground(measures)
    if measures.sharpness >= 0.6 and edges_lost > _MIN_EDGES_LOST:
        yield from _edges(measures)


def _has_lost_shapes(measures: Measures) -> bool:
    """Whether there were shapes, and enough of their edges is lost to be seen at a glance."""
    had_shapes = measures.own_contrast >= _STRUCTURED_CONTRAST and measures.psnr_db < _MIN_ALIKE_DB
    return had_shapes and _edges_lost(measures) > _MIN_SHAPES_LOST


def _edges_lost(measures: Measures) -> float:
    return measures.own_edges * (1 - measures.sharpness)


def _brightness(measures: Measures) -> Iterator[str]:
    if abs(measures.brighter) > 0.06:
        yield "it is brighter" if measures.brighter > 0 else "it is darker"


def _on_ground(measures: Measures) -> Iterator[str]:
    if 0.05 < measures.ghosts <= 0.15 or (measures.ghosts > 0.15 and not measures.drawn):
        yield "faint shadows appear where nothing was"
    if 0.05 < measures.haze <= _MIN_GREY_GROUND or (measures.haze > 0.05 and not measures.drawn):
        yield "black has turned grey"


def _edges(measures: Measures) -> Iterator[str]:
    if 0.4 <= measures.sharpness < 0.65:
        yield "edges are blurred"
    elif 0.65 <= measures.sharpness < 0.85:
        yield "edges are a little soft"


def _colours(measures: Measures, min_tint: float) -> Iterator[str]:
    saturation, own = measures.saturation, measures.own_colour
    if saturation is None:
        return
    if math.isinf(saturation):
        yield "colours appear where none were"
    elif measures.tint > min_tint:
        yield "the colours have changed"
    elif own * abs(1 - saturation) <= _MIN_COLOUR_LOST:
        return
    elif saturation < 0.35 and own > 2 * _MIN_COLOUR_LOST:
        yield "the colours are lost"
    elif saturation < 0.75:
        yield "colours are washed out"
    elif saturation > 1.3:
        yield "colours are stronger"


def _hardly(measures: Measures) -> str:
    """Where nothing was found: how large the differences are."""
    if measures.largest < 0.02:
        return "no difference can be seen"
    if measures.largest < _MIN_VISIBLE_DIFFERENCE and measures.psnr_db > _MIN_ALIKE_DB:
        return "hardly any difference can be seen"
    is_small = measures.largest < _LARGE_DIFFERENCE and measures.psnr_db > _MIN_SMALL_DB
    return "small differences can be seen" if is_small else "differences can be seen"


def _share(share: float) -> str:
    for least, words in ((0.95, "all"), (0.65, "most of the"), (0.35, "half of the"), (0.0, "some of the")):
        if share >= least:
            return words
    return ""


def _decibels(psnr_db: float) -> str:
    return "exact" if math.isinf(psnr_db) else decibels(psnr_db)
