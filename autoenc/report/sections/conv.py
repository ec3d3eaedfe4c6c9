"""Section 3 of the report: convolutions, training times, a second layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from autoenc import captions
from autoenc.captions import code_sizes
from autoenc.experiments import settings
from autoenc.report.blocks import Block
from autoenc.report.results import Results
from autoenc.report.sections import charts, planned, tables


def _model(results: Results) -> Iterator[Block]:
    for config in settings.grey(results.lab, "conv", 1, 128):
        yield from charts.printed(results, results.lab.grey, config)


def _curves(results: Results) -> Iterator[Block]:
    every = [results.run(config) for config in settings.conv_curves(results.lab)]
    small, large, whole = every
    sentences = [
        code_sizes.curves_caption(small, large) if small is not None and large is not None else "",
        code_sizes.stride_caption(small, whole) if small is not None and whole is not None else "",
    ]
    runs = [run for run in every if run is not None]
    yield from charts.loss_curves("conv-curve", runs, " ".join(filter(None, sentences)))


def _reconstructions(results: Results) -> Iterator[Block]:
    configs = settings.grey(results.lab, "conv", 1, 128)
    yield from charts.reconstructions("conv-images", results, results.lab.grey, configs)


def _sizes(results: Results) -> Iterator[Block]:
    lab = results.lab
    convs, mlps = settings.conv_sizes(lab), settings.mlp_sizes(lab)
    yield from charts.loss_by_size("conv-sizes", results, lab.grey, convs, mlps)


def _times(results: Results) -> Iterator[Block]:
    configs = settings.all_sizes(results.lab)
    title = "What does a larger code cost in time?"
    yield from charts.time_by_size("times", title, results, results.lab.grey, configs)


def _layers(results: Results) -> Iterator[Block]:
    points = planned.points(results, results.lab.grey, settings.one_and_two_layers(results.lab))
    if points:
        caption = captions.sweep.layers_caption(points)
        yield replace(tables.layers("layers", points), caption=caption)


SECTIONS: Mapping[str, Callable[[Results], Iterator[Block]]] = {
    "conv-model": _model,
    "conv-curves": _curves,
    "conv-images": _reconstructions,
    "conv-sizes": _sizes,
    "times": _times,
    "layers": _layers,
}
