"""Files of recognisers: what was written is read, and what is damaged or made to do damage is refused."""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoenc import checkpoints, recognition
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, RunBusy, RunNewer, RunUnknown
from autoenc.recognition import files, loading, training
from autoenc.recognition.training import RecogniserState
from autoenc.schema import Recogniser
from tests.recognisers import QUICK, same, stored, trained, weights
from tests.runs import UNWRITABLE, FileContent, files_no_larger_than


@pytest.fixture(scope="module")
def made(digits: Dataset) -> tuple[Recogniser, RecogniserState]:
    return trained(QUICK, digits)


@pytest.fixture
def path(made: tuple[Recogniser, RecogniserState]) -> Path:
    return stored(*made)


@pytest.fixture
def content(path: Path) -> FileContent:
    return FileContent(data=path.read_bytes())


def complaint(recogniser_id: str, digits: Dataset) -> str:
    """The sentence with which a file is refused; a training that would have continued it is as it was."""
    state = training.begin(replace(QUICK, epochs=100), digits, "cpu")
    before = {name: w.clone() for name, w in weights(state).items() if isinstance(w, torch.Tensor)}
    with pytest.raises(CheckpointError) as caught:
        loading.restore(state, recogniser_id, 100)
    assert all(torch.equal(weights(state)[name], w) for name, w in before.items())
    assert state.epoch == 0
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.isprintable()
    assert len(sentence) < 500
    return sentence


# ---------------------------------------------------------------- there and back


def test_what_is_written_is_read_to_the_last_bit(
    made: tuple[Recogniser, RecogniserState], path: Path, digits: Dataset
) -> None:
    recogniser, state = made
    assert recognition.read(recogniser.recogniser_id) == recogniser
    again = training.begin(QUICK, digits, "cpu")
    assert loading.restore(again, recogniser.recogniser_id, 2) == recogniser
    assert same(again, state)
    _, model = loading.load(recogniser.recogniser_id)
    for name, tensor in state.average.state_dict().items():
        assert torch.equal(model.state_dict()[name], tensor)
    (summary,) = (one for one in recognition.summaries() if not one.example)
    assert (summary.recogniser_id, summary.epochs_done, summary.accuracy, summary.n_bytes) == (
        recogniser.recogniser_id,
        2,
        recogniser.accuracy,
        path.stat().st_size,
    )
    assert summary.finished


def test_a_recogniser_is_continued_from_its_file_as_if_it_had_never_stopped(
    made: tuple[Recogniser, RecogniserState], path: Path, digits: Dataset
) -> None:
    longer = replace(QUICK, epochs=3)
    whole, expected = trained(longer, digits)
    earlier = recognition.furthest(longer, digits.fingerprint)
    assert earlier == made[0]
    state = training.begin(longer, digits, "cpu")
    loading.restore(state, earlier.recogniser_id, 3)
    for _ in training.train(state, digits, longer):
        pass
    assert same(state, expected)
    assert len(whole.epochs) == 3


def test_only_what_differs_in_nothing_but_its_epochs_and_has_no_more_is_continued(
    path: Path, digits: Dataset
) -> None:
    assert recognition.furthest(replace(QUICK, epochs=9), digits.fingerprint) is not None
    for other in (replace(QUICK, epochs=1), replace(QUICK, epochs=9, seed=1)):
        assert recognition.furthest(other, digits.fingerprint) is None
    assert recognition.furthest(replace(QUICK, epochs=9), "another") is None


# ---------------------------------------------------------------- damage


