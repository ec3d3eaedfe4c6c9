"""What the eye would notice -> one sentence, the gravest first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from autoenc.captions.images.differences import Image, Measures, measure
from autoenc.numerals import decibels

MAX_FINDINGS = 2  # in a sentence


@dataclass(frozen=True)
class Reading:
    """What a reader takes the two pictures for: names of classes."""

    label: str  # what it truly is
    x: str
    x_hat: str


@dataclass(frozen=True)
class Verdict:
    """A reconstruction in words."""

    psnr_db: float  # inf: it came back exactly
    sentence: str  # "18.2 dB: still reads as a 7; half of the thin strokes are lost, edges are blurred"
    misread: str = ""  # "reads 9": where the reader takes it for something else now
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
    findings = (
        [ruin] if ruin else [*(_of_drawing if measures.drawn else _of_picture)(measures)][:MAX_FINDINGS]
    )
    clauses, misread = [", ".join(findings) or _hardly(measures)], ""
    if reading is not None and reading.x == reading.label and measures.contrast >= _MIN_CONTRAST:
        if reading.x_hat == reading.label and not ruin:
            clauses.insert(0, _still(reading, measures.drawn))
        elif (
            reading.x_hat != reading.label and measures.largest >= _MIN_VISIBLE_DIFFERENCE
        ):  # else the reader wavered
            clauses.insert(0, _now(reading, measures.drawn))
            misread = f"reads {reading.x_hat}"
    sentence = f"{_decibels(measures.psnr_db)}: {'; '.join(clauses)}"
    return Verdict(measures.psnr_db, sentence, misread, measures=measures)


def note(verdict: Verdict) -> str:
    """What fits under a thumbnail: `18.2 dB`, and in a second line `reads 9` where it was no 9."""
    return "\n".join(filter(None, (_decibels(verdict.psnr_db), verdict.misread)))


_MIN_CONTRAST = 0.12  # of the contrast: less is an even ground
_MIN_VISIBLE_DIFFERENCE = 0.12  # of a difference: less is hardly seen


def _ruin(measures: Measures) -> str:
    """What is to be said where nothing more is worth saying; empty: there is something left."""
    if measures.contrast < _MIN_CONTRAST:
        return "nothing is left of it"
    if measures.drawn and measures.sharpness < 0.22 and measures.likeness < 0.67 and measures.contrast < 0.67:
        return "only a grey cloud is left"
    if not measures.drawn and measures.sharpness < 0.08:
        return "only patches of light and dark are left"
    return ""


def _of_drawing(measures: Measures) -> Iterator[str]:
    if measures.likeness < 0.72:
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


def _of_picture(measures: Measures) -> Iterator[str]:
    if measures.contrast < 0.3:
        yield "hardly anything stands out"
    elif measures.sharpness < 0.3:
        yield "only rough shapes are left"
    elif measures.sharpness < 0.6:
        yield "fine detail is lost"
    yield from _colours(measures)
    if measures.grain > 1:
        yield "it has become grainy"
    if abs(measures.brighter) > 0.06:
        yield "it is brighter" if measures.brighter > 0 else "it is darker"
    if measures.contrast < 0.75:
        yield "light and dark are closer together"
    yield from _on_ground(measures)
    if measures.sharpness >= 0.6:
        yield from _edges(measures)


def _on_ground(measures: Measures) -> Iterator[str]:
    if 0.05 < measures.ghosts <= 0.15 or (measures.ghosts > 0.15 and not measures.drawn):
        yield "faint shadows appear where nothing was"
    if measures.haze > 0.05:
        yield "black has turned grey"


def _edges(measures: Measures) -> Iterator[str]:
    if 0.4 <= measures.sharpness < 0.65:
        yield "edges are blurred"
    elif 0.65 <= measures.sharpness < 0.85:
        yield "edges are a little soft"


def _colours(measures: Measures) -> Iterator[str]:
    if measures.saturation is None:
        return
    if measures.saturation < 0.35:
        yield "the colours are lost"
    elif measures.saturation < 0.75:
        yield "colours are washed out"
    elif math.isinf(measures.saturation):
        yield "colours appear where none were"
    elif measures.saturation > 1.3:
        yield "colours are stronger"


def _hardly(measures: Measures) -> str:
    if measures.largest < 0.02:
        return "no difference can be seen"
    return (
        "hardly any difference can be seen"
        if measures.largest < _MIN_VISIBLE_DIFFERENCE
        else "small differences can be seen"
    )


def _share(share: float) -> str:
    for least, words in ((0.95, "all"), (0.65, "most of the"), (0.35, "half of the"), (0.0, "some of the")):
        if share >= least:
            return words
    return ""


def _still(reading: Reading, drawn: bool) -> str:
    return f"still {_taken_for(drawn)} {_one(reading.label)}"


def _now(reading: Reading, drawn: bool) -> str:
    return f"now {_taken_for(drawn)} {_one(reading.x_hat)}, it was {_one(reading.label)}"


def _taken_for(drawn: bool) -> str:
    return "reads as" if drawn else "passes for"


def _one(name: str) -> str:
    vowel = name[:1].lower() in set("aeiou") or name in ("8", "11", "18")
    return f"{'an' if vowel else 'a'} {name}"


def _decibels(psnr_db: float) -> str:
    return "exact" if math.isinf(psnr_db) else decibels(psnr_db)
