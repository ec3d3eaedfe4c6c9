"""From a file to a run: what is not what it should be is refused in one sentence; nothing is unpickled."""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import safetensors
import torch
from torch import Tensor

from autoenc import models
from autoenc.checkpoints.paths import FORMAT_VERSION, MAX_HEAD, MAX_HEADER, folder, path_of, unknown
from autoenc.errors import AutoencError, CheckpointError, RunNewer
from autoenc.schema import MAX_PREVIEWS, Epoch, Images, Preview, Run, RunSummary, TrainConfig
from autoenc.training import MAX_PIXELS, MAX_STEPS, N_PREVIEW, Trainee


def read(run_id: str) -> Run:
    """A run as far as its file goes.

    Raises:
        RunUnknown: there is no such file.
        RunNewer: a newer version of this program wrote it.
        CheckpointError: it is not a checkpoint of ours, or it is damaged.
    """
    path = path_of(run_id)
    with _opened(path) as (head, file):
        return _run(head, file, path)


def restore(trainee: Trainee, run_id: str, max_epochs: int) -> Run:
    """Give a fresh trainee the weights and the optimiser state of a run's file.

    Returns:
        the run as far as the file goes; all of it from one open file, whatever is renamed over it meanwhile.
    Raises:
        RunUnknown: there is no such file.
        CheckpointError: it is damaged, does not fit the model, holds NaN, or has gone beyond `max_epochs`;
            the trainee is as it was.
    """
    path = path_of(run_id)
    with _opened(path) as (head, file):
        run = _run(head, file, path)
        if len(run.epochs) > max_epochs:
            raise CheckpointError(f"{run_id} has {len(run.epochs)} epochs; {max_epochs} are wanted")
        weights = {
            name: _floats(file, f"model.{name}", tensor.shape)
            for name, tensor in trainee.model.state_dict().items()
        }
        state = {
            i: {
                "step": _floats(file, f"optimizer.{i}.step", ()),
                "exp_avg": _floats(file, f"optimizer.{i}.exp_avg", parameter.shape),
                "exp_avg_sq": _floats(file, f"optimizer.{i}.exp_avg_sq", parameter.shape),
            }
            for i, parameter in enumerate(trainee.model.parameters())
        }
    groups = trainee.optimizer.state_dict()["param_groups"]
    trainee.model.load_state_dict(weights)
    trainee.optimizer.load_state_dict({"state": state, "param_groups": groups})
    trainee.epoch = len(run.epochs)
    return run


def summaries() -> tuple[tuple[RunSummary, ...], tuple[str, ...]]:
    """All runs of the folder, newest first, and one sentence for each file that could not be read."""
    runs, complaints = [], []
    for path in folder().glob("*.safetensors"):
        try:
            runs.append(read_summary(path))
        except CheckpointError as error:
            complaints.append(str(error))
    return tuple(sorted(runs, key=lambda run: -run.modified)), tuple(sorted(complaints))


def continuable(config: TrainConfig, fingerprint: str) -> tuple[RunSummary, ...]:
    """The runs that this config could continue, the furthest first: the same in all but their epochs.

    Damaged files are passed over: they can continue nothing.
    """
    family, found = config.family(fingerprint), []
    for path in folder().glob(f"*-{family}.safetensors"):
        with suppress(CheckpointError):
            run = read_summary(path)
            if run.config.family(run.fingerprint) == family and 0 < run.epochs_done <= config.epochs:
                found.append(run)
    return tuple(sorted(found, key=lambda run: (-run.epochs_done, run.config.epochs != config.epochs)))


def furthest(config: TrainConfig, fingerprint: str) -> RunSummary | None:
    """The run that this config would continue; None: it begins anew."""
    return next(iter(continuable(config, fingerprint)), None)


def read_summary(path: Path) -> RunSummary:
    """What the head of a file tells; raises as `read` does."""
    with _opened(path) as (head, _):
        return _summary(head, path)


# Whatever code that takes a file apart may raise when the file is not what it should be.
_DAMAGE = (
    AutoencError,
    safetensors.SafetensorError,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """The head of a run's file, and its tensors, not read yet; trouble with them inside the block is damage.

    Raises:
        RunUnknown: there is no such file.
        RunNewer: a newer version of this program wrote it.
        CheckpointError: it is not a checkpoint of ours, or it is damaged.
    """
    try:
        _check_header(path)
        with safetensors.safe_open(path, framework="pt") as file:
            yield _head_in((file.metadata() or {}).get("autoenc", ""), path), file
    except FileNotFoundError:
        raise unknown(path.stem) from None
    except CheckpointError:
        raise
    except _DAMAGE as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error).partition("\n")[0]
        raise CheckpointError(
            f"{_printable(path.name)} is not a run that can be read ({_printable(why[:200])}); "
            "delete it or train again"
        ) from None


def _check_header(path: Path) -> None:
    """Refuse a header that cannot be ours before safetensors parses it, at 14 times its size in memory."""
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
        raise ValueError("it is not a file")
    with path.open("rb") as file:
        n_bytes = int.from_bytes(file.read(8), "little")
    if n_bytes > MAX_HEADER:
        raise ValueError(f"its header has {n_bytes:,} bytes; allowed: {MAX_HEADER:,}")


