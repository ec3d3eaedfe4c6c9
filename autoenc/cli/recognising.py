"""`recognise`: a recogniser is trained, or one reads what finished runs make of the test images."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

import torch

from autoenc import datasets, memory, recipes, recognition
from autoenc.captions.recognition import share
from autoenc.cli import readings
from autoenc.cli.following import Wording, trained
from autoenc.cli.measuring import finished_runs
from autoenc.cli.printing import Result, check_csv, give
from autoenc.cli.settings import dataset_info
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, ConfigError
from autoenc.jobs import RecogniserJob
from autoenc.numerals import out_of, percent
from autoenc.recognition import ImageReader, Readings
from autoenc.schema import Noise, Recogniser, Reliability

_TRAINING = ("dataset", "epochs", "noise", "seed", "device")
_READING = ("with", "probe", "csv")


def recognise(args: argparse.Namespace) -> None:
    given = [name for name in (*_TRAINING, *_READING) if getattr(args, name) is not None]
    if args.run is None:
        if wrong := [name for name in given if name in _READING]:
            raise ConfigError(f"--{wrong[0]} is for reading; give it together with --run RUN_ID")
        train(args)
    else:
        if wrong := [name for name in given if name in _TRAINING]:
            raise ConfigError(f"--{wrong[0]} is for training a recogniser; leave it out where --run is given")
        read(args)


# ---------------------------------------------------------------- training


def train(args: argparse.Namespace) -> None:
    overrides = {name: value for name in ("epochs", "seed") if (value := getattr(args, name)) is not None}
    if args.noise is not None:
        overrides["noise"] = Noise.parse(args.noise)
    config = recipes.recogniser_config(dataset_info(args), **overrides)
    data = datasets.load(config.dataset)
    recognition.check(config, data)
    wording = Wording(_size, _epoch, _accuracy)
    recogniser = trained(RecogniserJob(config, args.device or "auto"), Recogniser, wording)
    reader = recognition.open_reader(recogniser.recogniser_id, data)
    reliability = recognition.reliability_of(_read(reader, data), data, reader.temperature)
    print(
        json.dumps(_as_json(recogniser, reliability), indent=1)
        if args.json
        else _summary(recogniser, reliability)
    )


def _size(recogniser: Recogniser) -> str:
    return f"{recogniser.n_parameters:,} parameters, {recogniser.n_train_images:,} images"


def _epoch(recogniser: Recogniser) -> str:
    last = recogniser.epochs[-1]
    return f"train loss {last.train_loss:.4f}, test loss {last.test_loss:.4f}, {_accuracy(recogniser)}"


def _accuracy(recogniser: Recogniser) -> str:
    return f"{share(recogniser.accuracy or 0.0)} recognised"


def _read(reader: ImageReader, data: Dataset) -> Readings:
    confidences, classes = reader.probabilities(torch.from_numpy(data.test)).max(1)
    return Readings(classes.numpy(), confidences.numpy())


def _summary(recogniser: Recogniser, reliability: Reliability) -> str:
    """A recogniser in a few lines."""
    last, epochs = recogniser.epochs[-1], out_of(len(recogniser.epochs), recogniser.config.epochs, "epoch")
    return "\n".join(
        (
            f"{recogniser.recogniser_id}: {epochs}",
            f"{share(last.test_accuracy)} of the test images recognised, by guessing "
            f"{percent(recogniser.chance)}; test loss {last.test_loss:.4f}",
            f"temperature {last.temperature:.3f}, expected calibration error {percent(reliability.error)}",
            f"{recogniser.seconds:,.1f} s on {recogniser.device}",
            str(recognition.find(recogniser.recogniser_id)),
        )
    )


def _as_json(recogniser: Recogniser, reliability: Reliability) -> dict[str, Any]:
    last = recogniser.epochs[-1]
    return {
        "recogniser_id": recogniser.recogniser_id,
        "config": recogniser.config.to_json(),
        "accuracy": last.test_accuracy,
        "loss": last.test_loss,
        "temperature": last.temperature,
        "expected_calibration_error": reliability.error,
        "chance": recogniser.chance,
        "seconds": recogniser.seconds,
        "device": recogniser.device,
        "path": str(recognition.find(recogniser.recogniser_id)),
        "epochs": [asdict(epoch) for epoch in recogniser.epochs],
    }


# ---------------------------------------------------------------- reading


def read(args: argparse.Namespace) -> None:
    check_csv(args)
    runs = finished_runs(args.run)
    data = datasets.load(runs[0].config.dataset)
    reader = _reader(getattr(args, "with"), data)
    memory.keep_freed()
    rows = readings.rows_of(reader, data, runs, with_probe=bool(args.probe))
    result = Result(
        text=lambda: readings.as_table(rows, reader.recogniser, with_probe=bool(args.probe)),
        document=lambda: readings.as_json(rows, reader.recogniser),
        csv=lambda: readings.as_csv(rows, reader.recogniser),
    )
    give(args, result)


def _reader(recogniser_id: str | None, data: Dataset) -> ImageReader:
    """The recogniser that is asked for, or the best there is of these images."""
    recognition.check_readable(data)
    if recogniser_id is None:
        best = next(iter(recipes.recognisers_by_preference(recognition.summaries(), data.fingerprint)), None)
        if best is None:
            raise CheckpointError(
                f"there is no recogniser of {data.name} yet; "
                f"`python -m autoenc recognise --dataset {data.name}` trains one"
            )
        recogniser_id = best.recogniser_id
    return recognition.open_reader(recogniser_id, data)
