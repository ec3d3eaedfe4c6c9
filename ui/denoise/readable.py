"""What can still be read of noisy images, and of what each method makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from autoenc import captions, plots
from autoenc.captions.recognition import share
from autoenc.jobs import ReadingJob
from autoenc.plots import COLOUR, Level, NoisyLine
from autoenc.schema import NOISES, ReadingCurve, RecogniserSummary, usual_levels
from ui.components.live_plot import live_plot
from ui.core import links, recognisers
from ui.denoise import settings
from ui.denoise.form import Compared
from ui.denoise.scene import colour, name, png_text
from ui.widgets import recogniser_offer
from ui.widgets.lesson import lesson
from ui.widgets.measurements import follow

HEIGHT = 340  # pixels
KEY = "noise-readable"


def show(compared: Compared) -> None:
    """Share of the test images that is recognised at each level of the noise, by method."""
    usual = recognisers.of_dataset(compared.dataset)
    if usual is None:
        st.markdown("A recogniser reads the pictures. There is none of these images yet.")
        recogniser_offer.offer(compared.dataset, KEY)
        return
    reader = _reader(compared, usual)
    levels = usual_levels(compared.kind)
    jobs = [
        ReadingJob(compared.dataset, reader.recogniser_id, method, compared.kind, levels)
        for method in compared.every
    ]
    follow(jobs, partial(_draw, compared, reader), key=KEY)


def _reader(compared: Compared, usual: RecogniserSummary) -> RecogniserSummary:
    """The one that has learnt from clean images, or from noisy ones: that much is the reader's fault."""
    noisy = recognisers.of_dataset(compared.dataset, noisy=True)
    if noisy is None:
        links.link_to(
            "recognise",
            "Train a recogniser on noisy images (Gaussian)",
            ":material/visibility:",
            {"dataset": compared.dataset, "noisy": "True"},
        )
        return usual
    st.segmented_control(
        "The recogniser has learnt from",
        ("clean", "noisy"),
        format_func="{} images".format,
        key=settings.READ_BY.key,
        required=True,
    )
    return noisy if settings.READ_BY.get() == "noisy" else usual


def _draw(compared: Compared, reader: RecogniserSummary, values: Sequence[ReadingCurve | None]) -> None:
    curves = {curve.source: curve for curve in values if curve is not None}
    lines = [
        NoisyLine(
            name(compared, method),
            COLOUR[colour(compared, method)],
            curves.get(method) or ReadingCurve(compared.dataset, reader.recogniser_id, method),
            "dash" if method == "noisy" else "solid",
        )
        for method in compared.every
    ]
    named = [
        ("no filter" if line.curve.source == "noisy" else f"the {line.name.lower()}", line.curve)
        for line in lines
    ]
    caption = captions.recognition.noise_caption(named, reader.accuracy)
    level = [] if reader.accuracy is None else [Level(f"originals {share(reader.accuracy)}", reader.accuracy)]
    clicked = live_plot(
        plots.accuracy_by_noise(lines, compared.kind, level, caption=caption).to_json(),
        key=KEY,
        height=HEIGHT,
        png=png_text(
            compared, "recognised", f"Recognised at each level of noise: {NOISES[compared.kind].title}"
        ),
        downloads=True,
    )
    lesson(caption, key=KEY)
    st.caption(
        "Each point: all test images (only the first 1,000 for the slower filters). Click a point to go to "
        "its level."
    )
    if clicked is not None and clicked["customdata"] in usual_levels(compared.kind):
        settings.LEVEL.put(clicked["customdata"])
        st.rerun()
