"""Single measurements of a page in real Chromium; benchmarks/page_speed.py makes series of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
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
        page.locator("p", has_text="Time:").locator("strong").first.wait_for()


# ---------------------------------------------------------------- a control is changed

# Milliseconds since the key: until the text has changed, and until Streamlit is at rest after that.
WATCH_CHANGE = """() => {
  const app = document.querySelector(".stApp"), place = document.querySelector(".st-key-settings");
  const texts = () => [...place.querySelectorAll("p")].map((p) => p.textContent);
  const said = () => texts().find((text) => text.includes("Code:"));
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
    observer.observe(place, { childList: true, characterData: true, subtree: true });
    observer.observe(app, { attributeFilter: ["data-test-script-state"] });
  });
}"""
AT_REST = "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"


def change(page: Page) -> tuple[float, float]:
    """Press a key on the slider; what WATCH_CHANGE says."""
    page.bring_to_front()
    page.wait_for_timeout(300)
    page.wait_for_function(AT_REST)
    slider = page.locator(".st-key-latent_size").get_by_role("slider")
    slider.focus()
    page.evaluate(WATCH_CHANGE)
    slider.press("ArrowRight")
    message, rested = page.evaluate("window.change")
    return message, rested


# ---------------------------------------------------------------- the first paint

WATCH_WORDS = """window.words = new Promise((resolve) => {
  const texts = () => [...document.querySelectorAll(".stMarkdown")].map((e) => e.textContent);
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
