"""Jobs: what is done is kept and never done twice, whatever ended it, and what is broken stops nothing."""

import json
import math
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import torch

from autoenc import checkpoints, cli, datasets, training
from autoenc.captions.remarks import remarks
from autoenc.errors import ConfigError, DatasetMissing, RunBusy, TrainingDiverged
from autoenc.jobs import DownloadJob, TrainJob, stored_run
from autoenc.jobs import training as training_job
from autoenc.schema import Download, EpochRecord, Noise, Record, Run, State, TrainConfig

ROOT = Path(__file__).parents[1]
QUICK = TrainConfig(dataset="digits", latent_size=4, epochs=3, batch_size=64, train_images=300)
NOISY = replace(QUICK, noise=Noise("gaussian", 0.3))


def job_of(config: TrainConfig) -> TrainJob:
    return TrainJob(config, "cpu")


def followed(records: Iterator[Record], epochs: int | None = None) -> tuple[Run, Run]:
    """The run as the job began it, and after this many epochs or at its end, where the job is stopped."""
    first = run = next(records)
    assert isinstance(run, Run)
    assert isinstance(first, Run)
    for record in records:
        run = run.after(record)
        if isinstance(record, EpochRecord) and record.epoch == epochs:
            break
    records.close()  # type: ignore[attr-defined]
    return first, run


def done(config: TrainConfig, epochs: int | None = None) -> Run:
    return followed(job_of(config).run(), epochs)[1]


@pytest.fixture
def in_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[TrainConfig], Run]:
    """Train in another folder, where there is nothing to continue."""

    def train(config: TrainConfig) -> Run:
        with monkeypatch.context() as patch:
            patch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path / "elsewhere"))
            run = done(config)
        assert run.resumed_from_epoch == 0
        return run

    return train


def weights_on_disk(run: Run) -> dict[str, torch.Tensor]:
    tensors = safetensors.torch.load_file(checkpoints.path_of(run.run_id))
    return {name: t for name, t in tensors.items() if name.startswith(("model.", "optimizer."))}


def assert_same_result(one: Run, other: Run) -> None:
    """Bit for bit: losses, pictures, weights, optimiser."""
    assert one.step_losses == other.step_losses
    for name in ("train_loss", "test_loss"):
        assert [getattr(e, name) for e in one.epochs] == [getattr(e, name) for e in other.epochs]
    assert one.previews == other.previews


# ---------------------------------------------------------------- a job from beginning to end


def test_a_training_job_begins_with_its_run_and_ends_with_its_file() -> None:
    first, run = followed(job_of(NOISY).run())
    assert (first.epochs, first.step_losses, first.resumed_from_epoch, first.attempt) == ((), (), 0, 1)
    assert [preview.epoch for preview in first.previews] == [0]
    assert first.run_id == job_of(NOISY).job_id == NOISY.run_id(datasets.load("digits").fingerprint)
    assert run.finished
    assert len(run.step_losses) == 3 * 5  # 300 images are 4 batches of 64 and one of 44
    assert checkpoints.read(run.run_id) == run
    assert not checkpoints.is_being_written(run.run_id)


def test_the_preview_shows_test_images_clean_and_as_the_model_gets_them() -> None:
    data = datasets.load("digits")
    run = done(replace(NOISY, epochs=1))
    assert run.x.data == data.test[:16].tobytes()
    assert run.x_noisy is not None
    assert run.x_noisy.data != run.x.data
    assert done(replace(QUICK, epochs=1)).x_noisy is None


def test_a_finished_job_is_answered_from_its_file_without_training() -> None:
    run = done(QUICK)
    path = checkpoints.path_of(run.run_id)
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert list(job_of(QUICK).run()) == [run]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_finished_job_is_answered_while_somebody_holds_its_lock() -> None:
    run = done(QUICK)
    with checkpoints.write_lock(run.run_id):
        assert list(job_of(QUICK).run()) == [run]


def test_a_job_that_runs_elsewhere_is_busy() -> None:
    with checkpoints.write_lock(job_of(QUICK).job_id), pytest.raises(RunBusy):
        next(job_of(QUICK).run())


def test_wrong_settings_and_missing_data_are_told_before_anything_is_written(
    tmp_path: Path, checkpoint_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match="batch size is 301"):
        next(job_of(replace(QUICK, batch_size=301)).run())
    with pytest.raises(ConfigError, match="unknown dataset 'minst'; known: mnist, "):
        next(job_of(replace(QUICK, dataset="minst")).run())
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path / "nothing"))
    with pytest.raises(DatasetMissing):
        next(job_of(replace(QUICK, dataset="kmnist")).run())
    assert not checkpoint_folder.exists()


