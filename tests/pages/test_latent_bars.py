"""The tab of Latent in which a code is changed: its address, its sentences, bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets
from autoenc.schema import Run, TrainConfig
from tests.runs import PLAIN, stored, trained
from tests.visits import opened, texts
from ui.components.draw_pad import Drawing
from ui.core import drawings
from ui.latent.bars import IMAGE, MOVED

CONFIGS = {
    "few": PLAIN,
    "one": replace(PLAIN, latent_size=1, epochs=1),
    "large": replace(PLAIN, latent_size=1024, epochs=1),  # more values than there are bars
    "maps": replace(PLAIN, model="conv", latent_size=2, layers=2, epochs=1),
}


@pytest.fixture(scope="module")
def runs(place: Path) -> dict[str, Run]:
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(place / "checkpoint"))
        for name, config in CONFIGS.items():
            made[name] = _stored(config)
    return made


def _stored(config: TrainConfig, *, broken: bool = False) -> Run:
    run, state = trained(config, datasets.load("digits"))
    if broken:
        for parameter in state.model.encoder.parameters():
            parameter.data.fill_(3e38)  # finite, but their sums are not
    stored(run, state)
    return run


def head(app: AppTest) -> dict[str, Any]:
    """What the browser is given of the code."""
    for part in app.get("bidi_component"):
        message = part.proto.bytes
        if message[4:5] == b"{":
            given: dict[str, Any] = json.loads(message[4 : 4 + int.from_bytes(message[:4], "big")])
            if given.get("key") == "hand-latent":
                return given
    raise AssertionError(f"there is no code: {texts(app)}")


def of(run: Run, **link: str) -> AppTest:
    app = opened("latent", run=run.run_id, **link)
    assert not app.exception
    return app


def test_each_value_of_a_small_code_has_a_bar_the_most_important_first(runs: dict[str, Run]) -> None:
    app = of(runs["few"])
    given = head(app)
    assert sorted(bar["name"] for bar in given["bars"]) == ["1", "2", "3", "4"]
    assert given["network"]
    first = given["bars"][0]
    assert f"Value {first['name']} matters most" in texts(app) or "about equally" in texts(app)
    assert all(bar["low"] < bar["high"] for bar in given["bars"])
    assert not app.error


def test_a_code_of_one_value_says_so(runs: dict[str, Run]) -> None:
    app = of(runs["one"])
    assert len(head(app)["bars"]) == 1
    assert "The decoder is given one value" in texts(app)


def test_a_code_of_1024_values_has_32_bars_the_last_of_which_move_many(runs: dict[str, Run]) -> None:
    app = of(runs["large"])
    given = head(app)
    assert len(given["bars"]) == 32
    assert [bar["name"] for bar in given["bars"] if bar["index"] is None] == [f"g{i}" for i in range(1, 17)]
    assert "move the other 1,008 values together" in texts(app)


def test_a_code_of_maps_says_that_it_keeps_place(runs: dict[str, Run]) -> None:
    app = of(runs["maps"], moved="5:1.5")
    given = head(app)
    assert given["maps"]["shape"] == [2, 7, 7]
    assert given["moved"] == {"5": 1.5}
    assert "This code keeps place" in texts(app)
    assert "10 x 10 pixels" in texts(app)


def test_a_link_opens_this_image_with_these_bars_moved(runs: dict[str, Run]) -> None:
    app = of(runs["few"], image="12", moved="3:1.25,g9:4")
    assert head(app)["moved"] == {"3": 1.25}
    assert app.number_input(key="latent_test_image").value == 12
    other = of(runs["few"], image="13", moved="3:1.25")
    assert head(other)["of"] != head(app)["of"]


def test_another_image_begins_with_an_untouched_code(runs: dict[str, Run]) -> None:
    app = of(runs["few"], image="12", moved="3:1.25")
    app.number_input(key="latent_test_image").set_value(20).run()
    assert head(app)["moved"] == {}
    assert app.session_state[IMAGE.key] == 20
    assert MOVED.key not in app.session_state or not app.session_state[MOVED.key].where


@pytest.mark.parametrize(
    ("name", "value"),
    [("image", "minus"), ("image", "1e9"), ("moved", "3"), ("moved", "3:nan"), ("moved", "<b>:1")],
)
def test_nonsense_in_a_link_is_one_sentence(runs: dict[str, Run], name: str, value: str) -> None:
    app = of(runs["few"], **{name: value})
    assert [warning.value.startswith("Ignored in the link") for warning in app.warning] == [True]
    assert head(app)["moved"] == {}


def test_an_image_beyond_the_last_is_the_last(runs: dict[str, Run]) -> None:
    app = of(runs["few"], image="9999999")
    assert app.number_input(key="latent_test_image").value == len(datasets.load("digits").test) - 1
    assert not app.error


def test_a_drawing_is_asked_for_and_then_has_a_code(runs: dict[str, Run]) -> None:
    app = of(runs["few"], image="drawing")
    assert "the code of your drawing appears here" in texts(app)
    picture = np.zeros((1, 28, 28), np.uint8)
    picture[0, 4:24, 14] = 255
    app.session_state[drawings.LATEST.key] = Drawing("1", {(28, 28): picture})
    app.run()
    assert not app.exception
    assert len(head(app)["bars"]) == 4


def test_a_run_whose_codes_are_not_finite_is_one_sentence(place: Path) -> None:
    run = _stored(replace(PLAIN, latent_size=7, seed=3, epochs=1), broken=True)
    app = of(run)
    assert len(app.error) == 1
    assert "not finite numbers" in app.error[0].value
    checkpoints.path_of(run.run_id).unlink()


def test_a_run_that_is_deleted_while_it_is_open_leaves_a_page_that_can_be_used(place: Path) -> None:
    run = _stored(replace(PLAIN, latent_size=5, seed=9, epochs=1))
    app = of(run)
    assert head(app)["bars"]
    checkpoints.path_of(run.run_id).unlink()
    app.run()
    assert not app.exception
    assert app.selectbox(key="latent_run").value != run.run_id


def test_what_was_moved_of_one_run_is_not_moved_of_another(runs: dict[str, Run]) -> None:
    app = of(runs["few"], moved="3:1.25")
    app.selectbox(key="latent_run").set_value(runs["large"].run_id).run()
    assert not app.exception
    assert head(app)["moved"] == {}
    assert MOVED.key not in app.session_state
