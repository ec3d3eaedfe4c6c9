"""Every image: what the model makes of each test image, the worst as well as the best."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from autoenc import captions, inspection
from autoenc.datasets import told_apart
from autoenc.plots import COLOUR
from autoenc.schema import Run
from ui.components.passage import passage
from ui.components.pictures import PictureRow, pictures
from ui.core import links, model_cache, values
from ui.run import selection
from ui.run.forward_pass import crossing, verdicts
from ui.widgets import training_form

N_SHOWN = 16


def show(run: Run) -> None:
    shown = _chosen_images(run)
    if not len(shown):
        st.info("None of the test images is of this class.")
        return
    chosen = pictures(_rows(run, shown), key="gallery", difference=COLOUR["error"], choose=True)
    if chosen is not None:
        values.put("image", int(shown[chosen]))
    n_test, n_drawn = len(model_cache.opened(run).data.test), len(model_cache.reconstructions(run).mse)
    image = training_form.image_number(n_drawn, usual=int(shown[0]))
    passage([crossing(run, image)], key="large", difference=COLOUR["error"])
    if n_drawn < n_test:
        st.caption(f"This model is large: these are the first {n_drawn:,} of {n_test:,} test images.")


def _chosen_images(run: Run) -> np.ndarray:
    """The numbers of up to N_SHOWN test images, as the visitor wants them."""
    data = model_cache.opened(run).data
    anew: dict[str, Any] = {"on_change": links.forget, "args": ("image",)}  # the first of them is shown large
    classes = ("all", *range(len(data.class_names)))
    # A widget knows its choices by what it shows: no class may look like another, or like all of them.
    labels = dict(zip(classes, told_apart(("All classes", *data.class_names)), strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        before = values.recall("order", inspection.HOW[0])
        how = st.segmented_control(
            "Order", inspection.HOW, default=before, required=True, key="order", **anew
        )
        values.limit("class", classes, usual="all")
        of_class = st.selectbox(
            "Class",
            classes,
            format_func=labels.__getitem__,
            key="class",
            width=150,
            **anew,
        )
        if how == "shuffled":
            st.button("Shuffle again", icon=":material/shuffle:", key="shuffle", on_click=selection.shuffle)
    class_index = None if of_class == "all" else of_class
    return inspection.order(model_cache.reconstructions(run), data, how, class_index, selection.shuffles())[
        :N_SHOWN
    ]


def _rows(run: Run, shown: np.ndarray) -> list[PictureRow]:
    made, said = model_cache.reconstructions(run), verdicts(run, shown)
    rows = [PictureRow("Original", model_cache.opened(run).data.test[shown], COLOUR["original"])]
    if made.x_noisy is not None:
        rows.append(PictureRow("Noisy", made.x_noisy[shown], COLOUR["noisy"]))
    notes, hints = tuple(map(captions.images.note, said)), tuple(verdict.sentence for verdict in said)
    x_hat = made.x_hat[shown]
    return [*rows, PictureRow("Reconstruction", x_hat, COLOUR["reconstruction"], notes=notes, hints=hints)]
