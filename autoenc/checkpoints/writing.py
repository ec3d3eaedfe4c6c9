"""From a run to its file: one writer at a time, and a reader sees the old file or the new one."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import torch
from safetensors.torch import save as to_bytes
from torch import Tensor

from autoenc import durable, locks
from autoenc.errors import CheckpointError, RunBusy, RunNewer
from autoenc.heads.paths import FORMAT_VERSION, UNKNOWN_COUNT, is_example, path_of, unknown
from autoenc.heads.summary import read_summary
from autoenc.numerals import counted
from autoenc.schema import N_QUANTILES, Images, Run, RunSummary
from autoenc.training import TrainState

LOCK_SECONDS = 0.5  # of patience: whoever asks `is_being_written` holds the lock for a moment


@contextmanager
def write_lock(run_id: str) -> Iterator[int]:
    """Be the only writer of a run; the lock goes with the process, however it ends.

    Returns:
        the number of this attempt: one more than the last that wrote the file.
    Raises:
        RunBusy: another process, or another job of this one, writes it.
        RunNewer: a newer version of this program wrote the file; it is not to be replaced.
        CheckpointError: the folder cannot be written to.
    """
    with locked(run_id) as path:
        yield _attempt_on_disk(path) + 1


def delete(run_id: str) -> None:
    """Remove a run's file, damaged or not, and what killed writers left of it.

    The empty lock file stays: a process that has opened it already would lock a file without a name, and
    another beside it the next file of that name.

    Raises:
        RunUnknown: there is no such file.
        RunBusy: it is being trained.
        CheckpointError: it is an example, or the system refuses.
    """
    path = path_of(run_id)
    if not os.path.lexists(path):  # asked before the lock, which would make the folder
        if is_example(run_id):
            raise CheckpointError(f"{run_id} is an example that comes with the program; it stays")
        raise unknown(run_id)
    with locked(run_id):
        try:
            path.unlink()
        except FileNotFoundError:
            raise unknown(run_id) from None
        except OSError as error:
            raise CheckpointError(f"cannot delete {path}: {error.strerror or error}") from None


@contextmanager
def locked(run_id: str, patience: float = LOCK_SECONDS, busy: str = "") -> Iterator[Path]:
    """The run's file, while only this process may change it; what killed writers left beside it is gone.

    Raises:
        RunBusy: another holds it for longer than `patience` seconds; says `busy`, or that it is trained.
        CheckpointError: the folder cannot be written to.
    """
    trained = f"{run_id} is being trained by another process; wait for it or stop it there"
    with locked_file(path_of(run_id), busy or trained, patience) as path:
        yield path


@contextmanager
def locked_file(path: Path, busy: str, patience: float = LOCK_SECONDS) -> Iterator[Path]:
    """As `locked`, for a file in the checkpoint folder or below it."""
    lock_path = path.with_suffix(".lock")
    lock = locks.lock_of(lock_path, patience)
    refused = f"cannot write to the checkpoint folder {path.parent}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if lock_path.is_symlink():  # filelock before 3.20.1 would empty the file that it points at
            raise CheckpointError(f"{refused}: {lock_path.name} is a symbolic link; delete it")
        lock.acquire()
    except filelock.Timeout:
        if not lock_path.exists():  # some file systems say "not found" where nothing can be made
            raise CheckpointError(f"{refused}: no file can be made in it") from None
        raise RunBusy(busy) from None
    except OSError as error:
        problem = locks.cure(error, path.parent, "AUTOENC_CHECKPOINT_DIR")
        raise CheckpointError(f"{refused}: {problem}") from None
    try:
        for left_over in path.parent.glob(f"{path.stem}.*.tmp"):
            # Not that of `run_id.more`.
            if re.fullmatch(rf"{re.escape(path.stem)}\.\d+\.tmp", left_over.name):
                with suppress(OSError):  # a folder of this name is not ours
                    left_over.unlink()
        yield path
    finally:
        lock.release()


def is_being_written(run_id: str) -> bool:
    """Whether some process holds the run's lock now."""
    return is_locked(path_of(run_id))


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock of this file now."""
    lock_path = path.with_suffix(".lock")
    try:
        if lock_path.is_symlink() or not lock_path.exists():
            return False
        with locks.lock_of(lock_path):
            return False
    except filelock.Timeout:
        return True
    except OSError:
        return False


def write(run: Run, state: TrainState) -> Path:
    """Save a run that a loop of your own has trained; every page then shows it among the others.

    Args:
        run: all records of the training added to it, up to the end of an epoch.
        state: the training that gave them, as it was at that moment.
    Returns:
        the file, in the folder of the runs.
    Raises:
        CheckpointError: the run ends in the middle of an epoch, its file has more epochs already, or the
            folder cannot be written to.
        RunBusy: another process trains this run.
        RunNewer: a newer version of this program wrote the file.
    """
    if len(run.step_losses) != len(run.epochs) * run.steps_per_epoch or state.epoch != len(run.epochs):
        raise CheckpointError(
            f"{run.run_id} is in the middle of an epoch; go on until `training.train` gives an EpochRecord"
        )
    with locked(run.run_id) as path:
        before = _on_disk(path)
        if before is not None and before.epochs_done > len(run.epochs):
            raise CheckpointError(
                f"{run.run_id} is already here, with {counted(before.epochs_done, 'epoch')}; "
                f"delete it to save this one, which has {len(run.epochs):,}"
            )
        save(replace(run, attempt=_attempt_on_disk(path) + 1), state)
        return path


def save(run: Run, state: TrainState) -> None:
    """Write the run whole under a temporary name, then rename: a reader sees the old file or the new one.

    The caller holds its `write_lock`; `write` is for whoever does not.

    Raises:
        RunNewer: a newer version of this program has written the file.
        CheckpointError: a newer attempt has written the file, or the disk refuses.
    """
    path = path_of(run.run_id)
    if _attempt_on_disk(path) > run.attempt:
        raise CheckpointError(f"a newer attempt has taken over {run.run_id}; this one ends here")
    write_whole(path, file_of(run, state))


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in its place; the lock of its name is held.

    Raises:
        CheckpointError: the disk refuses; what was there is as it was.
    """
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        with durable.new_file(temporary) as file:
            file.write(data)
        durable.move(temporary, path)
    except OSError as error:
        gone = isinstance(error, FileNotFoundError | NotADirectoryError) and not path.parent.is_dir()
        raise CheckpointError(
            f"cannot write {path}: its folder is gone; restore it or train again"
            if gone
            else f"cannot write {path}: {error.strerror or error}; older runs are intact"
        ) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def file_of(run: Run, state: TrainState) -> bytes:
    """All that the run's file holds."""
    return to_bytes(_tensors(run, state), {"autoenc": json.dumps(head_of(run))})


