"""One dashboard for all browser tests, served under a sub-path, and one real Chromium.

It has no data set but the embedded digits, so that the tests find the same pages on every machine.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import shorten
from time import monotonic
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from autoenc import datasets, recognition
from autoenc.jobs import TrainJob
from autoenc.jobs.recognisers import RecogniserJob
from autoenc.recognition import ImageReader
from autoenc.schema import RecogniserConfig, Run, TrainConfig
from benchmarks.dashboards import dashboard
from tests.browser import chromium
from tests.runs import first_run

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP lab.test 127.0.0.1",  # plain http under a name: browsers trust it less
)

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Mobile Safari",
}
HEAD = ".st-key-address button"  # filled when all of the page has been drawn


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A second try for what a real browser did not do in time: the report lists it (docs/decisions/0026)."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def checkpoint_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dashboard")


@pytest.fixture(scope="session")
def address(checkpoint_folder: Path) -> Iterator[str]:
    data = {"AUTOENC_DATA_DIR": str(checkpoint_folder / "no-data")}
    first_run(checkpoint_folder)
    with dashboard(checkpoint_folder, "--server.baseUrlPath", "lab", path="/lab", **data) as lab:
        yield lab.address


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Each of its contexts is a visitor who was never here."""
    with playwright.chromium.launch(
        executable_path=chromium.find(playwright), args=list(SWITCHES)
    ) as browser:
        yield browser


@pytest.fixture(scope="session")
def desktop(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser as it stands on a desk: what it has fetched and compiled once, it has for all tests.

    A page costs it half the work that it costs one that was never here.
    """
    with playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"), executable_path=chromium.find(playwright), args=list(SWITCHES)
    ) as desktop:
        yield desktop


Trained = Callable[..., Run]


@pytest.fixture(scope="session")
def trained(checkpoint_folder: Path) -> Trained:
    """A run of a few images and epochs, trained in this process into the folder of the dashboard."""

    def trained(latent_size: int = 8, epochs: int = 12, **settings: object) -> Run:
        config = TrainConfig("digits", latent_size=latent_size, epochs=epochs, train_images=512, **settings)
        with patch.dict(os.environ, AUTOENC_CHECKPOINT_DIR=str(checkpoint_folder)):
            job = TrainJob(config, "cpu")
            for _ in job.run():
                pass
            stored = job.stored()
        assert stored is not None
        assert stored.run is not None
        return stored.run

    return trained


@pytest.fixture(scope="session")
def recogniser(checkpoint_folder: Path) -> ImageReader:
    """A recogniser of digits in the folder of the dashboard, after a few epochs."""
    with patch.dict(os.environ, AUTOENC_CHECKPOINT_DIR=str(checkpoint_folder)):
        job = RecogniserJob(RecogniserConfig("digits", 6), "cpu")
        for _ in job.run():
            pass
        return recognition.open_reader(job.job_id, datasets.load("digits"))


PATIENCE = 120_000  # milliseconds: a busy machine starts its workers slowly
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(desktop: BrowserContext, browser: Browser, address: str) -> Iterator[OpenPage]:
    """Opens a link in a new window; at the end no page may show, nor its script have met, an error."""
    pages, errors = list[Page](), list[str]()

    def open_page(
        link: str = "", width: int = 1280, height: int = 800, at: str = address, phone: bool = False
    ) -> Page:
        page = browser.new_page(**PHONE) if phone else desktop.new_page()
        pages.append(page)
        if not phone:
            page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{at}/{link}")
        expect(page.locator(HEAD).first).to_be_visible()
        expect_rest(page)  # a page that is still being drawn may swallow a click
        return page

    yield open_page
    for page in pages:
        errors += [page.inner_text("[data-testid=stException]")] if broken(page) else []
        page.evaluate("localStorage.clear()")
        page.close()
    desktop.clear_cookies()
    assert errors == []


def broken(page: Page) -> bool:
    return page.locator("[data-testid=stException]").count() > 0


def expect_progress(page: Page, words: str) -> None:
    expect(page.locator(".stProgress", has_text=words)).to_be_visible()


def expect_rest(page: Page) -> None:
    """Until no script runs."""
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", re.compile("notRunning"))


def download(page: Page, button: str) -> bytes:
    """The file that a press of the button brings."""
    expect_rest(page)  # when a script ends, Streamlit drops the files of the one before
    with page.expect_download() as download:
        page.get_by_role("button", name=button).first.click()
    return download.value.path().read_bytes()


def saved_picture(page: Page, button: str) -> tuple[str, np.ndarray]:
    """The PNG that a press of the button saves: the name of its file, and uint8 (H, W, 3)."""
    with page.expect_download() as download:
        page.locator(button).click()
    with Image.open(io.BytesIO(download.value.path().read_bytes())) as picture:
        assert picture.format == "PNG"
        return download.value.suggested_filename, np.asarray(picture.convert("RGB"))


def is_too_wide(page: Page) -> bool:
    """Whether the page scrolls sideways."""
    wide: bool = page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".some((place) => place.scrollWidth > innerWidth)"
    )
    return wide


def picture(page: Page, canvas: str) -> str:
    """The pixels of the first canvas that is found."""
    pixels: str = page.locator(canvas).first.evaluate("canvas => canvas.toDataURL()")
    return pixels


def wait_for_another(page: Page, canvas: str, before: str) -> None:
    """Until the first canvas that is found shows other pixels."""
    wait_until(page, canvas, "node.toDataURL() !== given", before)


def wait_until(page: Page, place: str, condition: str, given: object = None) -> None:
    """Until the first element that is found there at that moment, called `node`, fulfils the condition.

    Not one that was found before: Streamlit may have put another in its place.
    """
    deadline = monotonic() + PATIENCE / 1000
    while not page.locator(place).first.evaluate(f"(node, given) => Boolean({condition})", given):
        assert monotonic() < deadline, f"{place}: not {condition}. The page shows: {shown(page)}"
        page.wait_for_timeout(20)


def shown(page: Page, most: int = 2_000) -> str:
    """What can be read on the page, its alerts first, in at most so many characters."""
    alerts = page.locator("[data-testid=stAlert]:visible").all_inner_texts()
    text = " | ".join([*alerts, page.locator("[data-testid=stMain]").inner_text()])
    return shorten(text, most, placeholder=" ...")


def a_frame(page: Page) -> None:
    """Until the browser has drawn what it knows."""
    page.evaluate("new Promise(requestAnimationFrame)")
