"""A run as tables and as JSON."""

from __future__ import annotations

import math
from dataclasses import astuple, fields
from typing import Any

from autoenc import checkpoints
from autoenc.captions.remarks import remarks
from autoenc.csv_text import csv_text
from autoenc.schema import Epoch, Run, psnr_of_mse
from autoenc.schema.written import written_name

KL_FIELDS = ("train_kl", "test_kl", "n_active")  # of an epoch: what only models with a prior have


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
    return csv_text(map(written_name, head), ([row[name] for name in head] for row in rows))


def steps_csv(run: Run) -> str:
    """A line a step, as RFC 4180 has it; numbers come back exactly."""
    rows = ((step, epoch_of(run, step), loss) for step, loss in enumerate(run.step_losses, 1))
    return csv_text(("step", "epoch", "train_loss"), rows)


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


def epoch_of(run: Run, step: int) -> int:
    """The epoch that a step belongs to; both count from 1."""
    return math.ceil(step / run.steps_per_epoch)
