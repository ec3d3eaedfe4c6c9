"""Runs as codecs, opened once for all visitors, and what they and the image codecs make of a few images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autoenc import checkpoints, compression, datasets, inspection
from autoenc.compression import Codec, matching, weighing
from autoenc.compression.codec import codes_of, of_model, with_quantiles
from autoenc.compression.matching import By, Matched, Trials
from autoenc.compression.weighing import Weighed
from autoenc.inspection import Network
from autoenc.schema import Run, Step
from ui.core import model_cache, sessions
from ui.core.caching import shared


def codec(run: Run) -> Codec:
    """A finished run; one of before version 0.4 has the quantiles of its training images.

    Files for others are made with `codec_for_files`.

    Raises:
        AutoencError: the file or the data cannot be used.
    """
    return _codec(run.run_id, checkpoints.content_hash(run.run_id))


def codec_for_files(run: Run) -> Codec:
    """As the run's file says, and another machine has it; raises as `codec`."""
    return _codec_for_files(run.run_id, checkpoints.content_hash(run.run_id))


def codes(run: Run, images: np.ndarray) -> np.ndarray:
    """Of a few images, float32 (B, n_latents); raises as `codec`."""
    with inspection.one_thread():
        return codes_of(codec(run), images)


def decoder(run: Run) -> tuple[str, Network]:
    """What draws codes, as a browser takes it, and the id of these very weights; raises as `codec`."""
    content_hash = checkpoints.content_hash(run.run_id)
    return f"decoder {run.run_id} {content_hash}", _decoder(run.run_id, content_hash)


def weighed(run: Run, images: np.ndarray, step: Step) -> Weighed:
    """A few images in files.

    Raises:
        CompressionError: the step is too fine.
        AutoencError: as `codec` does.
    """
    return _weighed(run.run_id, checkpoints.content_hash(run.run_id), images, step)


def file_of(run: Run, images: range, step: Step) -> bytes:
    """Some of the test images in one file; raises as `weighed`."""
    return _file_of(run.run_id, checkpoints.content_hash(run.run_id), images, step)


def matched(name: str, images: np.ndarray, wanted: Sequence[float], by: By) -> Matched:
    """The same images by one of `matching.IMAGE_CODECS`, with about as many bytes or as good."""
    return _matched(name, images, tuple(wanted), by)


@shared(max_entries=32)
def png_bytes(images: np.ndarray) -> tuple[int, ...]:
    """What each takes as a PNG."""
    return matching.png_bytes(images)


def opened(file_id: str, data: bytes, n_images: int) -> compression.OpenedFile:
    """A file that a visitor has dropped, and its first images.

    Raises:
        AutoencError: it is none that can be opened.
    """
    return _opened_file(file_id, n_images, data)


# The hash of a run's file is part of the keys: a file of the same name may be another one.
@shared(max_entries=model_cache.MAX_OPENED, spinner="Loading the model")
def _codec(run_id: str, content_hash: str) -> Codec:
    trained = inspection.open_run(run_id)
    codec = of_model(trained.model, trained.run.model, content_hash, trained.run.quantiles)
    if codec.quantiles is not None:
        return codec
    with inspection.one_thread():
        return with_quantiles(codec, trained.data.train)


def _codec_for_files(run_id: str, content_hash: str) -> Codec:
    return replace(_codec(run_id, content_hash), quantiles=sessions.read_run(run_id).quantiles)


@shared(max_entries=model_cache.MAX_OPENED)
def _decoder(run_id: str, content_hash: str) -> Network:
    return inspection.decoder_network(inspection.open_run(run_id))


@shared(max_entries=256)
def _weighed(run_id: str, content_hash: str, images: np.ndarray, step: Step) -> Weighed:
    with inspection.one_thread():
        return weighing.weighed(_codec_for_files(run_id, content_hash), images, step)


@shared(max_entries=4)
def _file_of(run_id: str, content_hash: str, images: range, step: Step) -> bytes:
    test = datasets.load(sessions.read_run(run_id).config.dataset).test
    with inspection.one_thread():
        codec = _codec_for_files(run_id, content_hash)
        return compression.compress(codec, np.array(test[images.start : images.stop]), step).to_bytes()


@shared(max_entries=24, spinner="Writing JPEG, WebP and AVIF files")
def _trials(name: str, images: np.ndarray) -> Trials:
    return matching.trials(matching.IMAGE_CODECS[name], images)


@shared(max_entries=256)
def _matched(name: str, images: np.ndarray, wanted: tuple[float, ...], by: By) -> Matched:
    return matching.matched(_trials(name, images), wanted, by)


@shared(max_entries=8, spinner="Opening the file")
def _opened_file(file_id: str, n_images: int, _data: bytes) -> compression.OpenedFile:
    with inspection.one_thread():
        return compression.first_images(_data, n_images)
