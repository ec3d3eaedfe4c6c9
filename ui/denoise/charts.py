"""Where does it help, which code size denoises best, and what is a model worth at other noise?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st

from autoenc import captions, plots, recipes
from autoenc.captions import configs
from autoenc.jobs import CurveJob
from autoenc.numerals import counted
from autoenc.plots import COLOUR, Line, MatrixRow, SizeCurve
from autoenc.schema import NOISES, Curve, RunSummary, State, TrainConfig, training_noise, usual_levels
from ui.app import errors, presenter
from ui.components.live_plot import live_plot
from ui.components.save_picture import PngText
from ui.core import forecasts, idle, links, sessions, visitor
from ui.core.caching import once
from ui.core.text import plain
from ui.denoise import denoisers, readable, settings
from ui.denoise.form import Compared
from ui.denoise.scene import KEY, colour, name, png_text
from ui.sweep import settings as sweep_settings
from ui.widgets import before_training, offers
from ui.widgets.lesson import lesson
from ui.widgets.measurements import follow

HEIGHT = 340  # pixels
TALL_HEIGHT = 400


def show(compared: Compared) -> None:
    """One tab a question; only the one that is open is drawn."""
    tabs = st.tabs(list(settings.QUESTIONS.values()), key=settings.QUESTION.key, on_change="rerun")
    for tab, question in zip(tabs, settings.QUESTIONS, strict=True):
        with tab:
            if tab.open:
                QUESTIONS[question](compared)


# ---------------------------------------------------------------- where does it help


def where(compared: Compared) -> None:
    """Every method on the test set: PSNR and SSIM against the level of noise, and in words what they show."""
    jobs = [denoisers.curve_job(compared.dataset, compared.kind, method) for method in compared.every]
    follow(jobs, lambda measured: _charts(compared, _curves(jobs, measured)), key="curves")


def _curves(jobs: Sequence[CurveJob], measured: Sequence[Curve | None]) -> list[Curve]:
    """As far as they are measured; an empty one where nobody has begun it."""
    return [
        curve or Curve(job.dataset, job.noise, job.method) for job, curve in zip(jobs, measured, strict=True)
    ]


def _charts(compared: Compared, measured: Sequence[Curve]) -> None:
    lines = tuple(_line(compared, curve) for curve in measured)
    sentences = list(filter(None, _sentences(compared, measured)))
    caption = " ".join(sentences)
    spread = settings.SPREAD.get()  # its switch comes after the charts
    noise = NOISES[compared.kind].title
    psnr, ssim = (st.container(), None) if presenter.is_on() else st.columns(2)
    with psnr:
        live_plot(
            _drawn(lines, "psnr", spread, caption),
            key="noise-psnr",
            height=HEIGHT,
            png=png_text(compared, "psnr", f"PSNR at each level of noise: {noise}"),
            downloads=True,
        )
    if ssim is not None:
        with ssim:
            spoken = captions.denoising.similarity_caption([(line.name, line.curve) for line in lines])
            live_plot(
                _drawn(lines, "ssim", spread, spoken),
                key="noise-ssim",
                height=HEIGHT,
                png=png_text(compared, "ssim", f"SSIM at each level of noise: {noise}"),
                downloads=True,
            )
    for number, sentence in enumerate(sentences):
        lesson(sentence, key=f"where-{number}")
    if presenter.is_on():
        return
    st.toggle(
        "Show the spread",
        value=spread,
        key=settings.SPREAD.key,
        help="From the 10th to the 90th percentile of the images.",
    )
    st.caption(
        "Each point: all test images (only the first 1,000 for the slower filters: median, total variation, "
        "non-local means). PSNR is computed from the mean error. Click a point to go to its level."
    )


def _line(compared: Compared, curve: Curve) -> Line:
    dash = "dash" if curve.method == "noisy" else "solid"
    return Line(name(compared, curve.method), COLOUR[colour(compared, curve.method)], curve, dash)


@once(maxsize=64)
def _drawn(lines: tuple[Line, ...], measure: Literal["psnr", "ssim"], spread: bool, caption: str) -> str:
    """As JSON; a marker follows the slider."""
    figure = plots.quality_curves(lines, measure, spread=spread, caption=caption)
    figure.layout.meta = {**(figure.layout.meta or {}), "film": KEY}
    json: str = figure.to_json(remove_uids=False)  # what the reader has hidden stays hidden
    return json


def _sentences(compared: Compared, measured: Sequence[Curve]) -> list[str]:
    by_method = {curve.method: curve for curve in measured}
    names = {method: f"the {name(compared, method).lower()}" for method in by_method} | {"noisy": "no filter"}
    sentences = [
        captions.denoising.crossing_caption(names[method], by_method["noisy"], by_method[method])
        for method in compared.models
    ]
    if compared.denoiser is not None and "affine" in by_method:
        affine, denoiser = ((names[method], by_method[method]) for method in ("affine", compared.denoiser))
        sentences.append(captions.denoising.gain_caption(*affine, *denoiser))
    best = captions.denoising.best_caption([(names[method], curve) for method, curve in by_method.items()])
    return [*sentences, best]


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
    follow(jobs, lambda measured: _by_size(compared, runs, _curves(jobs, measured)), key="sizes")


def _by_size(compared: Compared, runs: Sequence[RunSummary], measured: Sequence[Curve]) -> None:
    by_method = {curve.method: curve for curve in measured}
    sized = [
        SizeCurve(run.run_id, run.n_latents, run.config.latent_size, by_method[run.run_id]) for run in runs
    ]
    levels = recipes.noise_levels(compared.kind)
    caption = captions.denoising.size_caption(sized)
    clicked = live_plot(
        plots.quality_by_size(sized, levels, caption=caption).to_json(),
        key="noise-sizes",
        height=TALL_HEIGHT,
        png=PngText(
            f"PSNR by size of the code: {NOISES[compared.kind].title}",
            configs.every_setting(runs[0].config, [run.config.latent_size for run in runs]),
            tuple(run.run_id for run in runs),
            "psnr-by-size",
        ),
        downloads=True,
    )
    lesson(caption, key="sizes")
    if clicked is not None and clicked["customdata"] in by_method:
        denoisers.choose_model(clicked["customdata"])
        st.rerun()


# ---------------------------------------------------------------- training noise against test noise


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
    follow(jobs, lambda measured: _heat_map(compared, rows, _curves(jobs, measured)), key="matrix")


def _heat_map(compared: Compared, runs: Sequence[RunSummary], measured: Sequence[Curve]) -> None:
    by_method = {curve.method: curve for curve in measured}
    rows = [MatrixRow(run.config.noise, run.run_id, by_method[run.run_id]) for run in runs]
    columns = usual_levels(compared.kind)
    caption = captions.denoising.matrix_caption(rows, columns)
    clicked = live_plot(
        plots.transfer_matrix(rows, columns, caption=caption).to_json(),
        key="noise-matrix",
        height=TALL_HEIGHT,
        png=PngText(
            f"Training noise and test noise: {NOISES[compared.kind].title}",
            configs.every_setting(replace(runs[0].config, noise=None)),
            tuple(run.run_id for run in runs),
            "noise-matrix",
        ),
        downloads=True,
    )
    lesson(caption, key="matrix")
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
    active = sessions.active_of(denoisers.jobs(missing))
    st.fragment(_training, run_every=2.0 if active else idle.SECONDS)(missing, len(active))


def _training(missing: Sequence[TrainConfig], n_before: int) -> None:
    with errors.shown():
        active = sessions.active_of(denoisers.jobs(missing))
        if len(active) != n_before:
            st.rerun()  # one more is trained
        with st.container(horizontal=True, vertical_alignment="center"):
            for sentence in sessions.failures_of(denoisers.jobs(missing)):
                st.error(plain(sentence), icon=":material/error:")
            if not active:
                levels = ", ".join(training_noise(config.noise) for config in missing)
                offers.time(forecasts.of_runs(missing))
                label = f"Train {len(missing)} more level{'s'[: len(missing) > 1]}: {levels}"
                if st.button(label, icon=":material/play_arrow:", key="train-levels"):
                    denoisers.train_all(missing)
            for job in active:
                name = training_noise(job.run.config.noise) if job.run else "next"
                waits = "waiting" if job.state is State.QUEUED else "training"
                st.progress(job.run.done if job.run else 0.0, f"{name}: {waits}")
            own = list(filter(visitor.may_stop, active))
            if own and st.button("Stop", icon=":material/stop:", key="stop-levels"):
                for job in own:
                    sessions.stop(job)
        if not active:
            purpose = "The same network is trained separately for each level:"
            before_training.network(missing[0], purpose)


QUESTIONS: Mapping[str, Callable[[Compared], None]] = {
    "where": where,
    "sizes": sizes,
    "matrix": matrix,
    "readable": readable.show,
}
