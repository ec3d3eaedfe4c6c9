"""Noise and networks in real Chromium, against PyTorch; and a slider that is dragged."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, Route, expect
from torch import Tensor
from torch.nn.functional import conv2d

from autoenc import models, noise, recognition
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError, ShapeError
from autoenc.inspection import Trained, browser_network
from autoenc.recognition import ImageReader, training
from autoenc.recognition import network as recogniser_network
from autoenc.recognition.training import averaged
from autoenc.schema import (
    NOISES,
    Images,
    Recogniser,
    RecogniserConfig,
    RecogniserEpoch,
    Run,
    TrainConfig,
)
from tests.browser import live_gallery
from tests.browser.showing import showing
from ui.components import inline, sprites
from ui.components import live_model as component
from ui.components.live_model import LiveRow, Scene, SceneReader, live_model, message
from ui.components.readings import NETWORKS, BrowserReader

# ---------------------------------------------------------------- without a server

BRIDGE = """
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const read = (text) => new Float32Array(bytes(text).buffer);
const text = ({ buffer }) => {
  const letters = [];
  for (let at = 0; at < buffer.byteLength; at += 6144)
    letters.push(btoa(String.fromCharCode(...new Uint8Array(buffer).subarray(at, at + 6144))));
  return letters.join("");
};
const asFile = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
const network = asFile(worker);
const workers = { WebAssembly: network, JavaScript: asFile("self.WebAssembly = undefined;" + worker) };
window.forward = async ({ layers, weights, x, n, by = "WebAssembly" }) => {
  const workerPool = startWorkers(workers[by]);
  workerPool.load("it", { layers, weights: read(weights) });
  const x_hat = await workerPool.forward("it", read(x), n);
  workerPool.terminate();
  return text(x_hat);
};
window.networkWorker = network;
window.read = ({ scores, reader }) => readingsOf(read(scores), reader);
window.noisy = ({ kind, level, x, unit, shape: [n, channels, height, width] }) => {
  const scene = { n, channels, height, width, x: read(x), unit: read(unit) };
  const y = new Float32Array(scene.x.length);
  corrupt(kind, scene, level, y);
  return text(y);
};
const code = import(URL.createObjectURL(new Blob([given], { type: "text/javascript" })));
window.told = [];
window.call = async (data, parentElement = document.body) => {
  const { default: component } = await code;
  const setTriggerValue = (name, { level }) => told.push(level);
  component({ data: bytes(data), parentElement, setTriggerValue });
};
window.place = () => document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
window.drag = (level, ...events) => {
  const slider = document.querySelector(".slider");
  slider.value = level;
  for (const name of ["input", ...events]) slider.dispatchEvent(new Event(name));
};
"""

Compute = Callable[[str, dict[str, Any]], np.ndarray]


def packed(numbers: Tensor | np.ndarray) -> str:
    return b64encode(np.asarray(numbers, np.float32).tobytes()).decode()


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """A page with nothing on it but the bridge; at the end it may not have met a script error."""
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    parts = ("keep.js", "sprites.js", "levels.js", "readings.js", "assets.js", "noise.js", "worker_pool.js")
    rows = ("live_slider.js", "live_rows.js", "live_readings.js", "live_model.js")
    whole = json.dumps(inline(*parts, *rows))
    worker = json.dumps(inline(*NETWORKS, "network_worker.js"))
    script = inline("noise.js", "worker_pool.js", "readings.js")
    page.add_script_tag(content=f"{{ const given = {whole}, worker = {worker};\n{script}\n{BRIDGE} }}")
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def compute(blank: Page) -> Compute:
    """Calls a function of the bridge; what comes back is float32."""

    def compute(name: str, given: dict[str, Any]) -> np.ndarray:
        return np.frombuffer(b64decode(blank.evaluate(f"given => {name}(given)", given)), np.float32)

    return compute


def lively(config: TrainConfig, shape: tuple[int, int, int], data: Dataset) -> Trained:
    """Random weights, large enough for outputs from dark to light."""
    model = models.build(config, shape).requires_grad_(False)
    for i, parameter in enumerate(model.parameters()):
        parameter.mul_(2.5).add_(0.02 * (i % 3 - 1))
    run = Run("made", config, "", models.describe(config, shape), 1, "cpu", {}, Images((0, 1, 1, 1), b""))
    return Trained(run, data, model)


DIGIT, MNIST, CIFAR = (1, 8, 8), (1, 28, 28), (3, 32, 32)
KINDS = [
    *(("mlp", 32, layers, 2, MNIST) for layers in (1, 2, 3)),
    *(
        ("conv", 6, layers, stride, MNIST) for layers in (1, 2, 3) for stride in (1, 2)
    ),  # 28, 14, 7, 4 at stride 2
    ("mlp", 7, 2, 2, (3, 12, 9)),
    ("conv", 5, 2, 2, CIFAR),
    ("conv", 4, 1, 1, CIFAR),
    ("conv-bottleneck", 9, 2, 2, CIFAR),
    ("conv-bottleneck", 3, 3, 2, MNIST),
    ("mlp", 1, 1, 2, DIGIT),
    ("conv", 2, 3, 2, DIGIT),
    ("conv", 1, 1, 2, DIGIT),
    ("conv", 3, 2, 2, (1, 11, 6)),
]


LANGUAGES = ("WebAssembly", "JavaScript")  # the second where a browser does not know the first


@pytest.mark.parametrize("by", LANGUAGES)
@pytest.mark.parametrize(("model", "latent_size", "layers", "stride", "shape"), KINDS)
def test_a_network_computes_in_the_browser_what_it_does_in_pytorch(
    by: str,
    model: str,
    latent_size: int,
    layers: int,
    stride: int,
    shape: tuple[int, int, int],
    compute: Compute,
    digits: Dataset,
) -> None:
    trained = lively(TrainConfig("digits", model, latent_size, layers=layers, stride=stride), shape, digits)
    x = torch.rand(5, *shape, generator=torch.Generator().manual_seed(1))
    expected = trained.model(x).numpy()
    assert np.ptp(expected) > 0.05  # not all the same grey
    given = browser_network(trained)
    numbers = {"weights": packed(given.weights), "x": packed(x), "n": 5}
    output = compute("forward", {"layers": given.layers, "by": by, **numbers}).reshape(expected.shape)
    assert np.abs(output - expected).max() < 1e-5


def test_a_code_is_rounded_in_the_browser_as_in_pytorch_halves_to_the_even_number(compute: Compute) -> None:
    x = torch.tensor([0.5, 1.5, -0.5, -1.5, 2.5, -2.5, 0.49, 1.51, -7.2, 0.0])
    layers = [{"kind": "round", "input": [10], "output": [10]}]
    output = compute("forward", {"layers": layers, "weights": packed(x), "x": packed(x), "n": 1})
    assert output.tolist() == x.round().tolist()


# ---------------------------------------------------------------- recognisers


@pytest.fixture(scope="module")
def reader(digits: Dataset) -> ImageReader:
    """A recogniser of digits, after a few epochs."""
    config = RecogniserConfig("digits", 20)
    state = training.begin(config, digits, "cpu")
    epochs = tuple(r for r in training.train(state, digits, config) if isinstance(r, RecogniserEpoch))
    made = Recogniser(
        "made", config, digits.fingerprint, digits.image_shape, digits.class_names, 0, 0, 0, "cpu", {}
    )
    return ImageReader(replace(made, epochs=epochs), state.average)


def of_photographs() -> ImageReader:
    """A recogniser of colour images with odd sides, which has learnt from what it is given by chance."""
    shape, classes = (3, 13, 9), ("a horse", "an automobile", "a frog")
    draws = torch.Generator().manual_seed(0)
    model = recogniser_network.build(shape, len(classes), 0).train()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(5):
        x, y = torch.rand(32, *shape, generator=draws), torch.randint(3, (32,), generator=draws)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    epoch = RecogniserEpoch(1.0, 1.0, 0.5, 0.7, 0.1, 0.1, 1)
    made = Recogniser(
        "made", RecogniserConfig("photos"), "", shape, classes, 0, 0, 0, "cpu", {}, epochs=(epoch,)
    )
    return ImageReader(made, averaged(model))


@pytest.mark.parametrize("by", LANGUAGES)
@pytest.mark.parametrize("which", ["digits", "photographs"])
def test_a_recogniser_scores_images_in_the_browser_as_it_does_in_pytorch(
    by: str, which: str, compute: Compute, blank: Page, reader: ImageReader, digits: Dataset
) -> None:
    reader = reader if which == "digits" else of_photographs()
    shape = reader.recogniser.image_shape
    images = torch.randint(256, (5, *shape), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    if which == "digits":
        images = torch.from_numpy(np.array(digits.test[:5]))
    with torch.inference_mode():
        expected = reader.model(images / 255).numpy()
    assert np.ptp(expected) > 0.5
    given = recognition.browser_network(reader)
    numbers = {"weights": packed(given.weights), "x": packed(images / 255), "n": 5}
    scores = compute("forward", {"layers": given.layers, "by": by, **numbers}).reshape(expected.shape)
    assert np.abs(scores - expected).max() < 1e-4
    who = {"classes": reader.recogniser.class_names, "temperature": reader.temperature}
    readings = blank.evaluate("given => read(given)", {"scores": packed(scores), "reader": who})
    by_pytorch = reader.read(images.numpy())
    assert [reading["is"] for reading in readings] == by_pytorch.classes.tolist()
    assert [reading["sure"] for reading in readings] == pytest.approx(by_pytorch.confidences, abs=1e-4)


def test_under_each_picture_stands_what_is_read_in_it_and_another_class_is_marked(
    blank: Page, reader: ImageReader, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component, "WORKER", blank.evaluate("networkWorker"))
    x = np.array(digits.test[:16])
    unit = np.random.default_rng(0).standard_normal(x.shape).astype(np.float32)
    scene, network = Scene(x, unit), recognition.browser_network(reader)
    labels = digits.test_labels[:16].tolist()
    who = BrowserReader("reader", digits.class_names, reader.temperature, "Read by a recogniser")
    given = {"reader": SceneReader(who, tuple(labels))}
    negative = 255 - x
    rows = [
        LiveRow("Original", "#000000", "original"),
        LiveRow("Noisy", "#000000", "noisy"),
        LiveRow("Negative", "#ffffff", pictures=negative),
    ]
    weights = network.weights.astype("<f4").tobytes()
    handed = sprites.packed({"assets": True, "id": "reader", "layers": network.layers}, [weights])
    files = [x.tobytes(), unit.tobytes()]
    blank.evaluate("() => { window.host = document.body.appendChild(document.createElement('div')) }")
    for data in (
        message(scene.id, "gaussian", 0.2, rows, "read", **given),
        handed,  # late
        sprites.packed({"assets": True, "id": scene.id, "shape": x.shape}, files),
    ):
        blank.evaluate("data => call(data, host)", b64encode(data).decode())

    def percent(sure: float) -> int:
        return min(99, round(100 * sure))

    def expect_readings(row: int, images: np.ndarray) -> None:
        with torch.inference_mode():
            sure, read = (reader.model(torch.from_numpy(images)) / reader.temperature).softmax(1).max(1)
        texts = [
            re.compile(f"^{'≠' * (i != n)}{digits.class_names[i]}({percent(p - 1e-4)}|{percent(p + 1e-4)})%$")
            for i, p, n in zip(read.tolist(), sure.tolist(), labels, strict=True)
        ]
        strip = blank.locator(".live .strip.readings").nth(row)
        expect(strip.locator(".reading")).to_have_text(texts)
        marked = strip.locator(".reading").evaluate_all("all => all.map((n) => n.matches('.other'))")
        assert marked == [is_read != label for is_read, label in zip(read.tolist(), labels, strict=True)]
        n = 16 - sum(marked)
        expect(blank.locator(".live .count").nth(row)).to_have_text(f"{n} of 16 recognised")

    def by(level: float) -> np.ndarray:
        x_clean, noise_of_x = torch.from_numpy(x) / 255, torch.from_numpy(unit)
        return noise.apply("gaussian", x_clean, level, noise_of_x).numpy()

    expect_readings(0, x.astype(np.float32) / 255)
    expect_readings(1, by(0.2))
    expect_readings(2, negative.astype(np.float32) / 255)
    seen = blank.locator(".live .strip[role=img]").last
    expect(seen).to_have_attribute(
        "aria-label", re.compile(r"^Negative, images .* recognised: .* instead of")
    )
    blank.evaluate("drag(0.9)")
    expect_readings(1, by(0.9))
    blank.evaluate("window.host.remove()")


@pytest.mark.parametrize("kind", NOISES)
def test_noise_in_the_browser_is_that_of_training_pixel_by_pixel(kind: str, compute: Compute) -> None:
    for shape in ((16, *MNIST), (3, 3, 20, 13)):
        generator = torch.Generator().manual_seed(len(shape) + shape[0])
        x = (torch.rand(shape, generator=generator) * 400 - 100).clamp(
            0, 255
        ).round() / 255  # black and white too
        unit = torch.randn(shape, generator=generator)
        for share in (0.0002, 0.01, 0.1, 0.3, 0.75, 1):
            level = share * NOISES[kind].most
            expected = noise.apply(kind, x, level, unit).numpy()
            given = {"kind": kind, "level": level, "x": packed(x), "unit": packed(unit), "shape": shape}
            off = np.abs(compute("noisy", given).reshape(shape) - expected)
            others = off > 1e-5  # a draw within a rounding of a whole photon, or of the odds
            allowed = off.size / 10_000 if kind in ("shot", "salt-pepper") else 0
            assert others.sum() <= allowed


# ---------------------------------------------------------------- where the slider stands

STANDS = "(({ level, away }) => [level, away])(window.autoencLive.get('echo'))"


def test_an_echo_of_an_older_level_leaves_the_slider_and_a_wish_of_the_server_moves_it(blank: Page) -> None:
    scene = live_gallery.scene(2, 1)
    rows = [LiveRow("Noisy", "#000000", "noisy"), LiveRow("Server", "#ffffff", pictures=scene.x)]

    def call(level: float, kind: str = "gaussian") -> list[Any]:
        """Where it stands, and whether that is away from the level of the data, in the next picture."""
        data = b64encode(message(scene.id, kind, level, rows, "echo")).decode()
        blank.evaluate("data => call(data)", data)
        blank.evaluate("() => new Promise(requestAnimationFrame)")
        stands: list[Any] = blank.evaluate(STANDS)
        return stands

    assert call(0.333) == [0.333, False]
    blank.evaluate("drag(0.5, 'change')")
    assert call(0.333) == [0.5, True]  # the server has not seen it yet
    blank.evaluate("drag(0.6)")
    assert call(0.5) == [0.6, True]  # it is being dragged on
    blank.evaluate("drag(0.7, 'change')")
    assert call(0.5) == [0.7, True]
    assert call(0.7) == [0.7, False]
    assert blank.evaluate("told") == [0.5, 0.7]
    assert call(0.333) == [0.333, False]
    assert call(2, "blur") == [2, False]
    assert blank.evaluate("told") == [0.5, 0.7]
    blank.evaluate("drag(3, 'change')")
    assert call(2, "blur") == [3, True]
    blank.wait_for_function("told.length === 4")  # once more, where the server seems not to have heard
    assert blank.evaluate("told") == [0.5, 0.7, 3, 3]


def test_a_chart_is_told_each_level_and_a_click_on_one_of_its_points_moves_the_slider(blank: Page) -> None:
    data = b64encode(message("none", "blur", 1, [], "chart")).decode()
    blank.evaluate(
        "window.heard = []; addEventListener('autoenc-moment', ({ detail }) => heard.push(detail))"
    )
    blank.evaluate("data => call(data)", data)
    seek = "at => dispatchEvent(new CustomEvent('autoenc-seek', { detail: { key: 'chart', at } }))"
    for level in (2.5, 5):  # the second is beyond the largest
        blank.evaluate(seek, level)
        blank.evaluate("() => new Promise(requestAnimationFrame)")
    assert blank.evaluate("told.at(-1)") == 2.5
    assert blank.evaluate("heard.filter(({ key }) => key === 'chart').at(-1).at") == 2.5


def test_the_keys_go_on_with_a_slider_that_streamlit_has_taken_to_another_place(blank: Page) -> None:
    """When the slider rests its part of the page is drawn again, sometimes as another element."""
    data = b64encode(message("none", "blur", 1, [], "keys")).decode()
    slider = "window.autoencLive.get('keys').slider"
    move = "async data => { window.at?.host.remove(); await call(data, (window.at = place())); }"
    blank.evaluate(move, data)
    blank.wait_for_function(f"{slider}.max === '4'")  # it is that of blur
    blank.evaluate(f"{slider}.focus()")
    blank.evaluate(move, data)
    before = blank.evaluate(f"{slider}.valueAsNumber")
    blank.keyboard.press("ArrowRight")
    blank.wait_for_function(f"{slider}.valueAsNumber > {before}")
    blank.evaluate("document.activeElement.blur()")
    blank.evaluate("() => new Promise(requestAnimationFrame)")  # what was left by itself is left
    blank.evaluate(move, data)
    assert blank.evaluate("document.activeElement === document.body")


# ---------------------------------------------------------------- under Streamlit


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with showing(live_gallery, tmp_path_factory.mktemp("live-gallery")) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """What is handed over comes late there; at the end it may not have met a script error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/?late")
    expect(page.locator(".live .best").first).to_be_visible()
    yield page
    context.close()
    assert errors == []


