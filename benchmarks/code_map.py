"""How soon the map of codes opens, how smoothly it is moved, and how soon the decoder follows the pointer.

On a running dashboard: `python -m benchmarks.code_map http://127.0.0.1:8501 mnist-mlp-k32-e10-1a2b3c4d`.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import chromium

MAP = ".st-key-code-map .map"
OPENINGS = 5
FRAMES = 120  # of a drag
PLACES = 80  # that the pointer goes to
SCRIPT = """
const box = () => window.autoencMaps.get("code-map");
const frame = () => new Promise(requestAnimationFrame);
const at = (right, down) => {
  const { left, top, width, height } = box().canvas.getBoundingClientRect();
  return { clientX: left + right * width, clientY: top + down * height };
};
const point = (name, place, more) =>
  box().canvas.dispatchEvent(
    new PointerEvent(name, { pointerId: 1, pointerType: "mouse", ...place, ...more }));
window.drag = async (n) => {
  box().canvas.setPointerCapture = () => {}; // of a pointer that is not there
  point("pointerdown", at(0.5, 0.5), { button: 0 });
  const times = [];
  let before = await frame();
  for (let i = 0; i < n; i++) {
    point("pointermove", at(0.5 + 0.3 * Math.sin(i / 15), 0.5 + 0.2 * Math.sin(i / 10)));
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  point("pointerup", at(0.5, 0.5));
  return times;
};
window.follow = async (n) => {
  const times = [];
  for (let i = 0; i < n; i++) {
    const began = performance.now();
    point("pointermove", at(0.2 + 0.6 * ((i * 0.37) % 1), 0.2 + 0.6 * ((i * 0.61) % 1)));
    const wanted = box().at;
    while (box().drawnAt !== wanted || box().painted !== box().drawn) await frame();
    times.push(performance.now() - began);
  }
  return times;
};
"""


@dataclass(frozen=True)
class Row:
    """What was measured of one run and layer."""

    run_id: str
    layer: str
    opened_seconds: float  # median, warm: from the click on a link to the points
    frames_per_second: float  # median of a drag
    slow_frame_ms: float  # 95 in 100 frames of it are faster
    followed_ms: float  # median, from the pointer to the picture
    slow_followed_ms: float  # 95 in 100 are faster

    def __str__(self) -> str:
        moved = f"{self.frames_per_second:.0f} frames/s (p95 {self.slow_frame_ms:.0f} ms)"
        followed = f"pointer to picture {self.followed_ms:.0f} ms (p95 {self.slow_followed_ms:.0f} ms)"
        return f"{self.run_id} {self.layer}: opens in {self.opened_seconds:.2f} s, {moved}, {followed}"


def opened(context: BrowserContext, link: str) -> tuple[Page, float]:
    """The page, and the seconds until its map has been painted."""
    page, began = context.new_page(), perf_counter()
    page.goto(link)
    page.locator(f"{MAP}[data-updates]").wait_for(timeout=120_000)
    return page, perf_counter() - began


def measured(browser: Browser, address: str, run_id: str, layer: str) -> Row:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    link = f"{address}/latent?view=map&run={run_id}&layer={layer}"
    opened(context, link)[0].close()  # the server opens the model, the browser keeps our code
    seconds = []
    for _ in range(OPENINGS):
        page, took = opened(context, link)
        seconds.append(took)
        if len(seconds) < OPENINGS:
            page.close()
    page.wait_for_function("() => window.autoencMaps.get('code-map').drawn")
    page.evaluate(SCRIPT)
    frames, times = page.evaluate(f"drag({FRAMES})"), page.evaluate(f"follow({PLACES})")
    context.close()
    return Row(
        run_id,
        layer,
        median(seconds),
        1000 / median(frames),
        float(np.quantile(frames, 0.95)),
        median(times),
        float(np.quantile(times, 0.95)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.code_map", description=__doc__)
    parser.add_argument("address", help="of a dashboard")
    parser.add_argument("runs", nargs="+", metavar="RUN_ID")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    args = parser.parse_args()
    rows = []
    with sync_playwright() as playwright:
        path = chromium.find(playwright)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for run_id in args.runs:
            for layer in ("points", "both"):
                rows.append(measured(browser, args.address, run_id, layer))
                print(rows[-1], flush=True)
        browser.close()
    if args.json is not None:
        args.json.write_text(json.dumps(list(map(asdict, rows)), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
