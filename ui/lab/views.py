"""What the visitor looks at: one experiment, all of them, the report's numbers, the hand-out."""

from __future__ import annotations

import streamlit as st

from autoenc.experiments import ExperimentNow, LabNow
from autoenc.numerals import listed
from autoenc.report import Section
from ui.app import errors, layout, presenter
from ui.core import labs, pages
from ui.core.text import plain
from ui.lab import blocks, handout, links, listing, numbers, settings


def show(latest: LabNow, shown: str) -> None:
    """Only the tab that is open is drawn."""
    if presenter.is_on():
        presenter.stage(settings.EXPERIMENT, settings.SHORT_NAMES)
        _experiment(latest, shown)
        return
    tabs = st.tabs(list(settings.VIEWS.values()), key=settings.VIEW.key, on_change=pages.write_address)
    for tab, view in zip(tabs, settings.VIEWS, strict=True):
        if not tab.open:
            continue
        with tab, errors.shown():
            match view:
                case "experiment":
                    _experiment(latest, shown)
                case "all":
                    listing.every_one(latest)
                case "numbers":
                    numbers.every_one(latest)
                case _:
                    handout.show(latest)


def _step_buttons(shown: str) -> None:
    """To the experiments before and after it."""
    with st.container(horizontal=True, width="content", key="lab-steps"):
        for step, label, icon in ((-1, "Previous", "arrow_back"), (1, "Next", "arrow_forward")):
            other = settings.beside(shown, step)
            st.button(
                label,
                icon=f":material/{icon}:",
                key=f"lab-{label.lower()}",
                disabled=other is None,
                on_click=settings.show,
                args=(other or shown,),
            )


def _experiment(latest: LabNow, shown: str) -> None:
    now = latest.of(shown)
    with st.container(horizontal=True, vertical_alignment="top", key="lab-head"):
        with st.container(width="stretch"):
            layout.section(f"**{plain(listing.title(now))}**")
            st.markdown(plain(now.experiment.shows))
        if not presenter.is_on():
            _step_buttons(shown)
    with st.container(horizontal=True, vertical_alignment="center", key="lab-about"):
        state = f"{listing.ICONS[now.status]} {plain(listing.state(now))}"
        st.container(width="content").markdown(state)
        with st.container(width="content"), errors.shown():
            links.to_its_page(latest, now)
    if preparing := labs.preparing(latest, shown):
        st.info(f"Preparing images of {plain(listed(preparing))} (first time only)", icon=":material/photo:")
        return
    section = labs.section(latest, shown)
    _missing(section, now)
    blocks.draw(section)
    numbers.of_section(section)


def _missing(section: Section, now: ExperimentNow) -> None:
    """What is not there, where the line above has not said it."""
    if not section.blocks and section.missing:
        st.info(plain(f"Nothing to show yet: {section.missing}"), icon=":material/info:")
    elif now.missing or now.failures:
        st.info(plain(section.missing), icon=":material/info:")
