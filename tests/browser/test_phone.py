"""A phone of 390 x 844: a link opens on the result, and the settings are a sheet that comes up from below."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Trained, expect_progress, is_too_wide
from tests.browser.test_in_view import bottom_of, box_of

SWITCH, SHEET, TRAIN = ".st-key-unfolded", ".st-key-settings", ".st-key-train button"
FILM, SCENE, PAD = ".st-key-preview canvas", ".st-key-noise-scene", ".st-key-pad"
HEIGHT = 844  # pixels


def unfold(page: Page) -> None:
    page.locator(f"{SWITCH} label").tap()
    expect(page.locator(SHEET)).to_be_visible()


def test_a_link_to_a_run_opens_on_it_and_the_settings_are_folded(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}", phone=True)
    expect(page.locator(FILM).first).to_be_in_viewport(ratio=1)
    expect(page.locator(SHEET)).to_be_hidden()
    assert box_of(page, ".stProgress")["y"] < 200


def test_the_sheet_of_the_settings_trains_and_gives_way_to_the_run(open_page: OpenPage) -> None:
    page = open_page("train?dataset=digits&latent_size=3&epochs=13&train_images=512", phone=True)
    unfold(page)
    page.locator(TRAIN).scroll_into_view_if_needed()
    expect(page.locator(TRAIN)).to_be_in_viewport(ratio=1)
    page.locator(TRAIN).tap()
    expect_progress(page, "Finished: 13 of 13 epochs")
    expect(page.locator(SHEET)).to_be_hidden()
    assert not is_too_wide(page)


def test_a_second_tap_folds_the_settings_again(open_page: OpenPage) -> None:
    page = open_page("train", phone=True)
    unfold(page)
    page.locator(f"{SWITCH} label").tap()
    expect(page.locator(SHEET)).to_be_hidden()


def test_the_noise_slider_and_two_rows_of_pictures_are_in_the_first_screen(open_page: OpenPage) -> None:
    page = open_page("denoise?dataset=digits", phone=True)
    expect(page.locator(f"{SCENE} canvas").first).to_be_visible()
    expect(page.locator(f"{SCENE} input[type=range]")).to_be_in_viewport(ratio=1)
    for row in range(2):
        expect(page.locator(f"{SCENE} canvas").nth(row)).to_be_in_viewport(ratio=1)


def test_the_pad_has_60_percent_of_the_width_with_the_answer_above_it_in_one_screen(
    open_page: OpenPage,
) -> None:
    page = open_page("picture?from=draw", phone=True)
    expect(page.locator(f"{PAD} .pad")).to_be_visible()
    pad, answer = box_of(page, f"{PAD} .pad"), box_of(page, f"{PAD} .models")
    assert 0.5 * 390 < pad["width"] < 0.65 * 390
    assert answer["y"] + answer["height"] <= pad["y"]
    assert bottom_of(page, f"{PAD} .pad") <= HEIGHT


def test_wider_screens_have_no_sheet(open_page: OpenPage) -> None:
    page = open_page("train")
    expect(page.locator(SHEET)).to_be_visible()
    expect(page.locator(SWITCH)).to_be_hidden()
