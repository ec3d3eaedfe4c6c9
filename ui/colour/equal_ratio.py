"""The parts of the page of colour that no other page has."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from autoenc import captions, plots, sweeps
from autoenc.baselines import BASELINES
from autoenc.captions import configs
from autoenc.datasets import DatasetInfo
from autoenc.numerals import short
from autoenc.plots import COLOUR
from autoenc.published import published
from autoenc.schema import MODEL_NAMES, Point, Subject, Sweep
from ui.app import errors, layout
from ui.colour import comparison, settings
from ui.components import pixels
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.core import idle, pages, sessions
from ui.core.text import duration, plain
from ui.core.values import Value
from ui.sweep import control

HEIGHT = 430  # pixels
SECONDS = 1.0  # between two looks at what is trained
RATIO = 24  # at which pictures are shown, or as near to it as there are runs

EYE = "MSE is not perception: at an error where a digit is still legible, a photograph may be unrecognisable."

Pair = tuple[DatasetInfo, DatasetInfo]  # in colour, without


def switch() -> str:
    """Which part of the page is open."""
    st.segmented_control(
        "Part",
        list(settings.PARTS),
        format_func=settings.PARTS.__getitem__,
        key=settings.PART.key,
        required=True,
        label_visibility="collapsed",
    )
    return settings.PART.get()


def compared(ignored: Sequence[str]) -> None:
    """Whether colour is harder: what is compared at one side, the chart and what it says beside it."""
    left, right = layout.halves()
    with left:
        layout.heading("Is colour harder?", ignored)
        with_colour = _chosen("In colour", settings.WITH_COLOUR, colour=True)
        pair = with_colour, _chosen("Without", settings.WITHOUT, colour=False)
        models = st.pills(
            "Models",
            comparison.TRAINED,
            format_func=MODEL_NAMES.__getitem__,
            selection_mode="multi",
            key=settings.MODELS.key,
            help="Models to train; finished runs are always plotted.",
        )
        wanted = comparison.equal_sweeps(pair, models)
        _offer(wanted)
    with right:
        comparison.begin_baselines(pair)
        active = bool(comparison.at_work(wanted) or comparison.measuring(pair))
        st.fragment(_comparison, run_every=SECONDS if active else None)(pair, wanted, active)
        if not active:
            idle.watch(lambda: bool(comparison.at_work(wanted) or comparison.measuring(pair)))


def _chosen(label: str, value: Value[str | None], *, colour: bool) -> DatasetInfo:
    infos = {info.name: info for info in comparison.comparable(colour=colour)}
    value.limit(list(infos), otherwise=next(iter(infos)))
    name = st.selectbox(label, list(infos), format_func=lambda n: infos[n].title, key=value.key)
    return infos[name]


def _offer(wanted: Sequence[Sweep]) -> None:
    """What is missing of the comparison is trained at one click."""
    plans = [planned for sweep in wanted if (planned := control.plan(sweep)) is not None]
    n, n_active = sum(len(planned.to_train) for planned in plans), len(comparison.at_work(wanted))
    if not wanted:
        st.caption("Choose a model to train.")
        return
    background = sessions.background()
    times = [planned.seconds(background.n_workers, background.n_cores) for planned in plans]
    known = [seconds for seconds in times if seconds is not None]
    expected = f", about {duration(sum(known))}" if n and len(known) == len(times) else ""
    st.caption(f"Sizes of equal ratio, about {', '.join(map(str, sorted(sweeps.RATIOS)))} to 1{expected}.")
    label = "All runs are trained"
    if n:
        runs = f"run{'s' * (max(n, n_active) != 1)}"
        label = f"{n_active} {runs} in progress" if n_active else f"Train the {n} missing {runs}"
    if st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=not n or n_active > 0,
        key="equal-start",
    ):
        with errors.shown():
            comparison.start_equal(wanted)
        st.rerun()


def _comparison(pair: Pair, wanted: Sequence[Sweep], was_active: bool) -> None:
    """Redrawn while something of it is at work."""
    with errors.shown():
        runs, measured = comparison.at_work(wanted), comparison.measuring(pair)
        if bool(runs or measured) != was_active:
            st.rerun()  # the whole page: its button says what can be done now
        subjects = tuple(comparison.subject(info) for info in pair)
        words = captions.equal.equal_caption(*subjects)
        if runs:
            n = sum(len(sweep.configs()) for sweep in wanted)
            st.progress(1 - len(runs) / n, f"{n - len(runs)} of {n} done; the curves grow as runs finish")
        if measured:
            st.caption(f"Measuring the baselines of {' and '.join(map(plain, measured))}…")
        _chart(pair, subjects, words)
        for said in (words, captions.equal.no_code_caption(subjects), _compared_runs(subjects)):
            if said:
                st.markdown(plain(said)) if said is words else st.caption(plain(said))
        _pictures(subjects)
        st.caption(EYE)
        pages.write_address()


def _chart(pair: Pair, subjects: Sequence[Subject], words: str) -> None:
    by, measure = comparison.BY.get(), comparison.MEASURE.get()  # their widgets come after the chart
    figure = plots.error_at_equal(subjects, by, measure, published=published(pair[0].name), caption=words)
    full, hollow = (plain(subject.name) for subject in subjects)
    st.markdown(f"**The same compression, with colour and without**: ● {full}, ○ {hollow}")
    live_plot(figure.to_json(), key="equal", height=HEIGHT)
    with st.container(horizontal=True, vertical_alignment="center", key="sweep-axes"):
        for value, options, label in (
            (comparison.BY, {"ratio": "equal ratio", "numbers": "equal code size"}, "Equal"),
            (
                comparison.MEASURE,
                {"mse": "MSE", "psnr": "PSNR", "lost": "relative to the mean image"},
                "Error",
            ),
        ):
            st.segmented_control(
                label,
                list(options),
                default=value.get(),
                format_func=options.__getitem__,
                required=True,
                key=value.key,
                label_visibility="collapsed",
            )


def _compared_runs(subjects: Sequence[Subject]) -> str:
    said = captions.equal.compared_runs_caption(subjects)
    if not said:
        known = (f"{b.title}, {b.help}" for b in BASELINES.values() if b.has_code)
        return f"No runs to compare yet, only {' and '.join(known)}."
    return f"Compared without noise and on all images: {said} Values between two sizes are interpolated."


def _pictures(subjects: Sequence[Subject]) -> None:
    """What comes back of both at about the same ratio, of the first model that both have."""
    for one in subjects[0].lines:
        model = one[0].config.model
        other = next((line for line in subjects[1].lines if line[0].config.model == model), None)
        if other is not None:
            near = [min(line, key=lambda p: abs(math.log(p.ratio / RATIO))) for line in (one, other)]
            for subject, point in zip(subjects, near, strict=True):
                _row(subject, point)
            return


def _row(subject: Subject, point: Point) -> None:
    run = sessions.read_run(point.run_id)
    st.markdown(f"**{subject.name}, {short(point.ratio, 3)} to 1**: {configs.short(point.config)}")
    rows = [
        PictureRow("Original", pixels.array(run.x), COLOUR["original"]),
        PictureRow("Reconstruction", pixels.array(run.previews[-1].x_hat), COLOUR["reconstruction"]),
    ]
    pictures(rows, key=f"equal-{subject.name}")
