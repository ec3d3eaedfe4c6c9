"""`latent`: the codes of the test images for other programs, and pictures of codes that no image has."""

from __future__ import annotations

import argparse
import io
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from autoenc import durable, inspection, memory, recipes, recognition
from autoenc.captions.latent_samples import FROM
from autoenc.captions.readings import SURE
from autoenc.captions.recognition import share
from autoenc.cli.measuring import finished_runs
from autoenc.compression.codecs.images import picture_of
from autoenc.datasets import Dataset
from autoenc.errors import AutoencError, ConfigError
from autoenc.inspection import Trained
from autoenc.latent import codes_of, decode, mosaic, sheet, training_codes
from autoenc.latent.sampling import MAX_SAMPLES, distribution, usual_source
from autoenc.numerals import counted, data_size, percent
from autoenc.recognition import ImageReader

_BATCH = 1000  # images between two looks at the progress
_LINES = 10  # that tell of it where there is no terminal
_OF_SAMPLES = ("from", "seed")


def latent(args: argparse.Namespace) -> None:
    _check(args)
    (run,) = finished_runs([args.run])
    memory.keep_freed()
    with memory.readable_shortage():
        trained = inspection.open_run(run.run_id)
        values: dict[str, Any] = {"run_id": run.run_id, "n_latents": run.model.n_latents}
        lines = list[str]()
        if args.samples is not None:
            lines.append(_samples(args, trained, values))
        elif args.out is not None:
            lines.append(_codes(args, trained, values))
        if args.sheet is not None:
            _save(args.sheet, _png(sheet(trained)))
            values["sheet"] = str(args.sheet)
            lines.append(f"{args.sheet}: what {run.run_id} draws over a plane of its code")
    print(json.dumps(values, indent=1) if args.json else "\n".join(lines))


# ---------------------------------------------------------------- what is asked for


def _check(args: argparse.Namespace) -> None:
    """Raises ConfigError before anything is loaded."""
    if args.out is None and args.sheet is None:
        raise ConfigError(
            "say what to write: --out codes.npz, --sheet sheet.png, or --samples 64 --out samples.png"
        )
    if args.samples is None:
        if wrong := [name for name in _OF_SAMPLES if getattr(args, name) is not None]:
            raise ConfigError(f"--{wrong[0]} is for drawing codes; give it together with --samples N")
        if args.tsv and args.out is None:
            raise ConfigError("--tsv writes the codes of --out once more; give both")
    elif args.tsv:
        raise ConfigError("--tsv is for the codes of the test images; leave out --samples")
    elif args.out is None:
        raise ConfigError("--samples needs --out samples.png")
    elif not 1 <= args.samples <= MAX_SAMPLES:
        raise ConfigError(f"samples is {args.samples}; allowed: 1 to {MAX_SAMPLES:,}")
    elif args.seed is not None and args.seed < 0:
        raise ConfigError(f"seed is {args.seed}; allowed: 0 and more")
    _check_path("out", args.out, ".npz" if args.samples is None else ".png")
    _check_path("sheet", args.sheet, ".png")
    if args.out is not None and args.out == args.sheet:
        raise ConfigError("--out and --sheet are the same file; choose two")


def _check_path(option: str, path: Path | None, suffix: str) -> None:
    if path is None:
        return
    if path.suffix != suffix:
        raise ConfigError(f"--{option} is {str(path)!r}; it needs a name that ends in {suffix}")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise ConfigError(f"cannot write {path}; --{option} needs a file in an existing folder")


# ---------------------------------------------------------------- codes


