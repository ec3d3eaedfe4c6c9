"""The settings of a run that are seldom changed, in a box that is closed at first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc import recipes
from autoenc.numerals import setting
from autoenc.schema import BOUNDS, NOISES
from ui.widgets import training_settings

BETA_CAPTIONS = {
    recipes.BETAS[0]: f"{setting(recipes.BETAS[0])}: sharper images",
    1.0: "1: the usual VAE",
    recipes.BETAS[-1]: f"{setting(recipes.BETAS[-1])}: a smoother map",
}


def more(models: Sequence[str]) -> None:
    """What is seldom changed.

    Args:
        models: that are trained with these settings.
    """
    box = st.expander("More", icon=":material/tune:")
    box.number_input(
        "Batch size",
        *BOUNDS["batch_size"],
        key=training_settings.BATCH_SIZE.key,
        help="Images in one training step.",
    )
    box.number_input(
        "Learning rate",
        1e-6,
        100.0,
        format="%g",
        step=1e-3,
        key=training_settings.LEARNING_RATE.key,
        on_change=training_settings.judge_again,
        args=(training_settings.LEARNING_RATE.key,),
        help="How far one step of Adam may move a weight. Too large, and the loss jumps instead of falling.",
    )
    box.number_input(
        "Learning-rate decay (epochs)",
        0,
        BOUNDS["decay_epochs"][1],
        key=training_settings.DECAY_EPOCHS.key,
        on_change=training_settings.judge_again,
        args=(training_settings.DECAY_EPOCHS.key,),
        help="Large steps first, small ones to finish: cosine decay to zero. 0 keeps it constant.",
    )
    with box:
        if training_settings.can_count_bytes(models):
            _few_bytes()
        if training_settings.have_prior(models):
            _beta()
        _noise_on_the_input()
    box.number_input(
        "Seed", *BOUNDS["seed"], key=training_settings.SEED.key, help="The same seed gives the same losses."
    )


def _few_bytes() -> None:
    """How much the size of a code counts in training beside the error of the picture."""
    weights = recipes.RATE_WEIGHTS
    captions = {
        0.0: "off",
        weights[0]: f"{setting(weights[0])}: better pictures",
        recipes.RATE_WEIGHT: f"{setting(recipes.RATE_WEIGHT)}: a good start",
        weights[-1]: f"{setting(weights[-1])}: fewer bytes",
    }
    st.selectbox(
        "Train for few bytes",
        sorted({0.0, *weights, float(training_settings.RATE_WEIGHT.get() or 0.0)}),
        format_func=lambda weight: captions.get(weight, setting(weight)),
        key=training_settings.RATE_WEIGHT.key,
        help="The loss becomes MSE + weight x bits per pixel: the model learns a code of whole numbers that "
        "takes few bytes in a file. Rounding has no slope, so training adds random noise of up to half a "
        "step instead. Compress makes the files.",
    )


def _beta() -> None:
    """How much it counts in training that codes look like draws from the prior."""
    st.selectbox(
        "Beta",
        sorted({*recipes.BETAS, float(training_settings.BETA.get())}),
        format_func=lambda beta: BETA_CAPTIONS.get(beta, setting(beta)),
        key=training_settings.BETA.key,
        help="The loss is the squared error of an image + beta x KL, in nats: how far its code, a normal "
        "distribution, is from the standard one, N(0, I). Only then do random numbers draw something.",
    )


def _noise_on_the_input() -> None:
    """Which noise the model must learn to take away."""
    kind = st.selectbox(
        "Noise on the input",
        (training_settings.NO_NOISE, *NOISES),
        format_func=lambda name: "none" if name == training_settings.NO_NOISE else NOISES[name].title,
        key=training_settings.NOISE_KIND.key,
        on_change=training_settings.noise_kind_changed,
        help="The model gets noisy images and must return the clean ones.",
    )
    if kind == training_settings.NO_NOISE:
        return
    most = NOISES[kind].most
    least = min(most / 100, training_settings.NOISE_LEVEL.get() or most)  # a link may ask for less
    st.slider("Level", least, most, step=most / 100, key=training_settings.NOISE_LEVEL.key)
    st.caption(f"Level: {NOISES[kind].level}.")
    st.toggle(
        "All levels up to this one",
        key=training_settings.NOISE_UP_TO.key,
        help="Each image gets its own level: one model for weak and strong noise.",
    )
