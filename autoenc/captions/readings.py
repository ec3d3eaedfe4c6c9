"""What a recogniser reads in a run's test images and in its reconstructions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autoenc.captions.recognition import share
from autoenc.numerals import counted, listed, with_article

SURE = 0.9  # of what it reads: from here on an image counts as legible
MAX_NAME = 12  # letters of a class under a picture
MAX_CHANGES = 2  # in a sentence
CHANGED = "≠"  # before what is read in a reconstruction and was not in its original

Classes = NDArray[np.intp]  # (B,) class indices
Confidences = NDArray[np.float32]  # (B,) 0 to 1


def sure(confidence: float) -> str:
    """`61 %`; a recogniser is never quite sure."""
    return f"{min(99, round(100 * confidence))} %"


def notes(
    names: Sequence[str], classes: Classes, confidences: Confidences, changed: NDArray[np.bool_] | None = None
) -> tuple[str, ...]:
    """What stands under each picture: `9: 61 %`, on two lines where names are long; `≠9: 61 %` if changed.

    Args:
        names: of all classes.
        changed: (B,) whether something else is read in the original; None: these are the originals.
    """
    marks = np.zeros(len(classes), bool) if changed is None else changed
    gap = ": " if max(map(len, names)) <= 2 else "\n"
    return tuple(
        f"{CHANGED if mark else ''}{shortened(names[index])}{gap}{sure(confidence)}"
        for index, confidence, mark in zip(classes, confidences, marks, strict=True)
    )


def hints(names: Sequence[str], classes: Classes, confidences: Confidences) -> tuple[str, ...]:
    """The same in full: `recognised as 9, 61 % sure`."""
    pairs = zip(classes, confidences, strict=True)
    return tuple(f"recognised as {names[index]}, {sure(confidence)} sure" for index, confidence in pairs)


def accuracy_caption(
    labels: NDArray[np.uint8], originals: Classes, reconstructions: Classes, noisy: bool
) -> str:
    """`Originals: 99.2 % recognised. After compression: 95.8 %.`

    Args:
        labels: (B,) the true classes.
        noisy: the run's input is noisy.
    """
    before, after = (share(float((read == labels).mean())) for read in (originals, reconstructions))
    what = "Reconstructed from noisy images" if noisy else "After compression"
    return f"Originals: {before} recognised. {what}: {after}."


def changes_caption(names: Sequence[str], changes: Sequence[tuple[int, int, int]], n_images: int) -> str:
    """How many readings change, and which classes are confused first.

    Args:
        changes: (class read before, class read after, images), the most frequent first.
        n_images: that were read.
    """
    if not changes:
        return f"All {n_images:,} reconstructions are recognised as what their originals are recognised as."
    n = sum(n for *_, n in changes)
    which, whose = (
        ("1 reconstruction is", "its original")
        if n == 1
        else (
            f"{n:,} of {n_images:,} reconstructions are",
            "their originals",
        )
    )
    sentence = f"{which} recognised differently from {whose}."
    if changes[0][2] == 1:
        return sentence
    frequent = [change for change in changes[:MAX_CHANGES] if change[2] > 1]
    pairs = [_change(names, change, "" if i else " is read") for i, change in enumerate(frequent)]
    return f"{sentence} Most often {listed(pairs)}."


def cell_captions(names: Sequence[str], before: int, after: int, n: int, n_shown: int) -> tuple[str, str]:
    """What the images of a cell have in common, and which of them are shown."""
    title = f"Read as {names[before]}, after reconstruction as {names[after]}"
    if before == after:
        title = f"Read as {names[before]} before and after reconstruction"
    shown = counted(n, "image") if n_shown == n else f"the {n_shown} surest of {counted(n, 'image')}"
    return title, shown


def _change(names: Sequence[str], change: tuple[int, int, int], verb: str) -> str:
    before, after, n = change
    return f"{with_article(names[before])}{verb} as {with_article(names[after])} ({counted(n, 'image')})"


def shortened(name: str) -> str:
    """Without its middle where it is long: many differ at their ends."""
    half = MAX_NAME // 2
    return name if len(name) <= MAX_NAME else f"{name[:half]}…{name[1 - half :]}"
