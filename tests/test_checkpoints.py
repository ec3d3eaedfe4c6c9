"""A run's file: all comes back, damage is told in a sentence, one writer at a time, nothing half-written."""

import ast
import json
import math
import os
import pickle
import resource
import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autoenc
from autoenc import checkpoints, models, training
from autoenc.checkpoints import FORMAT_VERSION, MAX_HEAD
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, ConfigError, RunBusy, RunNewer, RunUnknown
from autoenc.schema import EpochRecord, Noise, Preview, Run, StepRecord, TrainConfig
from autoenc.training import MAX_STEPS, Trainee

ROOT = Path(__file__).parents[1]
PLAIN = TrainConfig(dataset="digits", latent_size=4, epochs=2, batch_size=128)
NOISY_CONV = TrainConfig("digits", "conv", 3, layers=2, epochs=3, noise=Noise("gaussian", 0.3), seed=5)

Change = Callable[[dict[str, Any]], None]


def trained(config: TrainConfig, data: Dataset, epochs: int | None = None) -> tuple[Run, Trainee]:
    """A run and its trainee, by default as far as the config goes."""
    trainee = training.begin(config, data, "cpu")
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
        previews=(Preview(0, training.reconstruct(trainee, x_in)),),
    )
    for record in training.train(trainee, data, config):
        run = run.after(record)
        if isinstance(record, EpochRecord) and record.epoch == epochs:
            break
    return run, trainee


def stored(run: Run, trainee: Trainee) -> Path:
    with checkpoints.writing(run.run_id):
        checkpoints.save(run, trainee)
    return checkpoints.path_of(run.run_id)


@dataclass(frozen=True)
class Sample:
    """A finished run, and what its file holds."""

    run: Run
    trainee: Trainee
    data: bytes

    @property
    def run_id(self) -> str:
        return self.run.run_id

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


@pytest.fixture(scope="module")
def sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(PLAIN, digits, tmp_path_factory)


@pytest.fixture(scope="module")
def noisy_sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(NOISY_CONV, digits, tmp_path_factory)


def made(config: TrainConfig, data: Dataset, folders: pytest.TempPathFactory) -> Sample:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(folders.mktemp("sample")))
        run, trainee = trained(config, data)
        return Sample(run, trainee, stored(run, trainee).read_bytes())


def put(run_id: str, data: bytes) -> Path:
    path = checkpoints.path_of(run_id)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def fresh(run: Run, data: Dataset) -> Trainee:
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
    trainee = training.begin(PLAIN, digits, "cpu")
    with pytest.raises(CheckpointError):
        checkpoints.restore(trainee, run_id, 1000)
    return sentence


# ---------------------------------------------------------------- all comes back


@pytest.mark.parametrize("kind", ["sample", "noisy_sample"])
def test_a_run_comes_back_as_it_was(kind: str, request: pytest.FixtureRequest) -> None:
    sample: Sample = request.getfixturevalue(kind)
    put(sample.run_id, sample.data)
    assert checkpoints.read(sample.run_id) == sample.run
    assert len(sample.run.epochs) == sample.run.config.epochs


@pytest.mark.parametrize("kind", ["sample", "noisy_sample"])
def test_weights_and_optimiser_state_come_back_bit_for_bit(
    kind: str, digits: Dataset, request: pytest.FixtureRequest
) -> None:
    sample: Sample = request.getfixturevalue(kind)
    put(sample.run_id, sample.data)
    trainee = fresh(sample.run, digits)
    run = checkpoints.restore(trainee, sample.run_id, 1000)
    assert run == sample.run
    assert trainee.epoch == len(sample.run.epochs)
    assert_same_state(trainee, sample.trainee)


def assert_same_state(a: Trainee, b: Trainee) -> None:
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


def test_going_on_from_a_file_changes_nothing_in_it(sample: Sample, digits: Dataset) -> None:
    path = put(sample.run_id, sample.data)
    trainee = fresh(sample.run, digits)
    checkpoints.restore(trainee, sample.run_id, 1000)
    list(training.train(trainee, digits, replace(PLAIN, epochs=4)))
    assert path.read_bytes() == sample.data


def test_a_list_tells_of_each_run_what_the_run_itself_tells(sample: Sample) -> None:
    put(sample.run_id, sample.data)
    (summary,), complaints = checkpoints.summaries()
    run = sample.run
    assert complaints == ()
    assert (summary.run_id, summary.config, summary.fingerprint) == (run.run_id, run.config, run.fingerprint)
    assert (summary.image_shape, summary.n_latents, summary.n_parameters) == ((1, 28, 28), 4, 7060)
    assert (summary.n_train_images, summary.epochs_done, summary.finished) == (300, 2, True)
    assert (summary.test_mse, summary.seconds) == (run.test_mse, run.seconds)
    assert summary.images_per_second == run.images_per_second
    slower, faster = sorted(e.seconds + e.test_seconds for e in run.epochs)
    assert summary.seconds_per_epoch == pytest.approx((slower + faster) / 2)
    assert (summary.device, summary.threads, summary.attempt) == ("cpu", torch.get_num_threads(), 1)


def test_the_newest_run_comes_first(digits: Dataset, sample: Sample) -> None:
    runs = [trained(replace(PLAIN, seed=seed, epochs=1), digits) for seed in (1, 2, 3)]
    for age, (run, trainee) in zip((20, 10, 30), runs, strict=True):
        os.utime(stored(run, trainee), (10**9 - age, 10**9 - age))
    assert [summary.config.seed for summary in checkpoints.summaries()[0]] == [2, 1, 3]


def test_a_folder_that_does_not_exist_holds_no_runs(checkpoint_folder: Path) -> None:
    assert checkpoints.summaries() == ((), ())
    assert checkpoints.furthest(PLAIN, "f") is None
    assert not checkpoint_folder.exists()


