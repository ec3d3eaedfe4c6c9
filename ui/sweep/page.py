"""The page Sweep: what to try and a click at one side, the sweep beside them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from autoenc import baselines
from autoenc.captions import configs
from autoenc.schema import Sweep, TrainConfig
from ui.app import layout, presenter
from ui.core import pages
from ui.core.text import plain
from ui.sweep import form, lifecycle, settings, view
from ui.widgets import before_training, training_form


def show() -> None:
    with pages.opened("sweep", settings.SWEEP) as ignored:
        sweeping("Compare code sizes", ignored)


def sweeping(heading: str, ignored: Sequence[str]) -> None:
    """The settings, and the sweep that is looked at; in a place that does not move.

    Args:
        ignored: one sentence for each thing in the address that was.
    """
    sweep_id = lifecycle.shown_sweep()
    # Before the button is drawn: a sweep that ends redraws the page.
    active = sweep_id is not None and view.is_under_way(sweep_id)
    in_training = sweep_id is not None and active and view.is_in_training(sweep_id)
    left, right = layout.halves()
    with left:
        layout.heading(heading, ignored)
        sweep = form.sweep_form()
        planned = lifecycle.plan(sweep) if sweep is not None else None
        with layout.before_the_click():
            if sweep is not None and planned is not None:
                form.forecast(planned, alone=settings.ALONE.get())
            pressed = form.start_button(planned, in_training and lifecycle.is_shown(sweep))
        if pressed and sweep is not None and planned is not None:
            lifecycle.start_sweep(sweep, planned, alone=settings.ALONE.get())
            layout.fold()
            st.rerun()
        if sweep is not None:
            training_form.offer_download(sweep.base.dataset)
    with right:
        other_settings = not lifecycle.is_shown(sweep)
        if sweep is not None and other_settings and not presenter.is_on():
            before_training.show(_middle_sizes(sweep))
        if sweep_id is None:
            _nothing_yet(sweep if planned is not None and planned.run_ids else None)
        else:
            view.sweep_view(sweep_id, active, in_training, other_settings)


def _nothing_yet(sweep: Sweep | None) -> None:
    """In the place of the sweep, what will be seen there; None: none can be started."""
    if sweep is None:
        st.info("No sweep yet.", icon=":material/show_chart:")
        return
    titles = [baseline.title for baseline in baselines.comparable(sweep.base.noise)]
    planned_chart = configs.planned_sweep(sweep, titles)
    st.info(plain(f"No sweep yet. {planned_chart}"), icon=":material/show_chart:")


def _middle_sizes(sweep: Sweep) -> tuple[TrainConfig, ...]:
    """Of each model and depth the run of a middle size."""
    sizes = sorted(sweep.latent_sizes)
    return tuple(config for config in sweep.configs() if config.latent_size == sizes[len(sizes) // 2])
