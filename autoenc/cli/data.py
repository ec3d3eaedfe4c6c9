"""`data list` and `data import`: the data sets there are, and one made of pictures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

from tqdm import tqdm

from autoenc import datasets
from autoenc.cli.printing import Result, check_csv, give, table
from autoenc.csv_text import csv_text
from autoenc.schema import DatasetInfo

MAX_CLASSES = 12  # named


def list_data(args: argparse.Namespace) -> None:
    check_csv(args)
    infos = datasets.catalogue()
    result = Result(
        text=lambda: _as_text(infos),
        document=lambda: [asdict(info) for info in infos],
        csv=lambda: _as_csv(infos),
    )
    give(args, result)
    if not args.json:
        for info in infos:
            _tell(f"{info.name}: {note}" for note in info.notes)
        _tell(datasets.complaints())


def _as_text(infos: Iterable[DatasetInfo]) -> str:
    rows = (
        (
            i.name,
            "here" if i.present else "to download",
            f"{i.n_train:,} + {i.n_test:,}",
            _size(i.image_shape) if i.prepared else "not prepared",
            i.source,
        )
        for i in infos
    )
    return table(("data set", "where", "images", "size", "source"), rows)


def _as_csv(infos: Iterable[DatasetInfo]) -> str:
    rows = [asdict(info) for info in infos]
    for row in rows:
        row["channels"], row["height"], row["width"] = row.pop("image_shape")
        row["notes"] = "; ".join(row.pop("notes"))
    return csv_text(tuple(rows[0]), (row.values() for row in rows))


def import_data(args: argparse.Namespace) -> None:
    records = datasets.import_dataset(args.sources, args.name, args.size, args.classes)
    with tqdm(unit="B", unit_scale=True, disable=not sys.stderr.isatty(), leave=False) as bar:
        for record in records:
            bar.total = record.n_bytes_total or None
            bar.update(record.n_bytes - bar.n)
    info = next(info for info in datasets.catalogue() if info.name == args.name)
    class_names = datasets.load(args.name).class_names
    if args.json:
        print(json.dumps({**asdict(info), "class_names": class_names}, indent=1))
        return
    print(
        f"{info.title}: {info.n_train:,} images to train, {info.n_test:,} to test, {_size(info.image_shape)}"
    )
    n, named = len(class_names), ", ".join(class_names[:MAX_CLASSES])
    print(f"{n:,} class{'es'[: 2 * (n != 1)]}: {named}{' ...' * (n > MAX_CLASSES)}")
    _tell(info.notes)


def _tell(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        print(sentence, file=sys.stderr)


def _size(image_shape: tuple[int, int, int]) -> str:
    channels, height, width = image_shape
    return f"{width}x{height} {'grey' if channels == 1 else 'colour'}"
