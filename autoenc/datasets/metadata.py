"""metadata.csv and metadata.jsonl, as Hugging Face's image folders have them: a label for each file."""

from __future__ import annotations

import csv
import json
import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autoenc.datasets.extraction import LeftOut, Places
from autoenc.datasets.folders import printable
from autoenc.datasets.splitting import TEST, TRAIN, move
from autoenc.errors import DatasetError

FILES = ("metadata.csv", "metadata.jsonl")
NAME, LABEL = "file_name", "label"
MAX_TABLE_BYTES = 100_000_000  # of all tables


class Metadata:
    """The labels of pictures, as tables in the source give them."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}  # of a picture's place in the source
        self._n_bytes = 0

    def is_wanted(self, name: str) -> bool:
        return posixpath.basename(name.replace("\\", "/")).casefold() in FILES

    def read(self, name: str, chunks: Iterable[bytes]) -> None:
        """Remembers the labels in a table; one without a column for them has none.

        Raises:
            DatasetError: it is damaged, or all of them are too long.
        """
        called = printable(name)[-60:]
        content = bytearray()
        for chunk in chunks:
            content += chunk
            self._n_bytes += len(chunk)
            if self._n_bytes > MAX_TABLE_BYTES:
                raise DatasetError(
                    f"{called} has more than {MAX_TABLE_BYTES / 1e6:.0f} MB; import fewer pictures"
                )
        folder = posixpath.dirname(name.replace("\\", "/"))
        try:
            lines = content.decode("utf-8-sig").split("\n")
            rows = _of_csv(lines) if name.casefold().endswith(".csv") else _of_json(lines)
            for file_name, label in rows:
                self.labels[_place(posixpath.join(folder, file_name))] = label
        except (ValueError, csv.Error, RecursionError) as error:
            raise DatasetError(
                f"{called} is not a table of {NAME} and {LABEL} ({error!s:.60}); save it as UTF-8, or "
                "remove it"
            ) from error

    def sort_into(self, source: Path, target: Path, left_out: LeftOut) -> int:
        """Moves the pictures that have a label from {train,test}/PICTURE to {train,test}/LABEL/PICTURE.

        Returns:
            how many; the others stay.
        Raises:
            DatasetError: no folder can be called like a label.
        """
        places = Places(left_out)
        n = 0
        for name, label in self.labels.items():
            path = source / name
            if name.startswith("../") or not path.is_file():
                continue
            _check(label)
            place = places.place(_sorted_place(name, label), True)
            if place is not None and not (target / place).exists():
                move(path, target / place)
                n += 1
        return n


def _place(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/")


def _sorted_place(name: str, label: str) -> str:
    """The label comes behind the name of a split, and the folders between are a part of the file's name."""
    parts = name.split("/")
    depth = next((i + 1 for i, part in enumerate(parts[:-1]) if part.casefold() in TRAIN + TEST), 0)
    return "/".join([*parts[:depth], label, "_".join(parts[depth:])])


def _check(label: str) -> None:
    if not label.strip() or label in (".", "..") or label.startswith(".") or {"/", "\\", "\0"} & set(label):
        raise DatasetError(
            f"the metadata has the label {printable(label)!r:.80}, which is no name for a folder; rename it"
        )


def _of_csv(lines: list[str]) -> Iterator[tuple[str, str]]:
    for row in csv.DictReader(lines):
        if row.get(NAME) and row.get(LABEL) is not None:
            yield row[NAME], row[LABEL]


def _of_json(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in filter(str.strip, lines):
        row: Any = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("a line is no object")
        name, label = row.get(NAME), row.get(LABEL)
        if isinstance(name, str) and isinstance(label, str | int):
            yield name, str(label)
