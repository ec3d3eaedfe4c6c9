"""A run in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from statistics import mean, stdev

from autoenc.jobs import BaselineJob, CurveJob, DownloadJob, TrainJob
from autoenc.memory import in_words
from autoenc.numerals import counted, decibels, out_of, setting, smaller
from autoenc.schema import (
    METHODS,
    MODEL_NAMES,
    NOISES,
    BaselineCurve,
    Curve,
    Download,
    Noise,
    Preview,
    Run,
    Snapshot,
    State,
    Sweep,
    TrainConfig,
    psnr_of_mse,
)
from ui.components import pixels
from ui.core import catalogue
from ui.core.text import duration, plain


def title(config: TrainConfig) -> str:
    """The settings in one line: `MLP, latent size 32, 1 layer, MNIST handwritten digits`."""
    stride = f", stride {config.stride}" if config.model == "conv" else ""
    noise = f", {noise_words(config.noise)}" if config.noise else ""
    return (
        f"{MODEL_NAMES[config.model]}, latent size {config.latent_size:,}, "
        f"{_layers(config.layers)}{stride}{noise}, {catalogue.data_title(config.dataset)}"
    )


def job_title(snapshot: Snapshot) -> str:
    """What the job is at, or will be when its turn comes."""
    match snapshot.job:
        case TrainJob(config):
            return title(config)
        case DownloadJob(dataset):
            return f"Download of {catalogue.data_title(dataset)}"
        case BaselineJob(baseline, dataset):
            return f"{baseline.title[0].upper()}{baseline.title[1:]} of {catalogue.data_title(dataset)}"
        case CurveJob(_, noise, method):
            return f"{NOISES[noise].title}: how well {plain(METHODS.get(method, method))} removes it"
    return plain(snapshot.job_id)


def differences(configs: Sequence[TrainConfig]) -> tuple[str, ...]:
    """What tells these settings apart, a few words for each: `MLP 32, 10 epochs`."""
    differing = {f.name for f in fields(TrainConfig) if len({getattr(c, f.name) for c in configs}) > 1}
    return tuple(_short(config, differing - {"model", "latent_size"}) for config in configs)


def short(config: TrainConfig) -> str:
    """One of a sweep's runs: `MLP 32`, `Conv 16, 2 layers`."""
    return _short(config, {"layers"} if config.layers > 1 else set())


def family(config: TrainConfig) -> str:
    """Runs of all sizes: `MLP, 2 layers`."""
    return f"{MODEL_NAMES[config.model]}, {_layers(config.layers)}"


def sweep_title(sweep: Sweep) -> str:
    """`MLP and Conv, 8 sizes from 1 to 128, 10 epochs, MNIST handwritten digits`."""
    models = " and ".join(MODEL_NAMES[name] for name in sweep.models)
    sizes = sorted(sweep.latent_sizes)
    span = f"size {sizes[0]:,}"
    if len(sizes) > 1:
        span = f"{len(sizes)} sizes from {sizes[0]:,} to {sizes[-1]:,}"
    layers = "" if sweep.layers == (1,) else f", {' and '.join(map(str, sorted(sweep.layers)))} layers"
    epochs = counted(sweep.base.epochs, "epoch")
    return f"{models}, {span}{layers}, {epochs}, {catalogue.data_title(sweep.base.dataset)}"


def _layers(n: int) -> str:
    return "1 layer" if n == 1 else f"{n} layers"


def _short(config: TrainConfig, more: set[str]) -> str:
    words = {
        "dataset": config.dataset,
        "layers": _layers(config.layers),
        "stride": f"stride {config.stride}",
        "epochs": counted(config.epochs, "epoch"),
        "batch_size": f"batch {config.batch_size:,}",
        "learning_rate": f"rate {setting(config.learning_rate)}",
        "decay_epochs": f"rate decays over {counted(config.decay_epochs, 'epoch')}"
        if config.decay_epochs
        else "constant rate",
        "noise": noise_words(config.noise) if config.noise else "no noise",
        "train_images": counted(config.train_images, "image") if config.train_images else "all images",
        "seed": f"seed {config.seed}",
    }
    name = f"{MODEL_NAMES[config.model]} {config.latent_size:,}"
    return ", ".join([name, *(text for field, text in words.items() if field in more)])


