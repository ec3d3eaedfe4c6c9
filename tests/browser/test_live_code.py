"""Codes in real Chromium: the tables of a range coder and the decoder, against Python; hostile data."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from autoenc import models
from autoenc.compression import codec, tables
from autoenc.datasets import Dataset
from autoenc.errors import CompressionError, ConfigError, ShapeError
from autoenc.inspection import Trained, browser_network, decoder_network
from autoenc.schema import N_QUANTILES, CodeQuantiles, Images, Run, Step, TrainConfig
from ui.components import inline, sprites
from ui.components import live_code as component
from ui.components.live_code import Bits, CodeRow, CodeScene, message
from ui.components.readings import NETWORKS

BRIDGE = """
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const read = (text, Kind = Float32Array) => new Kind(bytes(text).buffer);
window.tables = ({ quantiles, wide }) => tablesOf(read(quantiles, Int16Array), wide);
window.quantised = ({ z, n, step, quantiles, wide }) => {
  const made = quantised({ z: read(z), n }, step, tablesOf(read(quantiles, Int16Array), wide));
  return { y: [...made.y], bits: [...made.bits] };
};
const network = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
window.networkWorker = network;
window.forward = async ({ layers, weights, x, n }) => {
  const workerPool = startWorkers(network);
  workerPool.load("it", { layers, weights: read(weights) });
  const y = await workerPool.forward("it", read(x), n);
  workerPool.terminate();
  return [...y];
};
const code = import(URL.createObjectURL(new Blob([given], { type: "text/javascript" })));
window.told = [];
window.call = async (data, parentElement) => {
  const { default: component } = await code;
  const setTriggerValue = (name, { level }) => told.push(level);
  component({ data: bytes(data), parentElement, setTriggerValue });
};
window.drag = (level, ...events) => {
  const slider = document.querySelector(".slider");
  slider.value = level;
  for (const name of ["input", ...events]) slider.dispatchEvent(new Event(name));
};
"""


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """A page with nothing on it but the bridge; at the end it may not have met a script error."""
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    whole = json.dumps(inline(*component._parts))
    worker = json.dumps(inline(*NETWORKS, "network_worker.js"))
    script = inline("code_tables.js", "worker_pool.js")
    page.add_script_tag(content=f"{{ const given = {whole}, worker = {worker};\n{script}\n{BRIDGE} }}")
    yield page
    page.close()
    assert errors == []


def text(numbers: np.ndarray | torch.Tensor) -> str:
    return b64encode(np.ascontiguousarray(numbers).tobytes()).decode()


def quantiles_of(rows: np.ndarray, exponent: int = -8) -> CodeQuantiles:
    return CodeQuantiles(len(rows), exponent, np.sort(rows, 1).astype("<i2").tobytes())


def rows_of(seed: int) -> np.ndarray:
    """Codes as they are and as they are not: wide, narrow, skewed, constant, in two heaps."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 10 ** rng.uniform(0, 4), (6, N_QUANTILES))
    rows[1] = rng.exponential(3000, N_QUANTILES)
    rows[2] = int(rng.integers(-30_000, 30_000))
    rows[3] = rng.choice([-20_000, 15_000], N_QUANTILES)
    rows[4] = np.maximum(rows[4], 0)
    return np.clip(np.rint(rows), -32_767, 32_767)


# ---------------------------------------------------------------- what a number costs


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("wide", [1, 7, 64, 300, 4095, 70_000, 2**21])
def test_tables_in_the_browser_are_those_of_the_range_coder(blank: Page, seed: int, wide: int) -> None:
    quantiles = quantiles_of(rows_of(seed))
    made = blank.evaluate("given => tables(given)", {"quantiles": text(_ints(quantiles)), "wide": wide})
    try:
        expected = tables.from_quantiles(quantiles, Step(wide, quantiles.exponent))
    except CompressionError:
        assert made is None
        return
    assert [(table["lowest"], table["frequencies"]) for table in made] == [
        (table.lowest, table.frequencies.tolist()) for table in expected
    ]


