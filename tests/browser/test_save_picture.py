"""What a reader saves as PNG: the file against what is on the screen, in real Chromium, in the dark theme."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from autoenc.plots import COLOUR
from benchmarks.dashboards import stripping
from tests.browser import gallery
from tests.browser.conftest import PHONE, saved_picture
from tests.browser.showing import showing
from ui.components import inline
from ui.components.save_picture import PngText

FILM, CHART, CHOICE, PASS = ".st-key-film", ".st-key-saved", ".st-key-choice", ".st-key-maps"
BUTTON = ".save-picture"
EDGE = 2 * 20 - 6  # pixels of the file that stay white all around; rings may reach a little into the edge


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with showing(gallery, tmp_path_factory.mktemp("gallery")) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Everything on it is in view; at the end it may not have met a script error."""
    context = browser.new_context(viewport={"width": 1280, "height": 2900}, color_scheme="dark")
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    opened(page, address)
    yield page
    context.close()
    assert errors == []


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(f"{CHART} .xtick").first).to_be_visible()
    for place in (FILM, CHOICE, PASS):
        expect(page.locator(f"{place} canvas").first).to_be_visible()


def saved(page: Page, place: str) -> tuple[str, np.ndarray]:
    return saved_picture(page, f"{place} {BUTTON}")


def tile(png: np.ndarray, x: float, y: float, side: float) -> np.ndarray:
    """The levels of an image of SIZE x SIZE pixels that is drawn there: the middle of each of its pixels."""
    at = (np.arange(gallery.SIZE) + 0.5) * side / gallery.SIZE
    return png[(y + at).astype(int)[:, None], (x + at).astype(int)[None]]


def place_of(png: np.ndarray, image: np.ndarray, x: float, side: float) -> int | None:
    """Where from above an image first stands in this column; None: nowhere."""
    return next(iter(places_of(png, image, x, side)), None)


def places_of(png: np.ndarray, image: np.ndarray, x: float, side: float) -> list[int]:
    """All places of an image (1 or 3, H, W)."""
    wanted = np.broadcast_to(image.transpose(1, 2, 0), (*image.shape[1:], 3))
    rows = range(len(png) - int(side) - 1)
    return [y for y in rows if np.array_equal(tile(png, x, y, side), wanted)]


def columns(page: Page, place: str) -> list[tuple[float, float]]:
    """Of the images in the first strip: pixels of the file from the left, and their side."""
    boxes: list[list[float]] = page.locator(f"{place} .strip").first.evaluate(
        "strip => [strip.parentNode, ...strip.children].map((node) => node.getBoundingClientRect())"
        ".map(({ left, width }, _, [group]) => [left - group.left, width]).slice(1)"
    )
    return [(2 * (20 + 2 + left), 2 * width) for left, width in boxes]


def white_edge(png: np.ndarray) -> bool:
    sides = (png[:EDGE], png[-EDGE:], png[:, :EDGE], png[:, -EDGE:])
    return all(bool((side == 255).all()) for side in sides)


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("frame", [0, 4])
def test_the_rows_of_a_film_are_saved_at_the_frame_that_is_shown(page: Page, frame: int) -> None:
    page.locator(f"{FILM} input").focus()
    page.keyboard.press("Home")
    for _ in range(frame):
        page.keyboard.press("ArrowRight")
    expect(page.locator(f"{FILM} .mark")).to_contain_text(f"epoch {gallery.epochs(5)[frame]}:")
    name, png = saved(page, FILM)
    assert name == f"{gallery.RUN_ID}-film.png"
    x = gallery.discs(gallery.N_IMAGES)
    x_hat = gallery.film(x, gallery.N_FRAMES)[frame]
    for i, (left, side) in enumerate(columns(page, FILM)):
        above, below = (place_of(png, images[i], left, side) for images in (x, x_hat))
        assert above is not None, f"original {i}"
        assert below is not None, f"reconstruction {i}"
        assert above < below
    assert white_edge(png)


def test_the_label_of_the_frame_is_a_line_above_the_pictures(page: Page) -> None:
    tops = []
    for place, images in ((FILM, gallery.discs(gallery.N_IMAGES)), (CHOICE, gallery.discs(20, 3))):
        tops.append(place_of(saved(page, place)[1], images[0], *columns(page, place)[0]))
    assert None not in tops
    assert tops[0] - tops[1] == pytest.approx(2 * 21, abs=2)  # both have a line of title and one of settings


