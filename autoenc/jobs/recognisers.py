"""A recogniser is trained, or continued."""

from __future__ import annotations

import math
import platform
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass

import torch

from autoenc import datasets, devices, memory
from autoenc.captions import configs
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, RunUnknown
from autoenc.numerals import out_of
from autoenc.recognition import files, loading, network
from autoenc.recognition import training as recogniser_training
from autoenc.schema import (
    Recogniser,
    RecogniserConfig,
    RecogniserEpoch,
    Record,
    Snapshot,
    State,
)
from autoenc.sources import VERSION


@dataclass(frozen=True)
class RecogniserJob:
    """Train a recogniser and keep its file, from the furthest epoch that is already on disk."""

    config: RecogniserConfig
    device: str = "auto"

    @property
    def job_id(self) -> str:
        return self.config.recogniser_id(datasets.load(self.config.dataset).fingerprint)

    @property
    def title(self) -> str:
        noise = f", {configs.noise_caption(self.config.noise)}" if self.config.noise else ""
        return f"Recogniser of {datasets.title(self.config.dataset)}{noise}"

    def stored(self) -> Snapshot | None:
        with suppress(CheckpointError):  # a damaged file is as good as none
            return stored_recogniser(self.job_id)
        return None

    def threads(self, share: int) -> int:
        return share

    def needed_bytes(self) -> int:
        """Weights and Adam's state; what a step's layers hold, and a chunk of test images."""
        data = datasets.load(self.config.dataset)
        info = network.describe(data.image_shape, len(data.class_names))
        widest = sum(math.prod(layer.output_shape) for layer in info.layers)
        return 100_000_000 + 8 * 4 * info.n_parameters + 3 * 4 * recogniser_training.CHUNK_IMAGES * widest

    def needed_dataset(self) -> str:
        return self.config.dataset

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        data = datasets.load(self.config.dataset)
        recogniser_id = self.config.recogniser_id(data.fingerprint)
        stored = self.stored()
        if stored is not None and stored.state is State.FINISHED and stored.value is not None:
            yield stored.value
            return
        with memory.readable_shortage():
            state = recogniser_training.begin(self.config, data, self.device)
            with files.write_lock(recogniser_id) as attempt:
                recogniser = _first_record(self.config, data, state, attempt)
                if recogniser.finished:
                    files.save(recogniser, state)
                yield recogniser
                for record in recogniser_training.train(state, data, self.config):
                    recogniser = recogniser.after(record)
                    if isinstance(record, RecogniserEpoch):
                        with memory.unlimited():  # safetensors ends the process where it has no memory
                            files.save(recogniser, state)
                    yield record


def _first_record(
    config: RecogniserConfig, data: Dataset, state: recogniser_training.RecogniserState, attempt: int
) -> Recogniser:
    """The one that is continued, or an empty one; the state gets its weights."""
    history = None
    if (earlier := files.furthest(config, data.fingerprint)) is not None:
        with suppress(CheckpointError):  # a damaged file continues nothing
            history = loading.restore(state, earlier.recogniser_id, config.epochs)
    n_train, n_held_out = recogniser_training.split(data)
    return Recogniser(
        recogniser_id=config.recogniser_id(data.fingerprint),
        config=config,
        fingerprint=data.fingerprint,
        image_shape=data.image_shape,
        class_names=data.class_names,
        n_parameters=sum(parameter.numel() for parameter in state.model.parameters()),
        n_train_images=n_train,
        n_held_out=n_held_out,
        device=devices.name_of(state.device),
        versions={"autoenc": VERSION, "torch": torch.__version__, "python": platform.python_version()},
        attempt=attempt,
        resumed_from_epoch=state.epoch,
        epochs=history.epochs if history else (),
        step_losses=history.step_losses if history else (),
        step_accuracies=history.step_accuracies if history else (),
    )


def stored_recogniser(recogniser_id: str) -> Snapshot | None:
    """A recogniser as its file tells it; None: no such file.

    Raises:
        CheckpointError: the file is damaged, or none can be called so.
    """
    loading.path_of(recogniser_id)
    try:
        recogniser = loading.read(recogniser_id)
    except RunUnknown:
        return None
    if recogniser.finished:
        return Snapshot(recogniser_id, State.FINISHED, value=recogniser)
    done = f"{out_of(len(recogniser.epochs), recogniser.config.epochs, 'epoch')} done"
    if files.is_being_written(recogniser_id):
        return Snapshot(recogniser_id, State.RUNNING, f"another process is training it; {done}", recogniser)
    return Snapshot(recogniser_id, State.INTERRUPTED, f"{done}; train again to continue", recogniser)
