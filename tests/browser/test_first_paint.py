"""What a page shows first stands where it will stay, at a first visit and at a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from benchmarks.dashboards import dashboard
from tests.browser.conftest import HEAD, PATIENCE, PHONE, broken, expect_rest
from ui import registry

MAX_SHIFT = 0.1  # what the web vitals call good
LINKS = [
    *(registry.path(page.address) for page in registry.PAGES),
    *("colour?part=sweep", "colour?part=harder"),
    *("compress?view=rates", "compress?view=file", "compress?view=contest"),
    *("latent?view=morph", "latent?view=arithmetic", "latent?view=map", "latent?view=samples"),
]
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    if (hadRecentInput) continue;
    const moved = sources.slice(0, 3).map(({ node, previousRect, currentRect }) =>
      `${node?.className} ${Math.round(previousRect.y)}->${Math.round(currentRect.y)}`);
    window.shifts.push([value, moved]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of runs; nobody has trained anything."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def empty(folder: Path) -> Iterator[str]:
    """The address of its dashboard."""
    with dashboard(folder, AUTOENC_DATA_DIR=str(folder / "no-data")) as lab:
        yield lab.address


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that was never here."""
    with browser.new_context(viewport={"width": 1280, "height": 720}) as visitor:
        visitor.add_init_script(WATCH)
        yield visitor


@pytest.mark.parametrize("link", LINKS)
def test_a_page_does_not_jump_while_it_is_drawn(visitor: BrowserContext, empty: str, link: str) -> None:
    expect_no_jump(visitor, f"{empty}/{link}")


@pytest.mark.parametrize(("link", "buttons"), [("lab", "lab_size"), ("train", "model"), ("sweep", "models")])
def test_buttons_whose_script_is_late_have_their_room_from_the_first_moment(
    visitor: BrowserContext, empty: str, link: str, buttons: str
) -> None:
    page = visitor.new_page()
    late: list[Route] = []
    page.route("**/ButtonGroup.*.js", lambda route: late.append(route))
    page.goto(f"{empty}/{link}")
    place = page.locator(f".st-key-{buttons}")
    expect(place.locator("[data-testid=stSkeleton]")).to_be_visible(timeout=PATIENCE)
    room = height_of(place)
    for route in late:
        route.continue_()
    expect(place.locator("button").first).to_be_visible()
    assert abs(height_of(place) - room) < 0.02  # of a pixel, in which browsers count 64 parts


def height_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["height"]


def test_the_lab_does_not_jump_on_a_phone(browser: Browser, empty: str) -> None:
    with browser.new_context(**PHONE) as visitor:
        visitor.add_init_script(WATCH)
        expect_no_jump(visitor, f"{empty}/lab")


def expect_no_jump(visitor: BrowserContext, address: str) -> None:
    for _ in ("cold", "warm"):
        page = opened(visitor, address)
        shifts = page.evaluate("window.shifts")
        assert sum(value for value, _ in shifts) <= MAX_SHIFT, shifts
        assert not broken(page)
        page.close()


def opened(visitor: BrowserContext, address: str) -> Page:
    page = visitor.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    expect(page.locator(HEAD).first).to_be_visible()
    expect_rest(page)
    return page


def test_no_page_trains_anything_unasked(visitor: BrowserContext, empty: str, folder: Path) -> None:
    page = opened(visitor, empty)
    for link in filter(None, LINKS):  # the front page counts what runs and waits
        page.goto(f"{empty}/{link}")
        expect(page.locator(HEAD).first).to_be_visible()
        expect_rest(page)
        assert "waiting" not in page.inner_text("[data-testid=stMain]").lower()
    page.goto(empty)
    running = page.get_by_test_id("stMetric").filter(has_text="Running")
    expect(running).to_contain_text("0 of")
    expect(page.get_by_test_id("stMetric").filter(has_text="Waiting")).to_contain_text("0")
    assert [path.name for path in folder.iterdir()] == ["server.log"]
