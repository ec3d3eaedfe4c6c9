"""What stands above a button that starts work: how long it takes, or that another window has begun it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from streamlit.testing.v1 import AppTest

from autoenc import datasets, recipes
from autoenc.jobs import TrainJob
from autoenc.schema import State, Sweep, TrainConfig
from tests.visits import has_button, next_opened, opened, swept, texts, the_sessions, trained, until_true
from ui.core import forecasts
from ui.denoise import denoisers
from ui.widgets import offers

SOMEBODY = "another window"
LONG = TrainConfig("digits", "conv", 64, layers=2, epochs=1000, seed=77)


def line_above(app: AppTest, key: str) -> str:
    """The last sentence or bar before the button."""
    line = ""
    for element in app.main:
        if element.type == "markdown":
            line = str(element.value)
        elif element.type == "progress":
            line = str(element.proto.text)
        elif element.type == "button" and element.key == key:
            return line
    raise AssertionError(f"no button {key}")


@contextmanager
def busy() -> Iterator[None]:
    """The only worker is at something else: what is started waits."""
    run_id = the_sessions().start(TrainJob(LONG), "yet another")
    end = monotonic() + 60
    while the_sessions().snapshot(run_id).state is not State.RUNNING:
        assert monotonic() < end
        sleep(0.05)
    try:
        yield
    finally:
        the_sessions().stop(run_id)


def measured(page: str, **link: str) -> AppTest:
    """A page, when the speed of the machine is known."""
    app = opened(page, **link)
    return until_true(app, lambda: the_sessions().speed() is not None, "the speed")


def test_every_button_that_trains_says_how_long_in_the_line_above_it() -> None:
    denoise = {"dataset": "digits", "noise": "speckle:0.5"}
    for page, link, keys in (
        # The first, because Sweep has an example trained that is a part of it.
        ("colour", {"part": "harder", "colour": "photos", "grey": "digits"}, ["equal-start"]),
        ("start", {}, ["first"]),
        ("train", {"dataset": "digits", "latent_size": "7"}, ["train"]),
        ("sweep", {"dataset": "digits", "models": "mlp", "latent_sizes": "5,7"}, ["sweep-start"]),
        ("denoise", denoise, ["train-any", "train-one", "measure-curves"]),
    ):
        app = measured(page, **link).run()
        assert not app.exception
        for key in keys:
            assert line_above(app, key).startswith("Time: **"), (page, key)


def test_what_can_follow_a_run_says_how_long_it_takes() -> None:
    app = trained(latent_size="13")
    assert not has_button(app, "next-2-1"), "a page that is looked at forecasts what somebody asks for only"
    next_opened(app)
    for key in ("next-102-0", "next-2-1"):
        assert line_above(app, key).startswith("Time: **"), key


def test_a_sweep_that_was_stopped_says_how_long_the_others_take() -> None:
    with busy():
        app = swept(latent_sizes="9,10", epochs="7")
        app.button(key="sweep-start").click().run()
        app.button(key="stop-sweep").click().run()
        until_true(app, lambda: has_button(app, "continue-sweep"), "the end of the sweep")
        assert line_above(app, "continue-sweep").startswith("Time: **")


def test_a_run_that_is_trained_already_takes_no_time() -> None:
    app = trained(latent_size="14")
    assert line_above(app.run(), "train") == "Already trained"


def test_whoever_has_to_wait_is_told_for_how_many() -> None:
    app = measured("train", dataset="digits", latent_size="15")
    until_true(app, lambda: the_sessions().counts() == (0, 0), "the end of the examples")
    assert "after up to" not in line_above(app, "train")
    with busy():
        assert line_above(app.run(), "train").endswith(", after up to 1 job")


def test_a_training_of_another_window_is_seen_on_denoise_and_chosen_when_it_is_done() -> None:
    link = {"dataset": "digits", "noise": "shot:0.5"}
    app = opened("denoise", **link)
    assert app.button(key="train-any").label == "Train a denoiser for all levels"
    info = next(info for info in datasets.catalogue() if info.name == "digits")
    config = recipes.denoising_config(info, recipes.any_level("shot"))
    at_rest = offers.moment(config)
    with busy():
        the_sessions().start(TrainJob(config), SOMEBODY)
        assert offers.moment(config) != at_rest, "the page looks at this every five seconds"
        app.run()
        assert app.button(key="train-any").label == "Watch it train"
        assert line_above(app, "train-any").startswith("Waiting: ")
        assert app.button(key="train-one").label == "Train a denoiser for this level"
    until_true(app, lambda: app.selectbox(key="denoiser").value is not None, "the denoiser")
    assert app.selectbox(key="denoiser").value == TrainJob(config).job_id


def test_the_settings_that_another_window_trains_are_offered_to_be_watched() -> None:
    app = opened("train", dataset="digits", latent_size="21", epochs="3")
    with busy():
        run_id = the_sessions().start(TrainJob(TrainConfig("digits", latent_size=21, epochs=3)), SOMEBODY)
        app.run()
        assert app.button(key="train").label == "Watch it train"
        assert line_above(app, "train").startswith("Waiting: ")
        app.button(key="train").click().run()
        assert app.query_params["run"] == run_id
        assert not line_above(app, "train").startswith("Waiting: "), "its progress is on the page once"


def test_a_sweep_that_another_window_trains_is_offered_to_be_watched() -> None:
    app = swept(latent_sizes="22,23", epochs="4")
    sweep = Sweep(TrainConfig("digits", epochs=4), ("mlp",), (22, 23))
    with busy():
        ids = [the_sessions().start(TrainJob(config), SOMEBODY) for config in sweep.configs()]
        app.run()
        assert app.button(key="sweep-start").label == "Watch the sweep"
        assert line_above(app, "sweep-start") == "**2** of 2 missing runs in progress"
        the_sessions().stop(ids[0])
        app.run()
        assert app.button(key="sweep-start").label == "Start the sweep"
        the_sessions().stop(ids[1])


def test_what_can_follow_a_run_is_offered_to_be_watched_where_another_window_trains_it() -> None:
    app = trained(latent_size="24")
    with busy():
        longer = TrainJob(TrainConfig("digits", latent_size=24, epochs=102))
        run_id = the_sessions().start(longer, SOMEBODY)
        next_opened(app)
        assert app.button(key="next-102-0").label == "Watch it train"
        assert app.button(key="next-2-1").label.startswith("Again with seed")
        the_sessions().stop(run_id)


def test_curves_that_another_window_measures_are_seen_with_what_is_left() -> None:
    link = {"dataset": "digits", "noise": "blur:0.8", "methods": "median"}
    app = measured("denoise", **link).run()
    with busy():
        for method in ("noisy", "median"):
            the_sessions().start(denoisers.curve_job("digits", "blur", method), SOMEBODY)
        app.run()
        (bar,) = [p.proto.text for p in app.get("progress") if "curves measured" in p.proto.text]
        assert bar.startswith("0 of 3 curves measured, ")
        assert bar.endswith(" left")
        assert not has_button(app, "measure-curves")
    until_true(app, lambda: "curves measured" not in texts(app), "the curves")


def test_what_has_been_trained_of_a_run_takes_no_more_time() -> None:
    trained(latent_size="25")
    done, longer = (TrainConfig("digits", latent_size=25, epochs=n) for n in (2, 4))
    forecast, rest = forecasts.of_runs([done]), forecasts.of_runs([longer])
    assert forecast is not None
    assert rest is not None
    assert forecast.high == 0
    assert rest.high > 0