def _ints(quantiles: CodeQuantiles) -> np.ndarray:
    return np.frombuffer(quantiles.data, "<i2")


def test_codes_are_rounded_as_in_a_file_and_cost_what_the_tables_say(blank: Page) -> None:
    quantiles, wide, n = quantiles_of(rows_of(3)), 96, 5
    step = Step(wide, quantiles.exponent)
    rng = np.random.default_rng(0)
    z = (rng.normal(0, 40, (n, 6, 4)) * step.value).astype(np.float32)  # 6 tables, 4 positions
    z[0, 0] = np.array([0.5, 1.5, -0.5, -2.5]) * step.value  # halves go to the even number
    z[1, 1, 0] = 1e30
    of_run = tables.from_quantiles(quantiles, step)
    numbers = (torch.from_numpy(z) / step.value).round().clamp(-codec.MAX_NUMBER, codec.MAX_NUMBER)
    expected = tables.clipped(numbers.to(torch.int16).numpy(), of_run)
    given = {"z": text(z), "n": n, "step": step.value, "quantiles": text(_ints(quantiles)), "wide": wide}
    made = blank.evaluate("given => quantised(given)", given)
    assert made["y"] == (torch.from_numpy(expected).float() * step.value).flatten().tolist()
    assert made["bits"] == pytest.approx(codec.estimated_bits(expected, of_run).tolist())


# ---------------------------------------------------------------- the decoder

CONFIGS = [
    TrainConfig("digits", "mlp", 6, layers=2, rate_weight=0.1),
    TrainConfig("digits", "conv", 3, layers=2),
    TrainConfig("digits", "conv-bottleneck", 5, layers=2, rate_weight=0.1),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.model)
def test_the_decoder_draws_in_the_browser_what_it_does_in_pytorch(
    blank: Page, config: TrainConfig, digits: Dataset
) -> None:
    trained = built(config, digits)
    model, info = trained.model, trained.run.model
    z = torch.randn((3, *info.code_shape), generator=torch.Generator().manual_seed(1)) * 3
    with torch.inference_mode():
        expected = model.draw(z)
    given = decoder_network(trained)
    drawn = blank.evaluate("given => forward(given)", as_given(given, z))
    assert np.abs(np.array(drawn) - expected.flatten().numpy()).max() < 1e-5


def test_a_model_that_rounds_does_so_in_the_browser(blank: Page, digits: Dataset) -> None:
    trained = built(CONFIGS[0], digits)
    x = torch.from_numpy(np.array(digits.test[:4])) / 255
    with torch.inference_mode():
        expected = trained.model(x)
    drawn = blank.evaluate("given => forward(given)", as_given(browser_network(trained), x))
    assert np.abs(np.array(drawn) - expected.flatten().numpy()).max() < 1e-5


def built(config: TrainConfig, digits: Dataset) -> Trained:
    model = models.build(config, digits.image_shape).requires_grad_(False)
    info = models.describe(config, digits.image_shape)
    return Trained(Run("made", config, "", info, 1, "cpu", {}, Images((0, 1, 1, 1), b"")), digits, model)


def as_given(network: Any, x: torch.Tensor) -> dict[str, Any]:
    return {"layers": network.layers, "weights": text(network.weights), "x": text(x), "n": len(x)}


# ---------------------------------------------------------------- from call to call

BITS = Bits("run", 4.0, 1.0, 8.0, 2000, -8, trained=4.0)


@pytest.fixture
def scene(digits: Dataset) -> CodeScene:
    z = np.random.default_rng(0).normal(0, 3, (4, 6)).astype(np.float32)
    return CodeScene(np.array(digits.test[:4]), z, quantiles_of(rows_of(0)))


def rows(scene: CodeScene) -> list[CodeRow]:
    names = ("<img src=x onerror=alert(1)>", "Server")
    return [
        CodeRow("Original", "#000000", live="original"),
        CodeRow(names[0], "#ffffff", live="code", n_bytes=(3, 4, 5, 6), says="</div>&"),
        CodeRow(names[1], "#ffffff", pictures=scene.x, n_bytes=(1,) * 4, psnr=(float("inf"),) * 4),
    ]


