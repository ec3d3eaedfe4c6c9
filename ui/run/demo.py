"""The moving picture of the front page: test images on their way through a trained model."""

from __future__ import annotations

import streamlit as st

from autoenc.captions import configs
from ui.app import errors
from ui.components.passage import passage
from ui.core import model_cache, sessions
from ui.core.text import plain
from ui.run.forward_pass import crossing

N_IMAGES = 8


def picture(run_id: str) -> None:
    """One image after another; a bar while the model is not trained yet."""
    waiting = sessions.is_active(run_id)
    st.fragment(_picture, run_every=0.5 if waiting else None)(run_id, waiting)


def _picture(run_id: str, waiting: bool) -> None:
    with errors.shown():
        snapshot = sessions.snapshot(run_id)
        if snapshot is None or snapshot.run is None or snapshot.state.active:
            st.progress(snapshot.run.done if snapshot and snapshot.run else 0.0, "Training a small example…")
            return
        if waiting:
            st.rerun()
        run = snapshot.run
        n_images = min(N_IMAGES, len(model_cache.opened(run).data.test))
        crossings = [crossing(run, image) for image in range(n_images)]
        passage(crossings, key="moving", playing=True)
        st.caption(f"{plain(configs.title(run.config))}: images never seen during training.")
