"""Layers in real Chromium, in WebAssembly and in JavaScript, against PyTorch; and which of both is used."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page
from torch import Tensor, nn

from ui.components import HERE, build_arithmetic, inline
from ui.components.readings import NETWORKS

READ = "const read = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);"
BRIDGE = """
const memory = createMemory();
window.isWasm = () => startWasm() !== null;
window.forward = ({ layers, weights, x, n }) => {
  memory.clear();
  const forward = prepared({ layers, weights: read(weights) }, n, memory);
  const images = read(x);
  forward(new Float32Array(images.length).fill(7)); // nothing stays of the images before
  return [...forward(images)];
};
"""
POOL = """
window.pool = startWorkers(URL.createObjectURL(new Blob([worker], { type: "text/javascript" })), 1);
window.ask = async ({ id, layers, weights, x, n }) => {
  pool.load(id, { layers, weights: read(weights) });
  return [...(await pool.forward(id, read(x), n))];
};
"""
WITHOUT = "const WebAssembly = undefined;"


def opened(browser: Browser, before: str = "", head: str = "") -> Page:
    page = browser.new_page()
    page.set_content(f"<html><head>{head}</head><body></body></html>")
    page.add_script_tag(content=f"{{ {before}\n{inline(*NETWORKS)}\n{READ}\n{BRIDGE} }}")
    return page


@pytest.fixture(scope="module", params=["WebAssembly", "JavaScript"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    page = opened(browser, "" if request.param == "WebAssembly" else WITHOUT)
    assert page.evaluate("isWasm()") == (request.param == "WebAssembly")
    yield page
    page.close()


def packed(numbers: Tensor) -> str:
    return b64encode(numbers.contiguous().numpy().tobytes()).decode()


def given(kind: str, module: nn.Module, x: Tensor, y: Tensor) -> dict[str, Any]:
    """What the bridge needs to compute one layer."""
    layer = {"kind": kind, "input": x.shape[1:], "output": y.shape[1:]}
    parameters = [p.detach().flatten() for p in module.parameters()]
    if parameters:
        layer |= {"weight": 0, "bias": len(parameters[0])}
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        layer |= {name: list(getattr(module, name)) for name in ("stride", "padding")}
        layer |= {"kernel": list(module.kernel_size)}
    weights = torch.cat(parameters or [torch.zeros(0)])
    return {"layers": [layer], "weights": packed(weights), "x": packed(x), "n": len(x)}


def off(page: Page, kind: str, module: nn.Module, x: Tensor) -> float:
    """The largest difference to PyTorch."""
    with torch.inference_mode():
        y = module(x)
    made = page.evaluate("given => forward(given)", given(kind, module, x, y))
    return float(np.abs(np.array(made) - y.flatten().numpy()).max())


def random(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


KERNELS = ((1, 1), (3, 3), (4, 4), (2, 5))
SIDES = ((7, 7), (5, 12))


@pytest.mark.parametrize(("kernel", "stride", "padding"), [*product(KERNELS, (1, 2, 3), (0, 1))])
def test_convolutions_of_any_kernel_stride_and_margin_are_those_of_pytorch(
    page: Page, kernel: tuple[int, int], stride: int, padding: int
) -> None:
    strides = (stride, max(1, stride - 1))
    for sides, channels in product(SIDES, ((1, 4), (3, 7), (6, 3))):
        x = random(3, channels[0], *sides)
        for kind, make in (("conv", nn.Conv2d), ("conv_transpose", nn.ConvTranspose2d)):
            if kind == "conv_transpose" and padding >= min(kernel):
                continue  # some sides would be empty
            module = make(*channels, kernel, strides, padding)
            assert off(page, kind, module, x) < 1e-5, (kind, sides, channels)


@pytest.mark.parametrize(("inputs", "outputs", "n"), [*product((1, 300), (1, 4, 33), (1, 3, 8, 13))])
def test_a_linear_layer_of_any_size_is_that_of_pytorch(page: Page, inputs: int, outputs: int, n: int) -> None:
    assert off(page, "linear", nn.Linear(inputs, outputs), random(n, inputs)) < 1e-5


@pytest.mark.parametrize(
    ("kind", "module"), [("relu", nn.ReLU()), ("sigmoid", nn.Sigmoid()), ("max_pool", nn.MaxPool2d(2))]
)
def test_layers_without_weights_are_those_of_pytorch(page: Page, kind: str, module: nn.Module) -> None:
    for shape in ((1, 1, 3, 3), (2, 3, 7, 9)):
        assert off(page, kind, module, 30 * random(*shape)) < 2e-7


def test_a_sigmoid_is_right_for_every_size_of_a_number(page: Page) -> None:
    sizes = torch.logspace(-30, 38, 300)
    assert off(page, "sigmoid", nn.Sigmoid(), torch.cat([-sizes, sizes]).reshape(2, 300)) < 2e-7


def test_a_page_whose_rules_forbid_webassembly_computes_in_javascript(browser: Browser) -> None:
    rules = "script-src 'unsafe-inline'"
    page = opened(browser, head=f'<meta http-equiv="Content-Security-Policy" content="{rules}">')
    assert not page.evaluate("isWasm()")
    assert off(page, "linear", nn.Linear(9, 6), random(2, 9)) < 1e-5
    page.close()


# ---------------------------------------------------------------- a worker


def test_a_worker_computes_each_of_its_networks_however_many_come_and_go(browser: Browser) -> None:
    """They share one memory: what is forgotten may not take it, nor may others be computed with it."""
    page = browser.new_page()
    worker = json.dumps(inline(*NETWORKS, "network_worker.js"))
    page.add_script_tag(content=f"{{ const worker = {worker};\n{inline('worker_pool.js')}\n{READ}\n{POOL} }}")
    layers = {name: nn.Linear(1000, 50 + i) for i, name in enumerate("abc")}  # 0.2 MB each: three pages
    x = random(5, 1000)

    def expect_right(name: str, n: int) -> None:
        with torch.inference_mode():
            y = layers[name](x[:n])
        data = given("linear", layers[name], x[:n], y) | {"id": name}
        made = page.evaluate("given => ask(given)", data)
        assert np.abs(np.array(made) - y.flatten().numpy()).max() < 1e-5, (name, n)

    for name, n in (("a", 5), ("b", 5), ("a", 5), ("c", 2), ("a", 3), ("b", 5)):
        expect_right(name, n)
    page.evaluate("dispatchEvent(new CustomEvent('autoenc-assets-gone', { detail: 'b' }))")
    expect_right("a", 3)
    expect_right("b", 2)
    page.close()


# ---------------------------------------------------------------- what is in the repository


def test_the_program_was_compiled_from_the_source_that_stands_beside_it() -> None:
    """If not: `make wasm`."""
    text = (HERE / build_arithmetic.SCRIPT.name).read_text()
    assert re.findall(r'madeOf: "(\w+)"', text) == [build_arithmetic.made_of()]
    assert len(text) < 10_000  # a few kB travel with each worker
