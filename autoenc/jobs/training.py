"""A model is trained, or continued."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from time import monotonic

import torch

from autoenc import checkpoints, cores, datasets, memory, models, training
from autoenc.captions import configs
from autoenc.compression.spread import quantiles_of
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, RunUnknown
from autoenc.numerals import out_of
from autoenc.schema import CodeQuantiles, EpochRecord, Record, Run, Snapshot, State, TrainConfig

SAVE_SECONDS = 1.0  # at least so long between two saves of epochs that are shorter


@dataclass(frozen=True)
class TrainJob:
    """Train a model and keep it as a checkpoint, from the furthest epoch that is already on disk."""

    config: TrainConfig
    device: str = "auto"

    @property
    def job_id(self) -> str:
        return self.config.run_id(datasets.load(self.config.dataset).fingerprint)

    @property
    def title(self) -> str:
        return configs.title(self.config)

    def stored(self) -> Snapshot | None:
        with suppress(CheckpointError):  # a damaged file is as good as none: it is trained again and replaced
            # Somebody who asks for an example's settings wants to see it learn.
            return None if checkpoints.is_example(self.job_id) else stored_run(self.job_id)
        return None

    def threads(self, share: int) -> int:
        model = models.describe(self.config, datasets.load(self.config.dataset).image_shape)
        return training.useful_threads(self.config, model, share)

    def needed_bytes(self) -> int:
        data = datasets.load(self.config.dataset)
        model = models.describe(self.config, data.image_shape)
        return memory.needed_bytes(self.config, model, len(data.train), len(data.test))

    def needed_dataset(self) -> str:
        return self.config.dataset

    def run(self) -> Generator[Record, None, None]:
        memory.keep_freed()
        data = datasets.load(self.config.dataset)
        run_id = self.config.run_id(data.fingerprint)
        stored = self.stored()
        if stored is not None and stored.run is not None and stored.state is State.FINISHED:
            yield stored.run
            return
        with memory.readable_shortage():
            state = training.begin(self.config, data, self.device)  # refuses before anything is written
            with checkpoints.write_lock(run_id) as attempt:
                run = _first_record(self.config, data, state, attempt)
                if run.finished:  # what a longer run had reached when it was interrupted
                    run = replace(run, quantiles=_quantiles(state, data, run.config))
                    _save(run, state)
                yield run
                yield from _trained(run, state, data)


def _trained(run: Run, state: training.TrainState, data: Dataset) -> Iterator[Record]:
    """Train to the end; finished epochs that are not on disk yet are saved when the iterator closes."""
    saved, unsaved = monotonic(), None
    jobs_now = cores.concurrent_jobs()
    try:
        for record in training.train(state, data, run.config):
            if isinstance(record, EpochRecord):
                before, jobs_now = jobs_now, cores.concurrent_jobs()
                record = replace(record, concurrent_jobs=max(before, jobs_now))
                if record.epoch == run.config.epochs:
                    record = replace(record, quantiles=_quantiles(state, data, run.config))
            run = run.after(record)
            if isinstance(record, EpochRecord):
                if run.finished or monotonic() - saved >= SAVE_SECONDS:
                    _save(run, state)
                    saved, unsaved = monotonic(), None
                else:
                    unsaved = run, deepcopy(state)  # the next epoch changes the weights
            yield record
    finally:
        if unsaved is not None:  # stopped, or diverged
            _save(*unsaved)


def _quantiles(state: training.TrainState, data: Dataset, config: TrainConfig) -> CodeQuantiles:
    images = torch.from_numpy(data.train[: config.train_images])
    return quantiles_of(lambda x: state.model.encoder(x.to(state.device)).cpu(), images)


def _save(run: Run, state: training.TrainState) -> None:
    with memory.unlimited():  # safetensors ends the process where it has no memory
        checkpoints.save(run, state)


def _first_record(config: TrainConfig, data: Dataset, state: training.TrainState, attempt: int) -> Run:
    """The run that this one continues, or an empty one; the state gets its weights."""
    history = None
    for earlier in checkpoints.continuable(config, data.fingerprint):
        with suppress(CheckpointError):  # a damaged file continues nothing, the next one may
            history = checkpoints.restore(state, earlier.run_id, config.epochs)
            break
    return checkpoints.new_run(state, data, config, attempt=attempt, before=history)


def stored_run(run_id: str) -> Snapshot | None:
    """A run as its file tells it: finished, running in some process, or interrupted; None: no such file.

    An example counts where the user has no run of this name.

    Raises:
        CheckpointError: the file is damaged, or no run can be called so.
    """
    checkpoints.path_of(run_id)
    try:
        run = checkpoints.read(run_id)
    except RunUnknown:
        return None
    if run.finished:
        return Snapshot(run_id, State.FINISHED, value=run)
    done = f"{out_of(len(run.epochs), run.config.epochs, 'epoch')} done"
    if checkpoints.is_being_written(run_id):
        return Snapshot(run_id, State.RUNNING, f"another process is training it; {done}", run)
    return Snapshot(run_id, State.INTERRUPTED, f"{done}; train again to continue", run)
