"""What training reports, and the run that its reports add up to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from statistics import median

from autoenc.numerals import out_of
from autoenc.schema.config import TrainConfig
from autoenc.schema.model import ModelInfo


@dataclass(frozen=True)
class Images:
    """A few pictures as plain bytes, for the screen and for files."""

    shape: tuple[int, int, int, int]  # B, C, H, W
    data: bytes = field(repr=False)  # uint8, row by row

    def first(self, n: int) -> Images:
        """The first n of them, or all."""
        n_all, channels, height, width = self.shape
        n = min(n, n_all)
        return Images((n, channels, height, width), self.data[: n * channels * height * width])


# Of a code value; one with less carries nothing (Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519).
MIN_ACTIVE_VARIANCE = 0.01
N_QUANTILES = 129  # of each code value: 128 parts with equally many training images


@dataclass(frozen=True)
class CodeQuantiles:
    """How the values of a code are spread over the training images: whole numbers of a unit."""

    n_tables: int  # one for each number of the code; for convolutions one for each channel
    exponent: int  # the unit is 2**exponent
    data: bytes = field(repr=False)  # int16, little-endian, (n_tables, N_QUANTILES); each row rises


@dataclass(frozen=True)
class StepRecord:
    """Some consecutive steps of one epoch."""

    epoch: int  # from 1
    losses: tuple[float, ...] = field(repr=False)  # one training loss a step
    x_hat: Images | None = field(default=None, repr=False)  # the preview images after the last of these steps
    seconds: float = 0.0  # of work at these steps; 0: nobody has measured it
    rate: float | None = None  # of a code, mean over these steps: bits or, of a model with a prior, nats


@dataclass(frozen=True)
class Heartbeat:
    """A sign of life while the test set is gone through."""

    epoch: int
    done: float  # fraction, 0 to 1


@dataclass(frozen=True)
class EpochRecord:
    """One finished epoch."""

    epoch: int  # from 1
    train_loss: float  # mean over the epoch, while the weights were changing
    test_loss: float  # over the whole test set, after the epoch
    seconds: float  # only training, without the test
    test_seconds: float
    threads: int
    x_hat: Images = field(repr=False)  # the preview images after this epoch
    concurrent_jobs: int | None = None  # other jobs on the machine meanwhile; None: nobody has looked
    stood_still: float = 0.0  # seconds in which the process did not work; they are in none of the others
    test_bits: float | None = None  # of a rounded code; None: the model is not trained for its bytes
    train_kl: float | None = None  # of the codes from the prior, nats an image; None: the model has none
    test_kl: float | None = None  # likewise
    n_active: int | None = None  # code values whose mean tells test images apart; None: as above
    quantiles: CodeQuantiles | None = field(default=None, repr=False)  # of its code, after the last epoch


@dataclass(frozen=True)
class Epoch:
    """What stays of an epoch when its pictures are put aside."""

    train_loss: float
    test_loss: float
    seconds: float
    test_seconds: float
    threads: int
    concurrent_jobs: int | None = None  # other jobs on the machine meanwhile; None: nobody has looked
    stood_still: float = 0.0  # seconds in which the process did not work; they are in none of the others
    test_bits: float | None = None  # of a rounded code; None: the model is not trained for its bytes
    train_kl: float | None = None  # of the codes from the prior, nats an image; None: the model has none
    test_kl: float | None = None  # likewise
    n_active: int | None = None  # code values whose mean tells test images apart; None: as above


@dataclass(frozen=True)
class Preview:
    """One frame of a run's film: the preview images as the model gave them back at that moment."""

    step: int  # of the whole run, after which it was made; 0 is before any training
    epoch: int | None  # that ended with this step; 0 is before any training; None: in the midst of an epoch
    x_hat: Images = field(repr=False)


# Of what a run may hold; its file is refused beyond them, so that no file can fill the memory.
MAX_PIXELS = 65_536  # numbers of an image, all channels
MAX_STEPS = 5_000_000  # of all epochs
MAX_PREVIEWS = 64
MAX_STEP_SECONDS = 100  # records of which a run remembers how fast their steps were: the last ten seconds


