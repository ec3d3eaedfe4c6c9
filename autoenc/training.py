"""THE training loop."""

from __future__ import annotations

import math
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import mse_loss

from autoenc import devices, models, noise, objective, prior
from autoenc.convolutions import arranged
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError, TrainingDiverged
from autoenc.numerals import setting
from autoenc.objective import Tested
from autoenc.schema import EpochRecord, Heartbeat, Images, ModelInfo, StepRecord, TrainConfig
from autoenc.schema.run import MAX_PIXELS, MAX_STEPS
from autoenc.stopwatch import Stopwatch

N_PREVIEW = 16  # the first test images: a frame of the film
# Steps of the whole run after which there is a frame: a model learns as much in its first ten steps as in
# the thousand after them.
FILM_STEPS = tuple(digit * 10**zeros for zeros in range(7) for digit in (1, 2, 5))
REPORT_SECONDS = 0.1  # between two records
NORMALS_AT_ONCE = 16  # normal numbers, by PyTorch: this many images begin where others have ended
WARM_UP_SHARE = 0.05  # of the epochs over which a learning rate falls: the part in which it rises
# Multiplications of a step, forward, that are worth a thread: half of those of an MLP on 784 pixels at latent
# size 128 and batches of 128 (docs/decisions/0003-waiting-threads-sleep.md).
THREAD_WORTH = 128 * 128 * 784


@dataclass
class TrainState:
    """What training changes."""

    model: models.Autoencoder
    optimizer: torch.optim.Optimizer
    device: torch.device
    epoch: int = 0  # finished so far


def begin(config: TrainConfig, data: Dataset, device: str = "auto") -> TrainState:
    """A model that has not learnt anything, on its device.

    Raises:
        ConfigError: the data do not allow this config, or there is no such device.
    """
    check(config, data.image_shape, len(data.train))
    where = devices.pick(device)
    model = models.build(config, data.image_shape)
    if config.noise is not None:  # else noisy input drives many a model to draw black, for ever
        models.draw_at_first(model, float(data.train[:1000].mean() / 255))
    model = arranged(model, where)
    return TrainState(model, torch.optim.Adam(model.parameters(), lr=config.learning_rate, fused=True), where)


TrainRecord = StepRecord | Heartbeat | EpochRecord


def train(
    state: TrainState, data: Dataset, config: TrainConfig, film_steps: Collection[int] = FILM_STEPS
) -> Iterator[TrainRecord]:
    """Train up to `config.epochs` in all, from wherever the state is; to stop it, ask for no more records.

    The losses of the steps stay on the device and are read every REPORT_SECONDS, and for the few frames of
    the film: a GPU never waits for a step. Shuffles and noise depend only on (seed, epoch): a continued run
    gives what an uninterrupted one gives.

    Args:
        film_steps: of the whole run, after which there is a frame, as after every epoch; no figure changes.
    Raises:
        TrainingDiverged: the loss became NaN or infinite.
    """
    model, optimizer, device = state.model, state.optimizer, state.device
    train_set = torch.from_numpy(data.train[: config.train_images]).to(device)  # uint8 (N, C, H, W)
    test_set = torch.from_numpy(data.test).to(device)
    preview = preview_input(data, config, device)
    weight = objective.rate_weight(config, data.image_shape)
    shuffled = torch.empty_like(train_set)  # of every epoch: a second one beside it would cost as much again
    for epoch in range(state.epoch + 1, config.epochs + 1):
        watch = Stopwatch()
        order = torch.randperm(len(train_set), generator=seeded("cpu", config.seed, epoch, "shuffle"))
        torch.index_select(train_set, 0, order.to(device), out=shuffled)
        batches = torch.split(shuffled, config.batch_size)
        noise_draws = seeded(device, config.seed, epoch, "noise")
        code_draws = seeded(device, config.seed, epoch, "noise of the code")
        losses, rates = torch.empty(2, len(batches), device=device)
        reported, report_at, before = 0, watch.lap() + REPORT_SECONDS, watch.seconds
        for step, batch in enumerate(batches):
            x = as_float(batch)  # (B, C, H, W) in [0, 1]
            x_in = noise.corrupt(x, config.noise, noise_draws)
            loss, rate = objective.loss_and_rate(model, x_in, x, code_draws)
            set_learning_rate(optimizer, config, epoch - 1 + step / len(batches))
            optimizer.zero_grad()
            (loss + weight * rate if weight else loss).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses[step], rates[step] = loss.detach(), rate.detach()
            is_last, n_steps = step + 1 == len(batches), (epoch - 1) * len(batches) + step + 1
            is_filmed = n_steps in film_steps and not is_last  # the end has a frame of its own
            if watch.lap() >= report_at or is_filmed or is_last:
                values = _finite(losses[reported : step + 1], epoch, reported, config)
                watch.lap()
                frame = reconstruct(state, preview) if is_filmed else None
                mean_rate = float(rates[reported : step + 1].mean()) if weight else None
                yield StepRecord(epoch, values, frame, watch.seconds - before, mean_rate)
                watch.skip()  # a frame is no training, and whoever asks for the records may take their time
                reported, report_at, before = step + 1, watch.lap() + REPORT_SECONDS, watch.seconds
        train_loss, train_rate = (objective.mean_over(batches, values) for values in (losses, rates))
        watch.lap()
        test_watch = Stopwatch()
        tested = yield from evaluate(state, test_set, config, epoch, test_watch)
        state.epoch = epoch
        frame, threads = reconstruct(state, preview), torch.get_num_threads()
        test_watch.lap()
        yield EpochRecord(
            *(epoch, train_loss, tested.loss, watch.seconds, test_watch.seconds, threads, frame),
            stood_still=watch.stood_still + test_watch.stood_still,
            **objective.rates_of_epoch(config, train_rate, tested),
        )


