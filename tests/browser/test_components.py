"""Our components in real Chromium, all on one page of the gallery, in the dark theme."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from autoenc.errors import ShapeError
from autoenc.plots import COLOUR
from benchmarks.dashboards import stripping
from tests.browser import gallery
from tests.browser.conftest import picture, wait_for_another
from tests.browser.showing import showing
from ui.components import FAILED, inline, sprites
from ui.components.forward_pass import ForwardPass, forward_pass
from ui.components.pictures import Film, PictureRow, pictures

FILM, LOSS, CHOICE = ".st-key-film", ".st-key-loss", ".st-key-choice"
EPOCHS = gallery.epochs(gallery.N_FRAMES)
RECORD = "window.told = []; addEventListener('autoenc-moment', e => told.push([e.detail.key, e.detail.at]))"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with showing(gallery, tmp_path_factory.mktemp("gallery")) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Everything on it is in view; at the end it may not have met a script error."""
    context = browser.new_context(viewport={"width": 1280, "height": 2600}, color_scheme="dark")
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(RECORD)
    page.goto(address)
    expect(page.locator(f"{LOSS} .xtick").first).to_be_visible()
    expect(page.locator(".st-key-loop canvas").first).to_be_visible()
    yield page
    context.close()
    assert errors == []


MOVES_UP = """() => {
  const kept = new Map(), [before, after, unseen] = "abc".split("").map(() => document.createElement("div"));
  const create = () => document.createElement("div");
  const end = () => (window.ended = true);
  const call = (place) => leaving(keep(kept, "chart", create, place), place, end);
  const isIn = (place) => kept.get("chart").parentNode === place;
  document.body.append(before, after);
  const leaveBefore = call(before);
  const leaveAfter = call(after);
  const seen = [isIn(after)];
  call(before); /* once more, late */
  seen.push(isIn(before));
  before.remove();
  leaveBefore();
  seen.push(isIn(after));
  call(unseen); /* built, but never put on the page */
  seen.push(isIn(after));
  window.leave = () => (after.remove(), leaveAfter());
  return seen;
}"""


def test_a_component_that_moves_up_is_in_its_new_place_when_the_old_one_was_called_last(
    browser: Browser,
) -> None:
    """The charts of a sweep that had ended were gone: Streamlit's old place had taken them with it."""
    with closing(browser.new_page()) as page:
        page.clock.install()
        page.add_script_tag(content=inline("keep.js"))
        assert page.evaluate(MOVES_UP) == [True] * 4
        page.clock.run_for(10_000)
        assert not page.evaluate("window.ended"), "it has a place"
        page.evaluate("leave()")
        page.clock.run_for(10_000)
        assert page.evaluate("window.ended"), "it has none"


def test_behind_a_proxy_that_strips_a_prefix_the_components_are_found(browser: Browser, address: str) -> None:
    port = urlsplit(address).port
    assert port is not None
    with stripping(port, "/proxy/8501") as proxied, closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(proxied)  # without the slash at its end
        expect(page.locator(f"{LOSS} .xtick").first).to_be_visible()
        expect(page.locator(f"{FILM} canvas").first).to_be_visible()
        assert page.url == f"{proxied}/"


def test_a_component_that_cannot_be_fetched_says_so_and_comes_when_it_can(
    browser: Browser, address: str
) -> None:
    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.route(re.compile(r"/app/static/(pictures|plotly)-"), lambda route: route.abort())
        page.goto(address)
        expect(page.locator(f"{FILM} [role=alert]")).to_have_text(FAILED)
        expect(page.locator(LOSS)).to_contain_text("plotly.min.js did not load")
        assert page.locator("[data-testid=stException]").count() == 0
        page.unroute_all()
        page.get_by_label("Change", exact=True).fill("1")
        page.keyboard.press("Enter")
        expect(page.locator(f"{FILM} canvas").first).to_be_visible()
        expect(page.locator(f"{FILM} [role=alert]")).to_have_count(0)


def test_a_film_that_cannot_be_decoded_says_so(browser: Browser, address: str) -> None:
    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.add_init_script("window.createImageBitmap = async () => { throw new Error('too old') }")
        page.goto(address)
        for key in (FILM, ".st-key-bars"):
            expect(page.locator(f"{key} [role=alert]")).to_have_text(FAILED)


