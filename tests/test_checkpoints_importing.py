"""A file from elsewhere becomes a run, or is refused in a sentence and leaves nothing behind."""

import json
import os
import pickle
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoenc import checkpoints
from autoenc.checkpoints import MAX_FILE
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, RunBusy, RunNewer
from tests.runs import (
    NOISY_CONV,
    PLAIN,
    UNWRITABLE,
    Change,
    Sample,
    assert_same_state,
    files_no_larger_than,
    fresh,
    made,
    put,
    stored,
    trained,
)


@pytest.fixture(scope="module")
def sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(PLAIN, digits, tmp_path_factory)


@pytest.fixture(scope="module")
def noisy_sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(NOISY_CONV, digits, tmp_path_factory)


@pytest.fixture(scope="module")
def stages(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> dict[int, bytes]:
    """What the file of one run of three epochs holds after the first and after the second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path_factory.mktemp("stages")))
        return {n: stored(*trained(replace(PLAIN, epochs=3), digits, n)).read_bytes() for n in (1, 2)}


@pytest.fixture
def given_file(tmp_path: Path) -> Path:
    """Where a file from elsewhere lies."""
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere" / "some name (1).bin"


def contents() -> dict[str, bytes]:
    """The checkpoint folder's files but for the locks, which stay and are empty."""
    folder = checkpoints.folder()
    contents = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
    return {name: data for name, data in contents.items() if not (name.endswith(".lock") and not data)}


def refusal(path: Path) -> str:
    """The sentence with which a file is refused; the folder stays as it was."""
    before = contents()
    with pytest.raises(CheckpointError) as caught:
        checkpoints.import_file(path)
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert len(sentence) < 500
    assert ".tmp" not in sentence
    assert contents() == before
    return sentence


# ---------------------------------------------------------------- what is sound becomes a run


@pytest.mark.parametrize("kind", ["sample", "noisy_sample"])
def test_a_file_from_elsewhere_becomes_the_run_that_it_was(
    kind: str, given_file: Path, digits: Dataset, request: pytest.FixtureRequest
) -> None:
    sample: Sample = request.getfixturevalue(kind)
    given_file.write_bytes(sample.data)
    assert checkpoints.import_file(given_file) == sample.run_id
    assert contents() == {f"{sample.run_id}.safetensors": sample.data}
    assert given_file.read_bytes() == sample.data
    assert checkpoints.read(sample.run_id) == sample.run
    assert [run.run_id for run in checkpoints.summaries()[0]] == [sample.run_id]
    state = fresh(sample.run, digits)
    checkpoints.restore(state, sample.run_id, 1000)
    assert_same_state(state, sample.state)


@pytest.mark.parametrize(
    "name",
    [
        "CON.safetensors",
        "-rf",
        "..safetensors",
        ".hidden",
        "x" * 200,
        "another-run.safetensors",
        "a\nb\x1b[2J",
        "ü \udcff",
        "digits-mlp-k4-e2-00000000.safetensors",
    ],
)
def test_the_name_of_the_file_means_nothing(name: str, given_file: Path, sample: Sample) -> None:
    path = given_file.parent / ".." / given_file.parent.name / name
    path.write_bytes(sample.data)
    assert checkpoints.import_file(path) == sample.run_id
    assert set(contents()) == {f"{sample.run_id}.safetensors"}
    path.write_bytes(b"nonsense")
    assert "is not a run that can be read" in refusal(path)


def test_a_run_of_data_that_are_not_here_can_be_looked_at(given_file: Path, sample: Sample) -> None:
    config = replace(PLAIN, dataset="birds-of-our-school")
    run_id = config.run_id("f")
    head = {**sample.head, "config": config.to_json(), "fingerprint": "f", "run_id": run_id}
    given_file.write_bytes(sample.with_head(head))
    assert checkpoints.import_file(given_file) == run_id
    run, model = checkpoints.load_trained(run_id)
    assert run.config == config
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 1, 28, 28)


def test_a_run_from_elsewhere_is_continued_like_one_of_ours(
    given_file: Path, stages: dict[int, bytes], digits: Dataset
) -> None:
    given_file.write_bytes(stages[2])
    checkpoints.import_file(given_file)
    furthest = checkpoints.furthest(replace(PLAIN, epochs=4), digits.fingerprint)
    assert furthest is not None
    assert furthest.epochs_done == 2


