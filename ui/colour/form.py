"""What is compared: two data sets, the models; and the way to runs that are missing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc import sweeps
from autoenc.datasets import DatasetInfo
from autoenc.schema import MODEL_NAMES, Sweep
from ui.app import errors, layout
from ui.colour import comparison, settings
from ui.colour.comparison import Pair
from ui.core import forecasts
from ui.core.catalogue import choice_titles
from ui.core.values import Value
from ui.sweep import lifecycle
from ui.widgets import offers


def comparison_form() -> tuple[Pair, tuple[Sweep, ...]]:
    """The two data sets, and the sweeps that fill the comparison."""
    with_colour = _dataset_box("In colour", settings.WITH_COLOUR, colour=True)
    pair = with_colour, _dataset_box("Without", settings.WITHOUT, colour=False)
    models = st.pills(
        "Models",
        comparison.COMPARED_MODELS,
        format_func=MODEL_NAMES.__getitem__,
        selection_mode="multi",
        key=settings.MODELS.key,
        help="Models to train; finished runs are always plotted.",
    )
    wanted = comparison.equal_sweeps(pair, models)
    with layout.before_the_click():
        _offer(wanted)
    return pair, wanted


def _dataset_box(label: str, value: Value[str | None], *, colour: bool) -> DatasetInfo:
    infos = {info.name: info for info in comparison.comparable(colour=colour)}
    value.limit(list(infos), otherwise=next(iter(infos)))
    titles = choice_titles(infos.values())
    name = st.selectbox(label, list(infos), format_func=titles.__getitem__, key=value.key)
    return infos[name]


def _offer(wanted: Sequence[Sweep]) -> None:
    """What is missing of the comparison is trained at one click."""
    plans = [planned for sweep in wanted if (planned := lifecycle.plan(sweep)) is not None]
    n, n_active = sum(len(planned.to_train) for planned in plans), len(comparison.at_work(wanted))
    if not wanted:
        st.caption("Choose a model to train.")
        return
    st.caption(f"Code sizes for equal ratios, about {', '.join(map(str, sorted(sweeps.RATIOS)))} to 1.")
    if n and not n_active:
        offers.time(forecasts.of_plans(plans))
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
