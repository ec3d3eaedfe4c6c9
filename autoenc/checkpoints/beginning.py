"""A training that begins -> the run that its records are added to."""

from __future__ import annotations

import platform

import torch

from autoenc import devices, models, training
from autoenc.datasets import Dataset
from autoenc.schema import Preview, Run, TrainConfig
from autoenc.sources import VERSION
from autoenc.training import TrainState


def new_run(
    state: TrainState, data: Dataset, config: TrainConfig, *, attempt: int = 1, before: Run | None = None
) -> Run:
    """A run to which `run.after(record)` adds the records of `training.train`, one by one.

    Args:
        state: as `training.begin` or `restore` gave it, before any record was asked for.
        attempt: the number that `write_lock` gave.
        before: the run that `restore` gave; None: the training begins at the beginning.
    Returns:
        with the epochs, losses and pictures of `before`; else with one picture, that of the untrained model.
    """
    x_in = training.preview_input(data, config)
    return Run(
        run_id=config.run_id(data.fingerprint),
        config=config,
        fingerprint=data.fingerprint,
        model=models.describe(config, data.image_shape),
        n_train_images=config.train_images or len(data.train),
        device=devices.name_of(state.device),
        versions={"autoenc": VERSION, "torch": torch.__version__, "python": platform.python_version()},
        x=training.as_images(training.as_float(data.test[: training.N_PREVIEW])),
        x_noisy=training.as_images(x_in) if config.noise else None,
        attempt=attempt,
        resumed_from_epoch=state.epoch,
        earlier_tests=before.earlier_tests if before else 0,
        epochs=before.epochs if before else (),
        step_losses=before.step_losses if before else (),
        previews=before.previews if before else (Preview(0, 0, training.reconstruct(state, x_in)),),
    )
