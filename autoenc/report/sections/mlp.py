"""Sections 1 and 2 of the report: the images, the multilayer perceptron."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from autoenc.captions import code_sizes
from autoenc.datasets import Dataset
from autoenc.experiments import settings
from autoenc.numerals import counted
from autoenc.report.blocks import Block, Pictures, Table
from autoenc.report.results import Results
from autoenc.report.sections import charts, foreign, strips

MAX_CLASSES = 16  # of which an image is shown


def _images(results: Results) -> Iterator[Block]:
    data = results.data(results.lab.grey)
    if data is None:
        return
    shown = [_first_of_class(data, index) for index in range(len(data.class_names))]
    at = np.array([i for i in shown if i is not None][:MAX_CLASSES], np.intp)
    if len(at):
        names = strips.class_names(data, data.test_labels[at])
        row = strips.strip("Test image", data.test[at], names)
        title = f"One image of each of {counted(len(data.class_names), 'class', 'classes')}"
        yield Pictures("images", title, (row,), _images_caption(data), _class_counts(data))


def _first_of_class(data: Dataset, index: int) -> int | None:
    """In the test set; None: it has none of this class."""
    of_class = np.flatnonzero(data.test_labels == index)
    return int(of_class[0]) if len(of_class) else None


def _images_caption(data: Dataset) -> str:
    channels, height, width = data.image_shape
    numbers = counted(data.train[0].size, "number")
    each = f"{height} x {width} pixels, {numbers} in {counted(channels, 'channel')}"
    test = counted(len(data.test), "test image")
    return f"{len(data.train):,} training and {test}, each of {each}. The models never see the test images."


def _class_counts(data: Dataset) -> Table:
    n = len(data.class_names)
    train, test = (np.bincount(labels, minlength=n) for labels in (data.train_labels, data.test_labels))
    rows = tuple((name, int(train[i]), int(test[i])) for i, name in enumerate(data.class_names))
    return Table("images", "Images of each class", ("class", "training images", "test images"), rows)


def _model(results: Results) -> Iterator[Block]:
    for config in settings.grey(results.lab, "mlp", 1, 128):
        yield from charts.printed(results, results.lab.grey, config)


def _curves(results: Results) -> Iterator[Block]:
    runs = [run for run in map(results.run, settings.grey(results.lab, "mlp", 1, 128)) if run is not None]
    caption = code_sizes.curves_caption(*runs) if len(runs) == 2 else ""
    yield from charts.loss_curves("mlp-curve", runs, caption)


def _reconstructions(results: Results) -> Iterator[Block]:
    configs = settings.grey(results.lab, "mlp", 1, 128)
    yield from charts.reconstructions("mlp-images", results, results.lab.grey, configs)


def _sizes(results: Results) -> Iterator[Block]:
    configs = settings.grey(results.lab, "mlp", *results.lab.size.mlp_sizes)
    yield from charts.loss_by_size("mlp-sizes", results, results.lab.grey, configs)


SECTIONS: Mapping[str, Callable[[Results], Iterator[Block]]] = {
    "images": _images,
    "mlp-model": _model,
    "mlp-curves": _curves,
    "mlp-images": _reconstructions,
    "mlp-sizes": _sizes,
    "foreign": foreign.blocks,
}
