"""Bytes and quality on the page Compress: measured at a click, told, and opened again from its link."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, recipes
from autoenc.compression.codecs import images
from tests.visits import has_button, opened, texts, until_true

CODECS = "PCA,JPEG,PNG"


def rates(**link: str) -> AppTest:
    return opened("compress", **{"view": "rates", "codecs": CODECS, **link})


@pytest.fixture(scope="module")
def measured(place: Path) -> str:
    """A run whose curves were measured on the page, without others beside it; its id."""
    example = next(run for run in checkpoints.examples() if run.config == recipes.EXAMPLE)  # of a sweep
    app = rates(run=example.run_id, beside="")
    assert not app.exception
    run_id: str = app.selectbox(key="compressed_run").value
    assert "Click or tap a point" in texts(app)
    assert "Time:" in texts(app)
    app.button(key="measure-rates").click().run()
    until_true(app, lambda: not has_button(app, "stop-rates"), "the end of the measuring")
    assert not has_button(app, "measure-rates")
    return run_id


def test_a_click_measures_the_curves_and_the_page_says_what_they_show(measured: str) -> None:
    app = rates(run=measured, beside="")
    assert not app.exception
    assert "At equal PSNR this model takes" in _lessons(app)
    assert "An exact copy takes at least" in _lessons(app)
    assert "So far" not in _lessons(app)
    assert not has_button(app, "measure-rates")


def test_another_codec_is_offered_to_be_measured_and_what_is_known_stays(measured: str) -> None:
    app = rates(run=measured, beside="", codecs="PCA,JPEG,PNG,WebP_lossless")
    assert app.button(key="measure-rates").label == "Measure 1 curve on the test set"
    assert "At equal PSNR this model takes" in _lessons(app)


@pytest.mark.parametrize(
    ("point", "says"),
    [("jpeg@10.0", "JPEG, alone, quality 10"), ("jpeg-tiled@10.0", "JPEG, tiled, quality 10")],
)
def test_a_point_in_the_link_shows_what_comes_back_there(measured: str, point: str, says: str) -> None:
    app = rates(run=measured, beside="", point=point)
    assert not app.exception
    assert any(says.replace(",", "") in one.value.replace(",", "") for one in app.markdown)
    assert app.query_params["point"] == point


def test_pictures_of_a_point_say_that_they_come_from_a_smaller_file_than_was_measured(
    measured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "only the first" not in texts(rates(run=measured, beside="", point="jpeg-tiled@10.0"))
    monkeypatch.setattr(images, "N_RETURNED", 100)
    text = texts(rates(run=measured, beside="", point="jpeg-tiled@20.0"))
    assert "dB on the test set; the pictures come from a file of only the first 100 images" in text


def test_the_runs_beside_it_are_of_the_same_images(measured: str) -> None:
    app = rates(run=measured)
    chosen = app.multiselect(key="rates_others").value
    assert len(chosen) == 2
    assert all(run_id.startswith("digits-") for run_id in chosen)
    assert measured not in chosen


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"beside": "nobody"}, "run 'nobody' is not on this machine"),
        ({"beside": "a,b,c,d"}, "the link asks for 4 other runs; allowed: 3"),
        ({"codecs": "GIF"}, "codecs has 'GIF'; known: PCA, JPEG"),
        ({"point": "jpeg@many"}, "point is 'jpeg@many'"),
        ({"point": "nobody@1"}, "run 'nobody' is not on this machine"),
        ({"log_rate": "perhaps"}, "log rate is 'perhaps'"),
    ],
)
def test_nonsense_in_the_link_is_told(link: dict[str, str], sentence: str) -> None:
    app = rates(**link)
    assert not app.exception
    assert any(
        "Ignored in the link" in warning.value
        and sentence in warning.value.replace("\\", "").replace("\u2060", "")
        for warning in app.warning
    )


def _lessons(app: AppTest) -> str:
    return " ".join(one.value for one in app.markdown).replace("\\", "")


def test_what_was_weighed_here_is_told_in_the_sweep_of_such_runs(measured: str) -> None:
    app = opened("sweep", dataset="digits")
    link = next(one.proto for one in app.get("page_link") if one.proto.page.endswith("compress"))
    assert "In real bytes (crosses): MLP 32 has" in _lessons(app)
    assert link.label == "Open MLP 32 in Compress"
    there = opened("compress", **dict(parse_qsl(link.query_string)))
    assert there.selectbox(key="compressed_run").value == measured
    assert "At equal PSNR this model takes" in _lessons(there)
