"""One recogniser is one `.safetensors` file in the folder `recognisers` beside the runs.

Its head is laid out as that of a run. Tensors:

    average.*           the weights that read: float32; float16 in the examples
    model.*             the latest weights; not in the examples, which nobody continues
    optimizer.<i>.*     Adam's state of parameter i; not in the examples
    history.steps       (S, 2) float32: loss and accuracy of each training step
    history.epochs      (E, 7) float64, the fields of RecogniserEpoch
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from autoenc import checkpoints
from autoenc.checkpoints.writing import is_locked, locked_file, write_whole
from autoenc.errors import CheckpointError, RunNewer
from autoenc.heads.parsing import whole
from autoenc.heads.paths import FORMAT_VERSION
from autoenc.places import EXAMPLE_CHECKPOINTS
from autoenc.recognition.loading import ENDING, FOLDER, is_example, opened, path_of, recogniser_in, unknown
from autoenc.recognition.training import RecogniserState
from autoenc.schema import Recogniser, RecogniserConfig, RecogniserSummary


def summaries() -> tuple[RecogniserSummary, ...]:
    """All recognisers that can be read, the newest first, examples last."""
    summaries_of_both = []
    for place in (checkpoints.folder(), EXAMPLE_CHECKPOINTS):
        with suppress(OSError):
            own = [_summary(path) for path in (place / FOLDER).glob(f"*{ENDING}")]
            summaries_of_both += sorted(filter(None, own), key=lambda one: -one.modified)
    by_id: dict[str, RecogniserSummary] = {}
    for summary in summaries_of_both:
        earlier = by_id.get(summary.recogniser_id)
        if earlier is None or not earlier.finished:  # an own one that is not finished hides no example
            by_id[summary.recogniser_id] = summary
    return tuple(by_id.values())


def _summary(path: Path) -> RecogniserSummary | None:
    try:
        with opened(path) as file:
            recogniser = recogniser_in(file, path)
            file_stat = file.stat
    except CheckpointError:
        return None
    return RecogniserSummary(
        recogniser.recogniser_id,
        recogniser.config,
        recogniser.fingerprint,
        len(recogniser.epochs),
        recogniser.accuracy,
        recogniser.seconds,
        recogniser.seconds_per_epoch,
        recogniser.epochs[-1].threads if recogniser.epochs else 0,
        file_stat.st_mtime,
        file_stat.st_size,
        path.is_relative_to(EXAMPLE_CHECKPOINTS),
    )


def furthest(config: RecogniserConfig, fingerprint: str) -> Recogniser | None:
    """What this config would continue: the same in all but the epochs, and no further; None: nothing."""
    family, found = config.family(fingerprint), list[Recogniser]()
    with suppress(OSError):
        for path in (checkpoints.folder() / FOLDER).glob(f"*-{family}{ENDING}"):
            with suppress(CheckpointError), opened(path) as file:
                found.append(recogniser_in(file, path))
    fitting = [r for r in found if r.fingerprint == fingerprint and 0 < len(r.epochs) <= config.epochs]
    return max(fitting, key=lambda r: (len(r.epochs), r.config.epochs == config.epochs), default=None)


def delete(recogniser_id: str) -> None:
    """Remove a recogniser's file, damaged or not.

    Raises:
        RunUnknown: there is no such file.
        RunBusy: it is being trained.
        CheckpointError: it is an example, or the system refuses.
    """
    path = path_of(recogniser_id)
    if not os.path.lexists(path):
        if is_example(recogniser_id):
            raise CheckpointError(f"{recogniser_id} is an example that comes with the program; it stays")
        raise unknown(recogniser_id)
    with _locked(recogniser_id):
        try:
            path.unlink()
        except FileNotFoundError:
            raise unknown(recogniser_id) from None
        except OSError as error:
            raise CheckpointError(f"cannot delete {path}: {error.strerror or error}") from None


# ---------------------------------------------------------------- written


@contextmanager
def write_lock(recogniser_id: str) -> Iterator[int]:
    """Be the only writer of a recogniser; gives the number of this attempt.

    Raises:
        RunBusy: another process writes it.
        RunNewer: a newer version of this program wrote the file.
        CheckpointError: the folder cannot be written to.
    """
    with _locked(recogniser_id) as path:
        yield _attempt_on_disk(path) + 1


def _locked(recogniser_id: str) -> Any:
    busy = f"{recogniser_id} is being trained by another process; wait for it or stop it there"
    return locked_file(path_of(recogniser_id), busy)


def is_being_written(recogniser_id: str) -> bool:
    """Whether some process trains it now."""
    return is_locked(path_of(recogniser_id))


def save(recogniser: Recogniser, state: RecogniserState) -> None:
    """Write it whole under a temporary name, then rename.

    Raises:
        CheckpointError: a newer attempt has written the file, or the disk refuses.
    """
    path = path_of(recogniser.recogniser_id)
    if _attempt_on_disk(path) > recogniser.attempt:
        raise CheckpointError(
            f"a newer attempt has taken over {recogniser.recogniser_id}; this one ends here"
        )
    tensors = {f"model.{name}": tensor for name, tensor in state.model.state_dict().items()}
    for i, optimizer_state in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{i}.{name}": tensor for name, tensor in optimizer_state.items()}
    write_whole(path, file_of(recogniser, state.average, tensors))


def file_of(recogniser: Recogniser, average: nn.Module, more: Mapping[str, Tensor] | None = None) -> bytes:
    """All that a recogniser's file holds.

    Args:
        more: what is needed to go on with its training.
    """
    tensors = {**(more or {})} | {f"average.{name}": t for name, t in average.state_dict().items()}
    steps = [recogniser.step_losses, recogniser.step_accuracies]
    tensors["history.steps"] = torch.tensor(steps, dtype=torch.float32).T
    rows = torch.tensor([astuple(epoch) for epoch in recogniser.epochs], dtype=torch.float64)
    tensors["history.epochs"] = rows.reshape(-1, 7)
    head = {
        "format_version": FORMAT_VERSION,
        "recogniser_id": recogniser.recogniser_id,
        "config": recogniser.config.to_json(),
        "fingerprint": recogniser.fingerprint,
        "image_shape": recogniser.image_shape,
        "class_names": recogniser.class_names,
        "n_parameters": recogniser.n_parameters,
        "n_train_images": recogniser.n_train_images,
        "n_held_out": recogniser.n_held_out,
        "epochs_done": len(recogniser.epochs),
        "device": recogniser.device,
        "versions": dict(recogniser.versions),
        "attempt": recogniser.attempt,
        "resumed_from_epoch": recogniser.resumed_from_epoch,
    }
    whole_tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    return to_bytes(whole_tensors, {"autoenc": json.dumps(head)})


def _attempt_on_disk(path: Path) -> int:
    try:
        with opened(path) as file:
            return whole(file.head["attempt"], 1)
    except RunNewer:
        raise
    except CheckpointError:
        return 0
