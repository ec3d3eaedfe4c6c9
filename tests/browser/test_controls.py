"""The controls of a form in real Chromium: what a key on one draws again, and what stays as it is."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import OpenPage, Trained, expect_progress, expect_rest
from tests.browser.test_train_page import LONG, press_stop, press_train_and_see_it_begin

SIZE = ".st-key-latent_size input[type=range]"
FOLLOWS = ".st-key-go"


def drawn(page: Page) -> list[str]:
    """The kinds of all elements that the page is sent from now on."""
    kinds = list[str]()

    def take(frame: str | bytes) -> None:
        message = ForwardMsg.FromString(frame.encode() if isinstance(frame, str) else frame)
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            kinds.append(message.delta.new_element.WhichOneof("type"))

    page.on("websocket", lambda socket: socket.on("framereceived", take))
    page.reload()
    expect(page.locator(SIZE)).to_be_attached()
    expect_rest(page)
    return kinds


def press(page: Page, key: str, size: int) -> None:
    """A key on the size, until the page says what follows it."""
    page.locator(SIZE).press(key)
    expect(page.locator(FOLLOWS)).to_contain_text(f"Code: {size} number")
    expect_rest(page)


def test_a_key_on_the_size_draws_what_follows_it_and_not_the_run_beside_it(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}")
    kinds = drawn(page)
    assert "metric" in kinds, "the whole page shows the results of the run"
    press(page, "ArrowRight", 12)  # away from the run: it can be copied into the form from now on
    expect(page.get_by_role("button", name="Copy settings")).to_be_visible()
    kinds.clear()
    press(page, "ArrowRight", 16)
    assert {"slider", "markdown", "button"} <= set(kinds)
    assert not {"metric", "progress", "bidi_component", "number_input"} & set(kinds), kinds
    expect(page).to_have_url(re.compile("latent_size=16"))
    expect(page.locator(".autoenc-plan")).to_contain_text("16 numbers in the code")
    press(page, "ArrowLeft", 12)
    press(page, "ArrowLeft", 8)
    expect(page.get_by_role("button", name="Copy settings")).to_be_hidden()
    expect(page.locator(".autoenc-plan")).to_have_count(0)


def test_another_model_draws_the_form_and_not_the_run_beside_it(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}&dataset=digits&latent_size=16&model=mlp")
    kinds = drawn(page)
    kinds.clear()
    page.locator(".st-key-model").get_by_text("Conv", exact=True).click()
    expect(page.locator(".st-key-stride")).to_be_visible()
    expect(page.locator(FOLLOWS)).to_contain_text("for 784 pixels")
    expect_rest(page)
    assert "number_input" in kinds
    assert not {"metric", "progress"} & set(kinds), kinds
    expect(page).to_have_url(re.compile("model=conv"))


def test_keys_in_quick_succession_all_count_and_the_slider_keeps_the_focus(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained().run_id}")
    page.locator(SIZE).focus()
    for _ in range(8):  # the first of which draws the whole page
        page.keyboard.press("ArrowRight")
    expect(page.locator(FOLLOWS)).to_contain_text("Code: 128 numbers")
    expect(page).to_have_url(re.compile("latent_size=128"))
    expect_rest(page)
    assert page.evaluate(f"document.activeElement === document.querySelector('{SIZE}')")
    page.go_back()
    page.go_forward()
    expect(page).to_have_url(re.compile("latent_size=128"))
    expect(page.locator(FOLLOWS)).to_contain_text("Code: 128 numbers")


def test_the_size_can_be_changed_while_a_run_is_live(open_page: OpenPage) -> None:
    page = open_page(LONG.replace("32", "13"))
    press_train_and_see_it_begin(page)
    for size in (16, 24, 32):
        page.locator(SIZE).press("ArrowRight")
        expect(page.locator(FOLLOWS)).to_contain_text(re.compile(f"Code: {784 // 16 * size:,} number"))
    expect_progress(page, "Training")
    press_stop(page)
    expect(page.locator(".st-key-latent_size")).to_contain_text("32")
