"""A page is its folder and one row: a toy with a slider, a chart, a link and a job in the background."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import plotly.graph_objects as go
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from autoenc.schema import State
from tests.visits import laboratory
from ui import registry
from ui.app import layout
from ui.components.live_plot import live_plot
from ui.core import pages, sessions
from ui.core.links import Address, number
from ui.core.values import Value

ROOT = Path(__file__).parents[1]

# ---------------------------------------------------------------- the toy: its job, its settings, its page


@dataclass(frozen=True)
class Tossed:
    """Coins that have been tossed."""

    n: int
    of: int
    process: int  # that tosses them

    @property
    def done(self) -> float:
        return self.n / self.of

    @property
    def doing(self) -> str:
        return f"Tossed {self.n} of {self.of}"


@dataclass(frozen=True)
class TossJob:
    """Toss all coins but one, and the last as soon as there is such a file."""

    n: int
    last: str

    @property
    def job_id(self) -> str:
        return f"toss-{self.n}"

    @property
    def title(self) -> str:
        return f"Toss of {self.n} coins"

    def threads(self, share: int) -> int:
        return 1

    def needed_bytes(self) -> int:
        return 1_000_000

    def needed_dataset(self) -> None:
        return None

    def stored(self) -> None:
        return None

    def run(self) -> Generator[Tossed, None, None]:
        while not Path(self.last).exists():
            yield Tossed(self.n - 1, self.n, os.getpid())
            sleep(0.02)  # between two looks
        yield Tossed(self.n, self.n, os.getpid())


COINS = Value("toy_coins", 4)
TOY = Address((number("coins", COINS, most=9),))
LAST = "AUTOENC_TOY_LAST_COIN"  # the file's name, in the environment


def show() -> None:
    with pages.opened("toy", TOY) as ignored:
        left, right = layout.halves()
        with left:
            layout.heading("Toss coins", ignored)
            n = st.slider("Coins", 1, 9, key=COINS.key)
            if st.button("Toss them", key="toss"):
                sessions.start(TossJob(n, os.environ[LAST]))
        with right:
            live_plot(go.Figure(go.Bar(x=["heads", "tails"], y=[n, 9 - n])).to_json(), key="toy", height=200)


LESSON = "Toss some coins and see how many fall on their heads."


# ---------------------------------------------------------------- where it is found


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A laboratory with the toy's file and row."""
    place = tmp_path_factory.mktemp("place")
    file = place / "toy.py"
    file.write_text("from tests.test_toy_page import show\n\nshow()\n")
    row = registry.Page("toy", "Coins", ":material/toll:", LESSON, str(file))
    with laboratory(place) as patch:
        patch.setattr(registry, "PAGES", (*registry.PAGES, row))
        patch.setenv(LAST, str(place / "last coin"))
        yield place


@pytest.fixture(autouse=True)
def _folder_of_the_lab(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(lab / "checkpoint"))


def front_page() -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    assert not app.exception
    return app


def opened(lab: Path, **link: str) -> AppTest:
    """The toy as a new visitor sees it who has this link."""
    app = front_page().switch_page(str(lab / "toy.py"))
    app.query_params.update(link)
    app.run()
    assert not app.exception
    return app


def until(true: Callable[[], bool]) -> None:
    end = monotonic() + 60
    while not true():
        assert monotonic() < end
        sleep(0.05)


def test_it_is_in_the_navigation_and_among_the_lessons(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    navigation, shown = st.navigation, list[Any]()

    def seen(pages: list[Any], **settings: Any) -> Any:
        shown.extend((page.title, page.url_path) for page in pages)
        return navigation(pages, **settings)

    monkeypatch.setattr(st, "navigation", seen)
    front = front_page()
    assert shown[-1] == ("Coins", "toy")
    assert LESSON in [text.value for text in front.markdown]
    assert "toy" in [link.proto.page for link in front.get("page_link")]


def test_its_slider_moves_its_chart_and_its_link(lab: Path) -> None:
    app = opened(lab, coins="7")
    assert app.slider(key=COINS.key).value == 7
    assert heads(app) == 7
    app.slider(key=COINS.key).set_value(3).run()
    assert heads(app) == 3
    assert app.query_params["coins"] == "3"
    assert heads(opened(lab, coins="3")) == 3


def heads(app: AppTest) -> int:
    (figure,) = [
        json.loads(part["figure"])
        for element in app.get("bidi_component")
        if element.proto.json and "figure" in (part := json.loads(element.proto.json))
    ]
    n: int = figure["data"][0]["y"][0]
    return n


def test_what_its_link_cannot_mean_is_said_in_a_sentence(lab: Path) -> None:
    app = opened(lab, coins="70")
    (ignored,) = [warning.value for warning in app.warning]
    assert "coins is '70'; allowed: a whole number from 0 to 9" in ignored.replace("\\", "")
    assert app.slider(key=COINS.key).value == COINS.usual


def test_its_job_runs_in_the_background_and_is_listed_on_the_front_page_by_its_title(lab: Path) -> None:
    opened(lab, coins="5").button(key="toss").click().run()
    until(lambda: sessions.background().snapshot("toss-5").state is State.RUNNING)
    lines = [bar.proto.text for bar in front_page().get("progress")]
    assert "Toss of 5 coins – Tossed 4 of 5" in lines
    (lab / "last coin").touch()
    until(lambda: sessions.background().snapshot("toss-5").state is State.FINISHED)
    tossed = sessions.background().snapshot("toss-5").value
    assert (tossed.n, tossed.done) == (5, 1.0)
    assert tossed.process != os.getpid()


def test_no_folder_of_another_page_is_needed_for_it() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    folders = [path.name for path in (ROOT / "ui").iterdir() if (path / "page.py").exists()]
    assert len(folders) > 5
    assert [folder for folder in folders if f"ui.{folder}" in text or f"ui import {folder}" in text] == []