SHOWN = "[window.autoencLive.get('live')].map(({ level, updates, away }) => ({ level, updates, away }))[0]"
OUTPUT = "id => Array.from(window.autoencLive.get('live').outputs.get(id).levels)"

NETWORKS_ARE_DONE = """() => {
  const { outputs } = window.autoencLive.get("live");
  return ["sharp", "gentle"].every((id) => outputs.get(id)?.about === outputs.get("noisy").about);
}"""


def seen(page: Page) -> dict[str, Any]:
    shown: dict[str, Any] = page.evaluate(SHOWN)
    return shown


def move(page: Page, share: float, steps: int = 1) -> None:
    box = page.get_by_role("slider").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2, steps=steps)


def test_a_drag_changes_the_pictures_many_times_and_tells_the_server_once_at_its_end(page: Page) -> None:
    server = page.locator(".strip.server")
    median = server.first.locator("canvas").first
    at_first = median.evaluate("canvas => canvas.toDataURL()")
    assert seen(page)["level"] == 0.333  # as a link said, between two steps
    move(page, 1 / 3)
    before = seen(page)["updates"]
    page.mouse.down()
    move(page, 0.8, steps=40)
    page.wait_for_function(f"{SHOWN}.level > 0.75 && {SHOWN}.away")
    assert seen(page)["updates"] - before >= 10
    expect(page.get_by_text("told: []")).to_be_visible()
    expect(page.locator(".strip.server canvas").first).to_have_css("opacity", "0.35")
    expect(server.nth(1).locator(".psnr").first).to_be_hidden()
    expect(page.locator(".ssim").first).to_be_hidden()
    expect(page.locator(".psnr").first).to_be_visible()  # of what is computed here
    rows = page.locator(".strip").evaluate_all("all => all.map(strip => strip.getBoundingClientRect().top)")
    page.mouse.up()
    level = seen(page)["level"]
    expect(page.get_by_text(f"told: [{level:g}]")).to_be_visible()
    expect(page.locator(".strip.server canvas").first).to_have_css("opacity", "1")
    expect(page.locator(".ssim").first).to_be_visible()
    assert median.evaluate("canvas => canvas.toDataURL()") != at_first
    assert (
        page.locator(".strip").evaluate_all("all => all.map(strip => strip.getBoundingClientRect().top)")
        == rows
    )


