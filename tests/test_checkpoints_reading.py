"""From a file to a run: all comes back, and what does not belong stays untouched."""

import ast
import json
import os
import pickle
import struct
import weakref
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

import autoenc
from autoenc import checkpoints, training
from autoenc.checkpoints import FORMAT_VERSION, MAX_HEAD
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, RunNewer, RunUnknown
from autoenc.heads import summary
from autoenc.schema import EpochRecord, Noise, RunSummary, StepRecord, TrainConfig
from benchmarks.many_runs import fill
from tests.runs import (
    NOISY_CONV,
    PLAIN,
    Change,
    Sample,
    assert_same_state,
    complaint,
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
    state = fresh(sample.run, digits)
    run = checkpoints.restore(state, sample.run_id, 1000)
    assert run == sample.run
    assert state.epoch == len(sample.run.epochs)
    assert_same_state(state, sample.state)


def test_going_on_from_a_file_changes_nothing_in_it(sample: Sample, digits: Dataset) -> None:
    path = put(sample.run_id, sample.data)
    state = fresh(sample.run, digits)
    checkpoints.restore(state, sample.run_id, 1000)
    list(training.train(state, digits, replace(PLAIN, epochs=4)))
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
    for age, (run, state) in zip((20, 10, 30), runs, strict=True):
        os.utime(stored(run, state), (10**9 - age, 10**9 - age))
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
    assert checkpoints.folder() == Path(autoenc.__file__).parents[1] / "checkpoints"
    monkeypatch.delenv("AUTOENC_CHECKPOINT_DIR")
    assert checkpoints.folder() == Path(autoenc.__file__).parents[1] / "checkpoints"


def test_a_file_opens_on_a_machine_without_the_data(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", "/nowhere")
    monkeypatch.setenv("AUTOENC_CACHE_DIR", "/nowhere")
    put(sample.run_id, sample.data)
    assert checkpoints.read(sample.run_id) == sample.run


# ---------------------------------------------------------------- a model that has learnt


@pytest.mark.parametrize("kind", ["sample", "noisy_sample"])
def test_a_model_comes_back_as_it_had_learnt(kind: str, request: pytest.FixtureRequest) -> None:
    sample: Sample = request.getfixturevalue(kind)
    path = put(sample.run_id, sample.data)
    run, model = checkpoints.load_trained(sample.run_id)
    path.write_bytes(b"")  # the model is not in the file any more
    assert run == sample.run
    assert not model.training
    assert {(p.requires_grad, p.device.type) for p in model.parameters()} == {(False, "cpu")}
    x = torch.tensor(list((run.x_noisy or run.x).data)).reshape(run.x.shape) / 255
    x_hat, learnt = training.as_images(model(x)).data, run.previews[-1].x_hat.data
    differences = [abs(a - b) for a, b in zip(x_hat, learnt, strict=True)]
    assert max(differences) <= (2 if run.x_noisy else 0)  # noise is rounded to 8 bits in the file


def test_a_model_of_a_run_that_is_not_there_or_newer_is_told(sample: Sample) -> None:
    with pytest.raises(RunUnknown, match="there is no run"):
        checkpoints.load_trained(sample.run_id)
    put(sample.run_id, sample.with_head({**sample.head, "format_version": 2}))
    with pytest.raises(RunNewer):
        checkpoints.load_trained(sample.run_id)


# ---------------------------------------------------------------- a list of many


def settled() -> RunSummary:
    """The only run of the folder, from a list that is not read again as long as nothing changes."""
    while True:  # a file of this very moment might still change
        (once,), _ = checkpoints.summaries()
        (again,), _ = checkpoints.summaries()
        if once is again:
            return once


def test_a_file_that_has_not_changed_is_not_read_again(sample: Sample, noisy_sample: Sample) -> None:
    path = put(sample.run_id, sample.data)
    listed = settled()
    assert listed.n_bytes == path.stat().st_size == len(sample.data)
    put(noisy_sample.run_id, noisy_sample.data)
    runs, _ = checkpoints.summaries()
    assert len(runs) == 2
    assert any(run is listed for run in runs)


def test_every_change_of_a_file_is_seen_at_once(sample: Sample, checkpoint_folder: Path) -> None:
    path = put(sample.run_id, sample.data)
    settled()
    before = path.stat()
    path.write_bytes(sample.data.replace(b'\\"device\\": \\"cpu\\"', b'\\"device\\": \\"gpu\\"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # the same size and time
    assert settled().device == "gpu"
    (checkpoint_folder / "new").write_bytes(sample.data)
    (checkpoint_folder / "new").replace(path)
    assert settled().device == "cpu"
    path.write_bytes(b"broken")
    assert [len(part) for part in checkpoints.summaries()] == [0, 1]
    path.unlink()
    assert checkpoints.summaries() == ((), ())


def test_a_complaint_stays_until_its_file_is_whole(sample: Sample, noisy_sample: Sample) -> None:
    put(noisy_sample.run_id, noisy_sample.data)
    path = put(sample.run_id, b"broken")
    settled()
    complaint = checkpoints.summaries()[1]
    assert len(complaint) == 1
    assert checkpoints.summaries()[1] == complaint
    path.write_bytes(sample.data)
    assert [len(part) for part in checkpoints.summaries()] == [2, 0]


def test_a_link_that_leads_nowhere_is_complained_of(sample: Sample) -> None:
    put(sample.run_id, sample.data).with_name("x.safetensors").symlink_to("/nowhere")
    (run,), (complaint,) = checkpoints.summaries()
    assert run.run_id == sample.run_id
    assert complaint == "x.safetensors is not a run that can be read (No such file or directory); delete it"


def test_of_a_file_that_is_gone_nothing_is_kept(sample: Sample) -> None:
    path = put(sample.run_id, sample.data)
    reference = weakref.ref(settled())
    path.unlink()
    assert checkpoints.summaries() == ((), ())
    assert reference() is None


def test_each_folder_has_a_list_of_its_own(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sample.run_id, sample.data)
    settled()
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path / "another"))
    assert checkpoints.summaries() == ((), ())


def test_many_may_ask_at_once_while_runs_come_and_go(sample: Sample, noisy_sample: Sample) -> None:
    put(sample.run_id, sample.data)

    def ask(i: int) -> set[str]:
        if i % 5 == 0:
            other = checkpoints.path_of(noisy_sample.run_id)
            (other.parent / f"{i}.part").write_bytes(noisy_sample.data)
            (other.parent / f"{i}.part").replace(other)  # as a writer does: never cut under a reader
            other.unlink(missing_ok=True)
        return {run.run_id for run in checkpoints.summaries()[0]} - {noisy_sample.run_id}

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(100))) == [{sample.run_id}] * 100


