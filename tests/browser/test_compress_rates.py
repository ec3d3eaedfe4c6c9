"""A point of the chart of bytes and quality, clicked in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, expect_rest, wait_until

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


def test_a_point_that_is_clicked_shows_what_comes_back_there_and_the_link_keeps_it(
    open_page: OpenPage,
) -> None:
    page = open_page("compress?view=rates&codecs=JPEG&beside=")
    measure = page.locator(".st-key-measure-rates button")
    if measure.count():  # a second try finds the curves
        measure.click()
    wait_until(page, CHART, N_POINTS + " === 11")
    expect_rest(page)
    click(page, 3)  # quality 10, after 1, 3 and 5
    chosen = page.get_by_text("JPEG, tiled, quality 10")
    expect(chosen).to_be_visible()
    expect(page).to_have_url(re.compile("point=jpeg-tiled%4010.0"))
    expect(page.locator(".st-key-rates-pictures")).to_be_visible()
    page.reload()
    expect(chosen).to_be_visible()
