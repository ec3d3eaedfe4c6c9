"""A first model: one press trains what a newcomer trains first, and opens it on the page Train."""

from __future__ import annotations

from autoenc.jobs import TrainJob
from ui.core import links, sessions
from ui.run import selection
from ui.widgets import training_settings


def train_first_model() -> None:
    config = training_settings.first_config()
    selection.show_run(sessions.start(TrainJob(config)))
    training_settings.ask_for(config)
    links.go_to("train")
