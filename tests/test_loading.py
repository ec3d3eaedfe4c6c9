"""A run and its model, by name or from a file anywhere; and a run that a loop of your own keeps."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import autoenc
from autoenc import checkpoints, datasets, recipes, training
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, ConfigError, RunBusy, RunNewer, RunUnknown
from autoenc.places import EXAMPLE_CHECKPOINTS
from autoenc.schema import EpochRecord, Run
from autoenc.training import TrainState
from tests.runs import NOISY_CONV, PLAIN, Sample, made, put, stored, trained


@pytest.fixture(scope="module")
def sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(PLAIN, digits, tmp_path_factory)


def refusal(run: str | Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        autoenc.load(run)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def example_file() -> Path:
    return EXAMPLE_CHECKPOINTS / f"{example_id()}.safetensors"


def example_id() -> str:
    return recipes.EXAMPLE.run_id(datasets.load("digits").fingerprint)


# ---------------------------------------------------------------- a run and its model


def test_a_run_is_loaded_by_its_name_with_the_weights_that_it_was_trained_to(sample: Sample) -> None:
    put(sample.run_id, sample.data)
    run, model = autoenc.load(sample.run_id)
    assert run == sample.run
    ours, theirs = model.state_dict(), sample.state.model.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_the_model_is_for_looking_at_not_for_training(sample: Sample) -> None:
    put(sample.run_id, sample.data)
    _, model = autoenc.load(sample.run_id)
    assert not model.training
    assert {parameter.requires_grad for parameter in model.parameters()} == {False}
    assert {parameter.device.type for parameter in model.parameters()} == {"cpu"}


def test_an_example_is_loaded_by_its_name_where_no_run_of_the_user_has_it() -> None:
    run, model = autoenc.load(example_id())
    data = datasets.load("digits")
    x = training.as_float(data.test)
    mse = float((model(x) - x).square().mean())
    assert run.test_mse == pytest.approx(mse, rel=0.01)  # its weights have half the bits


@pytest.mark.parametrize("as_text", [True, False])
def test_a_file_is_loaded_from_any_folder_under_any_name(
    sample: Sample, tmp_path: Path, as_text: bool
) -> None:
    path = tmp_path / "my run (copy).safetensors"
    path.write_bytes(sample.data)
    run, _ = autoenc.load(str(path) if as_text else path)
    assert run.run_id == sample.run_id


def test_a_file_of_the_working_folder_needs_no_separator(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.safetensors").write_bytes(sample.data)
    assert autoenc.load("mine.safetensors")[0].run_id == sample.run_id


def test_an_interrupted_run_gives_what_it_has_learnt_so_far(digits: Dataset) -> None:
    run, state = trained(PLAIN, digits, epochs=1)
    stored(run, state)
    loaded, model = autoenc.load(run.run_id)
    assert not loaded.finished
    assert len(loaded.epochs) == 1
    x = training.as_float(digits.test)
    assert torch.equal(model(x), state.model(x))


def test_the_package_is_imported_without_pytorch() -> None:
    code = "import sys, autoenc; autoenc.load; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


# ---------------------------------------------------------------- what cannot be loaded


def test_an_unknown_run_is_refused_with_runs_of_similar_names(sample: Sample) -> None:
    put(sample.run_id, sample.data)
    sentence = refusal(f"{sample.run_id[:-1]}x")
    assert "runs list" in sentence
    assert f"did you mean {sample.run_id}" in sentence
    with pytest.raises(RunUnknown):
        autoenc.load("nothing-like-it")
    assert "did you mean" not in refusal("zzzz")


def test_what_is_no_name_of_a_run_is_refused() -> None:
    assert "is not the name of a run" in refusal("a run")


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)
    for missing in (tmp_path / "gone.safetensors", str(tmp_path / "gone"), "gone.safetensors"):
        assert "is not a file; give the path of a run's .safetensors file" in refusal(missing)


def test_a_damaged_file_is_refused(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    path.write_bytes(sample.data[: len(sample.data) // 2])
    assert "cut.safetensors is not a run that can be read" in refusal(path)
    path.write_bytes(b"")
    assert "cut.safetensors is not a run that can be read" in refusal(path)


def test_a_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    torch.save({"weights": torch.zeros(3)}, path)
    assert "model.pt is not a run that can be read" in refusal(path)


def test_the_file_of_a_recogniser_is_refused_as_one(tmp_path: Path) -> None:
    (recogniser, *_) = sorted((EXAMPLE_CHECKPOINTS / "recognisers").glob("*.safetensors"))
    assert "it is a recogniser" in refusal(shutil.copy(recogniser, tmp_path / "copy.safetensors"))


def test_a_file_of_a_newer_version_is_refused_as_one(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "newer.safetensors"
    path.write_bytes(sample.with_head({**sample.head, "format_version": 99}))
    with pytest.raises(RunNewer):
        autoenc.load(path)


# ---------------------------------------------------------------- a loop of one's own


def run_of(state: TrainState, data: Dataset, epochs: int) -> Run:
    """As docs/python.md has it, stopped after so many epochs."""
    run = checkpoints.new_run(state, data, PLAIN)
    for record in training.train(state, data, PLAIN):
        run = run.after(record)
        if isinstance(record, EpochRecord) and record.epoch == epochs:
            break
    return run


def test_a_run_that_a_loop_has_kept_is_that_of_a_job(sample: Sample, digits: Dataset) -> None:
    state = training.begin(PLAIN, digits, "cpu")
    path = checkpoints.write(run_of(state, digits, PLAIN.epochs), state)
    assert path == checkpoints.path_of(sample.run_id)
    run, model = autoenc.load(path)
    assert run.finished
    assert run.step_losses == pytest.approx(sample.run.step_losses)
    assert [preview.step for preview in run.previews] == [preview.step for preview in sample.run.previews]
    x = training.as_float(digits.test)
    assert torch.equal(model(x), state.model(x))
    assert [listed.run_id for listed in checkpoints.summaries()[0]] == [run.run_id]


def test_a_run_with_noise_begins_with_its_noisy_pictures(digits: Dataset) -> None:
    state = training.begin(NOISY_CONV, digits, "cpu")
    run = checkpoints.new_run(state, digits, NOISY_CONV)
    assert run.x.data == digits.test[:16].tobytes()
    assert run.x_noisy is not None
    assert run.x_noisy.shape == run.x.shape
    assert run.x_noisy.data != run.x.data
    assert [(preview.step, preview.epoch) for preview in run.previews] == [(0, 0)]


def test_a_run_that_was_stopped_early_goes_on_where_it_was(sample: Sample, digits: Dataset) -> None:
    state = training.begin(PLAIN, digits, "cpu")
    checkpoints.write(run_of(state, digits, 1), state)
    again = training.begin(PLAIN, digits, "cpu")
    before = checkpoints.restore(again, sample.run_id, PLAIN.epochs)
    run = checkpoints.new_run(again, digits, PLAIN, before=before)
    assert run.resumed_from_epoch == 1
    for record in training.train(again, digits, PLAIN):
        run = run.after(record)
    assert run.step_losses == pytest.approx(sample.run.step_losses)


def test_the_middle_of_an_epoch_is_not_written(digits: Dataset) -> None:
    state = training.begin(PLAIN, digits, "cpu")
    run = checkpoints.new_run(state, digits, PLAIN).after(next(iter(training.train(state, digits, PLAIN))))
    assert run.step_losses
    with pytest.raises(CheckpointError, match="is in the middle of an epoch"):
        checkpoints.write(run, state)
    assert not checkpoints.path_of(run.run_id).exists()


def test_a_run_that_has_come_further_is_not_replaced(sample: Sample, digits: Dataset) -> None:
    path = put(sample.run_id, sample.data)
    state = training.begin(PLAIN, digits, "cpu")
    run = run_of(state, digits, 1)
    with pytest.raises(CheckpointError, match="is already here, with 2 epochs; delete it"):
        checkpoints.write(run, state)
    assert path.read_bytes() == sample.data


def test_the_same_run_written_again_is_the_next_attempt(sample: Sample) -> None:
    for attempt in (1, 2):
        checkpoints.write(sample.run, sample.state)
        assert checkpoints.read(sample.run_id) == replace(sample.run, attempt=attempt)


def test_a_run_that_is_being_trained_is_not_written(sample: Sample) -> None:
    with checkpoints.write_lock(sample.run_id), pytest.raises(RunBusy):
        checkpoints.write(sample.run, sample.state)


# ---------------------------------------------------------------- images for a model


def test_a_model_is_given_the_same_of_an_array_as_of_a_tensor(digits: Dataset) -> None:
    x = training.as_float(digits.test[:3])
    assert torch.equal(x, training.as_float(torch.from_numpy(digits.test[:3])))
    assert torch.equal(x, torch.from_numpy(digits.test[:3] / np.float32(255)))


def test_images_that_are_floats_already_are_refused_and_left_alone() -> None:
    x = torch.full((1, 1, 2, 2), 0.5)
    with pytest.raises(ConfigError, match="allowed: uint8"):
        training.as_float(x)
    assert x.unique().tolist() == [0.5]


def test_pixels_are_rounded_and_what_is_no_number_is_black() -> None:
    x = torch.tensor([0.0, 0.499 / 255, 0.501 / 255, 1.0, 1.2, -1.0, float("nan"), 0.5]).view(1, 1, 2, 4)
    assert training.as_pixels(x).tolist() == [[[[0, 0, 1, 255], [255, 0, 0, 128]]]]
