"""Views of a run that follow it by themselves while it is under way."""

from __future__ import annotations

from typing import Literal

import numpy as np
import streamlit as st

from autoenc import datasets, lab, models, plots
from autoenc.plots import COLOUR
from autoenc.schema import Images, Preview, Run, Snapshot, State, TrainConfig
from ui import controls, page, state
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.text import duration, plain

CHART_HEIGHT = 300  # pixels


def run_view(run_id: str, active: bool) -> None:
    """Everything about a run, from the queue to its result, in one place that does not move when it ends."""
    seconds = state.interval_seconds() if active else None
    st.fragment(_run_view, run_every=seconds and seconds * state.own_pace())(run_id, seconds)


def _run_view(run_id: str, seconds: float | None) -> None:
    """Drawn anew every so many seconds; None: it does not run."""
    with page.errors_told():
        snapshot = state.frame(run_id)
        if snapshot is None:
            st.warning("This run is not on this machine any more.")
            return
        if seconds is not None and not snapshot.state.active:
            st.rerun()  # the whole page: its button says what can be done now
        if seconds is not None and seconds != state.interval_seconds():
            st.rerun()  # others have come or gone
        _headline(snapshot)
        if snapshot.run is None and snapshot.state.active:
            st.caption("Visitors take turns. Nothing needs to be pressed again: this page follows its run.")
        if snapshot.run is not None:
            _results(snapshot.run)
            _preview(snapshot.run)
            _charts(snapshot.run)
            _beside_the_lab(snapshot.run)


def _headline(snapshot: Snapshot) -> None:
    text, stop = st.columns([5, 1], vertical_alignment="center")
    with text:
        if snapshot.run is not None:
            st.markdown(f"**{title(snapshot.run.config)}**")
        st.progress(snapshot.run.done if snapshot.run else 0.0, progress_text(snapshot))
    with stop:
        _stop_or_delete(snapshot)
    if snapshot.state is State.FAILED:
        st.error(plain(snapshot.message), icon=":material/error:")


def _stop_or_delete(snapshot: Snapshot) -> None:
    """Whoever may not has no button, and the server does not take a press of one either."""
    if snapshot.state.active:
        if state.may_stop(snapshot) and st.button(
            "Stop", icon=":material/stop:", key="stop", width="stretch"
        ):
            state.stop(snapshot)
    elif state.is_teacher():
        with st.popover("Delete", icon=":material/delete:", key="delete"):
            st.markdown("Delete this run and what the model has learnt?")
            if st.button("Delete it", type="primary", key="delete-run"):
                state.delete_run(snapshot.job_id)
                state.show_nothing()
                st.rerun()


def title(config: TrainConfig) -> str:
    """The settings in one line: `MLP, latent size 32, 1 layer, MNIST handwritten digits`."""
    layers = "1 layer" if config.layers == 1 else f"{config.layers} layers"
    stride = f", stride {config.stride}" if config.model == "conv" else ""
    noise = f", noise {config.noise.level:g}" if config.noise else ""
    return (
        f"{controls.MODEL_TITLES[config.model]}, latent size {config.latent_size}, {layers}{stride}{noise}, "
        f"{state.data_title(config.dataset)}"
    )


def progress_text(snapshot: Snapshot) -> str:
    """Where the run is, and how long it will take."""
    run = snapshot.run
    n_epochs = f"{len(run.epochs)} of {run.config.epochs} epochs" if run else "nothing yet"
    match snapshot.state:
        case State.QUEUED:
            before = f"{snapshot.ahead} before it" if snapshot.ahead else "it is next"
            return f"Waiting: {plain(snapshot.message) or before}"
        case State.RUNNING:
            left = seconds_left(snapshot)
            return f"Training: {n_epochs}" + ("" if left is None else f", {duration(left)} left")
        case State.FINISHED:
            return f"Finished: {n_epochs} in {duration(run.seconds if run else 0)}"
        case State.STOPPED:
            return f"Stopped: {n_epochs}; finished epochs are kept"
        case State.INTERRUPTED:
            return f"Interrupted: {n_epochs}; train on to continue"
        case State.FAILED:
            return f"Failed: {n_epochs}"


def seconds_left(snapshot: Snapshot) -> float | None:
    """From the speed of the epochs so far, or of the steps of the first one; None: no step yet."""
    run = snapshot.run
    if run is None or not run.done:
        return None
    if run.epochs:
        last = run.epochs[-1]
        return (last.seconds + last.test_seconds) * run.config.epochs * (1 - run.done)
    return snapshot.elapsed_seconds * (1 - run.done) / run.done


