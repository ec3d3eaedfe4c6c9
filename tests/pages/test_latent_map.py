"""The tab Map of the page Latent: what it says, what its link opens, t-SNE at a click."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from autoenc import datasets
from tests.runs import PLAIN, stored, trained
from tests.visits import has_button, opened, texts, until_true
from ui.latent import code_map

CONV = replace(PLAIN, model="conv", latent_size=16, layers=1, stride=1, epochs=1)  # 12,544 numbers


@pytest.fixture(scope="module")
def runs(place: Path) -> dict[str, str]:
    """Codes of few numbers and of many, and a run whose training went wrong."""
    made = {}
    configs = {size: replace(PLAIN, latent_size=size) for size in (1, 2, 4)}
    named = {
        "one": configs[1],
        "two": configs[2],
        "four": configs[4],
        "conv": CONV,
        "wrong": replace(PLAIN, seed=3),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(place / "checkpoint"))
        for name, config in named.items():
            run, state = trained(config, datasets.load("digits"))
            if name == "wrong":
                with torch.no_grad():
                    next(state.model.encoder.parameters()).fill_(3e38)  # whose sums are infinite
            stored(run, state)
            made[name] = run.run_id
    return made


def the_map(**link: str) -> AppTest:
    return opened("latent", view="map", **link)


def said(app: AppTest) -> str:
    """Without what keeps Markdown and lines from breaking the words."""
    return re.sub(r"[\\\u2060]", "", texts(app)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("one", "To the right: the only code value."),
        ("two", "the first code value; upwards: the second"),
        ("four", "PCA: the two directions in which the 4 code values vary most"),
        ("conv", "PCA: the two directions in which the 12,544 code values"),
    ],
)
def test_the_map_says_what_its_directions_are_and_how_its_classes_lie(
    runs: dict[str, str], name: str, says: str
) -> None:
    app = the_map(run=runs[name])
    assert not app.exception
    assert says in said(app)
    assert "Of the ten points nearest to an image," in said(app)


def test_codes_that_are_no_numbers_are_one_sentence_and_the_page_stays(runs: dict[str, str]) -> None:
    app = the_map(run=runs["wrong"])
    assert not app.exception
    assert "are not finite numbers: its training went wrong" in said(app)
    app.selectbox(key="latent_run").select(runs["four"]).run()
    assert "the 4 code values vary most" in said(app)


def test_tsne_is_offered_with_its_time_made_at_a_click_and_found_by_the_next_visitor(
    runs: dict[str, str],
) -> None:
    app = the_map(run=runs["four"], plane="tsne")
    assert "Time:" in said(app)
    assert app.button(key="measure-code-map").label == "Map 360 codes by t-SNE"
    app.button(key="measure-code-map").click().run()
    until_true(app, lambda: "t-SNE keeps neighbours together" in said(app), "the end of t-SNE", seconds=120)
    assert not has_button(app, "measure-code-map")
    next_one = the_map(run=runs["four"], plane="tsne")
    assert "t-SNE keeps neighbours together" in said(next_one)
    assert next_one.query_params["plane"] == "tsne"


def test_the_link_opens_the_sheet_and_says_so_again(runs: dict[str, str]) -> None:
    app = the_map(run=runs["two"], layer="sheet")
    assert app.session_state[code_map.LAYER.key] == "sheet"
    assert app.query_params["layer"] == "sheet"


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"plane": "umap"}, "plane is 'umap'; known: pca, tsne"),
        ({"layer": "cake"}, "layer is 'cake'; known: points, sheet, both"),
    ],
)
def test_nonsense_in_the_link_is_told(link: dict[str, str], sentence: str) -> None:
    app = the_map(**link)
    assert not app.exception
    assert f"Ignored in the link: {sentence}" in said(app)


def test_a_place_of_a_model_too_large_for_the_browser_is_drawn_on_the_server(
    runs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rested, answers = iter([(0.5, -0.5)]), []

    def component(*_: object, answer: object = None, **__: object) -> tuple[float, float] | None:
        answers.append(answer)
        return next(rested, None)

    monkeypatch.setattr(code_map, "code_map", component)
    monkeypatch.setattr(code_map.inspection, "runs_in_browser", lambda _: False)
    app = the_map(run=runs["four"])
    assert not app.exception
    assert answers[0] is None
    assert answers[-1].place == (0.5, -0.5)
    assert answers[-1].picture.dtype == np.uint8
