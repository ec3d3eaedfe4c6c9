"""Pictures from outside in a real browser: files, and a pad under mouse and finger."""

from __future__ import annotations

import math
import re
from base64 import b64decode
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from autoenc.recognition import ImageReader
from tests.browser.conftest import (
    OpenPage,
    Trained,
    a_frame,
    expect_rest,
    is_too_wide,
    saved_picture,
    wait_until,
)

PAD, BESIDE = ".st-key-pad canvas.pad", ".st-key-pad .row"
TILES = "[class*=st-key-tiles-]"
UNHEARD = "addEventListener('pointerup', (e) => e.stopImmediatePropagation(), { capture: true, once: true })"
SEVEN = ((0.3, 0.2), (0.7, 0.2), (0.45, 0.85))  # its corners, in parts of the pad


@pytest.fixture
def link(trained: Trained) -> str:
    return f"picture?runs={trained(8).run_id}"


def place(page: Page, part: tuple[float, float]) -> tuple[float, float]:
    box = page.locator(PAD).bounding_box()
    assert box is not None
    return box["x"] + part[0] * box["width"], box["y"] + part[1] * box["height"]


def along(corners: tuple[tuple[float, float], ...], n: int = 10) -> list[tuple[float, float]]:
    """Points of a stroke."""
    return [
        tuple(a + (b - a) * step / n for a, b in zip(first, second, strict=True))
        for first, second in pairwise(corners)
        for step in range(1, n + 1)
    ]


def updates(page: Page) -> int:
    return int(page.locator(BESIDE).first.get_attribute("data-updates") or 0)


def until_answered(page: Page, more_than: int = 0) -> None:
    wait_until(page, BESIDE, "Number(node.dataset.updates ?? 0) > given", more_than)


def pixels(page: Page, canvas: str) -> np.ndarray:
    """The brightness of a canvas, (H, W)."""
    url = page.locator(canvas).first.evaluate("canvas => canvas.toDataURL('image/png')")
    return np.asarray(Image.open(BytesIO(b64decode(url.partition(",")[2]))).convert("RGB"))[:, :, 0]


def as_mnist(drawn: np.ndarray, side: int = 28) -> np.ndarray:
    """As LeCun, Cortes and Burges did: into 20 x 20 pixels, the centre of mass in the middle of 28 x 28."""
    rows, columns = (np.flatnonzero(drawn.any(axis)) for axis in (1, 0))
    part = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(float)
    scale = round(20 * side / 28) / max(part.shape)
    for axis in (0, 1):
        n, m = part.shape[axis], max(1, math.floor(part.shape[axis] * scale + 0.5))
        edges = np.arange(m + 1) * n / m
        sums = np.concatenate([np.zeros((1, part.shape[1 - axis])), np.moveaxis(part, axis, 0).cumsum(0)])
        whole = np.minimum(edges.astype(int), n)
        rest = (edges - whole)[:, None] * np.moveaxis(part, axis, 0)[np.minimum(whole, n - 1)]
        part = np.moveaxis(np.diff(sums[whole] + rest, axis=0) * m / n, 0, axis)
    image = np.zeros((side, side))
    corner = []
    for axis in (0, 1):
        mass = part.sum(1 - axis)
        centre = (mass * (np.arange(len(mass)) + 0.5)).sum() / mass.sum()
        corner.append(min(max(math.floor(side / 2 - centre + 0.5), 0), side - len(mass)))
    image[corner[0] : corner[0] + part.shape[0], corner[1] : corner[1] + part.shape[1]] = part
    return image


def test_a_stroke_of_the_mouse_is_followed_in_the_browser_and_told_to_the_server_at_its_end(
    open_page: OpenPage, link: str, recogniser: ImageReader
) -> None:
    page = open_page(f"{link}&from=draw")
    expect(page.locator(f"{BESIDE} .reads")).to_have_text(["", ""])  # nothing is drawn yet
    page.locator(PAD).scroll_into_view_if_needed()
    page.mouse.move(*place(page, SEVEN[0]))
    page.mouse.down()
    until_answered(page)
    before = updates(page)
    for point in along(SEVEN):
        page.mouse.move(*place(page, point))
        a_frame(page)
    assert updates(page) - before >= 10, "the reconstruction follows the stroke"
    expect(page.locator(f"{BESIDE} .figures").first).to_have_text(re.compile(r"MSE 0\.\d+, PSNR \d+\.\d dB"))
    expect(page.locator(".st-key-pad .hint")).to_be_hidden()
    expect(page.locator(f"{BESIDE} .reads")).to_have_text([re.compile(SAYS)] * 2)  # the pen is down
    assert page.get_by_text("Your drawing").count() == 0, "the server knows nothing of it"
    page.mouse.up()
    expect(page.get_by_text("Your drawing")).to_be_visible()
    given = pixels(page, f"{BESIDE} canvas.given")
    assert np.abs(given - as_mnist(pixels(page, PAD))).max() <= 1
    assert given.shape == (28, 28)
    assert given.max() > 240
    wait_until(page, "[class*=st-key-way-] canvas", "node.width === 28")
    expect_reading(page, recogniser, given)


