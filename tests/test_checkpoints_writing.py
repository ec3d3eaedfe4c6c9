"""From a run to a file: one writer at a time, nothing half-written, nothing outside the folder."""

import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from autoenc import checkpoints, training
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, RunBusy, RunUnknown
from tests.runs import (
    PLAIN,
    UNWRITABLE,
    Sample,
    assert_same_state,
    files_no_larger_than,
    made,
    put,
    stored,
    trained,
)


@pytest.fixture(scope="module")
def sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(PLAIN, digits, tmp_path_factory)


# ---------------------------------------------------------------- writing


def test_a_second_writer_is_told_that_the_run_is_busy_until_the_first_has_ended() -> None:
    with checkpoints.write_lock("x"):
        assert checkpoints.is_being_written("x")
        with (
            pytest.raises(RunBusy, match="x is being trained by another process"),
            checkpoints.write_lock("x"),
        ):
            pass
        with checkpoints.write_lock("y"):
            pass
    assert not checkpoints.is_being_written("x")
    with checkpoints.write_lock("x"):
        pass


def test_a_writer_that_fails_gives_its_lock_back() -> None:
    with pytest.raises(ZeroDivisionError), checkpoints.write_lock("x"):
        raise ZeroDivisionError
    with checkpoints.write_lock("x"):
        pass


def test_whoever_asks_whether_a_run_is_being_written_never_stops_its_writer() -> None:
    with checkpoints.write_lock("x"):
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
            with checkpoints.write_lock("x"):
                pass
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_each_writer_counts_one_more_than_the_last_that_wrote(sample: Sample) -> None:
    with checkpoints.write_lock(sample.run_id) as attempt:
        assert attempt == 1
        checkpoints.save(sample.run, sample.state)
    with checkpoints.write_lock(sample.run_id) as attempt:
        assert attempt == 2
        checkpoints.save(replace(sample.run, attempt=7), sample.state)
    with checkpoints.write_lock(sample.run_id) as attempt:
        assert attempt == 8


def test_a_newer_attempt_is_not_overwritten(sample: Sample) -> None:
    newer = replace(sample.run, attempt=3)
    path = stored(newer, sample.state)
    data = path.read_bytes()
    with pytest.raises(CheckpointError, match="a newer attempt has taken over "):
        checkpoints.save(replace(sample.run, attempt=2), sample.state)
    assert path.read_bytes() == data
    checkpoints.save(newer, sample.state)


def test_a_broken_file_is_replaced(sample: Sample) -> None:
    put(sample.run_id, b"broken")
    stored(sample.run, sample.state)
    assert checkpoints.read(sample.run_id) == sample.run


def test_nothing_but_the_file_and_its_lock_stays_in_the_folder(
    sample: Sample, checkpoint_folder: Path
) -> None:
    stored(sample.run, sample.state)
    names = {path.name for path in checkpoint_folder.iterdir()}
    assert names == {f"{sample.run_id}.safetensors", f"{sample.run_id}.lock"}


def test_what_a_killed_writer_left_is_removed_by_the_next(sample: Sample, checkpoint_folder: Path) -> None:
    path = stored(sample.run, sample.state)
    for other in (f"{sample.run_id}.12345.tmp", "another-run.12345.tmp"):
        (checkpoint_folder / other).write_bytes(sample.data[:1000])
    with checkpoints.write_lock(sample.run_id):
        pass
    assert [p.name for p in checkpoint_folder.glob("*.tmp")] == ["another-run.12345.tmp"]
    assert path.read_bytes() == sample.data


@pytest.mark.parametrize("n_bytes", [0, 10_000])
def test_a_full_disk_is_told_and_leaves_the_older_file_and_nothing_else(
    n_bytes: int, sample: Sample, checkpoint_folder: Path
) -> None:
    path = stored(sample.run, sample.state)
    with files_no_larger_than(n_bytes), pytest.raises(CheckpointError) as caught:
        checkpoints.save(replace(sample.run, device="another"), sample.state)
    assert str(caught.value) == f"cannot write {path}: File too large; older runs are intact"
    assert path.read_bytes() == sample.data
    assert list(checkpoint_folder.glob("*.tmp")) == []


