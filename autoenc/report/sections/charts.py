"""Blocks that several experiments show: a printed model, loss curves, reconstructions, loss by size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autoenc import captions, models, plots
from autoenc.captions import code_sizes, configs
from autoenc.numerals import counted
from autoenc.plots import Axes
from autoenc.report.blocks import Block, Chart, Pictures, Printed, Strip, untitled
from autoenc.report.results import Results
from autoenc.report.sections import planned, strips, tables
from autoenc.schema import BaselineCurve, DatasetInfo, Point, Run, TrainConfig


def printed(results: Results, data: DatasetInfo, config: TrainConfig) -> Iterator[Printed]:
    """A model as a program prints it; nothing where its images are not here."""
    images = results.data(data)
    if images is not None:
        info = models.describe(config, images.image_shape)
        key = f"{config.model}-model-{config.latent_size}"
        yield Printed(key, configs.short(config), str(info), code_sizes.model_caption(info))


def loss_curves(key: str, runs: Sequence[Run], caption: str) -> Iterator[Chart]:
    """Training and test loss of each run, then the test losses of all in one chart.

    Args:
        caption: what tells the runs apart.
    """
    names = names_of(runs)
    for name, run in zip(names, runs, strict=True):
        own_key = f"{key}-{run.config.latent_size}{stride_key(run.config)}"
        own = captions.training.loss_caption(run)
        figure = untitled(plots.loss_curve(run))
        yield Chart(own_key, f"{name}: training and test loss", figure, tables.steps(own_key, run), own)
    if len(runs) > 1:
        together = f"{key}-together"
        figure = untitled(plots.comparison(dict(zip(names, runs, strict=True))))
        yield Chart(together, "Which is ahead, and when?", figure, tables.epochs(together, runs), caption)


def names_of(runs: Sequence[Run]) -> tuple[str, ...]:
    """`Conv 1`, `Conv 128`, `Conv 1, stride 1`: the stride where it is not the usual one."""
    return tuple(f"{configs.short(run.config)}{_stride_name(run.config)}" for run in runs)


def _stride_name(config: TrainConfig) -> str:
    return f", stride {config.stride}" if config.stride != TrainConfig.stride else ""


def stride_key(config: TrainConfig) -> str:
    """Of a block that is one of several strides."""
    return f"-stride-{config.stride}" if config.stride != TrainConfig.stride else ""


def reconstructions(
    key: str, results: Results, data: DatasetInfo, sizes: Sequence[TrainConfig]
) -> Iterator[Pictures]:
    """The first test images above what each trained model makes of them; nothing where none is trained."""
    runs = [run for run in map(results.run, sizes) if run is not None]
    images = results.data(data)
    if not runs or images is None:
        return
    x, _ = strips.last_previews(runs[0])
    names = strips.class_names(images, images.test_labels[: len(x)])
    rows: list[Strip] = [strips.strip("Original", x, names)]
    errors = []
    for run in runs:
        _, x_hat = strips.last_previews(run)
        values = strips.psnr_db(x, x_hat)
        rows.append(strips.strip(configs.short(run.config), x_hat, strips.in_decibels(values)))
        errors.append((run.run_id, values))
    caption = " ".join([code_sizes.quality_caption(runs), *map(strips.verdict, runs)])
    title = f"The first {counted(len(x), 'test image')}"
    yield Pictures(key, title, tuple(rows), caption, tables.picture_errors(key, names, errors))


def loss_by_size(
    key: str,
    results: Results,
    data: DatasetInfo,
    sizes: Sequence[TrainConfig],
    others: Sequence[TrainConfig] = (),
) -> Iterator[Block]:
    """Test loss by latent size, and a close-up of the large sizes; nothing where none is trained.

    PCA stands beside codes of as many numbers as they have channels only where both are the same; else there
    is one more chart, by numbers in the code.

    Args:
        others: of another model, beside these in the chart by numbers in the code.
    """
    points = planned.points(results, data, sizes)
    if not points:
        return
    beside = planned.baselines(results, data, sizes[0].train_images)
    drawn = [curve for curve in beside if not curve.has_code or _counts_numbers(points)]
    caption = captions.sweep.loss_caption(points, beside)
    figure = untitled(plots.loss_by_size(points, drawn, Axes(), caption=caption))
    yield Chart(key, "What does a larger code gain?", figure, tables.sizes(key, points, drawn), caption)
    yield _large_sizes(f"{key}-large", points, drawn)
    if not _counts_numbers(points):
        yield _by_code(f"{key}-code", (*results.points(others), *points), beside)


def time_by_size(
    key: str, title: str, results: Results, data: DatasetInfo, configs: Sequence[TrainConfig]
) -> Iterator[Chart]:
    """Training time by latent size; nothing where none is trained."""
    points = planned.points(results, data, configs)
    if points:
        finished = [point for point in points if point.finished]  # of these it is certain how they were timed
        sentences = captions.sweep.time_caption(points), captions.sweep.timing_caption(finished)
        caption = " ".join(filter(None, sentences))
        figure = plots.time_by_size(points, Axes(), caption=caption)
        yield Chart(key, title, untitled(figure), tables.sizes(key, points), caption)


def _large_sizes(key: str, points: Sequence[Point], beside: Sequence[BaselineCurve]) -> Chart:
    caption = captions.sweep.large_caption(points)
    figure = untitled(plots.loss_at_large_sizes(points, beside, Axes(), caption=caption))
    title = "The large sizes, on an axis of their own"
    return Chart(key, title, figure, tables.sizes(key, points, beside), caption)


def _by_code(key: str, points: Sequence[Point], beside: Sequence[BaselineCurve]) -> Chart:
    caption = captions.sweep.code_caption(points, beside)
    figure = untitled(plots.loss_by_code(points, beside, Axes(), caption=caption))
    title = "How many numbers do these codes have?"
    return Chart(key, title, figure, tables.sizes(key, points, beside), caption)


def _counts_numbers(points: Sequence[Point]) -> bool:
    """Whether a latent size is the numbers in the code."""
    return all(point.n_latents == point.config.latent_size for point in points)