def test_what_is_below_each_image_is_saved_too(page: Page) -> None:
    name, png = saved(page, CHOICE)
    assert name == f"{gallery.RUN_ID}-choice.png"
    left, side = columns(page, CHOICE)[0]
    reconstruction = places_of(png, gallery.discs(20, 3)[0], left, side)[-1]  # it equals the original here
    above = int(reconstruction + side + 4)
    note = png[above : above + 60, int(left) : int(left + side)]
    assert 0.02 < (note.max(axis=2) < 128).mean() < 0.5
    assert white_edge(png)


def test_a_forward_pass_is_saved_with_its_words_and_its_shapes_dark_on_white(page: Page) -> None:
    style = page.locator(f"{PASS} .way").get_attribute("style")
    _, png = saved(page, PASS)
    part = page.locator(f"{PASS} .way").bounding_box()
    assert part is not None
    assert png.shape[1] == pytest.approx(2 * (part["width"] + 44), abs=4)
    below = png[-260:-110]  # names and numbers below the images
    assert 0.005 < (below.max(axis=2) < 90).mean() < 0.2
    assert (png == 255).all(axis=2).mean() > 0.3
    assert white_edge(png)
    assert page.locator(f"{PASS} .way").get_attribute("style") == style  # its own colours again


# ---------------------------------------------------------------- charts

HIDDEN = f"document.querySelector('{CHART} .live-plot').data[0].visible === 'legendonly'"


def test_a_chart_is_saved_as_it_is_seen_with_its_zoom_and_without_hidden_lines(page: Page) -> None:
    chart = page.locator(f"{CHART} .live-plot")
    name, whole = saved(page, CHART)
    assert name == f"{gallery.RUN_ID}-chart.png"
    box = chart.bounding_box()
    assert box is not None
    assert whole.shape[1] == pytest.approx(2 * (box["width"] + 40), abs=2)
    assert white_edge(whole)
    title, settings = whole[40:96], whole[96:138]
    assert all((line.max(axis=2) < 90).any() for line in (title, settings))
    zoom(page)
    _, zoomed = saved(page, CHART)
    assert zoomed.shape == whole.shape
    assert n_coloured(zoomed) != n_coloured(whole)
    page.locator(f"{CHART} .legendtoggle").first.click()
    page.wait_for_function(HIDDEN)
    assert n_coloured(saved(page, CHART)[1]) < 0.1 * n_coloured(zoomed)
    page.locator(f"{CHART} .legendtoggle").first.click()
    page.wait_for_function(f"!({HIDDEN})")


