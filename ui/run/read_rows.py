"""What a recogniser reads, under pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autoenc import captions
from autoenc.recognition import Readings
from ui.components.pictures import PictureRow


def read_row(
    row: PictureRow, names: Sequence[str], read: Readings, originals: Readings | None = None
) -> PictureRow:
    """The row with what is read above its notes, and in its hints where it has none.

    Args:
        names: of all classes.
        read: in its images, of a film frame after frame.
        originals: what is read in the same images before: the notes of the others are marked; None: these
            are the originals.
    """
    changed = None
    if originals is not None:
        changed = read.classes != np.resize(originals.classes, len(read.classes))
    notes = captions.readings.notes(names, read.classes, read.confidences, changed)
    hints = captions.readings.hints(names, read.classes, read.confidences)
    return replace(
        row,
        notes=notes if row.notes is None else tuple(map("{}\n{}".format, notes, row.notes)),
        hints=row.hints or tuple(f"{row.label}, {hint}" for hint in hints),
        marked=None if changed is None else tuple(changed.tolist()),
    )


def of_images(read: Readings, images: np.ndarray) -> Readings:
    """What is read in the images of these numbers."""
    return Readings(read.classes[images], read.confidences[images])
