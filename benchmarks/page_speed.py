"""What our pages cost beside plain Streamlit, in Chromium: `python -m benchmarks.page_speed [--json FILE]`.

Both take turns in one run on one machine; a ratio is that of the medians. Targets stand beside the numbers
and are not enforced: another machine, or a busy one, gives others.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from autoenc import datasets
from autoenc.schema import Noise, TrainConfig
from benchmarks.code_drag import bar_drags
from benchmarks.dashboards import dashboard
from benchmarks.page_feel import control_changes, navigations
from benchmarks.page_probes import (
    WATCH_TASKS,
    Updates,
    first_paint,
    longest_task,
    picture_intervals,
    visitor,
    wait_for_workers,
)
from benchmarks.page_rows import KB, MS, Row, trained
from tests.browser import chromium
from ui.components.sprites import sprite

OURS, EMPTY = "dashboard.py", "benchmarks/empty_page.py"
WORDS = {OURS: "What is an autoencoder?", EMPTY: "Nothing"}
COLD, WARM = 5, 9  # visitors of each page
N_STEPS, UPDATES = 10_000, 30  # of the watched run: steps before the first update that counts, updates
N_FRAMES = 64  # of the film
# Models whose pictures follow a dragged slider, and the milliseconds between two pictures that are aimed at.
DRAGGED = {
    "MLP 32": (TrainConfig("mnist", "mlp", 32), 50),
    "MLP 32, 2 layers": (TrainConfig("mnist", "mlp", 32, layers=2), 50),
    "conv 16": (TrainConfig("mnist", "conv", 16), 50),
    "conv 16, 2 layers": (TrainConfig("mnist", "conv", 16, layers=2), 50),
    "conv 32, 3 layers": (TrainConfig("mnist", "conv", 32, layers=3), 50),
    "conv 16, 4 layers, stride 1": (TrainConfig("mnist", "conv", 16, layers=4, stride=1), 250),
    "conv 64, 2 layers, stride 1": (TrainConfig("mnist", "conv", 64, layers=2, stride=1), 1000),
}


# ---------------------------------------------------------------- the first paint


def first_paints(browser: Browser, folder: Path) -> Iterator[Row]:
    """For the first visitor of a server that has just come up, and for those who come later."""
    cold: dict[str, list[tuple[float, float]]] = {OURS: [], EMPTY: []}
    warm: dict[str, list[tuple[float, float]]] = {OURS: [], EMPTY: []}
    for i in range(COLD):
        for script in WORDS:
            with dashboard(folder / f"cold-{i}", script=script) as server:
                cold[script].append(first_paint(browser, server.address, WORDS[script]))
    with dashboard(folder / "warm") as ours, dashboard(folder / "empty", script=EMPTY) as empty:
        wait_for_workers(browser, ours.address)
        for _ in range(1 + WARM):
            for server, script in ((ours, OURS), (empty, EMPTY)):
                warm[script].append(first_paint(browser, server.address, WORDS[script]))
    for who, took, skip in (("first", cold, 0), ("later", warm, 1)):
        for at, what in enumerate(("paint", "words")):
            sides = (tuple(pair[at] for pair in took[script][skip:]) for script in (OURS, EMPTY))
            yield Row(f"first {what}, {who} visitor", MS, 1.3, *sides)


# ---------------------------------------------------------------- a run is watched


def live_updates(browser: Browser, folder: Path) -> Iterator[Row]:
    """Of a run with N_STEPS steps behind it, which goes on."""
    epochs = N_STEPS // (len(datasets.load("digits").train) // 12) + 1
    done = f"document.querySelector('.stProgress')?.textContent.match(/Training: (\\d+)/)?.[1] >= {epochs}"
    link = "train?dataset=digits&model=mlp&latent_size=16&epochs=1000&batch_size=12"
    with dashboard(folder) as ours, visitor(browser, "about:blank") as page:
        wait_for_workers(browser, ours.address)
        updates = Updates(page)
        page.goto(f"{ours.address}/{link}")
        page.locator(".st-key-train button").click()
        page.wait_for_function(done)
        before = len(updates.n_bytes)
        while len(updates.n_bytes) < before + UPDATES:
            page.wait_for_timeout(200)
        counted = tuple(n / 1000 for n in updates.n_bytes[before:])
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("Stopped:").wait_for()
    yield Row(f"live update, {N_STEPS:,} steps", KB, 100, counted)


def colour_pictures(folder: Path) -> Row:
    """The pictures of an update: 16 originals, and 16 more; reconstructions, being smoother, take less."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))[:320]
    images = np.stack([np.asarray(Image.open(file).convert("RGB")).transpose(2, 0, 1) for file in files])
    kilobytes = [len(sprite(images[i : i + 16]).file) / 1000 for i in range(0, len(images) - 15, 16)]
    return Row("pictures of an update, in colour", KB, 100, tuple(2 * n for n in kilobytes))


