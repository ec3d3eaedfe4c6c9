"""What is on the screen is in the address: each page with everything changed, opened afresh, shows the same.

Under AppTest, with real runs that were trained beforehand. In Chromium: browser/test_history.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets, recipes, sweeps
from autoenc.schema import Noise, Sweep, TrainConfig
from autoenc.sweeps import SavedSweep
from tests.runs import stored, trained
from tests.test_colour_page import keep_baselines
from tests.visits import laboratory, opened, settle, texts, until_true
from ui.core import sessions
from ui.latent.settings import VIEWS as VIEWS_OF_CODES
from ui.widgets.code_hand import Moved

PLAIN = [TrainConfig("digits", latent_size=size, epochs=1, batch_size=512) for size in (4, 8)]
DENOISERS = [
    TrainConfig("digits", latent_size=size, epochs=1, batch_size=512, noise=Noise("speckle", 1.0, up_to=True))
    for size in (4, 8)
]
PHOTOS = TrainConfig("photos", latent_size=8, epochs=1, batch_size=512)
RUNS = {
    config: config.run_id(datasets.load(config.dataset).fingerprint)
    for config in (*PLAIN, *DENOISERS, PHOTOS)
}
KINDS = (
    *("selectbox", "select_slider", "slider", "number_input", "button_group", "multiselect"),
    *("segmented_control", "pills", "toggle", "radio", "text_input"),
)


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A machine with the embedded data sets, short runs of them, and a sweep; no internet."""
    place = tmp_path_factory.mktemp("place")
    with laboratory(place):
        for config in RUNS:
            stored(*trained(config, datasets.load(config.dataset)))
        for name in ("digits", "photos"):
            keep_baselines(datasets.load(name))
        for config, sizes in ((PLAIN[0], (4, 8)), (PHOTOS, (8,))):
            sweep = Sweep(config, ("mlp",), sizes)
            fingerprint = datasets.load(config.dataset).fingerprint
            run_ids = tuple(one.run_id(fingerprint) for one in sweep.configs())
            sweeps.save(SavedSweep(sweep, fingerprint, run_ids, wanted=False))
        yield place


