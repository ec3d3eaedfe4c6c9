"""What leaves for other programs: they read back the very numbers and pixels; nothing of theirs is lost."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from autoenc import checkpoints, export
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, RunUnknown
from autoenc.schema import EpochRecord, Images, StepRecord
from tests.runs import (
    NOISY_CONV,
    PLAIN,
    UNWRITABLE,
    Sample,
    files_no_larger_than,
    made,
    put,
    stored,
    trained,
)

FILES = {"history.csv", "reconstructions.png", "run.json", "steps.csv"}


@pytest.fixture(scope="module")
def sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(PLAIN, digits, tmp_path_factory)


@pytest.fixture(scope="module")
def noisy_sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(NOISY_CONV, digits, tmp_path_factory)


@pytest.fixture
def out(tmp_path: Path, sample: Sample) -> Iterator[Path]:
    """A folder for exports, and a run that can be exported; nothing temporary may stay in it."""
    put(sample.run_id, sample.data)
    folder = tmp_path / "some" / "exports"
    yield folder
    assert not folder.is_dir() or [path.name for path in folder.iterdir() if path.name[0] == "."] == []


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


# ---------------------------------------------------------------- tables


def test_a_line_an_epoch_gives_back_the_very_numbers(sample: Sample) -> None:
    text = export.history_csv(sample.run)
    first, *_ = text.split("\r\n")
    assert first == "epoch,train_loss,test_loss,test_psnr_db,seconds,test_seconds,threads,beside,stood_still"
    assert text.endswith("\r\n")
    table = rows(text)
    assert [int(row["epoch"]) for row in table] == [1, 2]
    for row, epoch in zip(table, sample.run.epochs, strict=True):
        assert (float(row["train_loss"]), float(row["test_loss"])) == (epoch.train_loss, epoch.test_loss)
        assert (float(row["seconds"]), float(row["test_seconds"])) == (epoch.seconds, epoch.test_seconds)
        assert int(row["threads"]) == epoch.threads
        assert 10 ** (-float(row["test_psnr_db"]) / 10) == pytest.approx(epoch.test_loss)


def test_a_line_a_step_tells_its_epoch(sample: Sample) -> None:
    """300 images in batches of 128 are three steps an epoch."""
    table = rows(export.steps_csv(sample.run))
    assert [int(row["step"]) for row in table] == [1, 2, 3, 4, 5, 6]
    assert [int(row["epoch"]) for row in table] == [1, 1, 1, 2, 2, 2]
    assert [float(row["train_loss"]) for row in table] == list(sample.run.step_losses)


def test_before_the_first_epoch_tables_have_their_heads_alone(sample: Sample) -> None:
    empty = replace(sample.run, epochs=(), step_losses=())
    assert export.history_csv(empty).count("\r\n") == export.steps_csv(empty).count("\r\n") == 1


def test_no_error_at_all_is_an_infinite_psnr_that_other_programs_can_read(sample: Sample) -> None:
    perfect = replace(sample.run, epochs=(replace(sample.run.epochs[0], test_loss=0.0),))
    assert float(rows(export.history_csv(perfect))[0]["test_psnr_db"]) == np.inf


# ---------------------------------------------------------------- pictures


def pixels(images: Images) -> np.ndarray:
    return np.frombuffer(images.data, np.uint8).reshape(images.shape)


@pytest.mark.parametrize("kind", ["sample", "noisy_sample"])
def test_every_pixel_of_a_reconstruction_is_a_square_below_its_original(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """28 x 28 pixels become 112 x 112, with 4 of white on the right and below."""
    sample: Sample = request.getfixturevalue(kind)
    run = sample.run
    picture = export.reconstructions(run)
    stored = [images for images in (run.x, run.x_noisy, run.previews[-1].x_hat) if images is not None]
    assert len(stored) == (2 if kind == "sample" else 3)
    assert picture.shape == (116 * len(stored), 116 * 16, 3)
    for row, images in enumerate(stored):
        for column, image in enumerate(pixels(images)):
            square = picture[116 * row :, 116 * column :][:116, :116]
            assert (square[112:] == 255).all()
            assert (square[:, 112:] == 255).all()
            expected = np.kron(image[0], np.ones((4, 4), np.uint8))
            assert (square[:112, :112] == expected[..., None]).all()


def test_three_channels_are_colours_and_others_stand_one_under_the_other(sample: Sample) -> None:
    draws = np.random.default_rng(0)
    for c, shape in ((3, (2 * 116, 16 * 116, 3)), (2, (2 * 116, 16 * 60, 3))):
        x = draws.integers(0, 256, (16, c, 28, 28), np.uint8)
        images = Images(x.shape, x.tobytes())
        preview = replace(sample.run.previews[0], x_hat=images)
        picture = export.reconstructions(replace(sample.run, x=images, previews=(preview,)))
        assert picture.shape == shape
        if c == 3:
            assert (picture[0, 0] == x[0, :, 0, 0]).all()
        else:  # 56 x 28 pixels, twice as large
            assert (picture[0, 0] == x[0, 0, 0, 0]).all()
            assert (picture[56, 0] == x[0, 1, 0, 0]).all()


# ---------------------------------------------------------------- TensorBoard


@pytest.mark.parametrize("kind", ["sample", "noisy_sample"])
def test_tensorboard_reads_back_the_very_losses_and_pictures(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sample: Sample = request.getfixturevalue(kind)
    run, n = sample.run, sample.run.steps_per_epoch
    export.write_tensorboard(run, tmp_path / "new" / "events")
    events = EventAccumulator(
        str(tmp_path / "new" / "events"), {"scalars": 0, "images": 0, "tensors": 0}
    ).Reload()
    steps = events.Scalars("loss/train")
    assert [event.step for event in steps] == list(range(1, n * len(run.epochs) + 1))
    assert [event.value for event in steps] == list(run.step_losses)
    for name, expected in (
        ("loss/train_epoch", [e.train_loss for e in run.epochs]),
        ("loss/test", [e.test_loss for e in run.epochs]),
        ("psnr_db/test", [-10 * np.log10(e.test_loss) for e in run.epochs]),
        ("time/train_seconds", [e.seconds for e in run.epochs]),
        ("time/test_seconds", [e.test_seconds for e in run.epochs]),
    ):
        scalars = events.Scalars(name)
        assert [event.step for event in scalars] == [n * epoch for epoch in range(1, len(run.epochs) + 1)]
        assert [event.value for event in scalars] == [float(np.float32(value)) for value in expected]

    pictures = events.Images("reconstructions")
    assert [event.step for event in pictures] == [preview.step for preview in run.previews]
    assert {1, 2, n, n * len(run.epochs)} < {event.step for event in pictures}
    assert [event.wall_time for event in pictures] == sorted(event.wall_time for event in pictures)
    for i, event in enumerate(pictures):
        with Image.open(io.BytesIO(event.encoded_image_string)) as picture:
            assert (np.asarray(picture) == export.reconstructions(run, i)).all()


def test_tensorboard_is_told_the_config_and_when_each_epoch_ended(sample: Sample, tmp_path: Path) -> None:
    run = sample.run
    export.write_tensorboard(run, tmp_path)
    events = EventAccumulator(str(tmp_path), {"scalars": 0, "tensors": 0}).Reload()
    text = events.Tensors("config/text_summary")[0].tensor_proto.string_val[0].decode()
    exported = json.loads(text)
    assert exported["config"] == run.config.to_json()
    assert exported["run_id"] == run.run_id
    assert "_hparams_/session_start_info" in events.PluginTagToContent("hparams")
    first, last = (event.wall_time for event in events.Scalars("loss/test"))
    assert last - first == pytest.approx(run.epochs[1].seconds + run.epochs[1].test_seconds, abs=1e-3)


# ---------------------------------------------------------------- the folder


def test_an_export_holds_the_file_and_all_that_was_promised(out: Path, sample: Sample) -> None:
    files = export.export(sample.run_id, out)
    folder = out / sample.run_id
    assert set(files) == {folder / name for name in FILES | {f"{sample.run_id}.safetensors"}}
    assert set(files) == {path for path in out.rglob("*") if path.is_file()}
    assert (folder / f"{sample.run_id}.safetensors").read_bytes() == sample.data
    assert (folder / "history.csv").read_bytes().decode() == export.history_csv(sample.run)
    assert (folder / "steps.csv").read_bytes().decode() == export.steps_csv(sample.run)
    assert json.loads((folder / "run.json").read_bytes()) == export.run_as_json(sample.run)
    with Image.open(folder / "reconstructions.png") as picture:
        assert (np.asarray(picture) == export.reconstructions(sample.run)).all()


def test_what_was_exported_can_be_imported_elsewhere(
    out: Path, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export.export(sample.run_id, out)
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path / "another machine"))
    assert checkpoints.import_file(out / sample.run_id / f"{sample.run_id}.safetensors") == sample.run_id
    assert checkpoints.read(sample.run_id) == sample.run


def test_an_export_of_the_same_run_is_brought_up_to_date_with_its_events(out: Path, digits: Dataset) -> None:
    long = replace(PLAIN, epochs=3)
    run, state = trained(long, digits, 1)
    stored(run, state)
    export.export(run.run_id, out, tensorboard=True)
    (out / run.run_id / "my notes.txt").write_text("mine")
    further, state = trained(long, digits, 2)
    stored(further, state)
    files = export.export(run.run_id, out)
    assert len(rows((out / run.run_id / "history.csv").read_text())) == 2
    assert (out / run.run_id / "my notes.txt").read_text() == "mine"
    (events,) = (out / run.run_id / "events").iterdir()
    assert events in files
    assert len(EventAccumulator(str(events.parent)).Reload().Scalars("loss/test")) == 2


@pytest.mark.parametrize(
    "about", [None, b"{}", b"[]", b"nonsense", b"[" * 100_000, b'{"run_id": "another"}'], ids=range(6)
)
def test_a_folder_that_holds_something_else_is_left_alone(
    about: bytes | None, out: Path, sample: Sample
) -> None:
    folder = out / sample.run_id
    folder.mkdir(parents=True)
    (folder / "history.csv").write_text("mine")
    if about is not None:
        (folder / "run.json").write_bytes(about)
    with pytest.raises(CheckpointError, match="is not empty and holds no earlier export of this run; choose"):
        export.export(sample.run_id, out)
    assert (folder / "history.csv").read_text() == "mine"
    assert len(list(folder.iterdir())) == (1 if about is None else 2)


def test_an_empty_folder_is_used(out: Path, sample: Sample) -> None:
    (out / sample.run_id).mkdir(parents=True)
    assert len(export.export(sample.run_id, out)) == 5


def test_a_run_that_is_not_there_or_damaged_makes_nothing(out: Path, sample: Sample) -> None:
    with pytest.raises(RunUnknown, match="there is no run"):
        export.export("digits-x", out)
    with pytest.raises(RunUnknown, match="is not the name of a run"):
        export.export("../x", out)
    put(sample.run_id, sample.data[:-1])
    with pytest.raises(CheckpointError, match="is not a run that can be read"):
        export.export(sample.run_id, out)
    assert not out.exists()


@pytest.mark.parametrize("tensorboard", [False, True])
@pytest.mark.parametrize("n_bytes", [0, 1000, 10_000])
def test_a_full_disk_is_told_and_the_earlier_export_stays_as_it_was(
    n_bytes: int, tensorboard: bool, out: Path, sample: Sample
) -> None:
    export.export(sample.run_id, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with (
        files_no_larger_than(n_bytes),
        pytest.raises(CheckpointError, match=r"cannot write to .*: File too large"),
    ):
        export.export(sample.run_id, out, tensorboard=tensorboard)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_events_on_a_full_disk_are_told_and_nobody_waits_for_them(tmp_path: Path, sample: Sample) -> None:
    run = sample.run
    for epoch in range(3, 40):
        run = run.after(StepRecord(epoch, (0.5,) * 3)).after(EpochRecord(epoch, 0.5, 0.5, 1.0, 1.0, 1, run.x))
    with files_no_larger_than(20_000), pytest.raises(CheckpointError, match="File too large"):
        export.write_tensorboard(run, tmp_path / "events")


def test_a_folder_that_cannot_be_made_is_told(out: Path, tmp_path: Path, sample: Sample) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (Path(UNWRITABLE), tmp_path / "file"):
        with pytest.raises(CheckpointError, match=f"cannot write to {folder}"):
            export.export(sample.run_id, folder)
        with pytest.raises(CheckpointError, match=f"cannot write to {folder}"):
            export.write_tensorboard(sample.run, folder / "events")
    out.mkdir(parents=True)
    (out / sample.run_id).write_text("mine")
    with pytest.raises(CheckpointError, match="cannot write to"):
        export.export(sample.run_id, out)
    assert (out / sample.run_id).read_text() == "mine"
