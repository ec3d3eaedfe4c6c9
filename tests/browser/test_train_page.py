"""The train page in real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from benchmarks.dashboards import dashboard, relay
from tests.browser.conftest import OpenPage

QUICK = "?dataset=digits&model=mlp&latent_size=8&epochs=20"
LONG = "?dataset=digits&model=conv&latent_size=32&layers=2&epochs=1000"  # some minutes: it is stopped

LOSS = ".st-key-loss .js-plotly-plot"
PROGRESS = ".stProgress"


def press_train(page: Page) -> None:
    page.locator(".st-key-train button").click()
    expect(page).to_have_url(re.compile("run="))


def press_stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(PROGRESS)).to_contain_text("Stopped")


def n_points(page: Page) -> int:
    """Points of the first trace of the loss chart."""
    points: int = page.eval_on_selector(LOSS, "chart => chart._fullData[0].x.length")
    return points


def wait_for_growth(page: Page, beyond: int) -> None:
    page.wait_for_function(
        "([chart, n]) => document.querySelector(chart)?._fullData?.[0].x?.length > n", arg=[LOSS, beyond]
    )


def test_training_from_click_to_finish(open_page: OpenPage) -> None:
    page = open_page(QUICK)
    expect(page.get_by_text("Press Train")).to_be_visible()
    press_train(page)
    expect(page.locator(PROGRESS)).to_contain_text("Finished: 20 of 20 epochs")
    wait_for_growth(page, 0)
    assert n_points(page) == 20 * 12
    expect(page.get_by_text("Sixteen test images after epoch 20 of 20")).to_be_visible()
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(re.compile(r"0\.0\d+"))
    expect(page.locator(".st-key-train button")).to_contain_text("Show the result")
    assert page.locator(".st-key-preview canvas").count() > 0


def test_the_chart_keeps_node_zoom_and_hidden_trace_while_a_run_grows_and_when_it_stops(
    open_page: OpenPage,
) -> None:
    page = open_page(LONG)
    press_train(page)
    wait_for_growth(page, 5)
    page.eval_on_selector(LOSS, "chart => { window.firstChart = chart }")
    page.locator(f"{LOSS} .legendtoggle").nth(1).click()  # hides the test loss
    box = page.locator(f"{LOSS} .nsewdrag").first.bounding_box()
    assert box is not None
    x, y = box["x"], box["y"]
    page.mouse.move(x + 0.2 * box["width"], y + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(x + 0.6 * box["width"], y + 0.8 * box["height"], steps=5)
    page.mouse.up()
    seen = (
        "chart => JSON.stringify([chart.layout.xaxis.range, chart.layout.yaxis.range, chart.data[1].visible])"
    )
    page.wait_for_function(
        f"chart => ({seen})(document.querySelector(chart)).includes('legendonly')", arg=LOSS
    )
    zoomed = page.eval_on_selector(LOSS, seen)
    wait_for_growth(page, n_points(page) + 20)
    assert page.eval_on_selector(LOSS, "chart => chart === window.firstChart")
    assert page.eval_on_selector(LOSS, seen) == zoomed
    press_stop(page)
    expect(page.locator(".st-key-train button")).to_contain_text("Train on from epoch")
    assert page.eval_on_selector(LOSS, "chart => chart === window.firstChart")
    assert page.eval_on_selector(LOSS, seen) == zoomed


def test_a_refresh_in_mid_run_and_a_second_window_attach_to_the_same_run(open_page: OpenPage) -> None:
    page = open_page(LONG.replace("32", "24"))
    press_train(page)
    wait_for_growth(page, 0)
    address = page.url
    page.reload()
    expect(page.locator(PROGRESS)).to_contain_text("Training")
    wait_for_growth(page, 0)
    assert page.url == address
    link = address[address.index("?") :]
    other = open_page(link)
    expect(other.locator(PROGRESS)).to_contain_text("Training")
    expect(other.locator(".st-key-train button")).to_be_disabled()
    press_stop(page)
    expect(other.locator(PROGRESS)).to_contain_text("Stopped")


def test_a_phone_shows_everything_without_scrolling_sideways(open_page: OpenPage) -> None:
    page = open_page(QUICK.replace("=8", "=9"), width=390, height=844)
    press_train(page)
    expect(page.locator(PROGRESS)).to_contain_text("Finished")
    wait_for_growth(page, 0)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390
    for target in (".st-key-train button", LOSS, ".st-key-timing .js-plotly-plot", ".st-key-preview canvas"):
        box = page.locator(target).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["width"] >= 40


def test_a_control_can_be_reached_and_moved_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("?dataset=digits&model=mlp&latent_size=16")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("latent_size=24"))
    expect(page.get_by_text("numbers for 784 pixels")).to_contain_text("24 numbers")


def test_nonsense_in_the_address_is_text_and_never_markup(open_page: OpenPage) -> None:
    page = open_page("?dataset=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&latent_size=%2A%2A1e9%2A%2A")
    expect(page.get_by_text("Ignored in the link").first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.get_by_text("Ignored in the link").nth(1)).to_contain_text("**1e9**")
    assert page.locator("img[src=x]").count() == 0


def test_the_class_finds_its_way_in_and_the_key_makes_a_teacher(open_page: OpenPage, tmp_path: Path) -> None:
    named = ("--browser.serverAddress", "lab.example", "--browser.serverPort", "8501")
    with (
        dashboard(tmp_path, *named, AUTOENC_WORKERS="1", AUTOENC_TEACHER_KEY="correct horse") as lab,
        relay(lab, "198.51.100.9") as elsewhere,
    ):
        check_address(open_page(QUICK, at=lab.address))
        page = open_page(QUICK, at=elsewhere)
        press_train(page)
        expect(page.locator(PROGRESS)).to_contain_text("Finished")
        expect(page.locator(".st-key-delete")).to_have_count(0)
        give_key(page, "wrong horse")
        expect(page.get_by_text("this is not the teacher's key")).to_be_visible()
        give_key(page, "correct horse")
        expect(page.locator(".st-key-teacher")).to_have_count(0)
        page.reload()
        page.locator(".st-key-delete button").click()
        page.locator(".st-key-delete-run button").click()
        expect(page).not_to_have_url(re.compile("run="))
        assert not list(tmp_path.glob("*.safetensors"))


def check_address(page: Page) -> None:
    button = page.locator(".st-key-address button").first
    expect(button).to_contain_text("lab.example:8501")
    button.click()
    expect(page.get_by_role("heading")).to_contain_text(["http://lab.example:8501"])
    code = page.locator("[data-testid=stPopoverBody] img").bounding_box()
    assert code is not None
    assert min(code["width"], code["height"]) > 200


def give_key(page: Page, key: str) -> None:
    field = page.get_by_label("The teacher's key")
    if not field.is_visible():
        page.locator(".st-key-teacher button").first.click()
    field.fill(key)
    field.press("Enter")