def _printable(text: str) -> str:
    """For terminals: a file's name and what it holds may be anything."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _head_in(text: str, path: Path) -> Mapping[str, Any]:
    head = json.loads(text)
    if not isinstance(head, dict):
        raise ValueError("its head is not an object")
    version = head["format_version"]
    if type(version) is int and version > FORMAT_VERSION:
        raise RunNewer(
            f"{_printable(path.name)} was written by a newer version of this program (format version "
            f"{version!r:.40}; this program reads {FORMAT_VERSION}); update it, or delete the file"
        )
    if version != FORMAT_VERSION:
        raise CheckpointError(
            f"{_printable(path.name)} has format version {version!r:.40}; this program reads {FORMAT_VERSION}"
        )
    if len(text) > MAX_HEAD:  # of our own format; a newer one may have chosen otherwise
        raise ValueError(f"its head has {len(text)} bytes; allowed: {MAX_HEAD}")
    return head


def _summary(head: Mapping[str, Any], path: Path) -> RunSummary:
    config, fingerprint = TrainConfig.from_json(head["config"]), _text(head["fingerprint"])
    if head["run_id"] != path.stem or config.run_id(fingerprint) != path.stem:
        raise ValueError("its name is not that of the run inside")
    channels, height, width = (_whole(side, 1, MAX_PIXELS) for side in head["image_shape"])
    _whole(channels * height * width, 1, MAX_PIXELS)
    n_train_images = _whole(head["n_train_images"], 1)
    _whole(config.epochs * math.ceil(n_train_images / config.batch_size), 1, MAX_STEPS)
    return RunSummary(
        run_id=path.stem,
        config=config,
        fingerprint=fingerprint,
        image_shape=(channels, height, width),
        n_parameters=_whole(head["n_parameters"], 1),
        n_latents=_whole(head["n_latents"], 1),
        n_train_images=n_train_images,
        epochs_done=_whole(head["epochs_done"], 0, config.epochs),
        test_mse=None if head["test_mse"] is None else _number(head["test_mse"]),
        seconds=_number(head["seconds"]),
        seconds_per_epoch=_number(head["seconds_per_epoch"]),
        images_per_second=_number(head["images_per_second"]),
        device=_text(head["device"]),
        threads=_whole(head["threads"]),
        attempt=_whole(head["attempt"], 1),
        modified=path.stat().st_mtime,
    )


def _run(head: Mapping[str, Any], file: Any, path: Path) -> Run:
    summary = _summary(head, path)
    config, n_epochs = summary.config, summary.epochs_done
    n_steps = n_epochs * math.ceil(summary.n_train_images / config.batch_size)
    rows = _floats(file, "history.epochs", (n_epochs, 5), torch.float64).tolist()
    (n_images, *_) = file.get_slice("preview.x").get_shape()
    (n_previews,) = file.get_slice("preview.epochs").get_shape()
    pictures = (_whole(n_images, 1, N_PREVIEW), *summary.image_shape)
    x_hat = _tensor(file, "preview.x_hat", (_whole(n_previews, 1, MAX_PREVIEWS), *pictures), torch.uint8)
    epochs = _tensor(file, "preview.epochs", (n_previews,), torch.int64).tolist()
    if epochs != sorted(set(epochs) & set(range(n_epochs + 1))):
        raise ValueError("preview.epochs are out of order")
    return Run(
        run_id=summary.run_id,
        config=config,
        fingerprint=summary.fingerprint,
        model=models.describe(config, summary.image_shape),
        n_train_images=summary.n_train_images,
        device=summary.device,
        versions={_text(name): _text(version) for name, version in dict(head["versions"]).items()},
        x=_images(_tensor(file, "preview.x", pictures, torch.uint8)),
        x_noisy=_images(_tensor(file, "preview.x_noisy", pictures, torch.uint8)) if config.noise else None,
        attempt=summary.attempt,
        resumed_from_epoch=_whole(head["resumed_from_epoch"], 0, n_epochs),
        epochs=tuple(Epoch(row[0], row[1], row[2], row[3], int(row[4])) for row in rows),
        step_losses=tuple(_floats(file, "history.steps", (n_steps,)).tolist()),
        previews=tuple(Preview(epoch, _images(frame)) for epoch, frame in zip(epochs, x_hat, strict=True)),
    )


def _tensor(file: Any, name: str, shape: Sequence[int], dtype: torch.dtype) -> Tensor:
    """A tensor of the file; one of another shape is not even read."""
    found = tuple(file.get_slice(name).get_shape())
    if found != tuple(shape):
        raise ValueError(f"{name} has shape {found} instead of {tuple(shape)}")
    tensor: Tensor = file.get_tensor(name)
    if tensor.dtype != dtype:
        raise ValueError(f"{name} is {tensor.dtype} instead of {dtype}")
    return tensor


def _floats(file: Any, name: str, shape: Sequence[int], dtype: torch.dtype = torch.float32) -> Tensor:
    tensor = _tensor(file, name, shape, dtype)
    if not bool(torch.isfinite(tensor).all()):
        raise ValueError(f"{name} holds NaN or infinite numbers")
    return tensor


def _images(pixels: Tensor) -> Images:
    n, c, h, w = pixels.shape
    return Images((n, c, h, w), pixels.contiguous().numpy().tobytes())


def _whole(value: object, low: int = 0, high: int = 2**53) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"its head holds {value!r:.40} instead of a whole number from {low} to {high}")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise ValueError(f"its head holds {value!r:.40} instead of a number of 0 or more")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():  # it goes to terminals
        raise ValueError(f"its head holds {value!r:.40} instead of a text")
    return value
