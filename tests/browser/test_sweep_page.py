"""A sweep in a real browser: from the click to the end, reloaded in the middle, a point clicked."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import count
from time import monotonic

from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    PATIENCE,
    OpenPage,
    Trained,
    expect_progress,
    expect_rest,
    is_too_wide,
    wait_until,
)
from tests.browser.test_phone import unfold

CHART = ".st-key-sweep-by-size .live-plot"
SEEDS = count(1)  # a second try of a test trains anew too
# Finished runs of the MLP in the chart of the loss, in JavaScript.
N_DOTS = """Array.from(node._fullData?.find((trace) => trace.name === "MLP")?.y ?? [])
    .filter((y) => Number.isFinite(y) && y !== null).length"""
SMALL = "sweep?dataset=digits&models=mlp&latent_sizes=8&epochs=12&train_images=512"  # that `trained` makes


def click_dot(page: Page, latent_size: int) -> None:
    """Until the page tells of it: a chart that is redrawn under the pointer forgets what is there."""
    selected, deadline = page.get_by_text(f"▸ size {latent_size}"), monotonic() + PATIENCE / 1000
    while not selected.count() and monotonic() < deadline:
        expect_rest(page)
        click(page, latent_size)
        with suppress(AssertionError):
            expect(selected).to_be_visible(timeout=5_000)
    expect(selected).to_be_visible()


def click(page: Page, latent_size: int) -> None:
    x, y = page.locator(CHART).first.evaluate(
        """(chart, k) => {
          const { xaxis, yaxis } = chart._fullLayout;
          const trace = chart._fullData.find((one) => one.name === "MLP");
          const i = Array.from(trace.x).findIndex((x) => Number(x) === k);
          const { x, y } = chart.getBoundingClientRect();
          return [x + xaxis._offset + xaxis.c2p(trace.x[i]), y + yaxis._offset + yaxis.c2p(trace.y[i])];
        }""",
        latent_size,
    )
    page.mouse.move(x - 30, y - 30)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)


def test_a_sweep_grows_point_by_point_through_a_reload_and_a_point_shows_its_pictures(
    open_page: OpenPage,
) -> None:
    page = open_page(f"sweep?dataset=digits&models=mlp&latent_sizes=1,2,4,8,16&epochs=150&seed={next(SEEDS)}")
    expect(page.get_by_text("5 runs", exact=True)).to_be_visible()
    page.locator(".st-key-sweep-start button").click()
    expect(page).to_have_url(re.compile("sweep=digits-sweep-e150-"))
    expect(page.locator(".stProgress", has_text=re.compile("[1-4] of 5 done"))).to_be_visible()
    page.reload()
    expect_progress(page, "5 of 5 done")
    expect(page.locator(".st-key-sweep-start button")).to_have_text(re.compile("Show the results"))
    wait_until(page, CHART, N_DOTS + " === 5")
    expect(page.locator(".live-plot")).to_have_count(7)  # when it ended, two of them could leave the page
    click_dot(page, 8)
    page.get_by_role("link", name="Open MLP 8 in Train").click()
    expect(page).to_have_url(re.compile("/lab/train.*run=digits-mlp-k8-e150-"))
    expect_progress(page, "Finished: 150 of 150 epochs")


def test_a_second_window_follows_and_stop_keeps_what_is_trained(open_page: OpenPage) -> None:
    page = open_page(
        f"sweep?dataset=digits&models=mlp,conv&layers=2&epochs=1000&latent_sizes=3,5&seed={next(SEEDS)}"
    )
    page.locator(".st-key-sweep-start button").click()
    expect(page.get_by_text(re.compile("^Conv|^MLP 3")).first).to_be_visible()
    expect(page).to_have_url(re.compile("sweep=digits-sweep-e1000-"))
    other = open_page(page.url.partition("/lab/")[2])
    expect(other.locator(".st-key-stop-sweep button")).to_be_visible()
    page.locator(".st-key-stop-sweep button").click()
    for window in (page, other):
        expect(window.locator(".stProgress", has_text="done, stopped")).to_be_visible()
        expect(window.locator(".st-key-continue-sweep button")).to_be_visible()


def test_a_sweep_fits_on_a_phone(open_page: OpenPage, trained: Trained) -> None:
    trained()
    page = open_page(SMALL, phone=True)
    unfold(page)
    expect(page.get_by_text("1 run, all of them already trained")).to_be_visible()
    page.locator(".st-key-sweep-start button").tap()
    expect_progress(page, "1 of 1 done")
    expect(page.locator(CHART)).to_be_visible()
    assert not is_too_wide(page)


def test_the_table_is_there_to_copy(open_page: OpenPage, trained: Trained) -> None:
    trained()
    page = open_page(SMALL)
    page.locator(".st-key-sweep-start button").click()
    page.locator(".st-key-copy-latex button").first.click()
    expect(page.get_by_role("textbox", name="table in LaTeX")).to_have_value(re.compile(r"\\begin{tabular}"))
    page.keyboard.press("Escape")
    page.locator(".st-key-copy-markdown button").first.click()
    expect(page.get_by_role("textbox", name="table in Markdown")).to_have_value(re.compile(r"\|---"))
