"""Section 4 of the report: noisy images through two layers, trained on clean images and on noisy ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from autoenc import captions, denoising, plots
from autoenc.datasets import Dataset
from autoenc.denoising import Denoise, Denoised
from autoenc.experiments import settings, steps
from autoenc.numerals import decibels, listed, setting
from autoenc.plots import COLOUR, Line
from autoenc.report.blocks import Block, Chart, Pictures, untitled
from autoenc.report.results import Results
from autoenc.report.sections import strips, tables
from autoenc.schema import Curve, TrainConfig

N_IMAGES = 16
SEED = 0  # of the noise in the pictures


@dataclass(frozen=True)
class Method:
    """What noisy images go through."""

    name: str
    colour: str  # its name in COLOUR
    source: TrainConfig | str  # of a model; or one of METHODS


def methods(results: Results) -> tuple[Method, ...]:
    """As they are, through the report's model, through one that was trained on noise."""
    return (
        Method("Noisy", "noisy", "noisy"),
        Method("Trained on clean images", "plain", settings.plain(results.lab)),
        Method("Trained on noise", "denoiser", settings.denoiser(results.lab)),
    )


def _blocks(results: Results) -> Iterator[Block]:
    data = results.data(results.lab.grey)
    if data is None:
        return
    ways = [(method, way) for method in methods(results) if (way := _way(method, results)) is not None]
    if len(ways) > 1:  # else there is only noise
        for level in (settings.MODERATE, settings.HIGH):
            yield _pictures(data, level, ways)
    yield from _curves(results)


def _way(method: Method, results: Results) -> tuple[str, Denoise] | None:
    """Its run or name, and what it does; None: it is not trained."""
    if isinstance(method.source, str):
        return method.source, lambda x: x
    trained = results.trained(method.source)
    return None if trained is None else (trained.run.run_id, denoising.model_denoiser(trained))


def _pictures(data: Dataset, level: float, ways: list[tuple[Method, tuple[str, Denoise]]]) -> Pictures:
    x = np.array(data.test[:N_IMAGES])
    unit = denoising.unit_noise(x.shape, SEED)
    names = strips.class_names(data, data.test_labels[: len(x)])
    made: list[tuple[Method, str, Denoised]] = [
        (method, run, denoising.denoised(x, unit, settings.NOISE, level, denoise))
        for method, (run, denoise) in ways
    ]
    rows = [strips.strip("Original", x, names)]
    rows += [strips.strip(one.name, d.x_hat, strips.in_decibels(d.psnr_db)) for one, _, d in made]
    key = f"noise-{round(100 * level)}"
    numbers = tables.picture_errors(key, names, [(run, d.psnr_db) for _, run, d in made])
    title = f"{'Moderate' if level == settings.MODERATE else 'High'} noise, level {setting(level)}"
    return Pictures(key, title, tuple(rows), _pictures_caption(made), numbers)


def _pictures_caption(made: list[tuple[Method, str, Denoised]]) -> str:
    """`PSNR of these 16 images: noisy 11 dB, trained on clean images 13 dB and ...`."""
    each = [f"{method.name[0].lower()}{method.name[1:]} {decibels(d.mean_psnr_db)}" for method, _, d in made]
    n = len(made[0][2].psnr_db)
    return f"PSNR of these {n} images together: {listed(each)}."


def _curves(results: Results) -> Iterator[Block]:
    lines = []
    for method in methods(results):
        curve: Curve | None = results.value(
            steps.curve(method.source, results.lab.grey, settings.NOISE, settings.levels())
        )
        if curve is not None:
            lines.append(Line(method.name, COLOUR[method.colour], curve))
    if len(lines) < 2:  # there is only noise
        return
    caption = _curves_caption(results, lines)
    figure = untitled(plots.quality_curves(lines, "psnr", caption=caption))
    numbers = tables.curves("noise-curves", [line.curve for line in lines])
    yield Chart("noise-curves", "How much noise can be removed?", figure, numbers, caption)


def _curves_caption(results: Results, lines: list[Line]) -> str:
    """Where each of the models helps; what the training on noise gains."""
    by_method = {line.name: line.curve for line in lines}
    noisy, *models = (by_method.get(method.name) for method in methods(results))
    names = "model trained on clean images", "model trained on noise"
    sentences = [
        captions.denoising.crossing_caption(name, noisy, curve)
        for name, curve in zip(names, models, strict=True)
        if noisy is not None and curve is not None
    ]
    if None not in models and len(models) == 2:
        plain, denoiser = (curve for curve in models if curve is not None)
        sentences.append(captions.denoising.gain_caption(names[0], plain, names[1], denoiser))
    return " ".join(filter(None, sentences))


SECTIONS: Mapping[str, Callable[[Results], Iterator[Block]]] = {"noise": _blocks}
