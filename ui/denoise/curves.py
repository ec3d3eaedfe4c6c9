"""Where does it help? Every method on the test set, level by level, while the class watches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from autoenc import captions, plots
from autoenc.jobs import CurveJob
from autoenc.plots import COLOUR, Line
from autoenc.schema import Curve
from ui.app import errors
from ui.components.live_plot import live_plot
from ui.core import pages, polling, sessions
from ui.core.caching import once
from ui.core.text import plain
from ui.denoise import denoisers, settings
from ui.denoise.form import Compared
from ui.denoise.scene import KEY, colour, name

HEIGHT = 340  # pixels
IDLE_SECONDS = 10.0  # until a page sees that another window has something measured

Draw = Callable[[Sequence[Curve]], None]


def show(compared: Compared) -> None:
    """PSNR and SSIM against the level of noise, and in words what they show."""
    jobs = [denoisers.curve_job(compared.dataset, compared.kind, method) for method in compared.every]
    follow(jobs, lambda curves: _charts(compared, curves), key="curves")


def _charts(compared: Compared, curves: Sequence[Curve]) -> None:
    lines = tuple(_line(compared, curve) for curve in curves)
    sentences = list(filter(None, _sentences(compared, curves)))
    words = " ".join(sentences)
    spread = settings.SPREAD.get()  # its switch comes after the charts
    psnr, ssim = st.columns(2)
    with psnr:
        live_plot(
            _drawn(lines, "psnr", spread, words),
            key="noise-psnr",
            height=HEIGHT,
            downloads=True,
        )
    with ssim:
        live_plot(_drawn(lines, "ssim", spread, ""), key="noise-ssim", height=HEIGHT, downloads=True)
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))
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
def _drawn(lines: tuple[Line, ...], measure: Literal["psnr", "ssim"], spread: bool, said: str) -> str:
    """As JSON; a marker follows the slider."""
    figure = plots.quality_curves(lines, measure, spread=spread, caption=said)
    figure.layout.meta = {**(figure.layout.meta or {}), "film": KEY, "x_per_epoch": 1}
    json: str = figure.to_json(remove_uids=False)  # what the reader has hidden stays hidden
    return json


def _sentences(compared: Compared, curves: Sequence[Curve]) -> list[str]:
    by_method = {curve.method: curve for curve in curves}
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


# ---------------------------------------------------------------- what is measured in the background


def follow(jobs: Sequence[CurveJob], draw: Draw, *, key: str) -> None:
    """These curves so far, redrawn while they grow; a button that measures the others."""
    active = any(sessions.is_active(job.job_id) for job in jobs)
    seconds = polling.interval_seconds() if active else None
    if not active and not all(map(denoisers.is_measured, jobs)):
        seconds = IDLE_SECONDS
    st.fragment(_follow, run_every=seconds and seconds * polling.own_pace())(jobs, draw, key, active)


def _follow(jobs: Sequence[CurveJob], draw: Draw, key: str, was_active: bool) -> None:
    with errors.shown():
        active = any(sessions.is_active(job.job_id) for job in jobs)
        if active != was_active:
            st.rerun()  # the whole page: the clock of this part is set there
        if active:
            polling.look()
        known = [denoisers.curve_of(job) for job in jobs]
        _progress(jobs, known, key, active=active)
        for sentence in denoisers.failures(jobs):
            st.error(plain(sentence), icon=":material/error:")
        draw(
            [
                curve or Curve(job.dataset, job.noise, job.method)
                for job, curve in zip(jobs, known, strict=True)
            ]
        )
        pages.write_address()


def _progress(jobs: Sequence[CurveJob], known: Sequence[Curve | None], key: str, *, active: bool) -> None:
    """How far the curves are; at rest a button for those that are missing."""
    done = [0.0 if curve is None else curve.done for curve in known]
    missing = [job for job in jobs if not denoisers.is_measured(job)]
    if not missing:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"progress-{key}"):
        n_done = len(jobs) - len(missing)
        if active:
            st.progress(sum(done) / len(done), f"{n_done} of {len(jobs)} curves measured")
            if denoisers.may_stop_curves(missing) and st.button(
                "Stop", icon=":material/stop:", key=f"stop-{key}"
            ):
                denoisers.stop_curves(missing)
        elif st.button(
            f"Measure {len(missing)} curve{'s'[: len(missing) > 1]} on the test set",
            type="primary",
            icon=":material/monitoring:",
            key=f"measure-{key}",
        ):
            denoisers.measure(missing)
