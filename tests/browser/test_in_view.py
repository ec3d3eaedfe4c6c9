"""What is seen at 1280 x 720, the first screen of a projector, and on a phone's; and that all can read it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import HEAD, PATIENCE, OpenPage, Trained, expect_progress, expect_rest, wait_until
from tests.browser.test_train_page import FILM, LOSS, TIMING, wait_for_growth
from ui.compress.settings import VIEWS as VIEWS_OF_COMPRESSION
from ui.latent.settings import VIEWS as VIEWS_OF_CODES
from ui.registry import PAGES

WIDTH, HEIGHT = 1280, 720
# Pages, with settings that make their forms long, and the button that each is about.
FORMS = {
    "": "first",
    "train?dataset=digits": "train",
    "train?dataset=digits&model=conv&stride=1&noise=gaussian:0-0.5": "train",
    "sweep?dataset=digits": "sweep-start",
    "sweep?dataset=digits&models=mlp,conv,conv-bottleneck&latent_sizes=1,2,4,8,16,32,64,128": "sweep-start",
    "denoise?dataset=digits&noise=blur:1": "train-any",
    "colour?part=train": "train",
    "colour?part=sweep": "sweep-start",
    "colour?part=harder": "equal-start",
}
# The contrast of an element's text: of its colour over the colours behind it.
CONTRAST = """node => {
  const rgba = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return { channels: [r, g, b], a };
  };
  const over = (above, below) => below.map((v, i) => above.a * above.channels[i] + (1 - above.a) * v);
  const luminance = (channels) => {
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = channels.map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const around = [];
  for (let one = node; one; one = one.parentElement) around.push(getComputedStyle(one));
  const white = [255, 255, 255];
  const paper = around.reduceRight((below, style) => over(rgba(style.backgroundColor), below), white);
  const ink = rgba(around[0].color);
  ink.a *= around.reduce((product, style) => product * style.opacity, 1);
  const [dark, light] = [luminance(over(ink, paper)), luminance(paper)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}"""


def box_of(page: Page, place: str) -> dict[str, Any]:
    box = page.locator(place).first.bounding_box()
    assert box is not None, place
    return dict(box)


def bottom_of(page: Page, place: str) -> float:
    box = box_of(page, place)
    return float(box["y"] + box["height"])


@pytest.mark.parametrize("link", FORMS)
def test_the_primary_button_is_in_view_without_scrolling_and_nothing_lies_on_it(
    open_page: OpenPage, trained: Trained, link: str
) -> None:
    trained()
    page = open_page(link, width=WIDTH, height=HEIGHT)
    place = f".st-key-{FORMS[link]} button"
    expect(page.locator(place).first).to_be_visible()
    expect(page.locator(place).first).to_have_attribute("kind", "primary")
    box = box_of(page, place)
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= HEIGHT
    uppermost = "([x, y]) => document.elementFromPoint(x, y)?.closest('button')?.getAttribute('kind')"
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert page.evaluate(uppermost, middle) == "primary"


@pytest.mark.parametrize("width", [800, 1024, WIDTH, 1600])
def test_every_page_is_named_or_folded_into_a_menu_and_the_switch_lies_on_none(
    open_page: OpenPage, width: int
) -> None:
    page = open_page("runs", width=width, height=HEIGHT)
    expect(page.locator(".st-key-presenter")).to_be_visible()
    nav = "[data-testid=stTopNav]"
    seen = """[...node.querySelectorAll("[data-testid=stTopNavLink], [data-testid=stTopNavSection]")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))"""
    is_whole = f"{seen}.length === {len(PAGES)} || {seen}.at(-1)?.innerText.includes('more')"
    wait_until(page, nav, is_whole)
    right = f"node => Math.max(...{seen}.map((one) => one.getBoundingClientRect().right))"
    assert page.locator(nav).evaluate(right) <= box_of(page, ".st-key-presenter")["x"]


CONTROLS = ("dataset", "model", "latent_size", "layers", "stride", "epochs", "train_images")
FOOT = ".st-key-go"


def test_a_code_larger_than_the_image_is_told_in_view_and_no_setting_is_covered(open_page: OpenPage) -> None:
    link = "train?dataset=digits&model=conv&latent_size=16&stride=1"
    page = open_page(link, width=WIDTH, height=HEIGHT)
    expect(page.locator(FOOT).get_by_text("16 times larger")).to_be_in_viewport(ratio=1)
    assert bottom_of(page, ".st-key-train button") <= HEIGHT
    foot = box_of(page, FOOT)["y"]
    assert [key for key in CONTROLS if bottom_of(page, f".st-key-{key}") > foot] == []


def test_a_setting_that_gets_the_focus_is_not_left_under_the_button(open_page: OpenPage) -> None:
    page = open_page("train?dataset=digits&epochs=10&decay_epochs=5", width=WIDTH, height=HEIGHT)
    page.locator(".st-key-settings summary").click()
    expect(page.locator(".st-key-seed input").first).to_be_visible()
    for key in ("batch_size", "learning_rate", "decay_epochs", "noise_kind", "seed"):
        expect_rest(page)
        page.locator(".st-key-seed").element_handle().wait_for_element_state("stable")  # all is unfolded
        page.locator(f".st-key-{key} input").first.focus()
        above = (
            "node.getBoundingClientRect().bottom <= document.querySelector(given).getBoundingClientRect().top"
        )
        wait_until(page, f".st-key-{key}", above, FOOT)
        assert bottom_of(page, ".st-key-train button") <= HEIGHT


def test_no_other_page_has_a_primary_button_out_of_view(open_page: OpenPage, trained: Trained) -> None:
    run = trained()
    tabs = {"compress": VIEWS_OF_COMPRESSION, "latent": VIEWS_OF_CODES}
    opened = [f"{page}?run={run.run_id}&view={view}" for page, views in tabs.items() for view in views]
    for link in ("picture", f"runs?runs={run.run_id}", "denoise?dataset=digits", *opened):
        page = open_page(link, width=WIDTH, height=HEIGHT)
        for button in page.locator("button[kind=primary]:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= HEIGHT, link


def test_the_film_and_the_top_of_the_loss_chart_are_in_the_first_screen(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}", width=WIDTH, height=HEIGHT)
    wait_for_growth(page, 0)
    assert bottom_of(page, f"{FILM} input[type=range]") < HEIGHT
    assert box_of(page, LOSS)["y"] < HEIGHT - 60
    assert box_of(page, LOSS)["width"] > 800


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("bars", ".st-key-hand-latent .drawn canvas"),
        ("bars", ".st-key-hand-latent .bar input"),
        ("morph", ".st-key-morph-walk input[type=range]"),
        ("arithmetic", ".st-key-sum-guess button >> nth=-1"),
        ("samples", ".st-key-draw-again button"),
    ],
)
def test_what_a_hand_moves_of_a_code_is_in_the_first_screen(
    open_page: OpenPage, trained: Trained, view: str, shown: str
) -> None:
    page = open_page(f"latent?run={trained().run_id}&view={view}", width=WIDTH, height=HEIGHT)
    expect(page.locator(shown).first).to_be_visible()
    assert bottom_of(page, shown) <= HEIGHT


def test_most_of_the_map_of_codes_is_in_the_first_screen(open_page: OpenPage, trained: Trained) -> None:
    page = open_page(f"latent?run={trained().run_id}&view=map", width=WIDTH, height=HEIGHT)
    plane = ".st-key-code-map .plane"
    expect(page.locator(plane).first).to_be_visible()
    box = box_of(page, plane)
    assert HEIGHT - box["y"] > box["height"] / 2


@pytest.mark.parametrize(
    ("view", "shown"),
    [("step", ".st-key-code-scene input[type=range]"), ("rates", ".st-key-rates-chart .live-plot")],
)
def test_what_a_model_is_compressed_for_is_in_the_first_screen(
    open_page: OpenPage, trained: Trained, view: str, shown: str
) -> None:
    page = open_page(f"compress?run={trained().run_id}&view={view}", width=WIDTH, height=HEIGHT)
    expect(page.locator(shown).first).to_be_visible()
    assert box_of(page, shown)["y"] < HEIGHT - 300


def test_the_chart_of_times_takes_the_place_of_the_loss_where_it_is_asked_for(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}", width=WIDTH, height=HEIGHT)
    expect(page.locator(LOSS).first).to_be_visible()
    expect(page.locator(TIMING)).to_have_count(0)
    page.locator(".st-key-run_chart").get_by_text("Time per epoch").click()
    expect(page.locator(TIMING).first).to_be_visible()
    expect(page.locator(LOSS)).to_have_count(0)
    assert "chart=time" in page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lessons_asides_and_primary_buttons_have_contrast_and_lessons_are_large(
    browser: Browser, address: str, trained: Trained, theme: Any
) -> None:
    run = trained()
    page = browser.new_page(color_scheme=theme, viewport={"width": WIDTH, "height": HEIGHT})
    try:
        page.set_default_timeout(PATIENCE)
        seen = set[str]()
        compress, latent = f"compress?run={run.run_id}", f"latent?run={run.run_id}&view=map"
        for link in (f"train?run={run.run_id}&view=errors", "sweep", "colour?part=harder", compress, latent):
            page.goto(f"{address}/{link}")
            expect(page.locator(HEAD).first).to_be_visible()
            expect_rest(page)
            expect(page.locator("[class*=st-key-lesson] p").first).to_be_visible()
            for kind, place in {
                "lesson": "[class*=st-key-lesson] p",
                "aside": "[data-testid=stCaptionContainer] p",
                "button": "button[kind=primary]:enabled p",
                "choice": ".stMultiSelect [data-tag] > span",
            }.items():
                for element in page.locator(f"{place}:visible").all():
                    seen.add(kind)
                    assert element.evaluate(CONTRAST) >= 4.5, (link, kind, element.inner_text())
                    size = element.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
                    assert kind != "lesson" or size >= 17
        assert seen == {"lesson", "aside", "button", "choice"}
    finally:
        page.close()


OVERLAPS = """chart => {
  const labels = (axis) => [...chart.querySelectorAll(`.${axis}tick text`)];
  const boxes = (axis) => labels(axis).map((label) => label.getBoundingClientRect());
  const pairs = (all) => all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b]));
  const meet = ([a, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return ["x", "y"].map((axis) => [boxes(axis).length, pairs(boxes(axis)).filter(meet).length]);
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_labels_of_logarithmic_axes_do_not_overlap(open_page: OpenPage, trained: Trained, width: int) -> None:
    for size in (1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 512, 1024):
        trained(latent_size=size, epochs=1)
    sizes = "1,2,3,4,6,8,12,16,32,64,512,1024"
    page = open_page(f"sweep?dataset=digits&models=mlp&latent_sizes={sizes}&epochs=1&train_images=512")
    page.locator(".st-key-sweep-start button").click()
    expect_progress(page, "12 of 12 done")
    page.set_viewport_size({"width": width, "height": 844})
    for key in ("by-size", "time", "frontier", "ratio"):
        chart = page.locator(f".st-key-sweep-{key} .js-plotly-plot").first
        wait_until(page, f".st-key-sweep-{key} .js-plotly-plot", "node.clientWidth < given", width)
        expect(chart.locator(".xtick text").first).to_be_attached()
        # Labels are thinned a moment after the axis has its width.
        legible = f"({OVERLAPS})(node).every(([n, overlapping]) => n > 1 && !overlapping)"
        wait_until(page, f".st-key-sweep-{key} .js-plotly-plot", legible)


def test_a_phone_has_a_low_header_that_names_the_page(open_page: OpenPage) -> None:
    for link, title in (
        ("train", "Train"),
        ("compress", "Compress"),
        ("latent", "Latent"),
        ("picture", "Your picture"),
        ("", "Start"),
    ):
        page = open_page(link, phone=True)
        name = page.locator(".st-key-name")
        expect(name).to_have_text(title)
        assert bottom_of(page, ".st-key-head") <= 90
        header = page.locator("[data-testid=stHeader]").bounding_box()
        assert header is not None
        assert header["height"] <= 90
        for place in (".st-key-name", HEAD):
            assert box_of(page, place)["x"] + box_of(page, place)["width"] <= 390