def noise_words(noise: Noise) -> str:
    """`gaussian noise 0.3`, `blur up to 2 px`."""
    kind = NOISES[noise.kind]
    name = kind.title.split(" (")[0].lower() + ("" if noise.kind in ("blur", "block") else " noise")
    return f"{name} {'up to ' * noise.up_to}{setting(noise.level)}{kind.unit and ' ' + kind.unit}"


def progress(snapshot: Snapshot) -> str:
    """Where the job is, and how long it will take."""
    run = snapshot.run
    n_epochs = out_of(len(run.epochs), run.config.epochs, "epoch") if run else "nothing yet"
    match snapshot.state:
        case State.QUEUED if snapshot.message:
            return f"Waiting: {plain(snapshot.message)}"
        case State.QUEUED:
            return f"Waiting: {snapshot.ahead:,} ahead" if snapshot.ahead else "Waiting: next in line"
        case State.RUNNING:
            return _running(snapshot, n_epochs)
        case State.FINISHED:
            return f"Finished: {n_epochs} in {duration(run.seconds if run else 0)}"
        case State.STOPPED:
            return f"Stopped: {n_epochs}; finished epochs are kept"
        case State.INTERRUPTED:
            return f"Interrupted: {n_epochs}; press Train to resume"
        case State.FAILED:
            return f"Failed: {n_epochs}"


def _running(snapshot: Snapshot, n_epochs: str) -> str:
    match snapshot.value:
        case BaselineCurve() | Curve():
            return "Measuring"
        case Download(_, n_bytes, of):
            return f"Downloading: {in_words(n_bytes)}{f' of {in_words(of)}' if of else ''}"
    left = seconds_left(snapshot)
    return f"Training: {n_epochs}" + ("" if left is None else f", {duration(left)} left")


def seconds_left(snapshot: Snapshot) -> float | None:
    """From the speed of the epochs so far, or of the steps of the first one; None: no step yet."""
    run = snapshot.run
    if run is None or not run.done:
        return None
    if run.epochs:
        last = run.timed[-1]
        return (last.seconds + last.test_seconds) * run.config.epochs * (1 - run.done)
    return snapshot.elapsed_seconds * (1 - run.done) / run.done


def over_seeds(values: Sequence[float | None], decimals: int) -> str:
    """`0.0094`, or with several seeds `0.0094 ± 0.0002`: mean and standard deviation; empty: nothing yet."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return f"{known[0]:.{decimals}f}" if known else ""
    spread = stdev(known)
    decimals = max(
        decimals, -math.floor(math.log10(spread)) if spread else 0
    )  # the first that differs is shown
    return f"{mean(known):.{decimals}f} ± {spread:.{decimals}f}"


def frame(run: Run, preview: Preview, reading: str = "") -> str:
    """A moment of the preview images: `after epoch 3 of 10: 17.2 dB, 14 of 16 recognised`."""
    when = "untrained" if preview.epoch == 0 else f"after epoch {preview.epoch:,} of {run.config.epochs:,}"
    x, x_hat = pixels.array(run.x), pixels.array(preview.x_hat)
    mse = ((x / 255.0 - x_hat / 255.0) ** 2).mean()
    return ", ".join(filter(None, [f"{when}: {decibels(psnr_of_mse(float(mse)))}", reading]))


def code_size(n_latents: int, n_pixels: int) -> str:
    """`**32** numbers for 784 pixels: **24.5 times smaller**`"""
    ratio = n_pixels / n_latents
    numbers = "number" if n_latents == 1 else "numbers"
    return f"Code: **{n_latents:,}** {numbers} for {n_pixels:,} pixels, **{smaller(ratio)}**"