def test_the_runs_that_benchmarks_are_made_with_are_whole_runs(
    checkpoint_folder: Path, tmp_path: Path
) -> None:
    fill(tmp_path, 4)
    files = list(tmp_path.glob("*.safetensors"))
    assert len({checkpoints.import_file(path) for path in files}) == 4
    runs, complaints = checkpoints.summaries()
    assert (sorted(run.config.seed for run in runs), complaints) == ([0, 1, 2, 3], ())
    assert all(run.finished for run in runs)


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
    assert tensors["film.steps"].tolist() == [1, 2, 5]  # the third and the sixth step are the ends of epochs
    assert tensors["film.x_hat"].shape == (3, 16, 1, 28, 28)
    assert tensors["film.x_hat"].dtype == torch.uint8


def test_a_film_comes_back_frame_by_frame_and_without_its_steps_from_a_file_that_has_none(
    sample: Sample,
) -> None:
    assert [preview.step for preview in sample.run.previews] == [0, 1, 2, 3, 5, 6]
    assert len({preview.x_hat.data for preview in sample.run.previews}) == 6

    def before_version_0_3(tensors: dict[str, Any]) -> None:
        del tensors["film.steps"], tensors["film.x_hat"]

    put(sample.run_id, sample.with_tensors(before_version_0_3))
    ends = tuple(preview for preview in sample.run.previews if preview.epoch is not None)
    assert checkpoints.read(sample.run_id) == replace(sample.run, previews=ends)


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
    folders = (package / "checkpoints", package / "cli")
    for path in [*(path for folder in folders for path in folder.glob("*.py")), *package.glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                named = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
                assert not {"pickle", "dill", "cloudpickle", "joblib", "shelve"} & set(named), path
            if isinstance(node, ast.Attribute):
                assert not (node.attr == "load" and getattr(node.value, "id", "") == "torch"), path


def test_a_thousand_epochs_fit_into_a_head_of_16_kb_with_at_most_64_pictures(digits: Dataset) -> None:
    run, state = trained(replace(PLAIN, epochs=1000, batch_size=300), digits, epochs=1)
    for epoch in range(2, 1001):
        run = run.after(StepRecord(epoch, (0.5,)))
        run = run.after(EpochRecord(epoch, 0.5, 0.25, 1.0, 0.5, 2, run.x))
    data = stored(run, state).read_bytes()
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
    with pytest.raises(RunUnknown), checkpoints.write_lock(run_id):
        pass
    with pytest.raises(RunUnknown):
        checkpoints.save(replace(sample.run, run_id=run_id), sample.state)
    assert list(tmp_path.iterdir()) == []  # nothing was written, here or beside


def test_a_run_that_is_not_there_is_unknown_and_the_list_is_pointed_at(digits: Dataset) -> None:
    with pytest.raises(
        RunUnknown, match="there is no run digits-x; `python -m autoenc runs list` lists all runs"
    ):
        checkpoints.read("digits-x")
    with pytest.raises(RunUnknown):
        checkpoints.restore(training.begin(PLAIN, digits, "cpu"), "digits-x", 10)
    assert not checkpoints.is_being_written("digits-x")


def test_the_file_of_another_run_under_this_name_is_refused(sample: Sample, digits: Dataset) -> None:
    put("digits-mlp-k4-e2-00000000", sample.data)
    assert "its name is not the name of the run inside" in complaint("digits-mlp-k4-e2-00000000", digits)


def test_a_name_that_is_not_that_of_the_config_is_refused(sample: Sample, digits: Dataset) -> None:
    name = "digits-mlp-k4-e2-00000000"
    put(name, sample.with_head({**sample.head, "run_id": name}))
    assert "its name is not the name of the run inside" in complaint(name, digits)


# ---------------------------------------------------------------- a newer version


def test_what_a_newer_version_wrote_is_neither_read_nor_replaced(sample: Sample, digits: Dataset) -> None:
    newer = {"format_version": 2, "what": "y" * MAX_HEAD}
    path = put(sample.run_id, sample.with_head(newer))
    data = path.read_bytes()
    sentence = (
        r"was written by a newer version of this program \(format version 2; this program reads 1\); "
        "update it, or delete the file"
    )
    with pytest.raises(RunNewer, match=sentence):
        checkpoints.read(sample.run_id)
    with pytest.raises(RunNewer, match=sentence), checkpoints.write_lock(sample.run_id):
        pass
    with pytest.raises(RunNewer, match=sentence):
        checkpoints.save(sample.run, sample.state)
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
    state = fresh(sample.run, digits)
    before = deepcopy(state)
    with pytest.raises(CheckpointError, match=r"model\.encoder\.1\.weight holds NaN or infinite numbers"):
        checkpoints.restore(state, sample.run_id, 1000)
    assert_same_state(state, before)


def last_moment_of_another_shape(tensors: dict[str, Any]) -> None:
    tensors["optimizer.3.exp_avg_sq"] = torch.zeros(783)


def test_a_file_that_fits_but_for_its_last_tensor_leaves_the_trainee_as_it_was(
    sample: Sample, digits: Dataset
) -> None:
    put(sample.run_id, sample.with_tensors(last_moment_of_another_shape))
    state = fresh(sample.run, digits)
    before = deepcopy(state)
    with pytest.raises(CheckpointError, match=r"exp_avg_sq has shape \(783,\) instead of \(784,\)"):
        checkpoints.restore(state, sample.run_id, 1000)
    assert_same_state(state, before)
    assert state.epoch == 0


def test_the_weights_of_another_model_are_refused(sample: Sample, digits: Dataset) -> None:
    put(sample.run_id, sample.data)
    state = training.begin(replace(PLAIN, latent_size=5), digits, "cpu")
    with pytest.raises(CheckpointError, match=r"has shape \(4, 784\) instead of \(5, 784\)"):
        checkpoints.restore(state, sample.run_id, 1000)


def test_a_file_that_has_gone_beyond_what_is_wanted_is_not_continued(sample: Sample, digits: Dataset) -> None:
    put(sample.run_id, sample.data)
    state = fresh(sample.run, digits)
    with pytest.raises(CheckpointError, match="has 2 epochs; asked for: 1"):
        checkpoints.restore(state, sample.run_id, 1)
    assert state.epoch == 0


# ---------------------------------------------------------------- which run is continued


def test_the_furthest_run_of_the_same_config_is_continued_but_none_beyond(digits: Dataset) -> None:
    wanted = replace(PLAIN, epochs=4)
    assert checkpoints.furthest(wanted, digits.fingerprint) is None
    for epochs, done in ((2, 2), (5, 3), (6, 6)):
        stored(*trained(replace(PLAIN, epochs=epochs), digits, done))
    stored(*trained(replace(PLAIN, epochs=3, seed=9), digits))
    earlier = checkpoints.furthest(wanted, digits.fingerprint)
    assert earlier is not None
    assert (earlier.config.epochs, earlier.epochs_done) == (5, 3)
    assert [run.epochs_done for run in checkpoints.continuable(wanted, digits.fingerprint)] == [3, 2]
    assert checkpoints.furthest(wanted, "other data") is None


def test_among_equals_the_run_itself_is_continued(digits: Dataset) -> None:
    for epochs in (3, 4, 5):
        stored(*trained(replace(PLAIN, epochs=epochs), digits, 2))
    earlier = checkpoints.furthest(replace(PLAIN, epochs=4), digits.fingerprint)
    assert earlier is not None
    assert earlier.config.epochs == 4


@pytest.mark.parametrize(
    ("noise", "device", "n_pixels", "n_epochs"),
    [
        (None, "cpu", 100, 0),
        (Noise("gaussian", 0.3), "cpu", 784, 0),
        (Noise("gaussian", 0.3), "cpu", 100, 7),  # no multiple of 16
        (Noise("gaussian", 0.3), "NVIDIA T4", 784, 7),
        (Noise("gaussian", 0.3, up_to=True), "cpu", 784, 7),
        (Noise("blur", 2.0), "NVIDIA T4", 100, 0),  # nothing is drawn
        (Noise("blur", 2.0, up_to=True), "cpu", 784, 7),
    ],
)
def test_which_runs_of_version_0_1_were_tested_on_noise_of_their_own(
    noise: Noise | None, device: str, n_pixels: int, n_epochs: int
) -> None:
    config = TrainConfig(noise=noise)
    assert summary._earlier_tests({"epochs_done": 7, "device": device}, config, n_pixels) == n_epochs
