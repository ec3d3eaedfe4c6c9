"""Bytes under the finger, in a real browser on a real dashboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from autoenc.recognition import ImageReader
from autoenc.schema import Run
from tests.browser.conftest import OpenPage, Trained, a_frame, is_too_wide, saved_picture, wait_until

SCENE = ".st-key-code-scene .live"
SLIDER = f"{SCENE} input[type=range]"
OWN = f"{SCENE} .notes >> nth=0"


@pytest.fixture
def run(trained: Trained) -> Run:
    return trained(8)


def figures(page: Page, name: str) -> list[str]:
    return page.locator(OWN).locator(f".{name}").all_inner_texts()


def updates(page: Page) -> int:
    return int(page.locator(SCENE).get_attribute("data-updates") or 0)


def pixels(page: Page) -> str:
    """Of the first picture that is drawn from a code."""
    picture: str = (
        page.locator(f"{SCENE} .strip:not(.notes)")
        .nth(1)
        .locator("canvas")
        .first.evaluate("n => n.toDataURL()")
    )
    return picture


def test_the_slider_moves_pictures_and_bytes_and_the_server_weighs_files_at_its_end(
    open_page: OpenPage, run: Run
) -> None:
    page = open_page(f"compress?run={run.run_id}")
    expect(page.locator(OWN).locator(".bytes").first).to_have_text(re.compile(r"^\d+$"))
    expect(page.locator(f"{SCENE} .mark")).to_be_hidden()
    box = page.locator(SLIDER).bounding_box()
    assert box is not None
    said, drawn, address = page.locator(".st-key-lesson-bytes").inner_text(), pixels(page), page.url
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    before = updates(page)
    for step in range(1, 21):
        page.mouse.move(box["x"] + box["width"] * (0.5 - 0.5 * step / 20), y)
        a_frame(page)
    assert updates(page) - before >= 10, "the pictures follow the finger"
    expect(page.locator(OWN).locator(".bytes").first).to_have_text(re.compile(r"^≈\d+$"))
    expect(page.locator(f"{SCENE}.away")).to_be_visible()
    wait_until(
        page, f"{SCENE} .strip:not(.notes) >> nth=1 >> canvas >> nth=0", "node.toDataURL() !== given", drawn
    )
    assert page.url == address, "the server knows nothing of it"
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"bits=1(&|$)"))
    expect(page.locator(OWN).locator(".bytes").first).to_have_text(re.compile(r"^\d+$"))
    expect(page.locator(f"{SCENE}:not(.away)")).to_be_visible()
    expect(page.locator(".st-key-lesson-bytes")).not_to_have_text(said)


def test_a_run_that_was_trained_for_its_bytes_begins_at_its_step_which_is_marked(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"compress?run={trained(8, rate_weight=0.001).run_id}")
    expect(page.locator(f"{SCENE} .meaning")).to_contain_text("step 1, for which it was trained")
    expect(page.locator(f"{SCENE} .mark")).to_be_visible()


def test_estimated_bytes_are_those_of_the_files(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"compress?run={run.run_id}&bits=3")
    expect(page.locator(OWN).locator(".bytes").first).to_have_text(re.compile(r"^\d+$"))
    true = [int(text) for text in figures(page, "bytes")]
    page.locator(SLIDER).press("ArrowRight")
    page.locator(SLIDER).press("ArrowLeft")
    page.locator(SLIDER).evaluate(
        "node => { node.value = 3.1; node.dispatchEvent(new Event('input')); }"
    )  # as in a drag: nothing rests
    expect(page.locator(OWN).locator(".bytes").first).to_have_text(re.compile("≈"))
    estimated = [int(text.removeprefix("≈")) for text in figures(page, "bytes")]
    assert len(true) == len(estimated) == 16
    assert max(abs(a - b) for a, b in zip(true, estimated, strict=True)) <= 1


def test_a_file_is_downloaded_and_opened_again(open_page: OpenPage, run: Run, tmp_path: Path) -> None:
    page = open_page(f"compress?run={run.run_id}&view=file")
    with page.expect_download() as download:
        page.locator(".st-key-get-images button").click()
    path = tmp_path / download.value.suggested_filename
    assert path.name == f"{run.run_id}-images.aec"
    download.value.save_as(path)
    page.locator(".st-key-compressed_file input[type=file]").set_input_files(path)
    expect(page.locator(".st-key-lesson-opened")).to_contain_text(f"16 images in {path.stat().st_size} bytes")
    expect(page.locator(".st-key-opened-file canvas").first).to_be_visible()


def test_what_is_saved_says_where_the_slider_stands(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"compress?run={run.run_id}")
    expect(page.locator(f"{SCENE} canvas").first).to_be_visible()
    name, picture = saved_picture(page, ".st-key-code-scene .save-picture")
    assert name == f"{run.run_id}-codes.png"
    assert picture.std() > 10


def test_a_phone_keeps_the_slider_in_view_and_does_not_scroll_sideways(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"compress?run={run.run_id}", phone=True)
    expect(page.locator(f"{SCENE} canvas").first).to_be_visible()
    assert not is_too_wide(page)
    page.locator(f"{SCENE} .group").nth(1).locator("canvas").last.scroll_into_view_if_needed()
    expect(page.locator(SLIDER)).to_be_in_viewport(ratio=1)


PAD, DRAWN = ".st-key-pad canvas.pad", ".st-key-drawing-files"


def stroke(page: Page, *corners: tuple[float, float]) -> None:
    """Of the mouse on the pad, in parts of it."""
    page.locator(PAD).scroll_into_view_if_needed()
    box = page.locator(PAD).bounding_box()
    assert box is not None
    for n, (x, y) in enumerate(corners):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        if not n:
            page.mouse.down()
    page.mouse.up()


def test_whoever_draws_sees_who_makes_the_smallest_file_of_the_drawing(
    open_page: OpenPage, run: Run, recogniser: ImageReader
) -> None:
    page = open_page(f"compress?run={run.run_id}&view=contest")
    page.get_by_role("radiogroup", name="Images").get_by_text("Your drawing").click()
    expect(page).to_have_url(re.compile("from=draw"))
    expect(page.get_by_text("Draw on the pad")).to_be_visible()
    said = page.locator(".st-key-lesson-drawing")
    stroke(page, (0.3, 0.2), (0.7, 0.2), (0.45, 0.85))
    expect(said).to_contain_text("recogniser")
    read = re.search(r"an? (\d)", said.inner_text())
    assert read is not None
    page.get_by_role("combobox", name="What you have drawn").click()
    page.get_by_role("option", name=re.compile(rf"It is an? {read[1]}$")).click()
    winner = page.locator(".st-key-lesson-smallest")
    expect(winner).to_contain_text(re.compile(r"smallest file that can be read|None of these files"))
    expect(page.locator(f"{DRAWN} canvas").nth(4)).to_be_visible()
    notes = page.locator(f"{DRAWN} .note").all_inner_texts()
    assert notes[0].startswith(f"Drawing\n{read[1]}: ")
    sizes = [int(note.split(" B")[0].replace(",", "")) for note in notes if " B" in note]
    best = [int(note.split(" B")[0].replace(",", "")) for note in notes if "★" in note]
    assert set(best) == ({min(sizes)} if sizes else set())
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text("Draw on the pad")).to_be_visible()
    expect(page.locator(DRAWN)).to_have_count(0)


def test_a_drawing_comes_along_to_the_page_your_picture_and_back(
    open_page: OpenPage, run: Run, recogniser: ImageReader
) -> None:
    page = open_page(f"compress?run={run.run_id}&view=contest&from=draw")
    stroke(page, (0.5, 0.15), (0.5, 0.85))
    expect(page.locator(".st-key-lesson-drawing")).to_be_visible()
    said = page.locator(".st-key-lesson-drawing").inner_text()
    page.get_by_role("link", name="Your picture").click()
    page.get_by_role("radiogroup", name="Picture").get_by_text("Draw").click()
    expect(page.locator("[class*=st-key-way-]").first).to_be_visible()
    page.go_back()
    expect(page.locator(".st-key-lesson-drawing")).to_have_text(said)


def test_a_pad_on_a_phone_does_not_scroll_the_page_sideways(
    open_page: OpenPage, run: Run, recogniser: ImageReader
) -> None:
    page = open_page(f"compress?run={run.run_id}&view=contest&from=draw", phone=True)
    expect(page.locator(PAD)).to_be_in_viewport(ratio=1)
    stroke(page, (0.5, 0.15), (0.5, 0.85))
    expect(page.locator(".st-key-lesson-drawing")).to_be_visible()
    assert not is_too_wide(page)
