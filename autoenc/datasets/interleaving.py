"""An order in which the first N images are a fair sample of all classes."""

from __future__ import annotations

from collections.abc import Sequence


def interleaved(counts: Sequence[int]) -> list[tuple[int, int]]:
    """(class index, rank in its class) of every image, each class spread evenly over the whole.

    Args:
        counts: how many images each class has.
    """
    places = [((rank + 0.5) / n, label, rank) for label, n in enumerate(counts) for rank in range(n)]
    return [(label, rank) for _, label, rank in sorted(places)]
