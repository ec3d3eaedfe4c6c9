"""Under a name that browsers do not trust, behind a proxy that serves the dashboard under its own prefix.

The server never hears of the prefix. It has no path of its own, as under JupyterHub, or a base path besides.
Only https and the machine itself give pages the clipboard.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import pytest
import segno
from playwright.sync_api import Page, Response, expect

from autoenc import datasets, sweeps
from autoenc.schema import Noise, Run, Sweep
from autoenc.sweeps import SavedSweep
from benchmarks.dashboards import dashboard, stripping
from tests.browser.conftest import HEAD, PATIENCE, OpenPage, Trained, expect_rest

PREFIX = "/user/ada/proxy/8501"


@pytest.fixture(scope="module")
def hub(checkpoint_folder: Path) -> Iterator[str]:
    """A dashboard without a base path, behind the proxy."""
    settings = {"AUTOENC_DATA_DIR": str(checkpoint_folder / "no-data"), "AUTOENC_WORKERS": "1"}
    with dashboard(checkpoint_folder, **settings) as lab, stripping(lab.port, PREFIX) as proxy:
        yield named(proxy)


@pytest.fixture(scope="module")
def proxied(address: str) -> Iterator[str]:
    """The dashboard of all tests, with its base path, behind the proxy."""
    port = urlsplit(address).port
    assert port is not None
    with stripping(port, PREFIX) as proxy:
        yield f"{named(proxy)}/lab"


def named(address: str) -> str:
    return address.replace("127.0.0.1", "lab.test")


def test_every_page_is_whole_behind_a_proxy_that_strips_a_prefix(
    open_page: OpenPage, hub: str, trained: Trained, checkpoint_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(checkpoint_folder))
    plain, denoiser = trained(8), trained(8, noise=Noise("gaussian", 1.0, up_to=True))
    links = {  # what components draw, in the browser and in its workers; "foreign" is "picture" today
        f"train/?run={plain.run_id}": (".st-key-loss .xtick", ".pictures canvas"),
        f"denoise?plain={plain.run_id}&denoiser={denoiser.run_id}": (".live .best", ".xtick"),
        f"compress?run={plain.run_id}": (".live .notes .psnr >> text=/\\d/",),
        f"latent?run={plain.run_id}": (".hand[data-updates]",),
        f"latent?run={plain.run_id}&view=morph": (".walk[data-updates]",),
        f"latent?run={plain.run_id}&view=map": (".map .words >> text=/./",),
        f"foreign?runs={plain.run_id}&from=draw": ("canvas.pad", ".row[data-updates]"),
        f"runs?runs={plain.run_id},{denoiser.run_id}": (".st-key-comparison .xtick", ".pictures canvas"),
        f"sweep?sweep={sweep_of(plain)}": (".st-key-sweep-by-size .xtick",),
        "colour": (".st-key-loss .xtick", ".pictures canvas"),
    }
    page = open_page(at=hub)
    missed: list[str] = []

    def note(response: Response) -> None:
        at = urlsplit(response.url)
        if at.scheme != "http" or "/_stcore/" in at.path:  # where Streamlit looks for its server
            return
        if response.status >= 400 or not at.path.startswith(f"{PREFIX}/"):
            missed.append(f"{response.status} {response.url}")

    page.on("response", note)
    expect(page.locator("canvas").first).to_be_visible()
    for link, drawn in links.items():
        page.goto(f"{hub}/{link}")
        expect_whole(page, *drawn)
    page.get_by_role("link", name="Start", exact=True).first.click()
    expect_whole(page, "canvas")
    page.go_back()
    expect_whole(page)
    expect(page).to_have_url(re.compile(re.escape(f"{hub}/colour")))
    assert missed == []


def sweep_of(run: Run) -> str:
    """The address of a sweep that has ended with only this run."""
    sweep = Sweep(run.config, (run.config.model,), (run.config.latent_size,))
    saved = SavedSweep(sweep, datasets.load(run.config.dataset).fingerprint, (run.run_id,), wanted=False)
    sweeps.save(saved)
    return saved.sweep_id


def expect_whole(page: Page, *drawn: str) -> None:
    expect(page.locator(HEAD).first).to_be_visible()
    expect_rest(page)
    for what in drawn:
        expect(page.locator(what).first).to_be_visible()
    assert list(filter(None, page.get_by_role("alert").all_inner_texts())) == []


def test_a_slash_too_many_or_too_few_keeps_the_prefix(address: str) -> None:
    with stripping(urlsplit(address).port or 0, PREFIX) as proxy:
        for place in (address, f"{proxy}/lab"):
            for given, reached in (("?view=errors", "/?view=errors"), ("/train/?class=3", "/train?class=3")):
                with urllib.request.urlopen(f"{place}{given}") as answer:
                    assert answer.url == f"{place}{reached}"


def test_the_link_to_a_view_has_the_prefix_and_is_copied_without_the_browsers_trust(
    open_page: OpenPage, proxied: str, trained: Trained
) -> None:
    run = trained(8)
    page = open_page(f"train?run={run.run_id}&view=export", at=proxied)
    assert page.evaluate("[isSecureContext, navigator.clipboard]") == [False, None]
    expect(page.locator(HEAD)).to_contain_text(proxied.partition("//")[2])
    field = page.get_by_role("textbox", name="link to this view")
    link = field.input_value()
    assert link.startswith(f"{proxied}/train?")
    page.get_by_role("button", name="Copy: link to this view").click()
    expect(page.locator(".st-key-link [role=status]")).to_have_text("Copied.")
    assert pasted(page) == link

    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy: link to this view").click()
    expect(page.locator(".st-key-link [role=status]")).to_contain_text("press Ctrl+C")
    selected = "({ selectionStart, selectionEnd }) => [selectionStart, selectionEnd]"
    assert field.evaluate(selected) == [0, len(link)]
    page.goto(link)
    expect_whole(page, ".st-key-export-timing .xtick")


def test_the_code_for_the_class_leads_to_the_tab_that_was_opened_last(
    open_page: OpenPage, proxied: str, trained: Trained
) -> None:
    page = open_page(f"train?run={trained(8).run_id}", at=proxied)
    expect_code(page)
    for tab, view in (("The model", "model"), ("Every image", "images"), ("Export", "export")):
        page.get_by_role("tab", name=tab).click()
        expect(page).to_have_url(re.compile(f"view={view}"))
        expect_code(page)


# The image in the popover, and the address that stands over the page at the same moment.
SHOWN = r"""async () => {
  const image = document.querySelector("[data-testid=stPopoverBody] img");
  return [image ? await (await fetch(image.src)).text() : "", location.href];
}"""


def expect_code(page: Page) -> None:
    """The image in the popover of the address leads to what the page shows; the popover is closed again.

    A page has its address before it is drawn, and one part of it after the other: both come to rest.
    """
    expect_rest(page)
    page.locator(HEAD).first.click()
    expect(page.locator("[data-testid=stPopoverBody] img")).to_be_visible()
    deadline = monotonic() + PATIENCE / 4000
    while True:
        svg, address = page.evaluate(SHOWN)
        code = segno.make_qr(address).svg_inline(scale=8, border=2, light="#ffffff", dark="#000000")
        if squares(svg) == squares(code):
            break
        assert monotonic() < deadline, f"the code is not that of {address}"
        page.wait_for_timeout(50)
    page.locator(HEAD).first.click()
    expect(page.locator("[data-testid=stPopoverBody]")).to_have_count(0)


def squares(svg: str) -> list[str]:
    return re.findall(r'\bd="([^"]+)"', svg)


def pasted(page: Page) -> str:
    """What the clipboard gives to a field of the document."""
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))")
    page.locator("#paste").focus()
    page.keyboard.press("Control+V")
    text: str = page.locator("#paste").input_value()
    page.evaluate("document.querySelector('#paste').remove()")
    return text
