"""Every image: what the model makes of each test image, the worst as well as the best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from autoenc import captions, inspection
from autoenc.datasets import distinct_names
from autoenc.plots import COLOUR
from autoenc.schema import Run
from ui.components.forward_pass import forward_pass
from ui.components.pictures import PictureRow, pictures
from ui.core import model_cache, recognisers
from ui.run import selection
from ui.run.forward_pass import given, test_image_pass, verdicts
from ui.run.read_rows import read_rows
from ui.widgets import code_hand, png_texts
from ui.widgets.code_hand import Hand

N_SHOWN = 16
ALL_RECOGNISED = "The recogniser still recognises all of these images that it recognises in the original."


def show(run: Run) -> None:
    shown = _image_filter(run)
    if not len(shown):
        lost = selection.ORDER.get() == "no longer recognised"
        st.info(ALL_RECOGNISED if lost else "None of the test images is of this class.")
        return
    png = png_texts.of_run(run, "images", "Test images, and what the model makes of them")
    clicked = pictures(_rows(run, shown), key="gallery", difference=COLOUR["error"], choose=True, png=png)
    if clicked is not None:
        selection.IMAGE.put(int(shown[clicked]))
    n_test, n_drawn = len(model_cache.opened(run).data.test), len(model_cache.reconstructions(run).mse)
    image = selection.image_number(n_drawn, usual=int(shown[0]))
    png = png_texts.of_run(run, f"image-{image}", f"Test image {image} on its way through the model")
    forward_pass([test_image_pass(run, image)], key="large", difference=COLOUR["error"], png=png)
    code_hand.folded(run, Hand(f"image-{run.run_id}", given(run, image), f"Test image {image}", reads=True))
    if n_drawn < n_test:
        st.caption(
            f"This is a large model, so only the first {n_drawn:,} of {n_test:,} test images are used."
        )


def _image_filter(run: Run) -> np.ndarray:
    """The numbers of up to N_SHOWN test images, as the visitor wants them."""
    data = model_cache.opened(run).data
    classes = ("all", *range(len(data.class_names)))
    # A widget knows its choices by what it shows: no class may look like another, or like all of them.
    labels = dict(zip(classes, distinct_names(("All classes", *data.class_names)), strict=True))
    recogniser = recognisers.for_run(run)
    orders = [how for how in inspection.IMAGE_ORDERS if recogniser or how != "no longer recognised"]
    if selection.ORDER.get() not in orders:  # in a link from another machine
        st.info("No recogniser has read these images yet: they are shown in order.", icon=":material/sort:")
        selection.ORDER.put(orders[0])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        how = st.segmented_control(
            "Order",
            orders,
            default=selection.ORDER.get(),
            required=True,
            key=selection.ORDER.key,
            on_change=selection.IMAGE.forget,  # the first of them is shown large
        )
        selection.CLASS.limit(classes)
        of_class = st.selectbox(
            "Class",
            classes,
            format_func=labels.__getitem__,
            key=selection.CLASS.key,
            width=150,
            on_change=selection.IMAGE.forget,
        )
        if how == "shuffled":
            st.button("Shuffle again", icon=":material/shuffle:", key="shuffle", on_click=selection.shuffle)
    class_index = None if of_class == "all" else of_class
    made, n_shuffles, lost = model_cache.reconstructions(run), selection.N_SHUFFLES.get(), None
    if recogniser is not None and how == "no longer recognised":  # else the few that are shown are read
        read = recognisers.run_read(run, recogniser)
        after = read.reconstructions
        lost = inspection.no_longer_recognised(
            read.labels, read.originals.classes, after.classes, after.confidences
        )
    return inspection.order(made, data, how, class_index, n_shuffles, lost)[:N_SHOWN]


def _rows(run: Run, shown: np.ndarray) -> list[PictureRow]:
    """What is read stands under each picture, where there is a recogniser."""
    data, made = model_cache.opened(run).data, model_cache.reconstructions(run)
    image_verdicts = verdicts(run, shown)
    notes = tuple(map(captions.images.note, image_verdicts))
    rows = [PictureRow("Original", data.test[shown], COLOUR["original"])]
    if made.x_noisy is not None:
        rows.append(PictureRow("Noisy", made.x_noisy[shown], COLOUR["noisy"]))
    rows.append(PictureRow("Reconstruction", made.x_hat[shown], COLOUR["reconstruction"], notes=notes))
    if (recogniser := recognisers.for_run(run)) is not None:
        rows = read_rows(rows, data.class_names, recogniser)
    return [*rows[:-1], replace(rows[-1], hints=tuple(verdict.sentence for verdict in image_verdicts))]