def test_the_folder_is_named_by_the_environment(
    checkpoint_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checkpoints.folder() == checkpoint_folder
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", "~/runs")
    assert checkpoints.folder() == Path.home() / "runs"
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", "")
    assert checkpoints.folder() == Path("checkpoints")
    monkeypatch.delenv("AUTOENC_CHECKPOINT_DIR")
    assert checkpoints.folder() == Path("checkpoints")


def test_a_file_opens_on_a_machine_without_the_data(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", "/nowhere")
    monkeypatch.setenv("AUTOENC_CACHE_DIR", "/nowhere")
    put(sample.run_id, sample.data)
    assert checkpoints.read(sample.run_id) == sample.run


# ---------------------------------------------------------------- what a file is


def test_a_file_is_safetensors_that_anyone_can_open(sample: Sample) -> None:
    tensors = safetensors.torch.load(sample.data)
    assert tensors["model.encoder.1.weight"].shape == (4, 784)
    assert tensors["history.steps"].dtype == torch.float32
    assert tensors["history.steps"].tolist() == list(sample.run.step_losses)
    assert tensors["history.epochs"].shape == (2, 5)
    assert tensors["preview.x_hat"].shape == (3, 16, 1, 28, 28)
    assert tensors["preview.x_hat"].dtype == torch.uint8
    assert tensors["preview.epochs"].tolist() == [0, 1, 2]


def test_the_head_tells_config_versions_fingerprint_device_and_threads(sample: Sample) -> None:
    head = sample.head
    assert head["format_version"] == FORMAT_VERSION
    assert TrainConfig.from_json(head["config"]) == PLAIN
    assert head["versions"] == {"autoenc": "0", "torch": torch.__version__}
    assert head["fingerprint"] == sample.run.fingerprint
    assert (head["device"], head["threads"]) == ("cpu", torch.get_num_threads())


def test_nothing_is_unpickled_when_a_file_is_read(
    sample: Sample, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("unpickled")

    for module, name in ((pickle, "load"), (pickle, "loads"), (pickle, "Unpickler"), (torch, "load")):
        monkeypatch.setattr(module, name, refuse)
    put(sample.run_id, sample.data)
    checkpoints.read(sample.run_id)
    checkpoints.restore(fresh(sample.run, digits), sample.run_id, 1000)
    checkpoints.summaries()


def test_no_module_that_reads_a_file_knows_pickle() -> None:
    """Only the messages between dashboard and workers are pickled, on a connection of their own."""
    package = Path(autoenc.__file__).parent
    for path in [*(package / "checkpoints").glob("*.py"), package / "jobs.py", package / "cli.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                named = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
                assert not {"pickle", "dill", "cloudpickle", "joblib", "shelve"} & set(named), path
            if isinstance(node, ast.Attribute):
                assert not (node.attr == "load" and getattr(node.value, "id", "") == "torch"), path


def test_a_thousand_epochs_fit_into_a_head_of_16_kb_with_at_most_64_pictures(digits: Dataset) -> None:
    run, trainee = trained(replace(PLAIN, epochs=1000, batch_size=300), digits, epochs=1)
    for epoch in range(2, 1001):
        run = run.after(StepRecord(epoch, (0.5,)))
        run = run.after(EpochRecord(epoch, 0.5, 0.25, 1.0, 0.5, 2, run.x))
    data = stored(run, trainee).read_bytes()
    (n,) = struct.unpack("<Q", data[:8])
    assert len(json.loads(data[8 : 8 + n])["__metadata__"]["autoenc"]) <= 16_000 == MAX_HEAD
    again = checkpoints.read(run.run_id)
    assert again == run
    assert len(again.epochs) == len(again.step_losses) == 1000
    assert len(again.previews) <= 64
    assert (again.previews[0].epoch, again.previews[-1].epoch) == (0, 1000)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "run_id",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc/passwd",
        "a\\b",
        "C:x",
        "a\0b",
        "a b",
        "a\n",
        "-x",
        "é",
        "x" * 200,
        "*",
    ],
)
def test_a_name_that_is_a_path_names_no_run(run_id: str, tmp_path: Path, sample: Sample) -> None:
    with pytest.raises(RunUnknown, match="is not the name of a run"):
        checkpoints.path_of(run_id)
    with pytest.raises(RunUnknown):
        checkpoints.read(run_id)
    with pytest.raises(RunUnknown):
        checkpoints.is_being_written(run_id)
    with pytest.raises(RunUnknown), checkpoints.writing(run_id):
        pass
    with pytest.raises(RunUnknown):
        checkpoints.save(replace(sample.run, run_id=run_id), sample.trainee)
    assert list(tmp_path.iterdir()) == []  # nothing was written, here or beside


def test_a_run_that_is_not_there_is_unknown_and_the_list_is_pointed_at(digits: Dataset) -> None:
    with pytest.raises(RunUnknown, match="there is no run digits-x; `python -m autoenc runs list` shows"):
        checkpoints.read("digits-x")
    with pytest.raises(RunUnknown):
        checkpoints.restore(training.begin(PLAIN, digits, "cpu"), "digits-x", 10)
    assert not checkpoints.is_being_written("digits-x")


def test_the_file_of_another_run_under_this_name_is_refused(sample: Sample, digits: Dataset) -> None:
    put("digits-mlp-k4-e2-00000000", sample.data)
    assert "its name is not that of the run inside" in complaint("digits-mlp-k4-e2-00000000", digits)


def test_a_name_that_is_not_that_of_the_config_is_refused(sample: Sample, digits: Dataset) -> None:
    name = "digits-mlp-k4-e2-00000000"
    put(name, sample.with_head({**sample.head, "run_id": name}))
    assert "its name is not that of the run inside" in complaint(name, digits)


# ---------------------------------------------------------------- damage


def test_a_file_cut_anywhere_is_refused(sample: Sample, digits: Dataset) -> None:
    n = len(sample.data)
    lengths = {*range(0, 20), *range(20, n, n // 60), sample.n_header - 1, sample.n_header, n - 1}
    for length in lengths:
        put(sample.run_id, sample.data[:length])
        complaint(sample.run_id, digits)
        runs, complaints = checkpoints.summaries()
        assert (len(runs), len(complaints)) == (0, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        b"not a checkpoint" * 100,
        b"\x80\x04\x95.",  # pickle
        b"PK\x03\x04" + b"\0" * 100,  # zip, which torch.save makes
        b"\xff" * 8 + b"{}",
        struct.pack("<Q", 2) + b"{}",
        struct.pack("<Q", 2**30) + b"{" * 1000,  # a header of a gigabyte
        struct.pack("<Q", 100_000) + b'{"a":' * 20_000,
        struct.pack("<Q", 2**63) + b"{}",
        safetensors.torch.save({"x": torch.zeros(3)}),
    ],
    ids=range(11),
)
def test_garbage_is_refused(data: bytes, digits: Dataset, sample: Sample) -> None:
    put(sample.run_id, data)
    assert "is not a run that can be read" in complaint(sample.run_id, digits)
    assert checkpoints.furthest(PLAIN, digits.fingerprint) is None


def test_a_pipe_in_the_place_of_a_file_is_refused_at_once(sample: Sample, digits: Dataset) -> None:
    path = put(sample.run_id, b"")
    path.unlink()
    os.mkfifo(path)
    assert "it is not a file" in complaint(sample.run_id, digits)
    assert len(checkpoints.summaries()[1]) == 1


def test_a_complaint_never_writes_control_characters_to_a_terminal(sample: Sample) -> None:
    put(sample.run_id, sample.data)
    header = json.dumps({"x": {"dtype": "\x1b[2J\x07", "shape": [], "data_offsets": [0, 0]}}).encode()
    data = struct.pack("<Q", len(header)) + header
    for i, name in enumerate(("b\x1b[2J", "b\nautoenc: all is well", "b\udcff")):
        put("b", data if i else sample.with_head({**sample.head, "format_version": 2})).rename(
            checkpoints.folder() / f"{name}.safetensors"
        )
    runs, complaints = checkpoints.summaries()
    assert (len(runs), len(complaints)) == (1, 3)
    for sentence in complaints:
        assert sentence.isprintable()
        assert sentence.startswith("b?")


def test_a_folder_in_the_place_of_a_file_is_refused(sample: Sample, digits: Dataset) -> None:
    checkpoints.path_of(sample.run_id).mkdir(parents=True)
    complaint(sample.run_id, digits)
    assert len(checkpoints.summaries()[1]) == 1


def test_one_broken_file_does_not_hide_the_others(sample: Sample, noisy_sample: Sample) -> None:
    put(sample.run_id, sample.data)
    put(noisy_sample.run_id, noisy_sample.data[:-1])
    put("empty", b"")
    (summary,), complaints = checkpoints.summaries()
    assert summary.run_id == sample.run_id
    assert len(complaints) == 2


@pytest.mark.parametrize("version", [0, -1, 2.5, "1", None, [1]])
def test_another_format_version_is_refused_by_its_number(
    version: object, sample: Sample, digits: Dataset
) -> None:
    put(sample.run_id, sample.with_head({**sample.head, "format_version": version}))
    assert f"format version {version!r}; this program reads 1" in complaint(sample.run_id, digits)


@pytest.mark.parametrize(
    "head",
    ["", "null", "[]", "3", '"x"', "{}", "{", "[" * 15_000, '{"a":' * 3_000, "[" * 400_000, "NaN", "\x00"],
    ids=range(12),
)
def test_a_head_that_is_no_object_of_ours_is_refused(head: str, sample: Sample, digits: Dataset) -> None:
    put(sample.run_id, sample.with_head(head))
    complaint(sample.run_id, digits)


def test_a_head_of_more_than_16_kb_is_refused(sample: Sample, digits: Dataset) -> None:
    padding = MAX_HEAD - len(json.dumps({**sample.head, "x": ""}))
    put(sample.run_id, sample.with_head({**sample.head, "x": "y" * padding}))
    checkpoints.read(sample.run_id)
    put(sample.run_id, sample.with_head({**sample.head, "x": "y" * (padding + 1)}))
    assert "its head has 16001 bytes; allowed: 16000" in complaint(sample.run_id, digits)


def test_a_field_that_is_missing_is_named(sample: Sample, digits: Dataset) -> None:
    for name in sample.head:
        put(sample.run_id, sample.with_head({k: v for k, v in sample.head.items() if k != name}))
        assert f"'{name}' is missing" in complaint(sample.run_id, digits)


FIELDS = (
    *("format_version", "run_id", "config", "fingerprint", "image_shape", "n_parameters", "n_latents"),
    *("n_train_images", "epochs_done", "test_mse", "seconds", "seconds_per_epoch", "images_per_second"),
    *("device", "threads", "versions", "attempt", "resumed_from_epoch"),
)
SETTINGS = tuple(PLAIN.to_json())
anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 300),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from([10**400, "cpu\x1b[2J", "\ud800", "1", [1, 28, 28], [1, 10**9, 10**9], [0, 28, 28]]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=6,
)
quietly = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("run_id", 3),
        ("config", []),
        ("config", {"latent": 4}),
        ("fingerprint", 3),
        ("image_shape", [28, 28]),
        ("image_shape", "128"),
        ("image_shape", [1, 0, 28]),
        ("image_shape", [1, 28, 10**9]),
        ("n_parameters", 7060.0),
        ("n_latents", 0),
        ("n_train_images", 0),
        ("epochs_done", -1),
        ("epochs_done", 3),  # of 2
        ("test_mse", float("nan")),
        ("test_mse", -1),
        ("seconds", float("inf")),
        ("seconds", 10**400),
        ("seconds", True),
        ("seconds_per_epoch", "1"),
        ("images_per_second", None),
        ("device", None),
        ("device", "cpu\x1b[2J"),  # would clear a terminal
        ("device", "\ud800"),  # could not be printed
        ("threads", "2"),
        ("threads", True),
        ("attempt", 0),
        ("attempt", 1.5),
    ],
)
def test_a_field_that_makes_no_sense_is_refused_by_the_list_too(
    field: str, value: object, sample: Sample, digits: Dataset
) -> None:
    put(sample.run_id, sample.with_head({**sample.head, field: value}))
    complaint(sample.run_id, digits)
    runs, complaints = checkpoints.summaries()
    assert (len(runs), len(complaints)) == (0, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("versions", [3]),
        ("versions", None),
        ("versions", {"torch": 2}),
        ("versions", {"torch\n": "2"}),
        ("resumed_from_epoch", -1),
        ("resumed_from_epoch", 3),
        ("resumed_from_epoch", None),
        ("n_train_images", 200),  # 2 steps an epoch, but there are 3
        ("epochs_done", 1),
    ],
)
def test_a_field_that_does_not_fit_the_rest_is_refused(
    field: str, value: object, sample: Sample, digits: Dataset
) -> None:
    put(sample.run_id, sample.with_head({**sample.head, field: value}))
    complaint(sample.run_id, digits)


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("model.encoder.1.weight", torch.zeros(4, 784, dtype=torch.float64)),
        ("optimizer.0.step", torch.tensor(6)),
        ("history.steps", torch.zeros(6, dtype=torch.float64)),
        ("history.steps", torch.zeros(5)),
        ("history.epochs", torch.zeros(2, 5)),
        ("history.epochs", torch.zeros(2, 4, dtype=torch.float64)),
        ("preview.epochs", torch.tensor([0, 1, 1])),
        ("preview.epochs", torch.tensor([0, 2, 1])),
        ("preview.epochs", torch.tensor([-1, 1, 2])),
        ("preview.epochs", torch.tensor([0, 1, 3])),  # of 2
        ("preview.epochs", torch.tensor(0)),
        ("preview.x", torch.zeros(16, 1, 28, 28)),
        ("preview.x", torch.zeros(0, 1, 28, 28, dtype=torch.uint8)),
        ("preview.x", torch.zeros(17, 1, 28, 28, dtype=torch.uint8)),
        ("preview.x_hat", torch.zeros(3, 16, 1, 28, 27, dtype=torch.uint8)),
    ],
)
def test_a_tensor_of_the_wrong_shape_or_type_is_refused(
    name: str, tensor: torch.Tensor, sample: Sample, digits: Dataset
) -> None:
    put(sample.run_id, sample.with_tensors(lambda tensors: tensors.update({name: tensor})))
    trainee = fresh(sample.run, digits)
    with pytest.raises(CheckpointError):
        checkpoints.restore(trainee, sample.run_id, 1000)
    assert trainee.epoch == 0


