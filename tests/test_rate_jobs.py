"""Jobs of bytes and quality: what they count are real files, and nothing old is taken for new."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from autoenc import cache, checkpoints, compression, datasets, forecasting
from autoenc.compression import CODECS, curves, measuring
from autoenc.compression.codec import with_quantiles
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, ConfigError, RunUnknown
from autoenc.forecasting import Machine
from autoenc.jobs import RateJob, TrainJob
from autoenc.schema import RateCurve, RatePoint, State
from tests.runs import PLAIN

pytestmark = pytest.mark.usefixtures("new_results")

RUN = "digits-mlp-k4-e100-c5cc5dfd"  # an example, of before there were quantiles in the files of runs
COLOURED = "photos-mlp-k64-e30-11f907a3"  # an example of another data set


@pytest.fixture(scope="module")
def whole() -> Dataset:
    return datasets.load("digits")


def result(job: RateJob) -> RateCurve:
    *_, last = job.run()
    assert isinstance(last, RateCurve)
    return last


def side_by_side(data: Dataset) -> tuple[np.ndarray, int]:
    """The test images in rows of one picture, as it is done by hand; and how many find room."""
    n = int(np.sqrt(len(data.test)))
    rows = len(data.test) // n
    images = data.test[: rows * n, 0]
    return np.block([[images[row * n + column] for column in range(n)] for row in range(rows)]), rows * n


# ---------------------------------------------------------------- what is counted


def test_each_point_of_a_run_is_a_file_and_what_comes_out_of_it(whole: Dataset) -> None:
    curve = result(RateJob("digits", RUN))
    codec = compression.codec_of(RUN)
    known = with_quantiles(codec, whole.train)
    assert len(curve.points) == len(measuring.BITS)
    assert curve.done == 1
    for point in curve.points[::4]:
        file = compression.compress(codec, whole.test, known.step(point.knob))
        x_hat = np.concatenate(list(compression.decompress(file, codec)))
        mse = float(np.square(whole.test / 255 - x_hat / 255).mean())
        assert (point.n_bytes, point.n_images) == (len(file.to_bytes()), len(whole.test))
        assert point.mse == pytest.approx(mse, rel=1e-5)
    rates = [point.bytes_per_image for point in curve.points]
    assert rates == sorted(rates), "from few bytes to many"


def test_a_model_that_was_trained_for_its_bytes_is_measured_around_its_own_step() -> None:
    job = TrainJob(replace(PLAIN, epochs=1, rate_weight=0.1), "cpu")
    for _ in job.run():
        pass
    knobs = [point.knob for point in result(RateJob("digits", job.job_id)).points]
    assert knobs == pytest.approx(measuring.TRAINED_STEPS, rel=1e-3)
    assert 1.0 in knobs


def test_tiles_are_one_file_of_pillow_and_single_images_one_each(whole: Dataset) -> None:
    picture, n_images = side_by_side(whole)
    tiled = result(RateJob("digits", "jpeg-tiled")).at(10.0)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=10, optimize=True)
    back = np.asarray(Image.open(file))
    assert tiled == RatePoint(
        10.0,
        n_images,
        len(file.getvalue()),
        pytest.approx(float(np.square(picture / 255 - back / 255).mean())),
    )
    alone = result(RateJob("digits", "png")).points[0]
    n_bytes = 0
    for image in whole.test:
        file = io.BytesIO()
        Image.fromarray(image[0]).save(file, "PNG", optimize=True)
        n_bytes += len(file.getvalue())
    assert alone == RatePoint(100.0, len(whole.test), n_bytes, 0.0)


def test_a_large_code_is_measured_on_as_many_images_as_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(curves, "MAX_MEASURED_NUMBERS", 4 * 50)
    assert {point.n_images for point in result(RateJob("digits", RUN)).points} == {50}


def test_a_curve_grows_by_a_point_at_a_time_outside_of_inference_mode() -> None:
    n_points, done = [], []
    for curve in RateJob("digits", "pca").run():
        assert not torch.is_inference_mode_enabled()
        n_points.append(len(curve.points))
        done.append(curve.done)
    assert n_points == [*range(len(measuring.BITS) + 1), len(measuring.BITS)]
    assert done == sorted(done)
    assert done[-2] < done[-1] == 1


# ---------------------------------------------------------------- the pictures of a point


def test_what_comes_back_at_a_point_of_a_run_is_in_its_file_and_the_shares_make_its_bytes(
    whole: Dataset,
) -> None:
    codec = with_quantiles(compression.codec_of(RUN), whole.train)
    step = measuring.steps(codec)[5]
    back = curves.returned(RUN, whole, step.value, len(whole.test))
    file = compression.compress(codec, whole.test, step)
    x_hat = np.concatenate(list(compression.decompress(file, codec)))
    assert np.abs(back.x_hat.astype(int) - x_hat).mean() < 0.5, "but for values beyond the tables"
    assert sum(back.n_bytes) == pytest.approx(len(file.code), rel=0.05)


def test_what_comes_back_of_files_of_their_own_has_their_bytes_and_tiles_have_none(whole: Dataset) -> None:
    alone = curves.returned("webp", whole, 10.0, 3)
    for image, x_hat, n_bytes in zip(whole.test[:3], alone.x_hat, alone.n_bytes, strict=True):
        file = io.BytesIO()
        Image.fromarray(image[0]).save(file, "WEBP", quality=10, method=4)
        assert n_bytes == len(file.getvalue())
        assert np.array_equal(x_hat[0], np.asarray(Image.open(file).convert("L")))
    picture, _ = side_by_side(whole)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=10, optimize=True)
    tiles = curves.returned("jpeg-tiled", whole, 10.0, 3)
    assert tiles.n_bytes == ()
    back = np.asarray(Image.open(file))
    assert np.array_equal(tiles.x_hat[2, 0], back[:28, 56:84]), "the third in the first row"


@pytest.mark.parametrize("source", CODECS)
def test_every_codec_gives_images_back_at_its_first_setting(source: str, whole: Dataset) -> None:
    knob = 1.0 if source == "pca" else float(CODECS[source].lossless) * 100
    back = curves.returned(source, whole, knob, 2)
    assert (back.x_hat.shape, back.x_hat.dtype) == ((2, 1, 28, 28), np.uint8)
    if CODECS[source].lossless:
        assert np.array_equal(back.x_hat, whole.test[:2])


# ---------------------------------------------------------------- kept, and refused


def test_a_curve_is_kept_for_the_next_time_and_one_that_was_stopped_is_not() -> None:
    job = RateJob("digits", "jpeg-tiled")
    records = job.run()
    next(records)
    next(records)
    records.close()
    assert job.stored() is None
    curve = result(job)
    stored = job.stored()
    assert stored is not None
    assert (stored.state, stored.value) == (State.FINISHED, curve)


def test_a_run_that_was_replaced_meanwhile_is_not_measured(checkpoint_folder: Path) -> None:
    checkpoint_folder.mkdir(exist_ok=True)
    path = checkpoint_folder / f"{RUN}.safetensors"
    shutil.copy(checkpoints.find(RUN), path)
    job = RateJob("digits", RUN)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1  # another weight, by a little
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match=f"another run has replaced {RUN}"):
        result(job)
    assert RateJob("digits", RUN).job_id != job.job_id


def test_what_does_not_fit_together_is_told() -> None:
    with pytest.raises(ConfigError, match=f"{COLOURED} was trained on photos; choose a run of digits"):
        result(RateJob("digits", COLOURED))
    with pytest.raises(RunUnknown, match="there is no run digits-mlp-k4-e9-00000000"):
        RateJob("digits", "digits-mlp-k4-e9-00000000")


SOUND = {"knob": 10.0, "n_images": 3, "n_bytes": 90, "mse": 0.01, "n_bytes_head": 5}


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": []},
        {"points": [SOUND] * 100},
        {"points": 3},
        {"points": [SOUND | {"n_images": 0}]},
        {"points": [SOUND | {"n_bytes": 0}]},
        {"points": [SOUND | {"n_bytes_head": 91}]},
        {"points": [SOUND | {"mse": -0.1}]},
        {"points": [SOUND | {"mse": float("nan")}]},
        {"points": [SOUND | {"knob": "x"}]},
        {"points": [{"knob": 10.0}]},
        {"source": "webp-tiled"},
        {"dataset": "photos"},
    ],
)
def test_a_kept_curve_that_makes_no_sense_is_none(wrong: dict[str, object]) -> None:
    job = RateJob("digits", "jpeg-tiled")
    sound = {"dataset": "digits", "source": "jpeg-tiled", "points": [SOUND]}
    cache.save(job.job_id, sound)
    stored = job.stored()
    assert stored is not None
    assert stored.value == RateCurve("digits", "jpeg-tiled", (RatePoint(10.0, 3, 90, 0.01, 5),), 1.0)
    cache.save(job.job_id, sound | wrong)
    assert job.stored() is None


# ---------------------------------------------------------------- how long it takes, and how much it takes


def test_what_was_measured_here_says_how_long_the_next_will_take() -> None:
    machine, info = Machine(2, 8_000_000_000, None, 1), datasets.info("digits")
    before = forecasting.rate_curve("webp-tiled", info, machine)
    assert before.forecast.high > before.forecast.low
    result(RateJob("digits", "webp-tiled"))
    kind = forecasting.rate_kind("webp-tiled", info.image_shape, info.n_test)
    after = forecasting.rate_curve("webp-tiled", info, machine).forecast
    known = cache.load_cached(f"speed-{kind}")
    assert known is not None
    assert after.high == known["seconds"]
    avif = forecasting.rate_curve("avif", info, machine).forecast
    assert avif.low > 5 * before.forecast.high, "the slowest is expected to be that"


def test_a_code_that_is_larger_than_its_images_is_said_to_need_more_memory() -> None:
    small, large = (
        RateJob("digits", RUN),
        TrainJob(replace(PLAIN, model="conv", latent_size=16, epochs=1), "cpu"),
    )
    for _ in large.run():
        pass
    n_test = len(datasets.load("digits").test)
    assert RateJob("digits", large.job_id).needed_bytes() - small.needed_bytes() > 10 * 196 * 16 * n_test
