"""The guide for teachers: each of its links opens, on a fresh machine without internet, what it promises.

Under AppTest, on the examples that come with the program. What the guide has in quotation marks beside a link
is on the page that the link opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets, recipes
from tests.visits import laboratory, opened, settle, texts, until_true
from ui.registry import PAGES

GUIDE = Path(__file__).parents[1] / "docs" / "lesson.md"
HERE = "localhost:8501"
LINK = re.compile(r"\[([^]]+)\]\((http[^)]+)\)")


@dataclass(frozen=True)
class Promise:
    """A link of the guide, and what its line says of the page."""

    title: str
    url: str
    quotes: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        return urlsplit(self.url).path.strip("/") or "start"

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query, strict_parsing="?" in self.url))

    @property
    def run_ids(self) -> list[str]:
        named = [self.params.get(name, "") for name in ("run", "runs", "plain", "denoiser", "point")]
        return [run_id for text in named for run_id in text.split(",") if run_id]


def promises(guide: str) -> list[Promise]:
    """Those of all lines; a line speaks of one page."""
    found = []
    for line in guide.splitlines():
        for title, url in LINK.findall(line):
            found.append(Promise(title, url, tuple(re.findall(r'"([^"]+)"', line))))
    return found


def plain(text: str) -> str:
    """As a reader sees it, without Markdown."""
    return re.sub(r"\s+", " ", re.sub(r"[*\\]", "", text))


PROMISES = promises(GUIDE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh machine: no data set but those inside the libraries, no run, nothing measured."""
    place = tmp_path_factory.mktemp("fresh")
    with laboratory(place):
        yield place


@pytest.fixture(autouse=True)
def _settled(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(place, monkeypatch)


def address(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def test_a_promise_is_a_link_with_what_its_line_quotes() -> None:
    line = '| 1 | [Train](http://localhost:8501/train?run=a&step=1) | It is "grey", and "so on". |'
    (promise,) = promises(f'"Not this."\n{line}')
    assert (promise.page, promise.params) == ("train", {"run": "a", "step": "1"})
    assert promise.quotes == ("grey", "so on")
    assert plain("a **b**\n\\*c") == "a b c"


@pytest.mark.parametrize("promise", dict.fromkeys(PROMISES), ids=lambda promise: promise.url)
def test_a_link_opens_what_it_names_on_a_fresh_machine(promise: Promise) -> None:
    assert urlsplit(promise.url).netloc == HERE
    app = opened(promise.page, **promise.params)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert [one.value for one in app.warning if "Ignored in the link" in one.value] == []
    assert {name: address(app).get(name) for name in promise.params} == promise.params
    missing = [quote for quote in promise.quotes if plain(quote) not in plain(texts(app))]
    if missing:  # it is computed in the background
        until_true(app, lambda: all(plain(quote) in plain(texts(app)) for quote in missing), str(missing))


def test_the_guide_names_only_what_comes_with_the_program() -> None:
    examples = {run.run_id for run in checkpoints.examples()}
    named = {run_id for promise in PROMISES for run_id in promise.run_ids}
    assert named
    assert named <= examples
    sweep_id = recipes.SWEEP_EXAMPLE.sweep_id(datasets.load("digits").fingerprint)
    assert {promise.params.get("sweep", sweep_id) for promise in PROMISES} == {sweep_id}


def test_the_lesson_visits_every_page_but_the_list_of_runs() -> None:
    assert {promise.page for promise in PROMISES} == {page.address for page in PAGES} - {"runs"}


def test_the_minutes_of_the_lesson_go_up_and_end_before_the_bell() -> None:
    rows = re.findall(r"^\| (\d+) \|.*", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    minutes = [int(minute) for minute in rows]
    assert minutes[0] == 0
    assert minutes == sorted(set(minutes))
    assert minutes[-1] < 45
