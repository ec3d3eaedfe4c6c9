"""The examples are trained and measured as anybody's runs are, and then made small."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from autoenc import baselines, checkpoints, datasets, inspection, recipes, recognition
from autoenc.captions import configs
from autoenc.captions.images import recognised, verdicts
from autoenc.examples.forward_passes import Passes, save
from autoenc.jobs import BaselineJob, CurveJob, Job, ProbeJob, ReadingJob, RecogniserJob, TrainJob
from autoenc.places import EXAMPLE_CACHE, EXAMPLE_CHECKPOINTS
from autoenc.schema import Preview, RecogniserConfig, TrainConfig, usual_levels
from autoenc.sweeps import SavedSweep
from autoenc.sweeps.saved import as_file
from autoenc.training import TrainState

MAX_BYTES = 3_000_000  # of all examples together
N_FRAMES = 5  # of the film of an example; of the other runs of the sweep, the first and the last
N_FRAMES_OF_FIRST = 11  # of the one that the front page shows
N_FRAMES_IN_COLOUR = 4  # a frame is four times as large
N_PASSES = 8


def main() -> int:
    """Make all of them, in the place of those that are there."""
    for folder in (EXAMPLE_CHECKPOINTS, EXAMPLE_CACHE):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    with TemporaryDirectory(prefix="autoenc-examples-") as own:
        os.environ["AUTOENC_CHECKPOINT_DIR"] = f"{own}/checkpoints"
        os.environ["AUTOENC_CACHE_DIR"] = f"{own}/cache"
        for config in recipes.EXAMPLES:
            _do([TrainJob(config, "cpu")])
            _write_run(config)
        _do([RecogniserJob(_recogniser_config(), "cpu")])
        _write_recogniser()
        shutil.rmtree(f"{own}/checkpoints")  # from here on the examples are found in their own place
        _write_sweep()
        _do(_measurements())
        own_pace = shutil.ignore_patterns("speed-*")  # how fast this machine is says nothing of another
        shutil.copytree(f"{own}/cache/results", EXAMPLE_CACHE / "results", ignore=own_pace)
        _write_passes()
    n_bytes = sum(path.stat().st_size for path in Path(__file__).parent.rglob("*.*") if path.suffix != ".py")
    print(f"{n_bytes:,} bytes")
    return int(n_bytes > MAX_BYTES)


def _do(jobs: Iterable[Job]) -> None:
    for job in jobs:
        print(job.title, file=sys.stderr)
        for _ in job.run():
            pass


# ---------------------------------------------------------------- runs


def _run_id(config: TrainConfig) -> str:
    return TrainJob(config).job_id


def _write_run(config: TrainConfig) -> None:
    """Without the optimiser, with half the digits of each weight, and with some frames of its film.

    Quantiles stay with those that Compress shows first; the files of others bring tables of their own.
    """
    run, model = checkpoints.load_trained(_run_id(config))
    run = replace(run, previews=some_frames(run.previews, _n_frames(config)))
    if config not in (recipes.EXAMPLE, recipes.RATED_EXAMPLE):
        run = replace(run, quantiles=None)
    state = TrainState(model.half(), torch.optim.Adam([torch.zeros(1)]), torch.device("cpu"))
    path = EXAMPLE_CHECKPOINTS / f"{run.run_id}.safetensors"
    path.write_bytes(checkpoints.file_of(run, state))


def _n_frames(config: TrainConfig) -> int:
    if config == recipes.EXAMPLE:
        return N_FRAMES_OF_FIRST
    if config in recipes.SWEEP_EXAMPLE.configs():
        return 2
    return N_FRAMES_IN_COLOUR if config == recipes.COLOUR_EXAMPLE else N_FRAMES


def _recogniser_config() -> RecogniserConfig:
    return recipes.recogniser_config(datasets.info(recipes.EXAMPLE.dataset))


def _recogniser_id() -> str:
    return RecogniserJob(_recogniser_config()).job_id


def _write_recogniser() -> None:
    """Only what reads, with half the digits of each weight."""
    recogniser, average = recognition.load(_recogniser_id())
    path = EXAMPLE_CHECKPOINTS / recognition.FOLDER / f"{recogniser.recogniser_id}.safetensors"
    path.parent.mkdir()
    path.write_bytes(recognition.file_of(recogniser, average.half()))


def some_frames(previews: Sequence[Preview], n: int) -> tuple[Preview, ...]:
    """At most `n` of them, the first and the last among them; more of the beginning, where most changes."""
    if len(previews) <= n:
        return tuple(previews)
    at = np.geomspace(1, len(previews), n).round().astype(int) - 1
    while len(at := np.unique(at)) < n:  # those that fell together
        at = np.append(at, min(set(range(len(previews))) - set(at.tolist())))
    return tuple(previews[i] for i in at)


def _write_sweep() -> None:
    sweep = recipes.SWEEP_EXAMPLE
    fingerprint = datasets.load(sweep.base.dataset).fingerprint
    run_ids = tuple(config.run_id(fingerprint) for config in sweep.configs())
    saved = SavedSweep(sweep, fingerprint, run_ids, wanted=False)
    path = EXAMPLE_CHECKPOINTS / "sweeps" / f"{saved.sweep_id}.json"
    path.parent.mkdir()
    path.write_bytes(as_file(saved))


# ---------------------------------------------------------------- measurements


def _measurements() -> Iterable[Job]:
    """The baselines of both data sets; the curves that Denoise shows of the examples."""
    for dataset in dict.fromkeys(config.dataset for config in recipes.EXAMPLES):
        yield from (BaselineJob(baseline, dataset) for baseline in baselines.comparable(None))
    models = [*recipes.SWEEP_EXAMPLE.configs(), recipes.DENOISER_EXAMPLE]
    for method in ("noisy", *map(_run_id, models), *recipes.USUAL_METHODS):
        yield CurveJob(recipes.EXAMPLE.dataset, recipes.NOISE, method, usual_levels(recipes.NOISE))
    yield from _readings()


def _readings() -> Iterable[Job]:
    """What the recogniser reads on its own page, on Sweep, and first on Denoise; what the codes know."""
    dataset, recogniser_id = recipes.EXAMPLE.dataset, _recogniser_id()
    clean = [_run_id(config) for config in recipes.EXAMPLES if config.dataset == dataset and not config.noise]
    coded = [name for name, baseline in baselines.BASELINES.items() if baseline.has_code]
    yield from (ReadingJob(dataset, recogniser_id, source) for source in (*clean, *coded))
    yield from (ProbeJob(dataset, run_id) for run_id in clean)
    yield ProbeJob(dataset, _run_id(recipes.EXAMPLE), by_epoch=True)
    compared = (_run_id(recipes.EXAMPLE), _run_id(recipes.DENOISER_EXAMPLE))
    for method in ("noisy", *compared, *recipes.USUAL_METHODS):
        yield ReadingJob(dataset, recogniser_id, method, recipes.NOISE, usual_levels(recipes.NOISE))


def _write_passes() -> None:
    trained = inspection.open_run(_run_id(recipes.EXAMPLE))
    data, made = trained.data, inspection.reconstructions(trained)
    images = np.arange(N_PASSES)
    x, x_hat = data.test[images], made.x_hat[images]
    reader = recognition.open_reader(_recogniser_id(), data)
    names = [data.class_names[label] for label in data.test_labels[images]]
    read = (reader.read(pictures) for pictures in (x, x_hat))
    readings = recognised(data, images, *((one.classes, one.confidences) for one in read))
    said = zip(images, names, verdicts(data, readings, images, x_hat), strict=True)
    sentences = tuple(f"Test image {image}, {name}: {one.sentence}" for image, name, one in said)
    codes = np.stack([inspection.code(trained, image) for image in x])
    save(Passes(configs.title(trained.run.config), x, codes, x_hat, sentences))
