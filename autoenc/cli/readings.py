"""What a recogniser reads of several sources of pictures, side by side: as a table, JSON or CSV."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from autoenc.baselines.pca import PCA
from autoenc.captions.recognition import share
from autoenc.cli.measuring import measured
from autoenc.cli.printing import table
from autoenc.csv_text import csv_text
from autoenc.datasets import Dataset
from autoenc.jobs import Job, ProbeJob, ReadingJob
from autoenc.numerals import decibels, percent
from autoenc.recognition import ImageReader
from autoenc.recognition.measuring import ORIGINALS, is_read_at
from autoenc.schema import Probe, Reading, Recogniser, Run, psnr_of_mse


@dataclass(frozen=True)
class Row:
    """One source of pictures, and what is read in them."""

    source: str  # a run_id, the name of a baseline, or ORIGINALS
    n_latents: int
    psnr_db: float | None  # None: no error at all, or a baseline that nobody has measured yet
    reading: Reading
    probe: float | None = None  # share that a linear classifier reads from the codes; None: not asked for


def rows_of(reader: ImageReader, data: Dataset, runs: Sequence[Run], *, with_probe: bool) -> list[Row]:
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


def as_table(rows: Sequence[Row], recogniser: Recogniser, *, with_probe: bool) -> str:
    names = {ORIGINALS: "original images", PCA.name: PCA.title}
    head = ["images", "numbers in code", "PSNR", "recognised", "most frequent mistake"]
    cells = [
        [
            names.get(row.source, row.source),
            "" if row.source == ORIGINALS else f"{row.n_latents:,}",
            "" if row.psnr_db is None else decibels(row.psnr_db),
            share(row.reading.accuracy),
            _confusion(row.reading, recogniser),
        ]
        for row in rows
    ]
    cells.append(["guessing", "", "", percent(recogniser.chance), ""])
    if with_probe:
        head.append("linear classifier on codes")
        cells = [
            [*line, share(row.probe) if row and row.probe is not None else ""]
            for line, row in zip_longest(cells, rows)
        ]
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
        "psnr_db": row.psnr_db if row.psnr_db is not None and math.isfinite(row.psnr_db) else None,
        "accuracy": row.reading.accuracy,
        "n_images": row.reading.n_images,
        "mistaken_class": None if true is None else recogniser.class_names[true],
        "mistaken_for": None if read is None else recogniser.class_names[read],
        "n_mistaken": n,
        "probe_accuracy": row.probe,
    }


def as_json(rows: Sequence[Row], recogniser: Recogniser) -> dict[str, Any]:
    return {
        "dataset": recogniser.config.dataset,
        "recogniser_id": recogniser.recogniser_id,
        "class_names": recogniser.class_names,
        "chance": recogniser.chance,
        "readings": [_figures(row, recogniser) | {"confusion": row.reading.confusion} for row in rows],
    }


def as_csv(rows: Sequence[Row], recogniser: Recogniser) -> str:
    """A line for each source of pictures."""
    lines = [
        {"dataset": recogniser.config.dataset, "recogniser_id": recogniser.recogniser_id}
        | _figures(row, recogniser)
        for row in rows
    ]
    return csv_text(tuple(lines[0]), (line.values() for line in lines))
