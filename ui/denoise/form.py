"""What is compared: data set, noise, models, classical methods; and the way to models that are missing."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from autoenc import denoising, recipes
from autoenc.captions import configs
from autoenc.captions.remarks import EARLIER_MARK, EARLIER_NOTE
from autoenc.datasets import DatasetInfo, distinct_names
from autoenc.numerals import counted, decibels, setting
from autoenc.schema import CLASSICAL_METHODS, METHODS, NOISES, Noise, RunSummary, TrainConfig, psnr_of_mse
from ui.app import errors, layout
from ui.core import catalogue, idle, links
from ui.core.text import plain
from ui.core.values import Value
from ui.denoise import denoisers, settings
from ui.widgets import before_training, offers, training_form, training_settings


@dataclass(frozen=True)
class Compared:
    """What the visitor compares."""

    dataset: str
    kind: str  # of noise
    plain: str | None  # run_id; None: there is none
    denoiser: str | None
    methods: tuple[str, ...]

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(run_id for run_id in (self.plain, self.denoiser) if run_id is not None)

    @property
    def every(self) -> tuple[str, ...]:
        """All that is measured: the noisy picture itself, the models, the classical methods."""
        return ("noisy", *self.models, *self.methods)


def denoise_form(training: bool) -> Compared | None:
    """All settings; None where the data set is not here.

    Args:
        training: a model for this page is being trained.
    """
    training_settings.settings()
    info = training_form.dataset_choice()
    kind = st.selectbox(
        "Noise",
        list(NOISES),
        format_func=lambda name: NOISES[name].title,
        key=settings.KIND.key,
        on_change=settings.denoise_kind_changed,
    )
    if not catalogue.is_present(info.name):
        return None
    plain_runs, denoising_runs = denoisers.plain_runs(info.name), denoisers.denoisers(info.name, kind)
    compared = Compared(
        info.name,
        kind,
        _choice(settings.PLAIN, "Plain autoencoder", plain_runs, "Trained on clean images only."),
        _choice(settings.DENOISER, "Denoising autoencoder", denoising_runs, "Trained to remove this noise."),
        _methods(info),
    )
    if training:
        st.caption("Training progress is below the pictures.")
    else:
        seconds = offers.interval(*_configs(info, kind))
        with layout.before_the_click():
            idle.follow(partial(_offer, info, compared), partial(_moment, info, kind), seconds)
        _what_is_trained(info, compared)
    return compared


def example(wanted: Compared) -> Compared:
    """The same noise and methods on the images of the examples, through those of them that suit."""
    dataset = recipes.EXAMPLE.dataset
    plain_run, *_ = denoisers.plain_runs(dataset)
    denoising_run = next(iter(denoisers.denoisers(dataset, wanted.kind)), None)
    return replace(
        wanted,
        dataset=dataset,
        plain=plain_run.run_id,
        denoiser=None if denoising_run is None else denoising_run.run_id,
    )


def _methods(info: DatasetInfo) -> tuple[str, ...]:
    selected = st.pills(
        "Classical methods",
        CLASSICAL_METHODS,
        format_func=METHODS.__getitem__,
        selection_mode="multi",
        key=settings.METHODS.key,
        help="Classical filters, tuned for this noise.",
    )
    prompt = denoising.prompt(info.image_shape)
    for method in selected:
        if method not in prompt:
            n = math.prod(info.image_shape)
            st.caption(
                f"{METHODS[method]} is left out: fitting it takes too long for images of {n:,} values."
            )
    return tuple(method for method in selected if method in prompt)


def _choice(value: Value[str | None], label: str, runs: Sequence[RunSummary], what: str) -> str | None:
    by_id = {run.run_id: run for run in runs}
    if gone := denoisers.keep_choice(value, list(by_id)):
        st.warning(plain(gone), icon=":material/delete:")
    names = dict(zip(by_id, distinct_names(map(_name, runs)), strict=True))
    earlier = any(run.earlier_test for run in runs)
    run_id: str | None = st.selectbox(
        label,
        list(by_id),
        format_func=names.__getitem__,
        key=value.key,
        placeholder="none trained yet",
        disabled=not runs,
        help=what,
    )
    if earlier:
        st.caption(plain(EARLIER_NOTE))
    return run_id


def _name(run: RunSummary) -> str:
    """`Conv 32, 3 layers, up to 1: 20.1 dB`."""
    noise = run.config.noise
    trained_at = f", {'up to' if noise.up_to else 'at'} {setting(noise.level)}" if noise else ""
    reached = "" if run.test_mse is None else f": {decibels(psnr_of_mse(run.test_mse))}"
    return f"{configs.short(run.config)}{trained_at}{reached}{f' {EARLIER_MARK}' * run.earlier_test}"


# ---------------------------------------------------------------- models that are missing


def _configs(info: DatasetInfo, kind: str) -> tuple[TrainConfig, TrainConfig, TrainConfig]:
    """What can be trained here at a click: a plain model, a denoiser for all levels, one for this level."""
    level = max(settings.noise_level(), NOISES[kind].most / 100)
    noises = (None, recipes.any_level(kind), Noise(kind, level))
    plain_config, every, one = (recipes.denoising_config(info, noise) for noise in noises)
    return plain_config, every, one


def _moment(info: DatasetInfo, kind: str) -> Hashable:
    """What another window would change: what is trained now, and which models there are."""
    models = (*denoisers.plain_runs(info.name), *denoisers.denoisers(info.name, kind))
    offered = tuple(map(offers.moment, _configs(info, kind)))
    return offered, tuple(run.run_id for run in models)


def _offer(info: DatasetInfo, compared: Compared) -> None:
    """One click trains what the page needs; what is there may be trained again otherwise."""
    plain_config, every, _ = _configs(info, compared.kind)
    if compared.plain is None:
        st.caption(plain(f"No plain autoencoder yet. The button trains {configs.short(plain_config)}."))
        _train("Train a plain autoencoder", "train-plain", plain_config, first=True)
    if compared.denoiser is None:
        st.caption(
            plain(f"No model has been trained on this noise yet. Both buttons train {configs.short(every)}.")
        )
        _train_denoisers(info, compared.kind, first=compared.plain is not None)
    else:
        with st.expander("Another denoiser", icon=":material/model_training:"):
            _train_denoisers(info, compared.kind, first=False)
            before_training.network(every, _purpose(compared.kind))


def _what_is_trained(info: DatasetInfo, compared: Compared) -> None:
    """Below the buttons, which stay in view: the networks, and their images where others are on the page."""
    plain_config, every, _ = _configs(info, compared.kind)
    if compared.plain is None:
        before_training.network(
            plain_config, "Plain autoencoder: this network will be trained on clean images."
        )
    if compared.denoiser is None:
        before_training.network(every, _purpose(compared.kind))
    if not compared.models:
        before_training.training_images(info.name, columns=4)


def _purpose(kind: str) -> str:
    return f"Denoiser: this network will be trained to remove {configs.noise_name(kind)}."


def _train_denoisers(info: DatasetInfo, kind: str, *, first: bool) -> None:
    _, every, one = _configs(info, kind)
    _train("Train a denoiser for all levels", "train-any", every, first=first)
    # "This level", not a number: the slider moves without the form.
    _train("Train a denoiser for this level", "train-one", one, first=False)
    if st.button("Choose other settings in Train", icon=":material/school:", type="tertiary", key="to-train"):
        training_settings.ask_for(every)
        links.go_to("train")


def _train(label: str, key: str, config: TrainConfig, *, first: bool) -> None:
    noise = f", {NOISES[config.noise.kind].title.lower()} noise" if config.noise else ""
    active = offers.is_active(config)
    with errors.shown():
        offers.training(config)
    if st.button(
        offers.WATCH if active else label,
        type="primary" if first else "secondary",
        icon=":material/visibility:" if active else ":material/play_arrow:",
        width="stretch",
        key=key,
        help=plain(f"{configs.short(config)}{noise}, {counted(config.epochs, 'epoch')}"),
    ):
        with errors.shown():  # here: the pictures stay
            denoisers.train_for_denoising(config)
