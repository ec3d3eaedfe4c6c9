"""Back and Forward in real Chromium: a page is one entry, and opens as it was left."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Trained, a_frame, expect_progress, expect_rest
from tests.browser.test_train_page import LONG, press_stop, press_train_and_see_it_begin

DRAWN = {  # by the navigation, where each page has what it shows last or nearly so
    "Train": "train",
    "Sweep": "sweep-start",
    "Denoise": "denoise_kind",
    "Your picture": "picture_source",
    "Colour": "part",
    "Runs": "run-actions",
}
PATHS = ["", *(title.lower() for title in DRAWN)]
PATHS[PATHS.index("your picture")] = "picture"


def length(page: Page) -> int:
    n: int = page.evaluate("history.length")
    return n


def come_to(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).first.click()
    expect_drawn(page, title)


def expect_drawn(page: Page, title: str) -> None:
    path = PATHS[[*DRAWN].index(title) + 1]
    expect(page).to_have_url(re.compile(rf"/lab/{path}\?" if title != "Runs" else "/lab/runs"))
    expect(page.locator(f".st-key-{DRAWN[title]}").first).to_be_visible()
    expect_rest(page)


def test_a_page_is_one_entry_and_a_setting_none_and_back_and_forward_open_each_as_it_was_left(
    open_page: OpenPage, trained: Trained
) -> None:
    trained()
    page = open_page()
    n = length(page)
    for visited, title in enumerate(DRAWN, start=1):
        come_to(page, title)
        assert length(page) == n + visited, title
        if title in ("Train", "Sweep"):  # which share this setting
            epochs = "33" if title == "Train" else "44"
            page.locator(".st-key-epochs input").fill(epochs)
            page.locator(".st-key-epochs input").press("Enter")
            expect(page).to_have_url(re.compile(f"epochs={epochs}"))
            assert length(page) == n + visited
        if title == "Train":
            page.get_by_role("tab", name="The model").click()
            expect(page).to_have_url(re.compile("view=model"))
            assert length(page) == n + visited
    for title in [*DRAWN][-2::-1]:
        page.go_back()
        expect_drawn(page, title)
        if title in ("Train", "Sweep"):
            expect(page.locator(".st-key-epochs input")).to_have_value("33" if title == "Train" else "44")
    expect(page.get_by_role("tab", name="The model")).to_have_attribute("aria-selected", "true")
    page.go_back()
    expect(page.locator(".st-key-first").first).to_be_visible()
    page.go_forward()
    expect_drawn(page, "Train")
    expect(page.locator(".st-key-epochs input")).to_have_value("33")
    assert length(page) == n + len(DRAWN)


def test_the_first_page_is_one_entry_too(open_page: OpenPage) -> None:
    page = open_page("train")
    expect(page).to_have_url(re.compile("/lab/train.*run="))
    assert length(page) == 2  # with the empty page of a new window


def test_an_address_without_a_page_is_no_trap_on_the_way_back(open_page: OpenPage) -> None:
    page = open_page("?latent_size=12")
    expect(page).to_have_url(re.compile("/lab/train.*latent_size=12"))
    expect_drawn(page, "Train")
    page.go_back()
    expect(page.locator(".st-key-first").first).to_be_visible()
    expect(page).to_have_url(re.compile("/lab/$"))


def test_an_address_that_comes_before_its_page_does_not_stay_with_the_page_that_is_left(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}")
    expect_progress(page, "Finished")
    expect(page).to_have_url(re.compile("train_images=512"))  # whole: the page has written what it shows
    own = page.url
    for url in ("/lab/train?find=k8", "/lab/runs?find=k8"):  # as a busy machine has Streamlit do it
        page.evaluate("url => history.pushState({}, '', url)", url)
        a_frame(page)
    page.evaluate(
        "window.heard = null; addEventListener('popstate', () => (heard = location.href)); history.back()"
    )
    page.wait_for_function("heard")
    assert page.evaluate("heard") == own


def test_watch_on_the_front_page_shows_that_run_and_back_the_one_before(
    open_page: OpenPage, trained: Trained
) -> None:
    working = open_page(LONG.replace("32", "20"))
    press_train_and_see_it_begin(working)
    page = open_page(f"train?run={trained().run_id}")
    expect_progress(page, "Finished: 12 of 12 epochs")
    n = length(page)
    page.get_by_role("link", name="Start", exact=True).first.click()
    page.locator("a[href*=digits-conv-k20]", has_text="Watch").click()
    expect(page).to_have_url(re.compile("run=digits-conv-k20"))
    expect_progress(page, "Training")
    assert length(page) == n + 2
    page.go_back()
    expect(page.locator(".st-key-first").first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("run=digits-mlp-k8"))
    expect_progress(page, "Finished: 12 of 12 epochs")
    press_stop(working)


def test_a_button_that_leads_to_another_page_leaves_the_address_of_its_own(
    open_page: OpenPage, trained: Trained
) -> None:
    run_id = trained().run_id
    page = open_page(f"runs?runs={run_id}&find=k8")
    n = length(page)
    page.get_by_role("button", name="Open in Train").click()
    expect(page).to_have_url(re.compile(f"/lab/train.*run={run_id}"))
    expect_rest(page)
    assert length(page) == n + 1
    page.go_back()
    expect(page).to_have_url(re.compile(f"find=k8.*runs={run_id}"))
    expect(page.locator(".st-key-find input")).to_have_value("k8")
