"""The page Train in real Chromium."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from time import monotonic
from xml.etree import ElementTree

import numpy as np
import onnxruntime
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from autoenc import export, film
from benchmarks.dashboards import dashboard, relay
from tests.browser.conftest import (
    PATIENCE,
    OpenPage,
    Trained,
    download,
    expect_progress,
    is_too_wide,
    picture,
    saved_picture,
    wait_for_another,
    wait_until,
)

QUICK = "train?dataset=digits&model=mlp&latent_size=8&epochs=20"
LONG = "train?dataset=digits&model=conv&latent_size=32&layers=2&epochs=1000"  # some minutes: it is stopped

LOSS = ".st-key-loss .js-plotly-plot"
TIMING = ".st-key-timing .js-plotly-plot"
FILM = ".st-key-preview"
FRAME = f"{FILM} input[type=range]"
MARK = f"{FILM} .mark"
MARKER = ".st-key-loss .live-plot-marker"
LARGE = ".st-key-large"


def press_train(page: Page) -> None:
    before = page.url
    page.locator(".st-key-train button").click()
    expect(page).not_to_have_url(before)  # it shows another run


def press_train_and_see_it_begin(page: Page) -> None:
    if page.locator(
        ".st-key-train button"
    ).is_enabled():  # else it is at work since the first try of this test
        press_train(page)
    expect_progress(page, "Training")
    wait_for_growth(page, 0)


def press_stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()
    expect_progress(page, "Stopped")


def n_points(page: Page) -> int:
    """Points of the first trace of the loss chart."""
    points: int = page.locator(LOSS).first.evaluate("chart => chart._fullData[0].x.length")
    return points


def wait_for_growth(page: Page, beyond: int) -> None:
    page.wait_for_function(
        "([chart, n]) => document.querySelector(chart)?._fullData?.[0].x?.length > n", arg=[LOSS, beyond]
    )


# ---------------------------------------------------------------- a run under way


def test_training_from_click_to_finish(open_page: OpenPage) -> None:
    page = open_page(QUICK)
    if page.get_by_text("Show the result").count() == 0:  # else this is the second try
        press_train(page)
    expect_progress(page, "Finished: 20 of 20 epochs")
    wait_for_growth(page, 20 * 12 - 1)
    assert n_points(page) == 20 * 12
    expect(page.locator(MARK)).to_contain_text("after epoch 20 of 20")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(re.compile(r"0\.0\d+"))
    expect(page.locator(".st-key-train button")).to_contain_text("Show the result")


def test_the_chart_keeps_node_zoom_and_hidden_trace_while_a_run_grows_and_when_it_stops(
    open_page: OpenPage,
) -> None:
    page = open_page(LONG, height=1200)
    press_train_and_see_it_begin(page)
    wait_for_growth(page, 5)
    page.locator(LOSS).first.evaluate("chart => { window.firstChart = chart }")
    page.locator(f"{LOSS} .legendtoggle").nth(1).click()  # hides the test loss
    page.wait_for_function(
        "chart => document.querySelector(chart)?.data[1].visible === 'legendonly'", arg=LOSS
    )
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
    page.wait_for_function("chart => document.querySelector(chart)?.layout.xaxis.range[0] > 0", arg=LOSS)
    zoomed = page.locator(LOSS).first.evaluate(seen)
    wait_for_growth(page, n_points(page) + 20)
    assert page.locator(LOSS).first.evaluate("chart => chart === window.firstChart")
    assert page.locator(LOSS).first.evaluate(seen) == zoomed
    press_stop(page)
    expect(page.locator(".st-key-train button")).to_contain_text("Resume from epoch")
    assert page.locator(LOSS).first.evaluate("chart => chart === window.firstChart")
    assert page.locator(LOSS).first.evaluate(seen) == zoomed


def test_a_refresh_in_mid_run_and_a_second_window_attach_to_the_same_run(open_page: OpenPage) -> None:
    page = open_page(LONG.replace("32", "24"))
    press_train_and_see_it_begin(page)
    expect(page).to_have_url(re.compile("[?&]run=digits-conv-k24-"))
    address = page.url
    page.reload()
    expect_progress(page, "Training")
    wait_for_growth(page, 0)
    assert page.url == address
    other = open_page(address[address.index("train?") :])
    expect_progress(other, "Training")
    expect(other.locator(".st-key-train button")).to_be_disabled()
    press_stop(page)
    expect_progress(other, "Stopped")
    other.locator(".st-key-train button").click()
    expect_progress(page, "Training")  # at rest, and nobody has touched it
    press_stop(other)


def test_the_first_steps_are_shown_while_they_are_taken_and_in_the_film_of_a_stopped_run(
    open_page: OpenPage,
) -> None:
    page = open_page(f"{LONG}&batch_size=2", height=1200)  # hundreds of steps an epoch
    press_train_and_see_it_begin(page)
    expect(page.locator(MARK)).to_have_text(re.compile(r"after [\d,]+ steps?: [\d.]+ dB"))
    press_stop(page)
    wait_until(page, FRAME, "Number(node.max) > 2 && !node.disabled")  # the whole film has come
    for key, moment in (("Home", "untrained"), ("ArrowRight", "after 1 step:"), ("ArrowRight", "after 2 ")):
        page.locator(FRAME).press(key)
        expect(page.locator(MARK)).to_contain_text(moment)


# ---------------------------------------------------------------- a finished run


def test_the_film_the_pictures_and_the_marker_on_the_loss_curve_move_together(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}", height=1200)
    wait_for_growth(page, 0)
    expect(page.locator(MARK)).to_contain_text("after epoch 12 of 12")
    reconstruction = f"{FILM} [aria-label^=Reconstruction] canvas"
    last = picture(page, reconstruction)
    page.locator(FRAME).press("Home")
    expect(page.locator(MARK)).to_contain_text("untrained")
    wait_for_another(page, reconstruction, last)
    at_the_beginning = middle(page.locator(MARKER))
    for moment in ("after 1 step:", "after 2 steps:", "after epoch 1 of 12:"):  # of 4 steps
        page.locator(FRAME).press("ArrowRight")
        expect(page.locator(MARK)).to_contain_text(moment)
    assert middle(page.locator(MARKER)) > at_the_beginning + 5
    x, y = place_of_test_loss(page, epoch=5)
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    expect(page.locator(MARK)).to_contain_text("after epoch 5 of 12")
    assert middle(page.locator(MARKER)) == pytest.approx(x, abs=2)
    expect(page).to_have_url(re.compile("epoch=5"))  # where it rests
    other = open_page(page.url.partition("/lab/")[2], height=1200)
    expect(other.locator(MARK)).to_contain_text("after epoch 5 of 12")
    for _ in range(5):
        page.locator(FRAME).press("ArrowLeft")
    expect(page.locator(MARK)).to_contain_text("after 5 steps:")
    expect(page).to_have_url(re.compile("step=5"))
    assert "epoch=" not in page.url
    other = open_page(page.url.partition("/lab/")[2], height=1200)
    expect(other.locator(MARK)).to_contain_text("after 5 steps:")
    page.locator(FILM).get_by_role("button", name="Play").click()
    expect(page.locator(MARK)).to_contain_text("after epoch 12 of 12")
    expect(page.locator(FILM).get_by_role("button", name="Play")).to_be_visible()
    expect(page).not_to_have_url(re.compile("epoch=|step="))  # its end need not be said


def middle(marker: Locator) -> float:
    """Where it stands on the page, in pixels from the left."""
    expect(marker).to_be_visible()
    box = marker.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2


def place_of_test_loss(page: Page, epoch: int) -> tuple[float, float]:
    """Where its point is on the page."""
    x, y = page.locator(LOSS).first.evaluate(
        """(chart, epoch) => {
          const { xaxis, yaxis } = chart._fullLayout, test = chart._fullData[1];
          const i = Array.from(test.customdata).findIndex((other) => +other === epoch);
          const { x, y } = chart.getBoundingClientRect();
          return [x + xaxis._offset + xaxis.d2p(test.x[i]), y + yaxis._offset + yaxis.d2p(test.y[i])];
        }""",
        epoch,
    )
    return x, y


def test_of_the_worst_images_one_is_chosen_by_mouse_or_keyboard_and_told_in_words(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}", height=1200)
    open_view(page, "Every image")
    page.locator(".st-key-order").get_by_text("worst first").click()
    expect(page.locator(f"{LARGE} .sentences")).to_contain_text("dB")
    worst_first(page.locator(".st-key-gallery .note"))
    choices = page.locator(".st-key-gallery .choice")
    choices.nth(3).click()
    expect_large(page, choices.nth(3))
    choices.nth(3).press("ArrowRight")
    choices.nth(4).press("Enter")
    expect_large(page, choices.nth(4))


def worst_first(notes: Locator) -> None:
    """Until the decibels in them grow."""
    rising, deadline = False, monotonic() + PATIENCE / 1000
    while not rising:
        assert monotonic() < deadline
        shown = [float(db) for note in notes.all_inner_texts() for db in re.findall(r"([\d.]+) dB", note)]
        rising = bool(shown) and shown == sorted(shown)


def expect_large(page: Page, choice: Locator) -> None:
    """That the chosen image is shown large, with what was said of it."""
    title = choice.get_attribute("title")
    assert title is not None
    (sentence,) = (line for line in title.splitlines() if " dB: " in line)  # others say what is read
    expect(page.locator(f"{LARGE} .sentences")).to_contain_text(sentence)


def open_view(page: Page, title: str) -> None:
    page.get_by_role("tab", name=title).click()
    expect(page.get_by_role("tab", name=title)).to_have_attribute("aria-selected", "true")


SHOWS = {  # what is to be seen in each view
    "Every image": ".st-key-large canvas",
    "Recognised": ".st-key-train-recogniser-run button, .st-key-confusion .js-plotly-plot",
    "Errors by class": ".st-key-class-errors .js-plotly-plot",
    "What it learnt": ".st-key-responses canvas, .st-key-features canvas",
    "The model": ".st-key-drawing img",
    "Export": ".st-key-export-timing .js-plotly-plot",
    "Epoch by epoch": LOSS,
}


@pytest.mark.parametrize(("width", "model"), [(1280, "mlp"), (390, "conv")])
def test_every_view_fits_and_the_address_opens_it_again(
    open_page: OpenPage, trained: Trained, width: int, model: str
) -> None:
    page = open_page(f"train?run={trained(model=model).run_id}", width=width, height=844)
    for title, shown in SHOWS.items():
        open_view(page, title)
        expect(page.locator(shown).first).to_be_visible()
        assert not is_too_wide(page), title
        if title == "The model":
            expect(page).to_have_url(re.compile("view=model"))
            address = page.url
    expect(page).not_to_have_url(re.compile("view="))
    page.goto(address)
    expect(page.locator(SHOWS["The model"]).first).to_be_visible()


def test_a_phone_shows_all_of_a_run_large_enough(open_page: OpenPage, trained: Trained) -> None:
    page = open_page(f"train?run={trained().run_id}", width=390, height=844)
    wait_for_growth(page, 0)
    assert not is_too_wide(page)
    page.locator(".st-key-unfolded label").click()
    for target in (".st-key-train button", LOSS, f"{FILM} canvas"):
        box = page.locator(target).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["width"] >= 40


def test_exported_files_hold_the_run(
    open_page: OpenPage, trained: Trained, checkpoint_folder: Path, tmp_path: Path
) -> None:
    run = trained()
    page = open_page(f"train?run={run.run_id}&view=export")
    assert download(page, "History by epoch (CSV)") == export.history_csv(run).encode()
    assert download(page, "Checkpoint") == (checkpoint_folder / f"{run.run_id}.safetensors").read_bytes()
    with zipfile.ZipFile(io.BytesIO(download(page, "TensorBoard folder (ZIP)"))) as archive:
        assert archive.testzip() is None
        assert any("tfevents" in name for name in archive.namelist())
    with zipfile.ZipFile(io.BytesIO(download(page, "ONNX (ZIP)"))) as archive:
        assert archive.testzip() is None
        onnx = {Path(name).name: archive.read(name) for name in archive.namelist()}
    assert onnx.keys() == {"encoder.onnx", "decoder.onnx", "model.onnx"}
    session = onnxruntime.InferenceSession(onnx["model.onnx"])
    x = np.frombuffer(run.x.data, np.uint8).reshape(run.x.shape)
    (x_hat,) = session.run(["x_hat"], {"x": x.astype(np.float32) / 255})
    last = np.frombuffer(run.previews[-1].x_hat.data, np.uint8).reshape(run.x.shape)
    assert np.abs(x_hat * 255 - last).max() < 0.51, "the pictures on the page, before they were rounded"
    assert download(page, "Film (GIF)") == film.animation(run, "GIF")
    assert download(page, "Film (WebP)") == film.animation(run, "WebP")
    assert download(page, "Reconstructions (PNG)") == film.still(run)
    png, svg = download(page, "Save as PNG"), download(page, "Save as SVG")
    assert Image.open(io.BytesIO(png)).size == (1200, 700)
    assert ElementTree.fromstring(svg).get("width") == "1200"
    open_view(page, "Epoch by epoch")
    name, pixels = saved_picture(page, f"{FILM} .save-picture")
    assert name == f"{run.run_id}-reconstructions.png"
    assert pixels[:20].min() == 255
    assert pixels.min() == 0, "the ground of the digits"


def test_presenting_hides_the_controls_enlarges_the_pictures_and_keeps_the_link(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}")
    wait_for_growth(page, 0)
    expect(page).to_have_url(re.compile("model=mlp"))  # the address says all of the form
    address, before = page.url, width_of(page, f"{FILM} canvas")
    presenter = page.locator(".st-key-presenter label").first
    presenter.click()
    expect(page.locator(".st-key-settings")).to_be_hidden()
    wait_until(page, f"{FILM} canvas", "node.getBoundingClientRect().width > 1.5 * given", before)
    expect(page).to_have_url(f"{address}&presenter=True")
    presenter.click()
    expect(page.locator(".st-key-settings")).to_be_visible()
    wait_until(page, f"{FILM} canvas", "node.getBoundingClientRect().width === given", before)
    expect(page).to_have_url(address)


def width_of(page: Page, place: str) -> float:
    box = page.locator(place).first.bounding_box()
    assert box is not None
    return box["width"]


def test_who_asked_for_no_run_keeps_the_one_on_the_screen_when_a_newer_one_appears(
    open_page: OpenPage, trained: Trained
) -> None:
    trained(latent_size=19, epochs=1)  # too short to be shown before the example
    page = open_page("train")
    expect_progress(page, "Finished: 100 of 100 epochs")
    trained(latent_size=32, epochs=101)
    page.locator(".st-key-layers").get_by_text("3", exact=True).click()
    expect(page).to_have_url(re.compile("layers=3"))
    expect_progress(page, "Finished: 100 of 100 epochs")


# ---------------------------------------------------------------- the address


def test_a_control_can_be_reached_and_moved_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("train?dataset=digits&model=mlp&latent_size=16")
    page.get_by_role("slider", name="Latent size").focus()  # the film's may be there before it
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("latent_size=24"))
    expect(page.get_by_text("numbers for 784 pixels")).to_contain_text("24 numbers")


def test_links_of_the_time_before_there_were_pages_open_train(open_page: OpenPage, trained: Trained) -> None:
    run_id = trained().run_id
    page = open_page(f"?run={run_id}")
    expect(page).to_have_url(re.compile(f"/lab/train.*run={run_id}"))
    expect_progress(page, "Finished")
    page = open_page("?dataset=digits&latent_size=3")
    expect(page).to_have_url(re.compile("/lab/train.*latent_size=3"))
    expect(page.get_by_text("numbers for 784 pixels")).to_contain_text("3 numbers")


def test_nonsense_in_the_address_is_text_and_never_markup(open_page: OpenPage) -> None:
    page = open_page(
        "train?dataset=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&latent_size=%2A%2A1e9%2A%2A&view=zzz"
    )
    ignored = page.get_by_text("Ignored in the link")
    expect(ignored.first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(ignored.nth(1)).to_contain_text("**1e9**")
    expect(ignored.nth(2)).to_contain_text("view is 'zzz'; known: epochs,")
    assert page.locator("img[src=x]").count() == 0


# ---------------------------------------------------------------- the first visitor, students and the teacher


def test_the_class_finds_its_way_in_and_the_key_makes_a_teacher(open_page: OpenPage, tmp_path: Path) -> None:
    named = ("--browser.serverAddress", "lab.example", "--browser.serverPort", "8501")
    data = {"AUTOENC_DATA_DIR": str(tmp_path / "no-data")}
    with (
        dashboard(tmp_path, *named, AUTOENC_WORKERS="1", AUTOENC_TEACHER_KEY="correct horse", **data) as lab,
        relay(lab, "198.51.100.9") as elsewhere,
    ):
        page = open_page(QUICK, at=lab.address)
        check_whole_for_the_first_visitor(page)
        check_address(page)
        page = open_page(QUICK, at=elsewhere)
        press_train(page)
        expect_progress(page, "Finished: 20 of 20")
        expect(page.locator(".st-key-delete")).to_have_count(0)
        give_key(page, "wrong horse")
        expect(page.get_by_text("this is not the teacher's key")).to_be_visible()
        give_key(page, "correct horse")
        expect(page.locator(".st-key-teacher")).to_have_count(0)
        page.reload()
        page.locator(".st-key-delete button").click()
        page.locator(".st-key-delete-run button").click()
        expect(page).not_to_have_url(re.compile("run=digits-mlp-k8-e20"))
        assert not list(tmp_path.glob("*-e20-*.safetensors"))


def check_whole_for_the_first_visitor(page: Page) -> None:
    """All of the dashboard, not a page by itself; and an example, for nothing has been trained yet."""
    for title in ("Start", "Train", "Runs"):
        expect(page.get_by_role("link", name=title)).to_be_visible()
    expect(page.locator(".st-key-presenter")).to_be_visible()
    expect_progress(page, "Finished: 100 of 100 epochs")
    expect(page.locator(f"{FILM} canvas").first).to_be_visible()


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
