"""A first model: one press trains what a newcomer trains first, and opens it on the page Train."""

from __future__ import annotations

from functools import partial

from autoenc.jobs import TrainJob
from ui.core import idle, links, sessions
from ui.run import selection
from ui.widgets import offers, training_settings


def train_first_model() -> None:
    config = training_settings.first_config()
    selection.show_run(sessions.start(TrainJob(config)))
    training_settings.ask_for(config)
    links.go_to("train")


def expected_time() -> None:
    """How long that takes, followed by itself."""
    config = training_settings.first_config()
    idle.follow(partial(offers.training, config), partial(offers.moment, config), offers.interval(config))
