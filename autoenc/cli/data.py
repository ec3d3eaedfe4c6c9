"""`data list` and `data import`: the data sets there are, and one made of pictures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

from tqdm import tqdm

from autoenc import datasets
from autoenc.cli.printing import table

MAX_CLASSES = 12  # named


def list_data(args: argparse.Namespace) -> None:
    infos = datasets.catalogue()
    if args.json:
        print(json.dumps([asdict(info) for info in infos], indent=1))
        return
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
    print(table(("data set", "where", "images", "size", "source"), rows))
    for info in infos:
        _tell(f"{info.name}: {note}" for note in info.notes)
    _tell(datasets.complaints())


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
