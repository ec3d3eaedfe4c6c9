"""What happens where somebody comes to a page, and what its address says while they are there.

What does not stand in an address: what lies on the visitor's own device (a picture, a drawing), the
presenter's switch, and what a chart or a table shows otherwise in this browser alone.
"""

from __future__ import annotations

from urllib.parse import urlencode

from ui.core import links, workspace
from ui.core.links import Address
from ui.core.workspace import Workspace


def open_page(page: str, address: Address, in_workspace: Workspace = "all") -> tuple[str, ...]:
    """At the beginning of every page: it shows what its address says, or what was left here.

    Returns:
        One sentence for each thing in the address that was ignored; the same at every rerun.
    """
    workspace.enter(in_workspace)
    ignored = links.read(page, address)
    links.remember(links.DECLARED.values(), again=True)
    return ignored


def write_address() -> None:
    """At the end of every page, and of a part of it that is drawn again for itself."""
    if (address := links.address_shown()) is not None:
        links.write(address)


def with_view(dashboard: str) -> str:
    """The address of the dashboard with the page and the view that this browser shows."""
    page, address = links.page_shown(), links.address_shown()
    if address is None:
        return f"{dashboard}/"
    links.remember(address.params(None), again=False)  # what a tab that is not open holds
    query = urlencode(links.says(address))
    return f"{dashboard}/{'' if page == 'start' else page}" + (f"?{query}" if query else "")
