"""The presenter's mode on a projector of 1280 x 720: by switch, by key, by link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from autoenc.places import EXAMPLE_CHECKPOINTS
from tests.browser.conftest import OpenPage, Trained, expect_rest
from tests.browser.test_in_view import HEIGHT, WIDTH, bottom_of, box_of
from tests.browser.test_train_page import FILM, LOSS, TIMING, wait_for_growth
from ui.sweep import settings as sweep

PRESENTED = re.compile(r"[?&]presenter=True")
PAGES = (
    "",
    "train",
    "sweep",
    "denoise",
    "recognise",
    "compress",
    "latent",
    "picture",
    "colour?part=harder",
    "lab",
    "runs",
)
SHOWN = ".st-key-stage [role=radio][aria-checked=true]"


def press(page: Page, key: str) -> None:
    expect_rest(page)
    page.wait_for_function("window.autoencShortcuts")  # somebody listens
    page.keyboard.press(key)


def expect_presenting(page: Page, *, on: bool) -> None:
    """By the switch and by the address."""
    expect(page.locator(".st-key-presenter input")).to_be_checked(checked=on)
    if on:
        expect(page).to_have_url(PRESENTED)
    else:
        expect(page).not_to_have_url(PRESENTED)


def letters(page: Page, place: str) -> float:
    """Their size in pixels."""
    size: float = page.locator(place).first.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    return size


def test_train_shows_large_pictures_beside_one_chart_with_a_number_and_a_sentence_in_the_first_screen(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}&presenter=True", width=WIDTH, height=HEIGHT)
    wait_for_growth(page, 0)
    canvases = page.locator(f"{FILM} canvas")
    expect(canvases).to_have_count(16)
    boxes = [canvas.bounding_box() for canvas in canvases.all()]
    assert all(box is not None and min(box["width"], box["height"]) >= 90 for box in boxes)
    assert len({round(box["y"]) for box in boxes if box is not None}) == 2
    chart, last = box_of(page, LOSS), boxes[-1]
    assert last is not None
    assert chart["x"] > last["x"] + last["width"]
    expect(page.locator("[data-testid=stMetricValue]:visible")).to_have_count(1)
    expect(page.locator("[class*=st-key-lesson]:visible")).to_have_count(1)
    for place in (f"{FILM} input[type=range]", LOSS, "[data-testid=stMetricValue]", "[class*=st-key-lesson]"):
        assert bottom_of(page, place) <= HEIGHT, place
    for axis in (".xtick text", ".ytick text", ".xtitle", ".ytitle"):
        assert letters(page, f"{LOSS} {axis}") >= 18, axis


def test_the_key_n_goes_from_chart_to_chart(open_page: OpenPage, trained: Trained) -> None:
    page = open_page(f"train?run={trained().run_id}&presenter=True", width=WIDTH, height=HEIGHT)
    expect(page.locator(LOSS).first).to_be_visible()
    press(page, "n")
    expect(page.locator(TIMING).first).to_be_visible()
    expect(page.locator(LOSS)).to_have_count(0)
    assert bottom_of(page, TIMING) <= HEIGHT
    press(page, "n")
    expect(page.locator(LOSS).first).to_be_visible()


def test_a_sweep_shows_one_chart_at_a_time_with_its_sentence_and_then_the_pictures(
    open_page: OpenPage,
) -> None:
    example = next((EXAMPLE_CHECKPOINTS / "sweeps").glob("*.json")).stem
    page = open_page(f"sweep?sweep={example}&presenter=True", width=WIDTH, height=HEIGHT)
    for key, title in [*sweep.PRESENTED.items()][:-1]:
        chart = f".st-key-sweep-{key} .js-plotly-plot"
        expect(page.locator(SHOWN)).to_have_text(title)
        expect(page.locator(f"{chart} .xtick text").first).to_be_attached()
        expect(page.locator(".js-plotly-plot")).to_have_count(1)
        assert bottom_of(page, chart) <= HEIGHT
        assert letters(page, f"{chart} .xtick text") >= 18
        if title == "Loss":
            assert bottom_of(page, "[class*=st-key-lesson]") <= HEIGHT
        press(page, "n")
    expect(page.locator(".st-key-sweep-pictures canvas").first).to_be_visible()
    expect(page).to_have_url(re.compile("show=pictures"))


def test_noise_is_taken_from_pictures_that_all_fit_under_the_slider(open_page: OpenPage) -> None:
    page = open_page("denoise?dataset=digits&presenter=True", width=WIDTH, height=HEIGHT)
    slider = ".st-key-noise-scene input[type=range]"
    expect(page.locator(".st-key-noise-scene canvas").first).to_be_visible()
    assert box_of(page, slider)["width"] > 1000
    assert bottom_of(page, ".st-key-noise-scene canvas >> nth=-1") <= HEIGHT
    assert box_of(page, ".st-key-noise-scene canvas")["width"] > 54  # as large as without a presenter


@pytest.mark.parametrize("link", PAGES)
def test_a_link_opens_every_page_for_a_presenter_and_the_key_p_ends_it(
    open_page: OpenPage, trained: Trained, link: str
) -> None:
    trained()
    page = open_page(f"{link}{'&' if '?' in link else '?'}presenter=True", width=WIDTH, height=HEIGHT)
    expect(page.get_by_text("Ignored in the link")).to_have_count(0)
    expect_presenting(page, on=True)
    expect(page.locator(".st-key-settings:visible")).to_have_count(0)
    press(page, "p")
    expect_presenting(page, on=False)
    if link not in ("", "runs"):
        expect(page.locator(".st-key-settings").first).to_be_visible()
    press(page, "P")
    expect_presenting(page, on=True)


def test_it_stays_from_page_to_page_and_back_and_forward_do_not_change_it(
    open_page: OpenPage, trained: Trained
) -> None:
    run = trained()
    page = open_page(f"runs?runs={run.run_id}")
    press(page, "p")
    expect_presenting(page, on=True)
    page.get_by_role("link", name="Denoise", exact=True).first.click()
    expect(page.locator(".st-key-denoise_shown").first).to_be_visible()
    expect_presenting(page, on=True)
    press(page, "p")
    expect_presenting(page, on=False)
    page.go_back()  # to an address that says otherwise
    expect(page.locator(".st-key-run-actions").first).to_be_visible()
    expect_presenting(page, on=False)
    expect(page).to_have_url(re.compile(f"runs={run.run_id}"))
    press(page, "p")
    expect_presenting(page, on=True)
    page.go_forward()
    expect(page.locator(".st-key-denoise_shown").first).to_be_visible()
    expect_presenting(page, on=True)
    page.reload()
    expect(page.locator(".st-key-denoise_shown").first).to_be_visible()
    expect_presenting(page, on=True)


def test_the_keys_are_letters_where_somebody_types_and_with_other_keys(open_page: OpenPage) -> None:
    page = open_page("runs")
    field = page.locator(".st-key-find input")
    field.click()
    page.keyboard.type("pnp")
    expect(field).to_have_value("pnp")
    expect_presenting(page, on=False)
    page.keyboard.press("Enter")
    field.blur()
    page.keyboard.press("Control+Shift+p")
    expect_presenting(page, on=False)
    press(page, "p")
    expect_presenting(page, on=True)


def test_a_link_that_says_nonsense_of_it_is_told(open_page: OpenPage) -> None:
    page = open_page("train?presenter=loud")
    expect(page.get_by_text("Ignored in the link")).to_contain_text("presenter")
    expect(page.locator(".st-key-presenter input")).not_to_be_checked()
