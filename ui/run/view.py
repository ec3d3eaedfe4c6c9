"""A run on the page, which follows it by itself while it is under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from autoenc.captions import configs
from autoenc.captions.remarks import remarks
from autoenc.jobs import TrainJob
from autoenc.numerals import counted, short, smaller
from autoenc.schema import BOUNDS, Run, Snapshot, State, TrainConfig
from ui.app import errors, layout, presenter
from ui.components.accessibility import announce
from ui.core import catalogue, idle, pages, polling, sessions, visitor
from ui.core.text import plain
from ui.run import class_errors, epochs, export, images, learnt, model, recognised, selection
from ui.widgets import labels, offers, training_settings
from ui.widgets.lesson import lesson

# Of a run that has ended; the first view, of its epochs, shows one that is under way too.
VIEWS_OF_ENDED = {
    "images": images.show,
    "recognised": recognised.show,
    "errors": class_errors.show,
    "learnt": learnt.show,
    "model": model.show,
    "export": export.show,
}


@dataclass(frozen=True)
class Origin:
    """How a run comes to stand beside a form."""

    label: str = ""  # "Example", "Last run"; empty: the form asks for just this run
    other_settings: bool = False  # the form shows others, and can take those of the run


def run_view(run_id: str, active: bool, origin: Origin = Origin()) -> None:
    """Everything about a run, from the queue to its result, in one place that does not move when it ends."""
    seconds = polling.interval_seconds() if active else None
    st.fragment(_run_view, run_every=seconds and seconds * polling.own_pace())(run_id, seconds, origin)
    if not active and not sessions.is_finished(run_id):
        idle.watch(lambda: sessions.moment_of(run_id))  # another window may train it on


def _run_view(run_id: str, seconds: float | None, origin: Origin) -> None:
    """Redrawn every `seconds`; None: it does not run."""
    with errors.shown():
        selection.remember_view()
        # What is at rest is not drawn again: a frame may be a moment older than its end.
        snapshot = sessions.snapshot(run_id) if seconds is None else polling.frame(run_id)
        if snapshot is None:
            st.warning("This run is not on this machine any more.")
            return
        if snapshot.state.active != (seconds is not None):
            st.rerun()  # the whole page: its button says what can be done now
        if seconds is not None and seconds != polling.interval_seconds():
            st.rerun()  # others have come or gone
        _headline(snapshot, origin)
        _announce(snapshot)
        if snapshot.run is None and snapshot.state.active:
            st.caption("Visitors take turns. This page updates by itself.")
        if snapshot.state is State.RUNNING and (crowding := sessions.crowded()):
            st.caption(plain(crowding))
        if snapshot.run is not None:
            if not presenter.is_on():
                _results(snapshot.run, () if snapshot.state.active else sessions.seeds_of(snapshot.run))
            _views(snapshot.run, snapshot.state.active)
        pages.write_address()


def _headline(snapshot: Snapshot, origin: Origin) -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    text, what_next = row.container(width="stretch", key="headline"), row.container(width="content")
    with text:
        if snapshot.run is not None:
            label = f"{origin.label}: " if origin.label else ""
            layout.section(f"**{label}{plain(configs.title(snapshot.run.config))}**")
        st.progress(snapshot.run.done if snapshot.run else 0.0, labels.progress(snapshot))
    with what_next, st.container(horizontal=True, key="actions"):
        if origin.other_settings and snapshot.run is not None:
            _copy_button(snapshot.run.config)
        _what_next(snapshot)
    if snapshot.state is State.FAILED:
        st.error(plain(snapshot.message), icon=":material/error:")


def _announce(snapshot: Snapshot) -> None:
    """Start, end and failure; not each epoch."""
    state = snapshot.state
    announce(
        "run",
        snapshot.job_id,
        state,
        labels.announcement(snapshot),
        active=state.active,
        urgent=state is State.FAILED,
    )


def _what_next(snapshot: Snapshot) -> None:
    """Whoever may not has no button, and the server does not take a press of one either."""
    if snapshot.state.active:
        if visitor.may_stop(snapshot) and st.button("Stop", icon=":material/stop:", key="stop"):
            sessions.stop(snapshot)
        return
    if sessions.is_example(snapshot.job_id):
        return
    run = snapshot.run
    if run is not None and run.finished and catalogue.fingerprint_of(run.config.dataset) == run.fingerprint:
        with st.container(width="content"):  # else the fragment takes all the room there is
            st.fragment(_next)(run)
    if visitor.is_teacher():
        with st.popover("Delete", icon=":material/delete:", key="delete"):
            st.markdown("Delete this run and its trained model?")
            if st.button("Delete it", type="primary", key="delete-run"):
                sessions.delete_run(snapshot.job_id)
                selection.show_nothing()
                st.rerun()


def _next(run: Run) -> None:
    """What it holds is drawn when it is opened: its forecasts cost more than the headline."""
    box = st.popover("Next", icon=":material/arrow_forward:", key="next", on_change="rerun")
    if box.open:
        with box, errors.shown():
            _next_run(run)


def _next_run(run: Run) -> None:
    """What one does after a run that is finished: longer, or from another seed."""
    config = run.config
    longer = replace(
        config, epochs=min(config.epochs + catalogue.default_epochs(config.dataset), BOUNDS["epochs"][1])
    )
    seeds = {config.seed, *(other.config.seed for other in sessions.seeds_of(run))}
    again = replace(config, seed=(max(seeds) + 1) % BOUNDS["seed"][1])
    if longer != config and not _has_come_to_rest(config):
        more = counted(longer.epochs - config.epochs, "epoch")
        _train_button(f"Train {more} longer", ":material/fast_forward:", longer)
    _train_button(f"Again with seed {again.seed}", ":material/casino:", again)
    st.caption("A new seed means new starting weights: the spread shows how much is luck.")


def _copy_button(config: TrainConfig) -> None:
    if st.button("Copy settings", icon=":material/content_copy:", key="take-settings", help="Into the form."):
        training_settings.ask_for(config)
        st.rerun()


def _has_come_to_rest(config: TrainConfig) -> bool:
    """Whether more epochs would change nothing: the learning rate has fallen to zero."""
    return config.decay_epochs is not None and config.decay_epochs <= config.epochs


def _train_button(label: str, icon: str, config: TrainConfig) -> None:
    offers.training(config)
    if offers.is_active(config):
        label, icon = offers.WATCH, ":material/visibility:"
    if st.button(label, icon=icon, width="stretch", key=f"next-{config.epochs}-{config.seed}"):
        selection.show_run(sessions.start(TrainJob(config)))
        training_settings.ask_for(config)
        st.rerun()


def _results(run: Run, seeds: Sequence[Run]) -> None:
    unknown = "–"
    row = st.container(horizontal=True, gap="medium", key="results")
    row.metric(
        "Test error (MSE per pixel)",
        labels.over_seeds([r.test_mse for r in (run, *seeds)], 4) or unknown,
        help="Mean squared error per pixel over the whole test set; pixels range from 0 to 1."
        + (f" Mean and standard deviation over {len(seeds) + 1} seeds." if seeds else ""),
    )
    row.metric(
        "Test PSNR (dB)",
        labels.over_seeds([r.test_psnr_db for r in (run, *seeds)], 1) or unknown,
        help="The same error in decibels: 3 dB more means half the error.",
    )
    row.metric("Speed (images/s)", f"{run.images_per_second:,.0f}" if run.epochs else unknown)
    if run.config.rate_weight is not None:
        _bytes_per_image(row, run, seeds)
    elif run.config.kind.has_prior:
        _kl(row, run, seeds)
    else:
        ratio = short(run.model.n_pixels / run.model.n_latents, 3)
        row.metric(
            "Numbers in the code",
            f"{run.model.n_latents:,}",
            help=f"{ratio} pixels per code value",
        )
    for number, remark in enumerate(remarks(run)):
        lesson(remark, key=f"remark-{number}")


def _bytes_per_image(row: DeltaGenerator, run: Run, seeds: Sequence[Run]) -> None:
    """Of a model that is trained for few of them; while its first epoch runs, of the latest steps."""
    size = run.code_bytes
    times = f": {smaller(run.model.n_pixels / size)} than its pixels" if size else ""
    row.metric(
        "Bytes per image",
        labels.over_seeds([r.code_bytes for r in (run, *seeds)], 1) or "–",
        help=f"What {run.model.n_latents:,} whole numbers take on average over the test set{times}. "
        "Estimated by the density that the model has learnt; the page Compress counts real bytes.",
    )


def _kl(row: DeltaGenerator, run: Run, seeds: Sequence[Run]) -> None:
    """Of a model with a prior; while its first epoch runs, of the latest steps."""
    row.metric(
        "KL (nats per image)",
        labels.over_seeds([r.kl for r in (run, *seeds)], 1) or "–",
        help=f"How much a code of {counted(run.model.n_latents, 'number')} tells of its image: how far its "
        "normal distribution is from the standard one, on average over the test set. 1 nat is 1.44 bits; at "
        "0 every image has the same code.",
    )


def _views(run: Run, active: bool) -> None:
    """Only the tab that is open is drawn."""
    titles = list(selection.VIEWS.values())
    tabs = st.tabs(titles, key=selection.TAB.key, on_change=pages.write_address)
    for tab, view in zip(tabs, selection.VIEWS, strict=True):
        with tab:
            if not tab.open:
                continue
            if view == "epochs":
                epochs.show(run, active)
            elif active:
                st.info("Available when training finishes.", icon=":material/hourglass:")
            else:
                with errors.shown():
                    VIEWS_OF_ENDED[view](run)
