"""What a recogniser can still read of the reconstructions, by the size of their code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autoenc import plots
from autoenc.baselines import BASELINES
from autoenc.captions import recognition
from autoenc.experiments import settings, steps
from autoenc.plots import Axes, Reference
from autoenc.recognition.measuring import ORIGINALS
from autoenc.report.blocks import Block, Chart, Table, untitled
from autoenc.report.recognised import levels
from autoenc.report.results import Results
from autoenc.report.sections import planned
from autoenc.schema import ReadingCurve, Recogniser, TrainConfig


def blocks(results: Results) -> Iterator[Block]:
    """Nothing where no reconstruction has been read."""
    lab, reader = results.lab, settings.reader(results.lab)
    configs = settings.mlp_sizes(lab)
    sources: tuple[TrainConfig | str, ...] = (*configs, ORIGINALS, "pca")
    known = results.values(steps.reading(source, reader) for source in sources)
    curves: dict[str, ReadingCurve] = {curve.source: curve for curve in known}
    recogniser = results.value(steps.recogniser(reader))
    points = planned.points(results, lab.grey, configs)
    shares = recognition.accuracies(points, curves)
    if not shares or not isinstance(recogniser, Recogniser):
        return
    sentences = (
        recognition.readable_caption(points, curves, recogniser.class_names, recogniser.accuracy),
        recognition.psnr_caption(points, shares),
        recognition.recogniser_caption(recogniser),
    )
    caption = " ".join(filter(None, sentences))
    references = [Reference(BASELINES[name].title, curves[name]) for name in BASELINES if name in curves]
    figure = untitled(
        plots.accuracy_by_code(
            points,
            shares,
            references,
            levels(recogniser.accuracy, recogniser.chance),
            Axes(),
            caption=caption,
        )
    )
    numbers = _table(tuple(curves.values()))
    yield Chart("recognised", "Share of the reconstructions that is recognised", figure, numbers, caption)


def _table(curves: Sequence[ReadingCurve]) -> Table:
    """A row for each set of pictures that was read."""
    columns = ("pictures", "numbers in the code", "share recognised", "test images", "recogniser")
    rows = tuple(
        (
            curve.source,
            None if curve.source == ORIGINALS else int(reading.at),
            reading.accuracy,
            reading.n_images,
            curve.recogniser_id,
        )
        for curve in curves
        for reading in curve.readings
    )
    return Table("recognised", "Read by a recogniser", columns, rows)