def test_equal_jobs_are_equal_small_and_cross_to_another_process() -> None:
    job = job_of(NOISY)
    assert {job: 1}[job_of(NOISY)] == 1
    assert len(pickle.dumps(job)) < 1000
    assert pickle.loads(pickle.dumps(job)) == job  # noqa: S301  our own


def test_a_job_uses_one_core_for_a_small_linear_model_its_share_for_others_and_none_to_download() -> None:
    assert job_of(QUICK).threads(4) == 1
    assert job_of(replace(QUICK, model="conv")).threads(4) == 4
    assert DownloadJob("digits").threads(4) == 0


# ---------------------------------------------------------------- longer, stopped, continued


@pytest.mark.parametrize("config", [QUICK, NOISY, replace(QUICK, model="conv")], ids=["mlp", "noise", "conv"])
def test_three_epochs_continued_to_six_are_six_in_one_go_bit_for_bit(
    config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    six = replace(config, epochs=6)
    short = done(config)
    first, continued = followed(job_of(six).run())
    state = weights_on_disk(continued)
    assert first.resumed_from_epoch == continued.resumed_from_epoch == 3
    assert (first.epochs, first.step_losses) == (short.epochs, short.step_losses)

    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path / "other"))
    at_once = done(six)
    assert at_once.resumed_from_epoch == 0
    assert_same_result(continued, at_once)
    for name, tensor in weights_on_disk(at_once).items():
        assert torch.equal(tensor, state[name]), name


def test_training_longer_keeps_both_files() -> None:
    short = done(QUICK)
    data = checkpoints.path_of(short.run_id).read_bytes()
    long = done(replace(QUICK, epochs=5))
    assert checkpoints.path_of(short.run_id).read_bytes() == data
    assert {run.run_id for run in checkpoints.summaries()[0]} == {short.run_id, long.run_id}
    assert long.run_id.rpartition("-")[2] == short.run_id.rpartition("-")[2]


