"""Which code size denoises best, and what is a model worth at noise that it was not trained on?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc import captions, plots, recipes
from autoenc.captions import configs
from autoenc.numerals import counted
from autoenc.plots import MatrixRow, SizeCurve
from autoenc.schema import Curve, RunSummary, State, TrainConfig, training_noise, usual_levels
from ui.app import errors
from ui.components.live_plot import live_plot
from ui.core import idle, links, sessions, visitor
from ui.core.text import plain
from ui.denoise import curves, denoisers, settings
from ui.denoise.form import Compared
from ui.sweep import settings as sweep_settings

HEIGHT = 400  # pixels


# ---------------------------------------------------------------- which code size denoises best


def sizes(compared: Compared) -> None:
    """Plain autoencoders of all trained sizes, at a few levels of noise."""
    if compared.plain is None:
        st.info("Train a plain autoencoder first.", icon=":material/school:")
        return
    runs = denoisers.sizes_of(compared.plain)
    config = runs[0].config
    st.markdown(
        f"A small code cannot store the noise. **{configs.family(config)}**, trained on clean images, "
        f"{counted(len(runs), 'size')}:"
    )
    if st.button("Train more sizes in Sweep", icon=":material/show_chart:", type="tertiary", key="to-sweep"):
        sweep_settings.ask_for_sweep(config)
        links.go_to("sweep")
    if len(runs) < 2:
        st.info("Train at least two sizes to compare them.", icon=":material/show_chart:")
        return
    jobs = [denoisers.curve_job(compared.dataset, compared.kind, run.run_id) for run in runs]
    curves.follow(jobs, lambda found: _by_size(compared, runs, found), key="sizes")


def _by_size(compared: Compared, runs: Sequence[RunSummary], found: Sequence[Curve]) -> None:
    by_method = {curve.method: curve for curve in found}
    known = [
        SizeCurve(run.run_id, run.n_latents, run.config.latent_size, by_method[run.run_id]) for run in runs
    ]
    levels = recipes.noise_levels(compared.kind)
    words = captions.denoising.size_caption(known)
    clicked = live_plot(
        plots.quality_by_size(known, levels, caption=words).to_json(),
        key="noise-sizes",
        height=HEIGHT,
        downloads=True,
    )
    if words:
        st.markdown(plain(words))
    if clicked is not None and clicked["customdata"] in by_method:
        denoisers.choose_model(clicked["customdata"])
        st.rerun()


# ---------------------------------------------------------------- trained at, tested at


def matrix(compared: Compared) -> None:
    """Models that differ only in their training noise, each tested at every level."""
    if compared.denoiser is None:
        st.info("Train a denoiser first.", icon=":material/school:")
        return
    rows = denoisers.trained_at(compared.denoiser)
    config = rows[0].config
    st.markdown(
        f"**{configs.short(config)}**, each trained with a different noise and tested with all of them:"
    )
    _train_missing(compared.denoiser, compared.kind)
    jobs = [denoisers.curve_job(compared.dataset, compared.kind, run.run_id) for run in rows]
    curves.follow(jobs, lambda found: _heat_map(compared, rows, found), key="matrix")


def _heat_map(compared: Compared, runs: Sequence[RunSummary], found: Sequence[Curve]) -> None:
    by_method = {curve.method: curve for curve in found}
    rows = [MatrixRow(run.config.noise, run.run_id, by_method[run.run_id]) for run in runs]
    columns = usual_levels(compared.kind)
    words = captions.denoising.matrix_caption(rows, columns)
    clicked = live_plot(
        plots.transfer_matrix(rows, columns, caption=words).to_json(),
        key="noise-matrix",
        height=HEIGHT,
        downloads=True,
    )
    if words:
        st.markdown(plain(words))
    st.caption(
        "PSNR on all test images; a frame marks the best of each column. Click a cell to see it above."
    )
    if clicked is not None:
        run_id, level = clicked["customdata"]
        if run_id in by_method and level in columns:
            denoisers.choose_model(run_id)
            settings.LEVEL.put(level)
            st.rerun()


def _train_missing(denoiser: str, kind: str) -> None:
    """The same model at other levels, in the background; the page follows."""
    missing = denoisers.untrained_at(denoiser, recipes.noise_levels(kind))
    if not missing:
        return
    active = denoisers.active_of(missing)
    st.fragment(_training, run_every=2.0 if active else idle.SECONDS)(missing, len(active))


def _training(missing: Sequence[TrainConfig], n_before: int) -> None:
    with errors.shown():
        active = denoisers.active_of(missing)
        if len(active) != n_before:
            st.rerun()  # one more is trained
        with st.container(horizontal=True, vertical_alignment="center"):
            for sentence in denoisers.failures_of(missing):
                st.error(plain(sentence), icon=":material/error:")
            if not active:
                levels = ", ".join(training_noise(config.noise) for config in missing)
                label = f"Train {len(missing)} more level{'s'[: len(missing) > 1]}: {levels}"
                if st.button(label, icon=":material/play_arrow:", key="train-levels"):
                    denoisers.train_all(missing)
                return
            for job in active:
                name = training_noise(job.run.config.noise) if job.run else "next"
                waits = "waiting" if job.state is State.QUEUED else "training"
                st.progress(job.run.done if job.run else 0.0, f"{name}: {waits}")
            if any(map(visitor.may_stop, active)) and st.button(
                "Stop", icon=":material/stop:", key="stop-levels"
            ):
                for job in filter(visitor.may_stop, active):
                    sessions.stop(job)
