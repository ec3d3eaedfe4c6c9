"""The page Lab in a real browser: in view, by keyboard, on a phone, live, to take home."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, download, expect_rest, is_too_wide, wait_until
from tests.browser.test_in_view import HEIGHT, WIDTH, bottom_of, box_of
from ui.lab.settings import KEYS, VIEWS

LIST = ".st-key-lab-list"
IS_SEEN = """(() => {
  const list = document.querySelector(".st-key-lab-list").getBoundingClientRect();
  const at = node.getBoundingClientRect();
  return at.top >= list.top && at.bottom <= list.bottom;
})()"""


def test_list_button_and_experiment_are_in_the_first_screen(open_page: OpenPage) -> None:
    page = open_page("lab", width=WIDTH, height=HEIGHT)
    expect(page.locator(".st-key-lab-run button, .st-key-lab-stop button").first).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("heading", name="1.2 The images")).to_be_in_viewport(ratio=1)
    expect(page.locator("[class*=st-key-lab-images] canvas").first).to_be_in_viewport()
    assert box_of(page, LIST)["height"] >= 200
    assert bottom_of(page, LIST) < HEIGHT


def test_the_button_stays_in_view_in_a_low_window(open_page: OpenPage) -> None:
    page = open_page("lab?nix=1", width=WIDTH, height=520)  # a sentence more above the list
    expect(page.locator(".st-key-lab-run button, .st-key-lab-stop button").first).to_be_in_viewport(ratio=1)


def test_an_experiment_is_chosen_by_keyboard_and_keeps_the_focus(open_page: OpenPage) -> None:
    page = open_page("lab", width=WIDTH, height=HEIGHT)
    page.locator(".st-key-lab-go-mlp-model button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2.1 The MLP, printed")).to_be_visible()
    expect(page).to_have_url(re.compile("experiment=mlp-model"))
    expect_rest(page)
    expect(page.locator(".st-key-lab-go-mlp-model button")).to_be_focused()


def test_the_chosen_experiment_is_seen_in_the_list_though_it_is_the_last(open_page: OpenPage) -> None:
    page = open_page(f"lab?experiment={KEYS[-1]}", width=WIDTH, height=HEIGHT)
    wait_until(page, f".st-key-lab-go-{KEYS[-1]}", IS_SEEN)
    expect(page.locator(".st-key-lab-next button")).to_be_disabled()


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_a_phone(open_page: OpenPage, view: str) -> None:
    page = open_page(f"lab?view={view}", phone=True)
    expect(page.locator("[role=tabpanel]:visible")).to_contain_text(re.compile(r"\w"))
    expect_rest(page)
    assert not is_too_wide(page)


def test_in_the_presenters_mode_n_shows_the_next_experiment(open_page: OpenPage) -> None:
    page = open_page("lab?experiment=mlp-model&presenter=True", width=WIDTH, height=HEIGHT)
    expect(page.get_by_role("heading", name="2.1 The MLP, printed")).to_be_visible()
    expect(page.locator(LIST)).to_be_hidden()
    expect_rest(page)
    page.wait_for_function("window.autoencShortcuts")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="2.2 Loss curves")).to_be_visible()


def below_the_title(page: Page) -> float:
    """How far the list is from it, wherever the page is scrolled."""
    return float(box_of(page, LIST)["y"] - box_of(page, ".st-key-settings h1")["y"])


def test_the_page_follows_the_lab_while_it_is_done_and_the_list_stays_where_it_is(
    open_page: OpenPage,
) -> None:
    page = open_page("lab?experiment=mlp-sizes", width=WIDTH, height=HEIGHT)
    expect_rest(page)
    before = below_the_title(page)
    if page.locator(".st-key-lab-run button").is_visible():  # else an earlier try has left it running
        page.locator(".st-key-lab-run button").click()
    try:
        expect(page.locator(".st-key-lab-stop button")).to_be_visible()
        seen_elsewhere = open_page("lab?experiment=mlp-sizes", width=WIDTH, height=HEIGHT)
        chart = ".st-key-lab-mlp-sizes .js-plotly-plot"
        expect(page.locator(chart).first).to_be_visible()
        page.locator(chart).first.evaluate("node => { node.marked = true; }")
        for window in (page, seen_elsewhere):
            expect(window.locator(".st-key-lab-go-mlp-sizes")).to_contain_text(
                re.compile("running, ([3-9]|1.) of 13 done|13 of 13|done$")
            )
        wait_until(page, chart, "node.marked")  # one chart through all of it: its zoom stays
        assert below_the_title(page) == before
    finally:
        page.locator(".st-key-lab-stop button").click()
        expect(page.locator(".st-key-lab-run button")).to_contain_text("Go on")


def test_the_hand_out_comes_down_as_files(open_page: OpenPage) -> None:
    page = open_page("lab?view=handout", width=WIDTH, height=HEIGHT)
    page.locator(".st-key-make-handout button").click()
    expect(page.get_by_role("button", name="Hand-out (HTML)")).to_be_visible()
    html = download(page, "Hand-out (HTML)").decode()
    assert "<html" in html
    assert len(html) < 10_000_000
    with zipfile.ZipFile(io.BytesIO(download(page, "Its numbers"))) as archive:
        assert archive.testzip() is None
