"""An image whose code is looked at: a test image, or what was drawn on the pad."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from autoenc import datasets
from autoenc.schema import Run
from ui.core import drawings
from ui.core.links import whole

DRAWING = -1  # in place of the number of a test image; in an address `drawing`


@dataclass(frozen=True, eq=False)
class Subject:
    """As a model takes it."""

    number: int  # of the test image, or DRAWING
    title: str  # "Test image 7: 9"
    class_index: int | None  # None: nobody has said what was drawn
    image: np.ndarray = field(repr=False)  # uint8 (C, H, W)


def subject(run: Run, number: int) -> Subject | None:
    """The test image of this number, the last where there are fewer; None: nothing of this size is drawn."""
    if number == DRAWING:
        return _drawing(run)
    data = datasets.load(run.config.dataset)
    number = min(number, len(data.test) - 1)
    class_index = int(data.test_labels[number])
    title = f"Test image {number:,}: {data.class_names[class_index]}"
    return Subject(number, title, class_index, np.array(data.test[number]))


def _drawing(run: Run) -> Subject | None:
    drawn = drawings.latest()
    channels, *size = run.model.image_shape
    grey = None if drawn is None else drawn.pictures.get((size[0], size[1]))
    return None if grey is None else Subject(DRAWING, "Your drawing", None, np.repeat(grey, channels, 0))


def number_of(name: str, text: str) -> int:
    """What an address says; raises ConfigError."""
    return DRAWING if text == "drawing" else whole(name, text)


def text_of(number: int) -> str:
    """The inverse of `number_of`."""
    return "drawing" if number == DRAWING else str(number)
