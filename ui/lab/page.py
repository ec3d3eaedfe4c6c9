"""The page Lab: the report's experiments at one side, what one of them shows beside them."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from autoenc.errors import AutoencError
from autoenc.experiments import SIZES, LabNow
from autoenc.experiments.sizes import CIFAR10, CIFAR10_IMAGES, MNIST
from ui.app import errors, layout
from ui.core import catalogue, idle, labs, pages, polling
from ui.core.text import plain
from ui.lab import listing, running, settings, views
from ui.widgets import training_form

SECONDS = 1.0  # between two looks at a lab that is under way, where few look


@dataclass(frozen=True)
class Drawn:
    """What the whole page was drawn for: with something else it is drawn again."""

    experiment: str
    active: bool  # it moves by itself
    is_done: bool


def show() -> None:
    with pages.opened("lab", settings.LAB) as ignored:
        left, right = layout.halves()
        with left:
            layout.heading("The whole lab", ignored)
            size = _size()
        try:
            latest = labs.now(size)
            labs.prepare(latest)
        except AutoencError as error:
            right.error(plain(str(error)), icon=":material/error:")
            return
        drawn = _drawn(latest)
        seconds = max(SECONDS, polling.interval_seconds()) * polling.own_pace() if drawn.active else None
        with left:
            st.fragment(_beside, run_every=seconds)(size, drawn)
            _what_stands_in(latest)
        with right:
            st.fragment(_shown, run_every=seconds)(size, drawn)
        if not drawn.active:
            idle.watch(lambda: labs.moment(size))


def _size() -> str:
    titles = {name: size.title for name, size in SIZES.items()}
    st.segmented_control(
        "Size", list(titles), format_func=titles.__getitem__, key=settings.SIZE.key, required=True
    )
    size = settings.SIZE.get()
    st.caption(SIZES[size].says)
    return size


def _drawn(latest: LabNow) -> Drawn:
    return Drawn(settings.chosen(latest), labs.is_active(latest), latest.is_done)


def _beside(size: str, drawn: Drawn) -> None:
    """The list, and what is done about it."""
    with errors.shown():
        latest = _follow(size, drawn)
        listing.beside(latest, drawn.experiment)
        running.panel(latest)
        pages.write_address()


def _shown(size: str, drawn: Drawn) -> None:
    """What the visitor looks at."""
    settings.remember()
    with errors.shown():
        views.show(_follow(size, drawn), drawn.experiment)
        pages.write_address()


def _follow(size: str, drawn: Drawn) -> LabNow:
    polling.look()
    latest = labs.now(size)
    if _drawn(latest) != drawn:
        st.rerun()  # the whole page: it shows something else, or begins or ends to move
    return latest


def _what_stands_in(latest: LabNow) -> None:
    """Where the report's own images are not here: which are used, and the way to them."""
    for name, info in ((MNIST, latest.lab.grey), (CIFAR10, latest.lab.colour)):
        if info.name in (name, CIFAR10_IMAGES):
            continue
        wanted, instead = catalogue.info_of(name).short_title, info.short_title
        st.caption(
            f":material/swap_horiz: {plain(instead[:1].upper() + instead[1:])} stand in for {plain(wanted)}: "
            "the report's numbers are not compared with them."
        )
        training_form.offer_download(name)
