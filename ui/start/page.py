"""The page Start: a first model at one press, one at work, what the pages teach, what the machine is at."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from ui.core import links, pages, sessions
from ui.core.links import Address
from ui.run import demo
from ui.start import intro, jobs
from ui.train import settings as train_settings


def show(below: DeltaGenerator, picture: DeltaGenerator) -> None:
    """The front page.

    Args:
        below, picture: places beside its sentences, for a button and for a model at work.
    """
    if (link := train_settings.link_to_train()) is not None:
        links.go_to("train", link)
    with pages.opened("start", Address()):
        with below:
            demo.first_model_button()
        with picture:
            demo.picture(sessions.newest_compressing() or sessions.example())
        intro.lessons()
        jobs.now()