def head_of(run: Run) -> dict[str, Any]:
    """The head of the run's file."""
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
        "train_loss": run.train_loss,
        "test_mse": run.test_mse,
        "seconds": run.seconds,
        "seconds_per_epoch": run.seconds_per_epoch,
        "images_per_second": run.images_per_second,
        "device": run.device,
        "threads": run.epochs[-1].threads if run.epochs else 0,
        "beside": run.concurrent_jobs,
        "versions": dict(run.versions),
        "attempt": run.attempt,
        "resumed_from_epoch": run.resumed_from_epoch,
        "earlier_tests": run.earlier_tests,
    }


def _tensors(run: Run, state: TrainState) -> dict[str, Tensor]:
    tensors = {f"model.{name}": tensor for name, tensor in state.model.state_dict().items()}
    for i, optimizer_state in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{i}.{name}": tensor for name, tensor in optimizer_state.items()}
    tensors["history.steps"] = torch.tensor(run.step_losses, dtype=torch.float32)
    rows = torch.tensor([astuple(e)[:5] for e in run.epochs], dtype=torch.float64)
    tensors["history.epochs"] = rows.reshape(-1, 5)
    beside = [UNKNOWN_COUNT if e.concurrent_jobs is None else e.concurrent_jobs for e in run.epochs]
    tensors["history.beside"] = torch.tensor(beside, dtype=torch.int64)
    if any(e.stood_still for e in run.epochs):
        tensors["history.still"] = torch.tensor([e.stood_still for e in run.epochs], dtype=torch.float64)
    if run.config.rate_weight is not None:
        tensors["history.bits"] = torch.tensor([e.test_bits for e in run.epochs], dtype=torch.float64)
    if run.config.kind.has_prior:
        kl = [(e.train_kl, e.test_kl, e.n_active) for e in run.epochs]
        tensors["history.kl"] = torch.tensor(kl, dtype=torch.float64).reshape(-1, 3)
    if run.quantiles is not None:
        units = np.frombuffer(run.quantiles.data, "<i2").reshape(-1, N_QUANTILES)
        tensors["code.quantiles"] = torch.from_numpy(units.astype(np.int16))
        tensors["code.exponent"] = torch.tensor(run.quantiles.exponent)
    tensors["preview.x"] = _pixels(run.x)
    if run.x_noisy is not None:
        tensors["preview.x_noisy"] = _pixels(run.x_noisy)
    epochs = [p for p in run.previews if p.epoch is not None]
    tensors["preview.epochs"] = torch.tensor([p.epoch for p in epochs], dtype=torch.int64)
    tensors["preview.x_hat"] = torch.stack([_pixels(p.x_hat) for p in epochs])
    # Apart from the epochs, where earlier versions look for nothing else.
    if film := [p for p in run.previews if p.epoch is None]:
        tensors["film.steps"] = torch.tensor([p.step for p in film], dtype=torch.int64)
        tensors["film.x_hat"] = torch.stack([_pixels(p.x_hat) for p in film])
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}


def _pixels(images: Images) -> Tensor:
    return torch.from_numpy(np.frombuffer(images.data, np.uint8).reshape(images.shape).copy())


def _attempt_on_disk(path: Path) -> int:
    before = _on_disk(path)
    return 0 if before is None else before.attempt


def _on_disk(path: Path) -> RunSummary | None:
    """What the file tells; None: there is none that can be read. Raises RunNewer."""
    try:
        return read_summary(path)
    except RunNewer:
        raise
    except CheckpointError:
        return None
