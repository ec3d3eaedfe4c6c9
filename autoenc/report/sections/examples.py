"""The images of a data set: one of each class, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoenc.datasets import Dataset
from autoenc.numerals import counted
from autoenc.report.blocks import Pictures, Table
from autoenc.report.sections import strips

MAX_CLASSES = 16  # of which an image is shown


def one_of_each_class(key: str, data: Dataset) -> Iterator[Pictures]:
    """The first test image of each class; nothing where there are none."""
    shown = [_first_of_class(data, index) for index in range(len(data.class_names))]
    at = np.array([i for i in shown if i is not None][:MAX_CLASSES], np.intp)
    if len(at):
        names = strips.class_names(data, data.test_labels[at])
        row = strips.strip("Test image", data.test[at], names)
        title = f"One image of each of {counted(len(data.class_names), 'class', 'classes')}"
        yield Pictures(key, title, (row,), _caption(data), _class_counts(key, data))


def _first_of_class(data: Dataset, index: int) -> int | None:
    """In the test set; None: it has none of this class."""
    of_class = np.flatnonzero(data.test_labels == index)
    return int(of_class[0]) if len(of_class) else None


def _caption(data: Dataset) -> str:
    channels, height, width = data.image_shape
    numbers = counted(data.train[0].size, "number")
    each = f"{height} x {width} pixels, {numbers} in {counted(channels, 'channel')}"
    test = counted(len(data.test), "test image")
    return f"{len(data.train):,} training and {test}, each of {each}. The models never see the test images."


def _class_counts(key: str, data: Dataset) -> Table:
    n = len(data.class_names)
    train, test = (np.bincount(labels, minlength=n) for labels in (data.train_labels, data.test_labels))
    rows = tuple((name, int(train[i]), int(test[i])) for i, name in enumerate(data.class_names))
    return Table(key, "Images of each class", ("class", "training images", "test images"), rows)
