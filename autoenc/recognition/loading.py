"""From the file of a recogniser to what it holds; what is not what it should be is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from autoenc import checkpoints
from autoenc.checkpoints.parsing import RunFile, open_file
from autoenc.checkpoints.reading import content_hash_of
from autoenc.errors import CheckpointError, RunUnknown
from autoenc.heads.parsing import text, whole
from autoenc.places import EXAMPLE_CHECKPOINTS
from autoenc.recognition import network
from autoenc.recognition.training import RecogniserState
from autoenc.schema import MAX_PIXELS, MAX_STEPS, Recogniser, RecogniserConfig, RecogniserEpoch

MAX_CLASSES = 256  # a label is a byte
FOLDER = "recognisers"  # in the checkpoint folder
_WHAT = "recogniser"
ENDING = ".safetensors"


# ---------------------------------------------------------------- where they are


def path_of(recogniser_id: str) -> Path:
    """The file of a recogniser, which need not exist.

    Raises:
        RunUnknown: none can be called so.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}-recogniser-e\d{1,3}-[0-9a-f]{8}", recogniser_id):
        raise RunUnknown(f"{recogniser_id[:80]!r} is not the name of a recogniser")
    return checkpoints.folder() / FOLDER / f"{recogniser_id}{ENDING}"


def find(recogniser_id: str) -> Path:
    """The file to read it from, which need not exist: the user's own, or the example of this name.

    While the own one is not finished, or where it is damaged, the example reads on.

    Raises:
        RunUnknown: none can be called so.
    """
    own = path_of(recogniser_id)
    example = EXAMPLE_CHECKPOINTS / FOLDER / own.name
    return example if example.is_file() and not _is_finished(own) else own


def _is_finished(path: Path) -> bool:
    try:
        with opened(path) as file:
            return recogniser_in(file, path).finished
    except CheckpointError:
        return False


def is_example(recogniser_id: str) -> bool:
    """Whether it comes with the program, and the user has none of this name."""
    return find(recogniser_id).is_relative_to(EXAMPLE_CHECKPOINTS)


def content_hash(recogniser_id: str) -> str:
    """Of a recogniser's file as it is now; raises as `read`."""
    with _no_run(recogniser_id):
        return content_hash_of(find(recogniser_id), _WHAT)


# ---------------------------------------------------------------- what it holds


def read(recogniser_id: str) -> Recogniser:
    """The user's own recogniser as far as its file goes.

    Raises:
        RunUnknown: there is no such file.
        RunNewer: a newer version of this program wrote it.
        CheckpointError: it is not a recogniser of ours, or it is damaged.
    """
    path = path_of(recogniser_id)
    with _no_run(recogniser_id), opened(path) as file:
        return recogniser_in(file, path)


def load(recogniser_id: str) -> tuple[Recogniser, nn.Sequential]:
    """It and the network that reads: on the CPU, without gradients; raises as `read` does."""
    path = find(recogniser_id)
    with _no_run(recogniser_id), opened(path) as file:
        recogniser = recogniser_in(file, path)
        model = network.build(recogniser.image_shape, len(recogniser.class_names), 0)
        weights = {name: tensor.clone() for name, tensor in _weights_in(file, model, "average").items()}
    model.load_state_dict(weights)
    return recogniser, model.requires_grad_(False).eval()


