"""Retakes the pictures of README.md and docs/*.md: `python -m docs.images.take [NAME ...]`.

From the runs in AUTOENC_CHECKPOINT_DIR, on all of MNIST and of CIFAR-10 (the image folder of docs/colour.md).
What has to be there, as commands of `python -m autoenc`:

    train --dataset mnist
    sweep --models mlp,conv --latent-sizes 1,4,16,64,256 --one-at-a-time
    sweep --models mlp --latent-sizes 8,32,128
    train --model conv --latent-size 32 --layers 3 --learning-rate 0.002 --noise gaussian:0-1
    the same with --noise gaussian:0.1, 0.3, 0.5 and 1
    sweep --dataset cifar10-images --models mlp,conv,conv-bottleneck --latent-sizes 8,16,32,64,128
        --one-at-a-time
    recognise --dataset mnist
    recognise --dataset cifar10-images
    sweep --dataset cifar10-images --models mlp --latent-sizes 8,16,32,64,128,256 --one-at-a-time
    train --dataset mnist --latent-size 48 --rate-weight 0.02
    train --dataset mnist --model conv-bottleneck --latent-size 48 --rate-weight 0.02
    train --dataset mnist --latent-size 16
    train --dataset mnist --model vae --latent-size 16
    train --dataset mnist --latent-size 2
    train --dataset mnist --model vae --latent-size 2
    report --size lesson --run --out FILE.html

What the last one measures is in AUTOENC_CACHE_DIR: the same one is needed for `lab` and `handout`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, FloatRect, Page, expect, sync_playwright

from autoenc import datasets, recipes
from autoenc.schema import TrainConfig
from benchmarks.dashboards import ROOT, dashboard
from tests.browser import chromium
from tests.browser.conftest import HEAD, expect_rest

HERE = Path(__file__).parent
HANDOUT = "handout"  # the one picture that is not of a page
HOST, PORT = "lab.school.example", 8501  # what a class would type; for this browser it is the machine itself
PATIENCE = 600_000  # milliseconds: curves of noise are measured while the page is open

MNIST, CIFAR = "mnist", "cifar10-images"
DIGITS = recipes.train_config(datasets.info(MNIST))
DENOISER = recipes.denoising_config(datasets.info(MNIST), recipes.any_level(recipes.NOISE))


@dataclass(frozen=True)
class Picture:
    """One file."""

    link: str
    height: int = 960
    width: int = 1280
    then: Callable[[Page], None] = lambda page: None  # what is done before it is taken
    parts: str = ""  # only these elements, with what lies between them; "": the whole window


def run_id(config: TrainConfig) -> str:
    return config.run_id(datasets.load(config.dataset).fingerprint)


def sweep_id(dataset: str, models: Sequence[str], sizes: Sequence[int]) -> str:
    sweep = recipes.sweep(datasets.info(dataset), models, sizes)
    return sweep.sweep_id(datasets.load(dataset).fingerprint)


def pictures() -> dict[str, Picture]:
    """By the name of the file."""
    mlp = run_id(DIGITS)
    both = f"{mlp},{run_id(recipes.train_config(datasets.info(CIFAR), latent_size=64))}"
    several = ",".join(run_id(replace(DIGITS, latent_size=size)) for size in (4, 16, 64))
    sweep = sweep_id(MNIST, recipes.SWEPT_MODELS, (1, 4, 16, 64, 256))
    colour_sweep = sweep_id(CIFAR, ("mlp", "conv", "conv-bottleneck"), (8, 16, 32, 64, 128))
    noisy = f"denoise?dataset=mnist&noise=gaussian:0.3&plain={mlp}&denoiser={run_id(DENOISER)}"
    weight = {"latent_size": 48, "rate_weight": 0.02}
    rated, rated_conv = (
        run_id(recipes.train_config(datasets.info(MNIST), model, **weight))
        for model in ("mlp", "conv-bottleneck")
    )
    plain_code = run_id(replace(DIGITS, latent_size=16))
    prior = run_id(recipes.train_config(datasets.info(MNIST), "vae", latent_size=16))
    plain_map = run_id(replace(DIGITS, latent_size=2))
    prior_map = run_id(recipes.train_config(datasets.info(MNIST), "vae", latent_size=2))
    return {
        "train-epochs": Picture(f"train?run={mlp}"),
        "train-images": Picture(f"train?run={mlp}&view=images"),
        "sweep": Picture(f"sweep?sweep={sweep}", 1330),
        "denoise": Picture(noisy, 880, 1400),
        "denoise-curves": Picture(noisy, 2400, then=measure, parts=".st-key-noise-psnr, .st-key-noise-ssim"),
        "denoise-matrix": Picture(
            f"{noisy}&question=matrix", 2400, then=measure, parts=".st-key-noise-matrix"
        ),
        "recognise": Picture("recognise?dataset=mnist", 800, then=measure),
        "recognise-cifar": Picture(f"recognise?dataset={CIFAR}", 800, then=measure),
        "recognise-code": Picture("recognise?dataset=mnist&view=code", 760, then=measure_probes),
        "recognise-noise": Picture(
            f"{noisy}&question=readable", 2400, then=measure, parts=".st-key-noise-readable"
        ),
        "recognised": Picture(f"train?run={run_id(replace(DIGITS, latent_size=8))}&view=recognised", 1100),
        "compress": Picture(f"compress?run={rated}"),
        "compress-rates": Picture(f"compress?run={rated_conv}&view=rates&beside={rated}", 1060, then=measure),
        "latent": Picture(f"latent?run={mlp}", 820),
        "latent-samples": Picture(f"latent?run={plain_code}&view=samples&beside={prior}", 860),
        "latent-map-mlp": Picture(
            f"latent?run={plain_map}&view=map&layer=both", 820, 1100, parts=".st-key-map-room"
        ),
        "latent-map-vae": Picture(
            f"latent?run={prior_map}&view=map&layer=both", 820, 1100, parts=".st-key-map-room"
        ),
        "picture": Picture(f"picture?from=draw&runs={both}", then=draw_a_seven),
        "colour": Picture("colour?part=harder&colour=cifar10-images&grey=mnist&models=mlp"),
        "colour-sweep": Picture(f"colour?part=sweep&sweep={colour_sweep}", 1330),
        "lab": Picture("lab?size=lesson&experiment=mlp-curves", 960),
        "runs": Picture(f"runs?runs={several}", 1180),
        "class-address": Picture(f"train?run={mlp}&view=images", then=open_address),
    }


def measure(page: Page) -> None:
    """All curves of the question that is open."""
    for button in page.locator("[class*=st-key-measure-] button").all():
        button.click()
    expect(page.locator("[class*=st-key-measure-] button, [class*=st-key-progress-]")).to_have_count(0)


def measure_probes(page: Page) -> None:
    """The first question of several, where it has not been measured yet."""
    for button in page.locator(".st-key-measure-probes button").all():
        button.click()
    expect(page.locator(".st-key-progress-probes")).to_have_count(0)


def draw_a_seven(page: Page) -> None:
    box = page.locator(".st-key-pad canvas.pad").bounding_box()
    assert box is not None
    corners = ((0.3, 0.25), (0.7, 0.25), (0.45, 0.8))
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=20)
    page.mouse.up()
    expect(page.locator("[class*=st-key-way-] canvas").first).to_be_visible()


def open_address(page: Page) -> None:
    page.locator(HEAD).click()
    expect(page.get_by_alt_text("QR code")).to_be_visible()


def take(browser: Browser, address: str, name: str, picture: Picture) -> None:
    page = browser.new_page(viewport={"width": picture.width, "height": picture.height}, color_scheme="light")
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/{picture.link}")
    at_rest(page)
    picture.then(page)
    page.mouse.move(0, 0)  # no chart shows its tools
    at_rest(page)
    page.screenshot(path=HERE / f"{name}.png", clip=around(page, picture.parts) if picture.parts else None)
    page.close()


def take_handout(browser: Browser) -> None:
    """What it says of one layer against two, with the report's numbers beside ours."""
    with TemporaryDirectory() as folder:
        paper = Path(folder) / "report.html"
        command = [sys.executable, "-m", "autoenc", "report", "--size", "lesson", "--out", str(paper)]
        subprocess.run(command, cwd=ROOT, check=True)
        page = browser.new_page(viewport={"width": 1280, "height": 960}, color_scheme="light")
        page.set_default_timeout(PATIENCE)
        page.goto(f"{paper.as_uri()}#layers")
        page.wait_for_timeout(4000)  # its charts are drawn one after the other; nothing tells that all are
        page.screenshot(path=HERE / f"{HANDOUT}.png")
        page.close()


