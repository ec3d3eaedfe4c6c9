"""A point of the chart of bytes and quality, clicked in a real browser."""

from __future__ import annotations

import re
from contextlib import suppress
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, OpenPage, Trained, expect_rest, wait_until

ALERT = "[data-testid=stAlert]"
CHART = ".st-key-rates-chart .live-plot"
TILED = """find((trace) => trace.name === "JPEG" && trace.line.dash === "solid")"""
N_POINTS = f"Array.from(node._fullData?.{TILED}?.x ?? []).filter((x) => x !== null).length"
PLACE = f"""(chart, at) => {{
  const {{ xaxis, yaxis }} = chart._fullLayout;
  const trace = chart._fullData.{TILED};
  const {{ x, y }} = chart.getBoundingClientRect();
  return [x + xaxis._offset + xaxis.c2p(trace.x[at]), y + yaxis._offset + yaxis.c2p(trace.y[at])];
}}"""


def click(page: Page, at: int) -> None:
    """A point of JPEG, tiled, by its place on the line."""
    x, y = page.locator(CHART).first.evaluate(PLACE, at)
    page.mouse.move(x - 30, y - 30)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)


def choose(page: Page, at: int, address: str) -> None:
    """Until the page's address tells of it: a chart that moves or is redrawn under the pointer is missed."""
    deadline = monotonic() + PATIENCE / 1000
    while address not in page.url and monotonic() < deadline:
        expect_rest(page)
        click(page, at)
        with suppress(AssertionError):
            expect(page).to_have_url(re.compile(address), timeout=5_000)
    expect(page).to_have_url(re.compile(address))


def measured(page: Page) -> None:
    """Until all curves are there; what stands in the way is told at once."""
    whole = f"({N_POINTS} === 11 && !document.querySelector('.st-key-progress-rates'))"
    measure = page.locator(".st-key-measure-rates button")
    wait_until(page, CHART, f"document.querySelector('.st-key-measure-rates') || {whole}")
    if measure.count():  # a second try finds the curves
        measure.click()
    wait_until(page, CHART, f"document.querySelector('{ALERT}') || {whole}")
    assert page.locator(ALERT).all_inner_texts() == []


def test_a_point_that_is_clicked_shows_what_comes_back_there_and_the_link_keeps_it(
    open_page: OpenPage,
) -> None:
    page = open_page("compress?view=rates&codecs=JPEG&beside=")
    measured(page)
    choose(page, 9, "point=jpeg-tiled%4075.0")
    says = page.get_by_text(re.compile("JPEG, tiled, quality 75: .* dB on the test set"))
    expect(says).to_be_visible()
    expect(page.locator(".st-key-rates-pictures")).to_be_visible()
    page.reload()
    expect(says).to_be_visible()


ABOVE = """chart => {
  const [top, title, legend] = ["", ".gtitle", ".legend"].map((place) =>
    (place ? chart.querySelector(place) : chart)?.getBoundingClientRect());
  const plot = chart.querySelector(".bg, .nsewdrag").getBoundingClientRect();
  return [legend.top - (title?.bottom ?? top.top), plot.top - legend.bottom];
}"""


@pytest.mark.parametrize("width", [1920, 1280, 390])
def test_above_the_plot_is_no_more_room_than_its_title_and_legend_take(
    open_page: OpenPage, trained: Trained, width: int
) -> None:
    others = ",".join(trained(size, rate_weight=0.001, epochs=1).run_id for size in (5, 6))
    link = f"compress?view=rates&run={trained(8, rate_weight=0.001).run_id}&beside={others}"
    page = open_page(link, phone=True) if width == 390 else open_page(link, width=width)
    chart = page.locator(CHART).first
    expect(chart.locator(".legend .traces")).to_have_count(9)
    above, below = chart.evaluate(ABOVE)
    assert 0 <= above < 25  # less than a row of the legend
    assert 0 <= below < 25
