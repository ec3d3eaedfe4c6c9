"""Runs as rows of a table, all of them with the same columns: for pandas, spreadsheets and statistics."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

from autoenc.heads.listing import summaries
from autoenc.schema import RunSummary, TrainConfig, psnr_of_mse
from autoenc.schema.written import written_name

Value = str | int | float | bool | None

_CONFIG = tuple(field.name for field in fields(TrainConfig))
_OF_NOISE = ("noise_kind", "noise_level", "noise_up_to")


def _n_pixels(run: RunSummary) -> int:
    return math.prod(run.image_shape)


def _psnr_db(run: RunSummary) -> float | None:
    """None, too, where nothing was lost: JSON has no infinity."""
    return psnr_of_mse(run.test_mse) if run.test_mse else None


# Beside the settings: a column -> what it says of a run.
_FACTS: Mapping[str, Callable[[RunSummary], Value]] = {
    "n_pixels": _n_pixels,
    "n_latents": lambda run: run.n_latents,
    "ratio": lambda run: _n_pixels(run) / run.n_latents,
    "n_parameters": lambda run: run.n_parameters,
    "n_train_images": lambda run: run.n_train_images,
    "epochs_done": lambda run: run.epochs_done,
    "finished": lambda run: run.finished,
    "train_loss": lambda run: run.train_loss,
    "test_mse": lambda run: run.test_mse,
    "test_psnr_db": _psnr_db,
    "seconds": lambda run: run.seconds,
    "seconds_per_epoch": lambda run: run.seconds_per_epoch,
    "images_per_second": lambda run: run.images_per_second,
    "device": lambda run: run.device,
    "threads": lambda run: run.threads,
    written_name("concurrent_jobs"): lambda run: run.concurrent_jobs,
    "version": lambda run: run.version,
    "modified": lambda run: run.modified,
    "example": lambda run: run.example,
}


def _columns() -> tuple[str, ...]:
    at = _CONFIG.index("noise") + 1
    return ("run_id", *_CONFIG[:at], *_OF_NOISE, *_CONFIG[at:], *_FACTS)


ROW_COLUMNS = _columns()


def rows(runs: Iterable[RunSummary] | None = None) -> list[dict[str, Value]]:
    """A row a run, in their order, each with the members ROW_COLUMNS: `pandas.DataFrame(heads.rows())`.

    All settings (`noise` as KIND:LEVEL, and in its parts), then what is known of the run: losses are MSE per
    pixel, `ratio` is the pixels of an image to the numbers of its code, `seconds` is training and testing,
    `modified` seconds since 1970, `version` that of the program which wrote its file. None: not known, or
    there is none.

    Args:
        runs: None: all of the folder, the newest first; files that cannot be read are left out.
    """
    return [_row(run) for run in (summaries()[0] if runs is None else runs)]


def _row(run: RunSummary) -> dict[str, Value]:
    noise = run.config.noise
    values: dict[str, Any] = {name: getattr(run.config, name) for name in _CONFIG}
    values |= {
        "run_id": run.run_id,
        "learning_rate": float(run.config.learning_rate),
        "noise": None if noise is None else str(noise),
        "noise_kind": None if noise is None else noise.kind,
        "noise_level": 0.0 if noise is None else float(noise.level),
        "noise_up_to": noise is not None and noise.up_to,
    }
    values |= {name: fact(run) for name, fact in _FACTS.items()}
    return {name: values[name] for name in ROW_COLUMNS}
