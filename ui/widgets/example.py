"""For whoever has trained nothing yet: an example at work, and a button. Nothing here loads PyTorch."""

from __future__ import annotations

import streamlit as st

from autoenc import examples
from ui.components.forward_pass import ForwardPass, forward_pass
from ui.core.caching import shared
from ui.core.text import plain


def moving_picture() -> None:
    """Test images on their way through the example, one after another."""
    made = _passes()
    steps = zip(made.x, made.codes, made.x_hat, made.captions, strict=True)
    forward_pass(
        [ForwardPass(x, None, code, x_hat, caption) for x, code, x_hat, caption in steps],
        key="moving",
        playing=True,
    )
    st.caption(f"Example: {plain(made.title)}. The model never saw these images during training.")


def first_model_button() -> bool:
    """Whether somebody wants to train a first model."""
    return st.button("Train a first model", type="primary", icon=":material/play_arrow:", key="first")


@shared(max_entries=1)
def _passes() -> examples.Passes:
    return examples.passes()