LEAVE = """async (box) => {
  const place = box.getRootNode();
  box.remove();
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  place.append(box);
}"""


def test_a_film_that_left_the_page_for_a_moment_plays_on(page: Page) -> None:
    loop = page.locator(".st-key-loop .pictures")
    expect(loop.get_by_role("button", name="Pause")).to_be_visible()
    loop.evaluate(LEAVE)
    wait_for_another(page, ".st-key-loop canvas", picture(page, ".st-key-loop canvas"))
    expect(loop.get_by_role("button", name="Pause")).to_be_visible()


def test_the_menu_of_the_right_button_does_not_hold_a_chart_back(page: Page) -> None:
    chart = page.locator(f"{LOSS} .live-plot")
    chart.dispatch_event("pointerdown", {"button": 2, "isPrimary": True, "pointerType": "mouse"})
    assert chart.evaluate("node => !node.held"), "its release goes to the menu"
    for kind in ("pointerdown", "pointerup"):
        chart.dispatch_event(kind, {"button": 0, "isPrimary": True, "pointerType": "mouse", "pointerId": 1})
        held = [chart.element_handle(), kind == "pointerdown"]
        page.wait_for_function("([node, held]) => Boolean(node.held) === held", arg=held)


# ---------------------------------------------------------------- what is seen

DRAWN = """canvases => canvases.map(canvas => {
  const { data, height, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [height, width, btoa(Array.from(data, level => String.fromCharCode(level)).join(""))];
})"""


def seen(canvases: Locator) -> list[np.ndarray]:
    """What stands in each, uint8 (H, W, 4)."""
    pixels = canvases.evaluate_all(DRAWN)
    return [np.frombuffer(b64decode(data), np.uint8).reshape(h, w, 4) for h, w, data in pixels]


def drawn(canvases: Locator) -> np.ndarray:
    """uint8 (n, 3, H, W)."""
    return np.array(seen(canvases))[..., :3].transpose(0, 3, 1, 2)


def rows(page: Page, key: str) -> np.ndarray:
    """All pictures of one group, uint8 (rows, B, 3, H, W)."""
    strips = page.locator(f".st-key-{key} .strip:not(.notes)")
    return np.stack([drawn(strips.nth(r).locator("canvas")) for r in range(strips.count())])


def coloured(levels: np.ndarray, colour: str) -> np.ndarray:
    """Levels (B, H, W) from black over the colour, at its own lightness (CIE L*), to white: (B, 3, H, W)."""
    middle = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    luminance = (middle / 255) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    own = 2.55 * (116 * np.cbrt(luminance) - 16)
    return np.stack([np.interp(levels, [0, own, 255], [0, channel, 255]) for channel in middle], axis=1)


def check_frame(page: Page, frame: int) -> None:
    expect(page.locator(f"{FILM} .mark")).to_contain_text(f"epoch {EPOCHS[frame]}:")
    x = gallery.discs(gallery.N_IMAGES)
    x_hat = gallery.film(x, gallery.N_FRAMES)[frame]
    original, reconstruction, error = rows(page, "film")
    assert np.array_equal(original, x.repeat(3, axis=1))
    assert np.array_equal(reconstruction, x_hat.repeat(3, axis=1))
    expected = coloured(np.abs(x.astype(int) - x_hat)[:, 0], COLOUR["error"])
    assert np.abs(error - expected).max() <= 1


def shown_steps(page: Page, key: str) -> list[int]:
    """The steps whose frames a film has shown."""
    everything: list[tuple[str, int | None]] = page.evaluate("told")
    return [step for other, step in everything if other == key and step is not None]


def show_frame(page: Page, frame: int) -> None:
    page.locator(f"{FILM} input").focus()
    page.keyboard.press("Home")
    for _ in range(frame):
        page.keyboard.press("ArrowRight")
    expect(page.locator(f"{FILM} .mark")).to_contain_text(f"epoch {EPOCHS[frame]}:")


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def point(page: Page, epoch: int) -> Locator:
    return page.locator(f"{LOSS} .points path").nth(epoch - 1)


# ---------------------------------------------------------------- films


