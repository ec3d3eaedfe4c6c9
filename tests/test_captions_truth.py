"""No sentence under a picture claims what other measures deny: on digits, on photographs, on plain skies."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from autoenc import captions, checkpoints, datasets, inspection, recognition
from autoenc.captions.images import Reader, Reading
from autoenc.datasets import Dataset
from autoenc.jobs import RecogniserJob
from autoenc.recognition import ImageReader
from autoenc.schema import RecogniserConfig
from tests.verdicts import Image, false_claims

Images = NDArray[np.uint8]  # (B, C, H, W)
Change = Callable[[Images, Images], Images]  # training images, test images -> reconstructions

N_IMAGES, N_TRAIN = 200, 300


def linear_code(n_latents: int) -> Change:
    """A linear autoencoder: the principal components of the training images."""

    def change(train: Images, x: Images) -> Images:
        rows = train.reshape(len(train), -1) / 255
        mean = rows.mean(0)
        _, _, axes = np.linalg.svd(rows - mean, full_matrices=False)
        code = (x.reshape(len(x), -1) / 255 - mean) @ axes[:n_latents].T
        x_hat = (code @ axes[:n_latents] + mean).clip(0, 1)
        return np.rint(255 * x_hat).astype(np.uint8).reshape(x.shape)

    return change


def coarse(step: int) -> Change:
    """Every square of so many pixels in its mean."""

    def change(_: Images, x: Images) -> Images:
        height, width = (side // step for side in x.shape[2:])
        means = x.reshape(*x.shape[:2], height, step, width, step).mean((3, 5))
        return np.rint(means).astype(np.uint8).repeat(step, 2).repeat(step, 3)

    return change


def with_noise(_: Images, x: Images) -> Images:
    return (x + np.random.default_rng(0).normal(0, 60, x.shape)).clip(0, 255).astype(np.uint8)


def darker(_: Images, x: Images) -> Images:
    return (x * 0.7).astype(np.uint8)


def without_contrast(_: Images, x: Images) -> Images:
    return np.broadcast_to(x.mean((2, 3), keepdims=True), x.shape).astype(np.uint8)


def hardly_trained(train: Images, x: Images) -> Images:
    """The mean image, whatever comes."""
    return np.broadcast_to(train.mean(0).round(), x.shape).astype(np.uint8)


def other_colours(_: Images, x: Images) -> Images:
    return x[:, ::-1]


RECONSTRUCTIONS: Mapping[str, Change] = {
    "2 numbers": linear_code(2),
    "8 numbers": linear_code(8),
    "32 numbers": linear_code(32),
    "128 numbers": linear_code(128),
    "coarse": coarse(2),
    "very coarse": coarse(4),
    "noise": with_noise,
    "darker": darker,
    "no contrast": without_contrast,
    "mean image": hardly_trained,
    "colours in another order": other_colours,
    "the same": lambda _, x: x,
}


@pytest.fixture(scope="module", params=["digits", "photos", "mnist"])
def data(request: pytest.FixtureRequest) -> Dataset:
    if request.param == "mnist":
        real: Dataset = request.getfixturevalue("mnist")
        return real
    return datasets.load(request.param)


@pytest.fixture(scope="module")
def reader(data: Dataset) -> Reader:
    return Reader(data.train, data.train_labels, data.test_labels)


@pytest.mark.parametrize("name", RECONSTRUCTIONS)
def test_no_sentence_claims_what_the_pictures_deny(name: str, data: Dataset, reader: Reader) -> None:
    x = data.test[:N_IMAGES]
    assert false_claims_about(x, RECONSTRUCTIONS[name](data.train[:N_TRAIN], x), data, reader) == []


@pytest.mark.parametrize("run_id", [run.run_id for run in checkpoints.examples()])
def test_of_each_model_that_comes_with_the_program_no_sentence_is_denied(run_id: str) -> None:
    trained = inspection.open_run(run_id)
    data, x_hat = trained.data, inspection.reconstructions(trained).x_hat[:N_IMAGES]
    reader = Reader(data.train, data.train_labels, data.test_labels)
    assert false_claims_about(data.test[:N_IMAGES], x_hat, data, reader) == []


def false_claims_about(x: Images, x_hat: Images, data: Dataset, reader: Reader) -> list[tuple[int, str]]:
    """What is said of the first test images as the page says it, where that is false."""
    images = np.arange(len(x))
    return false_claims_of(x, x_hat, data, captions.images.compared(data, reader, images, x_hat))


def false_claims_of(
    x: Images, x_hat: Images, data: Dataset, readings: Sequence[Reading | None]
) -> list[tuple[int, str]]:
    said = captions.images.verdicts(data, readings, np.arange(len(x)), x_hat)
    return false_claims(zip(x, x_hat, (verdict.sentence for verdict in said), strict=True))


@pytest.fixture(scope="module")
def recogniser() -> ImageReader:
    """Of digits."""
    job = RecogniserJob(RecogniserConfig("digits", 6))
    for _ in job.run():
        pass
    return recognition.open_reader(job.job_id, datasets.load("digits"))


@pytest.mark.parametrize("name", RECONSTRUCTIONS)
def test_no_sentence_that_quotes_a_recogniser_is_denied(name: str, recogniser: ImageReader) -> None:
    data, images = datasets.load("digits"), np.arange(N_IMAGES)
    x = data.test[images]
    x_hat = np.ascontiguousarray(RECONSTRUCTIONS[name](data.train[:N_TRAIN], x))
    before, after = (recogniser.read(pictures) for pictures in (x, x_hat))
    read = ((one.classes, one.confidences) for one in (before, after))
    readings = captions.images.recognised(data, images, *read)
    assert false_claims_of(x, x_hat, data, readings) == []


# ---------------------------------------------------------------- even pictures


def sky(shade: float = 0.02) -> Image:
    """A blue sky that is a little lighter at the horizon, and has the grain of a camera."""
    blue = np.array([0.55, 0.7, 0.95])[:, None, None]
    gradient = np.linspace(-shade, shade, 32)[None, :, None]
    grain = np.random.default_rng(0).normal(0, 0.004, (1, 32, 32))
    return np.rint(255 * (blue + gradient + grain)).astype(np.uint8)


def off_by(x: Image, db: float) -> Image:
    """Everywhere off by as much as makes so many decibels, a little brighter."""
    return (x + np.rint(255 * 10 ** (-db / 20))).clip(0, 255).astype(np.uint8)


def test_a_plain_sky_that_came_back_almost_equal_is_said_to() -> None:
    x = sky()
    even = np.broadcast_to(x.mean((1, 2), keepdims=True), x.shape).astype(np.uint8)
    for x_hat in (even, off_by(even, 29), off_by(even, 26.5)):
        sentence = captions.images.describe(x, x_hat).sentence
        assert sentence.endswith("dB: hardly any difference can be seen"), sentence


def test_a_sky_that_is_darker_is_called_darker_and_nothing_else() -> None:
    x = sky()
    assert captions.images.describe(x, x - 40).sentence.endswith("dB: it is darker")


def test_a_sky_that_has_become_brown_has_other_colours() -> None:
    x = sky()
    assert "the colours have changed" in captions.images.describe(x, x[::-1]).sentence


def test_a_pattern_in_a_sky_is_named() -> None:
    x = sky()
    x_hat = x.copy()
    x_hat[:, 0], x_hat[:, -1], x_hat[:, :, 0], x_hat[:, :, -1] = 120, 120, 120, 120  # a frame
    assert "a pattern appears where it was even" in captions.images.describe(x, x_hat).sentence


def test_noise_in_a_sky_is_no_pattern() -> None:
    x = sky()
    x_hat = (x + np.random.default_rng(1).normal(0, 40, x.shape)).clip(0, 255).astype(np.uint8)
    assert "hardly more than noise is left" in captions.images.describe(x, x_hat).sentence


def test_a_night_that_came_back_is_not_a_ruin() -> None:
    x = (sky(0.01) * 0.06).astype(np.uint8)
    assert captions.images.describe(x, x + 10).sentence.endswith("dB: hardly any difference can be seen")


def test_leaves_that_have_become_brown_have_other_colours() -> None:
    leaves = np.random.default_rng(0).integers(0, 60, (3, 32, 32)) + np.array([60, 150, 40])[:, None, None]
    brown = leaves[[1, 0, 2]]
    verdict = captions.images.describe(leaves.astype(np.uint8), brown.astype(np.uint8))
    assert "the colours have changed" in verdict.sentence


def test_few_lost_pixels_are_no_lost_stroke() -> None:
    x = np.zeros((1, 28, 28), np.uint8)
    x[0, 4:24, 8:16] = 255  # a thick bar
    x[0, 10, 16:22] = 255  # with a hair
    x_hat = x.copy()
    x_hat[0, 10, 16:22] = 0
    assert captions.images.measure(x, x_hat).lost_thin == 0
    assert "strokes" not in captions.images.describe(x, x_hat).sentence


def test_what_stands_on_grey_is_not_said_to_have_changed_its_shape() -> None:
    x = np.zeros((1, 28, 28), np.uint8)
    x[0, 4:24, 10:14] = 255
    pattern = 20 * (np.indices((28, 28)).sum(0) % 2)
    x_hat = (70 + x // 8 + pattern[None]).astype(np.uint8)
    sentence = captions.images.describe(x, x_hat).sentence
    assert sentence.endswith(": black has turned grey, strokes are much paler")
