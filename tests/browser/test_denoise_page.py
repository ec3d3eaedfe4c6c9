"""Noise under the finger, in a real browser on a real dashboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from autoenc import datasets
from autoenc.recognition import ImageReader
from autoenc.schema import Noise
from tests.browser.conftest import OpenPage, Trained, a_frame, is_too_wide, saved_picture, wait_until

SCENE, CHART = ".st-key-noise-scene .live", ".st-key-noise-psnr .live-plot-shell"


@pytest.fixture
def link(trained: Trained) -> str:
    """The page with a plain model and a denoiser."""
    plain, denoiser = trained(8), trained(8, noise=Noise("gaussian", 1.0, up_to=True))
    return f"denoise?dataset=digits&noise=gaussian:0.3&plain={plain.run_id}&denoiser={denoiser.run_id}"


def updates(page: Page) -> int:
    return int(page.locator(SCENE).get_attribute("data-updates") or 0)


def thumb(page: Page) -> tuple[float, float, float]:
    """Where the slider's thumb is, and how long the slider is."""
    box = page.locator(f"{SCENE} input[type=range]").bounding_box()
    share = float(page.locator(f"{SCENE} input[type=range]").input_value())
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2, box["width"]


def marker(page: Page) -> str:
    transform: str = page.locator(f"{CHART} .live-plot-marker").evaluate("node => node.style.transform")
    return transform


NOISY_READINGS = "[...node.querySelectorAll('.reading')].slice(16, 32).map((n) => n.textContent).join(' ')"


def test_the_pictures_and_readings_follow_the_drag_and_the_numbers_its_end(
    open_page: OpenPage, link: str, recogniser: ImageReader
) -> None:
    page = open_page(link)
    digits = datasets.load("digits")
    right = (recogniser.read(digits.test[:16]).classes == digits.test_labels[:16]).sum()
    expect(page.locator(f"{SCENE} .count").first).to_have_text(f"{right} of 16 recognised")
    wait_until(page, SCENE, rf"/^(≠?\d\d{{1,2}}% ?){{16}}$/.test({NOISY_READINGS})")  # a class, and how sure
    before_the_drag = page.locator(SCENE).evaluate(f"node => {NOISY_READINGS}")
    expect(page.locator(f"{SCENE}:not(.away)")).to_be_visible()
    expect(page.locator(f"{SCENE} .best").first).to_be_visible()
    x, y, width = thumb(page)
    page.mouse.move(x, y)
    page.mouse.down()
    before, address = updates(page), page.url
    for step in range(1, 21):
        page.mouse.move(x + 0.5 * width * step / 20, y)
        a_frame(page)
    assert updates(page) - before >= 10, "the pictures follow the finger"
    wait_until(page, SCENE, f"{NOISY_READINGS} !== given", before_the_drag)  # while the finger is down
    assert page.url == address, "the server knows nothing of it"
    expect(page.locator(f"{SCENE}.away")).to_be_visible()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"noise=gaussian%3A0\.(79|8|81)"))
    expect(page.locator(f"{SCENE}:not(.away)")).to_be_visible()


def test_curves_grow_to_their_end_and_follow_the_slider(open_page: OpenPage, link: str) -> None:
    page = open_page(f"{link}&methods=median")
    whole = """((node._fullData ?? []).filter((trace) => trace.showlegend
        && Array.from(trace.y).filter(Number.isFinite).length === 12).length === 4)"""
    offered = "document.querySelector('.st-key-measure-curves')"
    wait_until(page, f"{CHART} .live-plot", f"{offered} || {whole}")
    if page.locator(".st-key-measure-curves").count():  # else the first try of this test has measured them
        page.locator(".st-key-measure-curves button").click()
    wait_until(page, f"{CHART} .live-plot", whole)
    expect(page.locator(".st-key-stop-curves")).to_have_count(0)
    expect(page.locator(".st-key-measure-curves")).to_have_count(0)
    page.locator(f"{SCENE} input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    wait_until(page, f"{CHART} .live-plot-marker", "node.style.transform")
    before = marker(page)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    wait_until(page, f"{CHART} .live-plot-marker", "node.style.transform !== given", before)


def test_what_is_saved_is_what_the_slider_shows(open_page: OpenPage, link: str) -> None:
    page = open_page(link)
    plain = re.search("plain=([^&]+)", link)
    assert plain is not None
    files = []
    for level in ("Home", "End"):
        page.locator(f"{SCENE} input[type=range]").press(level)
        expect(page).to_have_url(re.compile(f"noise=gaussian%3A{'0' if level == 'Home' else '1'}"))
        expect(page.locator(f"{SCENE}:not(.away)")).to_be_visible()
        name, picture = saved_picture(page, ".st-key-noise-scene .save-picture")
        assert name == f"{plain[1]}-and-1-more-pictures.png"
        files.append(picture)
    clean, noisy = files
    assert clean.shape == noisy.shape
    assert (clean != noisy).any(axis=2).mean() > 0.05
    name, chart = saved_picture(page, ".st-key-noise-psnr button[title^='Save as PNG: ']")
    assert name == f"{plain[1]}-and-1-more-psnr.png"
    width = page.locator(f"{CHART} .live-plot").evaluate("chart => chart.clientWidth")
    assert chart.shape[1] == 2 * (max(400, width) + 40)  # a figure without its words has 1,200


def test_a_phone_keeps_the_slider_in_view_and_does_not_scroll_sideways(
    open_page: OpenPage, link: str
) -> None:
    page = open_page(link, phone=True)
    expect(page.locator(f"{SCENE} canvas").first).to_be_visible()
    assert not is_too_wide(page)
    page.locator(f"{SCENE} .group").nth(1).locator("canvas").last.scroll_into_view_if_needed()
    expect(page.locator(f"{SCENE} input[type=range]")).to_be_in_viewport(ratio=1)


def test_a_denoiser_that_another_window_trains_is_chosen_where_there_was_none(open_page: OpenPage) -> None:
    link = "denoise?dataset=digits&noise=blur:0.8"
    page, other = open_page(link), open_page(link)
    expect(page.locator(".st-key-denoiser input").first).to_be_disabled()  # there is none yet
    other.get_by_role("button", name="Train a denoiser for all levels").click()
    expect(page.locator(".st-key-denoiser input").first).to_have_value(re.compile("up to 4"))