def set_learning_rate(optimizer: torch.optim.Optimizer, config: TrainConfig, epochs: float) -> None:
    """What the config says of the moment after this many epochs.

    With `decay_epochs` it rises for the first twentieth of them, so that a large rate does not throw the
    first weights about, and falls along half a cosine to zero, where it stays (Loshchilov and Hutter 2017,
    arXiv:1608.03983; Goyal et al. 2017, arXiv:1706.02677).
    """
    if config.decay_epochs is None:
        return
    done = min(1.0, epochs / config.decay_epochs)
    rising = min(1.0, done / WARM_UP_SHARE)
    falling = (1 + math.cos(math.pi * max(0.0, done - WARM_UP_SHARE) / (1 - WARM_UP_SHARE))) / 2
    for group in optimizer.param_groups:
        group["lr"] = config.learning_rate * rising * falling


@torch.no_grad()
def evaluate(
    state: TrainState, images: Tensor, config: TrainConfig, epoch: int, watch: Stopwatch
) -> Generator[Heartbeat, None, Tested]:
    """How good the model is on uint8 images (N, C, H, W).

    With noise in the config the model is given the images of `test_batches`.

    Raises:
        TrainingDiverged: it is NaN or infinite.
    """
    model = state.model
    total, rate = torch.zeros(2, dtype=torch.float64, device=state.device)
    moments = torch.zeros(2, config.latent_size, dtype=torch.float64, device=state.device)
    n_done, beat_at = 0, watch.lap() + REPORT_SECONDS
    for x, x_in in test_batches(images, config):
        z, rates = objective.code_and_rates(model, x_in)
        total += mse_loss(model.decoder(z), x, reduction="sum")
        rate += rates.sum()
        if config.kind.has_prior:
            moments += torch.stack([z, z.square()]).double().sum(1)
        n_done += len(x)
        if watch.lap() >= beat_at:
            yield Heartbeat(epoch, n_done / len(images))
            watch.skip()
            beat_at = watch.lap() + REPORT_SECONDS
    loss = float(total) / images.numel()
    if not math.isfinite(loss + float(rate)):
        raise TrainingDiverged(
            f"the test loss became {loss} after epoch {epoch}; try a smaller learning rate"
        )
    return Tested(loss, float(rate) / len(images), prior.n_active(*moments / len(images)))