def test_networks_follow_the_slider_where_the_browser_has_no_webassembly(
    browser: Browser, address: str
) -> None:
    context, fetched = browser.new_context(), []

    def without(route: Route) -> None:
        fetched.append(route.request.url)
        route.fulfill(
            body="self.WebAssembly = undefined;\n" + route.fetch().text(), content_type="text/javascript"
        )

    context.route("**/network_worker-*.js", without)
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".live .best").first).to_be_visible()
    page.wait_for_function(NETWORKS_ARE_DONE)
    before = page.evaluate(OUTPUT, "gentle")
    page.get_by_role("slider").press("End")
    page.wait_for_function(f"{SHOWN}.level === 1")
    page.wait_for_function(NETWORKS_ARE_DONE)
    assert page.evaluate(OUTPUT, "gentle") != before
    expect(page.locator(".live").get_by_text("cannot compute")).to_have_count(0)
    assert fetched
    context.close()


def test_pictures_and_figures_are_of_the_level_at_which_the_keys_left_the_slider(page: Page) -> None:
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    for _ in range(2):
        page.keyboard.press("PageUp")
    expect(
        page.get_by_text(re.compile(r"told: \[[\d.]+, 0\.21\]"))
    ).to_be_visible()  # the others were no rest
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0\.21 standard deviation"))
    scene = live_gallery.scene(16, 1)
    x, unit = torch.from_numpy(scene.x) / 255, torch.from_numpy(scene.unit)
    noisy = noise.apply("gaussian", x, 0.21, unit)
    output = np.array(page.evaluate(OUTPUT, "noisy")).reshape(noisy.shape)
    assert np.abs(output - noisy.numpy()).max() < 1e-5
    psnr = -10 * torch.log10(((x - noisy) ** 2).mean((1, 2, 3)))
    expect(page.locator(".notes").first.locator(".psnr")).to_have_text([f"{value:.1f}" for value in psnr])
    gentle = torch.from_numpy(live_gallery.GENTLE).float()[None, None]
    x_hat = torch.sigmoid(8 * conv2d(conv2d(noisy, gentle, padding=1), gentle, padding=1) - 4)
    page.wait_for_function(NETWORKS_ARE_DONE)
    output = np.array(page.evaluate(OUTPUT, "gentle")).reshape(x_hat.shape)
    assert np.abs(output - x_hat.numpy()).max() < 1e-4
    page.keyboard.press("Home")
    expect(page.locator(".notes").first.locator(".psnr .best")).to_have_text(["∞"] * 16)  # no model beats it
    assert page.evaluate(OUTPUT, "noisy") == page.evaluate(OUTPUT, "original")


