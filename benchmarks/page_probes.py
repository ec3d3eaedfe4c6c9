"""Single measurements of a page in real Chromium; benchmarks/page_speed.py makes series of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic

from playwright.sync_api import Browser, Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


@contextmanager
def visitor(browser: Browser, address: str, script: str = "") -> Iterator[Page]:
    """Somebody who was never there before, with this script in the page before its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.add_init_script(script)
    page.goto(address)
    yield page
    context.close()


def wait_for_workers(browser: Browser, address: str) -> None:
    """Until they are up and have measured their speed, once a server."""
    with visitor(browser, f"{address}/train?model=conv&latent_size=3") as page:
        page.get_by_text(re.compile(r"^Time: .*\d")).wait_for()


# ---------------------------------------------------------------- a control is changed


@dataclass(frozen=True)
class Control:
    """A control that keys change, and the text that follows it."""

    node: str  # CSS selector
    key: str  # that is pressed
    place: str  # CSS selector: where the text is
    text: str  # regular expression that it matches


LATENT_SIZE = Control(".st-key-latent_size input[type=range]", "ArrowRight", ".st-key-settings", "Code:")
# Milliseconds since the key: until the text has changed, and until Streamlit is at rest after that.
WATCH_CHANGE = """({ place, text }) => {
  const app = document.querySelector(".stApp"), pattern = new RegExp(text);
  const node = document.querySelector(place);
  const roots = [node, ...[...node.querySelectorAll("*")].flatMap((one) => one.shadowRoot ?? [])];
  const texts = () => roots.flatMap((root) => [...root.querySelectorAll("p, div:not(:has(*))")]);
  const said = () => texts().map((node) => node.textContent).find((one) => pattern.test(one));
  const before = said();
  let pressed, told;
  addEventListener("keydown", ({ timeStamp }) => (pressed = timeStamp), { capture: true, once: true });
  window.change = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const now = performance.now() - pressed;
      if (!told && said() && said() !== before) told = now;
      if (!told || app.dataset.testScriptState !== "notRunning") return;
      observer.disconnect();
      resolve([told, now]);
    });
    for (const root of roots) observer.observe(root, { childList: true, characterData: true, subtree: true });
    observer.observe(app, { attributeFilter: ["data-test-script-state"] });
  });
}"""
AT_REST = "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"


def change(page: Page, control: Control) -> tuple[float, float]:
    """Press the key of a control; what WATCH_CHANGE says."""
    page.bring_to_front()
    page.wait_for_timeout(300)
    page.wait_for_function(AT_REST)
    node = page.locator(control.node).first
    node.focus()
    page.evaluate(WATCH_CHANGE, {"place": control.place, "text": control.text})
    node.press(control.key)
    message, rested = page.evaluate("window.change")
    return message, rested


# ---------------------------------------------------------------- from page to page

# Milliseconds since a press on a link: until a heading of the page begins so, and until Streamlit is at rest
# after that. The header has a heading too, which is hidden.
WATCH_ARRIVAL = """(heading) => {
  const app = document.querySelector(".stApp");
  const headings = () => [...document.querySelectorAll(".stMain h1:not(.st-key-name h1)")];
  const titles = () => headings().map((h1) => h1.textContent);
  const isThere = () => titles().some((title) => title.startsWith(heading));
  let pressed, told;
  addEventListener("click", ({ timeStamp }) => (pressed = timeStamp), { capture: true, once: true });
  window.arrival = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const now = performance.now() - pressed;
      if (!told && isThere()) told = now;
      if (!told || app.dataset.testScriptState !== "notRunning") return;
      observer.disconnect();
      resolve([told, now]);
    });
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
    observer.observe(app, { attributeFilter: ["data-test-script-state"] });
  });
}"""


def navigate(page: Page, title: str, heading: str) -> tuple[float, float]:
    """Press a title in the navigation; what WATCH_ARRIVAL says of the heading."""
    page.bring_to_front()
    page.wait_for_timeout(500)
    page.wait_for_function(AT_REST)
    page.evaluate(WATCH_ARRIVAL, heading)
    page.get_by_role("link", name=title, exact=True).first.click()
    arrived, rested = page.evaluate("window.arrival")
    return arrived, rested


# ---------------------------------------------------------------- the first paint

WATCH_WORDS = """window.words = new Promise((resolve) => {
  const texts = () => [...document.querySelectorAll(".stMarkdown, .stHeading")].map((e) => e.textContent);
  const look = () => texts().some((text) => text.includes(%s)) && resolve(performance.now());
  new MutationObserver(look).observe(document, { childList: true, characterData: true, subtree: true });
});"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def first_paint(browser: Browser, address: str, words: str) -> tuple[float, float]:
    """Milliseconds from navigation to the first paint of anything, and to these words."""
    with visitor(browser, address, WATCH_WORDS % json.dumps(words)) as page:
        painted = page.evaluate("window.words")
        page.wait_for_timeout(500)
        return page.evaluate(PAINTED), painted


# ---------------------------------------------------------------- what comes and what it takes


class Updates:
    """The bytes of each rerun of a fragment, from the websocket of a page."""

    def __init__(self, page: Page) -> None:
        self.n_bytes: list[int] = []
        self._so_far: int | None = None  # of the rerun under way; None: it is one of the whole page
        page.on("websocket", lambda socket: socket.on("framereceived", self._take))

    def _take(self, frame: str | bytes) -> None:
        data = frame.encode() if isinstance(frame, str) else frame
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._so_far = 0 if message.metadata.run.fragment_ids else None
        if self._so_far is not None:
            self._so_far += len(data)
            if kind == "script_finished":
                self.n_bytes.append(self._so_far)
                self._so_far = None


WATCH_TASKS = """window.tasks = [];
const note = (list) => window.tasks.push(...list.getEntries().map((task) => task.duration));
new PerformanceObserver(note).observe({ type: "longtask" });"""


def longest_task(page: Page) -> float:
    """Milliseconds, since WATCH_TASKS began or since the last call; 0: none of 50 or more, the least told."""
    page.wait_for_timeout(200)  # the observer sees the last one
    duration: float = page.evaluate("Math.max(0, ...window.tasks.splice(0))")
    return duration


# ---------------------------------------------------------------- a slider is dragged

SECONDS, SWEEP = 5, 2.0  # of the drag; from one end of the slider to the other
WATCH_PICTURES = """(run) => {
  const { outputs } = window.autoencLive.get("noise-scene");
  const id = [...outputs.keys()].find((id) => id.startsWith(run));
  if (!id) return false;
  window.pictures = [];
  let before;
  const look = (now) => {
    const { updates } = outputs.get(id);
    if (updates !== before) window.pictures.push(now);
    before = updates;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  return true;
}"""


def picture_intervals(page: Page, run_id: str) -> list[float]:
    """Milliseconds between the pictures of a run while the level of the noise is dragged to and fro."""
    page.locator(".st-key-noise-scene .live:not(.away) .best").first.wait_for()
    page.wait_for_function(AT_REST)
    box = page.locator(".st-key-noise-scene input[type=range]").bounding_box()
    assert box is not None
    x, y = box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.wait_for_function(WATCH_PICTURES, arg=run_id)
    begin = monotonic()
    while (seconds := monotonic() - begin) < SECONDS:
        share = 0.1 + 0.8 * abs(seconds / SWEEP % 2 - 1)
        page.mouse.move(box["x"] + share * box["width"], y)
    page.mouse.up()
    times: list[float] = page.evaluate("window.pictures")
    return [after - before for before, after in pairwise(times)]
