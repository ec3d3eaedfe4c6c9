"""The page Sweep: what to try and a click at one side, the sweep beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from autoenc import baselines
from autoenc.captions import configs
from autoenc.schema import Sweep, TrainConfig
from ui.app import errors, layout, presenter
from ui.core import pages
from ui.core.text import plain
from ui.sweep import form, lifecycle, settings, view
from ui.widgets import before_training, training_form, training_settings


def show() -> None:
    with pages.opened("sweep", settings.SWEEP) as ignored:
        sweeping("Compare code sizes", ignored)


@dataclass(frozen=True)
class _Beside:
    """What the rest of the page shows, which the settings are a part of."""

    sweep_id: str | None
    other_settings: bool  # the form shows others than those of the sweep
    dataset: str


def sweeping(heading: str, ignored: Sequence[str]) -> None:
    """The settings, and the sweep that is looked at; in a place that does not move.

    Args:
        ignored: one sentence for each thing in the address that was.
    """
    left, right = layout.halves()
    above = right.container()
    with left:
        layout.heading(heading, ignored)
        training_form.settle(settings.MODELS.get(), settings.DEPTHS)
        beside = _beside()
        sweep_id = beside.sweep_id
        # Before the button is drawn: a sweep that ends redraws the page.
        active = sweep_id is not None and view.is_under_way(sweep_id)
        in_training = sweep_id is not None and active and view.is_in_training(sweep_id)
        st.fragment(_form)(above, beside, in_training)
        training_form.offer_download(beside.dataset)
    if sweep_id is not None:
        with right:
            view.sweep_view(sweep_id, active, in_training, beside.other_settings)


def _form(right: DeltaGenerator, beside: _Beside, in_training: bool) -> None:
    """Drawn again where one of its controls changes others.

    Args:
        right: the place for what the sweep will begin with.
    """
    if training_settings.why_no_dataset():
        st.rerun()  # the whole page, which chooses another
    plan = None
    with layout.form():
        code = form.sweep_form()
        if beside.other_settings and not presenter.is_on():
            with right:
                plan = before_training.show(training_settings.DATASET.get())
        nothing_yet = right.container() if beside.sweep_id is None else None
        with layout.before_the_click():
            st.fragment(_before_the_click)(code, plan, nothing_yet, beside, in_training)


def _before_the_click(
    code: DeltaGenerator,
    plan: DeltaGenerator | None,
    nothing_yet: DeltaGenerator | None,
    beside: _Beside,
    in_training: bool,
) -> None:
    """The settings of the codes and what follows them, drawn again by itself.

    Args:
        code: the place of these settings in the form.
        plan: the place for the models as they will be built; None: they are not shown.
        nothing_yet: the place of the sweep, where there is none.
    """
    with errors.shown():
        sweep = form.sweep()
        planned = lifecycle.plan(sweep) if sweep is not None else None
        if planned is not None:
            form.forecast(planned, alone=settings.ALONE.get())
        with code:
            form.code_settings()
        pressed = form.start_button(planned, in_training and not beside.other_settings)
        if pressed and sweep is not None and planned is not None:
            lifecycle.start_sweep(sweep, planned, alone=settings.ALONE.get())
            layout.fold()
            st.rerun()
        if sweep is not None and plan is not None:
            with plan:
                before_training.models_to_train(_middle_sizes(sweep))
        if nothing_yet is not None:
            with nothing_yet:
                _nothing_yet(sweep if planned is not None and planned.run_ids else None)
        pages.write_address()
        if _beside() != beside:
            st.rerun()


def _beside() -> _Beside:
    sweep_id = lifecycle.shown_sweep()
    return _Beside(sweep_id, lifecycle.form_sweep_id() != sweep_id, training_settings.DATASET.get())


def _nothing_yet(sweep: Sweep | None) -> None:
    """In the place of the sweep, what will be seen there; None: none can be started."""
    if sweep is None:
        st.info("No sweep yet.", icon=":material/show_chart:")
        return
    titles = [baseline.title for baseline in baselines.comparable(sweep.base.noise)]
    planned_chart = configs.planned_sweep(sweep, titles)
    st.info(plain(f"No sweep yet. {planned_chart}"), icon=":material/show_chart:")


def _middle_sizes(sweep: Sweep) -> tuple[TrainConfig, ...]:
    """Of each model, depth and stride the run of a middle size."""
    sizes = sorted(sweep.latent_sizes)
    middle = [config for config in sweep.configs() if config.latent_size == sizes[len(sizes) // 2]]
    kinds: dict[tuple[str, int, int], TrainConfig] = {}
    for config in middle:
        kinds.setdefault((config.model, config.layers, config.stride), config)
    return tuple(kinds.values())
