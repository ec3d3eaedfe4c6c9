"""From the head of a file to the summary of its run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from autoenc.heads.parsing import HeadFile, number, open_head, text, whole
from autoenc.places import EXAMPLE_CHECKPOINTS
from autoenc.schema import MAX_PIXELS, MAX_STEPS, NOISES, Run, RunSummary, TrainConfig

AnyRun = TypeVar("AnyRun", Run, RunSummary)
T = TypeVar("T")


def read_summary(path: Path) -> RunSummary:
    """What the head of a file tells; raises as `checkpoints.read` does."""
    with open_head(path) as file:
        summary = check_name(path, summary_in(file))
    return replace(summary, example=path.parent == EXAMPLE_CHECKPOINTS)


def summary_in(file: HeadFile) -> RunSummary:
    """What the head tells; its run_id is that of its config and fingerprint, whatever the file is called."""
    head = file.head
    config, fingerprint = TrainConfig.from_json(head["config"]), text(head["fingerprint"])
    if head["run_id"] != config.run_id(fingerprint):
        raise ValueError("its name is not the name of the run inside")
    channels, height, width = (whole(side, 1, MAX_PIXELS) for side in head["image_shape"])
    whole(channels * height * width, 1, MAX_PIXELS)
    n_train_images = whole(head["n_train_images"], 1)
    whole(config.epochs * math.ceil(n_train_images / config.batch_size), 1, MAX_STEPS)

    return RunSummary(
        run_id=head["run_id"],
        config=config,
        fingerprint=fingerprint,
        image_shape=(channels, height, width),
        n_parameters=whole(head["n_parameters"], 1),
        n_latents=whole(head["n_latents"], 1),
        n_train_images=n_train_images,
        epochs_done=whole(head["epochs_done"], 0, config.epochs),
        train_loss=_optional(head.get("train_loss"), number),
        test_mse=_optional(head["test_mse"], number),
        seconds=number(head["seconds"]),
        seconds_per_epoch=number(head["seconds_per_epoch"]),
        images_per_second=number(head["images_per_second"]),
        device=text(head["device"]),
        threads=whole(head["threads"]),
        concurrent_jobs=_optional(head.get("beside"), whole),
        earlier_tests=_earlier_tests(head, config, math.prod((channels, height, width))),
        attempt=whole(head["attempt"], 1),
        modified=file.stat.st_mtime,
        n_bytes=file.stat.st_size,
        version=_version(head),
    )


def _version(head: Mapping[str, Any]) -> str:
    versions = head.get("versions")
    return text(versions.get("autoenc", "")) if isinstance(versions, Mapping) else ""


def _earlier_tests(head: Mapping[str, Any], config: TrainConfig, n_pixels: int) -> int:
    """How many of the first epochs were tested on noisy images that other models were not given.

    Files that do not tell are of version 0.1. There the draws depended on how many images were computed at
    once, which the model decides: where each image had a level of its own, on a GPU, and where PyTorch, which
    draws 16 numbers at once, had to start again.
    """
    n_epochs = whole(head["epochs_done"])
    if "earlier_tests" in head:
        return whole(head["earlier_tests"], 0, n_epochs)
    if config.noise is None:
        return 0
    differs = config.noise.up_to or (
        NOISES[config.noise.kind].draws and (head["device"] != "cpu" or n_pixels % 16)
    )
    return n_epochs if differs else 0


def _optional(value: object, check: Callable[[object], T]) -> T | None:
    return None if value is None else check(value)


def check_name(path: Path, run: AnyRun) -> AnyRun:
    if run.run_id != path.stem:
        raise ValueError("its name is not the name of the run inside")
    return run