def handed_over(scene: CodeScene, digits: Dataset) -> list[bytes]:
    network = decoder_network(built(CONFIGS[0], digits))
    files = [scene.x.tobytes(), scene.z.tobytes(), scene.quantiles.data]
    return [
        sprites.packed({"assets": True, "id": scene.id, "shape": scene.x.shape}, files),
        sprites.packed(
            {"assets": True, "id": "decoder", "layers": network.layers}, [network.weights.tobytes()]
        ),
    ]


def test_bytes_are_estimated_in_a_drag_and_true_at_rest_whatever_texts_hold(
    blank: Page, scene: CodeScene, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component, "WORKER", blank.evaluate("networkWorker"))
    blank.evaluate("() => { window.host = document.body.appendChild(document.createElement('div')) }")

    def call(bits: Bits) -> None:
        data = message(scene.id, "decoder", bits, rows(scene), "code")
        blank.evaluate("data => call(data, host)", b64encode(data).decode())

    call(BITS)
    for data in handed_over(scene, digits):  # late
        blank.evaluate("data => call(data, host)", b64encode(data).decode())
    figures = blank.locator(".live .notes").first.locator(".bytes")
    expect(figures).to_have_text(["3", "4", "5", "6"])
    expect(blank.locator(".live .notes").first.locator(".psnr").first).not_to_be_empty()
    expect(blank.locator(".live .meaning")).to_have_text(
        "step 1, for which it was trained; 4.5 bytes an image"
    )
    expect(blank.locator(".live .notes").last.locator(".psnr")).to_have_text(["∞"] * 4)
    expect(blank.locator(".live .words > div").nth(2)).to_contain_text("<img")
    assert blank.locator(".live img").count() == 0
    blank.evaluate("drag(2, 'change')")
    wide = round(2000 / 2**2)
    step = Step(wide, -8)
    of_run = tables.from_quantiles(scene.quantiles, step)
    numbers = (torch.from_numpy(scene.z) / step.value).round().to(torch.int16).numpy()[:, :, None]
    bits = codec.estimated_bits(tables.clipped(numbers, of_run), of_run)
    expect(figures).to_have_text([f"≈{int(np.ceil(one / 8))}" for one in bits])
    expect(blank.locator(".live.away")).to_be_visible()
    assert blank.evaluate("told") == [2]
    call(replace(BITS, level=2.0))
    expect(figures).to_have_text(["3", "4", "5", "6"])
    blank.evaluate("window.host.remove()")


# ---------------------------------------------------------------- what is refused


def test_what_a_browser_sends_is_a_level_of_this_run_or_nothing() -> None:
    level = component._level
    assert level({"kind": "run", "level": 3.5}, BITS) == 3.5
    for sent in (
        None,
        7,
        [],
        {},
        {"kind": "run"},
        {"kind": "other", "level": 3},
        {"kind": "run", "level": "3"},
    ):
        assert level(sent, BITS) == BITS.level
    for number in (0.5, 9, float("nan"), float("inf")):
        assert level({"kind": "run", "level": number}, BITS) == BITS.level


def test_scenes_rows_and_sliders_that_do_not_fit_together_are_refused(scene: CodeScene) -> None:
    for z in (scene.z[:3], scene.z[:, :5], scene.z.astype(np.float64), scene.z * np.nan):
        with pytest.raises(ShapeError):
            replace(scene, z=z)
    with pytest.raises(ShapeError):
        CodeRow("Server", "#ffffff")
    with pytest.raises(ShapeError):
        CodeRow("Server", "#ffffff", pictures=scene.x, n_bytes=(1,))
    with pytest.raises(ShapeError):
        message("", None, BITS, [*rows(scene), CodeRow("x", "#ffffff", pictures=scene.x[:2])], "key")
    with pytest.raises(ConfigError):
        replace(BITS, level=9.0)
