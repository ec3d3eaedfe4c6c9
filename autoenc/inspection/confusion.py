"""What is read in the test images against what is read in their reconstructions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Classes = NDArray[np.intp]  # (B,) class indices
Counts = NDArray[np.intp]  # (classes, classes)
Confidences = NDArray[np.float32]  # (B,) 0 to 1


def confusion_counts(originals: Classes, reconstructions: Classes, n_classes: int) -> Counts:
    """How many images are read as one class (rows), and after reconstruction as another (columns)."""
    counts = np.zeros((n_classes, n_classes), np.intp)
    np.add.at(counts, (originals, reconstructions), 1)
    return counts


def changed_readings(counts: Counts) -> list[tuple[int, int, int]]:
    """(class read before, class read after, images) where the two differ, the most frequent first."""
    rows, columns = np.nonzero(counts - np.diag(np.diag(counts)))
    pairs = zip(rows.tolist(), columns.tolist(), counts[rows, columns].tolist(), strict=True)
    return sorted(pairs, key=lambda pair: -pair[2])


def most_changed(counts: Counts, n: int) -> Classes:
    """The n classes from which and to which most readings change, in their own order."""
    off_diagonal = counts - np.diag(np.diag(counts))
    n_changes = off_diagonal.sum(0) + off_diagonal.sum(1)
    return np.sort(np.argsort(-n_changes, kind="stable")[:n])


def images_read(
    originals: Classes, reconstructions: Classes, confidences: Confidences, before: int, after: int
) -> NDArray[np.intp]:
    """The numbers of the images that are read as `before`, and after reconstruction as `after`; surest first.

    Args:
        originals, reconstructions: (N,) the class that each is taken for.
        confidences: (N,) in the reconstructions, 0 to 1.
    """
    return _surest_first((originals == before) & (reconstructions == after), confidences)


def no_longer_recognised(
    labels: NDArray[np.uint8], originals: Classes, reconstructions: Classes, confidences: Confidences
) -> NDArray[np.intp]:
    """The numbers of the images that are read as what they are, and as something else after reconstruction.

    Args:
        labels: (B,) the true classes.
        confidences: in the reconstructions: the surest mistakes come first.
    """
    return _surest_first((originals == labels) & (reconstructions != labels), confidences)


def _surest_first(chosen: NDArray[np.bool_], confidences: Confidences) -> NDArray[np.intp]:
    images = np.flatnonzero(chosen)
    return images[np.argsort(-confidences[images], kind="stable")]
