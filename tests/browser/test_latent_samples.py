"""Invented images in a real browser: drawn again with the mouse, and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from autoenc.schema import Run
from tests.browser.conftest import OpenPage, Trained, is_too_wide, picture, wait_for_another, wait_until

ROWS = "[class*=st-key-samples-all-]"
GAUSSIAN = f"{ROWS} .strip:not(.notes) >> nth=2 >> canvas >> nth=0"  # below real images and reconstructions
PAINTED = "node.getContext('2d').getImageData(0, 0, node.width, node.height).data.some(Boolean)"
DRAW_AGAIN = ".st-key-draw-again button"


@pytest.fixture
def run(trained: Trained) -> Run:
    return trained(8)


def rows(page: Page) -> None:
    """Five rows of ten, each with what is read below it."""
    expect(page.locator(f"{ROWS} .label")).to_have_count(5)
    expect(page.locator(f"{ROWS} .strip:not(.notes) canvas")).to_have_count(50)
    expect(page.locator(f"{ROWS} .label").nth(2)).to_have_text(re.compile(r"^Gaussian of all codes: \S+\s%$"))
    wait_until(page, GAUSSIAN, PAINTED)


def test_another_draw_shows_other_images_and_stands_in_the_address(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"latent?run={run.run_id}&view=samples")
    rows(page)
    before = picture(page, GAUSSIAN)
    page.locator(DRAW_AGAIN).click()
    wait_for_another(page, GAUSSIAN, before)
    expect(page).to_have_url(re.compile(r"[?&]draw=1(&|$)"))


def test_on_a_phone_ten_images_stand_side_by_side_and_nothing_is_too_wide(
    open_page: OpenPage, run: Run
) -> None:
    page = open_page(f"latent?run={run.run_id}&view=samples", phone=True)
    rows(page)
    before = picture(page, GAUSSIAN)
    page.locator(DRAW_AGAIN).tap()
    wait_for_another(page, GAUSSIAN, before)
    assert not is_too_wide(page)
