"""The page Latent: from one image to another, and arithmetic with codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets, recipes
from tests.runs import PLAIN, stored, trained
from tests.visits import has_button, opened, texts
from ui.components.draw_pad import Drawing
from ui.components.live_walk import Rested
from ui.latent import arithmetic, morph
from ui.latent.subject import DRAWING

EXAMPLES = {run.config: run for run in checkpoints.examples()}
DIGITS, PHOTOS = EXAMPLES[recipes.EXAMPLE], EXAMPLES[recipes.COLOUR_EXAMPLE]


def page(view: str = "morph", **link: str) -> AppTest:
    app = opened("latent", **{"run": DIGITS.run_id, "view": view} | link)
    assert not app.exception
    return app


def message(app: AppTest, key: str) -> dict[str, Any]:
    """What the browser is given of a walk."""
    for part in app.get("bidi_component"):
        data = part.proto.bytes
        if data[4:5] == b"{":
            head: dict[str, Any] = json.loads(data[4 : 4 + int.from_bytes(data[:4], "big")])
            if head.get("key") == key:
                return head
    pytest.fail(f"{key} is not on the page: {texts(app)}")


def walk(app: AppTest) -> dict[str, Any]:
    return message(app, "morph-walk")


def rests(monkeypatch: pytest.MonkeyPatch, module: Any, *rested: Rested) -> None:
    """Somebody lets the slider rest there, once each."""
    real, waiting = module.live_walk, iter(rested)

    def live_walk(*args: Any, **named: Any) -> Rested | None:
        real(*args, **named)
        return next(waiting, None)

    monkeypatch.setattr(module, "live_walk", live_walk)


# ---------------------------------------------------------------- from one image to another


def test_the_first_pair_is_of_different_classes_and_not_in_the_address(place: Path) -> None:
    app = page()
    shown = walk(app)
    labels = datasets.load("digits").test_labels
    assert labels[shown["start"]] != labels[shown["plus"]]
    assert shown["minus"] == shown["start"]
    assert shown["level"] == 50
    assert not {"a", "b", "t"} & set(app.query_params)
    assert "Halfway between" in texts(app)


def test_one_image_of_each_class_can_be_dragged_and_then_others(place: Path) -> None:
    app = page()
    first = walk(app)["choices"]
    labels = datasets.load("digits").test_labels
    assert labels[first].tolist() == list(range(10))
    app.button(key="morph-others").click().run()
    others = walk(app)["choices"]
    assert labels[others].tolist() == list(range(10))
    assert not set(first) & set(others)
    assert app.query_params["round"] == "1"


def test_a_link_shows_its_pair_and_where_the_slider_stands(place: Path) -> None:
    app = page(a="3", b="17", t="25", round="2")
    shown = walk(app)
    assert (shown["start"], shown["plus"], shown["level"]) == (3, 17, 25)
    assert {name: app.query_params[name] for name in ("a", "b", "t", "round")} == {
        **{"a": "3", "b": "17", "t": "25", "round": "2"}
    }


def test_a_link_with_nonsense_is_ignored_with_a_sentence_and_one_too_far_is_the_last(place: Path) -> None:
    app = page(a="x", b="9999999", t="101", round="9999999")
    said = texts(app).replace("\\", "")
    assert "a is 'x'" in said
    assert "t is '101'" in said
    shown = walk(app)
    assert shown["plus"] == len(datasets.load("digits").test) - 1
    assert shown["level"] == 50


def test_what_is_dropped_into_a_slot_stands_in_the_address(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = walk(page())["choices"]
    rests(monkeypatch, morph, Rested(choices[3], choices[8], 80))
    app = page()
    assert (app.query_params["a"], app.query_params["b"], app.query_params["t"]) == (
        str(choices[3]),
        str(choices[8]),
        "80",
    )
    assert (walk(app)["start"], walk(app)["plus"]) == (choices[3], choices[8])


def test_an_image_that_was_not_handed_over_is_not_taken(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rests(monkeypatch, morph, Rested(300, 301, 80))
    app = page()
    assert "a" not in app.query_params
    assert walk(app)["start"] != 300


def test_a_new_drawing_goes_into_the_second_slot_and_leaves_it_with_the_pad(place: Path) -> None:
    app = page(b="17")
    size = DIGITS.image_shape[1:]
    drawn = np.array(datasets.load("digits").test[5])
    app.session_state["drawing"] = Drawing("1", {size: drawn})
    app.run()
    shown = walk(app)
    assert shown["plus"] == DRAWING
    assert shown["choices"][-1] == DRAWING
    assert app.query_params["b"] == "drawing"
    assert "your drawing" in texts(app)
    app.session_state["drawing"] = Drawing("2", {})
    app.run()
    assert not app.exception
    assert walk(app)["plus"] != DRAWING


def test_photographs_have_no_pad_and_without_a_recogniser_nothing_is_said_of_halfway(place: Path) -> None:
    app = page(run=PHOTOS.run_id)
    assert walk(app)["reader"] is None
    assert not app.get("popover")
    assert "Halfway" not in texts(app)


@pytest.fixture(scope="module")
def broken(place: Path) -> str:
    """A run whose weights are so large that its codes are no numbers."""
    run, state = trained(replace(PLAIN, latent_size=3, seed=7), datasets.load("digits"))
    with torch.no_grad():
        next(state.model.parameters()).fill_(3e38)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(place / "checkpoint"))
        stored(run, state)
    return run.run_id


@pytest.mark.parametrize("view", ["morph", "arithmetic"])
def test_a_run_that_went_wrong_is_one_sentence(broken: str, view: str) -> None:
    app = page(view, run=broken)
    assert "are not finite numbers" in texts(app)
    assert len(app.error) == 1


# ---------------------------------------------------------------- arithmetic


def sum_shown(app: AppTest) -> dict[str, Any]:
    return message(app, "sum-walk")


def is_hidden(app: AppTest) -> bool:
    return all(tile["way"] is None for tile in sum_shown(app)["tiles"])


def test_the_result_is_hidden_until_somebody_guesses_and_guesses_are_counted_once(place: Path) -> None:
    app = page("arithmetic")
    assert "such sums, the class that was added" in texts(app)
    assert is_hidden(app)
    app.pills(key="sum_guess").set_value("3").run()
    assert not is_hidden(app)
    assert "Your guess was" in texts(app)
    assert "of 1 guess right" in texts(app)
    app.button(key="next-riddle").click().run()
    assert is_hidden(app)
    assert app.query_params["riddle"] == "1"
    app.pills(key="sum_guess").set_value("4").run()
    assert "of 2 guesses right" in texts(app)


def test_whoever_does_not_guess_sees_it_uncounted(place: Path) -> None:
    app = page("arithmetic")
    app.button(key="sum-show").click().run()
    assert not is_hidden(app)
    assert "It is read as" in texts(app)
    assert "guess" not in texts(app)


def test_a_guess_is_right_when_it_is_what_is_read(place: Path) -> None:
    app = page("arithmetic")
    app.button(key="sum-show").click().run()
    read = next(one.value for one in app.markdown if "It is read as" in one.value).split(" read as a")[1]
    name = read.removeprefix("n").split()[0].rstrip(",:.")
    again = page("arithmetic")
    again.pills(key="sum_guess").set_value(name).run()
    assert "Your guess was right. 1 of 1 guess right" in texts(again)


def test_an_own_sum_stands_in_the_address_and_hides_its_result(place: Path) -> None:
    app = page("arithmetic")
    app.button(key="sum-show").click().run()
    app.selectbox(key="sum_plus").set_value("8").run()
    assert is_hidden(app)
    image, plus, _ = app.query_params["sum"].split(".")
    assert plus == "8"
    app.button(key="sum-image").click().run()
    other = app.query_params["sum"].split(".")
    labels = datasets.load("digits").test_labels
    assert other[0] != image
    assert labels[int(other[0])] == int(other[2])
    app.button(key="next-riddle").click().run()
    assert "sum" not in app.query_params


def test_a_link_shows_a_sum_and_nonsense_is_ignored(place: Path) -> None:
    app = page("arithmetic", sum="12.8.3")
    assert sum_shown(app)["start"] == 12
    assert [tile["label"] for tile in sum_shown(app)["tiles"][1:3]] == ["Mean code of 8", "Mean code of 3"]
    assert not page("arithmetic", sum="12.99.3").error
    assert "allowed: an image and two classes" in texts(page("arithmetic", sum="12")).replace("\\", "")


def test_the_strength_stays_where_it_was_left(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page("arithmetic")
    app.button(key="sum-show").click().run()
    rests(monkeypatch, arithmetic, Rested(0, 0, 150))
    app.run()
    assert sum_shown(app)["level"] == 150
    app.button(key="next-riddle").click().run()
    assert sum_shown(app)["level"] == 100
    assert has_button(app, "sum-show")