def test_another_kind_of_noise_moves_the_slider_to_its_own_level_and_an_old_one_to_where_it_was(
    page: Page,
) -> None:
    canvas = page.locator(".strip canvas").first
    canvas.evaluate("canvas => { canvas.kept = true }")
    slider = page.get_by_role("slider")
    slider.press("End")
    expect(page.get_by_text(re.compile(r"told: .*\b1\.0\]"))).to_be_visible()
    page.get_by_text("blur", exact=True).click()
    expect(page.locator(".live .level")).to_have_text("1.50 px")
    expect(slider).to_have_attribute("max", "4")
    page.get_by_text("gaussian", exact=True).click()
    expect(page.locator(".live .level")).to_have_text("1.00")
    assert canvas.evaluate("canvas => canvas.kept")
    assert seen(page)["away"] is False


def test_a_browser_that_cannot_compute_networks_says_so_and_shows_the_rest(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.route("**/network_worker-*.js", lambda route: route.abort())
    page.goto(address)
    expect(page.get_by_text("this browser cannot compute this model")).to_have_count(2)
    expect(page.locator(".notes").first.locator(".psnr").first).to_have_text(re.compile(r"\d"))
    page.close()


# ---------------------------------------------------------------- before the browser

PICTURES = np.zeros((2, 1, 4, 4), np.uint8)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({}, "has no pictures"),
        ({"pictures": PICTURES.astype(float)}, "pictures are float64"),
        ({"pictures": PICTURES[:, 0]}, "pictures are uint8"),
        ({"pictures": PICTURES, "psnr": (1.0,)}, "1 figures of PSNR for 2 pictures"),
    ],
)
def test_a_row_without_what_it_needs_is_refused(row: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ShapeError, match=sentence):
        LiveRow("A row", "#000000", **row)


