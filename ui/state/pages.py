"""All pages: their addresses, and what happens where somebody comes to one."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from ui.state import address
from ui.state.address import Address, Param
from ui.state.colour import COLOUR
from ui.state.denoising import DENOISE
from ui.state.foreign import FOREIGN
from ui.state.link import TRAIN, VIEW
from ui.state.sweeping import SWEEP
from ui.state.table import RUNS
from ui.state.world import enter

# What stands in the address of each page. What does not: what lies on the visitor's own device (a picture, a
# drawing), the presenter's switch, and what a chart or a table shows otherwise in this browser alone.
PAGES = {
    "start": Address(lambda given: ()),
    "train": TRAIN,
    "sweep": SWEEP,
    "denoise": DENOISE,
    "foreign": FOREIGN,
    "colour": COLOUR,
    "runs": RUNS,
}


def open_page(page: str) -> tuple[str, ...]:
    """At the beginning of every page: it shows what its address says, or what was left here.

    Returns:
        One sentence for each thing in the address that was ignored; the same at every rerun.
    """
    of_world = (*TRAIN.params(None), *SWEEP.params(None))
    enter("colour" if page == "colour" else "all", (key for param in of_world for key in param.keys))
    ignored = address.read(page, PAGES[page])
    address.remember(_every_param(), again=True)
    return ignored


def write_address() -> None:
    """At the end of every page, and of a part of it that is drawn again for itself."""
    if page := address.page_shown():
        address.write(PAGES[page])


def with_view(dashboard: str) -> str:
    """The address of the dashboard with the page and the view that this browser shows."""
    page = address.page_shown() or "start"
    address.remember(PAGES[page].params(None), again=False)  # what a tab that is not open holds
    query = urlencode(address.says(PAGES[page]))
    return f"{dashboard}/{'' if page == 'start' else page}" + (f"?{query}" if query else "")


def remember_view() -> None:
    """At the beginning of the view of a run, which is drawn again for itself: its tabs come and go."""
    address.remember(VIEW, again=False)


def _every_param() -> Iterator[Param]:
    for page in PAGES.values():
        yield from page.params({})
    for part in ("sweep", "harder"):
        yield from COLOUR.params({"part": part})
