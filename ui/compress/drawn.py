"""The contest for a drawing: a pad, the smallest files of what is drawn on it, a table of drawings."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from autoenc import datasets
from autoenc.captions.contest import contest_caption, drawing_caption, smallest_caption
from autoenc.captions.readings import notes
from autoenc.compression.contest import SURE, winners
from autoenc.numerals import listed, with_article
from autoenc.plots import COLOUR
from autoenc.schema import RecogniserSummary, RunSummary
from ui.components import pixels
from ui.components.pictures import PictureRow, pictures
from ui.compress import files
from ui.compress.files import BEST, SmallestFiles
from ui.core import drawings, recognisers
from ui.core.contests import Batch
from ui.core.text import plain
from ui.core.values import Value
from ui.widgets import pad, png_texts
from ui.widgets.lesson import lesson

COLUMNS, NARROW_COLUMNS = 8, 4  # pictures side by side, beside the pad and on a phone
MAX_WORD = 10  # letters of a line under a picture: so many can be read where eight are side by side
MAX_KEPT = 30  # drawings of a class
MAX_NAMES = 12  # of classes, in a sentence
AS_READ = ""  # no class has this name


@dataclass(frozen=True, eq=False)
class Drawn:
    """A drawing that takes part, as an image of a data set."""

    id: str  # of the drawing
    dataset: str  # whose images it is like
    image: np.ndarray = field(repr=False)  # uint8 (C, H, W)
    class_index: int  # what must be read in it
    name: str = ""  # whose drawing; what they have written

    @property
    def batch(self) -> Batch:
        return Batch(np.array(self.image[None]), np.array([self.class_index], np.intp))


CLASS = Value("drawing_class", AS_READ)  # what the visitor says it is, until the pad is empty
NAME = Value("drawing_name", "")
KEPT = Value[tuple[Drawn, ...]]("kept_drawings", ())


def show(runs: Sequence[RunSummary], recogniser: RecogniserSummary) -> None:
    """The pad at one side, the files of what is drawn beside it, and below them those that were kept."""
    left, right = st.columns([1, 2], gap="small")
    with left:
        pad.alone(runs[0].image_shape[1:])
    with right:
        drawing = _drawing(runs[0], recogniser)
        if drawing is not None:
            _results(runs, recogniser, drawing)
    _kept(runs, recogniser)


# ---------------------------------------------------------------- what is drawn


def _drawing(run: RunSummary, recogniser: RecogniserSummary) -> Drawn | None:
    """The drawing, and what it is of; None: there is none yet, or nobody can tell."""
    class_names, size = datasets.load(run.config.dataset).class_names, run.image_shape[1:]
    latest = drawings.latest()
    if latest is None:
        CLASS.forget()
        known = listed([*class_names[:MAX_NAMES], *["others"] * (len(class_names) > MAX_NAMES)])
        st.info(f"Draw on the pad. The recogniser knows: {plain(known)}.", icon=":material/draw:")
        return None
    image = latest.pictures.get(size)
    if image is None:
        st.caption("Resizing the drawing for this model…")
        return None
    read = recognisers.read(recogniser, image[None])
    (index,), (confidence,) = read.classes.tolist(), read.confidences.tolist()
    CLASS.limit([AS_READ, *class_names])
    chosen = CLASS.get()
    with st.container(horizontal=True, vertical_alignment="center"):
        lesson(drawing_caption(class_names[index], confidence, chosen or None), key="drawing")
        _class(class_names)
    if chosen == AS_READ and confidence < SURE:
        return None
    class_index = index if chosen == AS_READ else class_names.index(chosen)
    return Drawn(latest.id, run.config.dataset, image, class_index)


def _class(class_names: Sequence[str]) -> None:
    """What the visitor says the drawing is, where the recogniser is wrong."""
    st.selectbox(
        "What you have drawn",
        [AS_READ, *class_names],
        format_func=lambda name: f"It is {with_article(name)}" if name else "As recognised",
        key=CLASS.key,
        label_visibility="collapsed",
        width=150,
    )


def _results(runs: Sequence[RunSummary], recogniser: RecogniserSummary, drawing: Drawn) -> None:
    """Who makes the smallest file, and the picture in each."""
    found = files.smallest(_named(runs), recogniser, [drawing.batch])
    (class_name,) = found.class_names
    lesson(smallest_caption(found.all, class_name), key="smallest")
    png = png_texts.of_run(runs[0], "drawing", "The smallest file of a drawing that is still read")
    pictures(
        [_row(found, recogniser)],
        key="drawing-files",
        columns=COLUMNS,
        narrow_columns=NARROW_COLUMNS,
        png=png,
    )
    st.caption(
        f"B: bytes of the whole file; {BEST}: the smallest; {files.NONE}: none of its files can be read as "
        f"{plain(with_article(class_name))}. A model's file needs the model to open it."
    )
    _keep(drawing)


def _named(runs: Sequence[RunSummary]) -> dict[str, RunSummary]:
    return dict(zip(files.short_names(runs), runs, strict=True))


def _row(found: SmallestFiles, recogniser: RecogniserSummary) -> PictureRow:
    """The drawing, and beside it what came back of its files."""
    class_names = datasets.load(recogniser.config.dataset).class_names
    read = recognisers.read(recogniser, found.images)
    (original,) = notes(class_names, read.classes, read.confidences)
    (best,) = winners(found.all)
    below = [f"Drawing\n{original}"]
    for name in found.all:
        lines = (_note(found, name, name in best), *textwrap.wrap(name, MAX_WORD))
        below.append("\n".join(lines))
    return PictureRow(
        "The drawing, and its smallest files",
        np.stack([found.images[0], *(files.picture(found, name, 0) for name in found.all)]),
        COLOUR["reconstruction"],
        notes=tuple(below),
        hints=("Drawing", *(files.hint(found, name, 0) for name in found.all)),
    )


def _note(found: SmallestFiles, name: str, is_best: bool) -> str:
    """`22 B ★`, and below it what is read: `7: 98 %`."""
    (entry,) = found.all[name]
    if entry is None:
        return f"{files.NONE}\n{files.NONE}"
    confidence = np.array([entry.confidence], np.float32)
    (read,) = notes(found.class_names, np.zeros(1, np.intp), confidence)
    return f"{entry.n_bytes:,} B{f' {BEST}' * is_best}\n{read}"


# ---------------------------------------------------------------- the table of a class


def _keep(drawing: Drawn) -> None:
    kept = KEPT.get()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Name", key=NAME.key, max_chars=20, placeholder="Whose drawing?", width=180)
        st.button(
            "Keep for the table",
            icon=":material/playlist_add:",
            key="keep-drawing",
            on_click=_put,
            args=(drawing,),
            disabled=len(kept) >= MAX_KEPT or any(_is_same(drawing, one) for one in kept),
            help=f"A table of up to {MAX_KEPT} drawings, below. Reloading the page empties it.",
        )


def _is_same(one: Drawn, other: Drawn) -> bool:
    return (one.id, one.dataset, one.class_index) == (other.id, other.dataset, other.class_index)


def _put(drawing: Drawn) -> None:
    name = NAME.get()
    KEPT.put((*KEPT.get(), Drawn(drawing.id, drawing.dataset, drawing.image, drawing.class_index, name)))
    NAME.put("")


def _kept(runs: Sequence[RunSummary], recogniser: RecogniserSummary) -> None:
    """The drawings that were kept, a row each."""
    rounds = [one for one in KEPT.get() if one.dataset == runs[0].config.dataset]
    if not rounds:
        return
    found = files.smallest(_named(runs), recogniser, [one.batch for one in rounds])
    if len(rounds) > 1:
        lesson(contest_caption(found.models, found.codecs), key="kept")
    columns = {"Drawing": st.column_config.ImageColumn(width="small")}
    st.dataframe(
        [_table_row(one, found, i) for i, one in enumerate(rounds)],
        column_config=columns,
        hide_index=True,
        height="content",
        key="drawings-table",
    )
    st.button("Clear the table", icon=":material/delete:", key="clear-drawings", on_click=KEPT.forget)


def _table_row(drawing: Drawn, found: SmallestFiles, i: int) -> dict[str, Any]:
    png = base64.b64encode(pixels.png(drawing.image)).decode()
    return {
        "Drawing": f"data:image/png;base64,{png}",
        "Name": drawing.name or f"{i + 1}",
        "It is": found.class_names[i],
        "Smallest by": files.first_of(winners(found.all)[i]),
        **files.bytes_by(found.all, i),
    }
