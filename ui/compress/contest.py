"""The smallest file that the recogniser still reads: models against each other, and against image codecs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from autoenc import datasets
from autoenc.captions.contest import contest_caption, never_caption
from autoenc.compression.contest import SURE
from autoenc.numerals import percent
from autoenc.plots import COLOUR, SEVERAL_COLOURS
from autoenc.schema import RecogniserSummary, RunSummary
from ui.components.pictures import PictureRow, pictures
from ui.compress import contestants, drawn, files, settings
from ui.compress.files import BEST, SmallestFiles
from ui.core import contests, recognisers
from ui.run.read_rows import read_row
from ui.widgets import png_texts, recogniser_offer
from ui.widgets.lesson import lesson


def show(run: RunSummary) -> None:
    dataset, can_draw = run.config.dataset, contestants.can_draw(run)
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
    source, entrants = _choices(run, can_draw)
    if source == "draw":
        drawn.show(list(entrants.values()), recogniser)
        return
    if st.button("Start the contest", type="primary", icon=":material/emoji_events:", key="contest"):
        contestants.STARTED.put(tuple(entrants))
    if contestants.STARTED.get() == tuple(entrants):
        _results(list(entrants.values()), recogniser)


def _choices(run: RunSummary, can_draw: bool) -> tuple[str, dict[str, RunSummary]]:
    """Whose images, one of SOURCES, and who takes part."""
    if not can_draw:
        return contestants.SOURCE.get(), _entrants(run)
    left, right = st.columns([1, 2], gap="small")
    with left:
        st.segmented_control(
            "Images",
            list(contestants.SOURCES),
            format_func=contestants.SOURCES.__getitem__,
            key=contestants.SOURCE.key,
            required=True,
        )
    with right:
        return contestants.SOURCE.get(), _entrants(run)


def _entrants(run: RunSummary) -> dict[str, RunSummary]:
    """The run of the page and those that the visitor chooses, by run_id."""
    others = contestants.others(run, settings.runs())
    chosen: list[str] = []
    if others:
        names = dict(zip(others, files.names(list(others.values())), strict=True))
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


def _results(runs: Sequence[RunSummary], recogniser: RecogniserSummary) -> None:
    """The pictures of the smallest files, who wins, and a table; black where no file is read."""
    tests = contests.test_images(recogniser.config.dataset)
    found = files.smallest(dict(zip(files.names(runs), runs, strict=True)), recogniser, [tests])
    lesson(contest_caption(found.models, found.codecs), key="contest")
    png = png_texts.of_run(runs[0], "contest", "The smallest file that is still read")
    pictures(_rows(found, recogniser), key="contest-pictures", png=png)
    if never := never_caption(found.all):
        st.caption(never)
    st.caption(
        f"B: bytes of the whole file; {BEST}: the smallest of these models. A model's file needs the model "
        "to open it; an image codec's needs nothing."
    )
    st.dataframe(
        files.table(found),
        column_config=files.COLUMNS,
        hide_index=True,
        height="content",
        key="contest-table",
    )


def _rows(found: SmallestFiles, recogniser: RecogniserSummary) -> list[PictureRow]:
    """The originals, and a row for each contestant."""
    original = PictureRow("Original", found.images, COLOUR["original"])
    read = recognisers.read(recogniser, found.images)
    rows = [read_row(original, read, datasets.load(recogniser.config.dataset).class_names)]
    colours = [*SEVERAL_COLOURS[: len(found.models)], *[COLOUR["original"]] * len(found.codecs)]
    for name, colour in zip(found.all, colours, strict=True):
        each = range(len(found.images))
        notes = tuple(files.note(found, name, i) for i in each)
        hints = tuple(files.hint(found, name, i) for i in each)
        x_hat = np.stack([files.picture(found, name, i) for i in each])
        rows.append(PictureRow(name, x_hat, colour, notes=notes, hints=hints))
    return rows
