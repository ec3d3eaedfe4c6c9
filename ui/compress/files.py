"""The smallest files of some images, by every contestant: their pictures, what is said of them, a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import streamlit as st

from autoenc import datasets
from autoenc.captions import configs
from autoenc.captions.readings import hints, sure
from autoenc.compression.contest import ENTRANTS, Entries, winners
from autoenc.numerals import decibels
from autoenc.schema import RecogniserSummary, RunSummary
from ui.core import contests
from ui.core.contests import Batch

BEST = "★"  # at the smallest file of an image
NONE = "–"
COLUMNS: dict[str, Any] = {
    "Smallest by": st.column_config.TextColumn(width=290),
    "Payload (bytes)": st.column_config.NumberColumn(help="The file without its head: the code, and tables."),
    "File (bytes)": st.column_config.NumberColumn(help="The whole file, as it lies on a disk."),
    "PSNR (dB)": st.column_config.NumberColumn(format="%.1f"),
}


@dataclass(frozen=True, eq=False)
class SmallestFiles:
    """Of each image the smallest file of each contestant."""

    images: np.ndarray = field(repr=False)  # uint8 (N, C, H, W)
    class_names: tuple[str, ...]  # what must be read in each image
    models: Mapping[str, Entries]
    codecs: Mapping[str, Entries]  # by their titles, like the models

    @property
    def all(self) -> Mapping[str, Entries]:
        return {**self.models, **self.codecs}

    @cached_property
    def best(self) -> tuple[tuple[str, ...], ...]:
        """Whose file of each image is the smallest of all models'."""
        return winners(self.models)


def smallest(
    runs: Mapping[str, RunSummary], recogniser: RecogniserSummary, batches: Sequence[Batch]
) -> SmallestFiles:
    """What these runs and the image codecs make of all images; searched where it is not known yet.

    Args:
        runs: by the names that they have on the page.
    Raises:
        AutoencError: the file of a run or of the recogniser cannot be used.
    """
    class_names = datasets.load(recogniser.config.dataset).class_names
    return SmallestFiles(
        np.concatenate([batch.images for batch in batches]),
        tuple(class_names[i] for batch in batches for i in batch.classes),
        {name: contests.of_run(run, recogniser, batches) for name, run in runs.items()},
        {codec.title: contests.of_image_codec(name, recogniser, batches) for name, codec in ENTRANTS.items()},
    )


def names(runs: Sequence[RunSummary]) -> tuple[str, ...]:
    return datasets.distinct_names(configs.short_names([run.config for run in runs]))


def short_names(runs: Sequence[RunSummary]) -> tuple[str, ...]:
    """Without what is said behind a comma, where no other begins like that."""
    full = names(runs)
    beginnings = [name.partition(",")[0] for name in full]
    pairs = zip(full, beginnings, strict=True)
    return tuple(name if beginnings.count(beginning) > 1 else beginning for name, beginning in pairs)


def picture(files: SmallestFiles, name: str, i: int) -> np.ndarray:
    """What came back of an image, (C, H, W); black where no file is read."""
    entry = files.all[name][i]
    return np.zeros_like(files.images[i]) if entry is None else entry.picture


def note(files: SmallestFiles, name: str, i: int) -> str:
    """What stands under it: `23 B`, and a star on a second line."""
    entry = files.all[name][i]
    return NONE if entry is None else f"{entry.n_bytes:,} B" + f"\n{BEST}" * (name in files.best[i])


def hint(files: SmallestFiles, name: str, i: int) -> str:
    """The same in a sentence, with what is read."""
    entry = files.all[name][i]
    if entry is None:
        return f"{name}: recognised in no file"
    (read,) = hints([files.class_names[i]], np.zeros(1, np.intp), np.array([entry.confidence], np.float32))
    return f"{name}: {entry.n_bytes:,} bytes, {read}, {decibels(entry.psnr_db)}"


def table(files: SmallestFiles) -> list[dict[str, Any]]:
    """A row for each test image: the smallest file of a model, and those of image codecs."""
    rows = []
    for i, (best, class_name) in enumerate(zip(files.best, files.class_names, strict=True)):
        entry = files.models[best[0]][i] if best else None
        rows.append(
            {
                "Test image": i,
                "Read as": NONE if entry is None else class_name,
                "Smallest by": first_of(best),
                "Payload (bytes)": None if entry is None else entry.n_bytes - entry.n_bytes_head,
                "File (bytes)": None if entry is None else entry.n_bytes,
                "Sure": NONE if entry is None else sure(entry.confidence),
                "PSNR (dB)": None if entry is None else entry.psnr_db,
                **bytes_by(files.codecs, i),
            }
        )
    return rows


def bytes_by(entries: Mapping[str, Entries], i: int) -> dict[str, int | None]:
    """What each needs for an image, by name; None: it is read in none of the files."""
    return {name: file.n_bytes if (file := of_images[i]) else None for name, of_images in entries.items()}


def first_of(names: Sequence[str]) -> str:
    """Of those that have won: `MLP 48`, `MLP 48 and 1 more`."""
    first = names[0] if names else NONE
    return f"{first} and {len(names) - 1} more" if len(names) > 1 else first
