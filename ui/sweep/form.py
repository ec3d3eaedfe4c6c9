"""What a sweep should try: widgets -> Sweep, what it will take, the click."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from autoenc.captions import remarks
from autoenc.errors import AutoencError
from autoenc.numerals import counted, data_size
from autoenc.schema import GRID, MODEL_KINDS, MODEL_NAMES, MODELS, Sweep, Swept, TrainConfig
from autoenc.sweeps import Plan
from ui.core import forecasts, idle, sessions
from ui.core.text import plain
from ui.sweep import lifecycle, settings
from ui.widgets import more_settings, offers, training_form, training_settings

SIZES = [str(2**i) for i in range(11)]
MAX_REFUSED = 3  # told one by one


def sweep_form() -> DeltaGenerator:
    """All settings but those of the codes, whose place among them this returns."""
    training_settings.remember()
    values = training_settings.settings(settings.MODELS.get())
    info = training_form.dataset_choice()
    models = st.pills(
        "Models",
        MODELS,
        format_func=MODEL_NAMES.__getitem__,
        selection_mode="multi",
        key=settings.MODELS.key,
        help=training_form.MODEL_HELP,
    )
    training_settings.suit(models, settings.DEPTHS)
    rated = bool(training_settings.settings(models)["rate_weight"])
    if caption := remarks.shared_settings(models, rated=rated):
        st.caption(plain(caption))
    place = st.container(key="code-settings")
    training_form.epochs_and_images(info, values["train_images"])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="often"):
        if not settings.LISTS["seed"].get():
            st.number_input(
                "Seeds",
                1,
                settings.MAX_SEEDS,
                key=settings.N_SEEDS.key,
                width=90,
                help="A new seed means new starting weights: the spread shows how much is luck.",
            )
        st.toggle(
            "One at a time",
            key=settings.ALONE.key,
            help="Slower, but each run has the machine to itself, so the times can be compared.",
        )
    more_settings.more(models)
    return place


def code_settings() -> None:
    """How large the codes are and how deep the models: nothing else in the form follows them."""
    models = settings.MODELS.get()
    training_settings.suit(models, settings.DEPTHS)
    st.multiselect(
        "Latent sizes",
        SIZES,
        key=settings.SIZES.key,
        accept_new_options=True,
        placeholder="1, 2, 4 ...",
        help="MLP, Conv bottleneck and VAE: numbers in the code; Conv: its channels. "
        "Type any other number and press Enter.",
    )
    with st.container(horizontal=True, gap="small", key="depth"):
        st.pills(
            "Layers",
            ("1", "2", "3", "4"),
            selection_mode="multi",
            key=settings.DEPTHS.key,
            on_change=training_settings.judge_again,
            args=(settings.DEPTHS.key,),
            help="In the encoder; the decoder has the same number. Choose two to train each size with both.",
        )
        if any(MODEL_KINDS[model].has_stride for model in models):
            training_form.stride()
    for one in GRID:
        _values(one)


def _values(one: Swept) -> None:
    """Several values of another setting, where the sweep has them."""
    value = settings.LISTS[one.field]
    if value.get():
        st.multiselect(
            f"{one.plural.replace('_', ' ').capitalize()} to compare",
            value.get(),
            key=value.key,
            accept_new_options=True,
            on_change=_emptied,
            args=(one.field,),
            help="Each model is trained with each of these; what the form says elsewhere does not count. "
            "Remove all of them to use one value again.",
        )


def _emptied(field: str) -> None:
    """A list that holds nothing is gone."""
    if not settings.LISTS[field].get():
        settings.LISTS[field].forget()


def sweep() -> Sweep | None:
    """What the settings say; None where they do not go together, which the page then says."""
    try:
        return settings.form_sweep()
    except AutoencError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def forecast(planned: Plan, alone: bool) -> None:
    """How many runs, how many of them are there, how long the others take, what is left out and why."""
    n, new = len(planned.runs), len(planned.to_train)
    here = (
        f", **{len(planned.finished) if new else 'all'}** of them already trained" if planned.finished else ""
    )
    st.markdown(f"**{n:,}** run{'s'[: n != 1]}{here}")
    if planned.refused:
        left_out = f":material/block: Left out: **{_some([run.config for run in planned.refused])}**"
        st.markdown(f":orange-background[{left_out}]", help="\n\n".join(_refusals(planned)))
    if new:
        st.markdown(f"Memory: **{data_size(planned.needed_bytes)}** for the largest run")
        looks_soon = sessions.background().speed() is None or lifecycle.n_active(planned)
        seconds = offers.ACTIVE_SECONDS if looks_soon else idle.SECONDS
        idle.follow(partial(_time, planned, alone), partial(_moment, planned), seconds)


def _time(planned: Plan, alone: bool) -> None:
    if n_active := lifecycle.n_active(planned):
        n = len(planned.to_train)
        st.markdown(f"**{n_active:,}** of {counted(n, 'missing run')} in progress")
        return
    background = sessions.background()
    at_once = "one at a time" if alone or background.n_workers == 1 else f"{background.n_workers} at a time"
    offers.time(forecasts.of_plans([planned], alone=alone), at_once)


def _moment(planned: Plan) -> Hashable:
    """What another window, or the measurement of the machine, would change."""
    n_active = lifecycle.n_active(planned)
    return n_active == 0, n_active == len(planned.to_train), sessions.background().speed() is None


def _refusals(planned: Plan) -> Iterator[str]:
    """A sentence for each reason: which runs are left out."""
    for reason in dict.fromkeys(run.refusal for run in planned.refused):
        runs = [run.config for run in planned.refused if run.refusal == reason]
        yield f"{_some(runs)}: {plain(reason)}."


def _some(runs: Sequence[TrainConfig]) -> str:
    """`Conv 512, Conv 1,024 and 3 more`."""
    names = list(dict.fromkeys(f"{MODEL_NAMES[c.model]} {c.latent_size:,}" for c in runs))  # of any seed
    first, more = ", ".join(names[:MAX_REFUSED]), len(names) - MAX_REFUSED
    return first + (f" and {more} more" if more > 0 else "")


def start_button(planned: Plan | None, active: bool) -> bool:
    """Pressed, with a sweep that can be started; the button says what pressing it will do."""
    label, icon, possible = "Start the sweep", ":material/play_arrow:", False
    if planned is not None:
        possible = bool(planned.run_ids)
        if active:
            label, possible = "Sweeping", False
        elif planned.to_train and lifecycle.n_active(planned) == len(planned.to_train):
            label, icon = "Watch the sweep", ":material/visibility:"
        elif possible and not planned.to_train:
            label, icon = "Show the results", ":material/visibility:"
        elif planned.finished:
            label = f"Train the other {len(planned.to_train)}"
    pressed = st.button(
        label, type="primary", icon=icon, width="stretch", disabled=not possible, key="sweep-start"
    )
    return pressed and possible