def zoom(page: Page) -> None:
    box = page.locator(f"{CHART} .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 20, steps=3)
    page.mouse.up()
    page.wait_for_function(f"document.querySelector('{CHART} .live-plot').layout.xaxis.range[0] > 900")


def n_coloured(png: np.ndarray) -> int:
    """How many pixels have the colour of the line."""
    line = [int(COLOUR["test"][at : at + 2], 16) for at in (1, 3, 5)]
    return int((np.abs(png.astype(int) - line).max(axis=2) < 12).sum())


# ---------------------------------------------------------------- how it is reached


def opacity(button: Locator) -> float:
    return float(button.evaluate("button => getComputedStyle(button).opacity"))


def test_the_button_is_seen_under_the_pointer_and_under_the_keyboard_alone(page: Page) -> None:
    button = page.locator(f"{CHART} {BUTTON}")
    page.mouse.move(2, 2)
    expect(button).to_have_css("opacity", "0")
    page.locator(f"{CHART} .live-plot").hover()
    expect(button).to_have_css("opacity", "0.7")
    page.mouse.move(2, 2)
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(button).to_have_css("opacity", "1")
    with page.expect_download():
        page.keyboard.press("Enter")
    expect(button).to_be_focused()


def test_on_a_phone_the_button_is_seen_covers_no_image_and_long_words_are_wrapped(
    browser: Browser, address: str
) -> None:
    with closing(browser.new_context(**PHONE)) as context:
        page = context.new_page()
        opened(page, address)
        for place in (FILM, CHOICE, CHART, PASS):
            assert opacity(page.locator(f"{place} {BUTTON}")) > 0.5
            _, png = saved(page, place)
            assert white_edge(png), place
            assert png.shape[1] <= 2 * (400 + 40)
        button = page.locator(f"{CHOICE} {BUTTON}").bounding_box()
        images = page.locator(f"{CHOICE} .group").last.bounding_box()
        assert button is not None
        assert images is not None
        assert min(button["width"], button["height"]) >= 40
        assert button["y"] >= images["y"] + images["height"]


def test_behind_a_proxy_a_picture_is_saved_too(browser: Browser, address: str) -> None:
    port = int(address.rpartition(":")[2])
    with stripping(port, "/proxy/8501") as proxied, closing(browser.new_context()) as context:
        page = context.new_page()
        opened(page, proxied)
        for place in (FILM, CHART):
            assert white_edge(saved(page, place)[1])


# ---------------------------------------------------------------- without a server

BOX = """({ width, height, words }) => {
  window.urls = [], window.sheets = [];
  const [make, let_go, draw] = [URL.createObjectURL, URL.revokeObjectURL, HTMLCanvasElement.prototype.toBlob];
  URL.createObjectURL = (blob) => (urls.push(make.call(URL, blob)), urls.at(-1));
  URL.revokeObjectURL = (url) => (urls.splice(urls.indexOf(url), 1), let_go.call(URL, url));
  HTMLCanvasElement.prototype.toBlob = function (give) {
    sheets.push(this);
    draw.call(this, give);
  };
  const [box, part] = [0, 1].map(() => document.createElement("div"));
  const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  Object.assign(canvas.style, { display: "block", width: `${width}px`, height: `${height}px` });
  part.append(canvas, Object.assign(document.createElement("div"), { textContent: words }));
  document.body.append(box);
  box.append(part);
  const text = { title: "A title", settings: "settings", footer: "x".repeat(300), name: "the name: of it" };
  addSaveButton(box, text.title, () => asPicture(part, text, []));
}"""


def boxed(page: Page, width: int, height: int, words: str = "") -> None:
    page.add_script_tag(content=inline("save_picture.js"))
    page.evaluate(BOX, {"width": width, "height": height, "words": words})


def test_what_is_too_large_for_a_file_is_told_in_a_sentence_that_goes_with_the_next_try(
    browser: Browser,
) -> None:
    with closing(browser.new_page()) as page:
        boxed(page, 9000, 60)
        page.locator(BUTTON).click()
        expect(page.get_by_role("alert")).to_have_text(
            "This picture is too large for a file: make the window narrower, or show less of it."
        )
        page.locator("canvas").evaluate("canvas => (canvas.style.width = '60px')")
        name, png = saved(page, "body")
        expect(page.get_by_role("alert")).to_have_count(0)
        assert name == "the-name-of-it.png"
        assert png.shape[1] == 2 * (400 + 40)  # room for the words; a name of 300 letters is broken
        assert white_edge(png)


def test_a_browser_that_makes_no_file_says_so(browser: Browser) -> None:
    with closing(browser.new_page()) as page:
        boxed(page, 60, 60)
        page.evaluate("void (HTMLCanvasElement.prototype.toBlob = (give) => give(null))")
        page.locator(BUTTON).click()
        expect(page.get_by_role("alert")).to_contain_text("too large for a file")


def test_what_was_saved_leaves_the_memory(browser: Browser) -> None:
    with closing(browser.new_page()) as page:
        page.clock.install()
        boxed(page, 60, 60, "words")
        saved(page, "body")
        assert page.evaluate("sheets.map(({ width, height }) => width * height)") == [0]
        assert page.evaluate("urls.length") == 1, "the browser is still at it"
        page.clock.run_for(60_000)
        assert page.evaluate("urls.length") == 0


def test_a_file_is_named_for_its_run_and_says_how_many_more_it_shows() -> None:
    assert PngText("", "", ("a",), "loss").name == "a-loss"
    assert PngText("", "", ("a", "b", "c"), "loss").name == "a-and-2-more-loss"
