"""One run is one self-describing `.safetensors` file; nothing here unpickles anything.

The head of a file is one JSON string of at most MAX_HEAD bytes with all that a list of runs needs. Tensors:

    model.*             weights
    optimizer.<i>.*     Adam's state of parameter i
    history.steps       (S,) float32, the training loss of each step
    history.epochs      (E, 5) float64: training loss, test loss, training seconds, test seconds, threads
    preview.x           (16, C, H, W) uint8; preview.x_noisy too where the config has noise
    preview.epochs      (P,) int64, and preview.x_hat (P, 16, C, H, W) uint8
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from statistics import median
from typing import Any

import filelock
import numpy as np
import safetensors
import torch
from safetensors.torch import save as to_bytes
from torch import Tensor

from autoenc import models
from autoenc.errors import AutoencError, CheckpointError, RunBusy, RunUnknown
from autoenc.schema import MAX_PREVIEWS, Epoch, Images, Preview, Run, RunSummary, TrainConfig
from autoenc.training import Trainee

FORMAT_VERSION = 1
MAX_HEAD = 16_000  # bytes


def folder() -> Path:
    """Where the runs are: AUTOENC_CHECKPOINT_DIR, or `checkpoints`."""
    return Path(os.environ.get("AUTOENC_CHECKPOINT_DIR", "checkpoints"))


def path_of(run_id: str) -> Path:
    """The file of a run, which need not exist.

    Raises:
        RunUnknown: no run can be called so.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}", run_id):
        raise RunUnknown(f"{run_id[:80]!r} is not the name of a run")
    return folder() / f"{run_id}.safetensors"


# ---------------------------------------------------------------- writing


@contextmanager
def writing(run_id: str) -> Iterator[int]:
    """Be the only writer of a run; the lock goes with the process, however it ends.

    Returns:
        the number of this attempt: one more than the last that wrote the file.
    Raises:
        RunBusy: another process, or another job of this one, writes it.
        CheckpointError: the folder cannot be written to.
    """
    path = path_of(run_id)
    lock = filelock.FileLock(path.with_suffix(".lock"), blocking=False, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        raise RunBusy(f"{run_id} is being trained by another process; wait for it or stop it there") from None
    except OSError as error:
        raise CheckpointError(
            f"cannot write to the checkpoint folder {folder()}: {error.strerror or error}"
        ) from None
    try:
        yield _attempt_on_disk(path) + 1
    finally:
        lock.release()


def is_being_written(run_id: str) -> bool:
    """Whether some process holds the run's lock now."""
    lock_path = path_of(run_id).with_suffix(".lock")
    if not lock_path.exists():
        return False
    try:
        with filelock.FileLock(lock_path, blocking=False, thread_local=False):
            return False
    except filelock.Timeout:
        return True
    except OSError:
        return False


def save(run: Run, trainee: Trainee) -> None:
    """Write the run whole under a temporary name, then rename: a reader sees the old file or the new one.

    Raises:
        CheckpointError: a newer attempt has written the file, or the disk refuses.
    """
    path = path_of(run.run_id)
    if _attempt_on_disk(path) > run.attempt:
        raise CheckpointError(f"{run.run_id} was taken over by a newer attempt; this one ends here")
    data = to_bytes(_tensors(run, trainee), {"autoenc": json.dumps(_head(run))})
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise CheckpointError(
            f"cannot write {path}: {error.strerror or error}; older runs are intact"
        ) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _head(run: Run) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "run_id": run.run_id,
        "config": run.config.to_json(),
        "fingerprint": run.fingerprint,
        "image_shape": run.model.image_shape,
        "n_parameters": run.model.n_parameters,
        "n_latents": run.model.n_latents,
        "n_train_images": run.n_train_images,
        "epochs_done": len(run.epochs),
        "test_mse": run.test_mse,
        "seconds": run.seconds,
        "seconds_per_epoch": median(e.seconds + e.test_seconds for e in run.epochs) if run.epochs else 0.0,
        "images_per_second": run.images_per_second,
        "device": run.device,
        "threads": run.epochs[-1].threads if run.epochs else 0,
        "versions": dict(run.versions),
        "attempt": run.attempt,
        "resumed_from_epoch": run.resumed_from_epoch,
    }


