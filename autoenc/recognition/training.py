"""How a recogniser learns.

What is tested and saved is not the latest weights but a running average of them (Polyak and Juditsky 1992;
"EMA"): after four epochs of MNIST it makes half as many mistakes. A learning rate that falls to zero would do
as much, but has to know the end, and this training can go on.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad

from autoenc import devices, noise
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError, TrainingDiverged
from autoenc.recognition import network
from autoenc.recognition.calibration import fitted_temperature
from autoenc.schema import (
    BATCH_IMAGES,
    MAX_PIXELS,
    MAX_STEPS,
    Heartbeat,
    RecogniserConfig,
    RecogniserEpoch,
    RecogniserRecord,
    RecogniserSteps,
)
from autoenc.stopwatch import Stopwatch
from autoenc.training import REPORT_SECONDS, as_float, seeded

LEARNING_RATE = 2e-3
AVERAGED_STEPS = 500  # about as many of the latest weights make the average
MAX_HELD_OUT = 5000  # training images
HELD_OUT_SHARE = 0.1
MAX_SHIFT = 2  # pixels by which a training image is moved, on each axis
SHIFTED_TOGETHER = 32  # images
CHUNK_IMAGES = 250  # that are read at once: what a layer makes of them stays in the cache


@dataclass
class RecogniserState:
    """What training changes."""

    model: nn.Sequential
    average: nn.Sequential  # of the latest weights: this one reads
    optimizer: torch.optim.Optimizer
    device: torch.device
    epoch: int = 0  # finished so far


def begin(config: RecogniserConfig, data: Dataset, device: str = "auto") -> RecogniserState:
    """A recogniser that has not learnt anything, on its device.

    Raises:
        ConfigError: nobody can learn to read these images, or there is no such device.
    """
    check(config, data)
    where = devices.pick(device)
    model = network.build(data.image_shape, len(data.class_names), config.seed).to(where)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True)
    return RecogniserState(model, averaged(model), optimizer, where)


def averaged(model: nn.Sequential) -> nn.Sequential:
    """A copy that only reads."""
    return deepcopy(model).requires_grad_(False).eval()


def check(config: RecogniserConfig, data: Dataset) -> None:
    """That this recogniser can be trained.

    Raises:
        ConfigError: as `check_readable`, or there would be too many steps.
    """
    check_readable(data)
    n_train, _ = split(data)
    n_steps = config.epochs * math.ceil(n_train / BATCH_IMAGES)
    if n_steps > MAX_STEPS:
        raise ConfigError(
            f"these settings make {n_steps:,} steps; allowed: {MAX_STEPS:,}; choose fewer epochs"
        )


def check_readable(data: Dataset) -> None:
    """That a recogniser can learn to read these images.

    Raises:
        ConfigError: there are fewer than two classes to tell apart, test images of a class that it cannot
            learn, or too few or too large images.
    """
    n_classes = len(np.unique(data.train_labels))
    if n_classes < 2:
        has = "one class" if n_classes else "no classes"
        raise ConfigError(f"{data.name} has {has}; a recogniser needs images of at least two classes")
    n_train, _ = split(data)
    if unknown := sorted(set(data.test_labels.tolist()) - set(data.train_labels[:n_train].tolist())):
        raise ConfigError(
            f"{data.name} has test images of {data.class_names[unknown[0]]}, and no training images of it; "
            "a recogniser needs training images of every class"
        )
    _, n_held_out = split(data)
    if n_held_out < n_classes:
        raise ConfigError(
            f"{data.name} has {len(data.train):,} training images; a recogniser of {n_classes:,} classes "
            f"needs at least {math.ceil(n_classes / HELD_OUT_SHARE):,}"
        )
    if math.prod(data.image_shape) > MAX_PIXELS:
        raise ConfigError(
            f"an image of {data.name} has {math.prod(data.image_shape):,} pixels; allowed: {MAX_PIXELS:,}"
        )


def split(data: Dataset) -> tuple[int, int]:
    """How many training images it learns from, the first ones, and how many are held out, the others."""
    n_held_out = min(MAX_HELD_OUT, int(len(data.train) * HELD_OUT_SHARE))
    return len(data.train) - n_held_out, n_held_out


def train(state: RecogniserState, data: Dataset, config: RecogniserConfig) -> Iterator[RecogniserRecord]:
    """Train up to `config.epochs` in all, from wherever the state is; to stop it, ask for no more records.

    All that is drawn depends only on (seed, epoch): a continued training gives what an uninterrupted one
    gives.

    Raises:
        TrainingDiverged: the loss became NaN or infinite.
    """
    model, device, (n_train, _) = state.model, state.device, split(data)
    images = torch.from_numpy(data.train[:n_train]).to(device)  # uint8 (N, C, H, W)
    labels = torch.from_numpy(data.train_labels[:n_train].astype(np.int64)).to(device)
    n_steps = math.ceil(n_train / BATCH_IMAGES)
    for epoch in range(state.epoch + 1, config.epochs + 1):
        watch = Stopwatch()
        order = torch.randperm(n_train, generator=seeded("cpu", config.seed, epoch, "recogniser shuffle"))
        shifts = seeded("cpu", config.seed, epoch, "recogniser shifts")
        noise_draws = seeded(device, config.seed, epoch, "recogniser noise")
        losses, hits = torch.empty(n_steps, device=device), torch.empty(n_steps, device=device)
        reported, report_at = 0, watch.lap() + REPORT_SECONDS
        model.train()
        for step, chosen in enumerate(torch.split(order.to(device), BATCH_IMAGES)):
            y = labels[chosen]
            x = noise.corrupt(shifted(as_float(images[chosen]), shifts), config.noise, noise_draws)
            scores = model(channels_last(x))  # (B, C, H, W) -> (B, classes)
            loss = cross_entropy(scores, y)
            state.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            state.optimizer.step()
            move_average(state.average, model, (epoch - 1) * n_steps + step + 1)
            losses[step], hits[step] = loss.detach(), (scores.detach().argmax(1) == y).float().mean()
            if watch.lap() >= report_at or step + 1 == n_steps:
                yield _steps(epoch, losses[reported : step + 1], hits[reported : step + 1])
                watch.skip()  # whoever asks for the records may take their time
                reported, report_at = step + 1, watch.lap() + REPORT_SECONDS
        watch.lap()
        test_watch = Stopwatch()
        temperature, test_loss, accuracy = yield from _tested(state, data, epoch, test_watch)
        state.epoch = epoch
        test_watch.lap()
        train_loss = float(losses.double().mean())
        seconds = watch.seconds, test_watch.seconds
        yield RecogniserEpoch(train_loss, test_loss, accuracy, temperature, *seconds, torch.get_num_threads())


@torch.no_grad()
def move_average(average: nn.Module, model: nn.Module, n_steps: int) -> None:
    """One step of the running average; the first weights are forgotten fast.

    Args:
        n_steps: of training so far.
    """
    share = max(1 / AVERAGED_STEPS, 9 / (10 + n_steps))
    for mean, latest in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(latest, share)
        else:
            mean.copy_(latest)  # how many batches were normalised


def shifted(x: Tensor, draws: torch.Generator) -> Tensor:
    """Images (B, C, H, W) moved by a few pixels, some of them together; what comes in is black."""
    height, width = x.shape[2:]
    reach = min(MAX_SHIFT, height // 8, width // 8)
    if not reach:
        return x
    parts = []
    for part in torch.split(pad(x, [reach] * 4), SHIFTED_TOGETHER):
        row, column = torch.randint(0, 2 * reach + 1, (2,), generator=draws).tolist()
        parts.append(part[:, :, row : row + height, column : column + width])
    return torch.cat(parts)


def channels_last(x: Tensor) -> Tensor:
    """The same images (B, C, H, W), the channels of a pixel side by side in memory.

    All layers keep that order. A CPU finds the maximum over pixels eight times faster so, which is most of
    the time of reading. It is copied because an image of one channel counts as being in either order.
    """
    return torch.empty_like(x, memory_format=torch.channels_last).copy_(x)


@torch.inference_mode()  # left at each yield: whoever asks for the scores may be training
def scores_of(model: nn.Module, images: Tensor) -> Iterator[Tensor]:
    """Scores (B, classes) of uint8 images (N, C, H, W), some at once."""
    for chunk in torch.split(images, CHUNK_IMAGES):
        yield model(channels_last(as_float(chunk)))


def _tested(
    state: RecogniserState, data: Dataset, epoch: int, watch: Stopwatch
) -> Generator[Heartbeat, None, tuple[float, float, float]]:
    """Temperature, fitted on the images that were held out; loss and accuracy of the test set with it."""
    (n_train, n_held_out), n_test = split(data), len(data.test)
    held_out = (
        torch.from_numpy(data.train[n_train:]),
        torch.from_numpy(data.train_labels[n_train:].astype(int)),
    )
    test = torch.from_numpy(data.test), torch.from_numpy(data.test_labels.astype(int))
    scores: list[Tensor] = []
    n_done, beat_at = 0, watch.lap() + REPORT_SECONDS
    for images in (held_out[0], test[0]):
        for part in scores_of(state.average, images.to(state.device)):
            scores.append(part.cpu())
            n_done += len(part)
            if watch.lap() >= beat_at:
                yield Heartbeat(epoch, n_done / (n_held_out + n_test))
                watch.skip()
                beat_at = watch.lap() + REPORT_SECONDS
    of_held_out, of_test = torch.split(torch.cat(scores), [n_held_out, n_test])
    temperature = fitted_temperature(of_held_out, held_out[1])
    loss = float(cross_entropy(of_test.double() / temperature, test[1]))
    if not math.isfinite(loss):
        raise TrainingDiverged(f"the test loss of the recogniser became {loss} after epoch {epoch}")
    return temperature, loss, float((of_test.argmax(1) == test[1]).double().mean())


def _steps(epoch: int, losses: Tensor, hits: Tensor) -> RecogniserSteps:
    """The losses as numbers; this is where a GPU is waited for."""
    values = losses.tolist()
    if not all(map(math.isfinite, values)):
        raise TrainingDiverged(f"the loss of the recogniser is no number any more in epoch {epoch}")
    return RecogniserSteps(epoch, tuple(values), tuple(hits.tolist()))