def test_a_link_brings_what_it_points_at_and_stays_outside(given_file: Path, sample: Sample) -> None:
    given_file.write_bytes(sample.data)
    link = given_file.with_name("link")
    link.symlink_to(given_file)
    checkpoints.import_file(link)
    assert not checkpoints.path_of(sample.run_id).is_symlink()
    assert contents() == {f"{sample.run_id}.safetensors": sample.data}


def test_a_file_that_lies_in_the_folder_under_another_name_is_copied_to_its_own(sample: Sample) -> None:
    copy = put("copy", sample.data)
    checkpoints.import_file(copy)
    assert contents() == {"copy.safetensors": sample.data, f"{sample.run_id}.safetensors": sample.data}


# ---------------------------------------------------------------- what is here already


def test_the_same_file_again_changes_nothing(given_file: Path, sample: Sample) -> None:
    given_file.write_bytes(sample.data)
    checkpoints.import_file(given_file)
    before = checkpoints.path_of(sample.run_id).stat()
    assert checkpoints.import_file(given_file) == sample.run_id
    assert checkpoints.import_file(checkpoints.path_of(sample.run_id)) == sample.run_id
    after = checkpoints.path_of(sample.run_id).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("there", [1, 2])
def test_a_run_that_has_come_as_far_is_not_replaced(
    there: int, given_file: Path, stages: dict[int, bytes], sample: Sample, digits: Dataset
) -> None:
    run_id = replace(PLAIN, epochs=3).run_id(digits.fingerprint)
    put(run_id, stages[2].replace(b'\\"attempt\\": 1', b'\\"attempt\\": 2'))
    given_file.write_bytes(stages[there])
    assert refusal(given_file) == (
        f"{run_id} is already here, with 2 epochs; delete it to import this file, which has {there}"
    )


def test_a_run_that_has_gone_less_far_is_replaced(given_file: Path, stages: dict[int, bytes]) -> None:
    given_file.write_bytes(stages[1])
    run_id = checkpoints.import_file(given_file)
    given_file.write_bytes(stages[2])
    assert checkpoints.import_file(given_file) == run_id
    assert contents() == {f"{run_id}.safetensors": stages[2]}


def test_what_cannot_be_read_here_is_replaced(given_file: Path, sample: Sample) -> None:
    put(sample.run_id, b"broken")
    given_file.write_bytes(sample.data)
    checkpoints.import_file(given_file)
    assert checkpoints.read(sample.run_id) == sample.run


def test_what_a_newer_version_wrote_here_is_not_replaced(given_file: Path, sample: Sample) -> None:
    path = put(sample.run_id, sample.with_head({**sample.head, "format_version": 2}))
    data = path.read_bytes()
    given_file.write_bytes(sample.data)
    with pytest.raises(RunNewer, match="was written by a newer version of this program"):
        checkpoints.import_file(given_file)
    assert path.read_bytes() == data


def test_a_run_that_is_being_trained_here_is_busy(given_file: Path, stages: dict[int, bytes]) -> None:
    given_file.write_bytes(stages[1])
    run_id = checkpoints.import_file(given_file)
    given_file.write_bytes(stages[2])
    with checkpoints.write_lock(run_id), pytest.raises(RunBusy, match=f"{run_id} is being trained"):
        checkpoints.import_file(given_file)
    assert contents() == {f"{run_id}.safetensors": stages[1]}
    assert checkpoints.import_file(given_file) == run_id


def test_of_many_that_import_the_same_file_at_once_all_succeed(given_file: Path, sample: Sample) -> None:
    """The locks are those of open files: threads exclude each other as processes do."""
    given_file.write_bytes(sample.data)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(checkpoints.import_file, [given_file] * 8)) == [sample.run_id] * 8
    assert contents() == {f"{sample.run_id}.safetensors": sample.data}


# ---------------------------------------------------------------- what is not sound leaves nothing


def test_a_file_cut_anywhere_is_refused_and_the_run_that_is_here_stays(
    given_file: Path, stages: dict[int, bytes], digits: Dataset
) -> None:
    put(replace(PLAIN, epochs=3).run_id(digits.fingerprint), stages[1])
    whole = stages[2]
    for length in (*range(0, 20, 3), *range(20, len(whole), len(whole) // 40), len(whole) - 1):
        given_file.write_bytes(whole[:length])
        assert refusal(given_file).endswith("nothing was imported")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense" * 1000,
        pickle.dumps({"weights": [1.0]}),
        b"PK\x03\x04" + b"\0" * 100,  # zip, which torch.save makes
        struct.pack("<Q", 2**30) + b"{" * 1000,
        struct.pack("<Q", 100_000) + b'{"a":' * 20_000,
    ],
    ids=range(6),
)
def test_nonsense_is_refused(data: bytes, given_file: Path) -> None:
    given_file.write_bytes(data)
    assert refusal(given_file).startswith("some name (1).bin is not a run that can be read (")


