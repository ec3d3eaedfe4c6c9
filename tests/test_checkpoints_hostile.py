"""Files that are damaged, or made to do damage: refused in a sentence, at little cost."""

import json
import math
import os
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoenc import checkpoints, training
from autoenc.checkpoints import MAX_HEAD
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, ConfigError
from autoenc.heads.paths import LATER_FIELDS
from autoenc.schema import MAX_STEPS, TrainConfig
from autoenc.training import FILM_STEPS, TrainState
from tests.runs import NOISY_CONV, PLAIN, ROOT, Sample, complaint, fresh, made, put


@pytest.fixture(scope="module")
def sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(PLAIN, digits, tmp_path_factory)


@pytest.fixture(scope="module")
def noisy_sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(NOISY_CONV, digits, tmp_path_factory)


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


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"<!DOCTYPE html>" + bytes(1000), "it is a web page, perhaps one that asks for a login; download"),
        (b"version https://git-lfs.github.com/spec/v1\n", "it is a Git LFS pointer"),
        (b"PK\x03\x04" + bytes(100), "it is a .zip or a PyTorch file"),
        (b"\x80\x04\x95.", "it is a .zip or a PyTorch file"),
    ],
)
def test_a_file_that_people_get_instead_is_told_as_what_it_is(
    data: bytes, what: str, digits: Dataset, sample: Sample
) -> None:
    put(sample.run_id, data)
    assert what in complaint(sample.run_id, digits)


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
    assert "its header has 16,001 bytes; allowed: 16,000" in complaint(sample.run_id, digits)


def test_a_field_that_is_missing_is_named(sample: Sample, digits: Dataset) -> None:
    for name in set(sample.head) - set(LATER_FIELDS):
        put(sample.run_id, sample.with_head({k: v for k, v in sample.head.items() if k != name}))
        assert f"'{name}' is missing" in complaint(sample.run_id, digits)


def test_a_file_of_version_0_1_is_read_and_what_it_does_not_tell_is_unknown(
    sample: Sample, digits: Dataset
) -> None:
    head = {name: value for name, value in sample.head.items() if name not in LATER_FIELDS}
    old = replace(sample, data=sample.with_tensors(lambda tensors: tensors.pop("history.beside")))
    put(sample.run_id, old.with_head(head))
    run = checkpoints.read(sample.run_id)
    assert run.concurrent_jobs is None
    assert run.train_loss == sample.run.train_loss
    (summary,), _ = checkpoints.summaries()
    assert (summary.train_loss, summary.concurrent_jobs, summary.test_mse) == (
        None,
        None,
        sample.run.test_mse,
    )


FIELDS = (
    *("format_version", "run_id", "config", "fingerprint", "image_shape", "n_parameters", "n_latents"),
    *("n_train_images", "epochs_done", "test_mse", "seconds", "seconds_per_epoch", "images_per_second"),
    *("device", "threads", "beside", "versions", "attempt", "resumed_from_epoch", "train_loss"),
    "earlier_tests",
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
        ("film.steps", torch.tensor([1, 1, 5])),
        ("film.steps", torch.tensor([1, 5, 2])),
        ("film.steps", torch.tensor([0, 2, 5])),
        ("film.steps", torch.tensor([1, 2, 3])),  # the end of the first epoch
        ("film.steps", torch.tensor([1, 2, 7])),  # of 6
        ("film.steps", torch.tensor([-1, 2, 5])),
        ("film.steps", torch.tensor([1.0, 2.0, 5.0])),
        ("film.steps", torch.tensor([1, 2])),
        ("film.steps", torch.tensor(1)),
        ("film.x_hat", torch.zeros(3, 16, 1, 28, 27, dtype=torch.uint8)),
        ("film.x_hat", torch.zeros(3, 16, 1, 28, 28)),
    ],
)
def test_a_tensor_of_the_wrong_shape_or_type_is_refused(
    name: str, tensor: torch.Tensor, sample: Sample, digits: Dataset
) -> None:
    put(sample.run_id, sample.with_tensors(lambda tensors: tensors.update({name: tensor})))
    state = fresh(sample.run, digits)
    with pytest.raises(CheckpointError):
        checkpoints.restore(state, sample.run_id, 1000)
    assert state.epoch == 0


@pytest.fixture(scope="module")
def state(digits: Dataset) -> TrainState:
    """One for all: it is given the whole state of a file, or nothing of it."""
    return training.begin(replace(PLAIN, epochs=1000), digits, "cpu")


def check_reading(run_id: str, state: TrainState, fingerprint: str) -> None:
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
    with suppress(CheckpointError):
        checkpoints.restore(state, run_id, 1000)
        assert 0 <= state.epoch <= 1000
    for summary in checkpoints.summaries()[0]:
        json.dumps(summary.config.to_json(), allow_nan=False)
        assert summary.n_latents >= 1
        assert 0 <= summary.epochs_done <= summary.config.epochs
        assert 0 <= summary.seconds_per_epoch < float("inf")
        assert 0 <= (summary.test_mse or 0) < float("inf")
        assert f"{summary.run_id} {summary.device} {summary.fingerprint}".isprintable()
    checkpoints.furthest(PLAIN, fingerprint)


