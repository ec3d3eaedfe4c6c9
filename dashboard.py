"""The front door: `streamlit run dashboard.py`."""

import os
import sys
from pathlib import Path

ICON = Path(__file__).parent / "static" / "icon.png"


def main() -> None:
    # Threads that wait soon sleep instead of spinning; read once, when PyTorch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    import streamlit as st  # here, because the worker processes need neither streamlit nor the pages
    from streamlit import runtime

    from ui.registry import PAGES

    if not runtime.exists():  # plain Python would print a page of warnings and show nothing
        print("start it with: streamlit run dashboard.py", file=sys.stderr)
        sys.exit(2)
    st.set_page_config("Autoencoder laboratory", page_icon=ICON, layout="wide")
    pages = [
        st.Page(page.file, title=page.title, icon=page.icon, url_path=page.address, default=page == PAGES[0])
        for page in PAGES
    ]
    page = st.navigation(pages, position="top")
    from ui.app import errors, header

    top = header.show(page.title)
    with errors.shown():
        page.run()
    from ui.app import access  # PyTorch comes with it: the front page has shown its words by now

    with errors.shown():
        access.fill(top)


def load_first_page() -> None:
    """What the front page consists of; PyTorch is no part of it."""
    import ui.app.errors
    import ui.app.header
    import ui.start.intro  # noqa: F401


def go_on_with_labs() -> None:
    """Where somebody has asked for a lab, it goes on after a restart, though nobody opens a page."""
    from autoenc.heads import folder

    if any((folder() / "labs").glob("*.json")):  # else PyTorch need not be loaded yet
        from ui.core import labs

        labs.go_on()


# The names are not decoration. A page is this file as `__main__`. `streamlit run` finds `app` in the text and
# imports it as `dashboard`; the worker processes import this file under a third name, and need nothing of it.
if __name__ == "__main__":
    main()
elif __name__ == "dashboard":
    import streamlit as st

    from ui import server

    lifespan = server.lifespan_after(load_first_page, go_on_with_labs)
    app = st.App(__file__, routes=server.routes(), middleware=server.MIDDLEWARE, lifespan=lifespan)
