"""A baseline is one function and one row: a toy is on the charts, in the table, the words and the shell."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from autoenc import cli, datasets
from autoenc.baselines import BASELINES, Baseline, Coder
from autoenc.datasets import Dataset
from tests.visits import opened, texts, until
from ui.core import sessions

SWEEP = ("sweep", "--dataset", "digits", "--models", "mlp", "--latent-sizes", "2,4", "--epochs", "2")


# ---------------------------------------------------------------- the toy: ten lines, and a row


def strips(data: Dataset) -> Iterator[Coder]:
    """The image in k strips from top to bottom, each in its mean grey."""
    for k in (1, 2, 4):
        yield Coder(k, lambda x, k=k: interpolate(adaptive_avg_pool2d(x, (k, 1)), x.shape[2:]))


STRIPS = Baseline("strips", "Strips", "k strips of one grey each", strips)


# ---------------------------------------------------------------- where it is found


@dataclass(frozen=True)
class Lab:
    """A machine where the toy is known, and what a sweep answered in the shell."""

    answer: dict[str, Any]  # of --json
    csv: list[dict[str, str]]
    loss: float  # of the toy at 4 numbers, by another implementation


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    place = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BASELINES, STRIPS.name, STRIPS)
        patch.setenv("AUTOENC_DATA_DIR", str(place / "data"))
        patch.setenv("AUTOENC_CACHE_DIR", str(place / "cache"))
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(place / "checkpoints"))
        patch.setenv("AUTOENC_WORKERS", "1")
        x = datasets.load("digits").test / 255
        n, _, h, w = x.shape
        means = x.reshape(n, 4, h // 4, w).mean((2, 3)).reshape(n, 1, 4, 1)  # 28 rows in 4 strips of 7
        loss = float(((x - np.repeat(means, h // 4, axis=2)) ** 2).mean())
        with redirect_stdout(io.StringIO()) as out:
            assert cli.main([*SWEEP, "--csv", str(place / "sweep.csv"), "--json"]) == 0
        with (place / "sweep.csv").open(newline="") as file:
            table = list(csv.DictReader(file))
        st.cache_resource.clear()
        yield Lab(json.loads(out.getvalue()), table, loss)
        st.cache_resource.clear()


@pytest.fixture(scope="module")
def page(lab: Lab) -> Iterator[AppTest]:
    """The sweep's page with the same two runs, already trained."""
    app = opened("sweep", dataset="digits", models="mlp", latent_sizes="2,4", epochs="2")
    app.button(key="sweep-start").click().run()
    yield until(app, "2 of 2 done")
    sessions.background().close()


def test_a_worker_process_measures_it_and_json_has_its_curve(lab: Lab) -> None:
    curve = lab.answer["baselines"]["strips"]
    assert [point["n_latents"] for point in curve["points"]] == [1, 2, 4]
    assert curve["points"][2]["test_mse"] == pytest.approx(lab.loss, rel=1e-5)
    assert (curve["title"], curve["done"]) == ("Strips", 1)


def test_the_csv_file_has_its_loss_beside_each_run(lab: Lab) -> None:
    assert [row["latent_size"] for row in lab.csv] == ["2", "4"]
    assert float(lab.csv[1]["strips_test_mse"]) == pytest.approx(lab.loss, rel=1e-5)


def parts(page: AppTest) -> list[dict[str, Any]]:
    """What is handed to the components in the browser."""
    return [json.loads(part.proto.json) for part in page.get("bidi_component") if part.proto.json]


def test_it_has_a_line_on_each_chart_of_losses_and_in_its_legend(page: AppTest) -> None:
    figures = {part["key"]: json.loads(part["figure"]) for part in parts(page) if "figure" in part}
    lines = {
        key: trace
        for key, figure in figures.items()
        for trace in figure["data"]
        if trace["name"] == "Strips" and trace.get("showlegend", True)
    }
    assert lines.keys() == {"sweep-by-size", "sweep-large", "sweep-by-code", "sweep-ratio"}
    assert lines["sweep-by-size"]["x"] == [2, 4]
    assert None not in lines["sweep-by-size"]["y"]


def test_the_table_has_a_column_with_its_loss_also_where_it_is_copied(page: AppTest, lab: Lab) -> None:
    (table,) = page.dataframe
    assert table.value["Strips: test loss"].tolist()[1] == pytest.approx(lab.loss, rel=1e-5)
    copied = [part["text"] for part in parts(page) if "text" in part]
    assert len(copied) == 2  # Markdown, LaTeX
    assert all("Strips: test loss" in text for text in copied)


def test_the_words_compare_the_models_with_it(page: AppTest) -> None:
    """Two epochs are not enough for an MLP to beat anything."""
    assert "worse than Strips at every size" in texts(page)
