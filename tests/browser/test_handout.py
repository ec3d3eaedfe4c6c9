"""The hand-out in a real Chromium: opened from a file without a network, on a phone, on paper."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from autoenc import checkpoints, datasets
from autoenc.experiments import lab_here, look
from autoenc.report import Chart, Results
from autoenc.report.handout import Made, make
from tests.browser.conftest import PATIENCE, PHONE

CHART = ".plotly-graph-div"
DRAWN = f"{CHART} .svg-container > .main-svg:first-of-type"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def handout(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Of the examples: digits stand in for MNIST."""
    folder = tmp_path_factory.mktemp("lab")
    places = {"AUTOENC_CHECKPOINT_DIR": str(folder / "ck"), "AUTOENC_DATA_DIR": str(folder / "none")}
    with patch.dict(os.environ, places):
        lab = lab_here("lesson", datasets.catalogue())
        runs = checkpoints.examples()
        making = make(look(lab, None, runs), Results(lab, runs))
        while True:
            try:
                next(making)
            except StopIteration as end:
                made: Made = end.value
                return made


@pytest.fixture(scope="module")
def path(handout: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("handout") / "report.html"
    path.write_bytes(handout.html)
    return path


@pytest.fixture
def open_file(browser: Browser, path: Path, handout: Made) -> Iterator[Open]:
    """Opens it without a network, waits for its charts; it may ask for nothing and meet no error."""
    requests, errors, contexts = list[str](), list[str](), []
    n_charts = sum(isinstance(block, Chart) for one in handout.sections for block in one.blocks)

    def open_file(**how: object) -> Page:
        context = browser.new_context(**{"offline": True, **how})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(path.as_uri())
        assert n_charts > 2
        expect(page.locator(DRAWN)).to_have_count(n_charts)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()] * len(contexts)
    assert errors == []


def test_it_opens_from_a_file_without_a_network_and_its_charts_answer(open_file: Open) -> None:
    page = open_file(viewport={"width": 1280, "height": 800})
    chart = page.locator(CHART).first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(chart.locator(".hoverlayer .legend")).to_be_visible()  # the values at this step
    numbers = page.locator("#figure-mlp-curve-1 details")
    numbers.locator("summary").click()
    expect(numbers.get_by_role("columnheader", name="epoch", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen_and_no_letter_of_a_chart_is_cut_off(
    open_file: Open, width: int
) -> None:
    phone = {"viewport": {"width": width, "height": 844}}
    page = open_file(**(PHONE | phone if width < 500 else phone))
    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [width, width]
    outside = page.evaluate(
        """(chart) => [...document.querySelectorAll(chart)].flatMap((node) => {
          const room = node.getBoundingClientRect();
          return [...node.querySelectorAll(".infolayer text, .xtick text, .ytick text")]
            .filter((text) => {
              const { left, right, top, bottom } = text.getBoundingClientRect();
              const across = left < room.left - 1 || right > room.right + 1;
              return text.textContent.trim() && (across || top < room.top - 1 || bottom > room.bottom + 1);
            })
            .map((text) => `${node.id}: ${text.textContent}`);
        })""",
        CHART,
    )
    assert outside == []
    below = page.evaluate(
        """(chart) => [...document.querySelectorAll(chart)].flatMap((node) => {
          const top = node.getBoundingClientRect().top + node._fullLayout._size.t; // of the plot
          const legend = node.querySelector(".infolayer > .legend")?.getBoundingClientRect();
          return legend?.bottom > top + 2 ? [node.id] : [];
        })""",
        CHART,
    )
    assert below == []


def test_axe_finds_nothing_and_the_keyboard_reaches_all(open_file: Open) -> None:
    page = open_file(viewport={"width": 1280, "height": 800})
    page.evaluate(AXE_SCRIPT)
    faults = page.evaluate(
        """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
             .map(({ id, nodes }) => `${id}: ${nodes[0].target}`)"""
    )
    assert faults == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the experiments")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_on_paper_no_page_is_empty_and_no_figure_is_split(open_file: Open, tmp_path: Path) -> None:
    page = open_file(viewport={"width": 1280, "height": 800})
    pages = pages_of(page.pdf(prefer_css_page_size=True))
    assert len(pages) > 4
    assert all(b"BT" in content for content in pages)  # text
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('figure.whole')).breakInside") == "avoid"
    height = page.evaluate(
        "Math.max(...[...document.querySelectorAll('figure.whole')].map((f) => f.offsetHeight))"
    )
    assert height < 1000  # CSS pixels: A4 without its margins has 1,009
    assert (
        page.evaluate("getComputedStyle(document.querySelector('main a, nav a')).textDecorationLine")
        == "none"
    )


def test_it_prints_its_charts_even_before_they_are_drawn(browser: Browser, path: Path) -> None:
    """A chart a frame is drawn while it is read; a printer gets all."""
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_load_state("domcontentloaded")
        early = pages_of(page.pdf(prefer_css_page_size=True))
        expect(page.locator(DRAWN).last).to_be_attached()
        late = pages_of(page.pdf(prefer_css_page_size=True))
    assert [len(content) for content in early] == [len(content) for content in late]


def pages_of(pdf: bytes) -> list[bytes]:
    """What is drawn on each page of a PDF that Chromium has written."""
    objects = {int(n): body for n, body in re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.S)}
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    streams = []
    for body in pages:
        reference = re.search(rb"/Contents (\d+) 0 R", body)
        assert reference is not None
        stream = objects[int(reference[1])].partition(b"stream\n")[2].rpartition(b"\nendstream")[0]
        streams.append(zlib.decompress(stream))
    return streams
