"""A code under the hand, in a real browser on a real dashboard: a drag, keys, a finger, maps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from autoenc.schema import Run
from tests.browser.conftest import OpenPage, Trained, a_frame, is_too_wide, saved_picture, wait_until

HAND = ".st-key-hand-latent .hand"
BARS = f"{HAND} .bar input"
DRAWN = f"{HAND} .drawn canvas"
UNDO, RESET = (f"{HAND} .tools button:has-text('{name}')" for name in ("Undo", "Reset"))


@pytest.fixture
def run(trained: Trained) -> Run:
    return trained(8)


def drawn(page: Page) -> str:
    """The pixels of the large picture, once it has some."""
    wait_until(page, HAND, "Number(node.dataset.updates) > 0")
    picture: str = page.locator(DRAWN).evaluate("node => node.toDataURL()")
    return picture


def drag(page: Page, bar: Locator, begin: float, end: float, steps: int = 20) -> None:
    """Along a bar, by parts of it; the button stays down."""
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + begin * box["width"], y)
    page.mouse.down()
    for step in range(1, steps + 1):
        page.mouse.move(box["x"] + (begin + (end - begin) * step / steps) * box["width"], y)
        a_frame(page)


def test_the_picture_follows_a_dragged_bar_and_the_address_knows_where_it_rests(
    open_page: OpenPage, run: Run
) -> None:
    page = open_page(f"latent?run={run.run_id}")
    before, address = drawn(page), page.url
    expect(page.locator(UNDO)).to_be_disabled()
    bar = page.locator(BARS).first
    drag(page, bar, 0.5, 0.95)
    updates = int(page.locator(HAND).get_attribute("data-updates") or 0)
    assert updates >= 5, "pictures come during the drag"
    assert page.url == address, "the server knows nothing of it"
    page.mouse.up()
    wait_until(page, DRAWN, "node.toDataURL() !== given", before)
    name = page.locator(f"{HAND} .bar .name").first.inner_text()
    expect(page).to_have_url(re.compile(rf"moved={name}(%3A|:)"))
    value = bar.input_value()
    page.reload()
    drawn(page)
    expect(page.locator(BARS).first).to_have_value(value)
    expect(page.locator(RESET)).to_be_enabled()
    page.locator(RESET).click()
    wait_until(page, DRAWN, "node.toDataURL() === given", before)
    expect(page).not_to_have_url(re.compile("moved="))


def test_keys_move_a_bar_and_undo_takes_the_move_back(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"latent?run={run.run_id}")
    before = drawn(page)
    bar = page.locator(BARS).nth(1)
    at = bar.input_value()
    bar.focus()
    for _ in range(40):
        bar.press("ArrowLeft")
    expect(bar).not_to_have_value(at)
    expect(bar).to_have_attribute(
        "aria-valuetext", re.compile(r"^-?[\d.,]+, usually from -?[\d.,]+ to -?[\d.,]+$")
    )
    wait_until(page, DRAWN, "node.toDataURL() !== given", before)
    expect(page).to_have_url(re.compile("moved="))
    bar.press("Control+z")
    expect(bar).to_have_value(at)
    wait_until(page, DRAWN, "node.toDataURL() === given", before)
    expect(page.locator(UNDO)).to_be_disabled()


def test_what_was_moved_is_there_again_after_a_look_at_another_tab(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"latent?run={run.run_id}")
    drawn(page)
    bar = page.locator(BARS).first
    drag(page, bar, 0.5, 0.2)
    page.mouse.up()
    expect(page).to_have_url(re.compile("moved="))
    value = bar.input_value()
    page.get_by_role("tab", name="Morph").click()
    expect(page.locator(HAND)).to_be_hidden()
    page.get_by_role("tab", name="Change the code").click()
    expect(page.locator(BARS).first).to_have_value(value)


def test_a_finger_moves_bars_on_a_phone_where_the_pictures_stay_in_view(
    open_page: OpenPage, run: Run
) -> None:
    page = open_page(f"latent?run={run.run_id}", phone=True)
    before = drawn(page)
    assert not is_too_wide(page)
    bar = page.locator(BARS).last
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    wait_until(page, DRAWN, "node.toDataURL() !== given", before)
    expect(page.locator(DRAWN)).to_be_in_viewport()
    expect(page).to_have_url(re.compile("moved="))


def test_one_place_of_a_map_changes_only_what_it_reaches(open_page: OpenPage, trained: Trained) -> None:
    run = trained(6, model="conv")
    page = open_page(f"latent?run={run.run_id}")
    drawn(page)
    caption = page.locator(f"{HAND} .maps figcaption").last
    expect(caption).to_have_text(re.compile(r"^Channel \d+, row \d+, column \d+$"))
    row, column = (int(part) - 1 for part in re.findall(r"\d+", caption.inner_text())[1:])
    page.locator(f"{HAND} .maps canvas").last.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    row, column = max(0, row - 2), max(0, column - 1)
    expect(caption).to_have_text(re.compile(rf", row {row + 1}, column {column + 1}$"))
    bar = page.locator(BARS)
    bar.focus()
    is_low = int(bar.input_value()) < int(bar.get_attribute("max") or 0) / 2
    bar.press("End" if is_low else "Home")
    changed = f"{HAND} .change canvas"
    seen = "node.getContext('2d').getImageData(0, 0, 28, 28).data.some((one, i) => i % 4 === 3 && one > 8)"
    wait_until(page, changed, seen)
    painted = page.locator(changed).evaluate(
        "node => { const { data } = node.getContext('2d').getImageData(0, 0, 28, 28);"
        "const painted = [...Array(784).keys()].filter((i) => data[4 * i + 3] > 8);"
        "return painted.map((i) => [Math.floor(i / 28), i % 28]); }"
    )
    # 4 x 4 pixels: a transposed convolution of stride 2 with padding 1
    assert all(-1 <= y - 2 * row <= 2 and -1 <= x - 2 * column <= 2 for y, x in painted)
    assert painted


def test_the_code_is_saved_as_a_picture(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"latent?run={run.run_id}")
    drawn(page)
    name, picture = saved_picture(page, f"{HAND} .save-picture")
    assert name == f"{run.run_id}-code.png"
    assert picture.shape[0] > 400
    assert len({tuple(colour) for colour in picture.reshape(-1, 3)[::97]}) > 10


def test_below_the_large_picture_of_train_the_code_unfolds(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"train?run={run.run_id}&view=images")
    page.get_by_text("Change the code").click()
    hand = page.locator("[class*=st-key-hand-image-] .hand")
    expect(hand.locator(".bar")).to_have_count(8)
    bar = hand.locator(".bar input").first
    drag(page, bar, 0.5, 0.9)
    page.mouse.up()
    expect(hand.locator(".bar.moved")).to_have_count(1)
    expect(hand.locator(".tools button").first).to_be_enabled()