SAYS = r"^recognised as \d, (over )?\d+\s% sure$"


def expect_reading(page: Page, recogniser: ImageReader, given: np.ndarray) -> None:
    """On the pad and, from the server, below it."""
    (read,), (sure,) = (values.tolist() for values in vars(recogniser.read(given[None, None])).values())
    aside = rf"^recognised as {read}, (over )?(\d+)\s% sure$"
    for place in (BESIDE, "[class*=st-key-way-]"):
        expect(page.locator(f"{place} .reads").first).to_have_text(re.compile(aside))
        says = re.match(aside, page.locator(f"{place} .reads").first.inner_text())
        assert says is not None
        assert abs(int(says[2]) - 100 * sure) < 2
        output = page.locator(f"{place} .reads").last
        changed = re.match(rf"^recognised as {read},", output.inner_text()) is None
        assert output.evaluate("node => node.matches('.other')") is changed


def test_what_the_models_make_of_a_drawing_is_saved_as_it_is_at_that_moment(
    open_page: OpenPage, link: str
) -> None:
    page = open_page(f"{link}&from=draw")
    until_answered(page)
    files = []
    for x in (0.3, 0.7):
        before = updates(page)
        stroke(page, x)
        until_answered(page, before)
        expect(page.get_by_text("Your drawing")).to_be_visible()
        expect_rest(page)
        name, png = saved_picture(page, ".st-key-pad .save-picture")
        assert name == f"{link.partition('runs=')[2]}-drawing.png"
        files.append(png)
    one, two = files
    assert one.shape == two.shape
    assert (one != two).any(axis=2).mean() > 0.01


def test_tiles_are_saved_as_they_stand_on_the_page(open_page: OpenPage, link: str) -> None:
    page = open_page(f"{link}&fit=tile&example=cat")
    images = page.locator(f"{TILES} img")
    expect(images).to_have_count(3)
    images.evaluate_all("nodes => Promise.all(nodes.map((node) => node.decode()))")
    name, png = saved_picture(page, f"{TILES} .save-picture")
    assert name == f"{link.partition('runs=')[2]}-tiles.png"
    assert min(png[:20].min(), png[:, :20].min(), png[-20:].min(), png[:, -20:].min()) == 255
    boxes = [image.bounding_box() for image in images.all()]
    left = min(box["x"] for box in boxes if box is not None)
    top = None
    for image, box in zip(images.all(), boxes, strict=True):
        assert box is not None
        x, width, height = (round(2 * n) for n in (20 + 2 + box["x"] - left, box["width"], box["height"]))
        with Image.open(BytesIO(page.request.get(str(image.evaluate("node => node.src"))).body())) as file:
            shown = in_blocks(np.asarray(file.convert("RGB").resize((width, height))))
        at = [in_blocks(png[y : y + height, x : x + width]) for y in range(0, len(png) - height, 2)]
        off = [np.abs(blocks - shown).mean() for blocks in at]
        top = int(np.argmin(off)) if top is None else top
        assert off[top] < 4, "levels of 255"


def in_blocks(image: np.ndarray) -> np.ndarray:
    """(16, 16, 3), the mean of each part: browsers differ in how they make pictures larger."""
    return np.asarray(Image.fromarray(image).resize((16, 16), Image.Resampling.BOX)).astype(int)


