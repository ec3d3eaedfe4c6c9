"""A few images in real files, and the same by JPEG, WebP and AVIF."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from autoenc import checkpoints, compression
from autoenc.compression import Codec, matching, measuring, parsed
from autoenc.compression.codec import codes_of, estimated_bits, numbers_of, tables_of
from autoenc.compression.matching import IMAGE_CODECS, matched, png_bytes, trials
from autoenc.compression.weighing import psnr_of_each, weighed
from autoenc.datasets import Dataset
from autoenc.errors import CompressionError, RunUnknown
from tests.runs import PLAIN
from tests.test_compression import finished

CONFIG = replace(PLAIN, epochs=1)


@pytest.fixture
def run_id() -> str:
    return finished(CONFIG)


@pytest.fixture
def codec(run_id: str) -> Codec:
    return compression.codec_of(run_id)


@pytest.fixture(scope="module")
def photos() -> np.ndarray:
    """Smooth enough for every codec to have something to save: (3, 3, 32, 32)."""
    y, x = np.mgrid[0:32, 0:32] / 31
    waves = [
        np.sin(3 * k * x + y * k)[None] + np.cos(2 * y * k + c)[None] for k in (1, 2, 3) for c in range(3)
    ]
    images = np.stack(waves).reshape(3, 3, 32, 32)
    return ((images + 2) * 63).astype(np.uint8)


# ---------------------------------------------------------------- files of a run


def test_what_is_weighed_is_the_length_of_files_that_open_again(codec: Codec, digits: Dataset) -> None:
    step = codec.step(0.25)
    images = np.array(digits.test[:5])
    made = weighed(codec, images, step)
    for i, n_bytes in enumerate(made.n_bytes):
        data = compression.compress(codec, images[i : i + 1], step).to_bytes()
        assert len(data) == n_bytes + made.n_bytes_head
        (back,) = compression.decompress(parsed(data, codec.n_tables), codec)
        assert (back == made.pictures[i : i + 1]).all()
    assert made.n_bytes_together == len(compression.compress(codec, images, step).to_bytes())
    assert made.psnr_db == psnr_of_each(images, made.pictures)


def test_a_file_of_one_image_is_what_the_tables_say_rounded_up(codec: Codec, digits: Dataset) -> None:
    images, step = np.array(digits.test[:16]), codec.step(0.1)
    numbers = numbers_of(codec, images, step)
    of_run = tables_of(compression.compress(codec, images[:1], step), codec)
    bits = estimated_bits(numbers, of_run)
    off = np.array(weighed(codec, images, step).n_bytes) - np.ceil(bits / 8)
    assert (abs(off) <= 1).all()


def test_psnr_of_a_tenth_off_everywhere_is_20_db_and_of_a_copy_infinite() -> None:
    images = np.full((2, 1, 4, 4), 51, np.uint8)
    off = images.copy()
    off[0] += 51
    first, second = psnr_of_each(images, off)
    assert first == pytest.approx(-20 * math.log10(0.2))
    assert second == math.inf


def test_codes_are_what_the_numbers_of_a_file_are_rounded_from(codec: Codec, digits: Dataset) -> None:
    images, step = np.array(digits.test[:3]), codec.step(0.5)
    z = codes_of(codec, images)
    assert z.shape == (3, codec.n_latents)
    assert (np.rint(z / step.value) == numbers_of(codec, images, step).reshape(3, -1)).all()


def test_the_step_for_which_a_model_is_trained_is_that_of_its_bits(codec: Codec) -> None:
    wide = measuring.spread(codec)
    assert 2 ** measuring.trained_bits(codec) == pytest.approx(max(1.0, wide), rel=0.05)


# ---------------------------------------------------------------- a file of somebody


def test_of_an_opened_file_the_first_images_are_drawn_and_its_parts_add_up(
    run_id: str, codec: Codec, digits: Dataset
) -> None:
    file = compression.compress(codec, np.array(digits.test), codec.step(0.1))
    data = file.to_bytes()
    made = compression.first_images(data, 7)
    assert (made.run_id, made.n_images, made.n_bytes) == (run_id, len(digits.test), len(data))
    assert (made.pictures == next(compression.decompress(file, codec))[:7]).all()
    assert made.n_bytes_head + made.n_bytes_tables + len(file.code) == len(data)


def test_a_file_without_images_or_without_its_run_is_refused(codec: Codec, digits: Dataset) -> None:
    file = compression.compress(codec, np.array(digits.test[:1]), codec.step(0.1))
    with pytest.raises(CompressionError, match="holds no images"):
        compression.first_images(replace(file, n_images=0).to_bytes(), 7)
    with pytest.raises(RunUnknown, match="is not here"):
        compression.first_images(replace(file, content_hash="0123456789abcdef").to_bytes(), 7)


# ---------------------------------------------------------------- image codecs


@pytest.mark.parametrize("name", IMAGE_CODECS)
def test_a_match_is_a_file_of_that_length_and_picture(name: str, photos: np.ndarray) -> None:
    tried = trials(IMAGE_CODECS[name], photos)
    wanted = tried.psnr_db.mean(axis=0)
    made = matched(tried, list(wanted), "psnr")
    assert made.at_limit == (False,) * 3
    assert made.psnr_db == psnr_of_each(photos, made.pictures)
    for i, want in enumerate(wanted):
        as_good = tried.psnr_db[:, i] >= want - matching.EQUAL_DB
        assert made.n_bytes[i] == tried.n_bytes[as_good, i].min()
        assert made.psnr_db[i] >= want - matching.EQUAL_DB


@pytest.mark.parametrize("name", IMAGE_CODECS)
def test_as_many_bytes_are_the_nearest_there_are_and_a_limit_is_said(name: str, photos: np.ndarray) -> None:
    tried = trials(IMAGE_CODECS[name], photos)
    middle = float(np.median(tried.n_bytes))
    made = matched(tried, [middle, 10, 1e6], "bytes")
    assert abs(made.n_bytes[0] - middle) == np.abs(tried.n_bytes[:, 0] - middle).min()
    assert made.n_bytes[1] == tried.n_bytes[:, 1].min()
    assert made.n_bytes[2] == tried.n_bytes[:, 2].max()
    assert made.at_limit == (False, True, False)


def test_the_best_picture_stands_for_one_that_no_quality_reaches(photos: np.ndarray) -> None:
    tried = trials(IMAGE_CODECS["jpeg"], photos)
    made = matched(tried, [math.inf] * 3, "psnr")
    assert made.at_limit == (True,) * 3
    assert made.psnr_db == tuple(tried.psnr_db.max(axis=0))


def test_png_bytes_are_those_of_a_png(photos: np.ndarray) -> None:
    (n_bytes, *_) = png_bytes(photos)
    file = io.BytesIO()
    Image.fromarray(photos[0].transpose(1, 2, 0)).save(file, "PNG", optimize=True)
    assert n_bytes == file.tell()


def test_a_run_that_is_deleted_opens_no_file(digits: Dataset) -> None:
    run_id = finished(replace(CONFIG, seed=7))
    codec = compression.codec_of(run_id)
    data = compression.compress(codec, np.array(digits.test[:1]), codec.step(0.1)).to_bytes()
    checkpoints.delete(run_id)
    with pytest.raises(RunUnknown):
        compression.first_images(data, 1)
