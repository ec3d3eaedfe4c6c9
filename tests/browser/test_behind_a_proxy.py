"""Under a name that browsers do not trust, behind a proxy that serves the dashboard under its own prefix.

The server never hears of the prefix; it has a base path besides. Only https and the machine itself give pages
the clipboard.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, expect

from autoenc.schema import Noise
from benchmarks.dashboards import stripping
from tests.browser.conftest import HEAD, OpenPage, Trained, expect_rest

PREFIX = "/user/ada/proxy/8501"


@pytest.fixture(scope="module")
def proxied(address: str) -> Iterator[str]:
    port = urlsplit(address).port
    assert port is not None
    with stripping(port, PREFIX) as proxy:
        yield f"{proxy.replace('127.0.0.1', 'lab.test')}/lab"


def test_every_page_is_whole_behind_a_proxy_that_strips_a_prefix(
    open_page: OpenPage, proxied: str, trained: Trained
) -> None:
    plain, denoiser = trained(8), trained(8, noise=Noise("gaussian", 1.0, up_to=True))
    links = {  # what components draw, in the browser and in its workers
        f"train?run={plain.run_id}": (".st-key-loss .xtick", ".pictures canvas"),
        f"denoise?plain={plain.run_id}&denoiser={denoiser.run_id}": (".live .best", ".xtick"),
        f"foreign?runs={plain.run_id}&from=draw": ("canvas.pad", ".row[data-updates]"),
        f"runs?runs={plain.run_id},{denoiser.run_id}": (".st-key-comparison .xtick", ".pictures canvas"),
        "sweep": (),
        "colour": (),
    }
    page = open_page(at=proxied)
    missed: list[str] = []

    def note(response: Response) -> None:
        at = urlsplit(response.url)
        if at.scheme != "http" or "/_stcore/" in at.path:  # where Streamlit looks for its server
            return
        if response.status >= 400 or not at.path.startswith(f"{PREFIX}/lab/"):
            missed.append(f"{response.status} {response.url}")

    page.on("response", note)
    expect(page.locator("canvas").first).to_be_visible()
    for link, drawn in links.items():
        page.goto(f"{proxied}/{link}")
        expect_whole(page, *drawn)
    page.get_by_role("link", name="Start", exact=True).first.click()
    expect_whole(page, "canvas")
    page.go_back()
    expect_whole(page)
    assert page.url.startswith(f"{proxied}/colour")
    assert missed == []


def expect_whole(page: Page, *drawn: str) -> None:
    expect(page.locator(HEAD).first).to_be_visible()
    expect_rest(page)
    for what in drawn:
        expect(page.locator(what).first).to_be_visible()
    assert page.get_by_role("alert").all_inner_texts() == []


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


def pasted(page: Page) -> str:
    """What the clipboard gives to a field of the document."""
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))")
    page.locator("#paste").focus()
    page.keyboard.press("Control+V")
    text: str = page.locator("#paste").input_value()
    page.evaluate("document.querySelector('#paste').remove()")
    return text