def test_batches(images: Tensor, config: TrainConfig) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of test images, uint8 (N, C, H, W), clean and as the model is given them, both in [0, 1].

    The noise of an image depends on its place among the test images and on nothing else: not on the model,
    whose size decides how many images are computed at once, nor on the device, epoch or seed.
    """
    image_shape = tuple(images.shape[1:])
    size = chunk(config, image_shape)
    if config.noise is None:
        for batch in torch.split(images, size):
            x = as_float(batch)
            yield x, x
        return
    units, levels = (seeded("cpu", 0, 0, purpose) for purpose in ("test noise", "test noise levels"))
    for block in torch.split(images, at_once(math.prod(image_shape)) // NORMALS_AT_ONCE * NORMALS_AT_ONCE):
        x = as_float(block)
        x_in = noise.corrupt(x, config.noise, units, levels)
        yield from zip(torch.split(x, size), torch.split(x_in, size), strict=True)


@torch.no_grad()
def reconstruct(state: TrainState, x: Tensor) -> Images:
    """What the model makes of x, (B, C, H, W) in [0, 1], rounded to 8 bits."""
    return as_images(state.model(x.to(state.device)))


def preview_input(data: Dataset, config: TrainConfig, device: torch.device | str = "cpu") -> Tensor:
    """The preview images as the model is given them: (16, C, H, W) in [0, 1]; the same at every call."""
    x = as_float(torch.from_numpy(data.test[:N_PREVIEW]))
    return noise.corrupt(x, config.noise, seeded("cpu", 0, 0, "preview noise")).to(device)


def check(config: TrainConfig, image_shape: models.ImageShape, n_train: int) -> None:
    """That this data set allows this config.

    Raises:
        ConfigError: more training images than there are, a batch larger than the data, more than MAX_STEPS
            steps, images of more than MAX_PIXELS numbers, or too many layers.
    """
    if config.train_images is not None and config.train_images > n_train:
        raise ConfigError(f"train images is {config.train_images:,}; {config.dataset} has {n_train:,}")
    n_images = config.train_images or n_train
    if config.batch_size > n_images:
        raise ConfigError(
            f"batch size is {config.batch_size:,}; it cannot be larger than the {n_images:,} training images"
        )
    n_steps = config.epochs * math.ceil(n_images / config.batch_size)
    if n_steps > MAX_STEPS:
        raise ConfigError(
            f"these settings make {n_steps:,} steps; allowed: {MAX_STEPS:,}; "
            "choose fewer epochs or a larger batch size"
        )
    if math.prod(image_shape) > MAX_PIXELS:
        raise ConfigError(
            f"an image of {config.dataset} has {math.prod(image_shape):,} pixels; allowed: {MAX_PIXELS:,}"
        )
    models.describe(config, image_shape)


def useful_threads(config: TrainConfig, model: ModelInfo, share: int) -> int:
    """How many threads of its share a training run makes good use of, at least 1.

    In a small linear layer the threads wait for each other longer than they work.
    """
    if config.kind.has_convolutions:
        return share
    return max(1, min(share, model.n_multiplications * config.batch_size // THREAD_WORTH))


def as_float(images: Tensor | NDArray[np.uint8]) -> Tensor:
    """What a model is given of images, uint8 (B, C, H, W): float32 in [0, 1], on the same device.

    Raises:
        ConfigError: they are not uint8, which would be divided by 255 once too often.
    """
    x = images if isinstance(images, Tensor) else torch.from_numpy(np.array(images))
    if x.dtype != torch.uint8:
        raise ConfigError(f"images are {x.dtype}; allowed: uint8, from 0 to 255")
    return x.float().div_(255)


def as_pixels(x: Tensor) -> NDArray[np.uint8]:
    """Float (B, C, H, W) in [0, 1], on any device, rounded to 8 bits; NaN becomes black."""
    x = x.detach().nan_to_num(0).mul(255).round().clamp(0, 255)
    pixels: NDArray[np.uint8] = x.to("cpu", torch.uint8).contiguous().numpy()
    return pixels


def as_images(x: Tensor) -> Images:
    """The same as plain bytes: float (B, C, H, W) in [0, 1]."""
    pixels = as_pixels(x)
    b, c, h, w = pixels.shape
    return Images((b, c, h, w), pixels.tobytes())


def seeded(device: torch.device | str, seed: int, epoch: int, purpose: str) -> torch.Generator:
    """A generator that depends only on its arguments, not on what was drawn before."""
    words = np.random.SeedSequence([seed, epoch, *purpose.encode()]).generate_state(2)
    return torch.Generator(device).manual_seed(int(words[0]) << 31 ^ int(words[1]))


def _finite(losses: Tensor, epoch: int, first_step: int, config: TrainConfig) -> tuple[float, ...]:
    """The losses as numbers; this is where a GPU is waited for."""
    values = losses.tolist()
    for step, value in enumerate(values, first_step + 1):
        if not math.isfinite(value):
            raise TrainingDiverged(
                f"the loss became {value} in epoch {epoch}, step {step}; "
                f"try a smaller learning rate than {setting(config.learning_rate)}"
            )
    return tuple(values)


def chunk(config: TrainConfig, image_shape: tuple[int, ...]) -> int:
    """Test images at once: as many as keep the largest layer's output in the cache, at most 1,000."""
    info = models.describe(config, (image_shape[0], image_shape[1], image_shape[2]))
    return at_once(max(math.prod(layer.output_shape) for layer in info.layers))


def at_once(n_numbers: int) -> int:
    """How many images of this size are computed at once, at most 1,000."""
    return max(16, min(1000, 3_000_000 // n_numbers))
