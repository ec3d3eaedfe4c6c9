"""The real compression rate: codes as files of bytes, beside PCA and the image codecs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from autoenc import plots
from autoenc.captions import compression, configs
from autoenc.compression import CODECS
from autoenc.experiments import settings, steps
from autoenc.experiments.work import CODECS as BESIDE
from autoenc.report import rates
from autoenc.report.blocks import Block, Cell, Chart, Table, untitled
from autoenc.report.results import Results
from autoenc.schema import RateCurve, RatePoint, RunSummary, TrainConfig


def blocks(results: Results) -> Iterator[Block]:
    """Nothing where no code has been weighed."""
    lab = results.lab
    runs = [run for config in settings.weighed(lab) if (run := results.summary(config)) is not None]
    sources: tuple[TrainConfig | str, ...] = (*(run.config for run in runs), *BESIDE)
    known = results.values(steps.rates(source, lab.grey) for source in sources)
    curves: dict[str, RateCurve] = {curve.source: curve for curve in known if curve.points}
    weighed = [run for run in runs if run.run_id in curves]
    if not weighed:
        return
    own = min(weighed, key=lambda run: run.test_mse or math.inf)  # at its quality the others are compared
    names = rates.names_of(weighed)
    ordered = [curves[own.run_id], *(curve for source, curve in curves.items() if source != own.run_id)]
    _, height, width = lab.grey.image_shape
    caption = " ".join(rates.sentences(own, ordered, names))
    figure = untitled(plots.psnr_by_rate(rates.lines(ordered, names), height * width, caption=caption))
    title = f"Bytes and quality: {names[own.run_id]} beside other models and image codecs"
    yield Chart("bytes", title, figure, _every_point(ordered, names), caption)
    yield _at_one_quality(own, ordered, names)


def _at_one_quality(own: RunSummary, curves: Sequence[RateCurve], names: dict[str, str]) -> Table:
    """Of each way to compress the fewest bytes that come near the quality of this run."""
    n_pixels = math.prod(own.image_shape)
    near = [(curve, curve.near(own.test_mse or math.nan)) for curve in curves]
    chosen = [(curve, point) for curve, point in near if point is not None]
    rows: list[tuple[Cell, ...]] = [
        (
            _title(curve, names),
            point.bytes_per_image,
            n_pixels / point.bytes_per_image,
            _psnr(point),
            curve.source,
        )
        for curve, point in sorted(chosen, key=lambda way: way[1].bytes_per_image)
    ]
    columns = ("stored as", "bytes per image", "times smaller than the pixels", "PSNR (dB)", "run or codec")
    title = f"An image in bytes, about as good as {configs.short(own.config)} or better"
    weighed = next((point for curve, point in chosen if curve.source == own.run_id), None)
    others = [(rates.name_of(curve, names), point) for curve, point in chosen if curve.source in CODECS]
    caption = compression.real_rate_caption(
        configs.short(own.config), own.n_latents, n_pixels, weighed, others
    )
    return Table("bytes-at-one-quality", title, columns, tuple(rows), caption)


def _every_point(curves: Sequence[RateCurve], names: dict[str, str]) -> Table:
    columns = (
        "stored as",
        "step or quality",
        "bytes per image",
        "PSNR (dB)",
        "MSE per pixel",
        "test images",
        "run or codec",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            _title(curve, names),
            point.knob,
            point.bytes_per_image,
            _psnr(point),
            point.mse,
            point.n_images,
            curve.source,
        )
        for curve in curves
        for point in curve.points
    ]
    return Table("bytes", "Bytes and quality", columns, tuple(rows))


def _psnr(point: RatePoint) -> Cell:
    return point.psnr_db if math.isfinite(point.psnr_db) else None  # an exact copy


def _title(curve: RateCurve, names: dict[str, str]) -> str:
    """`MLP 32`, `JPEG, tiled`, `PNG, alone (exact)`."""
    if curve.source in names:
        return names[curve.source]
    codec = CODECS[curve.source]
    return f"{codec.title} (exact)" if codec.lossless else codec.title