def test_a_scene_has_noise_for_each_number_of_at_most_16_images() -> None:
    unit = np.zeros(PICTURES.shape, np.float32)
    assert Scene(PICTURES, unit).id == Scene(PICTURES.copy(), unit).id != Scene(PICTURES, unit + 1).id
    for x, noise_of_x in ((PICTURES, unit[:1]), (PICTURES, unit + np.nan), (PICTURES, unit.astype(float))):
        with pytest.raises(ShapeError, match="a scene has"):
            Scene(x, noise_of_x)
    with pytest.raises(ShapeError, match="at most 16 images"):
        Scene(PICTURES.repeat(9, axis=0), unit.repeat(9, axis=0))


@pytest.mark.parametrize(
    ("kind", "level"), [("fog", 0.1), ("gaussian", 1.5), ("gaussian", -0.1), ("blur", np.nan)]
)
def test_a_level_out_of_the_range_of_its_kind_is_refused(kind: str, level: float) -> None:
    with pytest.raises(ConfigError, match=r"unknown noise|allowed for"):
        live_model("", kind, level, [], key="none")


def test_a_true_class_that_a_recogniser_does_not_know_is_refused() -> None:
    reader = BrowserReader("reader", ("a cat", "a dog"), 1.0, "Read by a recogniser")
    assert SceneReader(reader, (0, 1)).labels == (0, 1)
    for label in (2, -1):
        with pytest.raises(ConfigError, match=f"the class {label} is none of the 2"):
            SceneReader(reader, (0, label))


def test_rows_of_different_sizes_are_refused() -> None:
    rows = [LiveRow("A", "#000000", pictures=PICTURES), LiveRow("B", "#000000", pictures=PICTURES[:1])]
    with pytest.raises(ShapeError, match="rows of pictures differ"):
        live_model("", "gaussian", 0.1, rows, key="none")
