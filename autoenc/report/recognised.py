"""What a recogniser reads of the originals, as lines across a chart: for the page and the report."""

from __future__ import annotations

from autoenc.captions.recognition import share
from autoenc.plots import Level


def levels(originals: float | None, chance: float) -> list[Level]:
    """The share of the originals that is recognised, and that of a guess.

    Args:
        originals, chance: 0 to 1; None: not measured.
    """
    known = [] if originals is None else [Level(f"originals {share(originals)}", originals)]
    return [*known, Level(f"guess {share(chance)}", chance)]