def restore(state: RecogniserState, recogniser_id: str, max_epochs: int) -> Recogniser:
    """Give a fresh state the weights and the optimiser state of a file.

    Raises:
        as `read` does, and CheckpointError where it has gone beyond `max_epochs`; the state is as it was.
    """
    path = path_of(recogniser_id)
    with _no_run(recogniser_id), opened(path) as file:
        recogniser = recogniser_in(file, path)
        if len(recogniser.epochs) > max_epochs:
            raise ValueError(f"it has {len(recogniser.epochs):,} epochs; asked for: {max_epochs:,}")
        weights = {name: _weights_in(file, state.model, name) for name in ("model", "average")}
        optimizer_state = {
            i: {
                "step": file.floats(f"optimizer.{i}.step", ()),
                "exp_avg": file.floats(f"optimizer.{i}.exp_avg", parameter.shape),
                "exp_avg_sq": file.measures(f"optimizer.{i}.exp_avg_sq", parameter.shape),
            }
            for i, parameter in enumerate(state.model.parameters())
        }
    groups = state.optimizer.state_dict()["param_groups"]
    state.model.load_state_dict(weights["model"])
    state.average.load_state_dict(weights["average"])
    state.optimizer.load_state_dict({"state": optimizer_state, "param_groups": groups})
    state.epoch = len(recogniser.epochs)
    return recogniser


def _weights_in(file: RunFile, model: nn.Module, what: str) -> dict[str, Tensor]:
    """The weights for this model, and what its normalisation has seen."""
    weights = {}
    for name, tensor in model.state_dict().items():
        stored = f"{what}.{name}"
        if tensor.is_floating_point():
            weights[name] = file.weights(stored, tensor.shape)
        else:  # how many batches were normalised
            weights[name] = file.tensor(stored, (), torch.int64)
    return weights


def recogniser_in(file: RunFile, path: Path) -> Recogniser:
    """All of it is checked; raises what `open_file` takes for damage."""
    head = file.head
    config, fingerprint = RecogniserConfig.from_json(head["config"]), text(head["fingerprint"])
    recogniser_id = config.recogniser_id(fingerprint)
    if head["recogniser_id"] != recogniser_id or path.stem != recogniser_id:
        raise ValueError("its name is not the name of the recogniser inside")
    channels, height, width = (whole(side, 1, MAX_PIXELS) for side in head["image_shape"])
    if channels not in network.WIDTHS:
        raise ValueError(f"its images have {channels:,} channels")
    whole(channels * height * width, 1, MAX_PIXELS)
    class_names = tuple(text(name) for name in head["class_names"])
    whole(len(class_names), 2, MAX_CLASSES)
    n_parameters = network.describe((channels, height, width), len(class_names)).n_parameters
    if head["n_parameters"] != n_parameters:
        raise ValueError(f"its network would have {n_parameters:,} parameters")
    n_epochs = whole(head["epochs_done"], 0, config.epochs)
    recogniser = Recogniser(
        recogniser_id,
        config,
        fingerprint,
        (channels, height, width),
        class_names,
        n_parameters,
        whole(head["n_train_images"], 1),
        whole(head["n_held_out"], 1),
        text(head["device"]),
        {text(name): text(version) for name, version in dict(head["versions"]).items()},
        whole(head["attempt"], 1),
        whole(head["resumed_from_epoch"], 0, n_epochs),
    )
    n_steps = whole(n_epochs * recogniser.steps_per_epoch, 0, MAX_STEPS)
    rows = file.measures("history.epochs", (n_epochs, 7), torch.float64).tolist()
    steps = file.measures("history.steps", (n_steps, 2))
    epochs = tuple(replace(RecogniserEpoch(*row), threads=int(row[-1])) for row in rows)
    if any(epoch.test_accuracy > 1 or not 0 < epoch.temperature < math.inf for epoch in epochs):
        raise ValueError("its accuracy or temperature is none")
    losses, accuracies = steps.T.tolist() if n_steps else ((), ())
    return replace(recogniser, epochs=epochs, step_losses=tuple(losses), step_accuracies=tuple(accuracies))


def opened(path: Path) -> Any:
    return open_file(path, what=_WHAT)


@contextmanager
def _no_run(recogniser_id: str) -> Iterator[None]:
    try:
        yield
    except RunUnknown:
        raise unknown(recogniser_id) from None


def unknown(recogniser_id: str) -> RunUnknown:
    return RunUnknown(f"there is no recogniser {recogniser_id}; `python -m autoenc recognise` trains one")