@dataclass(frozen=True)
class Run:
    """A training run as far as it has come: all that its file holds besides weights and optimiser state."""

    run_id: str
    config: TrainConfig
    fingerprint: str  # of the data set
    model: ModelInfo
    n_train_images: int
    device: str  # "cpu", or the GPU's name
    versions: Mapping[str, str]
    x: Images = field(repr=False)  # the preview images
    x_noisy: Images | None = field(default=None, repr=False)  # what the model is given, if there is noise
    attempt: int = 1
    resumed_from_epoch: int = 0
    earlier_tests: int = 0  # the first epochs, tested as version 0.1 did: on noise that depends on the model
    epochs: tuple[Epoch, ...] = ()
    step_losses: tuple[float, ...] = field(default=(), repr=False)  # the unfinished epoch's included
    previews: tuple[Preview, ...] = field(default=(), repr=False)  # in the order in which they were made
    quantiles: CodeQuantiles | None = field(default=None, repr=False)  # of its code; None: not finished yet
    # Of one step, by each of the latest records of steps since training began or resumed; in no file.
    step_seconds: tuple[float, ...] = field(default=(), repr=False, compare=False)
    step_rate: float | None = field(default=None, repr=False, compare=False)  # of a code, latest; in no file

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.n_train_images / self.config.batch_size)

    @property
    def finished(self) -> bool:
        return len(self.epochs) >= self.config.epochs

    @property
    def done(self) -> float:
        """Fraction of the training steps, 0 to 1."""
        return min(1.0, len(self.step_losses) / (self.steps_per_epoch * self.config.epochs))

    @property
    def doing(self) -> str:
        return f"Training: {out_of(len(self.epochs), self.config.epochs, 'epoch')}"

    @property
    def seconds(self) -> float:
        """Training and testing of the finished epochs."""
        return sum(e.seconds + e.test_seconds for e in self.epochs)

    @property
    def earlier_test(self) -> bool:
        """Whether its test error is of noisy images that other models were not given."""
        return 0 < len(self.epochs) <= self.earlier_tests

    @property
    def timed(self) -> tuple[Epoch, ...]:
        """The finished epochs in which the process never stood still; all of them where there is none."""
        return tuple(e for e in self.epochs if not e.stood_still) or self.epochs

    @property
    def seconds_per_epoch(self) -> float:
        """The median over the timed epochs, training and test; 0 before the first."""
        return median(e.seconds + e.test_seconds for e in self.timed) if self.epochs else 0.0

    @property
    def images_per_second(self) -> float:
        """Training images a second, over the timed epochs; 0 before the first."""
        seconds = sum(e.seconds for e in self.timed)
        return self.n_train_images * len(self.timed) / seconds if seconds else 0.0

    @property
    def test_mse(self) -> float | None:
        """After the last finished epoch; None before the first."""
        return self.epochs[-1].test_loss if self.epochs else None

    @property
    def train_loss(self) -> float | None:
        """Of the last finished epoch; None before the first."""
        return self.epochs[-1].train_loss if self.epochs else None

    @property
    def test_bits(self) -> float | None:
        """Of a rounded code, after the last finished epoch; None: the model is not trained for its bytes."""
        return self.epochs[-1].test_bits if self.epochs else None

    @property
    def code_bytes(self) -> float | None:
        """Of one image's code, as the model's density has it: after the last finished epoch; in the first one
        those of the latest steps. None: the model is not trained for its bytes, or has not begun."""
        if self.config.rate_weight is None:
            return None
        bits = self.test_bits if self.epochs else self.step_rate
        return None if bits is None else bits / 8

    @property
    def kl(self) -> float | None:
        """Of the codes from the prior in nats an image: after the last finished epoch; in the first one that
        of the latest steps. None: the model has no prior, or has not begun."""
        if not self.config.kind.has_prior:
            return None
        return self.epochs[-1].test_kl if self.epochs else self.step_rate

    @property
    def concurrent_jobs(self) -> int | None:
        """The most other jobs that ran on the machine during an epoch; None: not known of every epoch."""
        counts = [e.concurrent_jobs for e in self.epochs if e.concurrent_jobs is not None]
        return max(counts) if counts and len(counts) == len(self.epochs) else None

    @property
    def test_psnr_db(self) -> float | None:
        """Of the whole test set: -10 log10 of its mean MSE."""
        return None if not self.epochs else psnr_of_mse(self.epochs[-1].test_loss)

    def after(self, record: object) -> Run:
        """This run with one more record."""
        match record:
            case StepRecord():
                step_seconds = self.step_seconds
                if record.seconds:
                    newest = record.seconds / len(record.losses)
                    step_seconds = (*step_seconds, newest)[-MAX_STEP_SECONDS:]
                losses = self.step_losses + record.losses
                run = replace(self, step_losses=losses, step_seconds=step_seconds, step_rate=record.rate)
                if record.x_hat is None:
                    return run
                return run._with_frame(Preview(len(run.step_losses), None, record.x_hat))
            case EpochRecord():
                epoch = Epoch(**{f.name: getattr(record, f.name) for f in fields(Epoch)})
                run = replace(self, epochs=(*self.epochs, epoch), quantiles=record.quantiles)
                step = record.epoch * self.steps_per_epoch
                return run._with_frame(Preview(step, record.epoch, record.x_hat))
        return self

    def _with_frame(self, preview: Preview) -> Run:
        return replace(self, previews=thinned((*self.previews, preview)))


def psnr_of_mse(mse: float) -> float:
    """Peak signal-to-noise ratio in decibels of pixels in [0, 1]; inf for no error."""
    return math.inf if mse <= 0 else -10 * math.log10(mse)


def thinned(previews: tuple[Preview, ...]) -> tuple[Preview, ...]:
    """At most MAX_PREVIEWS of them: epochs in even strides, of which the first and the last always stay.

    So do all in the midst of an epoch: there are only as many as `training.FILM_STEPS`.
    """
    last = max((p.epoch for p in previews if p.epoch is not None), default=0)
    stride, frames = 1, previews
    while len(frames) > MAX_PREVIEWS:
        stride *= 2
        frames = tuple(p for p in previews if p.epoch is None or p.epoch % stride == 0 or p.epoch == last)
    return frames