def test_a_file_cut_anywhere_is_refused(
    made: tuple[Recogniser, RecogniserState], path: Path, content: FileContent, digits: Dataset
) -> None:
    n = len(content.data)
    for length in {0, 7, 8, 100, content.n_header, *range(content.n_header, n, n // 7), n - 1}:
        path.write_bytes(content.data[:length])
        assert "is not a recogniser that can be read" in complaint(made[0].recogniser_id, digits)
    assert [one for one in recognition.summaries() if not one.example] == []
    assert recognition.furthest(QUICK, digits.fingerprint) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        b"\x80\x04\x95.",
        b"PK\x03\x04" + b"\0" * 100,
        struct.pack("<Q", 2**40) + b"{" * 1000,
    ],
    ids=("nothing", "zeros", "pickle", "zip", "huge header"),
)
def test_what_is_no_file_of_ours_is_refused(
    data: bytes, made: tuple[Recogniser, RecogniserState], path: Path, digits: Dataset
) -> None:
    path.write_bytes(data)
    complaint(made[0].recogniser_id, digits)
    with pytest.raises(CheckpointError):
        recognition.content_hash(made[0].recogniser_id)


def test_each_tensor_is_needed_in_its_shape_and_type_and_finite(
    made: tuple[Recogniser, RecogniserState], path: Path, content: FileContent, digits: Dataset
) -> None:
    names = sorted(safetensors.torch.load(content.data))
    assert len(names) == 2 * 23 + 3 * 14 + 2

    def changed(name: str, tensor: torch.Tensor | None) -> None:
        def change(tensors: dict[str, torch.Tensor]) -> None:
            tensors.pop(name)
            if tensor is not None:
                tensors[name] = tensor

        path.write_bytes(content.with_tensors(change))
        sentence = complaint(made[0].recogniser_id, digits)
        assert name in sentence or tensor is None

    for name in names:
        tensor = safetensors.torch.load(content.data)[name]
        changed(name, None)
        changed(name, torch.zeros(*tensor.shape, 2, dtype=tensor.dtype))
        changed(name, tensor.bool())
        if tensor.is_floating_point():
            changed(name, torch.full_like(tensor, torch.nan))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("format_version", value) for value in (0, 1.5, "1", None)),
        ("recogniser_id", "digits-recogniser-e2-00000000"),
        *(("config", value) for value in ([], {}, {"dataset": "digits", "epochs": 3}, {"latent": 4})),
        *(("fingerprint", value) for value in (3, "another")),
        *(("image_shape", value) for value in ([28, 28], [2, 28, 28], [1, 0, 28], [1, 28, 10**9])),
        ("image_shape", [1, 32, 32]),
        *(("class_names", value) for value in (["1"], [], 3, [3] * 10, ["\x1b[2J"] * 10, ["x"] * 300)),
        ("class_names", ["a", "b"]),
        *(("n_train_images", value) for value in (0, 100, "270")),
        *(("epochs_done", value) for value in (-1, 1, 3)),
        *(("attempt", value) for value in (0, 1.5)),
        ("versions", {"torch\n": "2"}),
        ("resumed_from_epoch", 3),
        ("device", "cpu\x1b[2J"),
    ],
)  # fmt: skip
def test_a_head_that_lies_is_refused(
    field: str,
    value: object,
    made: tuple[Recogniser, RecogniserState],
    path: Path,
    content: FileContent,
    digits: Dataset,
) -> None:
    path.write_bytes(content.with_head({**content.head, field: value}))
    complaint(made[0].recogniser_id, digits)


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.just(10**400)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_the_head_gives_a_recogniser_or_a_sentence(
    data: Any, made: tuple[Recogniser, RecogniserState], path: Path, content: FileContent
) -> None:
    field = data.draw(st.sampled_from(sorted(content.head)))
    path.write_bytes(content.with_head({**content.head, field: data.draw(anything)}))
    with suppress(CheckpointError):
        recogniser, _ = loading.load(made[0].recogniser_id)
        assert recogniser.recogniser_id == made[0].recogniser_id
        assert len(recogniser.step_losses) == len(recogniser.epochs) * recogniser.steps_per_epoch
        assert f"{recogniser.device} {recogniser.accuracy}".isprintable()
    recognition.summaries()


