"""The page Lab: the report's experiments on the embedded images, done, stopped, shown, given away."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets, experiments, sweeps
from autoenc.experiments import EXPERIMENTS, SECTIONS, Lab, settings
from autoenc.report import handout
from autoenc.schema import TrainConfig
from tests.runs import stored, trained
from tests.visits import STUDENT, Place, has_button, opened, texts, the_sessions, until_true
from ui import registry
from ui.core import labs
from ui.core.labs import HandoutNow
from ui.lab import links

KEYS = [one.key for one in EXPERIMENTS]


@pytest.fixture(scope="module")
def lab(place: Path) -> Lab:
    return experiments.lab_here("lesson", datasets.catalogue())


def train(config: TrainConfig) -> str:
    """Into the folder of the dashboard; the run_id."""
    data = datasets.load(config.dataset)
    run_id = config.run_id(data.fingerprint)
    if not checkpoints.path_of(run_id).is_file():
        stored(*trained(config, data))
    return run_id


@pytest.fixture(scope="module")
def two(lab: Lab) -> list[str]:
    """The runs of sections 2.2 and 2.3."""
    return [train(config) for config in settings.grey(lab, "mlp", 1, 128)]


def button_of(app: AppTest, key: str) -> str:
    return str(app.button(key=f"lab-go-{key}").label)


def address(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


# ---------------------------------------------------------------- the list


def test_all_experiments_stand_there_in_the_order_of_the_report_with_their_states(lab: Lab) -> None:
    app = opened("lab")
    assert not app.exception
    keys = [str(button.key) for button in app.button if str(button.key).startswith("lab-go-")]
    assert keys == [f"lab-go-{key}" for key in KEYS]
    said = texts(app)
    assert all(heading in said for heading in SECTIONS.values())
    assert "done" in button_of(app, "images")
    assert "to do" in button_of(app, "foreign")
    assert "needs data" in button_of(app, "hundred")


def test_the_first_thing_seen_needs_no_training(lab: Lab) -> None:
    app = opened("lab")
    assert address(app)["experiment"] == "images"
    assert "One image of each of 10 classes" in texts(app)
    assert lab.conditions(lab.grey, ()) in texts(app).replace("\\", "")


def test_an_experiment_that_is_pressed_is_shown_and_stands_in_the_address(lab: Lab) -> None:
    app = opened("lab")
    app.button(key="lab-go-mlp-model").click().run()
    assert not app.exception
    assert address(app)["experiment"] == "mlp-model"
    assert any(
        header.value.endswith("The MLP\\, printed**") or "printed" in header.value for header in app.header
    )
    app.button(key="lab-next").click().run()
    assert address(app)["experiment"] == "mlp-curves"
    app.button(key="lab-previous").click().run()
    assert address(app)["experiment"] == "mlp-model"


def test_every_experiment_opens_from_its_link_trained_or_not(two: list[str]) -> None:
    for key in KEYS:
        app = opened("lab", experiment=key)
        assert not app.exception, key
        assert not app.error, key
        assert address(app)["experiment"] == key


def test_what_is_missing_is_said(lab: Lab) -> None:
    assert "Nothing to show yet" in texts(opened("lab", experiment="foreign"))
    needs_data = texts(opened("lab", experiment="hundred"))
    assert "CIFAR" in needs_data
    assert "not on this machine" in needs_data
    assert "stand in for MNIST" in texts(opened("lab")).replace("\\", "")


def test_the_overview_says_what_each_shows(lab: Lab) -> None:
    app = opened("lab", view="all")
    assert not app.exception
    said = texts(app).replace("\\", "")
    assert all(one.shows in said for one in EXPERIMENTS)
    app.button(key="lab-open-mlp-model").click().run()
    assert address(app) == {"experiment": "mlp-model"}


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"size": "huge"}, "size is 'huge'"),
        ({"experiment": "alchemy"}, "experiment is 'alchemy'"),
        ({"view": "ears"}, "view is 'ears'"),
        ({"colour": "red"}, "'colour' is not a setting"),
    ],
)
def test_nonsense_in_the_link_is_told(lab: Lab, link: dict[str, str], sentence: str) -> None:
    app = opened("lab", **link)
    assert not app.exception
    ignored = [warning.value.replace("\\", "") for warning in app.warning]
    assert any("Ignored in the link" in warning and sentence in warning for warning in ignored)


def test_the_whole_view_is_in_the_address(lab: Lab) -> None:
    link = {"size": "full", "experiment": "mlp-model", "view": "numbers"}
    app = opened("lab", **link)
    assert not app.exception
    assert address(app) == link
    assert "there is nothing to compare" in texts(app)


# ---------------------------------------------------------------- what was done


def test_runs_that_are_there_are_shown_with_their_conditions(two: list[str], lab: Lab) -> None:
    app = opened("lab", experiment="mlp-curves")
    assert "done" in button_of(app, "mlp-curves")
    said = texts(app).replace("\\", "")
    assert "MLP 128" in said
    assert lab.conditions(lab.grey) in said


def test_a_run_that_is_deleted_while_it_is_shown_is_missing_again(lab: Lab) -> None:
    run_id = train(settings.grey(lab, "mlp", 512)[0])
    app = opened("lab", experiment="foreign")
    assert "done" in button_of(app, "foreign")
    checkpoints.delete(run_id)
    the_sessions().forget(run_id)
    until_true(app, lambda: "to do" in button_of(app, "foreign"), "the experiment to do")
    assert not app.exception
    assert "Nothing to show yet" in texts(app)


@pytest.mark.parametrize("key", KEYS)
def test_the_link_of_each_experiment_sets_its_page_up(two: list[str], lab: Lab, key: str) -> None:
    latest = labs.now("lesson")
    now = latest.of(key)
    link = links.address(latest, now)
    app = opened(now.experiment.page, **link)
    assert not app.exception
    assert [warning.value for warning in app.warning if "Ignored" in warning.value] == []
    if now.missing:
        return
    shown = address(app)
    assert {name: shown[name] for name in link if name in shown and name not in USUAL} == {
        name: value for name, value in link.items() if name in shown and name not in USUAL
    }
    assert link


USUAL = {"epochs"}  # what an address leaves out where it is the usual


def test_the_sweep_of_a_link_holds_the_runs_of_the_lab_and_starts_nothing(two: list[str], lab: Lab) -> None:
    latest = labs.now("lesson")
    link = links.address(latest, latest.of("mlp-sizes"))
    saved = sweeps.find(link["sweep"])
    assert saved is not None
    assert not saved.wanted
    assert sweeps.newest() is None  # who opens Sweep without a link is shown what was asked for
    assert set(two) <= set(saved.run_ids)
    assert len(saved.run_ids) == len(lab.size.mlp_sizes)


def test_an_experiment_whose_page_is_missing_links_nowhere(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(page for page in registry.PAGES if page.address != "compress")
    monkeypatch.setattr(registry, "PAGES", rows)
    app = opened("lab", experiment="bytes")
    assert not app.exception
    assert "Its page is not there yet" in texts(app)


# ---------------------------------------------------------------- having it done


def test_one_button_has_it_done_stop_stops_it_and_it_goes_on(lab: Lab, visitor_at: Place) -> None:
    app, other = opened("lab"), opened("lab")
    assert "Time:" in texts(app)
    n_left = len(labs.now("lesson").left)
    app.button(key="lab-run").click().run()
    other.button(key="lab-run").click().run()  # a second teacher, at the same moment
    assert not app.exception
    assert not other.exception
    until_true(app, lambda: len(labs.now("lesson").left) < n_left, "a step that is done", 120)
    assert any("steps done" in bar.proto.text for bar in app.get("progress"))
    visitor_at(STUDENT)
    student = opened("lab")
    assert not has_button(student, "lab-stop")
    assert "only they and the teacher can stop it" in texts(student)
    visitor_at(None)
    app.run()
    app.button(key="lab-stop").click().run()
    assert not labs.is_wanted(lab)
    until_true(app, lambda: not labs.now("lesson").active, "the end of what ran")
    until_true(app, lambda: has_button(app, "lab-run"), "the button to go on")
    assert app.button(key="lab-run").label == "Go on"


# ---------------------------------------------------------------- the hand-out


def latest_handout(app: AppTest) -> HandoutNow:
    """Made, where the page offers to make it; other tests may have made earlier ones of such a lab."""
    if has_button(app, "make-handout"):
        app.button(key="make-handout").click().run()
    found: list[HandoutNow] = []

    def is_there() -> bool:
        made = labs.made(labs.handout_job(labs.now("lesson")))
        if made is not None and made.is_latest:
            found.append(made)
        return bool(found) and bool(app.get("download_button"))

    until_true(app, is_there, "the hand-out of the lab as it stands", 120)
    return found[-1]


def test_everybody_makes_the_hand_out_and_takes_it_home(two: list[str], visitor_at: Place) -> None:
    visitor_at(STUDENT)
    app = opened("lab", view="handout")
    assert not app.exception
    made = latest_handout(app)
    assert "just now" in texts(app)
    html = handout.html_bytes(made.job).decode()
    assert "<html" in html
    assert two[1] in html
    with zipfile.ZipFile(io.BytesIO(handout.zip_bytes(made.job))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()


def test_after_new_results_it_is_offered_again_and_the_earlier_one_stays(two: list[str], lab: Lab) -> None:
    app = opened("lab", view="handout")
    latest_handout(app)
    assert not has_button(app, "make-handout")
    run_id = train(settings.grey(lab, "mlp", 2)[0])
    until_true(app, lambda: has_button(app, "make-handout"), "the offer to make it again")
    assert app.button(key="make-handout").label == "Make it again"
    assert "Results have come since then" in texts(app)
    assert app.get("download_button")
    checkpoints.delete(run_id)