def _tensors(run: Run, trainee: Trainee) -> dict[str, Tensor]:
    tensors = {f"model.{name}": tensor for name, tensor in trainee.model.state_dict().items()}
    for i, state in trainee.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{i}.{name}": tensor for name, tensor in state.items()}
    tensors["history.steps"] = torch.tensor(run.step_losses, dtype=torch.float32)
    tensors["history.epochs"] = torch.tensor([astuple(e) for e in run.epochs], dtype=torch.float64).reshape(
        -1, 5
    )
    tensors["preview.x"] = _pixels(run.x)
    if run.x_noisy is not None:
        tensors["preview.x_noisy"] = _pixels(run.x_noisy)
    tensors["preview.epochs"] = torch.tensor([p.epoch for p in run.previews], dtype=torch.int64)
    tensors["preview.x_hat"] = torch.stack([_pixels(p.x_hat) for p in run.previews])
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}


def _pixels(images: Images) -> Tensor:
    return torch.from_numpy(np.frombuffer(images.data, np.uint8).reshape(images.shape).copy())


def _attempt_on_disk(path: Path) -> int:
    try:
        return _summary(_read_head(path), path).attempt
    except CheckpointError:
        return 0


# ---------------------------------------------------------------- reading


def read(run_id: str) -> Run:
    """A run as far as its file goes.

    Raises:
        RunUnknown: there is no such file.
        CheckpointError: it is not a checkpoint of ours, or it is damaged.
    """
    path = path_of(run_id)
    head = _read_head(path)
    summary = _summary(head, path)
    tensors = _read_tensors(path, ("history.", "preview."))
    try:
        return _run(summary, head, tensors)
    except (AutoencError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise _damaged(path, error) from None


def _run(summary: RunSummary, head: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Run:
    epochs = tuple(
        Epoch(row[0], row[1], row[2], row[3], int(row[4])) for row in tensors["history.epochs"].tolist()
    )
    x, noisy = _images(tensors["preview.x"], summary.image_shape), tensors.get("preview.x_noisy")
    frames = zip(tensors["preview.epochs"].tolist(), tensors["preview.x_hat"], strict=True)
    if len(epochs) != summary.epochs_done or len(tensors["preview.epochs"]) > MAX_PREVIEWS:
        raise ValueError("head and history disagree")
    return Run(
        run_id=summary.run_id,
        config=summary.config,
        fingerprint=summary.fingerprint,
        model=models.describe(summary.config, summary.image_shape),
        n_train_images=summary.n_train_images,
        device=summary.device,
        versions={str(k): str(v) for k, v in head["versions"].items()},
        x=x,
        x_noisy=_images(noisy, summary.image_shape) if noisy is not None else None,
        attempt=summary.attempt,
        resumed_from_epoch=int(head["resumed_from_epoch"]),
        epochs=epochs,
        step_losses=tuple(tensors["history.steps"].tolist()),
        previews=tuple(Preview(epoch, _images(x_hat, summary.image_shape)) for epoch, x_hat in frames),
    )


def _images(tensor: Tensor, image_shape: tuple[int, int, int]) -> Images:
    if tensor.dtype != torch.uint8 or tensor.dim() != 4 or tuple(tensor.shape[1:]) != image_shape:
        raise ValueError(f"preview pictures have shape {tuple(tensor.shape)}")
    n, c, h, w = tensor.shape
    return Images((n, c, h, w), tensor.contiguous().numpy().tobytes())


def restore(trainee: Trainee, run_id: str) -> None:
    """Give a fresh trainee the weights and the optimiser state of a run's file.

    Raises:
        RunUnknown: there is no such file.
        CheckpointError: its tensors do not fit the model, or hold NaN or infinite numbers.
    """
    path = path_of(run_id)
    summary = _summary(_read_head(path), path)
    tensors = _read_tensors(path, ("model.", "optimizer."))
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise CheckpointError(
            f"{path.name} holds weights that are NaN or infinite; delete it and train again"
        )
    state: dict[int, dict[str, Tensor]] = {}
    try:
        weights = {name.removeprefix("model."): t for name, t in tensors.items() if name.startswith("model.")}
        for name, tensor in tensors.items():
            if name.startswith("optimizer."):
                _, index, key = name.split(".")
                state.setdefault(int(index), {})[key] = tensor
        for i, parameter in enumerate(trainee.model.parameters()):
            if any(state[i][moment].shape != parameter.shape for moment in ("exp_avg", "exp_avg_sq")):
                raise ValueError("the optimiser's state does not fit the model")
        trainee.model.load_state_dict(weights)
        groups = trainee.optimizer.state_dict()["param_groups"]
        trainee.optimizer.load_state_dict({"state": state, "param_groups": groups})
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise _damaged(path, error) from None
    trainee.epoch = summary.epochs_done


def summaries() -> tuple[tuple[RunSummary, ...], tuple[str, ...]]:
    """All runs of the folder, newest first, and one sentence for each file that could not be read."""
    runs, complaints = [], []
    for path in folder().glob("*.safetensors"):
        try:
            runs.append(_summary(_read_head(path), path))
        except CheckpointError as error:
            complaints.append(str(error))
    return tuple(sorted(runs, key=lambda run: -run.modified)), tuple(sorted(complaints))


def furthest(config: TrainConfig, fingerprint: str) -> RunSummary | None:
    """The run to continue for this config: the same in all but its epochs, as far as possible but not beyond.

    Damaged files are passed over: they can continue nothing.
    """
    found = []
    for path in folder().glob(f"*-{config.family(fingerprint)}.safetensors"):
        with suppress(CheckpointError):
            run = _summary(_read_head(path), path)
            same = run.config.family(run.fingerprint) == config.family(fingerprint)
            if same and run.epochs_done <= config.epochs:
                found.append(run)
    return max(found, key=lambda run: (run.epochs_done, run.config.epochs == config.epochs), default=None)


def _read_head(path: Path) -> Mapping[str, Any]:
    text = ""
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get("autoenc", "")
        if len(text) > MAX_HEAD:
            raise ValueError(f"its head has {len(text)} bytes; allowed: {MAX_HEAD}")
        head = json.loads(text)
        if not isinstance(head, dict):
            raise ValueError("its head is not an object")
        if head.get("format_version") != FORMAT_VERSION:
            raise CheckpointError(
                f"{path.name} has format version {head.get('format_version')!r}; "
                f"this program reads {FORMAT_VERSION}"
            )
        return head
    except FileNotFoundError:
        raise RunUnknown(
            f"there is no run {path.stem}; `python -m autoenc runs list` shows what there is"
        ) from None
    except (OSError, ValueError, RecursionError, safetensors.SafetensorError) as error:
        raise _damaged(path, error) from None


def _summary(head: Mapping[str, Any], path: Path) -> RunSummary:
    try:
        channels, height, width = (int(side) for side in head["image_shape"])
        config = TrainConfig.from_json(head["config"])
        if head["run_id"] != path.stem or config.run_id(head["fingerprint"]) != path.stem:
            raise ValueError("its name is not that of the run inside")
        return RunSummary(
            run_id=path.stem,
            config=config,
            fingerprint=head["fingerprint"],
            image_shape=(channels, height, width),
            test_mse=None if head["test_mse"] is None else float(head["test_mse"]),
            device=str(head["device"]),
            modified=path.stat().st_mtime,
            n_parameters=int(head["n_parameters"]),
            n_latents=int(head["n_latents"]),
            n_train_images=int(head["n_train_images"]),
            epochs_done=int(head["epochs_done"]),
            threads=int(head["threads"]),
            attempt=int(head["attempt"]),
            seconds=float(head["seconds"]),
            seconds_per_epoch=float(head["seconds_per_epoch"]),
            images_per_second=float(head["images_per_second"]),
        )
    except (AutoencError, KeyError, ValueError, TypeError, OverflowError, OSError) as error:
        raise _damaged(path, error) from None


def _read_tensors(path: Path, prefixes: tuple[str, ...]) -> dict[str, Tensor]:
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys() if name.startswith(prefixes)}  # noqa: SIM118
    except (OSError, ValueError, safetensors.SafetensorError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> CheckpointError:
    why = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error).splitlines()[0]
    return CheckpointError(f"{path.name} is not a run that can be read ({why}); delete it or train again")
