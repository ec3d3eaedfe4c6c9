"""What a recogniser reads in the test images against what it reads in their reconstructions."""

from __future__ import annotations

import numpy as np
import streamlit as st

from autoenc import captions, inspection, plots
from autoenc.plots import COLOUR
from autoenc.plots.confusion import height
from autoenc.recognition import Readings
from autoenc.schema import RecogniserSummary, Run
from ui.app import layout
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.core import model_cache, pages, recognisers
from ui.core.recognisers import RunRead
from ui.core.text import plain
from ui.run import selection
from ui.run.read_rows import read_row
from ui.widgets import png_texts, recogniser_offer
from ui.widgets.lesson import lesson

MAX_CLASSES_SHOWN = 12  # of more, those with the most changes
N_IMAGES = 16  # of a cell
KEY = "confusion"
Cell = tuple[int, int]  # class read in the original, class read in the reconstruction


def show(run: Run) -> None:
    dataset = model_cache.opened(run).data.name  # or why it is not here
    if not recognisers.is_here(run):
        st.info("Other images are on this machine under this name now.", icon=":material/label_off:")
        return
    recogniser = recognisers.for_run(run)
    if recogniser is None:
        if not recogniser_offer.cannot_read(dataset):
            st.markdown(
                "Can it still be read? A recogniser learns to name the class of an original image. Then it "
                "reads every reconstruction, and you see which ones it no longer recognises."
            )
        recogniser_offer.offer(dataset, "run")
        return
    _matrix(run, recogniser)


def _matrix(run: Run, recogniser: RecogniserSummary) -> None:
    read = recognisers.run_read(run, recogniser)
    names, before, after = read.class_names, read.originals.classes, read.reconstructions.classes
    counts = inspection.confusion_counts(before, after, len(names))
    changes = inspection.changed_readings(counts)
    classes = inspection.most_changed(counts, MAX_CLASSES_SHOWN).tolist()
    accuracy = captions.readings.accuracy_caption(read.labels, before, after, run.config.noise is not None)
    caption = captions.readings.changes_caption(names, changes, len(before))
    lesson(accuracy, key="recognised")
    lesson(caption, key="confusion")
    chosen = _chosen(counts, changes)
    which = f": the {len(classes)} classes with the most changes" if len(classes) < len(names) else ""
    layout.subsection(f"**Read in the original and in the reconstruction**{which}")
    figure = plots.confusion_matrix(names, classes, counts, chosen, f"{accuracy} {caption}")
    png = png_texts.of_run(run, KEY, "Read in the original and in the reconstruction")
    clicked = live_plot(figure.to_json(), key=KEY, height=height(names, classes), png=png)
    if clicked is not None:
        before_index, after_index = map(int, clicked["customdata"])
        selection.CELL.put((before_index, after_index))
        pages.draw_again()
    st.caption("Numbers of test images. Grey: read the same in both. Click a cell to see its images.")
    if chosen is not None:
        _images(run, read, chosen)


def _chosen(counts: np.ndarray, changes: list[tuple[int, int, int]]) -> Cell | None:
    """The cell that was clicked; at first the most frequent change; None: there is none."""
    cell = selection.CELL.get()
    if cell is not None and max(cell) < len(counts) and counts[cell]:
        return cell
    return changes[0][:2] if changes else None


def _images(run: Run, read: RunRead, cell: Cell) -> None:
    """Those of which the recogniser is surest after reconstruction."""
    data, made = model_cache.opened(run).data, model_cache.reconstructions(run)
    after = read.reconstructions
    every = inspection.images_read(read.originals.classes, after.classes, after.confidences, *cell)
    images = every[:N_IMAGES]
    before, after = (
        Readings(read.classes[images], read.confidences[images]) for read in (read.originals, after)
    )
    title, which = captions.readings.cell_captions(read.class_names, *cell, len(every), len(images))
    layout.subsection(f"**{plain(title)}**: {which}")
    rows = [read_row(PictureRow("Original", data.test[images], COLOUR["original"]), before, read.class_names)]
    if made.x_noisy is not None:
        rows.append(PictureRow("Noisy", made.x_noisy[images], COLOUR["noisy"]))
    row = PictureRow("Reconstruction", made.x_hat[images], COLOUR["reconstruction"])
    rows.append(read_row(row, after, read.class_names, before))
    pictures(rows, key="confusion-images", png=png_texts.of_run(run, "confusion-images", title))
