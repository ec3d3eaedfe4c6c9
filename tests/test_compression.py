"""Images through a trained model into a file and back."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autoenc import checkpoints, compression
from autoenc.baselines.pca import fitted
from autoenc.compression import CODECS, Codec, measuring
from autoenc.compression.codec import (
    compressed,
    estimated_bits,
    numbers_in,
    numbers_of,
    tables_of,
)
from autoenc.compression.codecs import pca
from autoenc.compression.spread import quantiles_of
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, CompressionError, RunUnknown, ShapeError
from autoenc.jobs import TrainJob
from autoenc.schema import Step, TrainConfig
from autoenc.training import as_float
from tests.runs import PLAIN, ROOT, Change, FileContent, complaint, put, stored, trained

CONFIG = replace(PLAIN, epochs=1)
CONV = replace(PLAIN, model="conv", latent_size=3, epochs=1)


def finished(config: TrainConfig) -> str:
    """The run_id of a run that was trained as a page has it trained."""
    job = TrainJob(config, "cpu")
    for _ in job.run():
        pass
    return job.job_id


@pytest.fixture
def codec() -> Codec:
    return compression.codec_of(finished(CONFIG))


def images_in(file: compression.CompressedFile, codec: Codec) -> np.ndarray:
    return np.concatenate(list(compression.decompress(file, codec)))


# ---------------------------------------------------------------- there and back


@pytest.mark.parametrize(
    "config", [CONFIG, CONV, replace(CONFIG, rate_weight=0.1)], ids=["mlp", "conv", "rated"]
)
def test_what_comes_back_is_drawn_from_rounded_codes(config: TrainConfig, digits: Dataset) -> None:
    codec = compression.codec_of(finished(config))
    step = codec.step(0.25)
    file = compression.compress(codec, digits.test, step)
    back = compression.parsed(file.to_bytes(), codec.n_tables)
    with torch.inference_mode():
        z = codec.encoder(as_float(torch.from_numpy(digits.test)))
        x_hat = codec.decoder((z / 0.25).round() * 0.25)
    expected = (x_hat * 255).round().to(torch.uint8).numpy()
    assert np.abs(images_in(back, codec).astype(int) - expected).max() <= 1
    assert back.n_images == len(digits.test)


def test_a_single_image_uses_the_tables_of_its_run_and_many_may_bring_their_own(
    codec: Codec, digits: Dataset
) -> None:
    step = codec.step(0.25)
    one = compression.compress(codec, digits.test[:1], step)
    assert one.tables is None
    assert one.n_bytes == len(one.to_bytes()) < 25
    alike = np.repeat(digits.test[:1], 300, axis=0)  # their own table says all of it
    assert compression.compress(codec, alike, step).tables is not None


def test_the_estimate_is_within_3_percent_of_the_bytes(codec: Codec, digits: Dataset) -> None:
    many = np.concatenate([digits.test, digits.train])
    for value in (0.1, 0.5):
        step = codec.step(value)
        numbers = numbers_of(codec, many, step)
        file = compressed(codec, numbers, step)
        bits = estimated_bits(numbers, tables_of(file, codec)).sum()
        assert 8 * len(file.code) == pytest.approx(bits, rel=0.03)


def test_a_code_beyond_all_that_training_has_seen_is_moved_to_the_edge(codec: Codec, digits: Dataset) -> None:
    white = np.full((1, *codec.image_shape), 255, np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (3, *codec.image_shape), np.uint8)
    step = codec.step(0.25)
    file = compression.compress(codec, np.concatenate([white, noise]), step)
    (numbers,) = numbers_in(file, codec)
    for column, table in zip(numbers.transpose(1, 0, 2), tables_of(file, codec), strict=True):
        assert column.min() >= table.lowest
        assert column.max() <= table.highest
    assert images_in(file, codec).shape == (4, *codec.image_shape)


def test_blocks_change_nothing(codec: Codec, digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = images_in(compression.compress(codec, digits.test, codec.step(0.25)), codec)
    monkeypatch.setattr("autoenc.compression.codec.BLOCK_IMAGES", 7)
    assert np.array_equal(images_in(compression.compress(codec, digits.test, codec.step(0.25)), codec), whole)


def test_a_run_of_before_has_files_with_tables_of_their_own(digits: Dataset) -> None:
    run, state = trained(CONFIG, digits)  # without what the job adds
    stored(run, state)
    codec = compression.codec_of(run.run_id)
    assert codec.quantiles is None
    file = compression.compress(codec, digits.test[:5], codec.step(0.25))
    back = compression.parsed(file.to_bytes(), codec.n_tables)
    assert back.tables is not None
    assert images_in(back, codec).shape == (5, *digits.image_shape)


CHILD = """
import sys, pathlib, numpy as np, torch
torch.set_num_threads(int(sys.argv[3]))
from autoenc import compression
from autoenc.compression.codec import numbers_in
file, run_id, codec = compression.opened(pathlib.Path(sys.argv[1]).read_bytes())
np.savez(sys.argv[2], numbers=np.concatenate(list(numbers_in(file, codec))),
         images=np.concatenate(list(compression.decompress(file, codec))))