def of_version_0_1(run: Run) -> None:
    """Its file, without what that version did not write."""
    path = checkpoints.path_of(run.run_id)
    with safetensors.safe_open(path, "pt") as file:
        head = json.loads(file.metadata()["autoenc"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    del head["earlier_tests"], head["beside"], head["train_loss"], tensors["history.beside"]
    safetensors.torch.save_file(tensors, path, {"autoenc": json.dumps(head)})


RANGE = replace(QUICK, noise=Noise("gaussian", 0.5, up_to=True))


def test_a_run_of_version_0_1_with_noise_over_a_range_says_that_its_test_noise_was_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = done(RANGE)
    assert remarks(run) == ()
    of_version_0_1(run)
    old = checkpoints.read(run.run_id)
    assert [e.test_loss for e in old.epochs] == [e.test_loss for e in run.epochs], "old numbers stay"
    assert cli.main(["runs", "show", run.run_id]) == 0
    sentence = "Measured on noisy test images that an earlier version made only for this model"
    assert sentence in capsys.readouterr().out
    (summary,) = checkpoints.summaries()[0]
    assert summary.earlier_tests == 3
    same = checkpoints.path_of(run.run_id).rename(checkpoints.path_of("x"))
    assert checkpoints.import_file(same) == run.run_id


def test_a_run_that_continues_one_of_version_0_1_says_which_epochs_were_tested_otherwise() -> None:
    of_version_0_1(done(RANGE))
    longer = done(replace(RANGE, epochs=5))
    assert longer.resumed_from_epoch == 3
    (sentence,) = remarks(checkpoints.read(longer.run_id))
    assert sentence.startswith("Epochs 1 to 3 were tested on noisy test images that an earlier version made")
    (sentence,) = remarks(replace(longer, earlier_tests=1))
    assert sentence.startswith("Epoch 1 was tested")
    again = done(replace(RANGE, epochs=6))
    assert (again.resumed_from_epoch, again.earlier_tests) == (5, 3)


@pytest.mark.parametrize("config", [QUICK, NOISY], ids=["no noise", "one level"])
def test_a_run_of_version_0_1_whose_test_images_were_those_of_today_says_nothing(config: TrainConfig) -> None:
    run = done(config)
    of_version_0_1(run)
    assert remarks(checkpoints.read(run.run_id)) == ()


def test_another_seed_begins_anew() -> None:
    done(QUICK)
    assert followed(job_of(replace(QUICK, seed=1)).run())[0].resumed_from_epoch == 0


@pytest.fixture
def records_of_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no file before the end: as if all epochs were shorter than the time between two files."""
    monkeypatch.setattr(training, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(training_job, "SAVE_SECONDS", math.inf)


@pytest.mark.usefixtures("records_of_every_step")
def test_epochs_that_were_finished_before_a_stop_are_kept_however_short_they_were(
    in_one_go: Callable[[TrainConfig], Run],
) -> None:
    long = replace(QUICK, epochs=1000)
    stopped = done(long, epochs=4)
    snapshot = stored_run(stopped.run_id)
    assert snapshot is not None
    assert snapshot.state is State.INTERRUPTED
    assert snapshot.message == "4 of 1,000 epochs done; train again to continue"
    assert snapshot.run == stopped
    first, run = followed(job_of(long).run(), epochs=6)
    assert (first.resumed_from_epoch, first.attempt) == (4, 2)
    assert [preview.step for preview in run.previews] == [0, 1, 2, 5, 10, 15, 20, 25, 30]
    assert [preview.epoch for preview in run.previews] == [0, None, None, 1, 2, 3, 4, 5, 6]
    assert_same_result(run, in_one_go(replace(QUICK, epochs=6)))


@pytest.mark.usefixtures("records_of_every_step")
def test_a_stop_in_the_middle_of_an_epoch_keeps_the_epochs_before_it(
    in_one_go: Callable[[TrainConfig], Run],
) -> None:
    long = replace(QUICK, epochs=1000)
    records = job_of(long).run()
    run = next(records)
    assert isinstance(run, Run)
    for record in records:
        run = run.after(record)
        if len(run.step_losses) == 5 + 2:  # the second epoch has changed the weights
            break
    records.close()  # type: ignore[attr-defined]
    on_disk = checkpoints.read(run.run_id)
    assert on_disk.epochs == run.epochs
    assert on_disk.step_losses == run.step_losses[:5]
    assert on_disk.previews == run.previews[: len(on_disk.previews)]
    assert on_disk.previews[-1].step == 5
    first, again = followed(job_of(long).run(), epochs=2)
    assert first == replace(on_disk, attempt=2, resumed_from_epoch=1)
    assert_same_result(again, in_one_go(replace(QUICK, epochs=2)))


def test_a_job_stopped_before_its_first_epoch_leaves_no_run_and_no_lock() -> None:
    records = job_of(QUICK).run()
    next(records)
    assert checkpoints.is_being_written(job_of(QUICK).job_id)
    records.close()  # type: ignore[attr-defined]
    assert stored_run(job_of(QUICK).job_id) is None
    assert not checkpoints.is_being_written(job_of(QUICK).job_id)


def test_fewer_epochs_than_an_interrupted_run_has_reached_need_no_training() -> None:
    reached = done(replace(QUICK, epochs=1000), epochs=3)
    (only,) = job_of(QUICK).run()
    assert isinstance(only, Run)
    assert only.finished
    assert only.resumed_from_epoch == 3
    assert_same_result(only, reached)
    assert checkpoints.read(only.run_id) == only


def test_a_run_beyond_what_is_wanted_is_not_continued() -> None:
    five = done(replace(QUICK, epochs=5))
    first, three = followed(job_of(QUICK).run())
    assert first.resumed_from_epoch == 0
    assert three.step_losses == five.step_losses[: 3 * 5]


def test_a_stored_run_is_running_while_its_lock_is_held() -> None:
    run = done(replace(QUICK, epochs=1000), epochs=2)
    with checkpoints.write_lock(run.run_id):
        snapshot = stored_run(run.run_id)
    assert snapshot is not None
    assert snapshot.state is State.RUNNING
    assert snapshot.message == "another process is training it; 2 of 1,000 epochs done"


# ---------------------------------------------------------------- killed

KILLED = replace(QUICK, epochs=1000, noise=Noise("gaussian", 0.2))
CHILD = """
import json, sys, torch
from autoenc.jobs import TrainJob
from autoenc.schema import EpochRecord, TrainConfig
job = TrainJob(TrainConfig.from_json(json.loads(sys.argv[1])), "cpu")
torch.set_num_threads(int(sys.argv[2]))
print(job.job_id, flush=True)
for record in job.run():
    if isinstance(record, EpochRecord):
        print(record.epoch, flush=True)
"""


def test_a_killed_training_frees_its_lock_and_continues_with_neither_gap_nor_repetition() -> None:
    command = [sys.executable, "-c", CHILD, json.dumps(KILLED.to_json()), str(torch.get_num_threads())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        run_id = child.stdout.readline().strip()
        assert run_id == job_of(KILLED).job_id
        path = checkpoints.path_of(run_id)
        while not path.exists():  # a line an epoch, a file a second
            assert child.stdout.readline(), "the training ended by itself"
        for _ in range(5):
            child.stdout.readline()

        assert checkpoints.is_being_written(run_id)
        with pytest.raises(RunBusy):
            next(job_of(KILLED).run())
        snapshot = stored_run(run_id)
        assert snapshot is not None
        assert snapshot.state is State.RUNNING
        child.kill()

    assert not checkpoints.is_being_written(run_id)
    snapshot = stored_run(run_id)
    assert snapshot is not None
    assert snapshot.state is State.INTERRUPTED
    stored = checkpoints.read(run_id)
    n = len(stored.epochs)
    assert n >= 1
    first, run = followed(job_of(KILLED).run(), epochs=n + 2)
    assert first.resumed_from_epoch == n
    assert run.epochs[:n] == stored.epochs
    assert len(run.epochs) == n + 2
    assert len(run.step_losses) == (n + 2) * 5

    data = datasets.load("digits")
    config = replace(KILLED, epochs=n + 2)
    records = list(training.train(training.begin(config, data, "cpu"), data, config))
    assert [e.test_loss for e in run.epochs] == [r.test_loss for r in records if isinstance(r, EpochRecord)]


# ---------------------------------------------------------------- broken files


Spoil = Callable[[bytes], bytes]


def broken(data: bytes) -> bytes:
    return b"garbage"


def cut(data: bytes) -> bytes:
    return data[:-1]


def poisoned(data: bytes, value: float = float("nan")) -> bytes:
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    tensors = safetensors.torch.load(data)
    tensors["model.encoder.1.weight"].fill_(value)
    return safetensors.torch.save(tensors, header["__metadata__"])


@pytest.mark.parametrize("spoil", [broken, cut, poisoned])
def test_a_broken_file_of_the_same_name_does_not_stop_a_new_run(spoil: Spoil) -> None:
    long = replace(QUICK, epochs=1000)
    path = checkpoints.path_of(done(long, epochs=2).run_id)
    path.write_bytes(spoil(path.read_bytes()))
    first, run = followed(job_of(long).run(), epochs=3)
    assert first.resumed_from_epoch == 0
    assert checkpoints.read(run.run_id) == run
    assert len(run.epochs) == 3


def test_a_broken_file_is_no_stored_result() -> None:
    path = checkpoints.path_of(done(QUICK).run_id)
    path.write_bytes(b"garbage")
    assert job_of(QUICK).stored() is None
    assert done(QUICK).finished
    assert job_of(QUICK).stored() is not None


@pytest.mark.parametrize("spoil", [broken, cut, poisoned])
def test_the_next_best_run_is_continued_where_the_furthest_is_broken(spoil: Spoil) -> None:
    done(QUICK)
    path = checkpoints.path_of(done(replace(QUICK, epochs=5)).run_id)
    path.write_bytes(spoil(path.read_bytes()))
    first, run = followed(job_of(replace(QUICK, epochs=6)).run())
    assert first.resumed_from_epoch == 3
    assert run.finished


def test_a_run_that_diverges_leaves_the_file_as_it_was() -> None:
    long = replace(QUICK, epochs=1000)
    path = checkpoints.path_of(done(long, epochs=2).run_id)
    huge = poisoned(path.read_bytes(), 3e38)  # a number, but not for long
    path.write_bytes(huge)
    with pytest.raises(TrainingDiverged, match="the loss became nan in epoch 3, step 1"):
        done(long)
    assert path.read_bytes() == huge
    assert not checkpoints.is_being_written(path.stem)


# ---------------------------------------------------------------- downloads


def test_the_embedded_digits_need_no_download() -> None:
    job = DownloadJob("digits")
    assert job.job_id == "download-digits"
    snapshot = job.stored()
    assert snapshot is not None
    assert snapshot.state is State.FINISHED
    (record,) = job.run()
    assert isinstance(record, Download)
    assert record.done == 1


def test_a_data_set_that_is_not_here_has_nothing_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(tmp_path))
    assert DownloadJob("kmnist").stored() is None
