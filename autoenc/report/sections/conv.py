"""Section 3 of the report: convolutions, training times, a second layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from autoenc import captions, plots
from autoenc.captions import code_sizes
from autoenc.experiments import settings
from autoenc.plots import Axes
from autoenc.report.blocks import Block, Chart
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
    size = results.lab.size
    convs = settings.grey(results.lab, "conv", *size.conv_sizes)
    mlps = settings.grey(results.lab, "mlp", *size.mlp_sizes)
    yield from charts.loss_by_size("conv-sizes", results, results.lab.grey, convs, mlps)


def _times(results: Results) -> Iterator[Block]:
    lab, data = results.lab, results.lab.grey
    configs = (
        *settings.grey(lab, "mlp", *lab.size.mlp_sizes),
        *settings.grey(lab, "conv", *lab.size.conv_sizes),
    )
    points = planned.points(results, data, configs)
    if points:
        finished = [point for point in points if point.finished]  # of these it is certain how they were timed
        said = captions.sweep.time_caption(points), captions.sweep.timing_caption(finished)
        caption = " ".join(filter(None, said))
        figure = plots.time_by_size(points, Axes(), caption=caption).to_json()
        yield Chart(
            "times", "What does a larger code cost in time?", figure, tables.sizes("times", points), caption
        )


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
