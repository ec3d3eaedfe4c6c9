"""A run as events for TensorBoard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import time
from typing import Any

from tensorboardX import summary  # type: ignore[import-untyped]
from tensorboardX.event_file_writer import EventsWriter  # type: ignore[import-untyped]
from tensorboardX.proto.event_pb2 import Event  # type: ignore[import-untyped]

from autoenc.export.pictures import reconstructions
from autoenc.export.tables import epoch_of
from autoenc.schema import Run, psnr_of_mse

Moment = tuple[int, float, Any]  # step, seconds since the run began, a Summary


def write_events(run: Run, folder: Path) -> None:
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
    n, epoch = run.steps_per_epoch, epoch_of(run, step)
    return ends[epoch - 1] + run.epochs[epoch - 1].seconds * (step - n * (epoch - 1)) / n


def _seconds_at_ends(run: Run) -> list[float]:
    """Seconds since the run began at the end of each epoch, from epoch 0, which is before any."""
    ends = [0.0]
    for epoch in run.epochs:
        ends.append(ends[-1] + epoch.seconds + epoch.test_seconds)
    return ends
