"""The experiments in the report's order: as a list beside the one that is shown, and in full."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import streamlit as st

from autoenc.experiments import SECTIONS, ExperimentNow, LabNow, Status
from ui.app import errors, layout
from ui.core.text import plain
from ui.lab import links, settings

ICONS = {
    Status.DONE: ":material/check_circle:",
    Status.RUNNING: ":material/hourglass_top:",
    Status.TO_DO: ":material/radio_button_unchecked:",
    Status.FAILED: ":material/error:",
    Status.NEEDS_DATA: ":material/cloud_off:",
}


def state(now: ExperimentNow) -> str:
    """`done`, `to do`, `3 of 11 done`, `running, 3 of 11 done`."""
    match now.status:
        case Status.TO_DO if now.n_done:
            return now.progress
        case Status.RUNNING | Status.FAILED:
            return f"{now.status}, {now.progress}"
    return str(now.status)


def title(now: ExperimentNow) -> str:
    """`2.4 Test loss of the MLP by latent size`."""
    return f"{now.experiment.number} {now.experiment.title}"


# Brings the chosen one into view, where a link or the keys have chosen it; only the list moves.
_INTO_VIEW = """
const list = document.querySelector(".st-key-lab-list"), one = list?.querySelector(".st-key-lab-go-KEY");
if (one) {
  const at = one.getBoundingClientRect(), seen = list.getBoundingClientRect();
  if (at.top < seen.top || at.bottom > seen.bottom) list.scrollTop += at.top - seen.top - seen.height / 3;
}
"""
# All are of one type: of another, Streamlit would put a new button in its place, and the focus would be lost.
_CHOSEN = ".st-key-lab-go-KEY button { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); }"


def beside(latest: LabNow, shown: str) -> None:
    """The list; a press shows one of them."""
    with st.container(key="lab-list"):
        for heading, ones in _by_section(latest.experiments):
            st.markdown(f"**{plain(heading)}**")
            for now in ones:
                _press(now, f"lab-go-{now.experiment.key}", chosen=now.experiment.key == shown)
    st.html(f"<style>{_CHOSEN.replace('KEY', shown)}</style>")
    script = _INTO_VIEW.replace("KEY", shown)
    st.html(f"<i hidden></i><script>{{{script}}}</script>", unsafe_allow_javascript=True)


def every_one(latest: LabNow) -> None:
    """All of them with what each shows, and the way to the page that does it."""
    for heading, ones in _by_section(latest.experiments):
        layout.section(f"**{plain(heading)}**")
        for now in ones:
            with st.container(key=f"lab-row-{now.experiment.key}", horizontal=True, vertical_alignment="top"):
                with st.container(width=330):
                    _press(now, f"lab-open-{now.experiment.key}", chosen=False)
                st.container(width="stretch").markdown(plain(now.experiment.shows))
                with st.container(width=190), errors.shown():
                    links.to_its_page(latest, now)


def _press(now: ExperimentNow, key: str, *, chosen: bool) -> None:
    name = f"**{plain(title(now))}**" if chosen else plain(title(now))
    st.button(
        f"{name} · :small[{plain(state(now))}]",
        icon=ICONS[now.status],
        type="tertiary",
        key=key,
        width="stretch",
        on_click=settings.show,
        args=(now.experiment.key,),
    )


def _by_section(experiments: Iterable[ExperimentNow]) -> Iterable[tuple[str, list[ExperimentNow]]]:
    for section, ones in groupby(experiments, key=lambda now: now.experiment.section):
        yield SECTIONS[section], list(ones)
