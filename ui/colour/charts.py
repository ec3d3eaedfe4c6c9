"""The same compression, with colour and without: a chart, what it says, and pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from autoenc import captions, plots
from autoenc.baselines import BASELINES
from autoenc.captions import configs
from autoenc.numerals import short
from autoenc.plots import COLOUR
from autoenc.published import published
from autoenc.schema import Point, Subject, Sweep
from ui.app import errors, layout, presenter
from ui.colour import comparison, settings
from ui.colour.comparison import Pair
from ui.components import pixels
from ui.components.accessibility import announce
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.components.save_picture import PngText
from ui.core import pages, sessions
from ui.core.text import plain
from ui.run import picture_names
from ui.widgets import png_texts
from ui.widgets.lesson import lesson

HEIGHT = 430  # pixels
SHOWN_RATIO = 24  # at which pictures are shown, or as near to it as there are runs
NO_CODE = next(baseline for baseline in BASELINES.values() if not baseline.has_code)

PERCEPTION_NOTE = (
    "MSE is not perception: at an error where a digit is still legible, a photograph may be unrecognisable."
)


def show(pair: Pair, wanted: Sequence[Sweep], was_active: bool) -> None:
    """Redrawn while something of it is at work."""
    with errors.shown():
        runs, measured = comparison.at_work(wanted), comparison.measuring(pair)
        if bool(runs or measured) != was_active:
            st.rerun()  # the whole page: its button says what can be done now
        subjects = tuple(comparison.subject(info) for info in pair)
        main_caption = captions.equal.equal_caption(*subjects, growing=bool(runs))
        moment = "started" if runs else "ended"
        names = " and ".join(info.name for info in pair)
        announce("comparison", names, moment, f"Training for the comparison {moment}.", active=bool(runs))
        if runs:
            n, left = sum(len(sweep.configs()) for sweep in wanted), comparison.left_of(wanted)
            when = "" if left is None else f", {left.text} left"
            st.progress(
                1 - len(runs) / n, f"{n - len(runs)} of {n} done{when}; the curves grow as runs finish"
            )
        if measured:
            st.caption(f"Measuring the baselines of {' and '.join(map(plain, measured))}…")
        elif not runs and (missing := captions.equal.nothing_measured_caption(subjects)):
            st.caption(plain(missing))
        shown = presenter.stage(settings.SHOWN, settings.PRESENTED) if presenter.is_on() else ""
        if shown != "pictures":
            _chart(pair, subjects, main_caption)
            lesson(main_caption, key="equal")
        if not shown:
            lesson(captions.equal.no_code_caption(subjects), key="no-code")
            if compared_runs := _compared_runs(subjects):
                st.caption(plain(compared_runs))
        if shown != "chart":
            _pictures(subjects)
            lesson(PERCEPTION_NOTE, key="perception")
        pages.write_address()


def _chart(pair: Pair, subjects: Sequence[Subject], caption: str) -> None:
    by, measure = settings.BY.get(), settings.MEASURE.get()  # their widgets come after the chart
    figure = plots.error_at_equal(subjects, by, measure, published=published(pair[0].name), caption=caption)
    full, hollow = (plain(subject.name) for subject in subjects)
    layout.section(f"**The same compression, with colour and without**: ● {full}, ○ {hollow}")
    png = PngText(
        f"The same compression, with colour and without: ● {subjects[0].name}, ○ {subjects[1].name}",
        captions.equal.compared_runs_caption(subjects) or "no runs yet",
        (f"{pair[0].name}-{pair[1].name}",),
        "equal-compression",
    )
    live_plot(figure.to_json(), key="equal", height=HEIGHT, png=png)
    with st.container(horizontal=True, vertical_alignment="center", key="sweep-axes"):
        for value, options, label in (
            (settings.BY, {"ratio": "equal ratio", "numbers": "equal code size"}, "Equal"),
            (
                settings.MEASURE,
                {"mse": "MSE", "psnr": "PSNR", "lost": f"relative to the {NO_CODE.title}"},
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
    caption = captions.equal.compared_runs_caption(subjects)
    if not caption:
        measured = {curve.baseline for subject in subjects for curve in subject.baselines if curve.points}
        baselines = [f"{b.title}, {b.help}" for b in BASELINES.values() if b.has_code and b.name in measured]
        return f"No runs to compare yet, only {' and '.join(baselines)}." if baselines else ""
    return f"Compared without noise and on all images: {caption} Values between two sizes are interpolated."


def _pictures(subjects: Sequence[Subject]) -> None:
    """What comes back of both at about the same ratio, of the first model that both have."""
    for one in subjects[0].lines:
        model = one[0].config.model
        other = next((line for line in subjects[1].lines if line[0].config.model == model), None)
        if other is not None:
            near = [min(line, key=lambda p: abs(math.log(p.ratio / SHOWN_RATIO))) for line in (one, other)]
            for subject, point in zip(subjects, near, strict=True):
                _row(subject, point)
            return


def _row(subject: Subject, point: Point) -> None:
    run = sessions.read_run(point.run_id)
    title = f"{subject.name}, {short(point.ratio, 3)} to 1"
    layout.section(f"**{title}**: {configs.short(point.config)}")
    x_hat = pixels.array(run.previews[-1].x_hat)
    names = picture_names.reconstructions(run, x_hat)
    rows = [
        PictureRow("Original", pixels.array(run.x), COLOUR["original"], hints=picture_names.originals(run)),
        PictureRow("Reconstruction", x_hat, COLOUR["reconstruction"], hints=names),
    ]
    png = png_texts.of_run(run, "reconstructions", title)
    pictures(rows, key=f"equal-{subject.name}", png=png)
