"""The front page in real Chromium, the ways from it, and the whole laboratory by keyboard and on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    OpenPage,
    expect_progress,
    expect_rest,
    is_too_wide,
    picture,
    wait_for_another,
)

MOVING = ".st-key-moving canvas"
FIRST = ".st-key-first button"


def test_a_newcomer_reads_what_an_autoencoder_is_and_sees_one_at_work(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_role("heading", name="What is an autoencoder?")).to_be_visible()
    expect(page.get_by_text("squeezes an image into a few numbers")).to_be_visible()
    expect(page.locator(".st-key-moving")).to_contain_text("dB: ")
    wait_for_another(page, MOVING, picture(page, MOVING))  # by itself
    page.locator(".st-key-moving").get_by_role("button", name="Pause").click()
    expect(page.locator(".st-key-moving").get_by_role("button", name="Play")).to_be_visible()


def test_one_click_trains_a_first_model(open_page: OpenPage) -> None:
    page = open_page()
    page.locator(FIRST).click()
    expect(page).to_have_url(re.compile("/lab/train.*run=digits-mlp-k32-e100-"))
    expect_progress(page, "Finished: 100 of 100 epochs")


def test_the_front_page_leads_to_the_others_and_back(open_page: OpenPage) -> None:
    page = open_page()
    for title, drawn in (("Runs", "run-actions"), ("Train", "train"), ("Sweep", "sweep-start")):
        expect_rest(page)  # a component that tells something at that moment brings Streamlit back to its page
        page.locator("[data-testid=stPageLink]").get_by_role("link", name=title).click()
        expect(page).to_have_url(re.compile(f"/lab/{title.lower()}"))
        expect(page.locator(f".st-key-{drawn}").first).to_be_visible()
        page.get_by_role("link", name="Start").first.click()
        expect(page.locator(FIRST)).to_be_visible()


def test_settings_survive_a_look_at_another_page(open_page: OpenPage) -> None:
    page = open_page("train?layers=2&latent_size=6")
    expect(page).to_have_url(re.compile("latent_size=6.*layers=2"))
    for title in ("Runs", "Train"):
        page.get_by_role("link", name=title).first.click()
        expect(page).to_have_url(re.compile(f"/lab/{title.lower()}"))
        expect(page.locator(".st-key-run-actions, .st-key-train").first).to_be_visible()
    expect(page).to_have_url(re.compile("latent_size=6.*layers=2"))


def test_the_keyboard_alone_trains_a_model_looks_at_it_and_changes_a_setting(open_page: OpenPage) -> None:
    page = open_page()
    tab_to(page, FIRST)
    page.keyboard.press("Enter")
    expect_progress(page, "Finished: 100 of 100 epochs")
    tab_to(page, "[role=tab]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("view=images"))
    expect(page.locator(".st-key-large canvas").first).to_be_visible()
    tab_to(page, ".st-key-latent_size input")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("latent_size=24"))


def tab_to(page: Page, place: str) -> None:
    """Press Tab until the first element that is found has the focus."""
    target = page.locator(place).first
    expect(target).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {place}")


def test_a_phone_finds_its_way_through_all_pages_without_scrolling_sideways(open_page: OpenPage) -> None:
    page = open_page(phone=True)
    expect(page.locator(MOVING).first).to_be_visible()
    assert not is_too_wide(page)
    for title, shown in (("Runs", ".st-key-import-runs"), ("Train", ".st-key-preview")):
        page.get_by_test_id("stExpandSidebarButton").click()
        page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
        expect(page).to_have_url(re.compile(f"/lab/{title.lower()}"))
        expect(page.locator(shown).first).to_be_visible()
        assert not is_too_wide(page)