"""


@pytest.mark.parametrize(("threads", "capability"), [("1", "default"), ("2", None)])
def test_another_process_with_other_threads_and_another_processor_reads_the_same_numbers(
    threads: str, capability: str | None, codec: Codec, digits: Dataset, tmp_path: Path
) -> None:
    step = codec.step(0.01)
    file = compression.compress(codec, digits.test, step)
    written, read = tmp_path / "digits.aec", tmp_path / "digits.npz"
    written.write_bytes(file.to_bytes())
    environment = {**os.environ, "AUTOENC_DATA_DIR": str(tmp_path / "nothing")}
    if capability:
        environment["ATEN_CPU_CAPABILITY"] = capability
    command = [sys.executable, "-c", CHILD, str(written), str(read), threads]
    subprocess.run(command, check=True, cwd=ROOT, env=environment)
    back = np.load(read)
    assert np.array_equal(back["numbers"], np.concatenate(list(numbers_in(file, codec))))
    assert np.abs(back["images"].astype(int) - images_in(file, codec)).max() <= 1


# ---------------------------------------------------------------- what is refused


def test_an_unfinished_run_compresses_nothing(digits: Dataset) -> None:
    run, state = trained(replace(CONFIG, epochs=2), digits, epochs=1)
    stored(run, state)
    with pytest.raises(CheckpointError, match="train it to the end first"):
        compression.codec_of(run.run_id)


def test_a_file_of_a_run_that_is_not_here_says_what_to_copy(codec: Codec, digits: Dataset) -> None:
    data = compression.compress(codec, digits.test[:1], codec.step(0.25)).to_bytes()
    for run in checkpoints.summaries()[0]:
        checkpoints.delete(run.run_id)
    with pytest.raises(RunUnknown, match="is not here; copy its"):
        compression.opened(data)


def test_a_file_finds_its_run_among_others(codec: Codec, digits: Dataset) -> None:
    finished(CONV)
    data = compression.compress(codec, digits.test[:1], codec.step(0.25)).to_bytes()
    file, run_id, found = compression.opened(data)
    assert run_id.startswith("digits-mlp-k4-e1-")
    assert np.array_equal(images_in(file, found), images_in(file, codec))


def test_images_of_another_shape_or_none_are_refused(codec: Codec) -> None:
    with pytest.raises(ShapeError):
        compression.compress(codec, np.zeros((1, 1, 5, 5), np.uint8), codec.step(1))
    with pytest.raises(CompressionError, match="0 images were given"):
        compression.compress(codec, np.zeros((0, *codec.image_shape), np.uint8), codec.step(1))


def test_numbers_of_another_file_do_not_decode(codec: Codec, digits: Dataset) -> None:
    file = compression.compress(codec, digits.test[:10], codec.step(0.25))
    with pytest.raises(CompressionError, match="made by another run"):
        list(compression.decompress(replace(file, content_hash="0" * 16), codec))


# ---------------------------------------------------------------- measured


def test_a_smaller_step_takes_more_bytes_and_comes_back_better(codec: Codec, digits: Dataset) -> None:
    points = list(measuring.points(codec, digits.test, measuring.steps(codec, (1, 2, 3, 4))))
    assert [p.knob for p in points] == sorted((p.knob for p in points), reverse=True)
    n_bytes = [p.n_bytes for p in points]
    assert n_bytes == sorted(n_bytes)
    assert points[0].mse > points[-1].mse


def test_a_point_is_that_of_the_file(codec: Codec, digits: Dataset) -> None:
    point = measuring.point(codec, digits.test, codec.step(0.25))
    file = compression.compress(codec, digits.test, codec.step(0.25))
    difference = (digits.test.astype(float) - images_in(file, codec)) / 255
    assert point.n_bytes == len(file.to_bytes())
    assert point.mse == pytest.approx(float((difference**2).mean()))
    assert point.bits_per_pixel(64) == pytest.approx(8 * point.n_bytes / len(digits.test) / 64)


@pytest.mark.parametrize("name", list(CODECS))
def test_every_codec_gives_bytes_and_quality(name: str, digits: Dataset) -> None:
    source = CODECS[name]
    points = list(source.points(digits))
    assert len(points) <= source.n_points
    assert all(point.n_bytes > 0 for point in points)
    if source.lossless:
        assert [point.mse for point in points] == [0.0]
    else:
        assert len(points) > 3
        best = max(points, key=lambda point: point.n_bytes)
        assert best.mse == min(point.mse for point in points)


def test_tiles_share_the_head_of_one_large_picture(digits: Dataset) -> None:
    (alone,), (tiled,) = (list(CODECS[name].points(digits)) for name in ("png", "png-tiled"))
    assert tiled.n_bytes / tiled.n_images < 0.9 * alone.n_bytes / alone.n_images


def test_the_pca_codec_with_a_tiny_step_is_pca(digits: Dataset) -> None:
    codec = pca.codec(digits)
    mean, axes = fitted(torch.from_numpy(digits.train))
    x, axes = as_float(torch.from_numpy(digits.test)), axes[:, : codec.n_latents].float()
    x_hat = ((x.flatten(1) - mean.float()) @ axes @ axes.T + mean.float()).clamp(0, 1).view_as(x)
    expected = float(((x_hat - x) ** 2).mean())
    point = measuring.point(codec, digits.test, codec.step(0.01))
    assert point.mse == pytest.approx(expected, rel=0.05, abs=2e-5)


def test_the_spread_of_a_code_is_that_of_its_quantiles(digits: Dataset) -> None:
    """Against numpy's, and within one unit."""
    _, state = trained(CONFIG, digits)
    images = torch.from_numpy(digits.train)
    quantiles = quantiles_of(state.model.encoder, images)
    with torch.inference_mode():
        z = state.model.encoder(as_float(images)).numpy()
    rows = np.frombuffer(quantiles.data, "<i2").reshape(4, -1) * 2.0**quantiles.exponent
    expected = np.quantile(z, np.linspace(0, 1, rows.shape[1]), axis=0).T
    assert np.abs(rows - expected).max() < 0.05 * z.std()
    assert np.abs(rows[:, [0, -1]] - expected[:, [0, -1]]).max() <= 2.0**quantiles.exponent
    assert Step.nearest(1.0, quantiles.exponent).value == 1.0