def _codes(args: argparse.Namespace, trained: Trained, values: dict[str, Any]) -> str:
    """Write them; returns what is to be said."""
    data, path = trained.data, args.out
    z = _all_codes(trained)
    labels = data.test_labels.astype(np.int64)
    file = io.BytesIO()
    np.savez(
        file, z=z, labels=labels, class_names=np.array(data.class_names), image_numbers=np.arange(len(z))
    )
    _save(path, file.getvalue())
    values |= {"path": str(path), "n_images": len(z)}
    codes = f"{counted(len(z), 'code')} of {counted(z.shape[1], 'number')}"
    line = f"{path}: {codes}, of the test images of {data.name}"
    if not args.tsv:
        return line
    vectors, metadata = (path.with_name(f"{name}.tsv") for name in ("vectors", "metadata"))
    _save(vectors, _vectors(z))
    _save(metadata, _metadata([data.class_names[label] for label in labels]))
    values |= {"vectors": str(vectors), "metadata": str(metadata)}
    return f"{line}\n{vectors}, {metadata}: the same for projector.tensorflow.org"


def _all_codes(trained: Trained) -> NDArray[np.float32]:
    """Of all test images, with a bar on a terminal and a few lines elsewhere."""
    images, n_latents = trained.data.test, trained.run.model.n_latents
    needed = 3 * 4 * len(images) * n_latents  # an array, its copy, its file
    free = memory.free_bytes()
    if needed > free:
        raise AutoencError(f"these codes take {data_size(needed)} of memory, and {data_size(free)} are free")
    z = np.empty((len(images), n_latents), np.float32)
    on_terminal = sys.stderr.isatty()
    every = max(1, math.ceil(len(images) / _BATCH / _LINES))
    with tqdm(total=len(images), unit=" images", leave=False, disable=not on_terminal) as bar:
        for i, start in enumerate(range(0, len(images), _BATCH), 1):
            batch = images[start : start + _BATCH]
            z[start : start + _BATCH] = codes_of(trained, batch)
            bar.update(len(batch))
            if not on_terminal and i % every == 0:
                print(
                    f"{start + len(batch):,} of {counted(len(images), 'image')}", file=sys.stderr, flush=True
                )
    return z


def _vectors(z: NDArray[np.float32]) -> bytes:
    file = io.BytesIO()
    np.savetxt(file, z, fmt="%.6g", delimiter="\t")
    return file.getvalue()


def _metadata(names: list[str]) -> bytes:
    """The class of each image and its number: of several columns the projector wants a head."""
    rows = (f"{' '.join(name.split())}\t{number}\n" for number, name in enumerate(names))
    return "".join(("class\timage\n", *rows)).encode()


# ---------------------------------------------------------------- samples


def _samples(args: argparse.Namespace, trained: Trained, values: dict[str, Any]) -> str:
    """Write their picture; returns what is to be said."""
    source, seed = getattr(args, "from") or usual_source(trained.run.config), args.seed or 0
    drawn = distribution(source, training_codes(trained), trained.data.class_names)
    pictures = decode(trained, drawn.draw(args.samples, seed))
    _save(args.out, _png(mosaic(pictures, math.ceil(math.sqrt(args.samples)))))
    title = FROM.get(source, f"the Gaussian of the codes of class {source}")
    values |= {"path": str(args.out), "n_samples": args.samples, "source": source, "seed": seed}
    line = f"{args.out}: {counted(args.samples, 'image')} from {title}"
    if (reader := _reader(trained.data)) is None:
        return line
    sure = float((reader.read(pictures).confidences >= SURE).mean())
    values |= {"recogniser_id": reader.recogniser.recogniser_id, "confidence": SURE, "share": sure}
    return f"{line}\nread with a confidence of {percent(SURE)} or more: {share(sure)}"


def _reader(data: Dataset) -> ImageReader | None:
    """The best recogniser of these images; None: there is none."""
    best = next(iter(recipes.recognisers_by_preference(recognition.summaries(), data.fingerprint)), None)
    return None if best is None else recognition.open_reader(best.recogniser_id, data)


# ---------------------------------------------------------------- files


def _png(picture: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    picture_of(picture).save(file, "PNG")
    return file.getvalue()


def _save(path: Path, content: bytes) -> None:
    try:
        durable.replace_file(path.absolute(), content)
    except OSError as error:
        raise AutoencError(f"cannot write {path}: {error.strerror or error}") from None
