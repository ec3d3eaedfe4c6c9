"""Sections 1 and 2 of the report: the images, the multilayer perceptron."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from autoenc.captions import code_sizes
from autoenc.experiments import settings
from autoenc.report.blocks import Block
from autoenc.report.results import Results
from autoenc.report.sections import charts, examples, foreign


def _images(results: Results) -> Iterator[Block]:
    data = results.data(results.lab.grey)
    if data is not None:
        yield from examples.one_of_each_class("images", data)


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
    configs = settings.mlp_sizes(results.lab)
    yield from charts.loss_by_size("mlp-sizes", results, results.lab.grey, configs)


SECTIONS: Mapping[str, Callable[[Results], Iterator[Block]]] = {
    "images": _images,
    "mlp-model": _model,
    "mlp-curves": _curves,
    "mlp-images": _reconstructions,
    "mlp-sizes": _sizes,
    "foreign": foreign.blocks,
}