# ---------------------------------------------------------------- a run is replayed


def long_tasks(browser: Browser, folder: Path) -> Iterator[Row]:
    """While the film of a run plays, and while it is scrubbed."""
    dataset = datasets.default_name()
    run_id = trained(TrainConfig(dataset=dataset, latent_size=16, epochs=N_FRAMES, train_images=1000))
    with dashboard(folder) as ours:
        wait_for_workers(browser, ours.address)
        with visitor(browser, f"{ours.address}/train?run={run_id}") as page:
            page.locator(".js-plotly-plot").nth(1).wait_for()
            film = page.locator(".st-key-preview")
            film.get_by_role("slider").wait_for()
            page.wait_for_timeout(2000)
            page.evaluate(WATCH_TASKS)
            film.get_by_role("button", name="Play").click()
            film.get_by_role("button", name="Pause").wait_for()
            film.get_by_role("button", name="Play").wait_for()
            played = longest_task(page)
            for key in N_FRAMES * ["ArrowLeft"] + N_FRAMES * ["ArrowRight"]:
                film.get_by_role("slider").press(key, delay=30)  # as a key that is held
            scrubbed = longest_task(page)
    yield Row(f"longest task, {N_FRAMES} epochs played", MS, 100, (played,))
    yield Row(f"longest task, {N_FRAMES} epochs scrubbed", MS, 100, (scrubbed,))


# ---------------------------------------------------------------- noise is dragged


def drags(browser: Browser, folder: Path) -> Iterator[Row]:
    """Milliseconds between two pictures of 16 denoised images; a plain autoencoder is drawn beside."""
    plain = trained(TrainConfig("mnist", "mlp", 32, epochs=1, train_images=1000))
    noise = Noise("gaussian", 1, up_to=True)
    with dashboard(folder) as ours:
        wait_for_workers(browser, ours.address)
        for name, (config, target) in DRAGGED.items():
            run_id = trained(replace(config, noise=noise, epochs=1, train_images=1000))
            link = f"denoise?dataset=mnist&noise=gaussian:0.3&plain={plain}&denoiser={run_id}"
            with visitor(browser, f"{ours.address}/{link}") as page:
                yield Row(f"pictures, {name}", MS, target, tuple(picture_intervals(page, run_id)))


# ---------------------------------------------------------------- all of it

PARTS: dict[str, Callable[[Browser, Path], Iterator[Row]]] = {
    "change": control_changes,
    "navigate": navigations,
    "paint": first_paints,
    "update": live_updates,
    "tasks": long_tasks,
    "drag": drags,
    "bars": bar_drags,
}


def run(parts: Sequence[str]) -> Iterator[Row]:
    """The rows of these PARTS, one after another."""
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(playwright), args=switches)
        for part in parts:
            with tempfile.TemporaryDirectory() as name:
                os.environ["AUTOENC_CHECKPOINT_DIR"] = name
                yield from PARTS[part](browser, Path(name))
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.page_speed", description="What our pages cost."
    )
    parser.add_argument("--parts", default=",".join(PARTS), help="default: %(default)s")
    parser.add_argument("--colour", type=Path, metavar="FOLDER", help="JPEG or PNG images of one size")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    args = parser.parse_args()
    rows = [colour_pictures(args.colour)] if args.colour else []
    print(*rows, sep="\n", end="\n" if rows else "", flush=True)
    for row in run(args.parts.split(",")):
        rows.append(row)
        print(row, flush=True)
    if args.json is not None:
        text = json.dumps([asdict(row) | {"ratio": row.ratio} for row in rows], indent=1)
        args.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
