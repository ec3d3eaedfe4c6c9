"""A run for other programs: tables, pictures, TensorBoard's events, and its file as it is."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import Any

import numpy as np
from PIL import Image
from tensorboardX import summary  # type: ignore[import-untyped]
from tensorboardX.event_file_writer import EventsWriter  # type: ignore[import-untyped]
from tensorboardX.proto.event_pb2 import Event  # type: ignore[import-untyped]

from autoenc import checkpoints
from autoenc.captions.remarks import remarks
from autoenc.errors import CheckpointError
from autoenc.schema import Epoch, Images, Run, psnr_of_mse
from autoenc.schema.written import written_name

EVENTS_FOLDER = "events"  # the folder that TensorBoard is given
ABOUT_FILE = "run.json"  # by which an earlier export is known
EXPORT_SIDE = 112  # screen pixels of a picture, about
KL_FIELDS = ("train_kl", "test_kl", "n_active")  # of an epoch: what only models with a prior have
EXPORT_GAP = 4  # between two pictures


def export(run_id: str, out: Path, *, tensorboard: bool = False) -> tuple[Path, ...]:
    """Write the folder `out`/`run_id`: the run's file, tables, figures, reconstructions, events if wanted.

    All is written beside the folder first, from one state of the run, and then moved. An earlier export of
    the same run is brought up to date, its events too.

    Returns:
        the files.
    Raises:
        RunUnknown, RunNewer: as `checkpoints.read`.
        CheckpointError: the run's file is damaged, the folder holds something else, or the disk refuses.
    """
    checkpoints.read(run_id)  # refused before anything is made
    target = out / run_id
    with _readable_disk_errors(target):
        _check_free(target, run_id)
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{run_id}.", dir=out, ignore_cleanup_errors=True) as name:
            fresh = Path(name)
            _write(run_id, fresh, tensorboard or (target / EVENTS_FOLDER).is_dir())
            return tuple(_moved(fresh, target))


def history_csv(run: Run) -> str:
    """A line an epoch, as RFC 4180 has it; numbers come back exactly."""
    names = [field.name for field in fields(Epoch)]
    rows = (
        {"epoch": i, "test_psnr_db": psnr_of_mse(e.test_loss), **dict(zip(names, astuple(e), strict=True))}
        for i, e in enumerate(run.epochs, 1)
    )
    absent = set(() if run.config.kind.has_prior else KL_FIELDS)
    absent |= set() if run.config.rate_weight else {"test_bits"}
    columns = [name for name in names if name not in absent]
    head = ("epoch", *columns[:2], "test_psnr_db", *columns[2:])
    return _csv(map(written_name, head), ([row[name] for name in head] for row in rows))


def steps_csv(run: Run) -> str:
    """A line a step, as RFC 4180 has it; numbers come back exactly."""
    rows = ((step, _epoch_of(run, step), loss) for step, loss in enumerate(run.step_losses, 1))
    return _csv(("step", "epoch", "train_loss"), rows)


def run_as_json(run: Run) -> dict[str, Any]:
    """What `train --json` and `runs show --json` print; losses and times have one value an epoch."""
    psnr_db, has_prior = run.test_psnr_db, run.config.kind.has_prior
    return {
        "run_id": run.run_id,
        "config": run.config.to_json(),
        "train_loss": [e.train_loss for e in run.epochs],
        "test_loss": [e.test_loss for e in run.epochs],
        "test_mse": run.test_mse,
        "test_psnr_db": psnr_db if psnr_db is not None and math.isfinite(psnr_db) else None,
        "test_bits": [e.test_bits for e in run.epochs] if run.config.rate_weight else None,
        **({name: [getattr(e, name) for e in run.epochs] for name in KL_FIELDS} if has_prior else {}),
        "epoch_seconds": [e.seconds for e in run.epochs],
        "seconds": run.seconds,
        "images_per_second": run.images_per_second,
        "n_parameters": run.model.n_parameters,
        "n_latents": run.model.n_latents,
        "device": run.device,
        "threads": run.epochs[-1].threads if run.epochs else None,
        "beside": run.concurrent_jobs,
        "checkpoint": str(checkpoints.find(run.run_id)),
        "resumed_from_epoch": run.resumed_from_epoch,
        "stood_still_seconds": [e.stood_still for e in run.epochs],
        "remarks": list(remarks(run)),
    }


def reconstructions(run: Run, preview: int = -1) -> np.ndarray:
    """What the model is given above what it gave back: (H, W, 3) uint8, enlarged pixel by pixel.

    With noise there are three rows: clean, noisy, reconstructed.
    """
    return np.concatenate([picture_row(x) for x in picture_rows(run, run.previews[preview].x_hat)])


def picture_rows(run: Run, x_hat: Images) -> list[np.ndarray]:
    """The preview images clean, noisy if there is noise, and as they came back: each uint8 (B, C, H, W)."""
    rows = (images for images in (run.x, run.x_noisy, x_hat) if images is not None)
    return [np.frombuffer(images.data, np.uint8).reshape(images.shape) for images in rows]


def picture_row(x: np.ndarray) -> np.ndarray:
    """Pictures beside each other, enlarged pixel by pixel; channels that are no colours one under the other.

    Args:
        x: uint8 (B, C, H, W).
    Returns:
        (height, width, 3); EXPORT_GAP of white on the right of each picture and below it.
    """
    b, c, h, w = x.shape
    if c != 3:
        x = x.reshape(b, 1, c * h, w).repeat(3, axis=1)
    scale = max(1, EXPORT_SIDE // max(x.shape[2:]))
    x = x.repeat(scale, axis=2).repeat(scale, axis=3)
    x = np.pad(x, ((0, 0), (0, 0), (0, EXPORT_GAP), (0, EXPORT_GAP)), constant_values=255)
    return x.transpose(2, 0, 3, 1).reshape(x.shape[2], -1, 3)  # (B, 3, H, W) -> (H, B * W, 3)


def write_tensorboard(run: Run, folder: Path) -> None:
    """Write a folder of events for TensorBoard: losses, PSNR and times by step, reconstructions, the config.

    Raises:
        CheckpointError: the disk refuses.
    """
    with _readable_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write_events(run, folder)


# ---------------------------------------------------------------- files


@contextmanager
def _readable_disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CheckpointError(f"cannot write to {folder}: {error.strerror or error}") from None


def _check_free(target: Path, run_id: str) -> None:
    """That nothing of anybody else's is in the folder."""
    if not target.exists() or not any(target.iterdir()):
        return
    try:
        about = json.loads((target / ABOUT_FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        about = None
    if not isinstance(about, dict) or about.get("run_id") != run_id:
        raise CheckpointError(
            f"{target} is not empty and holds no earlier export of this run; choose another folder"
        )


def _write(run_id: str, folder: Path, tensorboard: bool) -> None:
    """All files of an export, from the copy of the run's file: the run may be going on."""
    path = checkpoints.find(run_id)
    copy = folder / path.name
    shutil.copyfile(path, copy)
    run = checkpoints.read_file(copy)
    (folder / ABOUT_FILE).write_text(json.dumps(run_as_json(run), indent=1) + "\n", encoding="utf-8")
    (folder / "history.csv").write_bytes(history_csv(run).encode())
    (folder / "steps.csv").write_bytes(steps_csv(run).encode())
    Image.fromarray(reconstructions(run)).save(folder / "reconstructions.png")
    if tensorboard:
        (folder / EVENTS_FOLDER).mkdir()
        _write_events(run, folder / EVENTS_FOLDER)


def _moved(fresh: Path, target: Path) -> list[Path]:
    """The files at their place; the one by which the folder is known goes first."""
    names = [path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()]
    names.sort(key=lambda name: (str(name) != ABOUT_FILE, name))
    for old in (target / EVENTS_FOLDER).glob("events.out.tfevents.*"):  # TensorBoard would show both
        old.unlink()
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).replace(target / name)
    return [target / name for name in names]


def _csv(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


def _epoch_of(run: Run, step: int) -> int:
    return math.ceil(step / run.steps_per_epoch)


# ---------------------------------------------------------------- TensorBoard

Moment = tuple[int, float, Any]  # step, seconds since the run began, a Summary


def _write_events(run: Run, folder: Path) -> None:
    """One event file, written here and now.

    The library's SummaryWriter gives all to a thread of its own, which dies of a full disk without a word,
    and then waits for it for ever.
    """
    began = time() - run.seconds  # as if it had ended now: what counts is the time between
    ends = _seconds_at_ends(run)  # of epochs
    with closing(EventsWriter(str(folder.absolute() / "events"))) as writer:
        for step, seconds, values in (*_about(run), *_pictures(run, ends), *_scalars(run, ends)):
            writer.write_event(Event(wall_time=began + seconds, step=step, summary=values))


def _about(run: Run) -> Iterator[Moment]:
    config = run.config.to_json()
    for values in summary.hparams(config, {"loss/test": None, "psnr_db/test": None}):
        yield 0, 0.0, values
    text = json.dumps(
        {"run_id": run.run_id, "device": run.device, **run.versions, "config": config}, indent=1
    )
    yield 0, 0.0, summary.text("config", "\n".join(f"    {line}" for line in text.splitlines()))


def _pictures(run: Run, ends: list[float]) -> Iterator[Moment]:
    for i, preview in enumerate(run.previews):
        if preview.step > run.steps_per_epoch * len(run.epochs):
            return  # of an epoch that was stopped
        picture = summary.image("reconstructions", reconstructions(run, i), dataformats="HWC")
        epoch = preview.epoch
        yield preview.step, _seconds_at(run, preview.step, ends) if epoch is None else ends[epoch], picture


def _scalars(run: Run, ends: list[float]) -> Iterator[Moment]:
    """In the order in which they were measured; the steps of an epoch are spread over it evenly."""
    n = run.steps_per_epoch
    for step, loss in enumerate(run.step_losses[: n * len(run.epochs)], 1):
        yield step, _seconds_at(run, step, ends), summary.scalar("loss/train", loss)
        if step % n == 0:
            epoch = step // n
            done = run.epochs[epoch - 1]
            for name, value in (
                ("loss/train_epoch", done.train_loss),
                ("loss/test", done.test_loss),
                ("psnr_db/test", psnr_of_mse(done.test_loss)),
                *([] if done.test_bits is None else [("bytes_per_image/test", done.test_bits / 8)]),
                *([] if done.train_kl is None else [("kl/train_epoch", done.train_kl)]),
                *([] if done.test_kl is None else [("kl/test", done.test_kl)]),
                ("time/train_seconds", done.seconds),
                ("time/test_seconds", done.test_seconds),
            ):
                yield step, ends[epoch], summary.scalar(name, value)


def _seconds_at(run: Run, step: int, ends: list[float]) -> float:
    """Seconds since the run began after a step of a finished epoch."""
    n, epoch = run.steps_per_epoch, _epoch_of(run, step)
    return ends[epoch - 1] + run.epochs[epoch - 1].seconds * (step - n * (epoch - 1)) / n


def _seconds_at_ends(run: Run) -> list[float]:
    """Seconds since the run began at the end of each epoch, from epoch 0, which is before any."""
    ends = [0.0]
    for epoch in run.epochs:
        ends.append(ends[-1] + epoch.seconds + epoch.test_seconds)
    return ends
