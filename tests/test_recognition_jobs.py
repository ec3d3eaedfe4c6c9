"""Jobs of recognisers: what is read is what a few plain lines read, and nothing old is taken for new."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.metrics import confusion_matrix
from torch import Tensor, nn

from autoenc import cache, checkpoints, datasets, noise, training
from autoenc.datasets import Dataset
from autoenc.denoising import measuring as denoising
from autoenc.errors import CheckpointError, ConfigError, RunUnknown
from autoenc.jobs import ProbeJob, ReadingJob, RecogniserJob, TrainJob
from autoenc.recognition import open_reader, probe
from autoenc.recognition import training as recogniser_training
from autoenc.recognition.measuring import ORIGINALS
from autoenc.schema import (
    Probe,
    Reading,
    ReadingCurve,
    Recogniser,
    RecogniserConfig,
    RecogniserEpoch,
    State,
    TrainConfig,
)
from tests.recognisers import of_digits

pytestmark = pytest.mark.usefixtures("new_results")

RUN = "digits-mlp-k4-e100-c5cc5dfd"  # an example: its pictures are read with some mistakes
COLOURED = "photos-mlp-k64-e30-11f907a3"  # an example of another data set


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recogniser, Path]:
    folder = tmp_path_factory.mktemp("trained")
    return of_digits(folder, 6), folder


@pytest.fixture
def recogniser(trained: tuple[Recogniser, Path], checkpoint_folder: Path) -> Recogniser:
    shutil.copytree(trained[1], checkpoint_folder, dirs_exist_ok=True)
    return trained[0]


@pytest.fixture(scope="module")
def whole() -> Dataset:
    return datasets.load("digits")


def as_pixels(x: Tensor) -> Tensor:
    return x.clamp(0, 1).mul(255).round().to(torch.uint8)


def confusion(recogniser: Recogniser, data: Dataset, pixels: Tensor) -> np.ndarray:
    read = open_reader(recogniser.recogniser_id, data).read(pixels.numpy())
    return confusion_matrix(data.test_labels, read.classes, labels=range(10))


def result(job: ReadingJob | ProbeJob) -> ReadingCurve | Probe:
    *_, last = job.run()
    return last


# ---------------------------------------------------------------- what is read


def test_a_recogniser_of_a_few_epochs_reads_the_digits(recogniser: Recogniser, whole: Dataset) -> None:
    assert recogniser.accuracy > 0.9
    (originals,) = result(ReadingJob("digits", recogniser.recogniser_id, ORIGINALS)).readings
    assert originals.accuracy == recogniser.accuracy
    assert originals.at == 784


def test_a_run_is_read_as_plain_lines_read_it(recogniser: Recogniser, whole: Dataset) -> None:
    job = ReadingJob("digits", recogniser.recogniser_id, RUN)
    assert job.stored() is None
    curve = result(job)
    _, model = checkpoints.load_trained(RUN)
    pixels = as_pixels(model(torch.from_numpy(whole.test).float() / 255))
    assert np.array_equal(curve.readings[0].confusion, confusion(recogniser, whole, pixels))
    assert curve.readings[0].at == 4
    assert 0.3 < curve.readings[0].accuracy < recogniser.accuracy
    stored = job.stored()
    assert (stored.state, stored.value) == (State.FINISHED, curve)


def test_pca_is_read_at_the_powers_of_two_as_scikit_learn_makes_it(
    recogniser: Recogniser, whole: Dataset
) -> None:
    curve = result(ReadingJob("digits", recogniser.recogniser_id, "pca"))
    assert [reading.at for reading in curve.readings] == [2**i for i in range(10)]
    train, test = whole.train.reshape(-1, 784) / 255, whole.test.reshape(-1, 784) / 255
    fitted = PCA(16, svd_solver="full").fit(train)
    x_hat = torch.from_numpy(fitted.inverse_transform(fitted.transform(test))).view(-1, 1, 28, 28)
    expected = confusion(recogniser, whole, as_pixels(x_hat))
    assert np.abs(np.array(curve.at(16).confusion) - expected).sum() <= 4  # rounded otherwise: two images


def test_at_a_level_of_noise_the_very_pixels_of_the_psnr_curve_are_read(
    recogniser: Recogniser, whole: Dataset
) -> None:
    curve = result(ReadingJob("digits", recogniser.recogniser_id, "noisy", "gaussian", (0.2, 0.8)))
    *_, quality = denoising.measure("noisy", whole, "gaussian", (0.8,))
    x = training.as_float(torch.from_numpy(whole.test))
    noisy = noise.apply("gaussian", x, 0.8, denoising.test_unit(x, 0))
    assert float((noisy - x).square().mean()) == pytest.approx(quality.points[0].mse, rel=1e-5)
    assert np.array_equal(curve.at(0.8).confusion, confusion(recogniser, whole, as_pixels(noisy)))
    assert curve.at(0.2).accuracy > curve.at(0.8).accuracy


def test_no_record_comes_in_inference_mode(recogniser: Recogniser) -> None:
    job = ReadingJob("digits", recogniser.recogniser_id, RUN)
    assert not any(torch.is_inference_mode_enabled() for _ in job.run())


# ---------------------------------------------------------------- what is refused


def test_what_does_not_fit_together_is_told(recogniser: Recogniser) -> None:
    mine = recogniser.recogniser_id
    with pytest.raises(ConfigError, match=f"{COLOURED} was trained on photos; choose a run of digits"):
        result(ReadingJob("digits", mine, COLOURED))
    with pytest.raises(ConfigError, match=f"{mine} has learnt to read digits; choose a recogniser of photos"):
        result(ReadingJob("photos", mine, COLOURED))
    with pytest.raises(RunUnknown, match="there is no run digits-mlp-k4-e9-00000000"):
        ReadingJob("digits", mine, "digits-mlp-k4-e9-00000000")
    with pytest.raises(RunUnknown, match="there is no recogniser digits-recogniser-e9-00000000"):
        ReadingJob("digits", "digits-recogniser-e9-00000000", RUN)
    with pytest.raises(ConfigError, match="PCA cannot be given noise"):
        ReadingJob("digits", mine, "pca", "gaussian", (0.1,))
    with pytest.raises(ConfigError, match="Median filter needs noise to take away"):
        ReadingJob("digits", mine, "median")


def test_a_stop_in_mid_epoch_loses_nothing_that_was_finished_and_neither_half_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recogniser_training, "REPORT_SECONDS", 0.0)
    records = RecogniserJob(RecogniserConfig("digits", 3), "cpu").run()
    recogniser = next(records)
    for record in records:
        if len(recogniser.epochs) == 1:  # this one is a part of the second
            break
        recogniser = recogniser.after(record)
    records.close()
    job = RecogniserJob(RecogniserConfig("digits", 3), "cpu")
    assert job.stored().state is State.INTERRUPTED
    assert job.stored().value.epochs == recogniser.epochs
    with pytest.raises(ConfigError, match=r"has 1 of 3 epochs; train it to the end first"):
        result(ReadingJob("digits", recogniser.recogniser_id, RUN))
    first, *others = job.run()
    assert first.resumed_from_epoch == 1
    assert first.epochs == recogniser.epochs
    assert sum(isinstance(record, RecogniserEpoch) for record in others) == 2
    assert job.stored().state is State.FINISHED


def test_a_recogniser_or_a_run_that_was_replaced_meanwhile_is_not_read(
    recogniser: Recogniser, checkpoint_folder: Path
) -> None:
    path = checkpoint_folder / f"{RUN}.safetensors"
    shutil.copy(checkpoints.find(RUN), path)
    reading, probing = ReadingJob("digits", recogniser.recogniser_id, RUN), ProbeJob("digits", RUN)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1  # another weight, by a little
    path.write_bytes(data)
    for job in (reading, probing):
        with pytest.raises(CheckpointError, match=f"another run has replaced {RUN}"):
            result(job)
    again = ReadingJob("digits", recogniser.recogniser_id, RUN)
    assert again.job_id != reading.job_id
    own = checkpoint_folder / "recognisers" / f"{recogniser.recogniser_id}.safetensors"
    data = bytearray(own.read_bytes())
    data[-1] ^= 1
    own.write_bytes(data)
    with pytest.raises(CheckpointError, match=f"another recogniser has replaced {recogniser.recogniser_id}"):
        result(again)


@pytest.mark.parametrize(
    "wrong",
    [
        {"readings": []},
        {"readings": 3},
        {"readings": [{"at": 4.0, "confusion": [[1, 0], [0]]}]},
        {"readings": [{"at": 4.0, "confusion": [[1, -1], [0, 1]]}]},
        {"readings": [{"at": 4.0, "confusion": [[0, 0], [0, 0]]}]},
        {"readings": [{"at": "x", "confusion": [[1, 0], [0, 1]]}]},
        {"source": "pca"},
        {"recogniser_id": "another"},
    ],
)
def test_a_kept_reading_that_makes_no_sense_is_none(wrong: dict[str, object], recogniser: Recogniser) -> None:
    job = ReadingJob("digits", recogniser.recogniser_id, RUN)
    sound = {
        "dataset": "digits",
        "recogniser_id": recogniser.recogniser_id,
        "source": RUN,
        "readings": [{"at": 4.0, "confusion": [[1, 0], [0, 1]]}],
    }
    cache.save(job.job_id, sound)
    assert job.stored().value.readings == (Reading(4.0, ((1, 0), (0, 1))),)
    cache.save(job.job_id, sound | wrong)
    assert job.stored() is None
    file = next(path for path in (datasets.cache_dir() / "results").iterdir())
    file.write_bytes(b"damaged")
    assert job.stored() is None


# ---------------------------------------------------------------- a linear classifier on codes


class _Encoder(nn.Module):
    """A code of ten numbers: the class, which the first pixel of each image says, or nothing of it."""

    def __init__(self, *, knows: bool) -> None:
        super().__init__()
        self.knows, self.seen = knows, 0
        self.draws = torch.Generator().manual_seed(0)

    def forward(self, x: Tensor) -> Tensor:
        self.seen += len(x)
        if not self.knows:
            return torch.randn(len(x), 10, generator=self.draws)
        return nn.functional.one_hot((x[:, 0, 0, 0] * 255).round().long(), 10).float()


def with_encoder(encoder: nn.Module) -> nn.Module:
    model = nn.Module()
    model.encoder = encoder
    return model


@pytest.fixture(scope="module")
def telling(whole: Dataset) -> Dataset:
    """The digits, each with its class in its first pixel."""
    train, test = whole.train.copy(), whole.test.copy()
    train[:, 0, 0, 0], test[:, 0, 0, 0] = whole.train_labels, whole.test_labels
    return replace(whole, train=train, test=test)


def test_a_code_that_is_the_class_is_read_always_and_one_of_chance_by_chance(telling: Dataset) -> None:
    config = TrainConfig("digits")
    assert probe.accuracy(with_encoder(_Encoder(knows=True)), telling, config) == 1.0
    by_chance = probe.accuracy(with_encoder(_Encoder(knows=False)), telling, config)
    assert by_chance == pytest.approx(0.1, abs=4 * np.sqrt(0.1 * 0.9 / len(telling.test)))


def test_a_large_code_is_fitted_on_fewer_images(telling: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    for numbers, n in ((10 * 400, 400), (10 * 20, 100), (10**9, len(telling.train))):
        monkeypatch.setattr(probe, "MAX_FITTED_NUMBERS", numbers)
        encoder = _Encoder(knows=True)
        assert probe.accuracy(with_encoder(encoder), telling, TrainConfig("digits")) == 1.0
        assert encoder.seen == 1 + n + len(telling.test)


def test_by_epoch_a_probe_begins_untrained_and_ends_where_that_of_the_run_is(whole: Dataset) -> None:
    config = TrainConfig("digits", latent_size=4, epochs=2)
    run_id = config.run_id(whole.fingerprint)
    for _ in TrainJob(config, "cpu").run():
        pass
    at_end, by_epoch = result(ProbeJob("digits", run_id)), result(ProbeJob("digits", run_id, by_epoch=True))
    untrained = training.begin(config, whole, "cpu").model
    assert [epochs for epochs, _ in by_epoch.accuracies] == [0, 1, 2]
    assert by_epoch.accuracies[0][1] == probe.accuracy(untrained, whole, config)
    assert by_epoch.accuracies[-1] == at_end.accuracies[-1]
    assert by_epoch.accuracy == at_end.accuracy
    assert ProbeJob("digits", run_id).stored().value == at_end
    assert ProbeJob("digits", run_id, by_epoch=True).stored().value == by_epoch