def test_a_folder_a_pipe_or_a_link_to_nowhere_in_its_place_is_refused(
    made: tuple[Recogniser, RecogniserState], path: Path, digits: Dataset
) -> None:
    path.unlink()
    path.mkdir()
    complaint(made[0].recogniser_id, digits)
    path.rmdir()
    os.mkfifo(path)
    complaint(made[0].recogniser_id, digits)
    path.unlink()
    path.symlink_to("/nowhere")
    with pytest.raises(
        RunUnknown, match=r"there is no recogniser .*`python -m autoenc recognise` trains one"
    ):
        recognition.read(made[0].recogniser_id)
    recognition.delete(made[0].recogniser_id)
    assert not path.is_symlink()


@pytest.mark.parametrize(
    "name", ["", "..", "../digits-recogniser-e2-00000000", "digits-mlp-k4-e2-00000000", "x" * 500]
)
def test_what_cannot_be_the_name_of_a_recogniser_is_no_path(name: str) -> None:
    with pytest.raises(RunUnknown, match="is not the name of a recogniser"):
        recognition.read(name)


def test_a_run_is_no_recogniser_and_a_recogniser_no_run(
    made: tuple[Recogniser, RecogniserState], path: Path, digits: Dataset
) -> None:
    example = checkpoints.find("digits-mlp-k32-e100-0e7a99af")
    data = path.read_bytes()
    path.write_bytes(example.read_bytes())
    assert "is not a recogniser that can be read" in complaint(made[0].recogniser_id, digits)
    run_path = checkpoints.path_of("digits-mlp-k32-e100-0e7a99af")
    run_path.write_bytes(data)
    with pytest.raises(CheckpointError, match="is not a run that can be read"):
        checkpoints.read("digits-mlp-k32-e100-0e7a99af")
    with pytest.raises(CheckpointError, match="it is a recogniser; copy it into the folder `recognisers`"):
        checkpoints.import_file(run_path)


# ---------------------------------------------------------------- several writers, no room


def test_a_file_of_a_newer_version_is_neither_read_nor_replaced(
    made: tuple[Recogniser, RecogniserState], path: Path, content: FileContent
) -> None:
    newer = content.with_head({**content.head, "format_version": 2})
    path.write_bytes(newer)
    with pytest.raises(RunNewer, match="written by a newer version of this program"):
        recognition.read(made[0].recogniser_id)
    with pytest.raises(RunNewer):
        stored(*made)
    with pytest.raises(RunNewer):
        files.save(*made)
    assert path.read_bytes() == newer


def test_a_second_writer_is_told_that_it_is_being_trained(made: tuple[Recogniser, RecogniserState]) -> None:
    recogniser_id = made[0].recogniser_id
    assert not recognition.is_being_written(recogniser_id)
    with files.write_lock(recogniser_id) as attempt:
        assert attempt == 1
        assert recognition.is_being_written(recogniser_id)
        with pytest.raises(RunBusy, match=f"{recogniser_id} is being trained by another process"):
            stored(*made)
    files.save(*made)
    with files.write_lock(recogniser_id) as attempt:
        assert attempt == 2
        files.save(replace(made[0], attempt=2), made[1])
    with pytest.raises(CheckpointError, match="a newer attempt has taken over"):
        files.save(*made)


def test_a_full_disk_leaves_the_earlier_file(
    made: tuple[Recogniser, RecogniserState], path: Path, content: FileContent
) -> None:
    with files_no_larger_than(1000), pytest.raises(CheckpointError, match=r"cannot write .*: File too large"):
        files.save(*made)
    assert path.read_bytes() == content.data
    assert list(path.parent.glob("*.tmp")) == []


def test_a_folder_that_cannot_be_written_is_told(
    made: tuple[Recogniser, RecogniserState], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", UNWRITABLE)
    with pytest.raises(CheckpointError, match="cannot write to the checkpoint folder"):
        stored(*made)
    assert [one for one in recognition.summaries() if not one.example] == []