def test_large_pictures_that_never_change_are_handed_over_unseen_and_drawn_exactly(page: Page) -> None:
    original, level = rows(page, "steady")
    assert np.array_equal(original, gallery.speckles())
    assert (level == level[0, 0, 0, 0]).all()
    handed_over = page.locator(".autoenc-sheet")
    expect(handed_over).to_have_count(1)
    expect(handed_over).to_be_hidden()


def test_each_frame_of_a_film_reached_by_keyboard_is_drawn_pixel_by_pixel(page: Page) -> None:
    show_frame(page, 0)
    check_frame(page, 0)
    show_frame(page, 3)
    check_frame(page, 3)
    page.keyboard.press("End")
    check_frame(page, gallery.N_FRAMES - 1)


def test_play_shows_every_frame_once_and_ends_at_the_last(page: Page) -> None:
    button = page.locator(f"{FILM} .play")
    page.locator(f"{FILM} input").press("End")
    check_frame(page, gallery.N_FRAMES - 1)
    page.evaluate("told.length = 0")
    button.click()
    expect(button).to_have_attribute("aria-label", "Pause")
    expect(button).to_have_attribute("aria-label", "Play")
    assert shown_steps(page, "film") == list(gallery.steps(gallery.N_FRAMES))
    check_frame(page, gallery.N_FRAMES - 1)


def test_a_marker_in_the_chart_follows_the_film_through_zoom_and_resize(page: Page) -> None:
    marker = page.locator(f"{LOSS} .live-plot-marker")

    def check(frame: int) -> None:
        show_frame(page, frame)
        expect(marker).to_be_visible()
        assert middle(marker)[0] == pytest.approx(middle(point(page, EPOCHS[frame]))[0], abs=1)

    check(3)
    page.set_viewport_size({"width": 1100, "height": 2600})
    page.wait_for_function(f"document.querySelector('{LOSS} .main-svg').clientWidth < 1000")
    check(3)
    (x, _), (end_x, _) = middle(point(page, 10)), middle(point(page, 40))
    box = page.locator(f"{LOSS} .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(x, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(end_x, box["y"] + 20, steps=3)
    page.mouse.up()
    page.wait_for_function(f"document.querySelector('{LOSS} .live-plot').layout.xaxis.range[0] > 900")
    check(3)
    show_frame(page, 0)  # epoch 5 is not in the picture
    expect(marker).to_be_hidden()
    page.mouse.dblclick(x, box["y"] + 60)
    expect(marker).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 2600})
    page.wait_for_function(f"document.querySelector('{LOSS} .main-svg').clientWidth > 1100")
    check(5)


def test_a_click_on_a_point_takes_the_film_to_the_nearest_epoch_and_tells_the_script(page: Page) -> None:
    show_frame(page, 8)
    x, y = middle(point(page, 16))
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    check_frame(page, 2)  # of epoch 15
    expect(page.get_by_text("clicked: 16")).to_be_visible()


def test_errors_go_from_black_over_their_colour_to_white_in_even_lightness(page: Page) -> None:
    palette = rows(page, "levels")[2, 0].reshape(3, 256).T / 255
    assert palette[0].tolist() == [0, 0, 0]
    assert palette[255].tolist() == [1, 1, 1]
    # #d55e00: Y = 0.2126 * 0.673 + 0.7152 * 0.111 = 0.223, L* = 116 * 0.606 - 16 = 54.3, level 138.5 of 255
    assert np.abs(255 * palette[138] - [0xD5, 0x5E, 0]).max() <= 2
    linear = np.where(palette <= 0.04045, palette / 12.92, ((palette + 0.055) / 1.055) ** 2.4)  # sRGB
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    lightness = np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)
    assert np.abs(lightness - np.linspace(0, 100, 256)).max() < 3


# ---------------------------------------------------------------- choosing


