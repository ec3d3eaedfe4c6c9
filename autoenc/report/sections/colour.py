"""Section 5 of the report: images in colour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from autoenc.captions import outlook
from autoenc.experiments import settings
from autoenc.report.blocks import Block
from autoenc.report.results import Results
from autoenc.report.sections import charts, examples


def _images(results: Results) -> Iterator[Block]:
    data = results.data(results.lab.colour)
    if data is not None:
        yield from examples.one_of_each_class("colour-images", data)


def _reconstructions(results: Results) -> Iterator[Block]:
    lab = results.lab
    beside = ""
    if lab.colour.name != lab.grey.name:
        digits = results.points(settings.grey(lab, "mlp", 1, 128))
        beside = outlook.same_code_caption(digits, lab.grey.short_title)
    ours = settings.colour(lab, "mlp", 1, 128)
    for block in charts.reconstructions("colour-reconstructions", results, lab.colour, ours):
        yield replace(block, caption=f"{block.caption} {beside}".strip())


def _curves(results: Results) -> Iterator[Block]:
    data, configs = results.lab.colour, settings.colour_sizes(results.lab)
    yield from charts.loss_by_size("colour-curves", results, data, configs)
    yield from charts.time_by_size("colour-times", "Training time by latent size", results, data, configs)


SECTIONS: Mapping[str, Callable[[Results], Iterator[Block]]] = {
    "colour-images": _images,
    "colour-reconstructions": _reconstructions,
    "colour-curves": _curves,
}
