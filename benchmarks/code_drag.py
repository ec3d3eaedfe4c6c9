"""How soon the picture follows a bar of a code that is dragged; a part of page_speed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

from playwright.sync_api import Browser, Page

from autoenc import datasets, recipes
from autoenc.schema import TrainConfig
from benchmarks.dashboards import dashboard
from benchmarks.page_probes import AT_REST, visitor, wait_for_workers
from benchmarks.page_rows import MS, Row, trained

TARGET = 33  # milliseconds, of the 95th percentile
MODELS = {
    "MLP 32": TrainConfig("mnist", "mlp", 32),
    "bottleneck 16": TrainConfig("mnist", "conv-bottleneck", 16),
}
SECONDS, SWEEP = 5, 2.0  # of the drag; from one end of the bar to the other
HAND = ".st-key-hand-latent .hand"
# Of each picture: milliseconds from the pointer event whose code it draws to the frame that paints it.
WATCH = """(node) => {
  window.delays = [];
  const note = () => window.delays.push(Number(node.dataset.milliseconds));
  new MutationObserver(note).observe(node, { attributeFilter: ["data-updates"] });
}"""


def bar_drags(browser: Browser, folder: Path) -> Iterator[Row]:
    """Of the models of which a class changes the codes, in grey and in colour."""
    colour = recipes.colour_dataset(datasets.catalogue())
    with dashboard(folder) as ours:
        wait_for_workers(browser, ours.address)
        for dataset in ("mnist", colour):
            for name, config in MODELS.items():
                run_id = trained(replace(config, dataset=dataset, epochs=1, train_images=1000))
                with visitor(browser, f"{ours.address}/latent?run={run_id}") as page:
                    yield Row(f"bar, {name}, {dataset}", MS, TARGET, tuple(delays(page)))


def delays(page: Page) -> list[float]:
    """Of the pictures that come while the first bar is dragged to and fro."""
    hand = page.locator(HAND)
    page.locator(f"{HAND}[data-updates]").wait_for()
    page.wait_for_function(AT_REST)
    box = hand.locator(".bar input").first.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    hand.evaluate(WATCH)
    begin = monotonic()
    while (seconds := monotonic() - begin) < SECONDS:
        share = 0.1 + 0.8 * abs(seconds / SWEEP % 2 - 1)
        page.mouse.move(box["x"] + share * box["width"], y)
    page.mouse.up()
    took: list[float] = page.evaluate("window.delays")
    return took