def test_what_is_no_file_is_refused_at_once(given_file: Path) -> None:
    assert refusal(given_file) == "cannot import some name (1).bin: No such file or directory"
    assert refusal(given_file.parent) == "cannot import elsewhere: it is not a file"
    os.mkfifo(given_file)
    assert refusal(given_file) == "cannot import some name (1).bin: it is not a file"
    assert "cannot import a?b: " in refusal(Path("a\0b"))
    assert not checkpoints.folder().exists()


def test_a_file_that_is_too_large_is_refused_without_being_read(given_file: Path) -> None:
    given_file.touch()
    os.truncate(given_file, 2 * 10**9)
    assert refusal(given_file) == (
        "cannot import some name (1).bin: it has 2,000,000,000 bytes; allowed: 1,000,000,000"
    )
    assert not checkpoints.folder().exists()
    assert MAX_FILE == 10**9


def changed(name: str, *at: int, value: float) -> Change:
    def change(tensors: dict[str, Any]) -> None:
        tensors[name][at] = value

    return change


def replaced(**by_name: torch.Tensor) -> Change:
    return lambda tensors: tensors.update({name.replace("__", "."): t for name, t in by_name.items()})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (changed("model.encoder.1.weight", 2, 5, value=float("nan")), "weight holds NaN or infinite numbers"),
        (changed("model.decoder.0.bias", 7, value=float("inf")), "bias holds NaN or infinite numbers"),
        (changed("optimizer.3.exp_avg", 5, value=float("nan")), "exp_avg holds NaN or infinite numbers"),
        (changed("optimizer.3.exp_avg_sq", 5, value=-1.0), "exp_avg_sq holds numbers below 0"),
        (changed("optimizer.2.step", value=7.0), "its optimiser has not taken 6 steps"),
        (changed("history.steps", 3, value=float("nan")), "history.steps holds NaN"),
        (changed("history.steps", 3, value=-0.5), "history.steps holds numbers below 0"),
        (changed("history.epochs", 1, 2, value=-3.0), "history.epochs holds numbers below 0"),
        (
            changed("history.epochs", 1, 1, value=0.5),
            "its header gives another test_mse than the rest of the file",
        ),
        (
            changed("history.epochs", 1, 2, value=9.0),
            "its header gives another seconds than the rest of the file",
        ),
        (changed("preview.epochs", 1, value=0), "preview.epochs are out of order"),
        (changed("film.steps", 1, value=1), "film.steps are out of order"),
        (replaced(model__encoder__1__bias=torch.zeros(5)), "has shape (5,) instead of (4,)"),
        (replaced(model__encoder__1__bias=torch.zeros(4).double()), "is torch.float64 instead of"),
        (replaced(optimizer__1__exp_avg=torch.zeros(5)), "has shape (5,) instead of (4,)"),
        (replaced(optimizer__4__step=torch.tensor(6.0)), "it holds 'optimizer.4.step', which no run has"),
        (replaced(payload=torch.zeros(9)), "it holds 'payload', which no run has"),
        (replaced(preview__x_noisy=torch.zeros(1)), "it holds 'preview.x_noisy', which no run has"),
        (lambda tensors: tensors.pop("model.encoder.1.bias"), "model.encoder.1.bias"),
        (lambda tensors: tensors.pop("optimizer.0.exp_avg"), "optimizer.0.exp_avg"),
        (lambda tensors: tensors.pop("preview.x"), "preview.x"),
        (lambda tensors: tensors.pop("film.x_hat"), "film.x_hat"),
        (lambda tensors: tensors.pop("film.steps"), "it holds 'film.x_hat', which no run has"),
    ],
)
def test_tensors_that_no_run_of_ours_has_are_refused(
    change: Change, sentence: str, given_file: Path, sample: Sample
) -> None:
    given_file.write_bytes(sample.with_tensors(change))
    assert sentence in refusal(given_file)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("n_parameters", 7061, "its header gives another n_parameters than the rest of the file"),
        ("n_latents", 5, "its header gives another n_latents than the rest of the file"),
        ("threads", 64, "its header gives another threads than the rest of the file"),
        ("images_per_second", 1e9, "its header gives another images_per_second than the rest of the file"),
        ("seconds_per_epoch", 0, "its header gives another seconds_per_epoch than the rest of the file"),
        ("test_mse", None, "its header gives another test_mse than the rest of the file"),
        ("test_mse", 0.0, "its header gives another test_mse than the rest of the file"),
        ("attempt", 2**53, "instead of a whole number from 1 to 1,000,000"),  # the next could not be counted
        ("device", "x" * 201, "its header holds a text of 201 characters; allowed: 200"),
        ("device", "\x1b[2J", "instead of a text"),
        ("fingerprint", "other", "its name is not the name of the run inside"),
        ("run_id", "CON", "its name is not the name of the run inside"),
        ("run_id", "../../x", "its name is not the name of the run inside"),
        ("run_id", "x" * 200, "its name is not the name of the run inside"),
        ("run_id", None, "its name is not the name of the run inside"),
        ("image_shape", [1, 28, 29], "has shape"),
        ("epochs_done", 1, "history.epochs has shape"),
        ("format_version", 2, "was written by a newer version of this program (format version 2"),
        ("format_version", 0, "has format version 0; this program reads 1"),
    ],
)
def test_a_head_that_is_not_that_of_its_run_is_refused(
    field: str, value: object, sentence: str, given_file: Path, sample: Sample
) -> None:
    given_file.write_bytes(sample.with_head({**sample.head, field: value}))
    assert sentence in refusal(given_file)


