"""For those who have no model yet: test images on their way through one, and one press to train their own."""

from __future__ import annotations

import streamlit as st

from autoenc.captions import configs
from autoenc.jobs import TrainJob
from ui.app import errors
from ui.components.forward_pass import forward_pass
from ui.core import links, model_cache, sessions
from ui.core.text import plain
from ui.run import selection
from ui.run.forward_pass import test_image_pass
from ui.widgets import training_settings

N_IMAGES = 8


def picture(run_id: str) -> None:
    """One image after another; a bar while the model is not trained yet."""
    waiting = sessions.is_active(run_id)
    st.fragment(_picture, run_every=0.5 if waiting else None)(run_id, waiting)


def _picture(run_id: str, waiting: bool) -> None:
    with errors.shown():
        snapshot = sessions.snapshot(run_id)
        if snapshot is not None and snapshot.state.active != waiting:
            st.rerun()
        if waiting or snapshot is None or snapshot.run is None:
            st.progress(snapshot.run.done if snapshot and snapshot.run else 0.0, "Training a small example…")
            return
        run = snapshot.run
        n_images = min(N_IMAGES, len(model_cache.opened(run).data.test))
        passes = [test_image_pass(run, image) for image in range(n_images)]
        forward_pass(passes, key="moving", playing=True)
        st.caption(f"{plain(configs.title(run.config))}: images never seen during training.")


def first_model_button() -> None:
    """One press trains what a newcomer trains first, and opens it on the page Train."""
    if st.button("Train a first model", type="primary", icon=":material/play_arrow:", key="first"):
        config = training_settings.first_config()
        selection.show_run(sessions.start(TrainJob(config)))
        training_settings.ask_for(config)
        links.go_to("train")
