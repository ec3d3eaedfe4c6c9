"""Runs and their files for the tests: trained for real, small, and changed where a test wants them so."""

import json
import os
import resource
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from autoenc import checkpoints, datasets, models, training
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError
from autoenc.schema import EpochRecord, Noise, Preview, Run, TrainConfig
from autoenc.training import TrainState

ROOT = Path(__file__).parents[1]
PLAIN = TrainConfig(dataset="digits", latent_size=4, epochs=2, batch_size=128)
NOISY_CONV = TrainConfig("digits", "conv", 3, layers=2, epochs=3, noise=Noise("gaussian", 0.3), seed=5)

Change = Callable[[dict[str, Any]], None]


def trained(config: TrainConfig, data: Dataset, epochs: int | None = None) -> tuple[Run, TrainState]:
    """A run and its training state, by default as far as the config goes."""
    state = training.begin(config, data, "cpu")
    x_in = training.preview_input(data, config)
    run = Run(
        run_id=config.run_id(data.fingerprint),
        config=config,
        fingerprint=data.fingerprint,
        model=models.describe(config, data.image_shape),
        n_train_images=config.train_images or len(data.train),
        device="cpu",
        versions={"autoenc": "0", "torch": torch.__version__},
        x=training.as_images(training.as_float(torch.from_numpy(data.test[:16]))),
        x_noisy=training.as_images(x_in) if config.noise else None,
        previews=(Preview(0, 0, training.reconstruct(state, x_in)),),
    )
    for record in training.train(state, data, config):
        run = run.after(record)
        if isinstance(record, EpochRecord) and record.epoch == epochs:
            break
    return run, state


def stored(run: Run, state: TrainState) -> Path:
    with checkpoints.write_lock(run.run_id):
        checkpoints.save(run, state)
    return checkpoints.path_of(run.run_id)


def first_run(folder: Path) -> None:
    """A run of the user's own for a dashboard that is not to be new."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(folder))
        stored(*trained(replace(PLAIN, latent_size=2, epochs=1), datasets.load("digits")))


@dataclass(frozen=True, kw_only=True)
class FileContent:
    """What a file of ours holds."""

    data: bytes

    @property
    def header(self) -> dict[str, Any]:
        (n,) = struct.unpack("<Q", self.data[:8])
        header: dict[str, Any] = json.loads(self.data[8 : 8 + n])
        return header

    @property
    def n_header(self) -> int:
        return 8 + int(struct.unpack("<Q", self.data[:8])[0])

    @property
    def head(self) -> dict[str, Any]:
        head: dict[str, Any] = json.loads(self.header["__metadata__"]["autoenc"])
        return head

    def with_head(self, head: object) -> bytes:
        """The file with another head; text goes in as it is."""
        text = head if isinstance(head, str) else json.dumps(head)
        header = json.dumps({**self.header, "__metadata__": {"autoenc": text}}).encode()
        return struct.pack("<Q", len(header)) + header + self.data[self.n_header :]

    def with_tensors(self, change: Change) -> bytes:
        tensors = safetensors.torch.load(self.data)
        change(tensors)
        return safetensors.torch.save(tensors, self.header["__metadata__"])


@dataclass(frozen=True)
class Sample(FileContent):
    """A finished run, and what its file holds."""

    run: Run
    state: TrainState

    @property
    def run_id(self) -> str:
        return self.run.run_id


def made(config: TrainConfig, data: Dataset, folders: pytest.TempPathFactory) -> Sample:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(folders.mktemp("sample")))
        run, state = trained(config, data)
        return Sample(run, state, data=stored(run, state).read_bytes())


def put(run_id: str, data: bytes) -> Path:
    path = checkpoints.path_of(run_id)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def fresh(run: Run, data: Dataset) -> TrainState:
    return training.begin(run.config, data, "cpu")


def complaint(run_id: str, digits: Dataset) -> str:
    """The sentence with which a file is refused, by every function that reads all of it."""
    path = checkpoints.path_of(run_id)
    with pytest.raises(CheckpointError) as caught:
        checkpoints.read(run_id)
    sentence = str(caught.value)
    assert path.name in sentence
    assert "\n" not in sentence
    assert len(sentence) < 500
    with pytest.raises(CheckpointError):
        checkpoints.load_trained(run_id)
    state = training.begin(PLAIN, digits, "cpu")
    with pytest.raises(CheckpointError):
        checkpoints.restore(state, run_id, 1000)
    return sentence


def assert_same_state(a: TrainState, b: TrainState) -> None:
    for ours, theirs in ((a.model, b.model), (a.optimizer, b.optimizer)):
        one, other = flat(ours.state_dict()), flat(theirs.state_dict())
        assert one.keys() == other.keys()
        for name, value in one.items():
            if isinstance(value, torch.Tensor):
                assert torch.equal(value, other[name]), name
            else:
                assert value == other[name], name


def flat(tree: Any, name: str = "") -> dict[str, Any]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else None
    if pairs is None:
        return {name: tree}
    return {k: v for key, value in pairs for k, v in flat(value, f"{name}.{key}").items()}


@contextmanager
def files_no_larger_than(n_bytes: int) -> Iterator[None]:
    """As a disk that is full: the kernel refuses to write more."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


# A real folder in which not even the superuser can make a file.
UNWRITABLE = next(folder for folder in ("/sys", "/System") if os.path.isdir(folder))
