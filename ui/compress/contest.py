"""The smallest file that the recogniser still reads: models against each other, and against image codecs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from autoenc import datasets
from autoenc.captions import configs
from autoenc.captions.contest import contest_caption, never_caption
from autoenc.captions.readings import hints, sure
from autoenc.compression.contest import ENTRANTS, SURE, Entries, winners
from autoenc.numerals import decibels, percent
from autoenc.plots import COLOUR, SEVERAL_COLOURS
from autoenc.schema import RecogniserSummary, RunSummary
from ui.components.pictures import PictureRow, pictures
from ui.compress import contestants, settings
from ui.core import contests, recognisers
from ui.run.read_rows import read_row
from ui.widgets import png_texts, recogniser_offer
from ui.widgets.lesson import lesson

BEST = "★"  # under the smallest file of an image
NONE = "–"
COLUMNS: dict[str, Any] = {
    "Smallest by": st.column_config.TextColumn(width=290),
    "Payload (bytes)": st.column_config.NumberColumn(help="The file without its head: the code, and tables."),
    "File (bytes)": st.column_config.NumberColumn(help="The whole file, as it lies on a disk."),
    "PSNR (dB)": st.column_config.NumberColumn(format="%.1f"),
}


def show(run: RunSummary) -> None:
    dataset = run.config.dataset
    recogniser = recognisers.of_dataset(dataset)
    if recogniser is None:
        if not recogniser_offer.cannot_read(dataset):
            st.markdown("Who makes the smallest file that can still be read? A recogniser is the judge.")
        recogniser_offer.offer(dataset, "contest")
        return
    st.markdown(
        "**How small can a file be before nobody can read it?** Each image is written with larger and larger "
        "steps. What counts is the smallest file whose picture the recogniser still reads correctly and is "
        f"at least {percent(SURE)} sure of."
    )
    entrants = _entrants(run)
    if st.button("Start the contest", type="primary", icon=":material/emoji_events:", key="contest"):
        contestants.STARTED.put(tuple(entrants))
    if contestants.STARTED.get() == tuple(entrants):
        _results(list(entrants.values()), recogniser)


def _entrants(run: RunSummary) -> dict[str, RunSummary]:
    """The run of the page and those that the visitor chooses, by run_id."""
    others = contestants.others(run, settings.runs())
    chosen: list[str] = []
    if others:
        names = dict(zip(others, _names(list(others.values())), strict=True))
        chosen = st.multiselect(
            "Against",
            list(others),
            format_func=names.__getitem__,
            key=contestants.AGAINST.key,
            max_selections=contestants.MAX_AGAINST,
            placeholder="Choose other models",
            help=f"Up to {contestants.MAX_AGAINST} models of the same images.",
        )
    return {run.run_id: run} | {run_id: others[run_id] for run_id in chosen}


def _names(runs: Sequence[RunSummary]) -> tuple[str, ...]:
    return datasets.distinct_names(map(configs.short, [run.config for run in runs]))


def _results(runs: Sequence[RunSummary], recogniser: RecogniserSummary) -> None:
    """The pictures of the smallest files, who wins, and a table; black where no file is read."""
    models = dict(zip(_names(runs), [contests.of_run(run, recogniser) for run in runs], strict=True))
    codecs = {codec.title: contests.of_image_codec(name, recogniser) for name, codec in ENTRANTS.items()}
    data = datasets.load(recogniser.config.dataset)
    images, classes = contests.images_of(data.name)
    original = PictureRow("Original", images, COLOUR["original"])
    rows = [read_row(original, recognisers.read(recogniser, images), data.class_names)]
    best = winners(models)
    colours = [*SEVERAL_COLOURS[: len(models)], *[COLOUR["original"]] * len(codecs)]
    for (name, entries), colour in zip((models | codecs).items(), colours, strict=True):
        x_hat = [np.zeros_like(images[0]) if entry is None else entry.picture for entry in entries]
        notes, texts = _notes(name, entries, best, [data.class_names[i] for i in classes])
        rows.append(PictureRow(name, np.stack(x_hat), colour, notes=notes, hints=texts))
    lesson(contest_caption(models, codecs), key="contest")
    png = png_texts.of_run(runs[0], "contest", "The smallest file that is still read")
    pictures(rows, key="contest-pictures", png=png)
    if never := never_caption(models | codecs):
        st.caption(never)
    st.caption(
        f"B: bytes of the whole file; {BEST}: the smallest of an image. A model's file needs the model to "
        "open it; an image codec's needs nothing."
    )
    st.dataframe(
        _table(models, codecs, best, [data.class_names[i] for i in classes]),
        column_config=COLUMNS,
        hide_index=True,
        height="content",
        key="contest-table",
    )


def _notes(
    name: str, entries: Entries, best: Sequence[Sequence[str]], class_names: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands under what came back of each image, and what is said of it."""
    notes, texts = [], []
    for entry, winning, class_name in zip(entries, best, class_names, strict=True):
        if entry is None:
            notes.append(NONE)
            texts.append(f"{name}: recognised in no file")
            continue
        notes.append(f"{entry.n_bytes:,} B" + f"\n{BEST}" * (name in winning))
        (read,) = hints([class_name], np.zeros(1, np.intp), np.array([entry.confidence], np.float32))
        texts.append(f"{name}: {entry.n_bytes:,} bytes, {read}, {decibels(entry.psnr_db)}")
    return tuple(notes), tuple(texts)


def _table(
    models: Mapping[str, Entries],
    codecs: Mapping[str, Entries],
    best: Sequence[Sequence[str]],
    class_names: Sequence[str],
) -> list[dict[str, Any]]:
    """A row for each image: the smallest file of a model, and those of image codecs."""
    rows = []
    for i, (winning, class_name) in enumerate(zip(best, class_names, strict=True)):
        entry = models[winning[0]][i] if winning else None
        rows.append(
            {
                "Test image": i,
                "Read as": NONE if entry is None else class_name,
                "Smallest by": _winners(winning),
                "Payload (bytes)": None if entry is None else entry.n_bytes - entry.n_bytes_head,
                "File (bytes)": None if entry is None else entry.n_bytes,
                "Sure": NONE if entry is None else sure(entry.confidence),
                "PSNR (dB)": None if entry is None else entry.psnr_db,
                **{title: file.n_bytes if (file := files[i]) else None for title, files in codecs.items()},
            }
        )
    return rows


def _winners(names: Sequence[str]) -> str:
    """`MLP 48`, `MLP 48 and 1 more`."""
    first = names[0] if names else NONE
    return f"{first} and {len(names) - 1} more" if len(names) > 1 else first