# ---------------------------------------------------------------- how the code is spread, in the run's file


def _falling(tensors: dict[str, Any]) -> None:
    tensors["code.quantiles"] = tensors["code.quantiles"].flip(1)


def _of_another_code(tensors: dict[str, Any]) -> None:
    tensors["code.quantiles"] = tensors["code.quantiles"][:2]


def _floats(tensors: dict[str, Any]) -> None:
    tensors["code.quantiles"] = tensors["code.quantiles"].float()


def _huge_unit(tensors: dict[str, Any]) -> None:
    tensors["code.exponent"] = torch.tensor(61)


def _no_unit(tensors: dict[str, Any]) -> None:
    del tensors["code.exponent"]


@pytest.mark.parametrize("change", [_falling, _of_another_code, _floats, _huge_unit, _no_unit])
def test_a_run_whose_spread_is_damaged_is_refused(change: Change, digits: Dataset) -> None:
    run_id = finished(CONFIG)
    content = FileContent(data=checkpoints.path_of(run_id).read_bytes())
    put(run_id, content.with_tensors(change))
    assert "is not a run that can be read" in complaint(run_id, digits)


def test_a_run_that_holds_its_spread_can_be_copied_to_another_folder(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = finished(replace(CONFIG, rate_weight=0.1))
    codec = compression.codec_of(run_id)
    data = compression.compress(codec, digits.test[:3], codec.step(1)).to_bytes()
    path = checkpoints.path_of(run_id)
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path / "elsewhere"))
    assert checkpoints.import_file(path) == run_id
    file, found, elsewhere = compression.opened(data)
    assert found == run_id
    assert np.array_equal(images_in(file, elsewhere), images_in(file, codec))
