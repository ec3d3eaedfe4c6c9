"""Section 6 of the report, what it left to do: more layers and epochs, other images, a reader, real bytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from autoenc import captions, plots
from autoenc.captions import outlook
from autoenc.experiments import settings
from autoenc.plots import LOSS, Axes
from autoenc.report.blocks import Block, Cell, Chart, Table, untitled
from autoenc.report.results import Results
from autoenc.report.sections import bytes_of_codes, charts, planned, reading, tables
from autoenc.schema import DatasetInfo, Point, Run, Subject, TrainConfig


def _deeper(results: Results) -> Iterator[Block]:
    data, configs = results.lab.grey, settings.deeper(results.lab)
    points = planned.points(results, data, configs)
    if not points:
        return
    beside = planned.baselines(results, data, configs[0].train_images)
    level = next((curve.level for curve in beside if not curve.has_code), None)
    caption = outlook.deeper_caption(points, level)
    figure = untitled(plots.loss_by_code(points, beside, Axes(), caption=caption))
    numbers = tables.sizes("deeper-code", points, beside)
    yield Chart("deeper-code", "Test loss by numbers in the code", figure, numbers, caption)
    yield replace(tables.layers("deeper", points), title="Layer by layer")


def _longer(results: Results) -> Iterator[Block]:
    runs = [results.run(config) for config in settings.longer(results.lab)]
    pairs = list(pairwise(runs))[::2]  # of each model the usual training, then the longer one
    shown = [long_run or usual for usual, long_run in pairs]
    known = [run for run in shown if run is not None]
    if not known:
        return
    sentences = [outlook.longer_caption(usual, long_run) for usual, long_run in pairs]
    caption = " ".join(filter(None, (*sentences, outlook.continued_caption(known))))
    names = captions.configs.short_names([run.config for run in known])
    figure = untitled(plots.comparison(dict(zip(names, known, strict=True))))
    finished = [run for run in runs if run is not None]
    yield Chart("longer", "Test loss by epoch", figure, tables.epochs("longer", finished), caption)
    yield _ends(finished)


def _ends(runs: Sequence[Run]) -> Table:
    """A row a run: what it cost, and where it came to."""
    columns = ("model", "epochs", f"training {LOSS}", f"test {LOSS}", "seconds", "run")
    rows: list[tuple[Cell, ...]] = [
        (
            captions.configs.short(run.config),
            run.config.epochs,
            run.train_loss,
            run.test_mse,
            run.seconds,
            run.run_id,
        )
        for run in runs
    ]
    return Table("longer-ends", "After the last epoch", columns, tuple(rows))


def _hundred(results: Results) -> Iterator[Block]:
    lab = results.lab
    configs, ten = settings.hundred(lab), settings.colour(lab, "mlp", 1, 128)
    beside = outlook.same_code_caption(results.points(ten), lab.colour.short_title)
    for block in charts.reconstructions("hundred", results, lab.hundred, configs):
        yield replace(block, caption=f"{block.caption} {beside}".strip())
    points = results.points((*configs, *ten))
    if any(point.config.dataset == lab.hundred.name for point in points):
        yield tables.data_sets("hundred-losses", _titled(points, lab.hundred, lab.colour))


def _titled(points: Sequence[Point], *infos: DatasetInfo) -> list[tuple[str, Point]]:
    titles = {info.name: info.short_title for info in infos}
    return [(titles[point.config.dataset], point) for point in points]


def _second(results: Results) -> Iterator[Block]:
    lab = results.lab
    grey = _subject(results, lab.grey, (settings.mlp_sizes(lab), settings.conv_sizes(lab)))
    mlps = settings.colour(lab, "mlp", *lab.size.colour_mlp_sizes)
    convs = settings.colour(lab, "conv", *lab.size.colour_conv_sizes)
    colour = _subject(results, lab.colour, (mlps, convs))
    both = (colour, grey)
    if not all(subject.lines for subject in both):
        return
    names = f"● {colour.name}, ○ {grey.name}"
    points = [(subject.name, point) for subject in both for line in subject.lines for point in line]
    sentences = [f"{s.name}, {captions.sweep.time_caption(_points(s))}" for s in both if _points(s)]
    caption = " ".join(filter(None, (*sentences, outlook.company_caption(point for _, point in points))))
    figure = untitled(plots.times_of_both(both, caption=caption))
    table = tables.data_sets("second-times", points)
    yield Chart("second-times", f"Training time of both: {names}", figure, table, caption)
    caption = captions.equal.equal_caption(*both)
    figure = untitled(plots.error_at_equal(both, "ratio", "mse", caption=caption))
    table = tables.data_sets("second-equal", points)
    yield Chart("second-equal", f"Error at equal compression: {names}", figure, table, caption)


def _subject(results: Results, data: DatasetInfo, lines: Sequence[tuple[TrainConfig, ...]]) -> Subject:
    """What the lab knows of the compression of these images."""
    known = (results.points(configs) for configs in lines)
    beside = planned.baselines(results, data, lines[0][0].train_images)
    n_pixels = math.prod(data.image_shape)
    return Subject(data.short_title, n_pixels, tuple(line for line in known if line), beside)


def _points(subject: Subject) -> list[Point]:
    return [point for line in subject.lines for point in line]


SECTIONS: Mapping[str, Callable[[Results], Iterator[Block]]] = {
    "deeper": _deeper,
    "longer": _longer,
    "hundred": _hundred,
    "recogniser": reading.blocks,
    "second": _second,
    "bytes": bytes_of_codes.blocks,
}