def test_an_image_is_chosen_by_mouse_and_by_keyboard_with_one_stop_of_the_tab_key(page: Page) -> None:
    choices = page.locator(f"{CHOICE} .choice")
    assert choices.evaluate_all("all => all.filter(choice => choice.tabIndex === 0).length") == 1
    choices.nth(2).click()
    expect(page.get_by_text("clicked: [2]")).to_be_visible()
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(choices.nth(13)).to_be_focused()
    expect(choices.nth(13)).to_have_attribute("aria-label", "image 14, 13.2 dB, choose to enlarge")
    assert choices.nth(13).evaluate("choice => getComputedStyle(choice).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    expect(page.get_by_text("clicked: [2, 13]")).to_be_visible()
    expect(choices.nth(13)).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(page.get_by_text("clicked: [2, 13, 0]")).to_be_visible()
    marked = page.locator(f"{CHOICE} .note.marked")
    assert [note.split("\n")[0] for note in marked.all_inner_texts()] == ["2.2 dB", "11.2 dB"]
    grounds = "notes => notes.map(note => getComputedStyle(note, '::first-line').backgroundColor)"
    assert marked.evaluate_all(grounds) == ["rgb(179, 38, 30)"] * 2


# ---------------------------------------------------------------- new data, larger letters


BOXES = """() => {
  const isolated = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
  const roots = [document, ...isolated.map(element => element.shadowRoot)];
  const named = "canvas, .film, .play, .live-plot, .sentences";
  const all = roots.flatMap(root => [...root.querySelectorAll(named)]);
  return all.map(element => JSON.stringify(element.getBoundingClientRect()));
}"""


def test_new_data_change_the_words_and_move_nothing_and_keep_the_place_in_the_film(page: Page) -> None:
    show_frame(page, 4)
    canvas = page.locator(f"{FILM} canvas").first
    canvas.evaluate("canvas => { canvas.kept = true }")
    before = page.evaluate(BOXES)
    note = page.locator(f"{FILM} .note").nth(1)
    number = float(note.inner_text().split()[0])
    page.get_by_test_id("stNumberInputStepUp").click()
    expect(note).to_have_text(f"{number + 1:.1f} dB")
    assert page.evaluate(BOXES) == before
    assert len(before) > 100
    assert canvas.evaluate("canvas => canvas.kept")
    check_frame(page, 4)


SIZES = """chart => {
  const { clientHeight, _fullLayout: { height, font, margin }, _fullData: [{ line }] } = chart;
  const { shadowRoot } = document.querySelector(".st-key-levels [data-testid=stBidiComponentIsolated]");
  const [canvas, label] = ["canvas", ".label"].map(name => shadowRoot.querySelector(name));
  const letters = parseFloat(getComputedStyle(label).fontSize);
  return [clientHeight, height, font.size, margin.l, line.width, canvas.clientWidth, letters];
}"""


def test_for_the_back_row_charts_pictures_and_words_are_larger_until_switched_back(page: Page) -> None:
    chart = page.locator(f"{LOSS} .live-plot")
    toggle = page.locator(".st-key-presenter label").first
    usual = [300, 300, 16, 70, 3, 7.5 * 17, 17]  # a rem is 17 pixels
    assert chart.evaluate(SIZES) == pytest.approx(usual, abs=1)
    toggle.click()
    page.wait_for_function(f"document.querySelector('{LOSS} .live-plot')._fullLayout.height === 450")
    assert chart.evaluate(SIZES) == pytest.approx([1.5 * size for size in usual], abs=1)
    toggle.click()
    page.wait_for_function(f"document.querySelector('{LOSS} .live-plot')._fullLayout.height === 300")
    assert chart.evaluate(SIZES) == pytest.approx(usual, abs=1)


# ---------------------------------------------------------------- files for a document


def test_a_chart_is_saved_as_png_and_svg_dark_on_white_from_a_dark_page(page: Page) -> None:
    figure = page.locator(LOSS).get_by_role("figure", name="Loss: the loss falls from 0.2 to almost 0")
    expect(figure).to_be_visible()
    png, svg = (saved(page, kind) for kind in ("PNG", "SVG"))
    with Image.open(io.BytesIO(png)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 700))
        assert picture.convert("RGB").getpixel((3, 3)) == (255, 255, 255)
        dark = np.asarray(picture.convert("L")) < 80
    assert dark.any()
    tree = ElementTree.fromstring(svg)
    assert (tree.get("width"), tree.get("height")) == ("1200", "700")
    words = {text.strip() for text in tree.itertext()}
    assert {"test & train", "Loss", "training step"} <= words