def test_undo_and_clear_take_strokes_away_and_strokes_outlive_other_choices(
    open_page: OpenPage, link: str
) -> None:
    page = open_page(f"{link}&from=draw")
    undo, clear = (page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Clear"))
    expect(undo).to_be_disabled()
    drawn = []
    for x in (0.3, 0.7):
        stroke(page, x)
        a_frame(page)
        drawn.append(pixels(page, PAD))
    expect(page.get_by_text("Your drawing")).to_be_visible()
    page.get_by_text("Presenter").click()
    expect(page.locator(".st-key-settings")).to_be_hidden()
    expect_rest(page)
    assert (pixels(page, PAD) == drawn[1]).all(), "the strokes are still there"
    undo.focus()
    page.keyboard.press("Enter")
    assert (pixels(page, PAD) == drawn[0]).all()
    clear.click()
    assert not pixels(page, PAD).any()
    expect(page.get_by_text("Your drawing")).to_have_count(0)


def test_a_pad_that_left_the_page_under_the_finger_draws_when_it_is_back(
    open_page: OpenPage, link: str
) -> None:
    page = open_page(f"{link}&from=draw")
    source = page.get_by_role("radiogroup", name="Picture")
    undo = page.get_by_role("button", name="Undo", exact=True)
    stroke(page, 0.3, lift=False)
    source.get_by_text("Upload").evaluate("option => option.click()")
    expect(page.locator(PAD)).to_have_count(0)
    page.mouse.up()
    source.get_by_text("Draw").click()
    expect(page.locator(PAD)).to_be_visible()
    expect_rest(page)
    before = pixels(page, PAD)
    assert before.any(), "the stroke is still there"
    stroke(page, 0.7)
    a_frame(page)
    after = pixels(page, PAD)
    assert (after != before).any()
    expect(page.get_by_text("Your drawing")).to_be_visible()
    undo.click()
    assert (pixels(page, PAD) == before).all()
    stroke(page, 0.7, lift=False)
    undo.evaluate("button => button.click()")  # as a second finger does
    assert (pixels(page, PAD) == before).all(), "what is being drawn is undone"
    page.mouse.up()
    page.get_by_role("button", name="Clear", exact=True).click()
    assert not pixels(page, PAD).any()
    page.evaluate(UNHEARD)
    for x in (0.3, 0.7):
        before = pixels(page, PAD)
        stroke(page, x)
        a_frame(page)
        assert (pixels(page, PAD) != before).any(), "a press makes up for a lift that nobody heard"


def stroke(page: Page, x: float, lift: bool = True) -> None:
    page.mouse.move(*place(page, (x, 0.2)))
    page.mouse.down()
    page.mouse.move(*place(page, (x, 0.8)))
    if lift:
        page.mouse.up()


def test_a_finger_draws_and_the_page_does_not_scroll_under_it(open_page: OpenPage, link: str) -> None:
    page = open_page(f"{link}&from=draw", phone=True)
    page.locator(PAD).scroll_into_view_if_needed()
    assert not is_too_wide(page)
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = page.evaluate(scrolled)
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *point: float) -> None:
        points = [{"x": point[0], "y": point[1]}] if point else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", *place(page, (0.5, 0.9)))
    for step in along(((0.5, 0.9), (0.5, 0.1)), 15):
        touch("touchMove", *place(page, step))
    touch("touchEnd")
    until_answered(page)
    assert page.evaluate(scrolled) == before
    ink = pixels(page, PAD)
    assert ink[ink.shape[0] // 2, ink.shape[1] // 2] == 255
    expect(page.get_by_text("Your drawing")).to_be_visible()


def test_a_file_is_shown_and_a_bad_one_is_told_in_a_sentence(
    open_page: OpenPage, link: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "my <b>dog *x*.png", tmp_path / "cat.png"
    Image.linear_gradient("L").save(good)
    bad.write_bytes(b"<html><img src=x onerror=alert(1)></html>")
    page = open_page(f"{link}&from=upload")
    expect(page.get_by_role("heading", name="A face")).to_be_visible()
    page.locator(".st-key-picture-file input[type=file]").set_input_files(bad)
    expect(page.locator(".stAlert")).to_contain_text("'cat.png' is a web page")
    expect(page.get_by_role("heading", name="A face")).to_be_visible()
    page.locator(".st-key-picture-file input[type=file]").set_input_files(good)
    expect(page.get_by_role("heading", name="my <b>dog *x*.png")).to_be_visible()
    expect(page.locator(".stAlert")).to_have_count(0)
    expect(page.locator("[class*=st-key-errors-] .live-plot")).to_be_visible()
