"""The film of a run as one file, opened again."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageSequence

from autoenc import film
from autoenc.datasets import Dataset
from autoenc.schema import Images, Preview, Run
from tests.runs import NOISY_CONV, PLAIN, trained

LABEL, GAP, SIDE = 44, 4, 112  # pixels: 28 of an image, four times enlarged


@pytest.fixture(scope="module")
def run(digits: Dataset) -> Run:
    """Frames: untrained, after 1 and 2 steps, after epoch 1 (3 steps), after 5 steps, after epoch 2."""
    run, _ = trained(PLAIN, digits)
    assert [preview.step for preview in run.previews] == [0, 1, 2, 3, 5, 6]
    return run


@pytest.fixture(scope="module")
def noisy_run(digits: Dataset) -> Run:
    return trained(NOISY_CONV, digits)[0]


def opened(data: bytes) -> tuple[list[np.ndarray], list[int], Image.Image]:
    """Its frames as (H, W, 3), the milliseconds of each, and the picture itself."""
    picture = Image.open(io.BytesIO(data))
    frames = ImageSequence.Iterator(picture)
    pairs = [(np.asarray(frame.convert("RGB")), frame.info["duration"]) for frame in frames]
    return [pixels for pixels, _ in pairs], [milliseconds for _, milliseconds in pairs], picture


def row_of(frame: np.ndarray, group: int, row: int, n_rows: int, scale: int = 4) -> np.ndarray:
    """The eight pictures of one row, as small as they were: (8, h, w, 3)."""
    side = 28 * scale
    top = LABEL + group * (n_rows * (side + GAP) + 2 * GAP) + row * (side + GAP)
    strip = frame[top : top + side, GAP:].reshape(28, scale, -1, 3)
    assert (strip == strip[:, :1]).all(), "enlarged without blur"
    strip = strip[:, 0].reshape(28, 8, side + GAP, 3)[:, :, :side].reshape(28, 8, 28, scale, 3)
    assert (strip == strip[:, :, :, :1]).all(), "enlarged without blur"
    return strip[:, :, :, 0].swapaxes(0, 1)


def pixels(images: Images) -> np.ndarray:
    """Grey images as (B, H, W, 3)."""
    return np.frombuffer(images.data, np.uint8).reshape(-1, 28, 28, 1).repeat(3, axis=3)


@pytest.mark.parametrize("file_format", film.FORMATS)
@pytest.mark.parametrize("kind", ["run", "noisy_run"])
def test_each_frame_shows_every_pixel_of_original_and_reconstruction(
    file_format: str, kind: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(kind)
    frames, _, picture = opened(film.animation(run, file_format))
    assert picture.format == file_format.upper()
    assert picture.info["loop"] == 0  # for ever
    assert len(frames) == len(run.previews)
    n_rows = 2 if kind == "run" else 3
    for frame, preview in zip(frames, run.previews, strict=True):
        shown = [images for images in (run.x, run.x_noisy, preview.x_hat) if images is not None]
        assert len(shown) == n_rows
        assert frame.shape == (LABEL + 2 * (n_rows * (SIDE + GAP) + 2 * GAP), 8 * (SIDE + GAP) + GAP, 3)
        for group in (0, 1):
            for row, images in enumerate(shown):
                expected = pixels(images)[8 * group : 8 * group + 8]
                assert np.array_equal(row_of(frame, group, row, n_rows), expected)


def test_each_frame_has_a_label_of_its_own_and_the_same_legend(run: Run) -> None:
    frames, _, _ = opened(film.animation(run, "GIF"))
    labels = [frame[:LABEL, : 8 * (SIDE + GAP) // 2] for frame in frames]
    assert all((label < 128).any() for label in labels)
    assert len({label.tobytes() for label in labels}) == len(frames)
    legends = {frame[:LABEL, 5 * (SIDE + GAP) :].tobytes() for frame in frames}
    assert len(legends) == 1
    assert (np.frombuffer(legends.pop(), np.uint8) < 128).any()


@pytest.mark.parametrize("file_format", film.FORMATS)
def test_the_first_steps_are_shown_long_enough_and_the_end_is_held(run: Run, file_format: str) -> None:
    _, milliseconds, _ = opened(film.animation(run, file_format))
    assert milliseconds == film.durations(run) == [1000, 600, 600, 400, 600, 3000]


def test_many_epochs_go_by_faster_but_not_too_fast_to_be_seen(run: Run) -> None:
    for n_epochs, milliseconds in ((15, 400), (30, 200), (60, 100), (64, 90)):
        ends = tuple(Preview(3 * epoch, epoch, run.x) for epoch in range(n_epochs))
        assert film.durations(replace(run, previews=ends))[1:-1] == [milliseconds] * (n_epochs - 2)


@pytest.mark.parametrize("file_format", film.FORMATS)
def test_the_same_run_gives_the_same_bytes(run: Run, file_format: str) -> None:
    assert film.animation(run, file_format) == film.animation(run, file_format)


def test_the_still_is_the_last_frame(run: Run) -> None:
    with Image.open(io.BytesIO(film.still(run))) as picture:
        assert picture.format == "PNG"
        assert np.array_equal(np.asarray(picture), opened(film.animation(run, "WebP"))[0][-1])


def in_colour(run: Run, side: int, n: int = 16) -> Run:
    """With coloured frames of this size that nothing has trained."""
    draws = np.random.default_rng(0)
    x, *frames = (
        Images((n, 3, side, side), draws.integers(0, 256, n * 3 * side**2, np.uint8).tobytes())
        for _ in range(len(run.previews) + 1)
    )
    previews = tuple(replace(p, x_hat=x_hat) for p, x_hat in zip(run.previews, frames, strict=True))
    return replace(run, x=x, previews=previews)


def test_colours_are_exact_in_webp_and_steady_in_gif(run: Run) -> None:
    coloured = in_colour(run, 28)
    exact, _, _ = opened(film.animation(coloured, "WebP"))
    expected = np.frombuffer(coloured.x.data, np.uint8).reshape(16, 3, 28, 28).transpose(0, 2, 3, 1)
    assert np.array_equal(row_of(exact[2], 1, 0, 2), expected[8:])
    frames, _, _ = opened(film.animation(coloured, "GIF"))
    assert len(frames) == len(run.previews)
    originals = {row_of(frame, 0, 0, 2).tobytes() for frame in frames}
    assert len(originals) == 1, "the originals do not flicker"
    off = np.abs(row_of(frames[0], 0, 0, 2).astype(int) - expected[:8])
    assert off.mean() < 20  # of 255: random colours, of which 256 are left


@pytest.mark.parametrize(
    ("side", "n", "size"),
    [
        (28, 3, (3 * 116 + 4, 44 + 2 * 116 + 8)),
        (32, 16, (8 * 100 + 4, 44 + 2 * (2 * 100 + 8))),  # three times enlarged
        (128, 16, (8 * 132 + 4, 44 + 2 * (2 * 132 + 8))),
        (256, 16, (4 * 260 + 4, 44 + 2 * (2 * 260 + 8))),  # the first eight of them
    ],
)
def test_a_film_of_images_of_any_size_fits_on_a_slide(
    run: Run, side: int, n: int, size: tuple[int, int]
) -> None:
    with Image.open(io.BytesIO(film.still(in_colour(run, side, n)))) as picture:
        assert picture.size == size
        assert picture.width <= film.MAX_WIDTH + GAP