def test_a_file_in_the_place_of_the_folder_is_told(sample: Sample, checkpoint_folder: Path) -> None:
    """A stand-in for a folder that cannot be written, which the superuser does not know."""
    checkpoint_folder.write_bytes(b"a file")
    with pytest.raises(CheckpointError, match=r"cannot write to the checkpoint folder .*: "):
        stored(sample.run, sample.state)
    with pytest.raises(CheckpointError, match=r"cannot write .*: its folder is gone"):
        checkpoints.save(sample.run, sample.state)
    with pytest.raises(CheckpointError):
        checkpoints.read(sample.run_id)
    assert checkpoints.summaries() == ((), ())
    assert not checkpoints.is_being_written(sample.run_id)
    assert checkpoint_folder.read_bytes() == b"a file"


def test_a_folder_that_vanishes_in_mid_run_is_told(sample: Sample, checkpoint_folder: Path) -> None:
    path = stored(sample.run, sample.state)
    with checkpoints.write_lock(sample.run_id):
        shutil.rmtree(checkpoint_folder)
        with pytest.raises(CheckpointError) as caught:
            checkpoints.save(sample.run, sample.state)
    assert str(caught.value) == f"cannot write {path}: its folder is gone; restore it or train again"
    assert not checkpoint_folder.exists()


@pytest.mark.parametrize("run_id", ["x", "digits-mlp-k4-e2-00000000"])
def test_a_read_only_folder_is_told(run_id: str, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", UNWRITABLE)
    before = set(os.listdir(UNWRITABLE))
    with pytest.raises(CheckpointError, match=f"cannot write to the checkpoint folder {UNWRITABLE}: "):
        stored(replace(sample.run, run_id=run_id), sample.state)
    with pytest.raises(CheckpointError, match=r"cannot write .*/x\.safetensors: .*; older runs are intact"):
        checkpoints.save(replace(sample.run, run_id="x"), sample.state)
    assert not checkpoints.is_being_written(run_id)
    assert set(os.listdir(UNWRITABLE)) == before


def test_a_folder_in_which_nothing_is_ever_found_is_not_called_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    if not os.path.isdir("/proc/self"):
        pytest.skip("this system has no such folder")
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", "/proc")
    with pytest.raises(CheckpointError, match="cannot write to the checkpoint folder /proc: "):  # noqa: SIM117
        with checkpoints.write_lock("x"):
            pass


# ---------------------------------------------------------------- links planted in the folder


@pytest.mark.parametrize("ending", ["lock", "safetensors", "ours.tmp", "1.tmp"])
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
    link = checkpoint_folder / f"{sample.run_id}.{ending.replace('ours', str(os.getpid()))}"
    link.symlink_to(target)
    assert not checkpoints.is_being_written(sample.run_id)
    if ending == "lock":
        with pytest.raises(CheckpointError, match=r"\.lock is a symbolic link; delete it"):
            stored(sample.run, sample.state)
    checkpoints.save(sample.run, sample.state)
    if ending != "lock":
        stored(sample.run, sample.state)
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
    with checkpoints.write_lock(sample.run_id), pytest.raises(CheckpointError, match="older runs are intact"):
        checkpoints.save(sample.run, sample.state)
    (checkpoint_folder / f"{sample.run_id}.{os.getpid()}.tmp").rmdir()
    stored(sample.run, sample.state)


# ---------------------------------------------------------------- deleting


def test_a_deleted_run_is_gone_with_all_that_killed_writers_left_of_it(
    sample: Sample, checkpoint_folder: Path
) -> None:
    path = stored(sample.run, sample.state)
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
    stored(replace(sample.run, attempt=5), sample.state)
    checkpoints.delete(sample.run_id)
    with checkpoints.write_lock(sample.run_id) as attempt:
        assert attempt == 1
        checkpoints.save(sample.run, sample.state)
    assert checkpoints.read(sample.run_id) == sample.run


def test_a_run_that_is_being_trained_is_not_deleted(sample: Sample) -> None:
    path = stored(sample.run, sample.state)
    with (
        checkpoints.write_lock(sample.run_id),
        pytest.raises(RunBusy, match="is being trained by another process"),
    ):
        checkpoints.delete(sample.run_id)
    assert path.read_bytes() == sample.data
    checkpoints.delete(sample.run_id)


def test_a_lock_waited_for_while_its_run_is_deleted_still_excludes_everyone_else(sample: Sample) -> None:
    """Had the lock file been removed with the run, the one who waited would hold a file without a name."""
    stored(sample.run, sample.state)
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
    with pytest.raises(RunUnknown, match="there is no run x; `python -m autoenc runs list` lists all runs"):
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
        state = training.begin(long, digits, "cpu")
        run = checkpoints.restore(state, run_id, 1000)
        expected, theirs = versions[len(run.epochs) - 1]
        assert run == expected
        assert_same_state(state, theirs)
        n_reads += 1
    writer.join()
    assert n_reads > 0