def saved(page: Page, kind: str) -> bytes:
    with page.expect_download() as download:
        page.locator(LOSS).get_by_role("button", name=f"Save as {kind}").click()
    assert download.value.suggested_filename == f"run-7-loss.{kind.lower()}"
    return download.value.path().read_bytes()


# ---------------------------------------------------------------- the forward pass


def test_a_forward_pass_moves_on_by_itself_and_shows_what_its_sentence_says_when_paused(page: Page) -> None:
    sentence = page.locator(".st-key-bars .sentences [aria-hidden=false]")
    button = page.locator(".st-key-bars .play")
    expect(button).to_have_attribute("aria-label", "Pause")
    expect(sentence).not_to_have_text(sentence.inner_text())
    button.click()
    expect(button).to_have_attribute("aria-label", "Play")
    number = re.search(r"image (\d)", sentence.inner_text())
    assert number is not None
    step = gallery.passes(4, (32,))[int(number[1])]
    canvases = page.locator(".st-key-bars canvas")
    wait_until_drawn(canvases.nth(2), step.x_hat)  # the last to arrive
    assert np.array_equal(drawn(canvases.nth(0))[0], step.x.repeat(3, axis=0))
    assert np.array_equal(drawn(canvases.nth(2))[0], step.x_hat.repeat(3, axis=0))
    error = coloured(np.abs(step.x.astype(int) - step.x_hat), COLOUR["error"])
    assert np.abs(drawn(canvases.nth(3)) - error).max() <= 1
    assert np.corrcoef(bars(canvases.nth(1), 32), step.code)[0, 1] > 0.99
    button.click()


def wait_until_drawn(canvas: Locator, image: np.ndarray) -> None:
    is_drawn = """([canvas, wanted]) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return wanted.every((level, i) => data[4 * i] === level);
    }"""
    canvas.page.wait_for_function(is_drawn, arg=[canvas.element_handle(), image[0].ravel().tolist()])


def bars(canvas: Locator, k: int) -> np.ndarray:
    """Heights of the bars, as the eye sees them: pixels above the zero line less pixels below."""
    [picture] = seen(canvas)
    alpha = picture[..., 3].astype(int)
    columns = np.flatnonzero(alpha.any(axis=0))
    edges = np.linspace(columns[0], columns[-1] + 1, k + 1)
    centres = ((edges[:-1] + edges[1:]) / 2).astype(int)
    above, below = np.array_split(alpha > 200, 2)  # the zero line is half transparent
    return (above.sum(axis=0) - below.sum(axis=0))[centres]


def test_a_forward_pass_says_how_many_numbers_there_are_at_each_place(page: Page) -> None:
    counts = {"Original": "2,352", "Noisy": "2,352", "Code": "784", "Reconstruction": "2,352"}
    sentences = [re.compile(f"^{name}.*{n} numbers$") for name, n in counts.items()]
    expect(page.locator(".st-key-maps .part .words")).to_have_text(sentences)
    expect(page.locator(".st-key-maps .pipe")).to_have_text(["noise", "encoder", "decoder"])
    expect(page.locator(".st-key-maps figure")).to_have_attribute("aria-label", "A picture of its own")
    expect(page.locator(".st-key-maps .play")).to_have_count(0)


