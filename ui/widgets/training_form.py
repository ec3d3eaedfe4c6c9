"""Widgets -> values of the schema."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from autoenc import checkpoints, datasets, memory, models, training
from autoenc.datasets import DatasetInfo
from autoenc.errors import AutoencError
from autoenc.jobs import DownloadJob
from autoenc.schema import (
    BOUNDS,
    CODE_UNITS,
    MODEL_KINDS,
    MODEL_NAMES,
    MODELS,
    TrainConfig,
)
from ui.app import errors
from ui.core import catalogue, idle, sessions, visitor
from ui.core.text import plain
from ui.core.values import Value
from ui.widgets import dataset_upload, labels, more_settings, offers, training_settings

LATENT_SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
MODEL_HELP = (
    "MLP: each pixel is connected to each code value. Conv: small filters slide over the image; the code is "
    "a stack of small images. Conv bottleneck: filters, then a code with exactly the size you choose. VAE: "
    "each image becomes a small cloud of codes; together the clouds fill the space around 0 without holes, "
    "so that random numbers draw something, too."
)
IMAGE_COUNTS = (500, 1000, 2000, 5000, 10_000, 20_000)


def settle(models: Sequence[str] | None = None, depths: Value[list[str]] | None = None) -> None:
    """Before the form is drawn: what it will show, for what is drawn beside it; takes what `suit` takes.

    Args:
        models: that are trained with the settings; None: the one of a run.
    """
    training_settings.settings(models)
    _check_dataset()
    training_settings.suit([training_settings.MODEL.get()] if models is None else models, depths)


def train_form() -> DeltaGenerator:
    """All settings of a run but those of its code, whose place among them this returns."""
    training_settings.remember()
    current = training_settings.settings()
    info = dataset_choice()
    st.segmented_control(
        "Model",
        MODELS,
        format_func=MODEL_NAMES.__getitem__,
        key=training_settings.MODEL.key,
        required=True,
        help=MODEL_HELP,
    )
    training_settings.suit([training_settings.MODEL.get()])
    place = st.container(key="code-settings")
    epochs_and_images(info, current["train_images"])
    more_settings.more([training_settings.MODEL.get()])
    return place


def code_settings() -> None:
    """How large the code is and how deep the model: nothing else in the form follows them."""
    model, size = training_settings.MODEL.get(), training_settings.LATENT_SIZE.get()
    training_settings.suit([model])
    st.select_slider(
        f"Latent size ({CODE_UNITS[model]}s {'of' if CODE_UNITS[model] == 'channel' else 'in'} the code)",
        sorted({*LATENT_SIZES, size}),
        key=training_settings.LATENT_SIZE.key,
        help="How much of an image the model can keep. Small: strong compression, blurred images.",
    )
    with st.container(horizontal=True, gap="small", key="depth"):
        st.segmented_control(
            "Layers",
            (1, 2, 3, 4),
            key=training_settings.LAYERS.key,
            required=True,
            on_change=training_settings.judge_again,
            args=(training_settings.LAYERS.key,),
            help="In the encoder; the decoder has the same number.",
        )
        if MODEL_KINDS[model].has_stride:
            stride()


# ---------------------------------------------------------------- parts of forms


def dataset_choice() -> DatasetInfo:
    """The data set, prepared if it can be; what there is to tell of it; the way to bring another."""
    _check_dataset()
    infos = {info.name: info for info in catalogue.offered()}
    titles = catalogue.choice_titles(infos.values())
    place = st.container(key="dataset-choice", gap=None)
    place.selectbox(
        "Data set",
        list(infos),
        format_func=titles.__getitem__,
        key=training_settings.DATASET.key,
        on_change=training_settings.dataset_changed,
    )
    if visitor.is_teacher():
        key = f"bring-in-{training_settings.N_IMPORTED.get()}"  # another popover is closed
        with place.popover(
            "Your own pictures", icon=":material/add_photo_alternate:", type="tertiary", key=key
        ):
            dataset_upload.pictures()
    name = training_settings.DATASET.get()
    info = infos[name]
    if not info.prepared:
        try:
            with st.spinner("Preparing images (first time only)"):
                info = catalogue.prepare(name)
        except AutoencError as error:
            st.error(plain(str(error)), icon=":material/error:")
    for note in info.notes:
        st.caption(f":material/info: {plain(note[:1].upper() + note[1:])}.")
    return info


def _check_dataset() -> None:
    if (why := training_settings.check_dataset()) is not None:
        st.warning(f"{plain(why[:1].upper() + why[1:])}.", icon=":material/image_not_supported:")


def stride() -> None:
    st.segmented_control(
        "Stride",
        (1, 2),
        key=training_settings.STRIDE.key,
        required=True,
        help="2 halves height and width in each layer; 1 keeps them: the code is larger than the image.",
    )


def epochs_and_images(info: DatasetInfo, n_selected: int) -> None:
    """How often the model sees how many images."""
    epochs, images = st.columns(2)
    epochs.number_input(
        "Epochs",
        *BOUNDS["epochs"],
        key=training_settings.EPOCHS.key,
        help="How often the model sees every image.",
    )
    images.selectbox(
        "Images",
        _image_counts(info, n_selected),
        format_func=lambda n: f"{n:,}" if n else f"all {info.n_train:,}",
        key=training_settings.TRAIN_IMAGES.key,
        help="Train on only the first N images.",
    )


def _image_counts(info: DatasetInfo, selected: int) -> list[int]:
    """0, which stands for all, and some smaller numbers; what a link asks for is among them."""
    return sorted({0, selected, *(n for n in IMAGE_COUNTS if n < info.n_train)})


def config() -> TrainConfig | None:
    """What the settings say; None where they do not go together, which the page then says."""
    try:
        info = catalogue.info_of(training_settings.DATASET.get())
        config = training_settings.config_of(training_settings.settings())
        training.check(config, info.image_shape, info.n_train)
        model = models.describe(config, info.image_shape)
        needed = memory.needed_bytes(config, model, info.n_train, info.n_test)
        memory.check_fits(needed, sessions.background().memory_share)
    except AutoencError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    return config


# ---------------------------------------------------------------- before the click


def forecast(config: TrainConfig, shown_run: str | None) -> None:
    """What will happen: the size of the model and of the code, and the time it will take.

    A warning is one line: a box would lie on the settings.
    """
    data = next(info for info in catalogue.infos() if info.name == config.dataset)
    info = models.describe(config, data.image_shape)
    lines = [f"**{info.n_parameters:,}** parameters", labels.code_size(info.n_latents, info.n_pixels)]
    if config.decay_epochs is not None and config.decay_epochs < config.epochs:  # the learning rate is zero
        stops = f"The model stops learning after epoch {config.decay_epochs:,}"
        lines.append(f":orange-background[:material/trending_down: {stops}]")
    st.markdown("  \n".join(lines))
    idle.follow(
        partial(_expected_time, config, shown_run), partial(offers.moment, config), offers.interval(config)
    )


def _expected_time(config: TrainConfig, shown_run: str | None) -> None:
    with errors.shown():
        offers.training(config, shown_run)


# ---------------------------------------------------------------- the click


def train_button(config: TrainConfig | None, shown_run: str | None) -> bool:
    """Pressed, with settings that can be trained; the button says what pressing it will do."""
    label, icon, possible = "Train", ":material/play_arrow:", False
    if config is not None and catalogue.is_present(config.dataset):
        fingerprint = datasets.load(config.dataset).fingerprint
        run_id = config.run_id(fingerprint)
        earlier = checkpoints.furthest(config, fingerprint)
        possible = True
        if sessions.is_active(run_id) and run_id == shown_run:
            label, possible = "Training", False
        elif sessions.is_active(run_id):
            label, icon = offers.WATCH, ":material/visibility:"
        elif earlier is not None and earlier.run_id == run_id and earlier.finished:
            label, icon = "Show the result", ":material/visibility:"
        elif earlier is not None:
            label = f"Resume from epoch {earlier.epochs_done:,}"
    pressed = st.button(label, type="primary", icon=icon, width="stretch", disabled=not possible, key="train")
    return pressed and possible


def offer_download(name: str) -> None:
    """Where a data set is missing: a button that brings it, with a progress bar while it comes."""
    info = catalogue.info_of(name)
    if info.present:
        return
    who = "" if visitor.is_teacher() else " Ask the teacher to download it."
    st.info(f"{info.title} is not on this machine yet.{who}", icon=":material/cloud_download:")
    active = sessions.is_active(DownloadJob(name).job_id)
    st.fragment(_download, run_every=0.5 if active else idle.SECONDS)(name, info.title, active)


def _download(name: str, title: str, was_active: bool) -> None:
    job = DownloadJob(name)
    latest = sessions.background().snapshot(job.job_id)
    if latest is not None and latest.state.active:
        if not was_active:
            st.rerun()  # another window has begun it
        st.progress(latest.value.done if latest.value else 0.0, f"Downloading {title}")
        if visitor.may_stop(latest) and st.button("Stop the download", key=f"stop-{name}"):
            sessions.stop(latest)
        return
    if was_active:
        catalogue.infos.clear()
        st.rerun()  # the whole page: there is a data set now, or a reason why not
    if latest is not None and latest.message:
        st.error(plain(latest.message), icon=":material/error:")
    if visitor.is_teacher() and st.button(
        f"Download {title}", icon=":material/download:", key=f"download-{name}"
    ):
        sessions.start(job)
        st.rerun()