def check_reading(run_id: str, data: Dataset) -> None:
    """Whatever lies in the folder, reading gives sensible runs or CheckpointError, and nothing else."""
    with suppress(CheckpointError):
        run = checkpoints.read(run_id)
        assert run.run_id == run_id
        assert len(run.epochs) <= run.config.epochs
        assert len(run.step_losses) == len(run.epochs) * run.steps_per_epoch
        assert 1 <= len(run.previews) <= 64
        assert str(run.model)
        assert (
            f"{run.done} {run.seconds} {run.images_per_second} {run.test_psnr_db} {run.device}".isprintable()
        )
        json.dumps(run.config.to_json(), allow_nan=False)
    with suppress(CheckpointError, ConfigError):
        trainee = training.begin(replace(PLAIN, epochs=1000), data, "cpu")
        checkpoints.restore(trainee, run_id, 1000)
        assert 0 <= trainee.epoch <= 1000
    for summary in checkpoints.summaries()[0]:
        json.dumps(summary.config.to_json(), allow_nan=False)
        assert summary.n_latents >= 1
        assert 0 <= summary.epochs_done <= summary.config.epochs
        assert 0 <= summary.seconds_per_epoch < float("inf")
        assert 0 <= (summary.test_mse or 0) < float("inf")
        assert f"{summary.run_id} {summary.device} {summary.fingerprint}".isprintable()
    checkpoints.furthest(PLAIN, data.fingerprint)