@quietly
@given(changes=st.dictionaries(st.sampled_from(FIELDS), anything, min_size=1, max_size=3))
def test_a_head_with_any_field_of_any_type_is_valid_or_refused(
    changes: dict[str, Any], sample: Sample, state: TrainState
) -> None:
    assert set(sample.head) == set(FIELDS)
    put(sample.run_id, sample.with_head({**sample.head, **changes}))
    check_reading(sample.run_id, state, sample.run.fingerprint)


@quietly
@given(changes=st.dictionaries(st.sampled_from(SETTINGS), anything, min_size=1, max_size=3), f=anything)
def test_a_config_with_any_setting_under_its_proper_name_is_valid_or_refused(
    changes: dict[str, Any], f: Any, sample: Sample, state: TrainState
) -> None:
    """The name is made to fit where it can be, so that the mutation comes past the check of the name."""
    config, run_id = {**sample.head["config"], **changes}, sample.run_id
    with suppress(ConfigError):
        run_id = TrainConfig.from_json(config).run_id(f)
    put(run_id, sample.with_head({**sample.head, "config": config, "fingerprint": f, "run_id": run_id}))
    check_reading(run_id, state, sample.run.fingerprint)
    checkpoints.path_of(run_id).unlink()


@quietly
@given(at=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_header_with_any_byte_changed_is_valid_or_refused(
    at: list[tuple[float, int]], sample: Sample, state: TrainState
) -> None:
    data = bytearray(sample.data)
    for where, byte in at:
        data[int(where * sample.n_header)] = byte
    put(sample.run_id, bytes(data))
    check_reading(sample.run_id, state, sample.run.fingerprint)


TENSORS = (
    *("model.encoder.1.weight", "model.decoder.0.bias"),
    *("optimizer.0.exp_avg", "optimizer.1.step", "optimizer.3.exp_avg_sq"),
    *("history.steps", "history.epochs", "preview.x", "preview.epochs", "preview.x_hat"),
    *("film.steps", "film.x_hat"),
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
    name: str, shape: list[int] | None, dtype: torch.dtype, value: float, sample: Sample, state: TrainState
) -> None:
    def change(tensors: dict[str, torch.Tensor]) -> None:
        assert name in tensors
        tensors[name] = torch.full(tensors[name].shape if shape is None else shape, value).to(dtype)

    put(sample.run_id, sample.with_tensors(change))
    check_reading(sample.run_id, state, sample.run.fingerprint)


@pytest.mark.parametrize("name", [name for name in TENSORS if name != "film.steps"])  # without it: no film
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
        "preview.epochs": ("I64", (64 - len(FILM_STEPS),)),  # the first two, as they have values
        "film.steps": ("I64", (len(FILM_STEPS),)),
        "history.steps": ("F32", (MAX_STEPS,)),
        "history.epochs": ("F64", (1000, 5)),
        "preview.x": ("U8", (16, 1, 256, 256)),
        "preview.x_hat": ("U8", (64 - len(FILM_STEPS), 16, 1, 256, 256)),
        "film.x_hat": ("U8", (len(FILM_STEPS), 16, 1, 256, 256)),
        **layout,
    }
    config = replace(LARGEST, seed=seed)
    run_id = config.run_id(sample.run.fingerprint)
    head_of_run = {"run_id": run_id, "config": config.to_json(), "image_shape": [1, 256, 256]}
    head_of_run |= {"n_train_images": config.train_images, "epochs_done": 1000, **head}
    header: dict[str, Any] = {"__metadata__": {"autoenc": json.dumps({**sample.head, **head_of_run})}}
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
from autoenc import checkpoints, models
from autoenc.errors import CheckpointError
from autoenc.schema import TrainConfig

models.describe(TrainConfig(), (1, 28, 28))  # the first one of a process loads much of PyTorch

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
        "holds 67108864 instead of a whole number from 1 to 21": ({"film.steps": ("I64", (2**26,))}, {}),
    }
    for seed, (sentence, (layout, head)) in enumerate(beyond.items(), 1):
        run_id, beginning, n_bytes = large(sample, seed, layout, **head)
        files[run_id] = (beginning, n_bytes, sentence, 250)
    run_id, beginning, n_bytes = large(sample, 0, {})
    files[run_id] = (beginning, n_bytes, f"{MAX_STEPS} steps", 700)  # the most that can be trained
    for name, (data, size, *_) in files.items():
        path = put(name, data)
        os.truncate(path, size or len(data))
        assert path.stat().st_blocks * 512 < 100 * MEGABYTE

    process = subprocess.run(
        [sys.executable, "-c", READER, *files], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    lines = process.stdout.splitlines()
    for line, (name, (*_, sentence, megabytes)) in zip(lines, files.items(), strict=True):
        peak, answer = line.split(" ", 1)
        assert sentence in answer
        assert int(peak) < megabytes * MEGABYTE, name
    assert (
        int(lines[-1].split()[0]) > 50 * MEGABYTE
    )  # the largest pictures by themselves: the measure sees them


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
