"""Experiment -> the numbers that the report prints of it, beside ours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from autoenc import lab
from autoenc.captions import configs
from autoenc.experiments import settings
from autoenc.experiments.sizes import CIFAR10, CIFAR10_IMAGES
from autoenc.lab import Measure, ReportNumber, RunNumber
from autoenc.numerals import counted
from autoenc.pareto import usable
from autoenc.report.comparing import reasons
from autoenc.report.comparing.comparison import Comparison
from autoenc.report.results import Results
from autoenc.schema import RunSummary, TrainConfig

UNITS: Mapping[Measure, str] = {
    "train_loss": "MSE per pixel",
    "test_loss": "MSE per pixel",
    "seconds": "seconds",
}
EARLY_FILE = "The file of our run is of an early version and does not tell; train it again."
_WHAT: Mapping[Measure, str] = {
    "train_loss": "Training loss of",
    "test_loss": "Test loss of",
    "seconds": "Training time of",
}


def comparisons(experiment: str, results: Results) -> tuple[Comparison, ...]:
    """Those of an experiment, in the report's order; none where other images stand in for the report's."""
    lab_here = results.lab
    of_grey, of_colour = _OF_GREY.get(experiment), _OF_COLOUR.get(experiment)
    if of_grey is not None and lab_here.is_the_reports:
        return tuple(of_grey(experiment, results))
    if of_colour is not None and lab_here.colour.name in (CIFAR10, CIFAR10_IMAGES):
        return tuple(of_colour(experiment, results))
    return ()


# ---------------------------------------------------------------- of one model


def _of_section(section: str) -> Callable[[str, Results], Iterator[Comparison]]:
    """Its numbers of single models."""
    numbers = [number for number in lab.RUN_NUMBERS if number.section == section]

    def rows(experiment: str, results: Results) -> Iterator[Comparison]:
        for number in numbers:
            yield _of_run(experiment, number, results)

    return rows


def _of_run(experiment: str, number: RunNumber, results: Results) -> Comparison:
    model, layers, size = number.setting
    (config,) = settings.grey(results.lab, model, size, layers=layers)
    run = results.summary(config)
    ours = None if run is None else _measured(run, number.measure)
    what = f"{_WHAT[number.measure]} {configs.short(config)}"
    plain = Comparison(experiment, what, number.value, number.printed, ours, UNITS[number.measure])
    if run is None:
        return replace(plain, reason=_never_trained(config, results))
    if ours is None:
        return replace(plain, reason=EARLY_FILE)
    return plain if plain.agree else replace(plain, reason=reasons.of_run(number, run, results))


def _measured(run: RunSummary, measure: Measure) -> float | None:
    value = {"train_loss": run.train_loss, "test_loss": run.test_mse, "seconds": run.seconds}[measure]
    return value if usable(value) else None


def _never_trained(config: TrainConfig, results: Results) -> str:
    """Why this size of the lab does not have it; empty: it is still to be trained."""
    size = results.lab.size
    largest = max(size.mlp_sizes if config.model == "mlp" else size.conv_sizes)
    if config.latent_size <= largest:
        return ""
    unit = counted(largest, config.kind.code_unit)
    return f"In the size {size.title} this model is trained only up to {unit}."


# ---------------------------------------------------------------- of several models


def _mlp_curves(experiment: str, results: Results) -> Iterator[Comparison]:
    yield from _of_section("2.2")(experiment, results)
    yield from _fall(experiment, results, "mlp", lab.MLP_FALL)


def _conv_curves(experiment: str, results: Results) -> Iterator[Comparison]:
    yield from _of_section("3.2")(experiment, results)
    yield from _fall(experiment, results, "conv", lab.CONV_FALL)


def _fall(experiment: str, results: Results, model: str, number: ReportNumber) -> Iterator[Comparison]:
    """How many times less the training loss at 128 is than at 1."""
    pair = settings.grey(results.lab, model, 1, 128)
    known = [run for config in pair if (run := results.summary(config)) is not None]
    losses = [_measured(run, "train_loss") for run in known]
    ours = losses[0] / losses[1] if len(losses) == 2 and losses[0] and losses[1] else None
    names = " over that of ".join(configs.short(config) for config in pair)
    what = f"Training loss of {names}"
    plain = Comparison(experiment, what, number.value, number.printed, ours, "times")
    explained = ours is not None and not plain.agree
    yield replace(plain, reason=reasons.fall(known, results)) if explained else plain


def _times(experiment: str, results: Results) -> Iterator[Comparison]:
    runs = _finished(settings.mlp_sizes(results.lab), results)
    slowest = max(runs, key=lambda run: run.seconds, default=None)
    ours = None if slowest is None else slowest.seconds
    number, what = lab.MLP_SECONDS, "Longest training time of an MLP of any size"
    plain = Comparison(experiment, what, number.value, number.printed, ours, UNITS["seconds"])
    if slowest is not None and not plain.agree:
        bound = f"The report prints a bound; ours took longest with {configs.short(slowest.config)}."
        plain = replace(plain, reason=reasons.of_time(bound, slowest, results.lab.grey.n_train))
    yield plain
    yield from _of_section("3.5")(experiment, results)


def _colour_time(experiment: str, results: Results) -> Iterator[Comparison]:
    """What a few models of CIFAR-10 took."""
    runs = _finished(settings.colour_sizes(results.lab), results)
    ours = math.fsum(run.seconds for run in runs) if runs else None
    number = lab.COLOUR_SECONDS
    what = "Training time of a few models in colour"
    plain = Comparison(experiment, what, number.value, number.printed, ours, UNITS["seconds"])
    if runs and not plain.agree:
        n_models = f"Ours: {counted(len(runs), 'model')} together; the report does not say how many."
        plain = replace(plain, reason=reasons.of_time(n_models, runs[0], results.lab.colour.n_train))
    yield plain


def _finished(configs_of: tuple[TrainConfig, ...], results: Results) -> list[RunSummary]:
    known = (results.summary(config) for config in configs_of)
    return [run for run in known if run is not None and usable(run.seconds)]


_Numbers = Mapping[str, Callable[[str, Results], Iterator[Comparison]]]
_OF_GREY: _Numbers = {
    "mlp-curves": _mlp_curves,
    "conv-curves": _conv_curves,
    "conv-images": _of_section("3.3"),
    "times": _times,
    "layers": _of_section("3.6"),
}
_OF_COLOUR: _Numbers = {"colour-curves": _colour_time}