def test_feature_maps_go_from_black_for_the_least_to_white_for_the_greatest(
    page: Page,
) -> None:
    [step] = gallery.passes(1, (16, 7, 7), noisy=True, channels=3)
    low, high = step.code.min(), step.code.max()
    levels = np.round(255 * (step.code - low) / (high - low))
    mosaic = drawn(page.locator(".st-key-maps canvas").nth(2))[0]
    assert mosaic.shape == (3, 31, 31)  # 4 x 4 maps of 7 x 7, a line between them
    primary = page.locator(".st-key-maps figure").evaluate(
        "figure => getComputedStyle(figure).getPropertyValue('--st-primary-color').trim()"
    )
    for i, expected in enumerate(coloured(levels, primary)):
        y, x = 8 * (i // 4), 8 * (i % 4)
        assert np.abs(mosaic[:, y : y + 7, x : x + 7] - expected).max() <= 1


# ---------------------------------------------------------------- what moves by itself


def test_a_film_with_autoplay_begins_again_after_its_end(page: Page) -> None:
    page.wait_for_function("told.filter(([key]) => key === 'loop').join().includes('loop,3,loop,1,loop,2')")


def test_for_those_who_want_less_motion_nothing_starts_by_itself(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    for key in ("loop", "bars"):
        expect(page.locator(f".st-key-{key} .play")).to_have_attribute("aria-label", "Play")
        expect(page.locator(f".st-key-{key} .play")).to_be_enabled()
    expect(page.locator(f"{FILM} .mark")).to_contain_text(f"epoch {EPOCHS[-1]}:")  # a film begins at its end
    context.close()


# ---------------------------------------------------------------- before the browser


@pytest.mark.parametrize(("n", "channels"), [(1, 1), (5, 3), (16, 1), (64, 3)])
def test_a_sprite_gives_every_image_back_exactly(n: int, channels: int) -> None:
    images = np.random.default_rng(n).integers(0, 256, (n, channels, 6, 9), dtype=np.uint8)
    across = sprites.across(n)
    with Image.open(io.BytesIO(sprites.sprite(images).file)) as picture:
        whole = np.asarray(picture.convert("RGB"))
    for i, image in enumerate(images):
        y, x = 6 * (i // across), 9 * (i % across)
        tile = whole[y : y + 6, x : x + 9].transpose(2, 0, 1)
        assert np.array_equal(tile, np.broadcast_to(image, (3, 6, 9)))


def test_sprites_are_the_same_for_the_same_images_alone() -> None:
    images = gallery.discs(4)
    assert sprites.sprite(images) is sprites.sprite(images.copy())
    assert sprites.sprite(images).id != sprites.sprite(images[::-1]).id
    assert sprites.sprite(images).id != sprites.sprite(images.reshape(2, 1, 56, 28)).id


X = np.zeros((4, 1, 8, 8), np.uint8)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"images": X.astype(np.float32)}, "pictures are float32"),
        ({"images": X[0]}, r"allowed: uint8 \(B, 1 or 3, H, W\)"),
        ({"images": np.zeros((0, 4, 1, 8, 8), np.uint8)}, "at least one of each"),
        ({"images": X.repeat(2, axis=1)}, "1 or 3"),
        ({"notes": ("a", "b")}, "2 notes for 4 pictures in 1 frames"),
        ({"notes": ("a",) * 4, "marked": (True,)}, "1 marks for 4 pictures in 1 frames"),
        ({"images": np.stack([X, X]), "hints": ("a",) * 5}, "5 hints for 4 pictures in 2 frames"),
    ],
)
def test_a_row_that_cannot_be_drawn_is_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ShapeError, match=sentence):
        PictureRow(**({"label": "x", "images": X, "colour": "#888888"} | wrong))


@pytest.mark.parametrize(
    ("rows", "given", "sentence"),
    [
        ([X, X[:3]], {}, r"differ in \(B, H, W\)"),
        ([X], {"difference": "#d55e00"}, "between two rows"),
        ([np.stack([X, X])], {}, "a film of 2 frames has 1 marks"),
        (
            [np.stack([X, X]), np.stack([X, X, X])],
            {"film": Film(("a",) * 3, (1, 2, 3))},
            "a film of 3 frames",
        ),
        ([np.stack([X, X])], {"film": Film(("a", "b"), (1,))}, "2 marks and 1 steps"),
    ],
)
def test_rows_that_do_not_belong_together_are_refused(
    rows: list[np.ndarray], given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ShapeError, match=sentence):
        pictures([PictureRow("x", images, "#888888") for images in rows], key="x", **given)


def test_a_forward_pass_of_images_or_codes_that_differ_is_refused() -> None:
    x = X[0]
    with pytest.raises(ShapeError, match="all uint8"):
        ForwardPass(x, None, np.zeros(3), x[:, :4], "")
    with pytest.raises(ShapeError, match=r"a code is \(2, 2\)"):
        ForwardPass(x, None, np.zeros((2, 2)), x, "")
    with pytest.raises(ShapeError, match="one shape of image and code"):
        forward_pass([ForwardPass(x, None, np.zeros(k), x, "") for k in (2, 3)], key="x")
    with pytest.raises(ShapeError, match="one shape of image and code"):
        forward_pass([], key="x")
