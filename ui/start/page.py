"""The page Start, after its words: the way to a first model, and what the machine is at."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from ui.app import presenter
from ui.core import links, pages
from ui.core.links import Address
from ui.run import first
from ui.start import jobs
from ui.train import settings as train_settings


def show(above_first: DeltaGenerator, first_wanted: bool) -> None:
    """The rest of the front page.

    Args:
        above_first: the place above the button for a first model;
        first_wanted: somebody has pressed the button for a first model.
    """
    if (link := train_settings.link_to_train()) is not None:
        links.go_to("train", link)
    with pages.opened("start", Address()):
        if first_wanted:
            first.train_first_model()
        with above_first:
            first.expected_time()
        if not presenter.is_on():
            jobs.now()
