"""`recognise`: a recogniser is trained, or one reads what finished runs make of the test images."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import torch

from autoenc import datasets, memory, recipes, recognition
from autoenc.baselines.pca import PCA
from autoenc.cli.following import Wording, trained
from autoenc.cli.measuring import finished_runs, measured
from autoenc.cli.printing import Commands, add_command, check_writable, table, write
from autoenc.cli.settings import dataset_info
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, ConfigError
from autoenc.jobs import Job, ProbeJob, ReadingJob, RecogniserJob
from autoenc.numerals import decibels, out_of
from autoenc.recognition import ImageReader, Readings
from autoenc.recognition.measuring import ORIGINALS, is_read_at
from autoenc.schema import DEVICES, Noise, Probe, Reading, Recogniser, Reliability, Run, psnr_of_mse

_TRAINING = ("dataset", "epochs", "noise", "seed", "device")
_READING = ("with", "probe", "csv")


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "recognise", help="train a classifier of the images, or let it read what models draw"
    )
    training = parser.add_argument_group("to train a recogniser, or to continue one")
    training.add_argument("--dataset", help="default: mnist where it is on this machine, else digits")
    training.add_argument("--epochs", type=int, help="default: as many as suit the data set")
    training.add_argument(
        "--noise", help="KIND:LEVEL or KIND:0-LEVEL, such as gaussian:0-1: train on images with this noise"
    )
    training.add_argument("--seed", type=int, help="default: 0")
    training.add_argument("--device", help=f"{', '.join(DEVICES)}; default: auto")
    reading = parser.add_argument_group("to measure how many reconstructions are still recognised")
    reading.add_argument("--run", metavar="RUN_ID", action="append", help="may be given several times")
    reading.add_argument("--with", metavar="RECOGNISER_ID", help="default: the best one of this data set")
    reading.add_argument(
        "--probe",
        action="store_true",
        default=None,
        help="also fit a linear classifier on the numbers of each code",
    )
    reading.add_argument(
        "--csv", metavar="FILE", type=Path, help="write the table to this file, one line for each row"
    )
    add_command(parser, recognise)


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
    return f"{_share(recogniser.accuracy)} recognised"


def _share(share: float | None) -> str:
    """With as many digits as 10,000 test images give: `99.34 %`."""
    return "" if share is None else f"{100 * share:.2f} %"


def _read(reader: ImageReader, data: Dataset) -> Readings:
    confidences, classes = reader.probabilities(torch.from_numpy(data.test)).max(1)
    return Readings(classes.numpy(), confidences.numpy())


def _summary(recogniser: Recogniser, reliability: Reliability) -> str:
    """A recogniser in a few lines."""
    last, epochs = recogniser.epochs[-1], out_of(len(recogniser.epochs), recogniser.config.epochs, "epoch")
    return "\n".join(
        (
            f"{recogniser.recogniser_id}: {epochs}",
            f"{_accuracy(recogniser)} of the test set, loss {last.test_loss:.4f}; "
            f"guessing: {_share(recogniser.chance)}",
            f"temperature {last.temperature:.3f}, expected calibration error {_share(reliability.error)}",
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


@dataclass(frozen=True)
class Row:
    """One source of pictures, and what is read in them."""

    source: str  # a run_id, the name of a baseline, or ORIGINALS
    n_latents: int
    psnr_db: float | None  # None: no error at all, or a baseline that nobody has measured yet
    reading: Reading
    probe: float | None = None  # share that a linear classifier reads from the codes; None: not asked for


def read(args: argparse.Namespace) -> None:
    check_writable(args.csv)
    runs = finished_runs(args.run)
    data = datasets.load(runs[0].config.dataset)
    reader = _reader(getattr(args, "with"), data)
    memory.keep_freed()
    rows = _rows(reader, data, runs, with_probe=bool(args.probe))
    if args.json:
        print(json.dumps(_rows_as_json(rows, reader.recogniser), indent=1))
    else:
        print(_table(rows, reader.recogniser, with_probe=bool(args.probe)))
    if args.csv is not None:  # last: where it cannot be written the result is not lost
        write(args.csv, as_csv(rows, reader.recogniser))


def _reader(recogniser_id: str | None, data: Dataset) -> ImageReader:
    """The recogniser that is asked for, or the best there is of these images."""
    recognition.check_readable(data)
    if recogniser_id is None:
        best = recipes.best_recogniser(recognition.summaries(), data.fingerprint)
        if best is None:
            raise CheckpointError(
                f"there is no recogniser of {data.name} yet; "
                f"`python -m autoenc recognise --dataset {data.name}` trains one"
            )
        recogniser_id = best.recogniser_id
    return recognition.open_reader(recogniser_id, data)


def _rows(reader: ImageReader, data: Dataset, runs: Sequence[Run], *, with_probe: bool) -> list[Row]:
    """The images themselves, the runs, and PCA at each of their sizes that it was read at."""
    recogniser_id = reader.recogniser.recogniser_id
    clean_sizes = {run.model.n_latents for run in runs if run.config.noise is None}  # PCA sees clean images
    with_pca = any(is_read_at(n) and n <= math.prod(data.image_shape) for n in clean_sizes)
    sources = {ORIGINALS: "original images", **{run.run_id: run.run_id for run in runs}}
    readings = {
        source: ReadingJob(data.name, recogniser_id, source)
        for source in (*sources, *([PCA.name] if with_pca else []))
    }
    probes = {run.run_id: ProbeJob(data.name, run.run_id) for run in runs if with_probe}
    names: dict[Job, str] = {job: sources.get(source, PCA.title) for source, job in readings.items()}
    names |= {job: job.title for job in probes.values()}
    values = measured(names)

    def probe_of(run_id: str) -> float | None:
        probe = values[probes[run_id]] if run_id in probes else None
        return probe.accuracy if isinstance(probe, Probe) else None

    (originals,) = values[readings[ORIGINALS]].readings
    rows = [Row(ORIGINALS, int(originals.at), None, originals)]
    for run in runs:
        (reading,) = values[readings[run.run_id]].readings
        rows.append(Row(run.run_id, run.model.n_latents, run.test_psnr_db, reading, probe_of(run.run_id)))
    if with_pca:
        curve = values[readings[PCA.name]]
        psnr = _pca_psnr(data)
        rows += [
            Row(PCA.name, n, psnr.get(n), reading)
            for n in sorted(clean_sizes)
            if (reading := curve.at(n)) is not None
        ]
    return rows


def _pca_psnr(data: Dataset) -> dict[int, float]:
    """By numbers in the code; empty where nobody has measured PCA on these images."""
    stored = PCA.stored(data)
    return {} if stored is None else {p.n_latents: psnr_of_mse(p.test_mse) for p in stored.points}


def _table(rows: Sequence[Row], recogniser: Recogniser, *, with_probe: bool) -> str:
    names = {ORIGINALS: "original images", PCA.name: PCA.title}
    head = ["images", "numbers in code", "PSNR", "recognised", "most frequent mistake"]
    cells = [
        [
            names.get(row.source, row.source),
            "" if row.source == ORIGINALS else f"{row.n_latents:,}",
            "" if row.psnr_db is None else decibels(row.psnr_db),
            _share(row.reading.accuracy),
            _confusion(row.reading, recogniser),
        ]
        for row in rows
    ]
    cells.append(["guessing", "", "", _share(recogniser.chance), ""])
    if with_probe:
        head.append("linear classifier on codes")
        cells = [[*line, _share(row.probe if row else None)] for line, row in zip_longest(cells, rows)]
    return (
        f"{table(tuple(head), map(tuple, cells))}\n"
        f"Reconstructions of {rows[0].reading.n_images:,} test images, read by {recogniser.recogniser_id}"
    )


def _confusion(reading: Reading, recogniser: Recogniser) -> str:
    """`4 recognised as 9: 21 images`."""
    if not reading.mistakes:
        return "none"
    true, read, n = reading.mistakes[0]
    names = recogniser.class_names
    return f"{names[true]} recognised as {names[read]}: {n:,} of {sum(reading.confusion[true]):,}"


def _figures(row: Row, recogniser: Recogniser) -> dict[str, Any]:
    true, read, n = row.reading.mistakes[0] if row.reading.mistakes else (None, None, 0)
    return {
        "source": row.source,
        "n_latents": None if row.source == ORIGINALS else row.n_latents,
        "psnr_db": row.psnr_db,
        "accuracy": row.reading.accuracy,
        "n_images": row.reading.n_images,
        "mistaken_class": None if true is None else recogniser.class_names[true],
        "mistaken_for": None if read is None else recogniser.class_names[read],
        "n_mistaken": n,
        "probe_accuracy": row.probe,
    }


def _rows_as_json(rows: Sequence[Row], recogniser: Recogniser) -> dict[str, Any]:
    return {
        "dataset": recogniser.config.dataset,
        "recogniser_id": recogniser.recogniser_id,
        "class_names": recogniser.class_names,
        "chance": recogniser.chance,
        "readings": [_figures(row, recogniser) | {"confusion": row.reading.confusion} for row in rows],
    }


def as_csv(rows: Sequence[Row], recogniser: Recogniser) -> str:
    """A line for each source of pictures."""
    text = io.StringIO()
    lines = [
        {"dataset": recogniser.config.dataset, "recogniser_id": recogniser.recogniser_id}
        | _figures(row, recogniser)
        for row in rows
    ]
    writer = csv.DictWriter(text, lines[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