@pytest.fixture(autouse=True)
def _settled(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(place, monkeypatch)


def widgets(app: AppTest) -> dict[str, Any]:
    """What they all show."""
    elements = (element for kind in KINDS if kind in dir(AppTest) for element in getattr(app, kind))
    return {element.key: element.value for element in elements if element.key != "presenter"}


def address(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def shown_text(app: AppTest) -> str:
    """All but the forecast, which is of this moment: it knows what runs now and what was measured last."""
    said = re.sub(r"Time: \*\*[^*]+\*\*", "Time: ...", texts(app))
    return said + str([tab.label for tab in app.tabs]) + str([image.proto for image in app.get("imgs")])


def elsewhere(page: str, app: AppTest) -> AppTest:
    """Its address, opened by another visitor."""
    other = opened(page, **address(app))
    assert not other.exception
    assert [warning.value for warning in other.warning if "Ignored" in warning.value] == []
    return other


def measured(app: AppTest) -> AppTest:
    """Once the time that a training takes can be told: it is measured when the workers are there."""
    return until_true(app, lambda: "being measured" not in texts(app), "a time")


def visit(app: AppTest, page: str, **link: str) -> AppTest:
    """Come to another page as a browser does: with the address of the link, or none."""
    app.query_params = dict(link)
    app = app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def change(app: AppTest, **values: Any) -> AppTest:
    """Turn the widgets of these keys to these values, one after the other."""
    for key, value in values.items():
        element = next(
            element
            for kind in KINDS
            if kind in dir(AppTest)
            for element in getattr(app, kind)
            if element.key == key
        )
        element.set_value(value)
        app.run()
        assert not app.exception, key
    return app


def open_tab(app: AppTest, key: str, title: str) -> AppTest:
    app.session_state[key] = title
    app.run()
    assert not app.exception
    return app


SETTINGS = {
    "model": "conv",
    "latent_size": 6,
    "layers": 2,
    "stride": 1,
    "epochs": 3,
    "train_images": 500,
    "batch_size": 64,
    "learning_rate": 0.002,
    "decay_epochs": 2,
    "noise_kind": "blur",
    "noise_level": 1.2,
    "noise_up_to": True,
    "seed": 5,
}
SHARED_SETTINGS = {
    name: SETTINGS[name] for name in SETTINGS if name not in ("model", "latent_size", "layers")
}


def train_changed() -> AppTest:
    app = opened("train", run=RUNS[PLAIN[0]])
    app = change(app, **SETTINGS, loss_by="epoch", loss_log=False)
    app.session_state["film epoch"] = 0  # as the film tells that it rests there
    app = open_tab(app, "view", "Every image")
    return change(app, order="worst first", **{"class": 7}, image=11)


def prior_changed() -> AppTest:
    settings = {name: value for name, value in SETTINGS.items() if name != "stride"}
    app = change(opened("train", run=RUNS[PLAIN[0]]), **settings | {"model": "vae", "beta": 4.0})
    return open_tab(app, "view", "The model")


def sweep_changed() -> AppTest:
    app = opened("sweep", sweep=sweeps.newest(["digits"]) or "")
    app = change(app, models=["conv"], depths=["1", "2"], sizes=["2", "3"], **SHARED_SETTINGS)
    app = change(app, alone=True, n_seeds=2, sweep_log_size=False, sweep_log_loss=False)
    app.session_state["point"] = RUNS[PLAIN[1]]  # as a click on it
    return app.run()


def denoise_changed() -> AppTest:
    app = opened("denoise", dataset="digits")
    app = change(app, denoise_kind="speckle", plain=RUNS[PLAIN[0]], denoiser=RUNS[DENOISERS[0]])
    app = change(app, methods=["tv"], noise_spread=True)
    app.button(key="other-images").click().run()
    app.button(key="new-noise").click().run()
    app.session_state["denoise_level"] = 0.7  # as the slider rests there
    return open_tab(app, "questions", "Which code size?")


def compress_changed() -> AppTest:
    app = change(opened("compress"), compressed_run=RUNS[PLAIN[0]], compress_equal="bytes")
    app.button(key="other-images").click().run()
    app.session_state["compress_bits"] = 2.5  # as the slider rests there
    return app.run()


def latent_changed(view: str) -> AppTest:
    app = change(opened("latent"), latent_run=RUNS[PLAIN[0]])
    return open_tab(app, "latent_view", VIEWS_OF_CODES[view])


def bars_changed() -> AppTest:
    app = change(latent_changed("bars"), latent_test_image=12)
    app.session_state["latent_moved"] = Moved("", {"3": 1.25, "1": -0.5})  # as the bars rest there
    return app.run()


def morph_changed() -> AppTest:
    app = latent_changed("morph")
    app.button(key="morph-others").click().run()
    for key, value in {"morph_a": 3, "morph_b": 17, "morph_level": 25}.items():  # as the slider rests there
        app.session_state[key] = value
    return app.run()


def riddle_changed() -> AppTest:
    return latent_changed("arithmetic").button(key="next-riddle").click().run()


def sum_changed() -> AppTest:
    app = change(latent_changed("arithmetic"), sum_plus="2", sum_minus="1")
    return app.button(key="sum-image").click().run()


def map_changed() -> AppTest:
    return change(latent_changed("map"), latent_layer="both", latent_plane="tsne")


def samples_changed() -> AppTest:
    app = change(latent_changed("samples"), samples_beside_shown=RUNS[PLAIN[1]])
    return app.button(key="draw-again").click().run()


def picture_changed() -> AppTest:
    app = opened("picture")
    app = change(app, picture_example="coffee", picture_runs=[RUNS[PHOTOS], RUNS[PLAIN[0]]])
    return change(app, fit="tile", invert="no")


def no_model_chosen() -> AppTest:
    return change(opened("picture"), fit="tile", invert="no", picture_runs=[], picture_source="draw")


def colour_train_changed() -> AppTest:
    app = change(opened("colour", run=RUNS[PHOTOS]), **SETTINGS)
    return open_tab(app, "view", "Errors by class")


def colour_sweep_changed() -> AppTest:
    app = change(
        opened("colour", part="sweep"), models=["conv"], depths=["2"], sizes=["8", "16"], **SHARED_SETTINGS
    )
    return change(app, alone=True, n_seeds=2, sweep_log_size=False, sweep_log_loss=False)


def harder_changed() -> AppTest:
    app = change(opened("colour", part="harder"), equal_models=["conv-bottleneck"])
    return change(app, equal_by="numbers", equal_measure="psnr")


def runs_changed() -> AppTest:
    app = opened("runs", runs=f"{RUNS[PLAIN[0]]},{RUNS[DENOISERS[1]]}")
    app = change(app, find="mlp", **{"of-dataset": ["digits"], "of-model": ["mlp"]}, sort="error")
    return change(app, **{"only-finished": True, "compare-log": False})


PAGES: dict[str, tuple[str, Callable[[], AppTest]]] = {
    "Train": ("train", train_changed),
    "Train, a model with a prior": ("train", prior_changed),
    "Sweep": ("sweep", sweep_changed),
    "Denoise": ("denoise", denoise_changed),
    "Compress": ("compress", compress_changed),
    "Latent, Change the code": ("latent", bars_changed),
    "Latent, Morph": ("latent", morph_changed),
    "Latent, Arithmetic": ("latent", riddle_changed),
    "Latent, Arithmetic with a sum of one's own": ("latent", sum_changed),
    "Latent, Map": ("latent", map_changed),
    "Latent, Invent images": ("latent", samples_changed),
    "Your picture": ("picture", picture_changed),
    "Your picture without a model": ("picture", no_model_chosen),
    "Colour, Train": ("colour", colour_train_changed),
    "Colour, Sweep": ("colour", colour_sweep_changed),
    "Colour, Is colour harder?": ("colour", harder_changed),
    "Runs": ("runs", runs_changed),
}


@pytest.mark.parametrize("name", PAGES)
def test_all_that_was_changed_is_in_the_address_and_opens_alike_elsewhere(name: str) -> None:
    page, changed = PAGES[name]
    app = measured(changed())
    usual, other = widgets(opened(page)), measured(elsewhere(page, app))
    shown = widgets(app)
    assert widgets(other) == shown
    assert shown_text(other) == shown_text(app)
    assert address(other) == address(app)
    same = {key for key, value in shown.items() if usual.get(key) == value}
    one_is_there = {"dataset", "part", "picture_source", "picture_example", "equal_colour", "equal_grey"}
    of_this_window = {"own-size", "own-name-0", "unfolded", "sum_guess"}  # a guess is one's own
    assert same - of_this_window <= one_is_there, "all was changed"


def test_what_is_shown_is_in_the_address_of_whoever_asked_for_nothing() -> None:
    app = opened("train")
    assert address(app)["run"] == recipes.EXAMPLE.run_id(datasets.load("digits").fingerprint)
    assert address(opened("sweep"))["sweep"] == sweeps.newest()


# ---------------------------------------------------------------- links inside the app


def test_a_link_to_another_run_shows_it_and_its_settings_though_the_page_was_open_before() -> None:
    app = change(opened("train", run=RUNS[PLAIN[0]]), latent_size=12)
    visit(app, "start")
    visit(app, "train", run=RUNS[PLAIN[1]])
    assert address(app)["run"] == RUNS[PLAIN[1]]
    assert app.select_slider(key="latent_size").value == 8


def test_the_way_back_to_a_page_opens_it_as_it_was_left() -> None:
    app = change(opened("train", run=RUNS[PLAIN[0]]), latent_size=12, batch_size=64)
    left, shown = address(app), widgets(app)
    visit(app, "sweep")
    change(app, dataset="photos", batch_size=256)  # settings that both pages have
    visit(app, "train", **left)
    assert widgets(app) == shown
    assert address(app) == left


def test_a_page_that_is_come_to_without_an_address_is_as_it_was_left() -> None:
    app = open_tab(change(opened("train", run=RUNS[PLAIN[0]]), latent_size=12), "view", "The model")
    shown, left = widgets(app), address(app)
    visit(app, "runs")
    visit(app, "train")
    assert widgets(app) == shown
    assert address(app) == left


def test_an_address_that_the_browser_sends_back_late_undoes_nothing() -> None:
    app = opened("train", run=RUNS[PLAIN[0]])
    before = dict(app.query_params)
    change(app, latent_size=12)
    app.query_params = dict(before)  # the browser had not heard of the new one when it asked for this run
    change(app, batch_size=64)
    assert (app.select_slider(key="latent_size").value, address(app)["latent_size"]) == (12, "12")
    app.query_params = dict(before)
    app.run()
    assert (address(app)["latent_size"], address(app)["batch_size"]) == ("12", "64")


def test_what_was_ignored_is_told_until_the_page_is_left() -> None:
    app = opened("runs", runs="nix", sort="by colour")
    assert "sort is 'by colour'" in texts(app).replace("\\", "")
    assert "sort is 'by colour'" in texts(app.run()).replace("\\", "")
    visit(app, "train")
    visit(app, "runs")
    assert "Ignored in the link" not in texts(app)


def test_settings_beside_a_run_in_an_address_are_those_of_the_controls() -> None:
    app = opened("train", run=RUNS[PLAIN[0]], dataset="digits", model="mlp", latent_size="12")
    assert (app.select_slider(key="latent_size").value, address(app)["run"]) == (12, RUNS[PLAIN[0]])
    assert app.number_input(key="epochs").value == 100  # what is usual for digits: the run has 1
    longer = opened("train", run=RUNS[PLAIN[0]], epochs="20")
    assert (longer.select_slider(key="latent_size").value, longer.number_input(key="epochs").value) == (4, 20)


@pytest.mark.parametrize(
    ("page", "link", "sentence"),
    [
        ("train", {"class": "99"}, "class is 99; allowed: all, or 0 to 9"),
        ("train", {"epoch": "-1"}, "epoch is '-1'; allowed: a whole number from 0 on"),
        ("train", {"log": "maybe"}, "log is 'maybe'; known: True, False"),
        ("train", {"order": "random"}, "order is 'random'; known: as, shuffled, worst, best, unrecognised"),
        ("sweep", {"alone": "perhaps"}, "alone is 'perhaps'; known: True, False"),
        ("sweep", {"point": "nix"}, "point 'nix' is not in this sweep"),
        ("denoise", {"question": "why"}, "question is 'why'; known: where, sizes, matrix"),
        ("compress", {"bits": "-1"}, "bits are '-1'; allowed: a number from 0 to 16"),
        ("colour", {"part": "harder", "colour": "digits"}, "colour is 'digits'; known: photos"),
        ("colour", {"part": "harder", "models": "conv"}, "models is 'conv'; known: mlp, conv-bottleneck"),
        ("runs", {"datasets": "moon"}, "unknown dataset 'moon'"),
        ("runs", {"colour": "red"}, "'colour' is not a setting"),
    ],
)
def test_nonsense_is_told_in_a_sentence(page: str, link: dict[str, str], sentence: str) -> None:
    given = {"run": RUNS[PLAIN[0]], **link} if page == "train" else link
    app = opened(page, **given)
    assert not app.exception
    (ignored,) = [w.value for w in app.warning if "Ignored in the link" in w.value]
    assert sentence in ignored.replace("\\", "")


def test_another_window_that_trains_a_run_on_makes_another_moment_of_it() -> None:
    config = TrainConfig("digits", latent_size=3, epochs=3, batch_size=512)
    data = datasets.load("digits")
    run_id = config.run_id(data.fingerprint)
    never = sessions.moment_of(run_id)
    stored(*trained(config, data, epochs=1))
    assert not sessions.is_finished(run_id)
    once = sessions.moment_of(run_id)
    with checkpoints.write_lock(run_id):
        assert sessions.moment_of(run_id) != once
    assert sessions.moment_of(run_id) == once
    stored(*trained(config, data))
    assert sessions.is_finished(run_id)
    assert len({never, once, sessions.moment_of(run_id)}) == 3
