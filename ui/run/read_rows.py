"""What a recogniser reads, under rows of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autoenc import captions, datasets
from autoenc.recognition import Readings
from autoenc.schema import RecogniserSummary, Run
from ui.components.pictures import PictureRow
from ui.core import recognisers


def of_run(rows: list[PictureRow], run: Run) -> list[PictureRow]:
    """As `read_rows`, of images of a run's data set; as they were where nobody reads them."""
    recogniser = recognisers.for_run(run)
    return (
        rows
        if recogniser is None
        else read_rows(rows, datasets.load(run.config.dataset).class_names, recogniser)
    )


def read_rows(
    rows: Sequence[PictureRow], names: Sequence[str], recogniser: RecogniserSummary
) -> list[PictureRow]:
    """The rows with what is read in each image; marked where that is not what is read in the first row.

    Args:
        rows: the originals first; a film is read frame by frame.
        names: of all classes.
    """
    read = [recognisers.read(recogniser, _images(row)) for row in rows]
    others = (read_row(*one, names, read[0]) for one in zip(rows[1:], read[1:], strict=True))
    return [read_row(rows[0], read[0], names), *others]


def read_row(
    row: PictureRow, read: Readings, names: Sequence[str], originals: Readings | None = None
) -> PictureRow:
    """The row with what is read above its notes and behind its hints.

    Args:
        read: in its images, of a film frame after frame.
        originals: what is read in the same images before: the notes of the others are marked; None: these
            are the originals.
    """
    changed = None
    if originals is not None:
        changed = read.classes != np.resize(originals.classes, len(read.classes))
    notes = captions.readings.notes(names, read.classes, read.confidences, changed)
    hints = captions.readings.hints(names, read.classes, read.confidences)
    below, before = row.notes or [""] * len(notes), row.hints or [row.label] * len(hints)
    return replace(
        row,
        notes=tuple(map(str.rstrip, map("{}\n{}".format, notes, below))),
        hints=tuple(map("{}, {}".format, np.resize(np.array(before, object), len(hints)), hints)),
        marked=None if changed is None else tuple(changed.tolist()),
    )


def _images(row: PictureRow) -> np.ndarray:
    """(F x B, C, H, W)."""
    return row.images.reshape(-1, *row.images.shape[-3:])
