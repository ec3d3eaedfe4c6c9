"""Networks in Chromium, WebAssembly beside JavaScript: `python -m benchmarks.browser_networks [--json FILE]`.

Both take turns in one page, in one thread, with the same 16 images; the rows are the models that `page_speed`
drags, and two that come near the limits of what a browser is given.
"""

from __future__ import annotations

import argparse
import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from playwright.sync_api import Page, sync_playwright

from autoenc import models
from autoenc.inspection.network import network_of
from autoenc.schema import TrainConfig
from benchmarks.page_speed import DRAGGED
from tests.browser import chromium
from ui.components import inline
from ui.components.readings import NETWORKS

N_IMAGES, SHAPE = 16, (1, 28, 28)
ROUNDS = 9
CONFIGS = {name: config for name, (config, _) in DRAGGED.items()} | {
    "MLP 1024": TrainConfig("mnist", "mlp", 1024),
    "conv 128, 2 layers, stride 1": TrainConfig("mnist", "conv", 128, layers=2, stride=1),
}

# Both kinds of functions; milliseconds of one call, of as many calls as take a while: the clock is coarse.
SCRIPT = """{{
const load = (WebAssembly) => {{ {code}; return (network, n) => prepared(network, n, createMemory()); }};
const kinds = {{ wasm: load(WebAssembly), script: load(undefined) }};
const read = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const took = (forward, x, calls) => {{
  const began = performance.now();
  for (let i = 0; i < calls; i++) forward(x);
  return (performance.now() - began) / calls;
}};
window.measure = ({{ layers, weights, x, n, rounds }}) => {{
  const images = read(x);
  const network = {{ layers, weights: read(weights) }};
  const made = Object.entries(kinds).map(([name, make]) => [name, make(network, n)]);
  const outputs = made.map(([, forward]) => forward(images));
  const calls = made.map(([, forward]) => Math.ceil(20 / took(forward, images, 3)));
  const times = {{ wasm: [], script: [] }};
  for (let i = 0; i < rounds; i++)
    made.forEach(([name, forward], which) => times[name].push(took(forward, images, calls[which])));
  return {{ ...times, outputs: outputs.map((output) => [...output]) }};
}};
}}"""


@dataclass(frozen=True)
class Row:
    """One model, 16 images."""

    name: str
    multiplications: int  # of one image
    wasm_ms: float  # medians
    script_ms: float
    off: float  # largest difference of WebAssembly to PyTorch

    def __str__(self) -> str:
        times = f"{self.wasm_ms:8.2f} ms, JavaScript {self.script_ms:8.2f} ms"
        ratio = f"{self.script_ms / self.wasm_ms:5.1f} times as long"
        return f"{self.name:30}{self.multiplications / 1e6:8.2f} M {times}: {ratio}; off by {self.off:.1e}"


def measured(page: Page, name: str, config: TrainConfig) -> Row:
    """A model that is not trained: the arithmetic is the same."""
    model, info = models.build(config, SHAPE).requires_grad_(False), models.describe(config, SHAPE)
    x = torch.rand(N_IMAGES, *SHAPE, generator=torch.Generator().manual_seed(1))
    network = network_of((*model.encoder, *model.decoder), info)
    given = {"layers": network.layers, "weights": _text(network.weights), "x": _text(x.numpy())}
    answer: dict[str, Any] = page.evaluate(
        "given => measure(given)", given | {"n": N_IMAGES, "rounds": ROUNDS}
    )
    with torch.inference_mode():
        expected = model(x).flatten().numpy()
    off = float(np.abs(np.array(answer["outputs"][0]) - expected).max())
    return Row(name, info.n_multiplications, median(answer["wasm"]), median(answer["script"]), off)


def _text(numbers: np.ndarray) -> str:
    return b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode()


def run() -> Iterator[Row]:
    with sync_playwright() as playwright:
        path = chromium.find(playwright)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.add_script_tag(content=SCRIPT.format(code=inline(*NETWORKS)))
        for name, config in CONFIGS.items():
            yield measured(page, name, config)
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browser_networks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    args = parser.parse_args()
    rows = []
    for row in run():
        rows.append(row)
        print(row, flush=True)
    if args.json is not None:
        args.json.write_text(json.dumps(list(map(asdict, rows)), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