def test_a_run_without_a_finished_epoch_is_refused(
    given_file: Path, digits: Dataset, checkpoint_folder: Path
) -> None:
    run, state = trained(replace(PLAIN, epochs=1), digits)
    empty = replace(run, epochs=(), step_losses=(), previews=run.previews[:1])
    stored(empty, state).rename(given_file)
    assert "none of its epochs is finished" in refusal(given_file)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_file_with_any_byte_of_its_header_changed_is_a_whole_run_or_leaves_nothing(
    at: list[tuple[float, int]], given_file: Path, sample: Sample
) -> None:
    data = bytearray(sample.data)
    for where, byte in at:
        data[int(where * sample.n_header)] = byte
    given_file.write_bytes(bytes(data))
    with suppress(CheckpointError):
        run_id = checkpoints.import_file(given_file)
        assert checkpoints.load_trained(run_id)[0].run_id == run_id
        json.dumps(checkpoints.read(run_id).config.to_json(), allow_nan=False)
        checkpoints.delete(run_id)
    assert contents() == {}


# ---------------------------------------------------------------- the disk


@pytest.mark.parametrize("n_bytes", [0, 10_000])
def test_a_full_disk_is_told_and_leaves_the_older_file_and_nothing_else(
    n_bytes: int, given_file: Path, stages: dict[int, bytes], digits: Dataset
) -> None:
    put(replace(PLAIN, epochs=3).run_id(digits.fingerprint), stages[1])
    given_file.write_bytes(stages[2])
    with files_no_larger_than(n_bytes):
        assert refusal(given_file) == "cannot import some name (1).bin: File too large"


def test_a_folder_that_cannot_be_written_is_told(
    given_file: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", UNWRITABLE)
    given_file.write_bytes(sample.data)
    with pytest.raises(CheckpointError, match=f"cannot write to the checkpoint folder {UNWRITABLE}: "):
        checkpoints.import_file(given_file)


def test_what_a_killed_import_left_is_removed_by_the_next(given_file: Path, sample: Sample) -> None:
    left_over = put("x", b"").with_name("import.12345.tmp")
    left_over.write_bytes(sample.data[:1000])
    given_file.write_bytes(b"")
    with pytest.raises(CheckpointError):
        checkpoints.import_file(given_file)
    assert not left_over.exists()


@pytest.mark.parametrize("ending", ["lock", f"{os.getpid()}.tmp"], ids=["lock", "tmp"])
def test_no_link_in_the_folder_leads_an_import_out_of_it(
    ending: str, given_file: Path, sample: Sample, checkpoint_folder: Path
) -> None:
    target = given_file.with_name("precious")
    target.write_bytes(b"precious")
    checkpoint_folder.mkdir()
    (checkpoint_folder / f"import.{ending}").symlink_to(target)
    given_file.write_bytes(sample.data)
    with suppress(CheckpointError):
        checkpoints.import_file(given_file)
    assert target.read_bytes() == b"precious"
    assert not checkpoints.path_of(sample.run_id).is_symlink()
