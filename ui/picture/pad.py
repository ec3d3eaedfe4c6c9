"""The pad, and the networks for it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from autoenc import checkpoints, inspection
from autoenc.captions import configs
from autoenc.schema import Run
from ui.app import errors
from ui.components.draw_pad import PadModel, draw_pad
from ui.components.live_model import preload_network
from ui.core import catalogue, model_cache, sessions
from ui.picture import reconstruct
from ui.widgets import png_texts


def show(run_ids: Iterable[str]) -> None:
    """Something to draw on; what is drawn is kept when the pen rests."""
    with errors.shown():
        models = []
        with st.container(key="assets"):  # nothing is seen of it
            for run in map(sessions.read_run, run_ids):
                models.append(_pad_model(run))
        drawing = draw_pad(models, key="pad", latest_id=reconstruct.drawing_id())
        if drawing is not None:
            reconstruct.keep_drawing(drawing.id, drawing.pictures)
            st.rerun()  # the pad learns that it has arrived


def _pad_model(run: Run) -> PadModel:
    network = None
    if inspection.runs_in_browser(run.model):
        network = f"{run.run_id} {checkpoints.content_hash(run.run_id)}"
        preload_network(network, model_cache.network(run))
    return PadModel(
        f"{configs.short(run.config)}, {catalogue.data_title(run.config.dataset)}",
        run.model.image_shape,
        network,
        sum(layer.part == "encoder" for layer in run.model.layers),
        run.model.code_shape,
        run.model.n_latents,
        png_texts.of_one_model(run, "drawing", "What the model makes of a drawing"),
    )