def _results(run: Run) -> None:
    unknown = "–"
    row = st.container(horizontal=True, gap="medium")
    row.metric(
        "Test error (MSE per pixel)",
        unknown if run.test_mse is None else f"{run.test_mse:.4f}",
        help="The mean squared error of a pixel over the whole test set; pixels go from 0 to 1.",
    )
    row.metric(
        "Test PSNR (dB)",
        unknown if run.test_psnr_db is None else f"{run.test_psnr_db:.1f}",
        help="The same error in decibels; 3 dB more is half the error.",
    )
    row.metric("Speed (images/s)", f"{run.images_per_second:,.0f}" if run.epochs else unknown)
    row.metric(
        "Numbers in the code",
        f"{run.model.n_latents:,}",
        help=f"For {run.model.n_pixels:,} pixels: {run.model.n_pixels / run.model.n_latents:.3g} a number.",
    )


def _preview(run: Run) -> None:
    last = run.previews[-1] if run.previews else Preview(0, run.x)
    when = "before any training" if last.epoch == 0 else f"after epoch {last.epoch} of {run.config.epochs}"
    st.markdown(f"**Sixteen test images {when}** – images that the model is never trained on")
    pictures(_preview_rows(run), key="preview")


@state.drawn_once
def _preview_rows(run: Run) -> list[PictureRow]:
    last = run.previews[-1] if run.previews else Preview(0, run.x)
    x, x_hat = _array(run.x), _array(last.x_hat)
    rows = [PictureRow("Original", x, COLOUR["original"])]
    if run.x_noisy is not None:
        rows.append(PictureRow("Noisy", _array(run.x_noisy), COLOUR["noisy"]))
    error = np.abs(x.astype(np.int16) - x_hat).astype(np.uint8)
    rows.append(PictureRow("Reconstruction", x_hat, COLOUR["reconstruction"]))
    rows.append(PictureRow("Error", error, COLOUR["error"], kind="error"))
    return rows


def _charts(run: Run) -> None:
    loss, time = st.columns(2)
    with loss:
        by, log = state.loss_axes()
        live_plot(_loss_curve(run, log, by), key="loss", height=CHART_HEIGHT)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.segmented_control(
                "Loss",
                ("step", "epoch"),
                default="step",
                required=True,
                key="loss_by",
                label_visibility="collapsed",
                format_func="by {}".format,
            )
            st.toggle("Log axis", value=True, key="loss_log")
    with time:
        live_plot(_timing(run), key="timing", height=CHART_HEIGHT)


@state.drawn_once
def _loss_curve(run: Run, log: bool, by: Literal["step", "epoch"]) -> str:
    return plots.loss_curve(run, log=log, by=by).to_json()


@state.drawn_once
def _timing(run: Run) -> str:
    return plots.timing(run).to_json()


def _beside_the_lab(run: Run) -> None:
    figures = lab.reported(run.config)
    if figures is None or not run.finished:
        return
    train_loss = run.epochs[-1].train_loss
    rows = [("Training loss after 10 epochs", f"{figures.train_loss:g}", f"{train_loss:.2g}")]
    if figures.test_loss_as_printed is not None:
        rows.append(("Test loss (*)", f"{figures.test_loss_as_printed:g}", f"{run.test_mse:.2g}"))
    if figures.seconds is not None:
        rows.append(("Training time (s)", f"{figures.seconds:g}", f"{run.seconds:.1f}"))
    st.markdown("**Beside the lab report**")
    st.markdown(
        "| | lab report | here |\n|---|---:|---:|\n" + "\n".join(f"| {a} | {b} | {c} |" for a, b, c in rows)
    )
    if figures.test_loss_as_printed is not None:
        st.caption("(*) As printed in the report: probably a sum over batches, not a mean over images.")


def nothing_yet(config: TrainConfig) -> None:
    """What there is to see before the first run: the images, and the model on paper."""
    st.markdown(
        "**Press Train** and watch the model learn to bring these sixteen test images back from its code."
    )
    if state.is_present(config.dataset):
        pictures(
            [PictureRow("Original", datasets.load(config.dataset).test[:16], COLOUR["original"])],
            key="preview",
        )


def model_printed(config: TrainConfig) -> None:
    """The model as the lab printed it: layer, output shape, parameters."""
    data = next(info for info in state.catalogue() if info.name == config.dataset)
    with st.expander("The model, layer by layer", icon=":material/layers:"):
        st.code(str(models.describe(config, data.image_shape)), language=None)


def _array(images: Images) -> np.ndarray:
    return np.frombuffer(images.data, np.uint8).reshape(images.shape)