@quietly
@given(changes=st.dictionaries(st.sampled_from(FIELDS), anything, min_size=1, max_size=3))
def test_a_head_with_any_field_of_any_type_is_valid_or_refused(
    changes: dict[str, Any], sample: Sample, digits: Dataset
) -> None:
    assert set(sample.head) == set(FIELDS)
    put(sample.run_id, sample.with_head({**sample.head, **changes}))
    check_reading(sample.run_id, digits)


@quietly
@given(changes=st.dictionaries(st.sampled_from(SETTINGS), anything, min_size=1, max_size=3), f=anything)
def test_a_config_with_any_setting_under_its_proper_name_is_valid_or_refused(
    changes: dict[str, Any], f: Any, sample: Sample, digits: Dataset
) -> None:
    """The name is made to fit where it can be, so that the mutation comes past the check of the name."""
    config, run_id = {**sample.head["config"], **changes}, sample.run_id
    with suppress(ConfigError):
        run_id = TrainConfig.from_json(config).run_id(f)
    put(run_id, sample.with_head({**sample.head, "config": config, "fingerprint": f, "run_id": run_id}))
    check_reading(run_id, digits)
    checkpoints.path_of(run_id).unlink()


@quietly
@given(at=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_header_with_any_byte_changed_is_valid_or_refused(
    at: list[tuple[float, int]], sample: Sample, digits: Dataset
) -> None:
    data = bytearray(sample.data)
    for where, byte in at:
        data[int(where * sample.n_header)] = byte
    put(sample.run_id, bytes(data))
    check_reading(sample.run_id, digits)


TENSORS = (
    *("model.encoder.1.weight", "model.decoder.0.bias"),
    *("optimizer.0.exp_avg", "optimizer.1.step", "optimizer.3.exp_avg_sq"),
    *("history.steps", "history.epochs", "preview.x", "preview.epochs", "preview.x_hat"),
)
DTYPES = (
    torch.float32,
    torch.float64,
    torch.float16,
    torch.uint8,
    torch.int64,
    torch.bool,
    torch.float8_e4m3fn,
)


@quietly
@given(
    name=st.sampled_from(TENSORS),
    shape=st.one_of(st.none(), st.lists(st.integers(0, 5), max_size=5)),
    dtype=st.sampled_from(DTYPES),
    value=st.sampled_from([0.0, 1.0, 3.0, float("nan"), float("inf"), -1.0]),
)
def test_a_tensor_of_any_shape_type_and_value_is_valid_or_refused(
    name: str, shape: list[int] | None, dtype: torch.dtype, value: float, sample: Sample, digits: Dataset
) -> None:
    def change(tensors: dict[str, torch.Tensor]) -> None:
        assert name in tensors
        tensors[name] = torch.full(tensors[name].shape if shape is None else shape, value).to(dtype)

    put(sample.run_id, sample.with_tensors(change))
    check_reading(sample.run_id, digits)


@pytest.mark.parametrize("name", TENSORS)
def test_a_tensor_that_is_missing_is_named(name: str, sample: Sample, digits: Dataset) -> None:
    put(sample.run_id, sample.with_tensors(lambda tensors: tensors.pop(name)))
    with pytest.raises(CheckpointError, match=name.replace(".", r"\.")):
        checkpoints.restore(fresh(sample.run, digits), sample.run_id, 1000)


# ---------------------------------------------------------------- what costs memory

Layout = dict[str, tuple[str, tuple[int, ...]]]  # tensor -> type and shape
LARGEST = replace(PLAIN, epochs=1000, batch_size=1, train_images=MAX_STEPS // 1000)


def large(sample: Sample, seed: int, layout: Layout, **head: Any) -> tuple[str, bytes, int]:
    """A well-formed file of zeros: its run_id, its beginning, and how far it goes on, on no disk space.

    It is that of LARGEST with this seed, after its last epoch, but for what is named.
    """
    shapes: Layout = {
        "preview.epochs": ("I64", (64,)),  # the first, as it has values
        "history.steps": ("F32", (MAX_STEPS,)),
        "history.epochs": ("F64", (1000, 5)),
        "preview.x": ("U8", (16, 1, 256, 256)),
        "preview.x_hat": ("U8", (64, 16, 1, 256, 256)),
        **layout,
    }
    config = replace(LARGEST, seed=seed)
    run_id = config.run_id(sample.run.fingerprint)
    told = {"run_id": run_id, "config": config.to_json(), "image_shape": [1, 256, 256]}
    told |= {"n_train_images": config.train_images, "epochs_done": 1000, **head}
    header: dict[str, Any] = {"__metadata__": {"autoenc": json.dumps({**sample.head, **told})}}
    end = 0
    for name, (kind, shape) in shapes.items():
        begin, end = end, end + math.prod(shape) * int(kind[1:]) // 8
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    beginning = struct.pack("<Q", len(text)) + text
    return run_id, beginning + np.arange(64, dtype="<i8").tobytes(), len(beginning) + end


READER = """
import os, resource, sys
import torch
from autoenc import checkpoints
from autoenc.errors import CheckpointError

def peak():
    kilobyte = 1024 if sys.platform == "linux" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilobyte

for run_id in sys.argv[1:]:
    if os.fork():  # a process of its own for each: a peak never goes down
        os.wait()
        continue
    before = peak()
    try:
        answer = f"{len(checkpoints.read(run_id).step_losses)} steps"
    except CheckpointError as error:
        answer = str(error)
    print(peak() - before, answer, flush=True)
    os._exit(0)
"""
MEGABYTE = 10**6


def test_no_file_fills_the_memory_whatever_it_claims_to_hold(sample: Sample) -> None:
    length, endless = struct.Struct("<Q").pack, 20 * 10**9
    dense = b'{"a":[' + b"[]," * 16_000_000 + b"[]]}"
    files = {  # run_id -> beginning, length, what is said, bytes of memory
        "gigabyte": (length(10**9), endless, "its header has 1,000,000,000 bytes", 10),
        "endless": (length(2**63), endless, "its header has 9,223,372,036,854,775,808 bytes", 10),
        "long": (length(len(dense)) + dense, None, "its header has 48,000,010 bytes; allowed: 1,000,000", 10),
        "dense": (length(999_000) + dense[:999_000], None, "JSON", 80),
        "hollow": (b"", endless, "is not a run that can be read", 10),
    }
    beyond: dict[str, tuple[Layout, dict[str, Any]]] = {
        "holds 65792 instead": ({}, {"image_shape": [1, 256, 257]}),
        "holds 4294967296 instead": (
            {"preview.x_hat": ("U8", (1, 16, 1, 8192, 8192))},
            {"image_shape": [1, 65536, 65536]},
        ),
        "holds 5001000 instead": ({}, {"n_train_images": 5001}),
        "preview.x_hat has shape": ({"preview.x_hat": ("U8", (64, 16, 9, 256, 256))}, {}),
        "history.steps has shape": ({"history.steps": ("F32", (10**8,))}, {}),
        "holds 134217728 instead of a whole number from 1 to 64": (
            {"preview.epochs": ("I64", (2**27,))},
            {},
        ),
    }
    for seed, (said, (layout, head)) in enumerate(beyond.items(), 1):
        run_id, beginning, n_bytes = large(sample, seed, layout, **head)
        files[run_id] = (beginning, n_bytes, said, 250)
    run_id, beginning, n_bytes = large(sample, 0, {})
    files[run_id] = (beginning, n_bytes, f"{MAX_STEPS} steps", 700)  # the most that can be trained
    for name, (data, size, *_) in files.items():
        path = put(name, data)
        os.truncate(path, size or len(data))
        assert path.stat().st_blocks * 512 < 100 * MEGABYTE

    told = subprocess.run(
        [sys.executable, "-c", READER, *files], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    lines = told.stdout.splitlines()
    for line, (name, (*_, said, megabytes)) in zip(lines, files.items(), strict=True):
        peak, answer = line.split(" ", 1)
        assert said in answer
        assert int(peak) < megabytes * MEGABYTE, name
    assert int(lines[-1].split()[0]) > 50 * MEGABYTE  # the largest pictures alone: the measure sees them


@pytest.mark.parametrize(
    ("n_train", "shape", "sentence"),
    [
        (MAX_STEPS // 1000, (1, 256, 256), None),
        (MAX_STEPS // 1000, (4, 128, 128), None),
        (MAX_STEPS // 1000 + 1, (1, 28, 28), "make 5,001,000 steps; allowed: 5,000,000; choose fewer epochs"),
        (5000, (1, 256, 257), "an image of digits has 65,792 pixels; allowed: 65,536"),
        (5000, (3, 256, 256), "an image of digits has 196,608 pixels; allowed: 65,536"),
    ],
)
def test_what_can_be_trained_can_be_read(
    n_train: int, shape: tuple[int, int, int], sentence: str | None, sample: Sample
) -> None:
    config = replace(LARGEST, train_images=n_train)
    run_id, f = config.run_id(sample.run.fingerprint), sample.run.fingerprint
    head = {**sample.head, "config": config.to_json(), "run_id": run_id, "fingerprint": f}
    put(run_id, sample.with_head({**head, "n_train_images": n_train, "image_shape": shape}))
    runs, complaints = checkpoints.summaries()
    if sentence is None:
        training.check(config, shape, n_train)
        assert [run.image_shape for run in runs] == [shape]
    else:
        with pytest.raises(ConfigError, match=sentence):
            training.check(config, shape, n_train)
        assert len(complaints) == 1


# ---------------------------------------------------------------- a newer version


def test_what_a_newer_version_wrote_is_neither_read_nor_replaced(sample: Sample, digits: Dataset) -> None:
    newer = {"format_version": 2, "what": "y" * MAX_HEAD}
    path = put(sample.run_id, sample.with_head(newer))
    data = path.read_bytes()
    said = (
        r"was written by a newer version of this program \(format version 2; this program reads 1\); "
        "update it, or delete the file"
    )
    with pytest.raises(RunNewer, match=said):
        checkpoints.read(sample.run_id)
    with pytest.raises(RunNewer, match=said), checkpoints.writing(sample.run_id):
        pass
    with pytest.raises(RunNewer, match=said):
        checkpoints.save(sample.run, sample.trainee)
    assert path.read_bytes() == data
    assert not checkpoints.is_being_written(sample.run_id)
    assert checkpoints.furthest(PLAIN, digits.fingerprint) is None
    assert "newer version" in complaint(sample.run_id, digits)


# ---------------------------------------------------------------- weights and which run


def poisoned(value: float) -> Change:
    def change(tensors: dict[str, Any]) -> None:
        tensors["model.encoder.1.weight"][2, 5] = value

    return change


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_numbers_are_refused_and_the_trainee_stays_as_it_was(
    value: float, sample: Sample, digits: Dataset
) -> None:
    put(sample.run_id, sample.with_tensors(poisoned(value)))
    trainee = fresh(sample.run, digits)
    before = deepcopy(trainee)
    with pytest.raises(CheckpointError, match=r"model\.encoder\.1\.weight holds NaN or infinite numbers"):
        checkpoints.restore(trainee, sample.run_id, 1000)
    assert_same_state(trainee, before)


def last_moment_of_another_shape(tensors: dict[str, Any]) -> None:
    tensors["optimizer.3.exp_avg_sq"] = torch.zeros(783)


def test_a_file_that_fits_but_for_its_last_tensor_leaves_the_trainee_as_it_was(
    sample: Sample, digits: Dataset
) -> None:
    put(sample.run_id, sample.with_tensors(last_moment_of_another_shape))
    trainee = fresh(sample.run, digits)
    before = deepcopy(trainee)
    with pytest.raises(CheckpointError, match=r"exp_avg_sq has shape \(783,\) instead of \(784,\)"):
        checkpoints.restore(trainee, sample.run_id, 1000)
    assert_same_state(trainee, before)
    assert trainee.epoch == 0


def test_the_weights_of_another_model_are_refused(sample: Sample, digits: Dataset) -> None:
    put(sample.run_id, sample.data)
    trainee = training.begin(replace(PLAIN, latent_size=5), digits, "cpu")
    with pytest.raises(CheckpointError, match=r"has shape \(4, 784\) instead of \(5, 784\)"):
        checkpoints.restore(trainee, sample.run_id, 1000)


def test_a_file_that_has_gone_beyond_what_is_wanted_is_not_continued(sample: Sample, digits: Dataset) -> None:
    put(sample.run_id, sample.data)
    trainee = fresh(sample.run, digits)
    with pytest.raises(CheckpointError, match="has 2 epochs; 1 are wanted"):
        checkpoints.restore(trainee, sample.run_id, 1)
    assert trainee.epoch == 0


# ---------------------------------------------------------------- which run is continued


def test_the_furthest_run_of_the_same_config_is_continued_but_none_beyond(digits: Dataset) -> None:
    wanted = replace(PLAIN, epochs=4)
    assert checkpoints.furthest(wanted, digits.fingerprint) is None
    for epochs, done in ((2, 2), (5, 3), (6, 6)):
        stored(*trained(replace(PLAIN, epochs=epochs), digits, done))
    stored(*trained(replace(PLAIN, epochs=3, seed=9), digits))
    found = checkpoints.furthest(wanted, digits.fingerprint)
    assert found is not None
    assert (found.config.epochs, found.epochs_done) == (5, 3)
    assert [run.epochs_done for run in checkpoints.continuable(wanted, digits.fingerprint)] == [3, 2]
    assert checkpoints.furthest(wanted, "other data") is None


def test_among_equals_the_run_itself_is_continued(digits: Dataset) -> None:
    for epochs in (3, 4, 5):
        stored(*trained(replace(PLAIN, epochs=epochs), digits, 2))
    found = checkpoints.furthest(replace(PLAIN, epochs=4), digits.fingerprint)
    assert found is not None
    assert found.config.epochs == 4


# ---------------------------------------------------------------- writing


def test_a_second_writer_is_told_that_the_run_is_busy_until_the_first_has_ended() -> None:
    with checkpoints.writing("x"):
        assert checkpoints.is_being_written("x")
        with pytest.raises(RunBusy, match="x is being trained by another process"), checkpoints.writing("x"):
            pass
        with checkpoints.writing("y"):
            pass
    assert not checkpoints.is_being_written("x")
    with checkpoints.writing("x"):
        pass


def test_a_writer_that_fails_gives_its_lock_back() -> None:
    with pytest.raises(ZeroDivisionError), checkpoints.writing("x"):
        raise ZeroDivisionError
    with checkpoints.writing("x"):
        pass


def test_whoever_asks_whether_a_run_is_being_written_never_stops_its_writer() -> None:
    with checkpoints.writing("x"):
        pass
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            checkpoints.is_being_written("x")

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(100):
            with checkpoints.writing("x"):
                pass
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_each_writer_counts_one_more_than_the_last_that_wrote(sample: Sample) -> None:
    with checkpoints.writing(sample.run_id) as attempt:
        assert attempt == 1
        checkpoints.save(sample.run, sample.trainee)
    with checkpoints.writing(sample.run_id) as attempt:
        assert attempt == 2
        checkpoints.save(replace(sample.run, attempt=7), sample.trainee)
    with checkpoints.writing(sample.run_id) as attempt:
        assert attempt == 8


def test_a_newer_attempt_is_not_overwritten(sample: Sample) -> None:
    newer = replace(sample.run, attempt=3)
    path = stored(newer, sample.trainee)
    data = path.read_bytes()
    with pytest.raises(CheckpointError, match="was taken over by a newer attempt"):
        checkpoints.save(replace(sample.run, attempt=2), sample.trainee)
    assert path.read_bytes() == data
    checkpoints.save(newer, sample.trainee)


def test_a_broken_file_is_replaced(sample: Sample) -> None:
    put(sample.run_id, b"broken")
    stored(sample.run, sample.trainee)
    assert checkpoints.read(sample.run_id) == sample.run


def test_nothing_but_the_file_and_its_lock_stays_in_the_folder(
    sample: Sample, checkpoint_folder: Path
) -> None:
    stored(sample.run, sample.trainee)
    names = {path.name for path in checkpoint_folder.iterdir()}
    assert names == {f"{sample.run_id}.safetensors", f"{sample.run_id}.lock"}


def test_what_a_killed_writer_left_is_removed_by_the_next(sample: Sample, checkpoint_folder: Path) -> None:
    path = stored(sample.run, sample.trainee)
    for other in (f"{sample.run_id}.12345.tmp", "another-run.12345.tmp"):
        (checkpoint_folder / other).write_bytes(sample.data[:1000])
    with checkpoints.writing(sample.run_id):
        pass
    assert [p.name for p in checkpoint_folder.glob("*.tmp")] == ["another-run.12345.tmp"]
    assert path.read_bytes() == sample.data


@contextmanager
def files_no_larger_than(n_bytes: int) -> Iterator[None]:
    """As a disk that is full: the kernel refuses to write more."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@pytest.mark.parametrize("n_bytes", [0, 10_000])
def test_a_full_disk_is_told_and_leaves_the_older_file_and_nothing_else(
    n_bytes: int, sample: Sample, checkpoint_folder: Path
) -> None:
    path = stored(sample.run, sample.trainee)
    with files_no_larger_than(n_bytes), pytest.raises(CheckpointError) as caught:
        checkpoints.save(replace(sample.run, device="another"), sample.trainee)
    assert str(caught.value) == f"cannot write {path}: File too large; older runs are intact"
    assert path.read_bytes() == sample.data
    assert list(checkpoint_folder.glob("*.tmp")) == []


def test_a_file_in_the_place_of_the_folder_is_told(sample: Sample, checkpoint_folder: Path) -> None:
    """A stand-in for a folder that cannot be written, which the superuser does not know."""
    checkpoint_folder.write_bytes(b"a file")
    with pytest.raises(CheckpointError, match=r"cannot write to the checkpoint folder .*: "):
        stored(sample.run, sample.trainee)
    with pytest.raises(CheckpointError, match=r"cannot write .*: its folder is gone"):
        checkpoints.save(sample.run, sample.trainee)
    with pytest.raises(CheckpointError):
        checkpoints.read(sample.run_id)
    assert checkpoints.summaries() == ((), ())
    assert not checkpoints.is_being_written(sample.run_id)
    assert checkpoint_folder.read_bytes() == b"a file"


def test_a_folder_that_vanishes_in_mid_run_is_told(sample: Sample, checkpoint_folder: Path) -> None:
    path = stored(sample.run, sample.trainee)
    with checkpoints.writing(sample.run_id):
        shutil.rmtree(checkpoint_folder)
        with pytest.raises(CheckpointError) as caught:
            checkpoints.save(sample.run, sample.trainee)
    assert str(caught.value) == f"cannot write {path}: its folder is gone; bring it back or train again"
    assert not checkpoint_folder.exists()


# A real folder in which not even the superuser can make a file.
UNWRITABLE = next(folder for folder in ("/sys", "/System") if os.path.isdir(folder))


@pytest.mark.parametrize("run_id", ["x", "digits-mlp-k4-e2-00000000"])
def test_a_read_only_folder_is_told(run_id: str, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", UNWRITABLE)
    before = set(os.listdir(UNWRITABLE))
    with pytest.raises(CheckpointError, match=f"cannot write to the checkpoint folder {UNWRITABLE}: "):
        stored(replace(sample.run, run_id=run_id), sample.trainee)
    with pytest.raises(CheckpointError, match=r"cannot write .*/x\.safetensors: .*; older runs are intact"):
        checkpoints.save(replace(sample.run, run_id="x"), sample.trainee)
    assert not checkpoints.is_being_written(run_id)
    assert set(os.listdir(UNWRITABLE)) == before


def test_a_folder_in_which_nothing_is_ever_found_is_not_called_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    if not os.path.isdir("/proc/self"):
        pytest.skip("this system has no such folder")
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", "/proc")
    with pytest.raises(CheckpointError, match="cannot write to the checkpoint folder /proc: "):  # noqa: SIM117
        with checkpoints.writing("x"):
            pass


# ---------------------------------------------------------------- links planted in the folder


@pytest.mark.parametrize("ending", ["lock", "safetensors", f"{os.getpid()}.tmp", "1.tmp"])
@pytest.mark.parametrize("content", [b"precious", None], ids=["a file", "nothing"])
def test_no_link_in_the_folder_leads_a_writer_out_of_it(
    ending: str, content: bytes | None, sample: Sample, tmp_path: Path, checkpoint_folder: Path
) -> None:
    target = tmp_path / "outside" / "target"
    target.parent.mkdir()
    if content is not None:
        target.write_bytes(content)
        target.chmod(0o640)
    checkpoint_folder.mkdir()
    link = checkpoint_folder / f"{sample.run_id}.{ending}"
    link.symlink_to(target)
    assert not checkpoints.is_being_written(sample.run_id)
    if ending == "lock":
        with pytest.raises(CheckpointError, match=r"\.lock is a symbolic link; delete it"):
            stored(sample.run, sample.trainee)
    checkpoints.save(sample.run, sample.trainee)
    if ending != "lock":
        stored(sample.run, sample.trainee)
        assert not link.is_symlink()
    assert checkpoints.read(sample.run_id) == sample.run
    assert not checkpoints.path_of(sample.run_id).is_symlink()
    assert [path.name for path in target.parent.iterdir()] == ([] if content is None else ["target"])
    if content is not None:
        assert (target.read_bytes(), target.stat().st_mode & 0o777) == (content, 0o640)


def test_a_link_to_a_run_is_deleted_and_the_run_is_not(
    sample: Sample, tmp_path: Path, checkpoint_folder: Path
) -> None:
    (tmp_path / "elsewhere").write_bytes(sample.data)
    checkpoint_folder.mkdir()
    checkpoints.path_of(sample.run_id).symlink_to(tmp_path / "elsewhere")
    assert checkpoints.read(sample.run_id) == sample.run
    checkpoints.delete(sample.run_id)
    assert checkpoints.summaries() == ((), ())
    assert (tmp_path / "elsewhere").read_bytes() == sample.data


def test_a_folder_in_the_place_of_a_temporary_file_stops_nobody_but_its_writer(
    sample: Sample, checkpoint_folder: Path
) -> None:
    for pid in (1, os.getpid()):
        (checkpoint_folder / f"{sample.run_id}.{pid}.tmp").mkdir(parents=True)
    with checkpoints.writing(sample.run_id), pytest.raises(CheckpointError, match="older runs are intact"):
        checkpoints.save(sample.run, sample.trainee)
    (checkpoint_folder / f"{sample.run_id}.{os.getpid()}.tmp").rmdir()
    stored(sample.run, sample.trainee)


# ---------------------------------------------------------------- deleting


def test_a_deleted_run_is_gone_with_all_that_killed_writers_left_of_it(
    sample: Sample, checkpoint_folder: Path
) -> None:
    path = stored(sample.run, sample.trainee)
    neighbours = {f"{sample.run_id}.{name}" for name in ("2.safetensors", "2.123.tmp", "tmp")} | {"y.1.tmp"}
    for name in (*neighbours, f"{sample.run_id}.123.tmp"):
        (checkpoint_folder / name).write_bytes(b"")
    checkpoints.delete(sample.run_id)
    assert not path.exists()
    assert {p.name for p in checkpoint_folder.iterdir()} == neighbours | {f"{sample.run_id}.lock"}
    with pytest.raises(RunUnknown, match="there is no run"):
        checkpoints.read(sample.run_id)
    with pytest.raises(RunUnknown, match="there is no run"):
        checkpoints.delete(sample.run_id)


def test_a_deleted_run_can_be_trained_again(sample: Sample) -> None:
    stored(replace(sample.run, attempt=5), sample.trainee)
    checkpoints.delete(sample.run_id)
    with checkpoints.writing(sample.run_id) as attempt:
        assert attempt == 1
        checkpoints.save(sample.run, sample.trainee)
    assert checkpoints.read(sample.run_id) == sample.run


def test_a_run_that_is_being_trained_is_not_deleted(sample: Sample) -> None:
    path = stored(sample.run, sample.trainee)
    with (
        checkpoints.writing(sample.run_id),
        pytest.raises(RunBusy, match="is being trained by another process"),
    ):
        checkpoints.delete(sample.run_id)
    assert path.read_bytes() == sample.data
    checkpoints.delete(sample.run_id)


def test_a_lock_waited_for_while_its_run_is_deleted_still_excludes_everyone_else(sample: Sample) -> None:
    """Had the lock file been removed with the run, the one who waited would hold a file without a name."""
    stored(sample.run, sample.trainee)
    lock = checkpoints.path_of(sample.run_id).with_suffix(".lock")
    with lock.open("rb") as opened_before:
        checkpoints.delete(sample.run_id)
        assert os.path.samestat(os.fstat(opened_before.fileno()), lock.stat())


@pytest.mark.parametrize("data", [b"", b"garbage", None], ids=["empty", "garbage", "newer"])
def test_what_cannot_be_read_can_be_deleted(data: bytes | None, sample: Sample) -> None:
    path = put(
        sample.run_id, sample.with_head({**sample.head, "format_version": 2}) if data is None else data
    )
    checkpoints.delete(sample.run_id)
    assert not path.exists()


def test_deleting_what_is_not_there_makes_nothing(checkpoint_folder: Path) -> None:
    with pytest.raises(RunUnknown, match="there is no run x; `python -m autoenc runs list` shows"):
        checkpoints.delete("x")
    assert not checkpoint_folder.exists()


def test_what_the_system_does_not_delete_is_told(sample: Sample) -> None:
    path = checkpoints.path_of(sample.run_id)
    path.mkdir(parents=True)
    with pytest.raises(CheckpointError, match=r"cannot delete .*\.safetensors: "):
        checkpoints.delete(sample.run_id)
    assert path.is_dir()


@pytest.mark.parametrize("run_id", ["../x", "/tmp/x", "..", "", "a/../../x", "x\0"])
def test_nothing_outside_the_folder_is_deleted(run_id: str, tmp_path: Path, checkpoint_folder: Path) -> None:
    checkpoint_folder.mkdir()
    (tmp_path / "x.safetensors").write_bytes(b"outside")
    with pytest.raises(RunUnknown, match="is not the name of a run"):
        checkpoints.delete(run_id)
    assert {path.name for path in tmp_path.iterdir()} == {"x.safetensors", checkpoint_folder.name}


def test_a_reader_sees_the_old_file_or_the_new_one_and_never_parts_of_both(digits: Dataset) -> None:
    long = replace(PLAIN, epochs=1000)
    versions = [trained(long, digits, epochs) for epochs in (1, 2)]
    stored(*versions[0])
    run_id = long.run_id(digits.fingerprint)
    done = threading.Event()

    def write() -> None:
        for i in range(20):
            checkpoints.save(*versions[i % 2])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    n_reads = 0
    while not done.is_set():
        assert checkpoints.read(run_id) in [run for run, _ in versions]
        assert len(checkpoints.summaries()[0]) == 1
        trainee = training.begin(long, digits, "cpu")
        run = checkpoints.restore(trainee, run_id, 1000)
        expected, theirs = versions[len(run.epochs) - 1]
        assert run == expected
        assert_same_state(trainee, theirs)
        n_reads += 1
    writer.join()
    assert n_reads > 0
