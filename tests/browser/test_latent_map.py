"""The map of codes in a real browser: what follows the pointer, the finger and the keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from autoenc import inspection, latent
from autoenc.schema import Run
from tests.browser.conftest import (
    OpenPage,
    Trained,
    a_frame,
    is_too_wide,
    picture,
    saved_picture,
    wait_for_another,
    wait_until,
)

MAP = ".st-key-code-map .map"
PLANE, VERDICT = f"{MAP} .plane", f"{MAP} .verdict"


@pytest.fixture
def run(trained: Trained) -> Run:
    return trained(4)


def opened(open_page: OpenPage, run: Run, **options: object) -> Page:
    page = open_page(f"latent?view=map&run={run.run_id}", **options)
    expect(page.locator(f"{MAP} .words")).not_to_be_empty()
    page.locator(PLANE).scroll_into_view_if_needed()
    wait_until(
        page,
        f"{MAP} canvas >> nth=1",
        "node.getContext('2d').getImageData(0, 0, node.width, node.height).data.some(v => v)",
    )
    return page


def updates(page: Page) -> int:
    return int(page.locator(MAP).get_attribute("data-updates") or 0)


def at(page: Page, right: float, down: float) -> tuple[float, float]:
    box = page.locator(PLANE).bounding_box()
    assert box is not None
    return box["x"] + right * box["width"], box["y"] + down * box["height"]


def test_what_is_decoded_and_the_nearest_image_follow_the_pointer_without_the_server(
    open_page: OpenPage, run: Run
) -> None:
    page = opened(open_page, run)
    address, before = page.url, updates(page)
    drawn = picture(page, f"{MAP} figure canvas")
    for step in range(20):
        page.mouse.move(*at(page, 0.2 + 0.6 * step / 20, 0.3 + 0.4 * step / 20))
        a_frame(page)
    assert updates(page) - before >= 10
    wait_for_another(page, f"{MAP} figure canvas", drawn)
    page.mouse.move(*at(page, 0.01, 0.01))
    expect(page.locator(f"{MAP} .verdict.hole")).to_contain_text("No image lives here")
    assert page.url == address


def test_the_browser_draws_at_a_place_what_python_draws_there(
    open_page: OpenPage, run: Run, checkpoint_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(open_page, run)
    page.mouse.move(*at(page, 0.4, 0.6))
    settled = "box => box.at === box.drawnAt && box.painted === box.drawn"
    page.wait_for_function(f"() => ({settled})(autoencMaps.get('code-map'))")
    place = page.evaluate("[...autoencMaps.get('code-map').at]")
    levels = page.locator(f"{MAP} figure canvas").first.evaluate(
        "node => [...node.getContext('2d').getImageData(0, 0, node.width, node.height).data]"
    )
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(checkpoint_folder))
    trained_run = inspection.open_run(run.run_id)
    z = latent.test_codes(trained_run).z
    codes = latent.code_at(latent.plane_of(z), z, np.array([place], np.float32))
    expected = latent.decode(trained_run, codes)[0, 0].ravel().astype(int)
    assert np.abs(np.array(levels[::4]) - expected).max() <= 1


def test_a_drag_moves_the_map_the_wheel_enlarges_it_and_a_button_shows_all_again(
    open_page: OpenPage, run: Run
) -> None:
    page = opened(open_page, run)
    page.mouse.move(*at(page, 0.5, 0.5))
    a_frame(page)
    before = picture(page, PLANE)
    page.mouse.down()
    page.mouse.move(*at(page, 0.7, 0.6), steps=5)
    page.mouse.up()
    wait_for_another(page, PLANE, before)
    moved = picture(page, PLANE)
    page.mouse.wheel(0, -400)
    wait_for_another(page, PLANE, moved)
    page.get_by_role("button", name="Show all").click()
    page.mouse.move(*at(page, 0.5, 0.5))
    wait_until(page, PLANE, "node.toDataURL() === given", before)


def test_arrow_keys_move_the_cross_hair_and_say_what_lies_there(open_page: OpenPage, run: Run) -> None:
    page = opened(open_page, run)
    drawn = picture(page, f"{MAP} figure canvas")
    page.locator(PLANE).focus()
    for _ in range(8):
        page.keyboard.press("ArrowUp")
    wait_for_another(page, f"{MAP} figure canvas", drawn)
    expect(page.locator(VERDICT)).to_have_attribute("aria-live", "polite")
    before = picture(page, PLANE)
    page.keyboard.press("+")
    wait_for_another(page, PLANE, before)


def test_a_class_is_picked_in_the_legend_and_let_go(open_page: OpenPage, run: Run) -> None:
    page = opened(open_page, run)
    before = picture(page, PLANE)
    button = page.locator(f"{MAP} .class").first
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    wait_for_another(page, PLANE, before)
    button.click()
    wait_until(page, PLANE, "node.toDataURL() === given", before)


def test_the_sheet_is_drawn_for_what_is_seen_and_drawn_again_after_a_zoom(
    open_page: OpenPage, run: Run
) -> None:
    page = opened(open_page, run)
    points = picture(page, PLANE)
    page.get_by_role("radio", name="Sheet").click()
    wait_for_another(page, PLANE, points)
    page.mouse.move(*at(page, 0.5, 0.5))
    sheet = picture(page, PLANE)
    page.mouse.wheel(0, -600)
    wait_for_another(page, PLANE, sheet)


def test_the_map_is_saved_as_it_is_seen(open_page: OpenPage, run: Run) -> None:
    page = opened(open_page, run)
    name, pixels = saved_picture(page, f"{MAP} .save-picture")
    assert name == f"{run.run_id}-map.png"
    assert len({tuple(pixel) for pixel in pixels[::7, ::7].reshape(-1, 3).tolist()}) > 8, (
        "it has the colours of the classes"
    )


def test_on_a_phone_a_finger_decodes_and_what_it_decodes_stands_above_it(
    open_page: OpenPage, run: Run
) -> None:
    page = opened(open_page, run, phone=True)
    drawn = picture(page, f"{MAP} figure canvas")
    page.touchscreen.tap(*at(page, 0.3, 0.7))
    wait_for_another(page, f"{MAP} figure canvas", drawn)
    panel, plane = page.locator(f"{MAP} .panel").bounding_box(), page.locator(PLANE).bounding_box()
    assert panel is not None
    assert plane is not None
    assert panel["y"] + panel["height"] <= plane["y"]
    assert not is_too_wide(page)
