"""From one image to another under the finger, and a sum that is guessed first, in a real browser."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from autoenc.recognition import ImageReader
from autoenc.schema import Run
from tests.browser.conftest import (
    OpenPage,
    Trained,
    download,
    is_too_wide,
    picture,
    saved_picture,
    wait_for_another,
    wait_until,
)

WALK = ".st-key-morph-walk .walk"
CODE, PIXELS = f"{WALK} canvas.code", f"{WALK} canvas.pixels"
SLIDER = f"{WALK} input[type=range]"
CHOICE = f"{WALK} .choice"
SUM = ".st-key-sum-walk .walk"
IS_DRAWN = "node.dataset.updates && [...node.querySelectorAll('.film canvas')].some((one) => one.width > 2)"


@pytest.fixture
def run(trained: Trained) -> Run:
    return trained(8)


def middle(page: Page, place: str) -> tuple[float, float]:
    box = page.locator(place).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def number_of(page: Page, name: str) -> str:
    found = re.search(rf"[?&]{name}=([^&]+)", page.url)
    assert found is not None, page.url
    return found[1]


def opened(open_page: OpenPage, run: Run, link: str = "", phone: bool = False) -> Page:
    page = open_page(f"latent?run={run.run_id}&view=morph{link}", phone=phone)
    wait_until(page, WALK, IS_DRAWN)
    return page


def test_a_picture_that_is_dragged_into_a_slot_is_where_the_walk_begins(
    open_page: OpenPage, run: Run, recogniser: ImageReader
) -> None:
    page = opened(open_page, run)
    before = picture(page, CODE)
    page.mouse.move(*middle(page, f"{CHOICE} >> nth=4"))
    page.mouse.down()
    page.mouse.move(*middle(page, f"{WALK} [data-slot=a]"), steps=6)
    expect(page.locator(f"{WALK} .slot.over")).to_have_count(1)
    page.mouse.up()
    wait_for_another(page, CODE, before)
    expect(page.locator(f"{WALK} .ghost")).to_have_count(0)
    expect(page.locator(f"{WALK} .name").first).to_have_text(re.compile(r"Test image [\d,]+: 4"))
    expect(page).to_have_url(re.compile(r"[?&]a=\d+"))
    expect(page.locator(f"{WALK} .reads").first).to_have_text(re.compile(r"recognised as \d, \d+"))


def test_the_slider_goes_from_one_image_to_the_other(open_page: OpenPage, run: Run) -> None:
    page = opened(open_page, run, "&a=3&b=4")
    code, pixels = picture(page, CODE), picture(page, PIXELS)
    x, y = middle(page, SLIDER)
    box = page.locator(SLIDER).bounding_box()
    assert box is not None
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, y, steps=8)
    wait_for_another(page, CODE, code)
    wait_for_another(page, PIXELS, pixels)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]t=0(&|$)"))
    # There the pixels are those of the first image, and the film's first picture is marked.
    expect(page.locator(f"{WALK} .film .here")).to_have_count(2)
    assert picture(page, PIXELS) == picture(page, f"{WALK} [data-slot=a] canvas")
    page.locator(SLIDER).press("End")
    expect(page).to_have_url(re.compile(r"[?&]t=100(&|$)"))
    wait_until(page, PIXELS, "node.toDataURL() === given", picture(page, f"{WALK} [data-slot=b] canvas"))


def test_without_a_pointer_pictures_are_chosen_by_keys(open_page: OpenPage, run: Run) -> None:
    page = opened(open_page, run)
    page.locator(f"{WALK} [data-slot=a]").press("Enter")
    expect(page.locator(f"{WALK} [data-slot=a]")).to_have_attribute("aria-pressed", "true")
    page.locator(CHOICE).first.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(f"{WALK} .name").first).to_have_text(re.compile(": 2$"))
    expect(page.locator(f"{WALK} [data-slot=b]")).to_have_attribute("aria-pressed", "true")


def test_the_film_plays_to_and_fro_and_leaves_as_a_gif(open_page: OpenPage, run: Run) -> None:
    page = opened(open_page, run, "&a=3&b=4")
    before = picture(page, CODE)
    page.get_by_role("button", name="Play").click()
    wait_for_another(page, CODE, before)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    with Image.open(io.BytesIO(download(page, "Film (GIF)"))) as film:
        assert film.format == "GIF"
        assert film.n_frames > 40  # type: ignore[attr-defined]
    name, pixels = saved_picture(page, f"{WALK} .save-picture")
    assert name == f"{run.run_id}-morph.png"
    assert pixels.min() < 32


def test_on_a_phone_a_finger_drags_a_picture_into_a_slot(open_page: OpenPage, run: Run) -> None:
    page = opened(open_page, run, phone=True)
    assert not is_too_wide(page)
    page.locator(f"{WALK} [data-slot=b]").scroll_into_view_if_needed()
    touch = page.context.new_cdp_session(page)
    (x, y), (to_x, to_y) = middle(page, f"{CHOICE} >> nth=6"), middle(page, f"{WALK} [data-slot=b]")

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": left, "y": top} for left, top in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    send("touchStart", (x, y))
    for part in (0.2, 0.6, 1):
        send("touchMove", (x + part * (to_x - x), y + part * (to_y - y)))
    send("touchEnd")
    expect(page.locator(f"{WALK} .name").nth(1)).to_have_text(re.compile(": 6$"))
    expect(page).to_have_url(re.compile(r"[?&]b=\d+"))
    assert number_of(page, "b").isdigit()


def test_a_sum_is_guessed_before_it_is_drawn(open_page: OpenPage, run: Run, recogniser: ImageReader) -> None:
    page = open_page(f"latent?run={run.run_id}&view=arithmetic")
    expect(page.locator(f"{SUM} .unknown")).to_be_visible()
    expect(page.locator(f"{SUM} .slider")).to_be_hidden()
    page.locator(".st-key-sum-guess").get_by_text("7", exact=True).click()
    expect(page.locator(".st-key-lesson-sum")).to_contain_text("It is read as")
    wait_until(page, f"{SUM} canvas.code", "node.width > 2")
    expect(page.locator(f"{SUM} .reads")).to_have_text(re.compile(r"recognised as \d"))
    before = picture(page, f"{SUM} canvas.code")
    page.locator(f"{SUM} .slider").press("Home")
    wait_for_another(page, f"{SUM} canvas.code", before)
    page.get_by_role("button", name="Next riddle").click()
    expect(page.locator(f"{SUM} .unknown")).to_be_visible()
