"""Images -> a compressed file -> images, with a trained encoder and decoder between."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from autoenc import checkpoints, training
from autoenc.compression import tables as of_tables
from autoenc.compression.coding import Decoder, Encoder, shortened
from autoenc.compression.files import CompressedFile
from autoenc.compression.spread import quantiles_of
from autoenc.compression.tables import MAX_NUMBER, Numbers, Table
from autoenc.errors import CheckpointError, CompressionError, ShapeError, StepTooFine
from autoenc.models import Autoencoder
from autoenc.numerals import out_of
from autoenc.schema import CodeQuantiles, ModelInfo, Step

MAX_NUMBERS = 300_000_000  # in one file, two bytes each in memory
BLOCK_NUMBERS = 2_000_000  # coded before the first table comes again
BLOCK_IMAGES = 1000

Pixels = NDArray[np.uint8]  # (N, C, H, W)


@dataclass(frozen=True, eq=False)
class Codec:
    """What makes codes of images, and images of codes."""

    encoder: nn.Module = field(repr=False)
    decoder: nn.Module = field(repr=False)
    image_shape: tuple[int, int, int]
    code_shape: tuple[int, ...]
    content_hash: str  # of the run's file, 16 hexadecimal digits
    quantiles: CodeQuantiles | None = field(repr=False)  # None: a run of before version 0.4

    @property
    def n_tables(self) -> int:
        """One for each number of the code; for convolutions one for each channel."""
        return self.code_shape[0]

    @property
    def n_positions(self) -> int:
        return math.prod(self.code_shape[1:])

    @property
    def n_latents(self) -> int:
        return math.prod(self.code_shape)

    @property
    def block_images(self) -> int:
        """How many images are coded before the first table comes again: part of the file format."""
        return min(BLOCK_IMAGES, max(1, BLOCK_NUMBERS // self.n_latents))

    def step(self, value: float) -> Step:
        """The step that is nearest to a value and can be stored.

        Raises:
            ConfigError: the value is not a positive number.
        """
        return Step.nearest(value, None if self.quantiles is None else self.quantiles.exponent)


def codec_of(run_id: str) -> Codec:
    """A finished run as a codec; its data set need not be here.

    Raises:
        CheckpointError: there is no such run, it is not finished, or its file is damaged.
    """
    run, model = checkpoints.load_trained(run_id)
    if not run.finished:
        epochs = out_of(len(run.epochs), run.config.epochs, "epoch")
        raise CheckpointError(f"{run_id} has {epochs}; train it to the end first")
    hashed = checkpoints.content_hash(run_id)
    return of_model(model, run.model, hashed, run.quantiles)


def of_model(
    model: Autoencoder, info: ModelInfo, content_hash: str = "0" * 16, quantiles: CodeQuantiles | None = None
) -> Codec:
    """A codec of a model, without the rounding of one trained for its bytes: a file may have any step."""
    return Codec(model.encoder, model.drawing, info.image_shape, info.code_shape, content_hash, quantiles)


@torch.inference_mode()
def numbers_of(codec: Codec, images: Pixels, step: Step) -> Numbers:
    """The codes of images in steps: (N, C, H, W) -> (N, T, P).

    Raises:
        ShapeError: the codec takes images of another shape.
        CompressionError: there are no images, or more than one file may hold.
    """
    if images.shape[1:] != codec.image_shape:
        raise ShapeError(
            f"images of shape {images.shape[1:]} were given; this model takes {codec.image_shape}"
        )
    if not 0 < len(images) * codec.n_latents <= MAX_NUMBERS:
        most = MAX_NUMBERS // codec.n_latents
        raise CompressionError(
            f"{len(images):,} images were given; one file holds 1 to {most:,} of this model"
        )
    numbers = np.empty((len(images), codec.n_tables, codec.n_positions), np.int16)
    at = 0
    for batch in torch.split(torch.from_numpy(images), training.at_once(_widest(codec))):
        z = codec.encoder(training.as_float(batch)).flatten(1)
        z = (z / step.value).nan_to_num(0).round().clamp(-MAX_NUMBER, MAX_NUMBER)
        numbers[at : at + len(batch)] = z.to(torch.int16).numpy().reshape(len(batch), *numbers.shape[1:])
        at += len(batch)
    return numbers


@torch.inference_mode()
def codes_of(codec: Codec, images: Pixels) -> NDArray[np.float32]:
    """The codes of a few images before they are rounded: (N, C, H, W) -> (N, n_latents)."""
    z = codec.encoder(training.as_float(torch.from_numpy(images))).flatten(1).nan_to_num(0)
    return np.asarray(z.numpy(), np.float32)


def _widest(codec: Codec) -> int:
    return max(math.prod(codec.image_shape), codec.n_latents)


def compress(codec: Codec, images: Pixels, step: Step) -> CompressedFile:
    """The smallest file that holds these images at this step.

    Its tables are the run's, or its own where the whole file is smaller that way.

    Args:
        images: (N, C, H, W) uint8.
    Raises:
        as `numbers_of` does, and StepTooFine where tables of both kinds would be too long.
    """
    return compressed(codec, numbers_of(codec, images, step), step)


def compressed(codec: Codec, numbers: Numbers, step: Step) -> CompressedFile:
    """As `compress`, of codes that have been computed already."""
    writers = [_with_own_tables] if codec.quantiles is None else [_with_own_tables, _with_tables_of_run]
    files, refused = [], None
    for write in writers:
        try:
            files.append(write(codec, numbers, step))
        except StepTooFine as error:  # the other kind may do
            refused = error
    if not files:
        assert refused is not None
        raise refused
    return min(files, key=lambda file: file.n_bytes)


def _with_own_tables(codec: Codec, numbers: Numbers, step: Step) -> CompressedFile:
    tables = of_tables.from_numbers(numbers)
    return CompressedFile(codec.content_hash, len(numbers), step, tables, _coded(codec, numbers, tables))


def _with_tables_of_run(codec: Codec, numbers: Numbers, step: Step) -> CompressedFile:
    assert codec.quantiles is not None
    tables = of_tables.from_quantiles(codec.quantiles, step)
    code = _coded(codec, of_tables.clipped(numbers, tables), tables)
    return CompressedFile(codec.content_hash, len(numbers), step, None, code)


def _coded(codec: Codec, numbers: Numbers, tables: tuple[Table, ...]) -> bytes:
    encoder = Encoder(tables)
    for start in range(0, len(numbers), codec.block_images):
        encoder.add(numbers[start : start + codec.block_images])
    code = encoder.finished()
    return shortened(code, tables, numbers) if len(numbers) == 1 else code


def numbers_in(file: CompressedFile, codec: Codec) -> Iterator[Numbers]:
    """The codes in a file, block after block, in steps.

    Raises:
        CompressionError: the file is damaged, or not of this codec.
    """
    tables = tables_of(file, codec)
    decoder = Decoder(file.code, tables)
    for start in range(0, file.n_images, codec.block_images):
        n = min(codec.block_images, file.n_images - start)
        yield decoder.take(n, codec.n_positions)


def tables_of(file: CompressedFile, codec: Codec) -> tuple[Table, ...]:
    """The tables that a file was coded with.

    Raises:
        CompressionError: it is not of this codec.
    """
    if file.content_hash != codec.content_hash:
        raise CompressionError("this file was made by another run")
    if file.tables is not None:
        return file.tables
    if codec.quantiles is None:
        raise CompressionError("this file needs tables of its run, which has none; it is damaged")
    return of_tables.from_quantiles(codec.quantiles, file.step)


@torch.inference_mode()
def pictures(codec: Codec, numbers: Numbers, step: Step) -> Pixels:
    """What the decoder makes of codes in steps: (N, T, P) -> (N, C, H, W)."""
    x_hats = np.empty((len(numbers), *codec.image_shape), np.uint8)
    at = 0
    for batch in torch.split(torch.from_numpy(numbers), training.at_once(_widest(codec))):
        z = (batch.float() * step.value).reshape(len(batch), *codec.code_shape)
        images = training.as_images(codec.decoder(z))
        x_hats[at : at + len(batch)] = np.frombuffer(images.data, np.uint8).reshape(images.shape)
        at += len(batch)
    return x_hats


def decompress(file: CompressedFile, codec: Codec) -> Iterator[Pixels]:
    """The images of a file, block after block: (n, C, H, W).

    Raises:
        CompressionError: the file is damaged, or not of this codec.
    """
    for numbers in numbers_in(file, codec):
        yield pictures(codec, numbers, file.step)


def with_quantiles(codec: Codec, images: Pixels) -> Codec:
    """The codec with the spread of its code over these images."""
    return replace(codec, quantiles=quantiles_of(codec.encoder, torch.from_numpy(images)))


def estimated_bits(numbers: Numbers, tables: tuple[Table, ...]) -> NDArray[np.float64]:
    """What the tables say that each image costs: (N,) bits, without head and tables."""
    clipped = of_tables.clipped(numbers, tables)
    bits = np.zeros(len(numbers))
    for t, table in enumerate(tables):
        bits += table.bits[clipped[:, t].astype(np.intp) - table.lowest].sum(1)
    return bits
