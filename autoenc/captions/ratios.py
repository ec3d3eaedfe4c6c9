"""A ratio as people tell it."""

from __future__ import annotations

from autoenc.numerals import percent, short

MIN_CHANGE = 0.03  # a smaller change is none
_MIN_FACTOR = 1.8  # from here on `3 times`; below, `a fifth more`
_PARTS = {
    1 / 10: "a tenth",
    1 / 8: "an eighth",
    1 / 5: "a fifth",
    1 / 4: "a quarter",
    1 / 3: "a third",
    2 / 5: "two fifths",
    1 / 2: "half",
    3 / 5: "three fifths",
    2 / 3: "two thirds",
    3 / 4: "three quarters",
}


def times_text(ratio: float) -> str:
    """Of a positive ratio: `a fifth more`, `a third less`, `half`, `twice`, `3.2 times`, `7 times less`."""
    if abs(ratio - 1) <= MIN_CHANGE:
        return "the same"
    if 1 < ratio < _MIN_FACTOR:
        return f"{_part(ratio - 1)} more"
    if ratio > 1:
        return "twice" if 1.95 <= ratio < 2.05 else f"{short(ratio)} times"
    if ratio >= 0.55:
        return f"{_part(1 - ratio)} less"
    return _PARTS[1 / 2] if ratio > 0.475 else f"{short(1 / ratio)} times less"


def amount(ratio: float, of: str) -> str:
    """`twice the time`, `a fifth more loss`, `the same time`."""
    text = times_text(ratio)
    return f"{text} {of}" if text.endswith(("more", "less", "same")) else f"{text} the {of}"


def changes(ratio: float) -> str:
    """What an amount does that changes by this factor: `halves`, `falls by a third`, `doubles`."""
    text = times_text(ratio)
    verb = {"the same": "stays the same", "half": "halves", "twice": "doubles"}
    if text in verb:
        return verb[text]
    if text.endswith(" times"):
        return f"grows to {text} as much"
    if text.endswith(" times less"):
        return f"becomes {text.removesuffix(' less')} smaller"
    part, _, direction = text.rpartition(" ")
    return f"{'grows' if direction == 'more' else 'falls'} by {part}"


def _part(share: float) -> str:
    nearest = min(_PARTS, key=lambda part: abs(part - share))
    return _PARTS[nearest] if abs(nearest - share) <= 0.015 else percent(round(share, 2))
