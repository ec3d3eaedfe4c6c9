"""What an experiment consists of: models to train, and results to measure once these are trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from autoenc import datasets
from autoenc.baselines import BASELINES
from autoenc.compression import CODECS
from autoenc.jobs import BaselineJob, CurveJob, Job, RateJob, ReadingJob, RecogniserJob, TrainJob
from autoenc.recognition.measuring import ORIGINALS
from autoenc.schema import METHODS, DatasetInfo, RecogniserConfig, TrainConfig

Training = TrainJob | RecogniserJob


@dataclass(frozen=True)
class Step:
    """One piece of an experiment's work; equal ones of several experiments are done once."""

    title: str
    dataset: str  # which it needs
    after: tuple[Training, ...]  # what has to be trained before
    make: Callable[[], Job] = field(repr=False, compare=False)  # once that is trained; raises AutoencError
    what: tuple[object, ...] = ()  # tells it from others


def training(config: TrainConfig) -> Step:
    """A model."""
    return Step("train", config.dataset, (), lambda: TrainJob(config), (config,))


def recogniser(config: RecogniserConfig) -> Step:
    return Step("recogniser", config.dataset, (), lambda: RecogniserJob(config), (config,))


def baseline(name: str, data: DatasetInfo, train_images: int | None) -> Step:
    """One of BASELINES, on as many images as the models."""
    job = BaselineJob(BASELINES[name], data.name, train_images)
    return Step("baseline", data.name, (), lambda: job, (name, train_images))


def curve(source: TrainConfig | str, data: DatasetInfo, noise: str, levels: tuple[float, ...]) -> Step:
    """Noise taken away by a model, or by one of METHODS."""
    after = _after(source)
    return Step(
        "curve",
        data.name,
        after,
        lambda: CurveJob(data.name, noise, _source(source), levels),
        (source, noise, levels),
    )


def rates(source: TrainConfig | str, data: DatasetInfo) -> Step:
    """Bytes and quality of a model, or of one of CODECS."""
    return Step("rates", data.name, _after(source), lambda: RateJob(data.name, _source(source)), (source,))


def reading(source: TrainConfig | str, config: RecogniserConfig) -> Step:
    """What a recogniser reads in the pictures of a model, of a baseline, or in the ORIGINALS."""
    reader = RecogniserJob(config)
    return Step(
        "reading",
        config.dataset,
        (reader, *_after(source)),
        lambda: ReadingJob(config.dataset, reader.job_id, _source(source)),
        (source, config),
    )


def _after(source: TrainConfig | str) -> tuple[Training, ...]:
    known = (*METHODS, *CODECS, *BASELINES, ORIGINALS)
    assert not isinstance(source, str) or source in known, f"{source} is no way to make pictures"
    return () if isinstance(source, str) else (TrainJob(source),)


def _source(source: TrainConfig | str) -> str:
    """As jobs name it."""
    return source if isinstance(source, str) else source.run_id(datasets.load(source.dataset).fingerprint)
