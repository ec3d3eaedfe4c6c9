"""Recognisers for the tests: trained for real, in seconds."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from autoenc.datasets import Dataset
from autoenc.jobs import RecogniserJob
from autoenc.recognition import files, training
from autoenc.recognition.training import RecogniserState
from autoenc.schema import Recogniser, RecogniserConfig, RecogniserEpoch
from tests.runs import flat

QUICK = RecogniserConfig("digits", epochs=2)


def trained(
    config: RecogniserConfig, data: Dataset, epochs: int | None = None
) -> tuple[Recogniser, RecogniserState]:
    """A recogniser and its training state, by default as far as the config goes."""
    state = training.begin(config, data, "cpu")
    n_train, n_held_out = training.split(data)
    recogniser = Recogniser(
        recogniser_id=config.recogniser_id(data.fingerprint),
        config=config,
        fingerprint=data.fingerprint,
        image_shape=data.image_shape,
        class_names=data.class_names,
        n_parameters=sum(parameter.numel() for parameter in state.model.parameters()),
        n_train_images=n_train,
        n_held_out=n_held_out,
        device="cpu",
        versions={"autoenc": "0", "torch": torch.__version__},
    )
    return further(recogniser, state, data, epochs), state


def further(
    recogniser: Recogniser, state: RecogniserState, data: Dataset, epochs: int | None = None
) -> Recogniser:
    for record in training.train(state, data, recogniser.config):
        recogniser = recogniser.after(record)
        if isinstance(record, RecogniserEpoch) and len(recogniser.epochs) == epochs:
            break
    return recogniser


def stored(recogniser: Recogniser, state: RecogniserState) -> Path:
    with files.write_lock(recogniser.recogniser_id):
        files.save(recogniser, state)
    return files.path_of(recogniser.recogniser_id)


def of_digits(folder: Path, epochs: int) -> Recogniser:
    """Of the whole data set, in the folder of runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(folder))
        records = RecogniserJob(RecogniserConfig("digits", epochs), "cpu").run()
        first, *others = records
        for record in others:
            first = first.after(record)
        return first


def weights(state: RecogniserState) -> dict[str, Tensor]:
    """All that training changes, by name."""
    parts = {"model": state.model, "average": state.average, "optimizer": state.optimizer}
    return flat({name: part.state_dict() for name, part in parts.items()})


def same(one: RecogniserState, other: RecogniserState) -> bool:
    """Bit for bit."""
    a, b = weights(one), weights(other)
    assert a.keys() == b.keys()
    return all(torch.equal(v, b[k]) if isinstance(v, Tensor) else v == b[k] for k, v in a.items())