def around(page: Page, parts: str) -> FloatRect:
    """A rectangle with all of these elements."""
    boxes = [box for part in page.locator(parts).all() if (box := part.bounding_box())]
    left, top = (min(box[side] for box in boxes) for side in ("x", "y"))
    right, bottom = (
        max(box[side] + box[length] for box in boxes) for side, length in (("x", "width"), ("y", "height"))
    )
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def at_rest(page: Page) -> None:
    """Until the script has ended and the charts and pictures have been drawn."""
    expect(page.locator(HEAD).first).to_be_visible()
    expect_rest(page)
    page.wait_for_timeout(4000)  # baselines and examples follow the page; nothing tells that all have come


def main(names: list[str]) -> None:
    expect.set_options(timeout=PATIENCE)
    runs = os.environ.get("AUTOENC_CHECKPOINT_DIR")
    if runs is None:
        sys.exit("set AUTOENC_CHECKPOINT_DIR to the folder of the runs")
    every = pictures()
    known = (*every, HANDOUT)
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"unknown picture {unknown[0]!r}; known: {', '.join(known)}")
    with (
        TemporaryDirectory() as folder,
        dashboard(Path(folder), "--browser.serverAddress", HOST, AUTOENC_CHECKPOINT_DIR=runs) as lab,
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=chromium.find(playwright),
            args=["--no-sandbox", f"--host-resolver-rules=MAP {HOST}:{PORT} 127.0.0.1:{lab.port}"],
        ) as browser,
    ):
        for name in names or known:
            if name == HANDOUT:
                take_handout(browser)
            else:
                take(browser, f"http://{HOST}:{PORT}", name, every[name])
            print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
