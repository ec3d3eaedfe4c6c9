"""`compress` and `decompress`: images as a file of bytes, and back."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from autoenc import compression, datasets, durable, memory
from autoenc.cli.measuring import finished_runs
from autoenc.compression import CompressedFile, measuring
from autoenc.compression.codec import Pixels
from autoenc.compression.codecs.images import picture_of
from autoenc.errors import AutoencError, CompressionError, ConfigError, DatasetError
from autoenc.numerals import counted, decibels, short
from autoenc.pictures import fitted, open_picture
from autoenc.schema import Run, psnr_of_mse

MAX_PICTURES = 100_000  # files that `decompress` writes into one folder


def compress(args: argparse.Namespace) -> None:
    if bool(args.pictures) == args.test_set:
        raise ConfigError("give pictures, or --test-set for all test images of the run's data set")
    if args.out.is_dir() or not args.out.absolute().parent.is_dir():
        raise ConfigError(f"cannot write {args.out}; --out needs a file in an existing folder")
    run = finished_runs([args.run])[0]
    memory.keep_freed()
    codec = compression.codec_of(run.run_id)
    images = _test_images(run) if args.test_set else _pictures(args.pictures, run)
    step = measuring.usual_step(codec, run, images) if args.step is None else codec.step(args.step)
    with memory.readable_shortage():
        file = compression.compress(codec, images, step)
        mse = measuring.mse_of(file, codec, images)
    try:
        durable.replace_file(args.out.absolute(), file.to_bytes())
    except OSError as error:
        raise AutoencError(f"cannot write {args.out}: {error.strerror or error}") from None
    values = _as_json(file, run, mse, args.out)
    print(json.dumps(values, indent=1) if args.json else _summary(file, run, mse, args.out))


def _test_images(run: Run) -> Pixels:
    data = datasets.load(run.config.dataset)
    if data.fingerprint != run.fingerprint:
        raise DatasetError(
            f"the images of {data.name} on this machine are not those that {run.run_id} was trained on"
        )
    return data.test


def _pictures(paths: list[Path], run: Run) -> Pixels:
    """Each prepared for the model, as the page Your picture does it."""
    previews = np.frombuffer(run.x.data, np.uint8).reshape(run.x.shape)
    return np.stack([fitted(open_picture(path), previews) for path in paths])


def _as_json(file: CompressedFile, run: Run, mse: float, path: Path) -> dict[str, Any]:
    return {
        "path": str(path),
        "run_id": run.run_id,
        "content_hash": file.content_hash,
        "n_images": file.n_images,
        "step": file.step.value,
        "n_bytes": file.n_bytes,
        "n_bytes_head": file.n_bytes_head,
        "n_bytes_tables": file.n_bytes_tables,
        "bytes_per_image": file.n_bytes / file.n_images,
        "bits_per_pixel": 8 * file.n_bytes / file.n_images / _area(run),
        "mse": mse,
        "psnr_db": psnr_of_mse(mse) if mse else None,  # JSON has no infinity
        "n_bytes_of_pixels": file.n_images * run.model.n_pixels,
        "n_bytes_of_decoder": measuring.decoder_bytes(run),
    }


def _area(run: Run) -> int:
    _, height, width = run.model.image_shape
    return height * width


def _summary(file: CompressedFile, run: Run, mse: float, path: Path) -> str:
    images, each = counted(file.n_images, "image"), short(file.n_bytes / file.n_images, 3)
    ratio = short(file.n_images * run.model.n_pixels / file.n_bytes, 3)
    step = short(file.step.value, 3)
    return "\n".join(
        (
            f"{path}: {images} in {file.n_bytes:,} bytes, {each} each",
            f"head {file.n_bytes_head:,} bytes, tables {file.n_bytes_tables:,}; step {step}",
            f"PSNR {decibels(psnr_of_mse(mse))}, {ratio} times smaller than the pixels",
            f"to open it: this run, {run.run_id} ({measuring.decoder_bytes(run):,} bytes of decoder)",
        )
    )


def decompress(args: argparse.Namespace) -> None:
    memory.keep_freed()
    with memory.readable_shortage():
        _decompress(args)


def _decompress(args: argparse.Namespace) -> None:
    file, run_id, codec = compression.opened(_read(args.file))
    if file.n_images > MAX_PICTURES:
        raise CompressionError(f"{args.file} holds {file.n_images:,} images; allowed: {MAX_PICTURES:,}")
    folder = args.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigError(f"{folder} is not empty; choose a new folder")
        digits, n = len(str(file.n_images - 1)), 0
        for images in compression.decompress(file, codec):
            for image in images:
                picture_of(image).save(folder / f"{n:0{digits}}.png")
                n += 1
    except OSError as error:
        raise AutoencError(f"cannot write to {folder}: {error.strerror or error}") from None
    values = {"n_images": n, "run_id": run_id, "step": file.step.value, "folder": str(folder)}
    images_text = counted(n, "image")
    print(json.dumps(values, indent=1) if args.json else f"{folder}: {images_text}, drawn by {run_id}")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > compression.MAX_BYTES:
            raise CompressionError(f"{path} has more than {compression.MAX_BYTES:,} bytes")
        if not path.is_file():
            raise CompressionError(f"{path} is not a file")
        return path.read_bytes()
    except OSError as error:
        raise AutoencError(f"cannot read {path}: {error.strerror or error}") from None
